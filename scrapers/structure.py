"""A page cut to its structure: its elements stay, its words become filler of the same length."""

from __future__ import annotations

import re
from typing import Final

from bs4 import Comment, Doctype, NavigableString, Tag

from scrapers.sites.address import absolute, host_of
from scrapers.sites.page import parse

KEPT: Final = frozenset({"class", "id", "type", "rel", "href"})
_EMPTIED: Final = ("script", "style", "noscript", "template", "svg", "iframe", "object")
_FILLER: Final = "loremipsumdolorsitametconsecteturadipiscingelitseddoeiusmodtempor"
_WORD: Final = re.compile(r"[^\W\d_]+")
_NUMBER: Final = re.compile(r"\d")


def filler(text: str) -> str:
    """The text with each letter and digit replaced; blanks, punctuation, capitals and lengths stay."""
    return _NUMBER.sub("0", _WORD.sub(lambda word: _word(word[0]), text))


def _word(word: str) -> str:
    made = (_FILLER * (len(word) // len(_FILLER) + 1))[: len(word)]
    return "".join(new.upper() if old.isupper() else new for old, new in zip(word, made, strict=True))


def cut(body: bytes, url: str) -> str:
    """The page's elements with class, id, type, rel and the host of each link; every word replaced by filler.

    Scripts, styles, comments and embedded things are emptied. Any bytes give a page.
    """
    soup = parse(body)
    for tag in soup.find_all(_EMPTIED):
        tag.clear()
    for text in list(soup.find_all(string=True)):
        if isinstance(text, Doctype):
            text.replace_with(Doctype("html"))
        elif isinstance(text, Comment) or type(text) is not NavigableString:
            text.extract()
        else:
            text.replace_with(NavigableString(filler(str(text))))
    for tag in soup.find_all(True):
        _strip(tag, url)
    return str(soup).strip() + "\n"


def _strip(tag: Tag, url: str) -> None:
    for name in list(tag.attrs):
        if name not in KEPT:
            del tag.attrs[name]
    if "href" in tag.attrs:
        target = absolute(str(tag.attrs["href"]), url)
        if target:
            tag.attrs["href"] = f"https://{host_of(target)}/"
        else:
            del tag.attrs["href"]
