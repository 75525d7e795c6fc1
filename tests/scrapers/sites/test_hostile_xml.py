"""XML from outside that names files of this machine or unfolds without end is not read, and says so."""

from __future__ import annotations

import gzip
import time

import pytest

from scrapers.sites.base import StructureChanged
from scrapers.sites.feed import entries
from scrapers.sites.sitemap import Sitemap

URL = "https://example.org/sitemap.xml"
TO_A_FILE = '<!ENTITY x SYSTEM "file:///etc/passwd">'
LAUGHS = '<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY b{n} "{f"&b{n - 1};" * 20 if n else "&a;" * 20}">' for n in range(9)
)
SITEMAP = (
    "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>https://example.org/{}</loc></url></urlset>"
)
FEED = "<rss version='2.0'><channel><title>{}</title><item><title>a {}</title></item></channel></rss>"


@pytest.mark.parametrize(("entity", "use"), [(TO_A_FILE, "&x;"), (LAUGHS, "&b8;")])
@pytest.mark.parametrize("packed", [False, True])
def test_a_sitemap_with_entities(entity: str, use: str, packed: bool) -> None:
    body = f"<?xml version='1.0'?><!DOCTYPE r [{entity}]>{SITEMAP.format(use)}".encode()
    begun = time.monotonic()
    with pytest.raises(StructureChanged, match="document type"):
        Sitemap().read(gzip.compress(body) if packed else body, URL)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
@pytest.mark.parametrize(("entity", "use"), [(TO_A_FILE, "&x;"), (LAUGHS, "&b8;")])
def test_a_feed_with_entities(entity: str, use: str, charset: str) -> None:
    begun = time.monotonic()
    with pytest.raises(StructureChanged, match="entities"):
        entries(f"<?xml version='1.0'?><!DOCTYPE r [{entity}]>{FEED.format(use, use)}".encode(charset), URL, "feed")
    assert time.monotonic() - begun < 5


def test_a_gzipped_sitemap_unfolds_to_its_bound_and_no_further() -> None:
    with pytest.raises(StructureChanged, match="longer than"):
        Sitemap().read(gzip.compress(b" " * 70_000_000), URL + ".gz")
