"""The outgoing links of a document: absolute, in order, each address once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urljoin, urlsplit

from scrapers.extract.characters import shown
from scrapers.extract.mask import mask, tells
from scrapers.extract.model import Link

MOST_LINKS: Final = 5000
_LONGEST: Final = 2000
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_WHOLE = re.compile(r"https?://[^/?#]+/(?!.*/\.\.?(?:/|$))", re.IGNORECASE)
"""An address that needs nothing from the page it stands on."""
_WRITTEN = re.compile(
    r"\bhttps?://[^\s<>\"'“”‘’|{}\[\]\\^`]+"
    r"|(?<![\w@./-])www\.[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[^\s<>\"'“”|]*)?",
    re.IGNORECASE,
)


def usable(url: str) -> str:
    """The address, or an empty one where it cannot be taken apart."""
    try:
        urlsplit(url)
    except ValueError:
        return ""
    return url


def absolute(href: str, base: str) -> str | None:
    """The http(s) address that a target means on a page, or None where it leads nowhere else."""
    href = _CONTROLS.sub("", href).strip()
    if not href or href.startswith("#") or len(href) > _LONGEST:
        return None
    try:
        url = href if _WHOLE.match(href) else urljoin(base, href)
        parts = urlsplit(url)
        port_is_number = parts.port is None or parts.port > 0
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_number or len(url) > _LONGEST:
        return None
    return url.replace(" ", "%20")


def written(text: str) -> list[str]:
    """Addresses that stand in a text as words, "www." ones too, without the punctuation that follows them."""
    found = []
    for match in _WRITTEN.finditer(text):
        url = match.group().rstrip(".,;:!?…*_~")
        while url.endswith(")") and url.count("(") < url.count(")"):
            url = url[:-1].rstrip(".,;:")
        found.append(url if "://" in url else f"https://{url}")
    return found


def collect(targets: Iterable[tuple[str, str]], base: str, names: tuple[str, ...] = ()) -> tuple[Link, ...]:
    """Links of pairs of target and words. The page itself, fragments of it, repeated addresses and those that hold an
    e-mail address or a masked name are left out; words are masked like all shown text."""
    here = base.split("#", 1)[0]
    found: dict[str, str] = {}
    for href, text in targets:
        url = absolute(href, base)
        if url is None or url.split("#", 1)[0] == here or tells(url, names):
            continue
        if url not in found:
            if len(found) >= MOST_LINKS:
                break
            found[url] = text
        elif not found[url]:
            found[url] = text
    return tuple(
        Link(number, url, mask(shown(text), names)) for number, (url, text) in enumerate(found.items(), 1)
    )  # fmt: skip
