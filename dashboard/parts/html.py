"""The few tools by which HTML is written: a template that escapes, links that lead only to the web or to this site."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from string import Formatter
from urllib.parse import urlencode, urlsplit

from markupsafe import Markup, escape


class Html(Markup):
    """Markup that Streamlit sends as it is. In a plain string it would look for common indentation, which costs most of
    a page run where a page is long, and ask the disk whether the string names a file."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return str(self)


EMPTY: Markup = Html("")
_UNSAFE = re.compile(r'[\x00-\x20\\<>"`]')


@lru_cache(maxsize=4096)
def _taken_apart(template: str) -> tuple[tuple[str, str | None, str], ...]:
    """(words, name after them, how it is written) of a template. A page fills some hundreds, the same few again."""
    parts = []
    for words, name, written, conversion in Formatter().parse(template):
        if name is not None and (conversion or not name.isidentifier()):
            raise ValueError(f"a template holds plain names only: {template!r}")
        parts.append((words, name, written or ""))
    return tuple(parts)


def fill(template: str, **cells: object) -> Markup:
    """The template with its {names} replaced; every cell is escaped unless it is Markup already."""
    made: list[str] = []
    for words, name, written in _taken_apart(template):
        made.append(words)
        if name is not None:
            cell = cells[name]
            made.append(cell if type(cell) is Html else escape(format(cell, written) if written else cell))
    return Html("".join(made))  # templates are constants of this package


def join(pieces: Iterable[Markup | str], between: str = "") -> Markup:
    """The pieces one after another; plain strings are escaped."""
    written = [piece if type(piece) is Html else escape(piece) for piece in pieces]
    return Html(str.join(between, written))  # separators are constants of this package


def safe_address(address: str | None) -> str | None:
    """The address if a reader may be sent there (http, https, a path of this site, a place on this page), else None."""
    if not address:
        return None
    address = address.strip()
    if _UNSAFE.search(address):
        return None
    if address.startswith("#") or (address.startswith("/") and not address.startswith("//")):
        return address
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme.lower() in ("http", "https") and parts.netloc else None


def link(address: str | None, words: object, *, classes: str = "", label: str = "") -> Markup:
    """A link, or the words alone where the address is not one that a reader may be sent to.

    `label` is what a screen reader says where the words do not stand for themselves.
    """
    target = safe_address(address)
    if target is None:
        return escape(words)
    return fill(
        '<a href="{target}"{classes}{rel}{label}>{words}</a>',
        target=target,
        classes=fill(' class="{c}"', c=classes) if classes else EMPTY,
        rel=EMPTY if target.startswith(("/", "#")) else Markup(' rel="noopener noreferrer external"'),
        label=fill(' aria-label="{l}"', l=spoken(label)) if label else EMPTY,
        words=words,
    )


def spoken(words: str) -> str:
    """Words for an attribute: those with angle brackets in them would be taken out by what cleans HTML in the app."""
    return words.translate({60: "‹", 62: "›"})


def address(path: str, parameters: Mapping[str, str | Iterable[str] | None] | None = None) -> str:
    """A path of this site with its query; parameters that are empty are left out."""
    pairs: list[tuple[str, str]] = []
    for name, value in (parameters or {}).items():
        values = [value] if isinstance(value, str) else list(value or ())
        pairs.extend((name, one) for one in values if one)
    return f"{path}?{urlencode(pairs)}" if pairs else path


def number(value: int | None) -> str:
    """1,234; a dash where there is none."""
    return "–" if value is None else f"{value:,}"


SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def count(value: int, one: str, many: str | None = None) -> str:
    """ "one source", "12 sources", "no sources"."""
    word = one if value == 1 else (many or one + "s")
    return f"{SMALL[value] if 0 <= value < len(SMALL) else number(value)} {word}"


def many(value: int, one: str, plural: str | None = None) -> str:
    """The same in figures: "1 source", "12 sources", "0 sources"."""
    return f"{number(value)} {one if value == 1 else (plural or one + 's')}"


def listing(words: Iterable[Markup | str]) -> Markup:
    """ "a", "a and b", "a, b and c"."""
    items = [escape(word) for word in words]
    if len(items) < 2:
        return join(items)
    return join([join(items[:-1], ", "), Markup(" and "), items[-1]])


def paragraphs(text: str, classes: str = "") -> Markup:
    """Text with empty lines between paragraphs."""
    opening = fill('<p class="{c}">', c=classes) if classes else Markup("<p>")
    return join(fill("{o}{t}</p>", o=opening, t=part.strip()) for part in text.split("\n\n") if part.strip())
