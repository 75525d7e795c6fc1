"""What a run would ask, said before it asks."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from data.home import Home
from scrapers.register import read_register


@dataclass(frozen=True)
class Plan:
    """Numbers of pages with an address, and of the sites they stand on."""

    pages: int
    sites: int


def plan_run(home: Home) -> Plan:
    """Count the declared pages and their sites. Asks nobody."""
    urls = [row["url"] for row in read_register(home).tables["source"] if row["url"]]
    return Plan(len(urls), len({urlsplit(url).hostname for url in urls}))
