"""Totals that somebody states: so many trusts, forces, teams or people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from scrapers.find import cues
from scrapers.find.dates import find_dates
from scrapers.find.frame import REFERS, Candidate, has_term, stated_date, sureness, without_dates
from scrapers.find.mentions import Place, Read
from scrapers.find.names import Matcher
from scrapers.find.numbers import Number, find_numbers
from scrapers.find.text import Piece, fold, sentences

_UNITS: Final = (
    (
        "mental-health-trusts",
        re.compile(r"(?:\w+ ){0,3}?(?:nhs |mental health |foundation |health )*trusts\b(?! or\b)"),
    ),
    ("police-forces", re.compile(r"(?:\w+ ){0,2}?(?:police )?(?:forces|constabularies)\b")),
    ("trusts-or-forces", re.compile(r"(?:\w+ ){0,3}?trusts or (?:police )?forces\b")),
    ("teams", re.compile(r"(?:[\w']+ ){0,5}?teams\b")),
    ("patients", re.compile(
        r"(?:\w+ ){0,3}?(?:patients|service users|people|individuals|high intensity users|clients)\b")),
    ("crisis-care-organisations", re.compile(r"(?:\w+ ){0,4}?organisations\b")),
)  # fmt: skip
_COUNTED: Final = re.compile(
    r"\b(?:trusts|forces|constabularies|teams|patients|users|people|individuals|clients|organisations)\b"
)
_BETWEEN_STOPS: Final = re.compile(
    r"\b(?:and|or|of|per|out|who|which|that|with|by|for|from|to|in|at|on|police|trusts?|forces|teams|people)\b"
)
_USE: Final = re.compile(
    r"\b(?:us(?:e|es|ed|ing)|adopt\w*|implement\w*|roll(?:ed|ing)? out|introduc\w*|operat\w*|run(?:s|ning)?|ran|"
    r"live|going live|went live|gone live|launch\w*|"
    r"deliver\w*|signed up|taken up|taken on|tried|took up|in place|have|had|has had|spread to|rolled|"
    r"present in|active in|"
    r"working (?:with|in)|work(?:s|ed) with|"
    r"manag(?:e|es|ed|ing)|tak(?:e|es|en|ing) part|took part|particip\w+|joined|belong\w*|members? of|pilot\w*|"
    r"host\w*|"
    r"coordinat\w*|part of|involv\w+|deploy\w*|cover\w*|establish\w*|up and running|embedded|there (?:are|were)|"
    r"stands? at|stood at|grown to|grew to|"
    r"employ\w*|follow\w*|offer\w*|provid\w+|practi[sc]\w+|been (?:part|involved)|embrac\w+|made use|"
    r"found (?:in|at|across)|seen in|exists?)\b"
)
_PEOPLE_USE: Final = re.compile(
    r"\b(?:on|under|supported|mentored|managed|enrolled|in|subject(?:ed)? to|placed on|through|part of|helped|"
    r"care of|cared for|worked with|taken on|receiv\w+|referred|subject(?:ed)? to|went through|gone through|"
    r"under the|books|caseload|assigned|allocated|treated|seen by|"
    r"looked after|accepted|care plan|have a|had a)\b"
)
_NO_TOTAL: Final = re.compile(
    r"\b(?:suspended|paused|ended|dropped|scrapped|abandoned|withdrawn|withdrew|quit|halted|ceased|answer(?:ed|"
    r"s)?|marched|gathered|rall(?:y|ied)|demonstrat\w+|turned out|complain\w*|campaign(?:ed|"
    r"ers)|protest\w*|"
    r"aim|ambition|goal|will|shall|expects?|expected|need(?:s|ed)?|invited|observers?|voted|petition\w*|shortlisted|"
    r"heard|listened|trained|logged in|approached|freedom of information|requests?|could|might|would|should|if|"
    r"whether|plans? to|planned|hopes? to|aims? to|target|up to \d+ more|"
    r"respond(?:ed|ing)?|repl(?:ied|ies|y)|"
    r"asked|wrote|written|contacted|surveyed|sampled?|surve(?:y|ys)|interview\w*|questionnaires?|signed (?:the|a|"
    r"an)|signatures?|attended|"
    r"attend|attendees|applied|no longer|never|not us(?:e|ing)|stopped|reviews?|reviewed|respondents|participants|"
    r"members of the public|"
    r"officers|staff|calls|contacts|incidents|replies|spoke|followers|views)\b"
)
_NUMBER_OF: Final = re.compile(
    r"\bnumber of (?:\w+ ){0,2}?(?:patients|service users|people|individuals|clients)\b.{0,110}?\b(?:is|was|"
    r"were|stands at|stood at|"
    r"totals|totalled|came to|reached)\s+(?:now |then )?(?P<count>\d[\d,]*|[a-z]+(?: [a-z]+)?)\s*(?:[.;,]|$|"
    r"in all|in total)"
)
_OUT_OF: Final = re.compile(r"^\s*(?:out )?of (?:the |england's |all |a total of )*(?:country's |nation's )?$")
_SHARE: Final = re.compile(
    r"\b(?:(nearly|almost|about|around|over|more than|roughly|approximately)\s+)?(half|a third|two thirds|"
    r"a quarter|three quarters)\s+of\s+"
    r"(?:all |the |england's |english |nhs |country's |mental health |these |uk |british |foundation )*trusts\b"
)
_SAID: Final = re.compile(
    r"\b(?:according to|said|says|states?|stated|claim(?:s|ed)?|estimat(?:es|ed)|reported|reports|told|described|"
    r"boasts?|put the (?:figure|number))\b"
)


def find_totals(read: Read, matcher: Matcher) -> Iterator[Candidate]:
    """Candidates for rows of claimed_total, in the order of the text."""
    for place in read.places:
        if place.menu or place.near is None or (place.words.kind == "heading" and not place.terms):
            continue
        if not _COUNTED.search(fold(place.words.text)):
            continue
        told = place.near in ("heading",) or (place.near == "page" and read.about)
        for sentence in sentences(place.words.text):
            named = has_term(place, sentence)
            folded = fold(sentence.text)
            if (named or (told and REFERS.search(folded))) and not cues.is_question(folded):
                rule = "claimed_total.sentence" if named else "claimed_total.reference"
                yield from _in_sentence(read, place, matcher, sentence, rule)
            told = told or named


def _in_sentence(read: Read, place: Place, matcher: Matcher, sentence: Piece, rule: str) -> Iterator[Candidate]:
    text, folded = sentence.text, fold(sentence.text)
    if not _COUNTED.search(folded):
        return
    plain = without_dates(text)
    if not _USE.search(plain) and not _PEOPLE_USE.search(plain):
        return
    numbers = [n for n in find_numbers(text) if not any(d.start <= n.start < d.end for d in find_dates(text))]
    claimant = _claimant(read, place, matcher, sentence)
    as_of, precision = _as_of(read, text, folded)
    before: Number | None = None
    for number in numbers:
        unit = _unit(folded, number)
        whole = (
            before is not None and _OUT_OF.match(folded[before.end : number.start]) and unit == "mental-health-trusts"
        )
        if before is None or not whole:
            whole = bool(
                unit == "mental-health-trusts"
                and re.search(r"\bout of (?:the |all |a total of )*$", folded[: number.start])
            )
        inside = unit is None and _of_follows(folded, number, numbers)
        if inside:
            unit = "mental-health-trusts"
        before = number
        if unit is None or (unit != "patients" and number.value < 2) or 1990 <= number.value <= 2040:
            continue
        near = plain[max(0, number.start - 70) : number.end + 110]
        if _NO_TOTAL.search(near) or (
            unit == "patients" and not (_PEOPLE_USE.search(near) and place.near == "passage")
        ):
            continue
        if unit != "patients" and not _USE.search(plain):
            continue
        if unit == "patients" and re.search(
            r"\b(?:died|signed(?! up)|protest\w*|in (?:england|the uk|crisis)(?!.{0,20}\b(?:put|placed|"
            r"been) on))\b",
            near,
        ):
            continue
        if whole:
            unit = "mental-health-trusts-in-england"
        yield _total(
            place, claimant, as_of, precision, unit, number.value, number.bound, sureness(rule, reported=False), rule
        )
    counted = _NUMBER_OF.search(folded)
    if counted and not _NO_TOTAL.search(plain[: counted.start("count")]):
        for number in numbers:
            if number.start == counted.start("count"):
                yield _total(
                    place, claimant, as_of, precision, "patients", number.value, number.bound, sureness(rule), rule
                )
    for match in _SHARE.finditer(folded):
        if not _NO_TOTAL.search(plain[max(0, match.start() - 70) : match.end() + 110]):
            yield _total(
                place,
                claimant,
                as_of,
                precision,
                "share-of-trusts",
                None,
                "about",
                sureness(rule) - 0.05,
                rule,
                match[0],
            )


def _total(
    place: Place,
    claimant: str | None,
    as_of: str | None,
    precision: str | None,
    unit: str,
    value: int | None,
    bound: str,
    confidence: float,
    rule: str,
    words: str | None = None,
) -> Candidate:
    reading = {
        "as_of": as_of,
        "date_precision": precision,
        "claimant_id": claimant,
        "unit": unit,
        "value": value,
        "bound": bound,
    }
    if words:
        reading["words"] = words
    return Candidate(
        "claimed_total", reading, round(confidence, 2), rule, place.words.passage_id, (unit, value, bound, claimant)
    )


def _unit(folded: str, number: Number) -> str | None:
    after = folded[number.end : number.end + 70].lstrip(" +")
    for unit, pattern in _UNITS:
        match = pattern.match(after)
        if match:
            head = match[0].rsplit(" ", 1)[0] if " " in match[0] else ""
            allowed = head.replace("police", "").replace("trusts or", "")
            if unit == "teams" or not _BETWEEN_STOPS.search(allowed):
                return (
                    None
                    if unit == "teams"
                    and re.search(
                        r"\b(?:and|trusts|forces|of|who|crisis|community|"
                        r"ambulance)\b",
                        head,
                    )
                    else unit
                )
    return None


def _of_follows(folded: str, number: Number, numbers: list[Number]) -> bool:
    """ "23 of 52 mental health trusts": the first number counts what the second does."""
    following = next((n for n in numbers if n.start >= number.end), None)
    return (
        following is not None
        and _OUT_OF.match(folded[number.end : following.start]) is not None
        and _unit(folded, following) == "mental-health-trusts"
    )


def _claimant(read: Read, place: Place, matcher: Matcher, sentence: Piece) -> str | None:
    """Who states it: a body that the sentence says stated it, else the page's publisher."""
    folded = fold(sentence.text)
    for named in place.named:
        if not sentence.holds(named.start) or named.from_address:
            continue
        start, end = named.start - sentence.start, named.end - sentence.start
        before, after = folded[max(0, start - 25) : start], folded[end : end + 30]
        says = re.search(r"\baccording to (?:the )?$", before) or _SAID.match(after.lstrip(" ,'s"))
        if says and matcher.bodies[named.org_id].kind != "individual":
            return named.org_id
    return read.document.publisher_id


def _as_of(read: Read, text: str, folded: str) -> tuple[str | None, str | None]:
    for date in find_dates(text):
        if re.search(
            r"\b(?:by|as of|at|in|on|since|until|to)\s+(?:the end of\s+|end of\s+|early\s+|late\s+|mid\s+)?$",
            folded[: date.start],
        ):
            return date.value, date.precision
    return stated_date(read.document)
