"""Answers to requests for information: yes or no to a question that names the programme, or nothing given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from scrapers.find import cues
from scrapers.find.dates import find_dates
from scrapers.find.frame import Candidate, Reading, has_term, own_body, page_date, sureness
from scrapers.find.mentions import Place, Read
from scrapers.find.names import Matcher
from scrapers.find.text import Piece, fold, sentences

_ANSWERERS: Final = (
    "mental-health-trust",
    "police-force",
    "ambulance-service",
    "other",
    "nhs-national",
    "health-innovation-network",
)
_USE: Final = re.compile(
    r"\b(?:us(?:e|es|ed|ing)|run|runs|operat\w+|adopt\w*|implement\w*|pilot\w*|tak(?:e|en) part|part of|member|"
    r"signatory|launch\w*|introduc\w*|have|had|deliver\w*|commission\w*|particip\w+|in place|"
    r"second(?:ed|ing)?|plac(?:e|ed|ing)|assign\w*|involve\w*|work(?:s|ed|ing)?|join\w*|sign(?:ed)? up|ma(?:ke|"
    r"de) use|employ\w*|"
    r"offer\w*|provid\w+|host\w*|belong\w*|party to|subscri\w+|engag\w+|tak(?:es|ing) part|took part|start\w*|"
    r"live|active|"
    r"exist\w*|been)\b"
)
_ASKED: Final = re.compile(
    r"^\W*(?:(?:q(?:uestion)?\s*\d*[a-z]?|\d+[a-z]?|[a-z])\s*[.:)]?\s+)?(?:please\b.{0,80}?\b(?:whether|if|"
    r"confirm)\b.{0,20}?\b)?(?:(?P<ever>has|have|had|did)|(?P<now>does|do|is|are))\b"
)
_ANSWER: Final = re.compile(
    r"^\W*(?:(?:a(?:nswer)?\s*\d*[a-z]?|response|reply|trust response|our response|"
    r"r\d*)\s*[.:)–-]*\s*)?(?P<word>yes|no|n\/a|nil|none)\b(?!\s+(?:information|one|further|longer|doubt|"
    r"patients?|staff|data|records?))"
)
_KEPT: Final = r"(?:information|data|records?|documents?|papers|correspondence|material|figures?|details?)"
_WITHHELD: Final = re.compile(
    rf"\b(?:(?:holds?|held|keeps?) (?:no|nothing|none)(?: (?:relevant|recorded|such|further|"
    rf"information|of)){{0,2}}\b"
    rf"(?:.{{0,30}}\b(?:{_KEPT}|requested|asked|relating|about|on)\b|$|\.)|"
    rf"(?:does|do|did)(?: not|n't) (?:\w+ )?(?:hold|record|have|keep|collect|possess|retain)\b"
    rf"(?:.{{0,50}}\b(?:{_KEPT}|requested|asked for|sought)\b)|"
    rf"(?:{_KEPT}|this|it|that|these) (?:\w+ ){{0,4}}?(?:is|was|are|were)(?: not|n't) (?:\w+ )?(?:held|recorded|"
    rf"kept|collected|"
    r"available|retained)|"
    rf"no (?:\w+ )?{_KEPT} (?:\w+ ){{0,3}}?(?:is |are |was |were |has been )?(?:held|recorded|found|located|"
    rf"kept)|not held|"
    rf"(?:has|have|had|find|found|trace|locate) (?:no|nothing|none)(?: \w+){{0,2}} (?:{_KEPT}|emails?|"
    rf"that answers|which answers|"
    r"matching|of this (?:kind|description)|to (?:give|send|disclose|release|show))\b|"
    r"nothing (?:is |was )?(?:held|found)|none (?:is |are )?held|"
    rf"refus(?:e|es|ed|al|ing)\b.{{0,60}}\b(?:request|section|{_KEPT}|disclos\w+|provide|supply|answer|under)|"
    rf"(?:request|{_KEPT}|question|this)\b.{{0,60}}\b(?:is|was|has been|have been|are|"
    rf"were) (?:\w+ )?(?:being )?(?:refused|"
    r"withheld|exempt(?:ed)?|declined|turned down|rejected)|exempt from (?:disclosure|release)|(?:withheld|"
    r"withholding|"
    r"withhold|refused|exempt(?:ed|ion)?|engaged|engages) (?:\w+ ){0,3}?(?:under|by|section|because|from|in)|"
    r"(?:section|s\.?) ?(?:12|14|21|22|31|36|38|40|41|43)\b.{0,60}|neither confirms? (?:n)?or den(?:y|ies)|"
    r"exceeds? the (?:appropriate|cost) (?:limit|threshold)|(?:exceed|over|above|beyond|breach)\w*\b.{0,20}\b(?:cost|"
    r"appropriate|statutory|fees?) (?:limit|threshold|ceiling)|"
    r"(?:more|longer|upwards?|in excess|over|exceed\w*|well over|greater) (?:than |of |the )?(?:\w+ )?(?:18|24|"
    r"eighteen|"
    r"twenty four)(?: working| staff)?[ \w]{0,12} hours?|"
    r"(?:unable|not able|not in a position|not obliged|not required) to (?:\w+ )?(?:provide|disclose|supply|"
    r"release|answer|"
    r"share|locate|give|respond|comply|confirm)|(?:can ?not|can't|will not|won't) (?:\w+ )?(?:provide|disclose|"
    r"supply|"
    r"release|share|comply)|declin(?:e|es|ed|ing) to (?:\w+ )?(?:provide|disclose|supply|release|answer|say|"
    r"comment|give)|"
    r"vexatious|commercially (?:sensitive|confidential)|prejudice (?:the )?(?:commercial|law|prevention|effective)|"
    r"not in the public interest|public interest (?:lies|favours|in (?:withholding|maintaining)))"
)
_NO_ANSWER: Final = re.compile(
    r"\b(?:no (?:reply|response|answer) (?:has been |was )?(?:received|given|sent)?|did(?: not|n't) (?:reply|"
    r"respond|answer|reply)|(?:has|have)(?: still| yet| so far)?(?: not|n't) (?:\w+ )?(?:replied|responded|"
    r"answered)|never (?:replied|"
    r"responded|"
    r"answered)|(?:has|have) yet to (?:reply|respond|answer)|long overdue|overdue|unanswered|ignored|"
    r"still waiting for|"
    r"(?:still )?awaiting (?:a|any|its|their) (?:reply|response|answer)|without (?:a )?(?:reply|response|answer))\b"
)


def find_answers(read: Read, matcher: Matcher) -> Iterator[Candidate]:
    """Candidates of kind foi, in the order of the text."""
    own = own_body(read, matcher, _ANSWERERS)
    asked: str | None = None
    if not any(place.terms for place in read.places):
        return
    for place in read.places:
        if place.menu or (asked is None and not place.terms):
            continue
        for sentence in sentences(place.words.text):
            folded = fold(sentence.text).strip()
            if cues.is_question(folded):
                asked = _question(place, sentence, folded, asked)
                continue
            body = _body(read, place, matcher, sentence, own)
            if asked is not None:
                answer = _answer_word(folded)
                if answer and asked in ("ever", "now") and (own or body):
                    yield _answer(read, place, matcher, sentence, own or body or "", asked, answer, folded)
                    asked = None
                    continue
            if (asked is not None or has_term(place, sentence)) and body:
                nothing = _WITHHELD.search(folded)
                silent = (
                    _NO_ANSWER.search(folded)
                    if asked is not None or "request" in folded or "question" in folded
                    else None
                )
                if nothing or silent:
                    yield _nothing(read, place, matcher, sentence, body, "withheld" if nothing else "no reply")
                    asked = None


def _question(place: Place, sentence: Piece, folded: str, asked: str | None) -> str | None:
    if not has_term(place, sentence):
        return asked if asked and re.search(r"\b(?:it|this|the (?:scheme|programme|model))\b", folded) else None
    match = _ASKED.search(folded)
    if match and _USE.search(folded[match.end() :]):
        ever = match["ever"] or re.search(r"\b(?:ever|has the|have you|did)\b", folded)
        return "ever" if ever else "now"
    return "open"


def _body(read: Read, place: Place, matcher: Matcher, sentence: Piece, own: str | None) -> str | None:
    for named in place.named:
        if sentence.holds(named.start) and matcher.bodies[named.org_id].kind in _ANSWERERS and not named.from_address:
            return named.org_id
    if own:
        return own
    here = {
        n.org_id
        for p in read.places
        for n in p.named
        if matcher.bodies[n.org_id].kind in _ANSWERERS[:3] and not n.from_address
    }
    return here.pop() if len(here) == 1 else None


_ELLIPTIC: Final = re.compile(
    r"^\W*(?:(?:a(?:nswer)?\s*\d*[a-z]?|response|reply|r\d*)\s*[.:)–-]*\s*)?(?:it|we|they|the (?:trust|force|"
    r"constabulary)) (?:currently )?(?:is|are|does|do|has|have|did|was|were)(?P<no> not| never|n't)?\W*$"
)


def _answer_word(folded: str) -> str | None:
    """Yes or no, in one word or in a few: "It does not."."""
    if answer := _ANSWER.match(folded):
        return answer["word"]
    if short := _ELLIPTIC.match(folded):
        return "no" if short["no"] else "yes"
    return None


def _answer(
    read: Read, place: Place, matcher: Matcher, sentence: Piece, body: str, asked: str, word: str, folded: str
) -> Candidate:
    status = "live" if word == "yes" else "never" if asked == "ever" or "never" in folded else "denied"
    return _made(read, place, matcher, sentence, body, status, word, "foi.answer")


def _nothing(read: Read, place: Place, matcher: Matcher, sentence: Piece, body: str, answer: str) -> Candidate:
    return _made(read, place, matcher, sentence, body, "not-answered", answer, "foi.withheld")


def _made(
    read: Read, place: Place, matcher: Matcher, sentence: Piece, body: str, status: str, answer: str, rule: str
) -> Candidate:
    dates = find_dates(sentence.text)
    on_date, precision = (dates[0].value, dates[0].precision) if dates else page_date(read.document)
    kind = matcher.bodies[body].kind
    reading: Reading = {
        "trust_id": body
        if kind in ("mental-health-trust",) or "health board" in matcher.bodies[body].name.lower()
        else None,
        "police_id": body if kind == "police-force" else None,
        "other_ids": [],
        "status": status,
        "on_date": on_date,
        "date_precision": precision,
        "answer": answer,
        "basis": "own-word",
        "matched": "name",
    }
    if not reading["trust_id"] and not reading["police_id"]:
        reading["other_ids"] = [body]
    return Candidate("foi", reading, sureness(rule), rule, place.words.passage_id, (body, status))
