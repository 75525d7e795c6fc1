"""RSS and Atom feeds: finders of pages that name the programme."""

from __future__ import annotations

import time
from dataclasses import dataclass

import feedparser
from bs4 import BeautifulSoup

from scrapers.sites.address import absolute
from scrapers.sites.base import NO_CONTEXT, Context, Family, FoundSource, Rank, Reading, StructureChanged, register
from scrapers.sites.page import clean
from scrapers.sites.terms import found_source, terms_in

_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json")
_ROOTS = (b"<rss", b"<feed", b"<rdf:rdf", b"<atom:feed")
MAX_ENTRIES = 5_000


@dataclass(frozen=True)
class Entry:
    """One entry: address, title, all its words without markup, day of publication (UTC)."""

    url: str | None
    title: str | None
    text: str
    published_on: str | None


def entries(body: bytes, url: str, family: str) -> tuple[list[Entry], tuple[str, ...]]:
    """(entries, notes) of a feed, however it breaks its own format, as long as it is one.

    Raises StructureChanged where it is none, or declares entities, which no honest feed needs.
    """
    if b"<!ENTITY" in body.replace(b"\x00", b"").upper():
        raise StructureChanged(family, "the feed declares entities of its own and was not read")
    parsed = feedparser.parse(body, resolve_relative_uris=False, sanitize_html=False)
    if not parsed.get("version"):
        raise StructureChanged(family, "this is no feed")
    notes = []
    if parsed.get("bozo"):
        notes.append(f"the feed breaks its format: {type(parsed.get('bozo_exception')).__name__}")
    if len(parsed.entries) > MAX_ENTRIES:
        notes.append(f"only the first {MAX_ENTRIES} of {len(parsed.entries)} entries were read")
    listed = [_entry(entry, url) for entry in parsed.entries[:MAX_ENTRIES]]
    return listed, tuple(notes)


def _entry(entry: feedparser.FeedParserDict, base: str) -> Entry:
    markup = [str(entry.get("summary") or ""), *(str(part.get("value") or "") for part in entry.get("content", ()))]
    stamp = entry.get("published_parsed") or entry.get("updated_parsed")
    link = entry.get("link") or entry.get("id")
    return Entry(
        absolute(link, base) if isinstance(link, str) else None,
        clean(_words(str(entry.get("title") or ""))),
        " ".join(_words(part) for part in markup),
        time.strftime("%Y-%m-%d", stamp) if isinstance(stamp, time.struct_time) and stamp.tm_year >= 1990 else None,
    )


def _words(markup: str) -> str:
    return BeautifulSoup(markup, "lxml").get_text(" ") if "<" in markup or "&" in markup else markup


@register
class Feed(Family):
    """Any RSS or Atom feed."""

    name = "feed"
    rank = Rank.FORMAT
    minimum = "a feed, be it empty"

    def matches(self, url: str, media_type: str | None = None, body: bytes = b"") -> bool:  # noqa: ARG002
        return media_type in _TYPES or has_root(body, _ROOTS)

    def read(
        self,
        body: bytes,
        url: str,
        *,
        media_type: str | None = None,  # noqa: ARG002
        context: Context = NO_CONTEXT,
    ) -> Reading:
        listed, notes = entries(body, url, self.name)
        found: dict[str, FoundSource] = {}
        for at, entry in enumerate(listed):
            if entry.url is None or not terms_in(f"{entry.title} {entry.text} {entry.url}", context):
                continue
            source = found_source(
                context,
                url=entry.url,
                title=entry.title,
                text=entry.text,
                published_on=entry.published_on,
                where=f"entry[{at}]",
            )
            if source:
                found.setdefault(source.url, source)
        return self.reading(found=tuple(found.values()), notes=notes)


def has_root(body: bytes, roots: tuple[bytes, ...]) -> bool:
    """Whether one of the tags begins the document, after its declaration, comments and processing instructions."""
    head = body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    while head.startswith((b"<?", b"<!--")):
        end = b"?>" if head.startswith(b"<?") else b"-->"
        at = head.find(end)
        if at < 0:
            return False
        head = head[at + len(end) :].lstrip()
    return any(head.startswith(root) and head[len(root) : len(root) + 1] in b" \t\r\n>/" for root in roots)
