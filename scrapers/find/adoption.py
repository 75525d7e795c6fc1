"""Bodies that took part in the programme, paused it, ended it, or say that they did not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from scrapers.find import cues
from scrapers.find.dates import Dated, find_dates
from scrapers.find.frame import (
    OWN,
    REFERS,
    Candidate,
    dates_in,
    has_term,
    own_body,
    page_date,
    sureness,
    terms_in,
    without_dates,
)
from scrapers.find.mentions import Named, Place, Read
from scrapers.find.names import Matcher
from scrapers.find.text import Piece, clauses, fold, sentences

_ORDER: Final = ("paused", "ended", "planned", "similar-model", "piloting", "live")
_HELD: Final = ("mental-health-trust", "police-force")
_BESIDE: Final = ("ambulance-service", "health-innovation-network")
_BESIDE_NAMES: Final = re.compile(
    r"clinical commissioning group|health board|police and crime commissioner|pcc$", re.IGNORECASE
)
_PIECES: Final = re.compile(
    r",?\s+(?:and|then|but)(?:\s+(?:then|later|subsequently|has|have|had|was|were|since|it|the scheme|the trust))*\s+"
    r"(?=(?:has |have |had |was |were |is |been |since |later |then |subsequently |not |never )*"
    r"(?:ended|ceased|stopped|paused|suspended|closed|discontinued|withdrew|withdrawn|launched|went|piloted|"
    r"introduced|began|"
    r"started|adopted|no longer|disbanded|terminated|"
    r"decommissioned|scrapped|dropped|abandoned|stood down|wound)\b)|"
    r",\s+(?=which\b|before\b|until\b|after which\b|having\b)|"
    r"\s+(?=before (?:it|being|ending|pausing|closing|stopping)\b)"
    r"|\s+(?=until (?:it|the|its|being)\b)"
)
# What somebody launches, runs or ends that is about the programme and is not the programme.
_OTHER_THING: Final = re.compile(
    r"\b(?:reviews?|reviewing|inquiry|inquiries|investigations?|reports?|statements?|petitions?|letters?|"
    r"articles?|campaigns?|conferences?|workshops?|"
    r"webinars?|surveys?|consultations?|evaluations?|audits?|research|study|studies|pages?|websites?|helplines?|"
    r"publishing|publication|promoting|"
    r"complaints?|concerns?|questions?|requests?|discussions?|talks|meetings?|papers?|funding of|criticism|"
    r"data (?:from|on|about)|figures|"
    r"apps?|caf[eé]s?|training (?:on|about|in)|briefings?|podcasts?|films?|blogs?|debates?|panels?|street triage)\b"
)
_PLANS_DROPPED: Final = re.compile(
    r"\b(?:scrapped|dropped|abandoned|shelved|cancelled|withdrew|withdrawn|ended|halted)\b(?: \w+){0,3} (?:plans?|"
    r"proposals?|bid)\b"
    r"|\b(?:plans?|proposals?)\b.{0,50}\b(?:scrapped|dropped|abandoned|shelved|cancelled|withdrawn|halted|rejected)\b"
)
_RESOLVED: Final = re.compile(
    r"\b(?:decided|chose|agreed|chosen|resolved|voted|opted|took the decision|taken the decision|decision was taken|"
    r"decision was made|made the decision)\b(?! not| against)[^.;:]{0,60}?(?P<to> to )"
)
"""A decision that has been taken is no wish."""
_NOTHING: Final = re.compile(
    r"\b(?:to|should|must|will) (?:immediately |now )?(?:stop|end|"
    r"halt|cease|pause|suspend|scrap)\b|\bno (?:evidence|record|indication|suggestion|trace)\b|"
    r"\bnothing to (?:suggest|show)\b|\b(?:failed|unable|applied|refused|asked|declined|tried|hoped) to\b|"
    r"\bwithout (?:ever )?\w+ing\b|"
    r"\b(?:instead of|rather than|unlike|as opposed to|alternative to|not the same as|nothing to do with|"
    r"unrelated to|"
    r"not (?:among|one of)|separate from|"
    r"different from|confused with)\b|\bmore information\b|\b(?:in|at|by|to) other (?:areas"
    r"|trusts|forces|parts|places|regions)\b|\b(?:opposed|opposes|against|resisted|"
    r"criticised|criticises)\b|\bexcept\b"
)
_OTHER_THING_NEXT: Final = re.compile(
    r"'?s?\s+(?:(?!after|amid|following|since|despite|over|in|at|on|by|from|to|and|with|before)\w+\s+)?"
    + _OTHER_THING.pattern
)
_TOPIC: Final = re.compile(r"\b(?:about|over|against|concerning|regarding)\s+(?:the |its |their |this )?$")
"""What stands before the programme's name where it is only what something else is about."""
_HEAD_THING: Final = re.compile(
    r"\b(?:reviews?|inquiry|investigations?|reports?|evaluations?|audits?|study|studies|paper|petition|campaign|"
    r"concerns?|statement|letter|"
    r"debate|article|criticism|discussion|training|webinar|conference)\b(?: \w+){0,2} (?:of|into|on|about|against|"
    r"over|for|regarding|concerning)"
    r"(?: [\w']+){0,4} $"
)
_SUBJECT_THING: Final = re.compile(
    r"\s*(?!following|after|since|despite|pending|before|as |in |on |at |during|under|subject)(?:(?:the|an?|its|"
    r"their|our|this|that|these|those|such)\s+)?(?:[\w']+\s+){0,2}?(?:reviews?|inquiry|investigations?|reports?|"
    r"evaluations?|"
    r"audits?|study|petition|campaign|concerns?|statement|letter|debate|article|paper|conference|survey)\b"
)
_NO_OBJECT: Final = re.compile(
    r"\s*(?:$|[.,;)]|(?:in|on|from|since|until|at|after|pending|while|during|by|last|this|earlier|later|again|there|locally|with|as|for)\b)"
)
_SINCE_IT_BEGAN: Final = re.compile(
    r"\b(?:since|before|when|until|after|once|as|when) (?:it|they|the \w+) (?:was |were |had |has )?(?:first )?"
    r"(?:began|begun|started|launched|introduced|established|set up|closed|ended|went live)\b(?!\s*(?:in|on|"
    r"around)?\s{4})"
)
_A_PILOT: Final = re.compile(r"\b(?:an?|two|one|local|joint) (?:\w+ ){0,2}(?:pilot|trial|scheme|programme|project)\b")
"""Under a heading that names the programme "a pilot" is of it."""
_UNTIL: Final = re.compile(
    r"\b(?:until|till|up to|up until|ending in|and ended in)\s+(?:the end of\s+|early\s+|late\s+)?$"
)
_BETWEEN: Final = re.compile(r"^\s*(?:and|to|until|-|–)\s*$")


@dataclass(frozen=True, slots=True)
class _Status:
    word: str
    start: int
    end: int


def status_of(text: str, terms: Sequence[tuple[int, int]], *, linked: bool, heading: bool = False) -> str | None:
    """What a clause says became of the programme; None where it says nothing, asks, or only weighs it.

    `terms` are the programme's places in the clause; `linked` says that "it" or "the scheme" means the programme, and
    `heading` that "a pilot" does too.
    """
    folded = _SINCE_IT_BEGAN.sub(lambda match: " " * len(match[0]), without_dates(text))
    folded = _RESOLVED.sub(lambda match: match[0][:-4] + "    ", folded)
    if cues.is_question(fold(text)):
        return None
    refers = list(terms)
    if linked:
        refers += [match.span() for match in _A_PILOT.finditer(folded)] if heading else []
        refers += [match.span() for match in REFERS.finditer(folded)]
    never = cues.NEVER.search(folded)
    if (
        never
        and not re.search(r"\b(?:whether|if|unless|unclear|not (?:true|correct) that)\b", folded)
        and _about(folded, never.span(), refers, linked, no_object=True)
    ):
        return "never"
    denied = cues.DENIED.search(folded)
    if (
        denied
        and not re.search(r"\b(?:whether|if|unless|unclear|not (?:true|correct) that)\b", folded)
        and _about(folded, denied.span(), refers, linked, no_object=True)
    ):
        return "denied"
    if (
        _SUBJECT_THING.match(folded)
        or cues.HEDGE.search(folded)
        or _NOTHING.search(folded)
        or _PLANS_DROPPED.search(folded)
    ):
        return None
    for word in _ORDER:
        pattern = cues.SIMILAR if word == "similar-model" else cues.STATUS[word]
        for match in pattern.finditer(folded):
            if (
                word == "similar-model"
                and not cues.LIVE.search(folded)
                and not re.search(r"\b(?:run|operate|use|have|offer|provide|continue[sd]?)\b", folded)
            ):
                continue
            if not _negated(folded, match.start()) and _about(folded, match.span(), refers, linked):
                return word
    return None


def _negated(folded: str, start: int) -> bool:
    return bool(
        re.search(
            r"\b(?:not|never|no|nor|neither|none)\s+(?:\w+\s+){0,2}$|n't\s+(?:\w+\s+){0,2}$",
            folded[max(0, start - 30) : start],
        )
    )


def _about(
    folded: str, cue: tuple[int, int], refers: Sequence[tuple[int, int]], linked: bool, *, no_object: bool = False
) -> bool:
    """Whether a status word is about the programme: near it, with nothing else between that could be meant. Where the
    clause does not name it, nothing else may follow as the word's object, unless `no_object` says that this is well."""
    for start, end in refers:
        between = folded[min(cue[1], end) : max(cue[0], start)] if cue[1] <= start or end <= cue[0] else ""
        behind = folded[end : end + 40] if start >= cue[0] else ""
        if (_HEAD_THING.search(folded[:start]) and start <= cue[0]) or _TOPIC.search(folded[:start]):
            continue
        if len(between.split()) > 14 or _OTHER_THING.search(between) or _OTHER_THING_NEXT.match(behind):
            continue
        return True
    if refers or not linked or _OTHER_THING.search(folded[cue[1] : cue[1] + 60]):
        return False
    return len(folded[cue[1] :].split()) <= 8 and (no_object or _NO_OBJECT.match(folded, cue[1]) is not None)


def find_adoptions(read: Read, matcher: Matcher) -> Iterator[Candidate]:
    """Candidates for rows of adoption, in the order of the text."""
    own = own_body(read, matcher, (*_HELD, "other", "ambulance-service"))
    lead: str | None = None
    for place in read.places:
        kind = place.words.kind
        if kind in ("list-item", "table-row"):
            if not place.menu:
                found = list(_from_prose(read, place, matcher, own)) if place.near else []
                yield from found or _from_item(read, place, matcher, lead)
            continue
        lead = _lead_status(place) if kind == "heading" or len(place.words.text) < 400 else None
        if place.near and not place.menu:
            yield from _from_prose(read, place, matcher, own)


def _lead_status(place: Place) -> str | None:
    text = place.words.text
    if place.near is None or not (
        text.rstrip().endswith(":") or place.words.kind == "heading" or "following" in text.lower()
    ):
        return None
    last = sentences(text)[-1] if text.strip() else Piece("", 0, 0)
    named = has_term(place, last) or (
        place.near in ("passage", "heading") and REFERS.search(fold(last.text)) is not None
    )
    if not named:
        return None
    return status_of(last.text.rstrip(": "), terms_in(place, last), linked=True)


def _from_prose(read: Read, place: Place, matcher: Matcher, own: str | None) -> Iterator[Candidate]:
    if own is None and not any(_is_held(matcher, named) for named in place.named):
        return
    told_before = place.near in ("heading", "page")
    asked = False
    in_sight: list[Named] = []
    for sentence in sentences(place.words.text):
        named_here = has_term(place, sentence)
        folded = fold(sentence.text)
        if cues.is_question(folded):
            told_before = told_before or named_here
            asked = named_here
            continue
        linked = named_here or asked or (told_before and REFERS.search(folded) is not None)
        linked = linked or (place.near == "heading" and _A_PILOT.search(folded) is not None)
        asked = False
        here = [n for n in place.named if sentence.holds(n.start)]
        adopters = [n for n in here if matcher.bodies[n.org_id].kind in _HELD or _is_board(matcher, n)]
        if linked:
            yield from _from_sentence(read, place, matcher, sentence, own, told_before or named_here, in_sight)
        told_before = told_before or named_here
        in_sight = adopters or in_sight


def _from_sentence(
    read: Read, place: Place, matcher: Matcher, sentence: Piece, own: str | None, told: bool, in_sight: list[Named]
) -> Iterator[Candidate]:
    carried: list[Named] = []
    we_before = False
    lead: str | None = None
    all_dates = dates_in(sentence)
    for clause in _pieces(sentence):
        terms = terms_in(place, clause)
        bodies = [n for n in place.named if clause.holds(n.start) and not n.from_address]
        adopters = [n for n in bodies if matcher.bodies[n.org_id].kind in _HELD or _is_board(matcher, n)]
        status = status_of(clause.text, terms, linked=told, heading=place.near == "heading")
        folded = fold(clause.text)
        rule = "adoption.sentence" if terms else "adoption.reference"
        subject = adopters
        if (
            status is None
            and lead
            and adopters
            and not re.search(r"\b(?:is|are|was|were|has|have|said|not|never)\b", folded)
        ):
            status, rule = lead, "adoption.list"
        if not adopters and status:
            if (OWN.search(folded) and own) or (we_before and own and not carried):
                subject, rule = [Named(own, 0, 0, True, False)], "adoption.publisher"
            elif carried:
                subject = carried
            elif (
                in_sight and not terms and re.match(r"\s*(?:it|the (?:trust|force|constabulary)|they|both)\b", folded)
            ) or (in_sight and re.match(r"\s*(?:it|the (?:trust|force|constabulary)|they|both)\b", folded)):
                subject = in_sight
            elif own and not bodies and place.near == "heading" and read.document.source_kind == "foi":
                subject, rule = [Named(own, 0, 0, True, False)], "adoption.publisher"
        lead = (
            status
            if not adopters and place.words.text[clause.end : clause.end + 1] in (":", "") and _colon(place, clause)
            else None
        )
        if status and own and adopters and _joined_by_own(matcher, own, adopters, clause, folded):
            subject = [Named(own, 0, 0, True, False), *adopters]
        carried = adopters or carried
        we_before = we_before or (not carried and OWN.search(folded) is not None)
        if status and subject:
            dates = dates_in(clause) or (all_dates if len(all_dates) == 1 else [])
            yield from _emit(read, place, matcher, subject, bodies, status, clause, dates, rule)


_OWN_FIRST: Final = re.compile(
    r"\b(?:our|we|us|the (?:trust|force|constabulary))\b.{0,70}?\b(?:with|and|alongside|between|by)\b"
    r"(?: (?:the|both|colleagues (?:at|in|from)|officers (?:at|in|from)))* $"
)
_OWN_NEXT: Final = re.compile(
    r",? (?:and|with|alongside|together with|jointly with) (?:the (?:trust|force|constabulary)|us)\b"
)


def _joined_by_own(matcher: Matcher, own: str, adopters: Sequence[Named], clause: Piece, folded: str) -> bool:
    """Whether the publisher says that it did it together with the body named: "our team, run with Northvale Police"."""
    kind = matcher.bodies[own].kind
    if any(n.org_id == own or matcher.bodies[n.org_id].kind == kind for n in adopters):
        return False
    start, end = adopters[0].start - clause.start, adopters[-1].end - clause.start
    return _OWN_FIRST.search(folded[:start]) is not None or _OWN_NEXT.match(folded, end) is not None


def _colon(place: Place, clause: Piece) -> bool:
    return place.words.text[clause.end : clause.end + 2].startswith(":")


def _pieces(sentence: Piece) -> list[Piece]:
    found: list[Piece] = []
    for clause in clauses(sentence):
        start = 0
        for match in _PIECES.finditer(clause.text):
            if match.start() > start:
                found.append(
                    Piece(clause.text[start : match.start()], clause.start + start, clause.start + match.start())
                )
            start = match.end() if match.end() > match.start() else match.start()
            kept = re.search(r"\b(?:has|have|had|was|were|since|it)\s*$", match[0])
            if kept:
                start = match.start() + kept.start()
        if start < len(clause.text):
            found.append(Piece(clause.text[start:], clause.start + start, clause.end))
    return found


def _is_held(matcher: Matcher, named: Named) -> bool:
    return matcher.bodies[named.org_id].kind in _HELD or _is_board(matcher, named)


def _is_board(matcher: Matcher, named: Named) -> bool:
    body = matcher.bodies[named.org_id]
    return body.kind == "other" and "health board" in body.name.lower()


def _emit(
    read: Read,
    place: Place,
    matcher: Matcher,
    subject: Sequence[Named],
    bodies: Sequence[Named],
    status: str,
    clause: Piece,
    dates: Sequence[Dated],
    rule: str,
) -> Iterator[Candidate]:
    folded = fold(clause.text)
    on_date, precision = page_date(read.document)
    if dates:
        chosen = dates[0]
        if status in ("live", "piloting"):
            for date in dates:
                if _UNTIL.search(folded[: date.start]):
                    status, chosen = "ended", date
            between = len(dates) == 2 and _BETWEEN.match(clause.text[dates[0].end : dates[1].start])
            if status != "ended" and between and re.search(r"\b(?:between|from)\s*$", folded[: dates[0].start]):
                status, chosen = "ended", dates[1]
        on_date, precision = chosen.value, chosen.precision
    reported = cues.REPORTED.search(folded) is not None
    trusts = _distinct(
        n for n in subject if matcher.bodies[n.org_id].kind == "mental-health-trust" or _is_board(matcher, n)
    )
    forces = _distinct(n for n in subject if matcher.bodies[n.org_id].kind == "police-force")
    others = [
        n.org_id
        for n in _distinct(bodies)
        if matcher.bodies[n.org_id].kind in _BESIDE or _BESIDE_NAMES.search(matcher.bodies[n.org_id].name)
    ]
    others = [org_id for org_id in others if org_id not in {n.org_id for n in trusts}]
    for trust, force in _pairs(trusts, forces):
        shared = any(n is not None and not n.sure for n in (trust, force))
        trust_id, police_id = (trust.org_id if trust else None), (force.org_id if force else None)
        reading = {
            "trust_id": trust_id,
            "police_id": police_id,
            "other_ids": others,
            "status": status,
            "on_date": on_date,
            "date_precision": precision,
        }
        own_word = read.document.publisher_id in (trust_id, police_id)
        if own_word:
            reading["basis"] = "own-word"
        reading["matched"] = "name"
        yield Candidate(
            "adoption",
            reading,
            sureness(rule, reported=reported and not own_word, shared=shared),
            rule,
            place.words.passage_id,
            (trust_id, police_id, status, on_date if dates else None),
        )


def _distinct(named: Sequence[Named] | Iterator[Named]) -> list[Named]:
    seen: dict[str, Named] = {}
    for item in named:
        seen.setdefault(item.org_id, item)
    return list(seen.values())


def _pairs(trusts: list[Named], forces: list[Named]) -> list[tuple[Named | None, Named | None]]:
    """Which trust goes with which force: one force goes with all trusts, one trust with all forces; several of both go
    together where they stand in turn, and are taken singly otherwise."""
    if not forces:
        return [(trust, None) for trust in trusts]
    if not trusts:
        return [(None, force) for force in forces]
    if len(forces) == 1:
        return [(trust, forces[0]) for trust in trusts]
    if len(trusts) == len(forces):
        line = sorted([*trusts, *forces], key=lambda named: named.start)
        held = {id(trust) for trust in trusts}
        if all((id(a) in held) != (id(b) in held) for a, b in zip(line[::2], line[1::2], strict=True)):
            return [(a, b) if id(a) in held else (b, a) for a, b in zip(line[::2], line[1::2], strict=True)]
    if len(trusts) == 1:
        return [(trusts[0], force) for force in forces]
    return [*((trust, None) for trust in trusts), *((None, force) for force in forces)]


_CELL: Final = re.compile(r"\s*[|;\t]\s*|\n")


def _from_item(read: Read, place: Place, matcher: Matcher, lead: str | None) -> Iterator[Candidate]:
    """A list item or table row with a body: its own state in a cell, or that of the line above the list."""
    text = place.words.text
    adopters = [n for n in place.named if matcher.bodies[n.org_id].kind in _HELD or _is_board(matcher, n)]
    heading = place.words.heading or ""
    near = place.near == "passage" or bool(matcher.scan(heading).terms and place.near) or lead is not None
    if not adopters or not near or cues.is_question(fold(text)):
        return
    status, rule = _cell_status(text, matcher), "adoption.table"
    if status is None and place.words.kind == "table-row" and cues.HEDGE.search(without_dates(text)):
        return
    if status is None:
        rule, folded = "adoption.list", without_dates(text)
        if _SUBJECT_THING.match(folded) or cues.HEDGE.search(folded) or _NOTHING.search(folded):
            return
        own_words = [word for word in ("never", "denied", *_ORDER) if cues.STATUS[word].search(folded)]
        status = own_words[0] if own_words else lead or _heading_status(heading, matcher)
    if status is None:
        return
    whole = Piece(text, 0, len(text))
    yield from _emit(read, place, matcher, adopters, place.named, status, whole, find_dates(text), rule)


def _cell_status(text: str, matcher: Matcher) -> str | None:
    cells = [cell for cell in _CELL.split(text) if cell.strip()]
    if len(cells) < 2:
        return None
    for cell in cells:
        head, _, value = cell.rpartition(":")
        folded = fold(value).strip(" .")
        for status, pattern in cues.BARE_STATUS.items():
            match = pattern.match(folded)
            if not match or (folded[match.end() :].strip() and not find_dates(value)):
                continue
            if folded in ("yes", "no") and not matcher.scan(head).terms:
                continue
            if len(folded) - match.end() <= 25:
                return status
    return None


def _heading_status(heading: str, matcher: Matcher) -> str | None:
    last = heading.rsplit(" > ", 1)[-1]
    terms = [(term.start, term.end) for term in matcher.scan(last).terms]
    if not terms and not REFERS.search(fold(last)):
        return None
    return status_of(last, terms, linked=True)
