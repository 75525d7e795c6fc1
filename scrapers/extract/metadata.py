"""What a page says of itself outside its visible text: meta elements, structured data, title element, language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from scrapers.extract.characters import names

_LARGEST_JSON: Final = 1_000_000
_MOST_OBJECTS: Final = 400
_COMMENT_MARKS = re.compile(r"^\s*(?:<!--|//<!\[CDATA\[|/\*<!\[CDATA\[\*/)|(?:-->|//\]\]>|/\*\]\]>\*/)\s*;?\s*$")

ARTICLES: Final = names(
    "article newsarticle blogposting report scholarlyarticle techarticle reportagenewsarticle analysisnewsarticle "
    "opinionnewsarticle reviewnewsarticle backgroundnewsarticle liveblogposting advertisercontentarticle "
    "satiricalarticle askpublicnewsarticle medicalscholarlyarticle publicationissue specialannouncement"
)
POSTS: Final = names(
    "socialmediaposting discussionforumposting qapage question podcastepisode videoobject recipe review event "
    "creativework digitaldocument governmentpermit"
)
PAGES: Final = frozenset(
    ["webpage", "itempage", "aboutpage", "medicalwebpage", "faqpage", "contactpage", "profilepage"]
)
SCHEMA_KINDS: Final = (
    ARTICLES,
    frozenset(("product", "productgroup", "individualproduct", "offer")),
    frozenset(("discussionforumposting", "qapage", "question", "socialmediaposting")),
    frozenset(("collectionpage", "itemlist", "searchresultspage", "offercatalog", "blog", "productcollection")),
    frozenset(("faqpage",)),
)
"""The kinds of page by structured data, in the order of the bits of `schema`."""


@dataclass
class Metadata:
    """`meta` maps lower-case names (name, property, itemprop, http-equiv) to their contents in page order; `things`
    are the objects of the structured data, flat; `titles` the title element's texts."""

    meta: dict[str, list[str]] = field(default_factory=dict)
    things: list[dict[str, Any]] = field(default_factory=list)
    title: str = ""
    language: str | None = None
    base: str | None = None
    canonical: str | None = None
    item_types: set[str] = field(default_factory=set)

    def first(self, *names: str) -> str | None:
        """The first content that is not empty among the names, in the order of the names."""
        for name in names:
            for value in self.meta.get(name, ()):
                if value.strip():
                    return value.strip()
        return None

    @property
    def schema(self) -> int:
        """What the structured data says the page is, as bits in the order of SCHEMA_KINDS."""
        types = {kind for thing in self.things for kind in types_of(thing)} | self.item_types
        found = 0
        for place, kinds in enumerate(SCHEMA_KINDS):
            if types & kinds:
                found |= 1 << place
        kind = (self.first("og:type") or "").lower()
        if kind == "article":
            found |= 1
        if kind.startswith(("product", "og:product")):
            found |= 2
        return found


def types_of(thing: dict[str, Any]) -> list[str]:
    """The lower-case types of an object of structured data, without their vocabulary's address."""
    value = thing.get("@type")
    names = value if isinstance(value, list) else [value]
    return [re.split(r"[/#:]", name)[-1].strip().lower() for name in names if isinstance(name, str)]


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """All objects in a piece of structured data, outermost first, at most _MOST_OBJECTS."""
    waiting = [value]
    given = 0
    while waiting and given < _MOST_OBJECTS:
        item = waiting.pop(0)
        if isinstance(item, dict):
            given += 1
            yield item
            waiting += [inner for inner in item.values() if isinstance(inner, dict | list)]
        elif isinstance(item, list):
            waiting += [inner for inner in item[:200] if isinstance(inner, dict | list)]


def _load(text: str) -> Any:
    text = _COMMENT_MARKS.sub("", _COMMENT_MARKS.sub("", text)).strip().rstrip(";")
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def gather(root: Any) -> Metadata:
    """Reads the metadata of a parsed page."""
    found = Metadata()
    for element in root.iter("meta", "script", "title", "link", "html", "base"):
        tag = element.tag
        if tag == "meta":
            content = element.get("content")
            if content is None:
                continue
            for key in ("property", "name", "itemprop", "http-equiv"):
                name = element.get(key)
                if name:
                    found.meta.setdefault(name.strip().lower(), []).append(content[:5000])
        elif tag == "script":
            if "ld+json" in (element.get("type") or "").lower():
                text = element.text or ""
                if 2 < len(text) <= _LARGEST_JSON:
                    found.things += _objects(_load(text))
        elif tag == "title":
            parent = element.getparent()
            if not found.title and (parent is None or parent.tag not in ("svg", "symbol", "g")):
                found.title = " ".join("".join(element.itertext()).split())
        elif tag == "html":
            language = element.get("lang") or element.get("xml:lang")
            found.language = found.language or (language.strip() if language else None)
        elif tag == "base":
            found.base = found.base or element.get("href")
        elif "canonical" in (element.get("rel") or "").lower().split():
            found.canonical = found.canonical or element.get("href")
    return found
