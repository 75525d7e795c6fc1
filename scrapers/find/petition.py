"""Counts of signatures under the programme's petition."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from scrapers.find import cues
from scrapers.find.dates import find_dates
from scrapers.find.frame import Candidate, has_term, stated_date, sureness, terms_in
from scrapers.find.mentions import Read
from scrapers.find.names import Matcher
from scrapers.find.numbers import Number, find_numbers
from scrapers.find.text import Piece, fold, sentences

_SIGNED: Final = re.compile(
    r"^\W*(?:\w+\s+){0,3}?(?:verified signatures|signatures|names|of you|signatories|supporters|have signed|"
    r"people (?:\w+ ){0,2}signed|(?:has|had|have) (?:now )?signed|signed|"
    r"(?:people |names )?(?:(?:have |had |has )?(?:now |since |already )?(?:(?:put|added) (?:their|a) (?:names?|"
    r"signatures?)|backed|supported)))\b"
)
_SIGNED_BEFORE: Final = re.compile(
    r"\b(?:signatures?|signed by|signatories|supporters)\s*[:\-–]?\s*(?:\w+ ){0,3}$|"
    r"\bsignatures\b.{0,90}\b(?:stood|stands|standing) at (?:\w+ ){0,2}$"
)
_GOAL: Final = re.compile(
    r"\b(?:goal|target|next goal|aim|get to|reach(?:es)?|milestone)\b(?: (?:of|is|to))?\s*[:\-–]?\s*(?:\w+ ){0,2}$"
)
_GOAL_AFTER: Final = re.compile(r"^\W*(?:signatures? )?(?:goal|target|to reach)\b")
_OTHER: Final = re.compile(
    r"\b(?:hop(?:e|es|ed|ing) (?:to|for|that)|needs?|needed|need|if|would|could|aim(?:s|ed)? (?:to|for)|"
    r"away from|short of|"
    r"required?|requires|threshold|once|when|whenever|until|unless|should|must|before|every|any|after|wants?|"
    r"target\w*|"
    r"the first|another|a further|remaining|to go)\b"
)
_TO_GO: Final = re.compile(
    r"^\W*(?:\w+ ){0,3}?(?:signatures?|names|supporters|people|signed)?\W*(?:\w+ ){0,3}?(?:to go|short|needed|"
    r"required|"
    r"are needed|is the threshold|will be|would be|would trigger|triggers?|before)\b"
)


def find_petition(read: Read, matcher: Matcher) -> Iterator[Candidate]:
    """Candidates for rows of petition_reading, in the order of the text."""
    on_petition_page = read.document.source_kind == "petition"
    for place in read.places:
        if place.menu or (place.near is None and not (on_petition_page and any(p.terms for p in read.places))):
            continue
        text = place.words.text
        folded = fold(text)
        spoken = re.search(r"\b(?:petition|signatures?|signed|signatories)\b", folded)
        if not spoken or not (place.near == "passage" or place.near == "heading" or on_petition_page or read.about):
            continue
        if (
            not on_petition_page
            and place.near == "page"
            and not re.search(r"\b(?:the|our|its|their|this) petition\b|#", folded)
        ):
            continue
        told = place.near != "passage" or read.document.publisher_id in matcher.programme_bodies
        for sentence in _parts(text):
            told = told or has_term(place, sentence)
            if not told or cues.is_question(fold(sentence.text)):
                continue
            petition = on_petition_page or "petition" in folded
            yield from _in_sentence(
                read, place.words.passage_id, sentence.text, petition, _goals(text), terms_in(place, sentence)
            )


def _parts(text: str) -> Iterator[Piece]:
    """Sentences, cut at semicolons: what stands on the other side may be another petition."""
    for sentence in sentences(text):
        start = 0
        for part in sentence.text.split("; "):
            yield Piece(part, sentence.start + start, sentence.start + start + len(part))
            start += len(part) + 2


def _goals(text: str) -> list[Number]:
    folded = fold(text)
    return [
        number
        for number in find_numbers(text)
        if _GOAL.search(folded[max(0, number.start - 40) : number.start]) or _GOAL_AFTER.match(folded[number.end :])
    ]


_PETITION_FOR: Final = re.compile(
    r"\bpetitions? (?:to|about|against|on|over|for|calling|demanding|urging|asking|that|which|in)\b"
)


def _other_petition(folded: str, count: Number, terms: list[tuple[int, int]]) -> bool:
    """Whether the petition that stands ahead of a count says what it is for, and the programme comes only behind."""
    return bool(terms) and terms[0][0] > count.start and _PETITION_FOR.search(folded[: count.start]) is not None


def _in_sentence(
    read: Read, passage_id: str, text: str, petition: bool, goals: list[Number], terms: list[tuple[int, int]]
) -> Iterator[Candidate]:
    folded = fold(text)
    on_petition_page = read.document.source_kind == "petition"
    dates = find_dates(text)
    counts: list[Number] = []
    for number in find_numbers(text):
        if any(date.start <= number.start < date.end for date in dates):
            continue
        before, after = folded[: number.start], folded[number.end :]
        if _GOAL.search(before[-40:]) or _GOAL_AFTER.match(after):
            continue
        if (
            petition
            and (_SIGNED.match(after) or _SIGNED_BEFORE.search(before[-140:]))
            and not _OTHER.search(before[-40:])
            and not _TO_GO.match(after)
        ):
            counts.append(number)
    for count in counts[:1]:
        if count.value < 10 or (not on_petition_page and _other_petition(folded, count, terms)):
            continue
        on_date, precision = (dates[0].value, dates[0].precision) if dates else stated_date(read.document)
        bound = "at-least" if count.bound == "at-least" else "exact"
        if count.bound == "about":
            bound = "at-least" if re.search(r"\bjust over\s*$", folded[: count.start]) else "exact"
        reading = {
            "on_date": on_date,
            "date_precision": precision,
            "signatures": count.value,
            "bound": bound,
            "target": goals[0].value if goals else None,
        }
        yield Candidate(
            "petition_reading", reading, sureness("petition.count"), "petition.count", passage_id, (count.value, bound)
        )
