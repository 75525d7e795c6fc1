"""The title of a page: where its head, its structured data and its first headings agree, without the site's name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from scrapers.extract.blocks import Page
from scrapers.extract.characters import shown
from scrapers.extract.metadata import ARTICLES, Metadata, types_of

_BETWEEN = re.compile(r"\s+[|–—·•»«:‹›/~>-]+\s+|\s*[|»•]\s*|\s+::\s+")
_WORD = re.compile(r"\w+")
_LONGEST: Final = 300
_HEADINGS_SEEN: Final = 12


def words(text: str) -> list[str]:
    """The words of a text without case, for comparing."""
    return _WORD.findall(text.lower())


def _share(part: Sequence[str], whole: Sequence[str]) -> float:
    """The share of the words of one that stand in the other."""
    if not part:
        return 0.0
    have = set(whole)
    return sum(word in have for word in part) / len(part)


def parts_of(title: str) -> list[str]:
    """A title cut at the marks that stand between a page's and a site's name."""
    return [part.strip() for part in _BETWEEN.split(title) if part and part.strip()]


def _is_site(part: str, site_names: Sequence[str], host: str) -> bool:
    """Whether a part of a title is the name of the site."""
    squeezed = "".join(words(part))
    if not squeezed:
        return True
    if any(squeezed == "".join(words(name)) for name in site_names):
        return True
    labels = [label for label in host.lower().split(".") if len(label) > 3]
    if any(squeezed == label.replace("-", "") for label in labels):
        return True
    return squeezed == host.lower().replace(".", "").removeprefix("www")


def without_site(title: str, site_names: Sequence[str], host: str) -> str:
    """A title without the site's name before or after it. Without a known name the first part is kept where the title
    has a strong mark of division."""
    parts = parts_of(title)
    if len(parts) < 2:
        return title
    marks = [mark.group() for mark in _BETWEEN.finditer(title)]
    left = [not _is_site(part, site_names, host) for part in parts]
    if all(left):
        stem = [label for label in host.lower().replace("-", "").split(".") if len(label) > 3]
        for at in (len(parts) - 1, 0):
            squeezed = "".join(words(parts[at]))
            if any(label in squeezed or (len(squeezed) > 3 and squeezed in label) for label in stem):
                left[at] = False
                break
    if all(left):
        bars = [at for at, mark in enumerate(marks) if mark.strip() in ("|", "»", "•", "::", "·")]
        cut = bars[0] if bars else len(marks) - 1
        left = [at <= cut for at in range(len(parts))]
    if not any(left):
        return title
    first, last = left.index(True), len(left) - 1 - left[::-1].index(True)
    start = title.find(parts[first])
    end = title.rfind(parts[last]) + len(parts[last])
    return title[start:end].strip(" |–—·•»«-/") or title


def choose(page: Page, meta: Metadata, url: str) -> str | None:
    """The title of the page, or None where it has none."""
    host = (urlsplit(url).hostname or "") if url else ""
    site_names = [name for name in (meta.first("og:site_name"), meta.first("application-name")) if name]
    social = meta.first("og:title", "twitter:title", "dc.title", "citation_title")
    heads = [shown(text) for text in (meta.title, social) if text]
    for thing in meta.things[:40]:
        headline = thing.get("headline")
        if isinstance(headline, str) and headline.strip() and ARTICLES.intersection(types_of(thing)):
            heads.append(shown(re.sub(r"<[^>]+>", "", headline)))
            break
    first_heads = [block for block in page.blocks if block.level == 1 and len(block.text) <= _LONGEST][:_HEADINGS_SEEN]
    said = [word for head in heads for word in words(head)]
    trailing = [words(part) for part in parts_of(shown(meta.title))[1:]]
    best: tuple[float, str] | None = None
    for place, block in enumerate(first_heads):
        text = shown(block.text)
        own = words(text)
        if not own or _is_site(text, site_names, host) or own in trailing:
            continue
        score = _share(own, said) + 0.4 * min(1.0, max((_share(words(head), own) for head in heads), default=0.0))
        score -= 0.02 * place
        if best is None or score > best[0]:
            best = (score, text)
    if best and (best[0] >= 0.55 or not heads):
        return best[1][:_LONGEST]
    stripped = [without_site(head, site_names, host) for head in heads]
    stripped = [head for head in stripped if words(head)]
    if stripped:
        return stripped[0][:_LONGEST]
    if best:
        return best[1][:_LONGEST]
    heading = next((block.text for block in page.blocks if block.kind == "heading"), None)
    return shown(heading)[:_LONGEST] if heading else None
