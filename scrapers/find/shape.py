"""The shape of what is said: idioms made plain, asides set apart, who speaks in a quotation, what is taken back.

Everything here keeps each character's place, so that names and dates found in the text stay where they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scrapers.find.text import Piece, fold

_TO_NEVER: Final = re.compile(
    r"\b(?:at no (?:time|point|stage)|on no occasion|not at any (?:time|point|stage)|not once|not ever"
    r"|(?:not|n't),? (?:and|or|nor) (?:has|have|had|did|do|does|was|is|are) never,?"
    r"|not,? (?:nor|and)(?: \w+){0,2} (?:has|have|had|did|was|is|are)(?: (?:it|they|we|he|she))?(?: not)? ever"
    r"(?: been)?,?"
    r"|nor (?:has|have|had|did)(?: \w+){0,3} ever)(?= )|n't (?:ever|at any (?:time|point|stage)|once)\b"
)
_NOBODY_EVER: Final = re.compile(
    r"\b(?:neither|none|nobody|no one|not one|not (?:something|anything|a (?:scheme|model|programme|thing|"
    r"method))|no (?!evidence|record|reason|indication|suggestion|trace|sign|proof)"
    r"(?:\w+ ){0,2}?(?:officers?|staff|teams?|nurses?|members?|employees?|trusts?|patients?|police))\b.{0,140}?"
    r"\b(?P<ever>(?:has|have|had) ever)\b"
)
_LEADING: Final = re.compile(
    r"^\W*(?:following|after|amid|despite|in (?:response|reply|answer) to|in (?:the )?(?:light|view|wake|face) of|"
    r"given|owing to|due to|because of|according to|in spite of|as a result of|prompted by|faced with|"
    r"unlike|asked (?:about|whether|if|for)|speaking (?:about|of)|questioned (?:about|on|over)|"
    r"in accordance with|further to)\b[^,;:]{1,160},(?= )"
)
_TRAILING: Final = re.compile(
    r"\b(?:so that|so as to|in order (?:to|that)|pending|after|following|because|in (?:the )?(?:light|wake|view) of|"
    r"in response to|amid|to (?:see|consider|decide|examine|look|allow|give|assess|establish|find out|ensure)|"
    r"while|until|as a result|in case|over|about|despite|without|where|which|who|whose)\b"
)


_BY_THE_WAY: Final = re.compile(
    r",\s+(?:(?:and |or |nor )?(?:is|are|was|were|has|have|does|do|did|will|would)(?: not|n't| never)(?: been)?|"
    r"after all|however|"
    r"though|for now|indeed|of course|in fact|we understand|it (?:said|says|added|seems|appears|emerged)|too|"
    r"also|then|"
    r"therefore|at last|finally|meanwhile|in turn|(?:as )?you (?:will )?know|i (?:can )?(?:confirm|believe|"
    r"understand)),(?= )"
)


def plainly(folded: str) -> str:
    """Idioms of "never" as that word, in folded text, each character keeping its place."""
    if "no" in folded or "n't" in folded or "neither" in folded:
        folded = _TO_NEVER.sub(lambda match: "never".rjust(len(match[0])), folded)
        if match := _NOBODY_EVER.search(folded):
            start, end = match.span("ever")
            folded = folded[:start] + "never".rjust(end - start) + folded[end:]
    return _BY_THE_WAY.sub(lambda match: " " * len(match[0]), folded) if ", " in folded else folded


def leading_aside(folded: str) -> int:
    """How far a phrase at the head reaches that tells only when or why: "Following calls for a halt, ..."."""
    match = _LEADING.match(folded)
    return match.end() if match else 0


def governed(folded: str, end: int) -> str:
    """The clause up to the first word behind `end` that begins a why or a what for: doubt behind that is of other
    things."""
    match = _TRAILING.search(folded, end)
    return folded[: match.start()] if match else folded


# -- asides

_RELATIVE: Final = re.compile(
    r",\s+(?:which|who|whose|where)\s+[^,;:]{3,200},(?=\s)|\s\([^()]{3,120}\)"
    r"|,\s+(?:an?|one of|once|formerly|itself)\s+[^,;:]{3,110},(?=\s+(?:has|have|had|is|are|was|were|says|said|"
    r"does|did|no longer|"
    r"never|also|now|will|[a-z]{3,}ed)\b)"
)
MOST_ASIDES: Final = 8
"""Of one sentence: a text of nothing else would take for ever."""
_JOINT: Final = re.compile(r"\b(?:with|joint|alongside|jointly|partner(?:s|ed)?|together|between)\b")


def asides(sentence: Piece) -> list[Piece]:
    """Relative clauses between commas and brackets, which tell of something else by the way. What says with whom a
    thing is done is none."""
    found: list[Piece] = []
    if "(" not in sentence.text and ", " not in sentence.text:
        return found
    for match in _RELATIVE.finditer(sentence.text):
        if not _JOINT.search(fold(match[0])):
            start = match.start() + 1
            found.append(
                Piece(sentence.text[start : match.end() - 1], sentence.start + start, sentence.start + match.end() - 1)
            )
        if len(found) == MOST_ASIDES:
            break
    return found


def without(piece: Piece, cut: Sequence[Piece]) -> Piece:
    """The piece with what lies in `cut` blanked."""
    text = piece.text
    for aside in cut:
        if piece.start <= aside.start and aside.end <= piece.end:
            start, end = aside.start - piece.start, aside.end - piece.start
            text = text[:start] + " " * (end - start) + text[end:]
    return Piece(text, piece.start, piece.end)


# -- quotations

_QUOTED: Final = re.compile(r"[“\"]([^“”\"]{2,1500})[”\"]")
SAYS: Final = re.compile(
    r"\b(?:said|says|told|tells|added|adds|confirmed|confirms|wrote|writes|explained|explains|stated|states|insisted|"
    r"insists|replied|admitted|admits|conceded|announced|revealed|commented|tweeted|spokes(?:man|woman|person)|"
    r"spokes people|according to|reads|read|statement)\b"
)


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words between quotation marks: `text[start:end]`, and the stretch that says who speaks them."""

    start: int
    end: int
    by: Piece


def quotations(text: str) -> list[Quoted]:
    """Quotations of a passage with the words that say whose they are: what follows to the end of the sentence, or what
    stands before."""
    found: list[Quoted] = []
    if '"' not in text and "“" not in text:
        return found
    matches = list(_QUOTED.finditer(text))
    for number, match in enumerate(matches):
        until = matches[number + 1].start() if number + 1 < len(matches) else len(text)
        after = re.match(r"[^.!?]{0,200}", text[match.end() : until])
        stop = match.end() + (after.end() if after else 0)
        behind = Piece(text[match.end() : stop], match.end(), stop)
        since = max(matches[number - 1].end() if number else 0, match.start() - 160)
        before = text[since : match.start()]
        cut = max(before.rfind(". "), before.rfind("! "), before.rfind("? ")) + 1
        ahead = Piece(before[cut:], since + cut, match.start())
        goes_on = (
            number and found and matches[number - 1].end() <= found[-1].by.start and found[-1].by.end <= match.start()
        )
        if SAYS.search(fold(behind.text)):
            found.append(Quoted(match.start() + 1, match.end() - 1, behind))
        elif SAYS.search(fold(ahead.text)):
            found.append(Quoted(match.start() + 1, match.end() - 1, ahead))
        elif goes_on and match.start() - found[-1].by.end < 6:
            found.append(Quoted(match.start() + 1, match.end() - 1, found[-1].by))
    return found


def at_quotes(pieces: Sequence[Piece], quoted: Sequence[Quoted]) -> list[Piece]:
    """The pieces cut where a quotation begins or ends."""
    edges = sorted({edge for quote in quoted for edge in (quote.start, quote.end)})
    if not edges or len(edges) > 4 * MOST_ASIDES:
        return list(pieces)
    found: list[Piece] = []
    for piece in pieces:
        start = piece.start
        for edge in edges:
            if start < edge < piece.end:
                found.append(Piece(piece.text[start - piece.start : edge - piece.start], start, edge))
                start = edge
        found.append(Piece(piece.text[start - piece.start :], start, piece.end))
    return found


# -- what is taken back

_TOLD_BEFORE: Final = re.compile(
    r"\b(?:we|this (?:news ?)?paper|(?:an? |the |our |its |their )?(?:earlier|previous|first|original|last|initial) "
    r"(?:\w+ )?(?:version|reply|answer|response|article|report|letter|email|statement|story|edition|page)|"
    r"(?:the|our|an?) (?:article|story|headline|report|page|reply|caption|leaflet|claim|rumour|post|"
    r"website)(?: \w+)?)\b"
    r".{0,90}?\b(?:reported|said|says|told|stated|suggested|wrote|claimed|implied|published|indicated|advised|"
    r"confirmed|listed|showed|named|gave)\b"
)
_WRONG: Final = (
    r"(?:an? (?:\w+ )?(?:mistake|error|slip|myth|rumour|misunderstanding)|wrong|incorrect|untrue|false|inaccurate|"
    r"mistaken|"
    r"in error|not (?:true|correct|right|so|the case|accurate)|nonsense|misleading)"
)
_TAKEN_BACK: Final = re.compile(
    r"^\W*(?:in fact,? |however,? |actually,? |but )?(?:"
    r"(?:it|this|that|they|he|she|neither|the (?:trust|force|statement|claim|report|article|answer))"
    r" (?:has|have|had|did|does|do|was|were|is|are)(?: not|n't)\s*(?:[.;,]|$|done so|the case|so\b|true)|"
    rf"(?:this|that|it|which|the \w+) (?:was|is|were) (?:\w+ )?{_WRONG}|we (?:apologise|were wrong|are sorry|regret|"
    r"were mistaken)|not so\b|no,? it (?:has|did|does|is|was)(?: not|n't))"
)
_TAKEN_BACK_HERE: Final = re.compile(
    rf"[;,:.]\s*(?:but |and |in fact )*(?:it|they|this|that|the (?:trust|force)) (?:has|have|had|did|does|do|"
    rf"was|were|is|"
    rf"are)(?: not|n't)\s*[.;]?\s*$|[;,]\s*(?:this|that|which) (?:was|is) (?:\w+ )?{_WRONG}"
)
_MYTH: Final = re.compile(r"^\W*(?:myth|false|fiction|rumour|claim|wrong)\s*\d*\s*[:.]")


def taken_back(folded: str, following: str | None) -> bool:
    """Whether a sentence quotes what it or the next one denies: "We reported that ... It has not."."""
    if _MYTH.match(folded):
        return True
    denied = _TAKEN_BACK.match(following) if following else None
    if denied and re.search(_WRONG, denied[0]):
        return True
    return bool(denied or _TAKEN_BACK_HERE.search(folded)) and _TOLD_BEFORE.search(folded) is not None
