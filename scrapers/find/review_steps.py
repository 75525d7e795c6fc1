"""Steps of a review of the programme, with their dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from scrapers.find import cues
from scrapers.find.dates import find_dates
from scrapers.find.frame import OWN, REFERS, Candidate, has_term, own_body, page_date, sureness, terms_in, without_dates
from scrapers.find.mentions import Place, Read
from scrapers.find.names import Matcher
from scrapers.find.text import Piece, fold, sentences

STATES: Final = ("abandoned", "delayed", "implemented", "accepted", "published", "completed", "under-way", "announced")
_REVIEW: Final = re.compile(
    r"\b(?:reviews?|reviewed|reviewing|inquiry|inquiries|investigations?|evaluations?|audits?|"
    r"position statement|enquiry|probe|look(?:ing)? (?:again )?(?:at|into)|"
    r"joint policy|policy)\b"
)
_NOT_YET: Final = re.compile(
    r"\b(?:call(?:s|ed|ing)? (?:for|on)|demand\w*|urg(?:e|es|ed|ing)|should|if|whether|would like|want(?:s|ed)?|"
    r"hop(?:e|es|ed|ing)|need(?:s|ed)? (?:for|to)|"
    r"recommend(?:s|ed|ing)?|could|might|until|in favour of|systematic|literature|peer|annual|care (?:plan )?|cqc|"
    r"performance|case) (?:\w+ ){0,5}$"
)
_NEGATED: Final = re.compile(r"\b(?:not|never|no|nor|yet to)\s+(?:\w+\s+){0,2}$|n't\s+(?:\w+\s+){0,2}$")
_ONLY_UNPUBLISHED: Final = re.compile(r"not published|instead of")
"""That a report has not come out is no decision against it."""
_OTHER_REVIEW: Final = re.compile(
    r"\b(?:literature|systematic|peer|annual|appraisal|pay|case|mental health act|care plan|job|tribunal|"
    r"serious incident|book|film|performance|budget|monthly|weekly|regular) (?:\w+ )?reviews?\b|\bunder review\b|"
    r"\breviews? of (?:an? |the )?(?:new |recent )?(?:books?|plays?|films?|podcasts?|documentar\w+|articles?|"
    r"albums?)\b|"
    r"\breviews? of (?:capacity|medication|cases?|incidents?|care plans?)\b"
)
_SPOKEN_AS: Final = (
    "nhs-national",
    "health-innovation-network",
    "government",
    "regulator",
    "mental-health-trust",
    "police-force",
    "professional-body",
    "other",
    "campaign",
)


def find_review_steps(read: Read, matcher: Matcher) -> Iterator[Candidate]:
    """Candidates for rows of review_event, in the order of the text. Calls for a review are positions, not steps."""
    own = own_body(read, matcher, _SPOKEN_AS)
    for place in read.places:
        if place.menu or place.near is None:
            continue
        if not _REVIEW.search(fold(place.words.text)) and "report" not in place.words.text:
            continue
        told = place.near in ("heading", "page")
        for sentence in sentences(place.words.text):
            named = has_term(place, sentence)
            folded = fold(sentence.text)
            linked = named or (told and (REFERS.search(folded) is not None or read.about or place.near == "heading"))
            told = told or named
            if (
                not linked
                or cues.is_question(folded)
                or not (_REVIEW.search(folded) or _its_report(place, sentence, folded))
                or _OTHER_REVIEW.search(folded)
            ):
                continue
            plain = without_dates(sentence.text)
            for state in STATES:
                match = cues.REVIEW_STATE[state].search(plain)
                if not match or not _REVIEW_OR_REPORT.search(plain[max(0, match.start() - 110) : match.end() + 60]):
                    continue
                before = plain[: match.start()]
                if state == "abandoned" and _ONLY_UNPUBLISHED.fullmatch(match[0]):
                    continue
                if _NOT_YET.search(before) or _NEGATED.search(before[-30:]):
                    if state == "published" and _NEGATED.search(before[-30:]):
                        break
                    continue
                if re.search(
                    r"\b(?:call(?:s|ed|ing)? (?:for|on)|demand\w*|urg(?:e|es|ed|ing)|should|whether|if|unless|"
                    r"welcom\w*)\b",
                    plain[: match.end()],
                ):
                    continue
                if named and _set_apart(plain, match.span(), terms_in(place, sentence)):
                    continue
                yield _step(read, place, matcher, sentence, state, own, named)
                break


_REVIEW_OR_REPORT: Final = re.compile(_REVIEW.pattern + r"|\breport\b")


def _its_report(place: Place, sentence: Piece, folded: str) -> bool:
    """Whether the sentence speaks of a report on the programme."""
    return "report" in folded and any(
        re.match(r"\s+report\b", folded[end : end + 10])
        or re.search(r"\breport (?:on|into|about) (?:the )?$", folded[max(0, start - 24) : start])
        for start, end in terms_in(place, sentence)
    )


_APART: Final = re.compile(r"\b(?:after|when|because|while|where|who|outside|during)\b")


def _set_apart(plain: str, step: tuple[int, int], terms: list[tuple[int, int]]) -> bool:
    """Whether something else than the programme is reviewed: it comes only in a clause behind."""
    return all(start > step[1] and _APART.search(plain[step[1] : start]) is not None for start, _ in terms)


def _step(
    read: Read, place: Place, matcher: Matcher, sentence: Piece, state: str, own: str | None, named: bool
) -> Candidate:
    dates = find_dates(sentence.text)
    rule = "review_event.dated" if dates else "review_event.undated"
    on_date, precision = (dates[0].value, dates[0].precision) if dates else page_date(read.document)
    bodies = list(
        dict.fromkeys(
            n.org_id
            for n in place.named
            if sentence.holds(n.start)
            and not n.from_address
            and matcher.bodies[n.org_id].kind in _SPOKEN_AS
            and n.org_id not in matcher.programme_bodies
        )
    )
    if not bodies and own and OWN.search(fold(sentence.text)):
        bodies = [own]
    reading = {"on_date": on_date, "date_precision": precision, "state": state, "org_ids": bodies}
    confidence = sureness(rule) - (0 if named else 0.05) - (0 if bodies else 0.05)
    return Candidate(
        "review_event",
        reading,
        round(confidence, 2),
        rule,
        place.words.passage_id,
        (state, on_date, tuple(sorted(bodies))),
    )
