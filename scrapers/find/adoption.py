"""Bodies that took part in the programme, paused it, ended it, or say that they did not."""

from __future__ import annotations

import re
from bisect import bisect_left
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
from scrapers.find.shape import (
    MOST_ASIDES,
    Quoted,
    asides,
    at_quotes,
    governed,
    leading_aside,
    plainly,
    quotations,
    taken_back,
    without,
)
from scrapers.find.text import Piece, clauses, fold, sentences
from scrapers.find.verbs import forms

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
    r"left|quit|joined|adopted|signed up|was suspended|opened|set up|pulled|halted|froze|resumed|finished|"
    r"ditched|axed|gave|"
    r"decommissioned|scrapped|dropped|abandoned|stood down|wound)\b)|"
    r",\s+(?=which\b(?! (?:\w+ ){0,2}?(?:borrow|resembl|mirror|based|modelled|similar|much|draws|follows|"
    r"copie))|before\b|until\b|after which\b|having\b)|"
    r"\s+(?=before (?:it|being|ending|pausing|closing|stopping)\b)"
    r"|\s+(?=until (?:it|the|its|being)\b)"
)
# What somebody launches, runs or ends that is about the programme and is not the programme.
_OTHER_THING: Final = re.compile(
    r"\b(?:spending|recruitment|budgets?|sponsorship|plays?|documentary|documentaries|wards?|clinics?|"
    r"buildings?|gardens?|drone|hotline|phone line|newsletters?|open (?:day|evening)|courses?|"
    r"kits?|book|exhibitions?|car parks?|canteens?|helicopters?|events?|seminars?|roadworks|visiting|"
    r"restrictions|vigils?|protests?|speech|speeches|bulletins?|strategy|handbooks?|leaflets?|videos?|"
    r"reviews?|reviewing|inquiry|inquiries|investigations?|reports?|statements?|petitions?|letters?|"
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
    r"|\b(?:plans?|proposals?)\b.{0,110}\b(?:scrapped|dropped|abandoned|shelved|cancelled|withdrawn|halted|"
    r"rejected|voted down|thrown out|binned|came to nothing)\b"
)
_RESOLVED: Final = re.compile(
    r"\b(?:(?:told|instructed|ordered|directed) (?:its|their|our|all) (?:\w+ )?(?:officers|staff|nurses|teams?|"
    r"clinicians|"
    r"managers)|decided|chose|agreed|chosen|resolved|voted|opted|took the decision|taken the decision|"
    r"decision was taken|"
    r"decision was made|made the decision)\b(?! not| against)[^.;:]{0,60}?(?P<to> to )"
)
"""A decision that has been taken is no wish."""
_NOTHING: Final = re.compile(
    r"\b(?:to|should|must|will) (?:immediately |now )?(?:stop|end|"
    r"halt|cease|pause|suspend|scrap)\b|\bno (?:evidence|record|indication|suggestion|trace)\b|"
    r"\bnothing to (?:suggest|show)\b|\b(?:failed|unable|applied|refused|asked|declined|tried|hoped) to\b|"
    r"\bwithout (?:ever )?\w+ing\b|"
    r"\b(?:instead of|rather than|unlike|as opposed to|alternative to|not the same as|nothing to do with|"
    r"unrelated to|not covered|"
    r"not (?:among|one of)|separate from|"
    r"different from|confused with)\b|\bmore information\b|\b(?:in|at|by|to) other (?:areas"
    r"|trusts|forces|parts|places|regions)\b|\b(?:opposed|opposes|against|resisted|"
    r"criticised|criticises)\b|\bexcept\b"
)
_SUBJECT_OTHER: Final = re.compile(
    _OTHER_THING.pattern + r",?(?: (?:that|which|who))?(?: (?:has|have|had|was|were|is|are|been|being|also|first|now|"
    r"later))* $"
)
"""What stands just ahead of its verb: "this website, launched in"."""
_PROGRAMME_WORD: Final = re.compile(
    r"(?:use|uses|usage|programmes?|schemes?|models?|pilots?|trials?|teams?|services?|approach|projects?|"
    r"initiatives?|"
    r"partnerships?|arrangements?|agreements?|contracts?|memberships?|involvement|participation|part|versions?|"
    r"forms?|"
    r"delivery|operation|provision|work|working|roll|rollout|implementation|support|roles?|officers?|nurses?|"
    r"secondments?|collaborations?|relationships?|links?|ties|commitments?|elements?|sites?|units?|way|phases?|"
    r"referrals?|caseloads?|posts?|methods?|frameworks?|pathways?|process|systems?|interventions?|first|plug|time|"
    r"end|stop|halt|line|curtain|days?|ways|kind|sort|type|name|brand|practice|mentors?|mentoring|venture|experiment|"
    r"connection|association|endorsement|signatory|member|partner|participant|funding|half|rest|whole|all|"
    r"introduction|adoption|last|next|constabulary|force|trust|police|hold|ice|place|number|few|local|own|joint|"
    r"sergeants?|constables?|workers?|clinicians?|practitioners?|staff|people|person|presence|"
    r"integrated|run|running|spring|summer|autumn|winter|month|year|week|following|same|start|beginning)$"
)
_OBJECT_HEAD: Final = re.compile(
    r"^\s*(?:an?|the|its|their|our|his|her|two|three|new|several|some)\s+(?P<words>(?:[\w']+\s+){0,4}?[\w']+)"
    r"(?=,|\s+(?:of|for|to|in|on|at|with|under|by|from|after|before|as|where|when|that|which|who|and|during|about|"
    r"called|known|named|the|this|last|that|next|to)\b)"
)
"""What a verb has for its object, where a preposition ends it: "a sleep clinic" of "launched a sleep clinic in"."""
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
    r"\s*(?:$|[.,;)]|(?:in|on|from|since|until|at|after|pending|while|during|by|last|this|earlier|later|again|"
    r"there|locally|with|as|for)\b)"
)
_SINCE_IT_BEGAN: Final = re.compile(
    r"\b(?:since|before|when|until|after|once|as|when) (?:it|they|the \w+) (?:was |were |had |has )?(?:first )?"
    r"(?:began|begun|started|launched|introduced|established|set up|closed|ended|went live|"
    r"opened(?: its doors)?|was formed|"
    r"got going)\b(?!\s*(?:in|on|around)?\s{4})"
)
_A_PILOT: Final = re.compile(r"\b(?:an?|two|one|local|joint) (?:\w+ ){0,2}(?:pilot|trial|scheme|programme|project)\b")
"""Under a heading that names the programme "a pilot" is of it."""
_UNTIL: Final = re.compile(
    r"\b(?:until|till|up to|up until|ending in|and ended in)\s+(?:the end of\s+|early\s+|late\s+)?$"
)
_NOW: Final = re.compile(r"\b(?:is|are|will|being|shall)\b")
"""What runs now until a date has not ended."""
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
    if cues.is_question(fold(text)):
        return None
    found = _status_at(text, terms, linked=linked, heading=heading)
    return found.word if found else None


_UNSURE: Final = re.compile(
    r"\b(?:whether|if|unless|unclear|not (?:true|correct) that|should|ought|would|might|may|ask(?:s|ed)? for|"
    r"sought|demand\w*|"
    r"hop(?:es|ed|ing)|without|no (?:evidence|record|indication|suggestion|reason|proof|sign)|cannot|can't|"
    r"contrary to|has yet to|have yet to)\b"
)


def _status_at(text: str, terms: Sequence[tuple[int, int]], *, linked: bool, heading: bool = False) -> _Status | None:
    """`status_of` with the place of the words that say so."""
    folded = plainly(without_dates(text))
    if " it " in folded or " the" in folded:
        folded = _SINCE_IT_BEGAN.sub(lambda match: " " * len(match[0]), folded)
    if " to " in folded:
        folded = _RESOLVED.sub(lambda match: match[0][:-4] + "    ", folded)
    refers = list(terms)
    if linked:
        refers += [match.span() for match in _A_PILOT.finditer(folded)] if heading else []
        refers += [match.span() for match in REFERS.finditer(folded)]
    head = leading_aside(folded)
    folded = " " * head + folded[head:]
    negative = cues.NEGATIVE.search(folded)
    if not refers and not linked:
        return None
    no_more = not negative or cues.NO_MORE.search(folded)
    for word, pattern in (("never", cues.NEVER), ("denied", cues.DENIED)) if not no_more else ():
        for match in pattern.finditer(folded):
            unsure = _UNSURE.search(governed(folded, match.end()))
            if not unsure and _about(folded, match.span(), refers, linked, no_object=True):
                return _Status(word, *match.span())
    if _SUBJECT_THING.match(folded):
        return None
    doubt: object = ...
    for word in _ORDER:
        pattern = cues.SIMILAR if word == "similar-model" else cues.STATUS[word]
        for match in pattern.finditer(folded):
            if word == "similar-model" and not (cues.LIVE.search(folded) or _RUNS.search(folded)):
                continue
            if doubt is ...:
                if _PLANS_DROPPED.search(folded):
                    return None
                doubt = cues.HEDGE.search(folded) or _NOTHING.search(folded)
            if doubt:
                weighed = governed(folded, match.end())
                if cues.HEDGE.search(weighed) or _NOTHING.search(weighed):
                    continue
            start, end = match.span()
            forward = word in ("live", "piloting", "similar-model")
            if (
                match[0] == "left"
                and not _LEFT_WHAT.match(folded, end)
                and not any(0 < at - end <= 5 for at, _ in terms)
            ):
                continue
            if word in ("ended", "paused") and _SOMEBODY.match(folded, end):
                continue
            if word == "piloting" and _BACKGROUND.search(folded, max(0, start - 40), start):
                continue
            if (not forward and _negated(folded, start)) or _SUBJECT_OTHER.search(folded, max(0, start - 70), start):
                continue
            if word in ("ended", "live", "paused") and _IN_THE_PAST.search(folded, max(0, start - 20), end):
                continue
            if not _about(folded, (start, end), refers, linked):
                continue
            if word == "ended" and _FOR_NOW.search(folded):
                return _Status("paused", start, end)
            against = _NOT_AHEAD.search(folded, 0, start) if negative and (forward or word == "planned") else None
            if against:
                return _denial(folded, against, end)
            if word == "live" and _FUTURE.search(folded) and (_WILL.search(folded) or match[0].rstrip().endswith("s")):
                return _Status("planned", start, end)
            return _Status(word, start, end)
    return None


_TILL_THEN: Final = re.compile(
    r"\W*(?:while|whilst|until|till|pending)\b.{0,60}\b(?:review|inquiry|advice|outcome|investigat|examin|look|"
    r"consider|concern|"
    r"legal|lawyers|audit|answers|findings|results?|further notice|questions)"
)
_SOMEBODY: Final = re.compile(
    r"\s+(?:an?|two|three|four|one)\s+(?:\w+ )?(?:nurse|doctor|officer|consultant|manager|worker|psychiatrist|"
    r"constable|sergeant|"
    r"governor|member|employee|director|man|woman|patient)s?\b"
)
"""Who was suspended or left, where it was not the programme."""
_COMPOUND: Final = re.compile(r"\s(?:only|free|enabled|swap|locked)\b")
"""What makes a weak term another thing: "SIM-only contracts"."""
_OTHER_OBJECT: Final = re.compile(r"\s+(?:an?|the|its|their|two|new)\s+(?:\w+ ){0,2}?" + _OTHER_THING.pattern)
"""What a verb behind the programme's name has for its object: "the network has started a podcast"."""
_LEFT_WHAT: Final = re.compile(r"\s*$|\s+(?:the\b|it\b|in\b|on\b|at\b)(?! (?:trust|force|end|role|post|room))")
_BACKGROUND: Final = re.compile(r"\b(?:after|following|since|beyond) (?:an? |the |its |their |\w+ ){0,3}$")
_FOR_NOW: Final = re.compile(
    r"\b(?:for (?:now|the time being|the moment|the present)|temporar(?:y|ily)|in the meantime|"
    r"until further notice|provisional(?:ly)?|"
    r"as an interim|interim|pending|(?:until|while) (?:the |a |an |its |it |further )?(?:\w+ ){0,2}(?:review|"
    r"inquiry|advice|outcome|"
    r"investigation|answers|concerns|audit|findings|results))\b"
)
_FUTURE: Final = re.compile(
    r"\b(?:next (?:week|month|year|spring|summer|autumn|winter)|soon|shortly|in the new year|later this (?:year|"
    r"month|spring|"
    r"summer|autumn)|from next|tomorrow|in the coming (?:weeks|months))\b"
)
_WILL: Final = re.compile(r"\b(?:will|shall|due|plans?|set to|is to|are to)\b|'ll\b")
_NOT_AHEAD: Final = re.compile(
    r"(?:\b(?:not|never|nor|none|neither|nobody|no one|no (?:such|officers?|staff|teams?|nurses?|part|truth))\b|"
    r"n't\b)"
    r"(?! (?:only|just|yet|least|long|surprisingly|until|know|sure|clear|possible|without|mean|imply|suggest|"
    r"say|confirm|think|believe|find|"
    r"found|see|seen|prove|follow|told|explain|explained|publish|answer|apolog|comment|covered|the (?:first|"
    r"only|last)|alone|"
    r"telling|told|given up|stop|stopped))"
)


def _denial(folded: str, against: re.Match[str], end: int) -> _Status | None:
    """What a clause says that has a "not" somewhere ahead of its verb: that it never was where it looks back, that it
    is not where it speaks of now."""
    between = folded[max(0, against.start() - 6) : end]
    if _UNSURE.search(folded) or re.search(r"\b(?:because|but|who|when|since|after)\b", between):
        return None
    if re.search(r"\b(?:never|ever|has|have|had|hasn't|haven't|hadn't|did|didn't)\b", between):
        return _Status("never", against.start(), end)
    return _Status("denied", against.start(), end)


_RUNS: Final = re.compile(r"\b(?:run|operate|use|have|has|offer|provide|is|are|continue[sd]?)\b")
_IN_THE_PAST: Final = re.compile(r"\bdid (?:\w+ )?(?:have|use|run|operate)\b")
"""What once was so, as somebody grants: what came of it stands elsewhere."""


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
        if (
            _COMPOUND.match(folded, end)
            or len(between.split()) > 14
            or _OTHER_THING.search(between)
            or _OTHER_THING_NEXT.match(behind)
        ):
            continue
        if end <= cue[0] and _OTHER_OBJECT.match(folded, cue[1]):
            continue
        if cue[1] <= start and between:
            head = _OBJECT_HEAD.match(between)
            if head and not _PROGRAMME_WORD.search(head["words"].rsplit(None, 1)[-1]):
                continue
        return True
    if refers or not linked or _OTHER_THING.search(folded[cue[1] : cue[1] + 60]):
        return False
    return len(folded[cue[1] :].split()) <= 8 and (no_object or _NO_OBJECT.match(folded, cue[1]) is not None)


def find_adoptions(read: Read, matcher: Matcher) -> Iterator[Candidate]:
    """Candidates for rows of adoption, in the order of the text."""
    own = own_body(read, matcher, (*_HELD, "other", "ambulance-service"))
    lead: str | None = None
    asked = _Asked()
    for place in read.places:
        kind = place.words.kind
        if kind in ("list-item", "table-row"):
            if not place.menu:
                found = list(_from_prose(read, place, matcher, own, asked)) if place.near else []
                yield from found or _from_item(read, place, matcher, lead)
            continue
        lead = _lead_status(place) if kind == "heading" or len(place.words.text) < 400 else None
        if place.near and not place.menu:
            yield from _from_prose(read, place, matcher, own, asked)


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


_IT: Final = re.compile(
    r"\W*(?:[^,]{0,50}, )?(?:and |so |then |but |since then |later )?(?:it|its|they|their|both(?: bodies|"
    r" organisations| "
    r"partners)?|the (?:two|pair|partners|trust|force|constabulary|organisation|health board)(?:'s)?)\b"
)
_THE_BODY: Final = (
    ("mental-health-trust", re.compile(r"\bthe (?:mental health |nhs |foundation )?trust\b")),
    ("police-force", re.compile(r"\bthe (?:police |county )?(?:force|constabulary)\b")),
)
_WE: Final = re.compile(r"\b(?:we|our|us|i|ours)\b")
_ELSEWHERE: Final = re.compile(
    r"\b(?:national(?:ly)?|across (?:the country|england)|elsewhere|around the country|in england|"
    r"(?:other|many|some|several|all|most|these|those|few) (?:\w+ )?(?:trusts|forces|areas|providers|places)|"
    r"trusts|forces|the country|company|england|neighbouring|another)\b"
)
_ASIDE_BODY: Final = re.compile(
    r"\b(?:told|tells|wrote to|written to|(?:letter|request|reply|letters|requests|question|questions|visit|"
    r"visits) to|"
    r"outside|near|next door to|neighbouring|visited|visiting|learn(?:ed|t|ing) from|copied from|"
    r"modelled on|inspired by|advice from|praise from|trained by|(?:developed|designed|pioneered|invented|devised|"
    r"created|championed|praised|criticised|funded|reviewed|advised|inspected) (?:by|at|in)|first (?:used|tried|"
    r"developed|"
    r"piloted) (?:by|at|in)|like|unlike|as (?:in|at)|than|a (?:former|retired) \w+ (?:of|from|at|with))"
    r"\s+(?:the |both |colleagues (?:at|in) )?$|\b(?:followed|then|later|joined) (?:later |soon after )?by (?:the )?$"
)


@dataclass(frozen=True, slots=True)
class _Scene:
    """What stands before a sentence: whether the programme was told of, which bodies, whether it answers a question,
    and the quotations of its passage with who speaks them."""

    told: bool
    in_sight: Sequence[Named]
    asked: bool
    quoted: Sequence[tuple[Quoted, Sequence[Named]]]
    last: list[str]
    starts: Sequence[int]
    did_next: bool = False
    gone: bool = False
    """Whether the passage told that it ended or was paused: what "had been" before is its past."""


_DID_SO: Final = re.compile(
    r"\b(?:(?:did|does|done) (?:so|the same|likewise)|followed suit|followed(?= in\b| on\b|\W*$))"
)
_THIS: Final = re.compile(r"\W*(?:this|that|these|those|none of this) (?:has|have|had|is|was|were|does|did|do)\b")
_ALL_USE: Final = re.compile(
    r"\s+(?:all |both |each |still |now |currently |also )*(?:use|run|operate|deliver|have|host|employ|"
    r"belong to|take part in)\b"
)
_HAD_BEEN: Final = re.compile(r"\bhad (?:\w+ )?(?:been|run|used|operated|had|hosted|worked|begun|started|launched)\b")
_BY: Final = re.compile(
    r"\b(?:by|at|in|within|across|for|from|inside|either|nor|neither|and|or)\s+(?:the |either |both )?$|[:|]\s*$"
)


@dataclass
class _Asked:
    """The last question, where it asks when something came about: what, and the bodies that it names."""

    status: str | None = None
    bodies: Sequence[Named] = ()


_WHEN: Final = re.compile(r"\b(?:when|what (?:date|day|year|month)|which (?:date|day|year|month)|since when|date)\b")
_BEGUN: Final = re.compile(
    rf"\b(?:{forms(*cues.BEGIN)}|become|became|join|using|use|used|run|had|go live|went live|"
    rf"be(?:come)? involved|sign)\b"
)
_OVER: Final = re.compile(rf"\b(?:{forms(*cues.END)}|stop|stopped|leave|left|no longer)\b")
_HALTED: Final = re.compile(rf"\b(?:{forms(*cues.PAUSE)}|halt(?:ed)?)\b")
_LEAD_IN: Final = re.compile(
    r"^\W*(?:(?:a(?:nswer)?\s*\d*[a-z]?|response|reply|r\d*)\s*[.:)–-]+\s*)?(?:(?:in|on|from|since|it was|"
    r"this was|that was|the|"
    r"it (?:began|started|ended|stopped)|around|about|early|late|mid|as of|with effect from)\s+)*"
)


def _asked_when(folded: str) -> str | None:
    """What a question asks the date of: that it began, ended or was paused."""
    if not _WHEN.search(folded):
        return None
    found = [word for word, pattern in (("paused", _HALTED), ("ended", _OVER)) if pattern.search(folded)]
    if not found and _BEGUN.search(folded):
        found = ["live"]
    return found[0] if len(found) == 1 else None


def _bare_date(text: str) -> bool:
    """Whether a sentence is a date and hardly a word more."""
    dates = find_dates(text)
    if len(dates) != 1:
        return False
    folded = without_dates(text)
    return len(_LEAD_IN.sub("", folded).replace(".", " ").split()) <= 1 and not cues.NEGATIVE.search(folded)


def _from_prose(read: Read, place: Place, matcher: Matcher, own: str | None, when: _Asked) -> Iterator[Candidate]:
    if own is None and not any(_is_held(matcher, named) for named in place.named):
        return
    told_before = place.near in ("heading", "page")
    asked = under = place.asked
    gone = False
    last: list[str] = []
    in_sight: list[Named] = []
    quoted: list[tuple[Quoted, Sequence[Named]]] = []
    starts = [n.start for n in place.named]
    for quote in quotations(place.words.text):
        near = place.named[bisect_left(starts, quote.by.start) : bisect_left(starts, quote.by.end)]
        speakers = [n for n in near if _is_held(matcher, n)]
        quoted.append((quote, _subjects(place, speakers, False)))
    begins, ends = [quote.start for quote, _ in quoted], [quote.end for quote, _ in quoted]
    listed = sentences(place.words.text)
    for number, sentence in enumerate(listed):
        named_here = has_term(place, sentence)
        folded = fold(sentence.text)
        here = place.named[bisect_left(starts, sentence.start) : bisect_left(starts, sentence.end)]
        adopters = [n for n in here if _is_held(matcher, n)]
        if cues.is_question(folded):
            told_before = told_before or named_here
            asked, under = named_here, under or named_here
            in_sight = adopters or in_sight
            when.status = _asked_when(folded) if named_here or (told_before and REFERS.search(folded)) else None
            when.bodies = adopters
            continue
        if when.status:
            subject = list(when.bodies) or ([Named(own, 0, 0, True, False)] if own else [])
            if subject and len(sentence.text) < 80 and _bare_date(sentence.text):
                rule = "adoption.reference" if when.bodies else "adoption.publisher"
                dates = find_dates(sentence.text)
                yield from _emit(read, place, matcher, subject, [], when.status, sentence, dates, rule)
            when.status = None
        linked = named_here or asked or (told_before and REFERS.search(folded) is not None)
        linked = linked or (bool(last) and _DID_SO.search(folded) is not None)
        linked = linked or (place.near == "heading" and _A_PILOT.search(folded) is not None)
        following = fold(listed[number + 1].text) if number + 1 < len(listed) else None
        if linked and not taken_back(folded, following):
            did_next = following is not None and _DID_SO.search(following) is not None
            spoken = quoted[bisect_left(ends, sentence.start) : bisect_left(begins, sentence.end)][: 2 * MOST_ASIDES]
            scene = _Scene(told_before or named_here, in_sight, asked or under, spoken, last, starts, did_next, gone)
            for candidate in _from_sentence(read, place, matcher, sentence, own, scene):
                gone = gone or candidate.reading["status"] in ("ended", "paused")
                yield candidate
        asked = asked and len(folded) <= 24  # "Yes." goes on with what was asked
        told_before = told_before or named_here
        in_sight = adopters or in_sight


def _subjects(place: Place, adopters: Sequence[Named], spare: bool) -> list[Named]:
    """The adopters without those that only stand by: who was told, or whose example was followed. Where nobody else is
    named, and `spare` says that nobody else is meant, they are left."""
    text = place.words.text
    kept = [n for n in adopters if not _ASIDE_BODY.search(fold(text[max(0, n.start - 48) : n.start]))]
    return kept or (list(adopters) if spare else [])


def _from_sentence(
    read: Read, place: Place, matcher: Matcher, sentence: Piece, own: str | None, scene: _Scene
) -> Iterator[Candidate]:
    starts = scene.starts
    carried: list[Named] = []
    we_before = False
    lead: str | None = None
    before: str | None = None
    all_dates = dates_in(sentence)
    away = asides(sentence)
    inside = [quote for quote, _ in scene.quoted]
    for clause in _in_order(at_quotes(_pieces(without(sentence, away)), inside), away):
        if len(clause.text) < 3:
            continue
        terms = terms_in(place, clause)
        aside = clause in away
        bodies = [
            n
            for n in place.named[bisect_left(starts, clause.start) : bisect_left(starts, clause.end)]
            if not n.from_address and (aside or not any(a.holds(n.start) for a in away))
        ]
        adopters = _subjects(place, [n for n in bodies if _is_held(matcher, n)], False)
        folded = fold(clause.text)
        told_by = next((who for quote, who in scene.quoted if quote.start <= clause.start < quote.end), ())
        if not (adopters or carried or own or away or scene.did_next or scene.in_sight or told_by):
            continue
        behind = (
            place.named[bisect_left(starts, clause.start - 160) : bisect_left(starts, clause.start)] if aside else ()
        )
        of_whom = [n for n in behind if 0 <= clause.start - n.end <= 3 and _is_held(matcher, n)]
        if aside and not of_whom:
            continue
        state = (
            None
            if cues.is_question(folded)
            else _status_at(clause.text, terms, linked=scene.told, heading=place.near == "heading")
        )
        status = state.word if state else None
        if status is None and len(adopters) > 1 and terms and _ALL_USE.match(folded, adopters[-1].end - clause.start):
            status = None if cues.HEDGE.search(folded) or _NOTHING.search(folded) else "live"
        if status in ("never", "denied") and _THIS.match(folded):
            status = None
        if status is None and adopters and scene.last and _DID_SO.search(folded) and not cues.HEDGE.search(folded):
            status = scene.last[-1]
        if status in _ORDER:
            scene.last.append(status)
        if status == "ended" and _TILL_THEN.match(fold(sentence.text), clause.end - sentence.start):
            status = "paused"
        if status == "live" and re.match(r"\W*which\b", folded) and before == "piloting":
            continue
        if status == "live" and scene.gone and _HAD_BEEN.search(folded):
            continue
        if state and folded.startswith("offer", state.start):
            adopters = [n for n in adopters if not re.search(r"\bto (?:the )?$", folded[: n.start - clause.start])]
        if state and status in ("never", "denied"):
            adopters = [
                n
                for n in adopters
                if n.start - clause.start < state.end or _BY.search(folded[: n.start - clause.start])
            ]
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
            if of_whom:
                subject = of_whom
            elif told_by and _WE.search(folded):
                subject = list(told_by)
            elif (OWN.search(folded) and own) or (we_before and own and not carried):
                subject, rule = [Named(own, 0, 0, True, False)], "adoption.publisher"
            elif carried:
                subject = carried
            else:
                subject = _meant(matcher, scene.in_sight, folded) or (list(told_by) if told_by else [])
                others = [n for n in bodies if n.org_id not in matcher.programme_bodies]
                if not subject and own and not others and _is_own(read, place, folded, scene, bodies, clause):
                    subject, rule = [Named(own, 0, 0, True, False)], "adoption.publisher"
        lead = (
            status
            if not adopters and place.words.text[clause.end : clause.end + 1] in (":", "") and _colon(place, clause)
            else None
        )
        if status and own and adopters and _joined_by_own(matcher, own, adopters, clause, folded):
            subject = [Named(own, 0, 0, True, False), *adopters]
        elif status and own and state and adopters and _own_acts(matcher, own, adopters, folded, state):
            subject, rule = [Named(own, 0, 0, True, False)], "adoption.publisher"
        elif (
            status and adopters and scene.in_sight and _joined_by_it(matcher, scene.in_sight, adopters, clause, folded)
        ):
            subject = [*_meant(matcher, scene.in_sight, folded), *adopters]
        if not aside:
            carried = adopters or carried
            before = status or before
        we_before = we_before or (not carried and OWN.search(folded) is not None)
        if status and subject:
            dates = list(dates_in(clause)) or (list(all_dates) if len(all_dates) == 1 else [])
            if state and len(dates) > 1 and status not in ("live", "piloting"):
                dates = sorted(dates, key=lambda date: max(date.start - state.end, state.start - date.end))
            yield from _emit(read, place, matcher, subject, bodies, status, clause, dates, rule)


def _in_order(pieces: Sequence[Piece], away: Sequence[Piece]) -> list[Piece]:
    return sorted([*pieces, *away], key=lambda piece: (piece.start, -piece.end)) if away else list(pieces)


def _meant(matcher: Matcher, in_sight: Sequence[Named], folded: str) -> list[Named]:
    """Which bodies of the sentence before are meant by "it" at the head of a clause, or by "the trust" anywhere."""
    for kind, pattern in _THE_BODY:
        if pattern.search(folded):
            of_kind = [n for n in in_sight if matcher.bodies[n.org_id].kind == kind]
            if len({n.org_id for n in of_kind}) == 1:
                return of_kind
    return list(in_sight) if in_sight and _IT.match(folded) else []


def _is_own(read: Read, place: Place, folded: str, scene: _Scene, bodies: Sequence[Named], clause: Piece) -> bool:
    """Whether a clause that names nobody is of the publisher: what it answers, or tells of "the team" under its own
    name."""
    if _ELSEWHERE.search(folded) or any(n.start - clause.start < 8 for n in bodies):
        return False
    if read.document.publisher_id is None and not scene.asked:
        return False
    if scene.asked or (place.near == "heading" and read.document.source_kind == "foi"):
        return True
    return read.document.source_kind == "foi" or (
        read.document.source_kind in _OWN_PAGES
        and re.match(
            r"\W*(?:[^,]{0,40}, )?(?:the|this|both) (?:\w+ ){0,2}(?:team|service|pilot|arrangement|agreement|"
            r"partnership|"
            r"scheme)\b",
            folded,
        )
        is not None
    )


_OWN_PAGES: Final = ("report", "board-paper", "minutes", "letter", "statement", "response", "trust-page")


_OWN_FIRST: Final = re.compile(
    r"\b(?:our|we|us|the (?:trust|force|constabulary))\b.{0,70}?\b(?:with|and|alongside|between|by)\b"
    r"(?: (?:the|both|colleagues (?:at|in|from)|officers (?:at|in|from)))* $"
)
_OWN_NEXT: Final = re.compile(
    r",? (?:and|with|alongside|together with|jointly with) (?:the (?:trust|force|constabulary)|us)\b"
)


_OWN_SUBJECT: Final = re.compile(r"\b(?:we|(?:the|this|our) (?:trust|force|constabulary))\b(?: \w+){0,2} $")


def _own_acts(matcher: Matcher, own: str, adopters: Sequence[Named], folded: str, state: _Status) -> bool:
    """Whether the publisher stands right ahead of the verb, so that the body named elsewhere is not its subject."""
    if any(n.org_id == own or matcher.bodies[n.org_id].kind == matcher.bodies[own].kind for n in adopters):
        return False
    return _OWN_SUBJECT.search(folded, 0, state.start) is not None


_WITH_FIRST: Final = re.compile(
    r"\b(?:together with|alongside|jointly with|along with|in partnership with|working with|with|and)\s+(?:the )?"
    r"(?:(?:our |their )?(?:\w+ )?(?:colleagues|partners|friends|counterparts) (?:at|in|from) |officers (?:at|"
    r"in|from) )?(?:the )?$"
)
_WE_NEXT: Final = re.compile(r",? (?:(?:has|have|had) )?(?:we|our|the (?:trust|force|constabulary))\b")


def _joined_by_it(
    matcher: Matcher, in_sight: Sequence[Named], adopters: Sequence[Named], clause: Piece, folded: str
) -> bool:
    """Whether a body of the sentence before did it together with the one named: "It launched it with Northvale
    Police"."""
    kinds = {matcher.bodies[n.org_id].kind for n in in_sight}
    if len({n.org_id for n in in_sight}) != 1 or any(
        matcher.bodies[n.org_id].kind in kinds or n.org_id == in_sight[0].org_id for n in adopters
    ):
        return False
    start = adopters[0].start - clause.start
    return _IT.match(folded) is not None and _WITH_FIRST.search(folded[max(0, start - 60) : start]) is not None


def _joined_by_own(matcher: Matcher, own: str, adopters: Sequence[Named], clause: Piece, folded: str) -> bool:
    """Whether the publisher says that it did it together with the body named: "our team, run with Northvale Police"."""
    kind = matcher.bodies[own].kind
    if any(n.org_id == own or matcher.bodies[n.org_id].kind == kind for n in adopters):
        return False
    start, end = adopters[0].start - clause.start, adopters[-1].end - clause.start
    if _OWN_FIRST.search(folded[:start]) is not None or _OWN_NEXT.match(folded, end) is not None:
        return True
    return _WITH_FIRST.search(folded[:start]) is not None and _WE_NEXT.match(folded, end) is not None


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
            for date in dates if not _NOW.search(folded) else ():
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
