"""Sitemaps: finders of pages whose address names the programme."""

from __future__ import annotations

import zlib
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from scrapers.sites.address import absolute, path_of
from scrapers.sites.base import NO_CONTEXT, Context, Family, FoundSource, Rank, Reading, register
from scrapers.sites.feed import has_root
from scrapers.sites.page import first_moment
from scrapers.sites.terms import found_source

_ROOTS = (b"<urlset", b"<sitemapindex")
MAX_BYTES: Final = 60_000_000
MAX_PLACES: Final = 50_000
"""The format's own limits: 50 MB and 50,000 addresses a file."""


@register
class Sitemap(Family):
    """A sitemap, or an index of sitemaps (whose parts are named in `ask`); plain or gzipped."""

    name = "sitemap"
    rank = Rank.FORMAT
    minimum = "a list of at least one address"

    def matches(self, url: str, media_type: str | None = None, body: bytes = b"") -> bool:  # noqa: ARG002
        if path_of(url).endswith(".xml.gz") and body.startswith(b"\x1f\x8b"):
            return "sitemap" in path_of(url)
        return has_root(body, _ROOTS)

    def read(
        self,
        body: bytes,
        url: str,
        *,
        media_type: str | None = None,  # noqa: ARG002
        context: Context = NO_CONTEXT,
    ) -> Reading:
        root = self._root(body)
        places = [child for child in root if _name(child) in ("url", "sitemap")]
        addresses = [(absolute(_text(place, "loc"), url), _text(place, "lastmod")) for place in places]
        if not any(address for address, _ in addresses):
            raise self.changed("the list holds no address", _name(root))
        notes = []
        if wrong := sum(1 for address, _ in addresses if address is None):
            notes.append(f"{wrong} entries without an address")
        if len(addresses) > MAX_PLACES:
            notes.append(f"only the first {MAX_PLACES} of {len(addresses)} addresses were read")
        if _name(root) == "sitemapindex":
            ask = tuple(dict.fromkeys(address for address, _ in addresses[:MAX_PLACES] if address))
            return self.reading(ask=ask, notes=tuple(notes))
        found: dict[str, FoundSource] = {}
        for at, (address, changed) in enumerate(addresses[:MAX_PLACES], 1):
            if not address:
                continue
            # lastmod is the day of a change, not of publication, so it is said beside the place
            moment = first_moment(changed)
            where = f"urlset.url[{at}]" + (f", changed {moment[:10]}" if moment else "")
            if source := found_source(context, url=address, title=None, where=where):
                found.setdefault(source.url, source)
        return self.reading(found=tuple(found.values()), notes=tuple(notes))

    def _root(self, body: bytes) -> Element:
        if body.startswith(b"\x1f\x8b"):
            try:
                unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
                body = unpacker.decompress(body, MAX_BYTES)
            except zlib.error as error:
                raise self.changed("the gzip file is broken") from error
            if unpacker.unconsumed_tail:
                raise self.changed(f"the file is longer than {MAX_BYTES} bytes unpacked")
        try:
            root: Element = ElementTree.fromstring(body, forbid_dtd=True)
        except DefusedXmlException as error:
            raise self.changed("the file declares a document type of its own and was not read") from error
        except (ParseError, ValueError, LookupError) as error:
            raise self.changed(f"this is not whole XML: {error}") from error
        if _name(root) not in ("urlset", "sitemapindex"):
            raise self.changed(f"<{_name(root)[:40]}> is no sitemap")
        return root


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: Element, name: str) -> str | None:
    for child in element:
        if _name(child) == name:
            return (child.text or "").strip() or None
    return None
