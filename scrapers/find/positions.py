"""What a body says of the programme in public: the strongest position it states, and what it asks for."""

from __future__ import annotations

import re
from bisect import bisect_left
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
from scrapers.find.shape import Quoted, asides, quotations, taken_back, without
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
    r"considering|may|might|could|would|you (?:can|may|wish to|are entitled to|"
    r"have the right to))\s+(?:\w+\s+){0,2}$|n't\s+(?:\w+\s+){0,2}$"
)
_PASSIVE: Final = re.compile(r"\b(?:been|being|was|were|is|are)\s+(?:\w+ly\s+)?$")
_ASKED: Final = re.compile(r"(?:urged|asked|told|pressed|called (?:up)?on|requested)\b")
"""A body that "was asked to" do something did not ask for it."""
_POLICY: Final = re.compile(
    r"\b(?:(?:must|should|may|can|shall|are|is|was|were|will) (?:no longer|not) (?:be |to be )?(?:used?|in use|"
    r"commissioned?|"
    r"provided?|adopted?|run|operated?|fund(?:ed)?|offer(?:ed)?|deliver(?:ed)?|introduced?|continue[d]?)|"
    r"must (?:no longer|"
    r"not|cease|stop|end|be (?:\w+ )?(?:stopped|eradicated|ended|withdrawn|discontinued))|"
    r"(?:no longer|not|never) (?:\w+ )?(?:be )?(?:permitted|allowed|authorised|authorized|sanctioned|free)\b|"
    r"(?:prohibit(?:s|ed|ing)?|bann?(?:s|ed|ing)|forb(?:ids|ade|idden)|outlaw(?:s|ed))|"
    r"(?:instruct(?:s|ed|ing)?|order(?:s|ed|ing)?|direct(?:s|ed|ing)?|requir(?:es|ed|ing)|tell(?:s|ing)?|told|"
    r"instruction|direction|order|warned|mandated) .{0,80}?(?:to (?:\w+ )?(?:stop|cease|end|drop|scrap|"
    r"discontinue|abandon|withdraw|halt|eradicate|remove|phase out|wind down)|(?:not|never) to (?:use|adopt|run|"
    r"commission|introduce|fund|operate))|(?:does|do) not (?:permit|allow|sanction|authorise)|(?:are|"
    r"is) to (?:\w+ )?(?:be (?:stopped|ended|withdrawn)|stop|cease|end|drop|discontinue)\b)"
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
        quoted = quotations(place.words.text)
        begins, ends = [quote.start for quote in quoted], [quote.end for quote in quoted]
        listed = sentences(place.words.text)
        for number, sentence in enumerate(listed):
            named = has_term(place, sentence)
            folded = fold(sentence.text)
            linked = named or (told and (REFERS.search(folded) is not None or read.about))
            told = told or named
            here = [
                n
                for n in place.named
                if sentence.holds(n.start) and not n.from_address and matcher.bodies[n.org_id].kind in SPEAKERS
            ]
            quotes = quoted[bisect_left(ends, sentence.start) : bisect_left(begins, sentence.end)][:16]
            if not linked or cues.is_question(folded):
                speaker_before = here[0].org_id if len(here) == 1 else speaker_before
                continue
            rules = own is not None and matcher.bodies[own].kind in ("nhs-national", "government", "regulator")
            if not here and not quotes and not rules and not (own and OWN.search(folded)) and speaker_before is None:
                continue
            following = fold(listed[number + 1].text) if number + 1 < len(listed) else None
            if taken_back(folded, following):
                continue
            away = asides(sentence)
            sentence = without(sentence, away)
            plain = without_dates(sentence.text)
            national = rules or any(_may_say(matcher, n.org_id, "sets-policy") for n in here)
            national = national or any(quote.by.holds(n.start) for quote in quotes for n in place.named)
            only = here[0].org_id if len(here) == 1 else None
            for position, span in _positions(plain, national):
                speakers = list(_speakers(place, matcher, sentence, span, own, speaker_before, away, quotes))
                for speaker, rule in speakers:
                    if not _may_say(matcher, speaker, position):
                        continue
                    rank = -1 if position == "sets-policy" else _STRONGEST.index(position)
                    found.setdefault(speaker, []).append((rank, position, rule, place.words.passage_id, True))
                    if position in ("calls-for-halt", "calls-for-review"):
                        asks.setdefault(speaker, set()).update(_asks(plain, span))
                    only = speaker
            speaker_before = only or speaker_before
    published_on, precision = stated_date(read.document)
    for speaker, told_by in found.items():
        _, position, rule, passage_id, _ = min(told_by, key=lambda item: item[0])
        ours = speaker == read.document.publisher_id
        reading = {
            "org_id": speaker,
            "published_on": published_on,
            "date_precision": precision if ours or not published_on else "before",
            "position": position,
            "asks": sorted(asks.get(speaker, ()), key=list(cues.ASKS).index),
        }
        yield Candidate("statement", reading, sureness(rule), rule, passage_id, (speaker, position))


_WEIGHED: Final = re.compile(r"\b(?:whether|considering|consider|debat\w+|discuss\w+|vote[sd]? on)\b[^,;]*$")
"""What is only weighed is no position yet."""
_A_REQUEST: Final = re.compile(r"\b(?:your|our|the|this|my|of|an?|any|each|every|information|foi) $")
_HINTS: Final = {
    "calls-for-review": (
        "review", "nquir", "investig", "evaluat", "scrutin", "audit", "examin", "look",
        "probe", "assess", "fact", "inspect",
    ),
    "calls-for-halt": (
        "halt", "stop", "suspen", "paus", "end", "ceas",
        "withdr", "scrap", "abol", "moratorium", "ban",
        "clos", "drop", "axe", "abandon", "discontinu", "outlaw", "shut", "wind",
        "wound", "freez", "froz", "decommission",
        "disband", "dismantl", "shelve", "consign", "prohibit", "terminat", "place in", "no to",
    ),
    "supports-concerns": (
        "concern", "campaign", "coalition", "statement", "letter", "worr", "call", "alarm",
        "uneas", "anxi", "fear", "objecti",
        "critic", "survivor", "movement", "disquiet", "opposition", "troubl",
        "disturb", "appal", "dismay", "comfort",
        "horrif", "shock", "perturb", "apprehens", "doubt", "misgiv", "reserv",
    ),
    "apologises": ("sorry", "apolog", "regret", "remorse", "contrit", "forgiv"),
    "welcomes-review": (
        "welcom", "applaud", "prais", "hail", "pleased", "glad", "delight", "reliev",
        "hearten", "encourag", "grateful", "greet",
        "thank", "news",
    ),
    "withdraws": (
        "support", "endors", "back", "statement", "article", "paper", "award", "prize",
        "honour", "name", "material", "page",
        "blessing", "accredit", "sponsor", "logo", "recommend", "approv", "prais",
        "case study", "affiliat", "post", "blog",
        "associat", "promot", "stand", "champion", "commend", "advocat", "self", "selves", "ties", "links",
    ),
}  # fmt: skip
"""Letters of which a text must hold some before a position is looked for in it: quicker than to look."""


def _positions(plain: str, rules: bool) -> Iterator[tuple[str, tuple[int, int]]]:
    for position in _STRONGEST:
        hints = _HINTS.get(position)
        if (hints and not any(hint in plain for hint in hints)) or (position == "sets-policy" and not rules):
            continue
        pattern = _POLICY if position == "sets-policy" else cues.POSITION[position]
        for match in pattern.finditer(plain):
            before = plain[max(0, match.start() - 40) : match.start()]
            if _WEIGHED.search(plain[max(0, match.start() - 110) : match.start()]):
                continue
            if match[0].startswith("request") and _A_REQUEST.search(before):
                continue
            if position in ("apologises", "withdraws", "supports-concerns", "welcomes-review") and _WISHED.search(
                plain[max(0, match.start() - 160) : match.start()]
            ):
                continue
            if not _HEDGE.search(before) and not (_PASSIVE.search(before) and _ASKED.match(match[0])):
                yield position, match.span()
                break


def _may_say(matcher: Matcher, speaker: str, position: str) -> bool:
    kind = matcher.bodies[speaker].kind
    if position == "withdraws" and kind in ("mental-health-trust", "police-force"):
        return False  # that is what became of the programme there
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
    away: list[Piece],
    quotes: list[Quoted],
) -> Iterator[tuple[str, str]]:
    """Who takes the position: the bodies named ahead of its verb, whoever is quoted, or the publisher where the
    sentence says "we". What stands in an aside speaks not."""
    folded = fold(sentence.text)
    here = [
        n
        for n in place.named
        if sentence.holds(n.start) and not n.from_address and not any(a.holds(n.start) for a in away)
    ]
    for quote in quotes:
        if quote.start <= sentence.start + span[0] < quote.end:
            who = [n for n in place.named if quote.by.holds(n.start) and matcher.bodies[n.org_id].kind in SPEAKERS]
            who = [n for n in who if matcher.bodies[n.org_id].kind != "media" and not _told(place, n)]
            if who:
                yield who[0].org_id, "statement.named"
                return
    head: list[Named] = []
    for n in here:
        start, end = n.start - sentence.start, n.end - sentence.start
        if start < span[0] and matcher.bodies[n.org_id].kind in SPEAKERS and _is_subject(folded, start, end, span[0]):
            head.append(n)
    if head:
        for n in head:
            yield n.org_id, "statement.named"
        return
    for n in here:
        start, end = n.start - sentence.start, n.end - sentence.start
        ahead, behind = folded[max(0, start - 60) : start], folded[end : end + 40]
        speaks = matcher.bodies[n.org_id].kind in SPEAKERS and start >= span[1]
        said = re.match(
            r"\s*(?:has |have |had )?(?:said|says|added|wrote|told|argued|insisted|stated|believes|ruled|declared|"
            r"decided|announced|warned|made clear|confirmed)\b",
            behind,
        )
        if speaks and ((said and re.search(r",\s*\W*(?:the )?$", ahead)) or _COMES_FROM.search(ahead)):
            yield n.org_id, "statement.named"
            return
    if own and matcher.bodies[own].kind in ("nhs-national", "government", "regulator") and not here:
        yield own, "statement.publisher"
        return
    opening = folded[: span[1]]
    if (own and re.search(r"\b(?:we|our)\b", opening)) or (own and OWN.match(folded.strip())):
        yield own, "statement.publisher"
    elif before and re.match(
        r"\s*(?:it|they|the (?:college|society|association|charity|union|coalition|group|body|"
        r"organisation))\b",
        folded,
    ):
        yield before, "statement.named"


_WISHED: Final = re.compile(
    r"\b(?:ask\w*|call\w*|urg\w*|demand\w*|press\w*|told|tell\w*|petition\w*|plead\w*|"
    r"beg\w*)\b.{0,140}\bto (?:\w+ )?$|"
    r"\b(?:should|must|ought to|needs? to|has to|have to) (?:\w+ )?$"
)
"""What somebody is asked to do is not done."""
_SPEAKS_FOR: Final = re.compile(
    r"\b(?:president|chair\w*|director|head|chief executive|spokes\w+|secretary|leader|members?|council|board|"
    r"trustees|officers|"
    r"policy lead|guidance|policy|letters?|statement|rules?|instructions?|notice|orders?|ruling|directive|"
    r"advice) (?:of|for|at|from) (?:the )?$"
)
_COMES_FROM: Final = re.compile(
    r"(?:\b(?:rules?|guidance|policy|orders?|instructions?|ruling|notice|directive|letter) (?:\w+ )?(?:from|by|"
    r"of)\s+|\b(?:said|says|added|wrote|argued|insisted|stated|according to)\s+(?:(?:a |the )?(?:spokes\w+|chair|"
    r"president|"
    r"director|chief executive|head)\s+(?:of|for|at)\s+)?|\b(?:come|came|comes|coming|issued|made|led|backed|"
    r"supported|"
    r"voiced|expressed|raised|shared|received|offered|given|banned|prohibited|outlawed|"
    r"forbidden|stopped|endorsed|withdrawn|signed) (?:today |yesterday |also |now )?(?:by|"
    r"from)\s+)(?:the )?$"
)


def _told(place: Place, named: Named) -> bool:
    """Whether a body near a quotation is only who was told."""
    ahead = fold(place.words.text[max(0, named.start - 24) : named.start])
    return re.search(r"\b(?:told|tells|to|asked|of the news to)\s+(?:the )?$", ahead) is not None


def _is_subject(folded: str, start: int, end: int, verb: int) -> bool:
    between = folded[end:verb]
    if _SPEAKS_FOR.search(folded, 0, start):
        pass
    elif re.search(
        r"\b(?:by|to|on|at|from|about|against|of|for|told|asked|urged|with|between)\s+(?:the\s+)?$", folded[:start]
    ):
        return False
    if re.search(r"[;]|\b(?:which|who|that|because|after|when|where|while|but)\b", between) and not re.search(
        r"\b(?:said|says|stated|states|wrote|believes?|ruled|decided|announced|declared|confirmed|told|warned|"
        r"argued|insisted|made clear|published|issued|letter|statement)\b",
        between,
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
