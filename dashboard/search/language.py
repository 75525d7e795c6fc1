"""What a reader may type, read kindly: nothing that is typed is an error, and what was mended is said.

    crisis plan            both words, in any order (stems: "plan" finds "plans")
    "crisis plan"          the words in that order
    petit*                 words that begin so
    NEAR(police ward, 5)   with at most 5 words between them (10 where no number is given)
    halt OR pause          either; OR binds more closely than the space between words
    -police                without it
    (halt OR stop) review  brackets group
    org: kind: before: after: year: status: state: source:    limit what is found; -org: and so on exclude

`before:2021-06` is strictly before that month, `after:2021-06` on or after its first day. Several values are joined by
commas, values with spaces stand in quotes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MOST_CHARACTERS: Final = 500
MOST_WORDS: Final = 32
NEAR_DISTANCE: Final = 10
SHORTEST_PREFIX: Final = 2
FIELDS: Final = ("org", "kind", "before", "after", "year", "status", "state", "source")
_SAME_FIELD: Final = {
    "body": "org",
    "organisation": "org",
    "type": "kind",
    "since": "after",
    "until": "before",
    "in": "year",
}


@dataclass(frozen=True)
class Words:
    """A word or phrase; `prefix` lets its last word go on."""

    text: str
    prefix: bool = False


@dataclass(frozen=True)
class Near:
    """Words with at most `distance` others between them."""

    words: tuple[Words, ...]
    distance: int


@dataclass(frozen=True)
class All:
    """Every part must be there."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Any:
    """At least one part must be there."""

    parts: tuple[Node, ...]


Node = Words | Near | All | Any


@dataclass(frozen=True)
class Filter:
    """One field filter: any of `values`, or none of them where it is `negative`."""

    field: str
    values: tuple[str, ...]
    negative: bool = False


@dataclass(frozen=True)
class Query:
    """What was understood: words to find, words to leave out, filters, and what was mended, in sentences."""

    text: str
    wanted: Node | None
    unwanted: tuple[Node, ...]
    filters: tuple[Filter, ...]
    notes: tuple[str, ...]

    def words(self) -> tuple[Words, ...]:
        """Every wanted word and phrase in order."""
        return tuple(_words(self.wanted)) if self.wanted else ()


def _words(node: Node) -> Iterator[Words]:
    if isinstance(node, Words):
        yield node
    elif isinstance(node, Near):
        yield from node.words
    else:
        for part in node.parts:
            yield from _words(part)


_TOKEN: Final = re.compile(
    r"""(?P<space>\s+)
      | (?P<minus>(?:-|\u2212|!)(?=["\w(\u00ab])|\bNOT\b\s*)
      | (?P<near>\bNEAR\s*(?:/\s*(?P<slash>\d+)\s*)?\()
      | (?P<field>[A-Za-z]+):(?=[^\s/])
      | (?P<quoted>"(?P<inside>[^"]*)(?P<end>"?)(?P<star>\*?))
      | (?P<or>\bOR\b|\|+)
      | (?P<and>\bAND\b|&+|\+)
      | (?P<open>\()
      | (?P<close>\))
      | (?P<word>[^\s"()|]+)""",
    re.VERBOSE,
)
_VALUE: Final = re.compile(r'"([^"]*)"?|([^\s",()]+)')
_QUOTES: Final = str.maketrans("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"""""""')


class _Reader:
    """A recursive descent over the tokens of one text."""

    def __init__(self, text: str) -> None:
        self.notes: list[str] = []
        self.filters: list[Filter] = []
        self.unwanted: list[Node] = []
        self._count = 0
        self._text = self._cleaned(text)
        self._at = 0

    def _cleaned(self, text: str) -> str:
        text = text.translate(_QUOTES)
        text = "".join(c if c.isspace() or unicodedata.category(c) not in ("Cc", "Cs", "Cf") else " " for c in text)
        text = " ".join(text.split())
        if len(text) > MOST_CHARACTERS:
            text = text[:MOST_CHARACTERS].rpartition(" ")[0] or text[:MOST_CHARACTERS]
            self.note(f"Only the first {MOST_CHARACTERS} characters were searched for.")
        return text

    def note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)

    def read(self) -> Query:
        parts = self._sequence(depth=0)
        return Query(self._text, _all(parts), tuple(self.unwanted), tuple(self.filters), tuple(self.notes))

    def _next(self) -> re.Match[str] | None:
        while self._at < len(self._text):
            found = _TOKEN.match(self._text, self._at)
            if found is None:
                self._at += 1
                continue
            self._at = found.end()
            if found.lastgroup != "space":
                return found
        return None

    def _sequence(self, depth: int) -> list[Node]:
        """Parts up to the closing bracket or the end."""
        parts: list[Node] = []
        join_next = False
        negative = False
        while (token := self._next()) is not None:
            kind = _kind(token)
            if kind == "close":
                if depth:
                    break
                self.note("A closing bracket stood alone and was left out.")
                continue
            if kind == "or":
                join_next = bool(parts)
                continue
            if kind == "and":
                continue
            if kind == "minus":
                negative = True
                continue
            if self._field(_field_name(token), negative=negative):
                negative = join_next = False
                continue
            node = self._node(token, kind, depth)
            if node is None:
                negative = False
                continue
            if negative:
                self.unwanted.append(node)
            elif join_next:
                before = parts.pop()
                parts.append(Any((*before.parts, node)) if isinstance(before, Any) else Any((before, node)))
            else:
                parts.append(node)
            negative = join_next = False
        else:
            if depth:
                self.note("A bracket was not closed; it was taken to reach to the end.")
        return parts

    def _node(self, token: re.Match[str], kind: str, depth: int) -> Node | None:
        if kind == "open":
            if depth > 8:
                self.note("Brackets within brackets were read only eight deep.")
                return None
            inside = self._sequence(depth + 1)
            return _all(inside)
        if kind == "near":
            return self._near(token)
        if kind == "quoted":
            if not token["end"]:
                self.note("A quotation mark was not closed; the phrase was taken to reach to the end.")
            return self._phrase(token["inside"], prefix=bool(token["star"]))
        if kind == "field":
            self.note(f"{token['field']}: is not a field; it was searched for as a word.")
            return self._phrase(token["field"])
        word = token[0]
        if word == "NEAR":
            self.note("NEAR is written before its words: NEAR(police ward, 5). Here it was searched for as a word.")
        return self._phrase(word.rstrip("*"), prefix=word.endswith("*"))

    def _phrase(self, text: str, *, prefix: bool = False) -> Words | None:
        text = text.strip()
        if not any(character.isalnum() for character in text):
            return None
        self._count += len(text.split())
        if self._count > MOST_WORDS:
            self.note(f"Only the first {MOST_WORDS} words were searched for.")
            return None
        if prefix and sum(character.isalnum() for character in text) < SHORTEST_PREFIX:
            self.note(
                f"A word that goes on (*) needs at least {SHORTEST_PREFIX} letters; {text} was searched as it is."
            )
            prefix = False
        return Words(text, prefix)

    def _near(self, token: re.Match[str]) -> Node | None:
        end = self._text.find(")", self._at)
        if end < 0:
            self.note("NEAR( was not closed; it was taken to reach to the end.")
            end = len(self._text)
        inside, self._at = self._text[self._at : end], end + 1
        distance = int(token["slash"]) if token["slash"] else NEAR_DISTANCE
        words, comma, number = inside.rpartition(",")
        if comma and number.strip().isdigit():
            inside, distance = words, int(number)
        found = [
            self._phrase((quoted or bare).rstrip("*"), prefix=bare.endswith("*"))
            for quoted, bare in re.findall(r'"([^"]*)"?|([^\s",]+)', inside)
        ]
        kept = tuple(each for each in found if each is not None)
        if len(kept) < 2:
            self.note("NEAR needs at least two words.")
            return kept[0] if kept else None
        return Near(kept, min(distance, 1000))

    def _field(self, name: str, *, negative: bool) -> bool:
        """Read the values of a field, if it is one."""
        if not name:
            return False
        values: list[str] = []
        self._at += len(self._text[self._at :]) - len(self._text[self._at :].lstrip())
        while True:
            found = _VALUE.match(self._text, self._at)
            if found is None:
                break
            self._at = found.end()
            value = " ".join((found[1] if found[1] is not None else found[2]).split())
            if value:
                values.append(value)
            if not self._text.startswith(",", self._at):
                break
            self._at += 1
        if not values:
            self.note(f"{name}: stood without a value and was left out.")
        else:
            self.filters.append(Filter(name, tuple(values), negative))
        return True


def _field_name(token: re.Match[str]) -> str:
    """The field that a token opens ("org:" or "org: "), or nothing."""
    word = token["field"] or (token["word"] or "").removesuffix(":")
    name = word.lower() if token["field"] or (token["word"] or "").endswith(":") else ""
    name = _SAME_FIELD.get(name, name)
    return name if name in FIELDS else ""


def _kind(token: re.Match[str]) -> str:
    for name in ("minus", "near", "field", "quoted", "or", "and", "open", "close", "word"):
        if token[name] is not None:
            return name
    return "word"


def _all(parts: list[Node]) -> Node | None:
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def read(text: str) -> Query:
    """What a text asks for. Never fails: what cannot be read is left out, and `notes` says so."""
    return _Reader(text).read()


def fts(node: Node) -> str:
    """The words as an FTS5 expression. Every word is quoted, so that no character of it has a meaning."""
    if isinstance(node, Words):
        return f'"{_bare(node.text)}"' + (" *" if node.prefix else "")
    if isinstance(node, Near):
        return f"NEAR({' '.join(fts(word) for word in node.words)}, {node.distance})"
    joint = " OR " if isinstance(node, Any) else " AND "
    return f"({joint.join(fts(part) for part in node.parts)})"


def _bare(text: str) -> str:
    return text.replace('"', " ").replace("\0", " ")


def expression(query: Query) -> str | None:
    """The whole query as an FTS5 expression; None where it has no wanted words."""
    if query.wanted is None:
        return None
    made = fts(query.wanted)
    for node in query.unwanted:
        made = f"({made} NOT {fts(node)})"
    return made


def stricter(query: Query) -> tuple[str, ...]:
    """Expressions for what fits better, best first: the words in their order, then near each other, then all of them.

    Empty where there is nothing stricter than the query itself.
    """
    words = query.words()
    if len(words) < 2 or query.wanted is None or isinstance(query.wanted, Near):
        return ()
    found = []
    if isinstance(query.wanted, All) and all(
        isinstance(part, Words) and not part.prefix for part in query.wanted.parts
    ):
        found.append(f'"{_bare(" ".join(word.text for word in words))}"')
    found.append(f"NEAR({' '.join(fts(word) for word in words)}, {NEAR_DISTANCE})")
    if _has_any(query.wanted):
        found.append(" AND ".join(fts(word) for word in words))
    excluded = "".join(f" NOT {fts(node)}" for node in query.unwanted)
    return tuple(f"({each}){excluded}" for each in found)


def _has_any(node: Node) -> bool:
    return isinstance(node, Any) or (isinstance(node, All) and any(_has_any(part) for part in node.parts))
