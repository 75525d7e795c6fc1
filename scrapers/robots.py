"""robots.txt as crawlers read it: what of a site may be asked, and how slowly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from protego import Protego

from scrapers.decode import find_charset, to_text
from scrapers.outcomes import FetchError

MAX_BYTES: Final = 512 * 1024
"""What is read of a robots.txt; crawlers must read at least 500 KiB of it."""
MAX_DELAY: Final = 120.0
"""The longest Crawl-delay that is waited out; a longer one is held to this many seconds."""


@dataclass(frozen=True)
class Rules:
    """What one robots.txt says to one agent. `closed` is set where it could not be read: then nothing is asked."""

    agent: str
    parsed: Protego | None = None
    closed: FetchError | None = None

    def allows(self, url: str) -> bool:
        """Whether this address may be asked."""
        if self.parsed is None:
            return True
        return bool(self.parsed.can_fetch(url, self.agent))

    @property
    def delay(self) -> float:
        """Seconds between requests that it asks for; 0 where it asks for none."""
        if self.parsed is None:
            return 0.0
        asked = self.parsed.crawl_delay(self.agent) or 0.0
        rate = self.parsed.request_rate(self.agent)
        if rate is not None and rate.requests:
            asked = max(asked, rate.seconds / rate.requests)
        return min(max(float(asked), 0.0), MAX_DELAY)


def product(agent: str) -> str:
    """The name by which robots.txt files address an agent: its User-Agent up to the first slash or space."""
    return agent.split("/", 1)[0].split(" ", 1)[0].strip() or agent


def read_rules(body: bytes, content_type: str | None, agent: str) -> Rules:
    """The rules in a robots.txt that was answered with success. A page of HTML in its place holds no rules."""
    head = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype", b"<html", b"<head", b"<body", b"<?xml", b"<!--")):
        return Rules(agent)
    text = to_text(body[:MAX_BYTES], find_charset(body[:MAX_BYTES], content_type).name)
    return Rules(agent, Protego.parse(text))
