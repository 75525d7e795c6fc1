"""What a body says of the programme in public: the strongest position it states, and what it asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from scrapers.find import cues
from scrapers.find.frame import (
    OWN,
    REFERS,
    Candidate,
    has_term,
    own_body,
    stated_date,
    sureness,
    without_dates,
)
from scrapers.find.mentions import Named, Place, Read
from scrapers.find.names import Matcher
from scrapers.find.text import Piece, fold, sentences

SPEAKERS: Final = (
    "professional-body", "charity", "campaign", "nhs-national", "health-innovation-network", "regulator", "government",
    "mental-health-trust", "police-force", "company", "journal", "other",
)  # fmt: skip
_STRONGEST: Final = (
    "calls-for-halt", "calls-for-review", "apologises", "withdraws", "sets-policy", "supports-concerns",
    "welcomes-review",
)  # fmt: skip
_HEDGE: Final = re.compile(
    r"\b(?:not|never|no|without|refus(?:ed|es|ing) to|declin(?:ed|es) to|fail(?:ed|s) to|yet to|stopped short of|"
    r"whether|if|"
    r"considering|may|might|could|would)\s+(?:\w+\s+){0,2}$|n't\s+(?:\w+\s+){0,2}$"
)
_PASSIVE: Final = re.compile(r"\b(?:been|being|was|were|is|are)\s+(?:\w+ly\s+)?$")
_ASKED: Final = re.compile(r"(?:urged|asked|told|pressed|called (?:up)?on|requested)\b")
"""A body that "was asked to" do something did not ask for it."""
_POLICY: Final = re.compile(
    r"\b(?:must (?:no longer|not) be (?:used|in use|commissioned|provided)|must (?:no longer|not|cease|stop)\b|"
    r"should no longer be used|must be (?:stopped|eradicated|ended))"
)


def find_positions(read: Read, matcher: Matcher) -> Iterator[Candidate]:
    """Candidates for rows of statement: one for each body and page, its position the strongest that the page states."""
    own = own_body(read, matcher, SPEAKERS)
    found: dict[str, list[tuple[int, str, str, str, bool]]] = {}
    asks: dict[str, set[str]] = {}
    for place in read.places:
        if place.menu or place.near is None:
            continue
        told = place.near in ("heading", "page")
        speaker_before: str | None = None
        for sentence in sentences(place.words.text):
            named = has_term(place, sentence)
            folded = fold(sentence.text)
            linked = named or (told and (REFERS.search(folded) is not None or read.about))
            told = told or named
            if not linked or cues.is_question(folded):
                continue
            here = any(sentence.holds(n.start) and matcher.bodies[n.org_id].kind in SPEAKERS for n in place.named)
            if not here and not (own and OWN.search(folded)) and speaker_before is None:
                continue
            plain = without_dates(sentence.text)
            for position, span in _positions(plain):
                for speaker, rule in _speakers(place, matcher, sentence, span, own, speaker_before):
                    if not _may_say(matcher, speaker, position):
                        continue
                    speaker_before = speaker
                    rank = _STRONGEST.index(position)
                    found.setdefault(speaker, []).append((rank, position, rule, place.words.passage_id, True))
                    if position in ("calls-for-halt", "calls-for-review"):
                        asks.setdefault(speaker, set()).update(_asks(plain, span))
    published_on, precision = stated_date(read.document)
    for speaker, told_by in found.items():
        _, position, rule, passage_id, _ = min(told_by, key=lambda item: item[0])
        ours = speaker == read.document.publisher_id
        reading = {
            "org_id": speaker,
            "published_on": published_on,
            "date_precision": precision if ours or not published_on else "before",
            "position": position,
            "asks": sorted(asks.get(speaker, ())),
        }
        yield Candidate("statement", reading, sureness(rule), rule, passage_id, (speaker, position))


def _positions(plain: str) -> Iterator[tuple[str, tuple[int, int]]]:
    for position in _STRONGEST:
        pattern = _POLICY if position == "sets-policy" else cues.POSITION[position]
        for match in pattern.finditer(plain):
            before = plain[max(0, match.start() - 40) : match.start()]
            if not _HEDGE.search(before) and not (_PASSIVE.search(before) and _ASKED.match(match[0])):
                yield position, match.span()
                break


def _may_say(matcher: Matcher, speaker: str, position: str) -> bool:
    kind = matcher.bodies[speaker].kind
    if position == "sets-policy":
        return kind in ("nhs-national", "government", "regulator")
    return kind in SPEAKERS


def _speakers(
    place: Place,
    matcher: Matcher,
    sentence: Piece,
    span: tuple[int, int],
    own: str | None,
    before: str | None,
) -> Iterator[tuple[str, str]]:
    """Who takes the position: the bodies named ahead of its verb, or the publisher where the sentence says "we"."""
    folded = fold(sentence.text)
    here = [n for n in place.named if sentence.holds(n.start) and not n.from_address]
    head: list[Named] = []
    for n in here:
        start, end = n.start - sentence.start, n.end - sentence.start
        if start < span[0] and matcher.bodies[n.org_id].kind in SPEAKERS and _is_subject(folded, start, end, span[0]):
            head.append(n)
    if head:
        for n in head:
            yield n.org_id, "statement.named"
        return
    opening = folded[: span[1]]
    if (own and re.search(r"\b(?:we|our)\b", opening)) or (own and OWN.match(folded.strip())):
        yield own, "statement.publisher"
    elif before and re.match(
        r"\s*(?:it|they|the (?:college|society|association|charity|union|coalition|group|body|organisation))\b", folded
    ):
        yield before, "statement.named"


def _is_subject(folded: str, start: int, end: int, verb: int) -> bool:
    between = folded[end:verb]
    if re.search(
        r"\b(?:by|to|on|at|from|about|against|of|for|told|asked|urged|with|between)\s+(?:the\s+)?$", folded[:start]
    ):
        return False
    if re.search(r"[;]|\b(?:which|who|that|because|after|when|where|while|but)\b", between) and not re.search(
        r"\b(?:said|says|stated|states|wrote|believes?|published|issued|letter|statement)\b", between
    ):
        return False
    others = re.sub(r"\([^)]*\)", " ", between)
    return len(others.split()) <= 14


def _asks(plain: str, span: tuple[int, int]) -> set[str]:
    words = plain[span[0] :]
    kept = {
        "halt",
        "independent-review",
        "publish-reviews",
        "apology",
        "legal-review",
        "co-production",
        "guidance",
        "funding",
    }
    found = {ask for ask in kept if cues.ASKS[ask].search(words)}
    if "legal-review" in found and not re.search(r"\blegal(?:ity)?\b|\blawful", words):
        found.discard("legal-review")
    return found
