"""Dates that a document states, and how each was read. A date that is only somewhere in the text is a candidate.

Strong readings, in this order: structured data of the article (json-ld), meta elements (meta), a time element beside
the title (time), a date written beside the title (label), a whole date in the address (url). Everything else is a
candidate.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from scrapers.extract.blocks import Page, PageBlock
from scrapers.extract.metadata import ARTICLES, Metadata, types_of
from scrapers.extract.model import StatedDate

FIRST_YEAR, LAST_YEAR = 1900, 2099
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "january jan ionawr", "february feb chwefror", "march mar mawrth", "april apr ebrill", "may mai",
            "june jun mehefin", "july jul gorffennaf", "august aug awst", "september sept sep medi",
            "october oct hydref", "november nov tachwedd", "december dec rhagfyr",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_WRITTEN = re.compile(
    rf"\b(?P<iso>(?:19|20)\d\d-[01]\d-[0-3]\d)(?!\d)"
    rf"|\b(?P<d1>[0-3]?\d)(?:st|nd|rd|th)?(?:\s+of)?[\s,-]+(?P<m1>{_MONTH})[\s,-]+(?P<y1>(?:19|20)\d\d|'?\d\d)\b(?!:)"
    rf"|\b(?P<m2>{_MONTH})\s+(?P<d2>[0-3]?\d)(?:st|nd|rd|th)?,?\s+(?P<y2>(?:19|20)\d\d)\b"
    rf"|\b(?P<a>[0-3]?\d)(?P<s>[/.])(?P<b>[0-3]?\d)(?P=s)(?P<y3>(?:19|20)\d\d|\d\d)\b(?![/.]\d)"
    rf"|\b(?P<y5>(?:19|20)\d\d)[/.](?P<m5>[01]?\d)[/.](?P<d5>[0-3]?\d)\b"
    rf"|\b(?P<m4>{_MONTH}),?\s+(?P<y4>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_MACHINE = re.compile(r"\s*((?:19|20)\d\d)(?:-?([01]\d)(?:-?([0-3]\d))?)?(?=$|[T\s_+Z:-])", re.IGNORECASE)
_UPDATED = re.compile(
    r"\b(?:last\s+)?(?:updated|modified|reviewed|edited|revised|amended|checked)\b|\blast\s+(?:update|change|review)|"
    r"\bupdate(?:d on|:)|\breview date|\beffective\b|\bnext review",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"\b(?:first\s+)?(?:published|posted|released|issued|written|created|submitted|added|uploaded)\b|"
    r"\b(?:publication|release|publish(?:ing)?|post|issue)\s+date|^\s*(?:date|dated|on)\b|\bdate\s*:|^\s*by\b",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"\b(?:copyright|©|expires?|deadline|closing|until|from|since|due|starts?|ends?|joined|registered|accessed|event|"
    r"webinar|founded|est\.?|born|between|effective|valid|access date|member since|page \d)\b|\d\s?(?:am|pm)\b\s*[-–]",
    re.IGNORECASE,
)
_URL_DAY = re.compile(r"/((?:19|20)\d\d)[/-]([01]?\d)[/-]([0-3]?\d)(?=[/_.-]|$)")
_URL_MONTH = re.compile(r"/((?:19|20)\d\d)[/-]([01]\d)(?=[/_-])")
_META_PUBLISHED: Final = (
    "article:published_time", "og:article:published_time", "article:published", "article.published", "datepublished",
    "og:published_time", "dc.date.issued", "dcterms.issued", "dcterms.available", "dc.date", "dcterms.date",
    "dcterms.created", "dc.date.created", "citation_publication_date", "citation_online_date", "publish_date",
    "publish-date", "publishdate", "published_date", "published-date", "published_at", "publication_date",
    "publicationdate", "og:publish_date", "og:pubdate", "pubdate", "sailthru.date", "parsely-pub-date",
    "cxenseparse:recs:publishtime", "article_date_original", "originalpublicationdate", "rnews:datepublished",
    "shareaholic:article_published_time", "w-published-date", "bt:pubdate", "analytics:publish_date",
    "govuk:first-published-at", "govuk:public-updated-at",
)  # fmt: skip
_META_UPDATED: Final = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "dcterms.modified",
    "dc.date.modified", "lastmod", "last-modified", "last_modified", "lastmodified", "last-updated", "updated_time",
    "revised", "govuk:public-updated-at", "shareaholic:article_modified_time", "modified_time",
)  # fmt: skip
_POSTS: Final = frozenset(("discussionforumposting", "question", "qapage", "socialmediaposting", "report", "message"))
_BEFORE, _AFTER = 8, 10
"""So many pieces before and after the title count as beside it."""
_SHORT: Final = 160
_TOO_MANY: Final = 3
"""So many different dates beside one title belong to the rows of a list."""


@dataclass(frozen=True)
class Dates:
    """What was read of dates: the two facts, each with how it was read, and everything found."""

    published_on: str | None = None
    published_how: str | None = None
    updated_on: str | None = None
    updated_how: str | None = None
    found: tuple[StatedDate, ...] = ()


def iso(year: int, month: int | None = None, day: int | None = None) -> str | None:
    """YYYY, YYYY-MM or YYYY-MM-DD, or None where there is no such day."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        dt.date(year, month or 1, day or 1)
    except ValueError:
        return None
    if month is None:
        return f"{year:04d}"
    return f"{year:04d}-{month:02d}" if day is None else f"{year:04d}-{month:02d}-{day:02d}"


def machine(value: object) -> str | None:
    """A date as machines write it, or as people do where a page put that in its place; None if it is neither."""
    if not isinstance(value, str):
        return None
    found = _MACHINE.match(value)
    if found:
        year, month, day = found.groups()
        read = iso(int(year), int(month) if month else None, int(day) if day else None)
        if read is not None:
            return read
    return next((text for text, _, _ in written(value[:80], day_first=None)), None)


def written(text: str, *, day_first: bool | None) -> Iterable[tuple[str, int, int]]:
    """Dates as people write them: value, where it begins and ends. `day_first` tells how 4/5/2021 is meant; where it
    is None and both readings are possible, such a date is not given."""
    for found in _WRITTEN.finditer(text):
        part = found.groupdict()
        value: str | None
        if part["iso"]:
            value = machine(part["iso"])
        elif part["m1"]:
            value = iso(_year(part["y1"]), _month(part["m1"]), int(part["d1"]))
        elif part["m2"]:
            value = iso(_year(part["y2"]), _month(part["m2"]), int(part["d2"]))
        elif part["m4"]:
            value = iso(int(part["y4"]), _month(part["m4"]))
        elif part["m5"]:
            value = iso(int(part["y5"]), int(part["m5"]), int(part["d5"]))
        else:
            first, second, year = int(part["a"]), int(part["b"]), _year(part["y3"])
            if first > 12 or (first == second and second <= 12):
                order: bool | None = True
            elif second > 12:
                order = False
            else:
                order = True if part["s"] == "." else day_first
            value = None
            if order is not None:
                value = iso(year, second, first) if order else iso(year, first, second)
        if value is not None:
            yield value, found.start(), found.end()


def _month(name: str) -> int:
    return _MONTHS[name.lower().rstrip(".")]


def _year(text: str) -> int:
    year = int(text.lstrip("'"))
    return year + (2000 if year < 70 else 1900) if year < 100 else year


def is_day_first(language: str | None, url: str) -> bool | None:
    """How 4/5/2021 is meant on a page: by its address or its language; None where that is open."""
    host = (urlsplit(url).hostname or "").lower()
    if host.endswith((".uk", ".ie", ".eu", ".au", ".nz", ".wales", ".cymru", ".scot", ".nhs", ".london")):
        return True
    tag = (language or "").lower().replace("_", "-")
    if tag.startswith("en-us") or host.endswith((".gov", ".us", ".mil")):
        return False
    return True if tag and not tag.startswith("en") else True if tag in ("en-gb", "en-ie", "en-au", "en-nz") else None


def beside(texts: Sequence[str], *, day_first: bool | None, strict: bool = False) -> list[StatedDate]:
    """Dates written beside a title, given the short texts around it in reading order, the nearest first.

    A date counts where a word says what it is, or where the text holds hardly anything else. `strict` asks for the
    word.
    """
    found: list[StatedDate] = []
    pending = ""
    for text in texts:
        if not text or len(text) > _SHORT:
            pending = ""
            continue
        hits = list(written(text, day_first=day_first))
        if not hits:
            pending = text if len(text) < 40 else ""
            continue
        at = 0
        for value, start, end in hits:
            lead = text[at:start] if at else f"{pending} {text[:start]}"
            rest = len(text) - (end - start)
            if _UPDATED.search(lead) and not re.search(r"publish|posted", lead[-20:], re.IGNORECASE):
                found.append(StatedDate(value, "label", "updated"))
            elif _PUBLISHED.search(lead) and not _EVENT.search(lead[-40:]):
                found.append(StatedDate(value, "label", "published"))
            elif _EVENT.search(text) or (len(hits) > 1 and len(value) < 10):
                found.append(StatedDate(value, "text", "candidate"))
            elif not strict and (rest <= 70 and (at or len(text) <= 100)):
                found.append(StatedDate(value, "label", "published"))
            else:
                found.append(StatedDate(value, "text", "candidate"))
            at = end
        pending = ""
    if len({date.value for date in found if date.role == "published"}) >= _TOO_MANY:
        found = [replace(date, role="candidate") if date.role == "published" else date for date in found]
    return found


def settle(found: Iterable[StatedDate]) -> Dates:
    """Chooses the two facts: the first of each role in the order given."""
    every = tuple(dict.fromkeys(found))
    published = next((date for date in every if date.role == "published"), None)
    if published is not None and len(published.value) < 10:
        wanted = published.value
        fuller = (date for date in every if date.role == "published" and len(date.value) == 10)
        published = next((date for date in fuller if date.value.startswith(wanted)), published)
    updated = next((date for date in every if date.role == "updated"), None)
    return Dates(
        published.value if published else None,
        published.how if published else None,
        updated.value if updated else None,
        updated.how if updated else None,
        every,
    )


def in_path(path: str) -> StatedDate | None:
    """The date in the path of an address: a whole day is a fact there (blogs file their posts by it), a month is the
    month of an upload and only a candidate."""
    day = _URL_DAY.search(path)
    if day:
        value = iso(*(int(part) for part in day.groups()))
        return StatedDate(value, "url", "published") if value else None
    month = _URL_MONTH.search(path)
    value = iso(int(month.group(1)), int(month.group(2))) if month else None
    return StatedDate(value, "url", "candidate") if value else None


def of_page(page: Page, meta: Metadata, url: str, title: str | None) -> Dates:
    """All dates that a web page states."""
    day_first = is_day_first(meta.language, url)
    found = _of_things(meta, title)
    articles = any(date.role == "published" for date in found)
    for names, role in ((_META_PUBLISHED, "published"), (_META_UPDATED, "updated")):
        for name in names:
            value = machine(meta.first(name))
            if value:
                found.append(StatedDate(value, "meta", role))
    article = articles or bool(meta.schema & 1) or any(date.role == "published" for date in found)
    found += _of_times(page, title)
    found += _of_labels(page, title, day_first)
    path = urlsplit(url).path
    addressed = in_path(path)
    if addressed:
        found.append(addressed)
    if not article and path in ("", "/"):
        found = [StatedDate(date.value, date.how, "candidate") if date.role == "published" else date for date in found]
    return settle(found)


def _of_things(meta: Metadata, title: str | None) -> list[StatedDate]:
    """Dates in structured data: of the article or post the page is, then of the page itself."""
    articles = []
    pages = []
    for thing in meta.things:
        types = types_of(thing)
        if ARTICLES.intersection(types) or _POSTS.intersection(types):
            articles.append(thing)
        elif "webpage" in types:
            pages.append(thing)
    wanted = set(re.findall(r"\w+", (title or "").lower()))
    if len(articles) > 1 and wanted:

        def alike(thing: dict[str, object]) -> float:
            words = set(re.findall(r"\w+", str(thing.get("headline") or thing.get("name") or "").lower()))
            return len(words & wanted) / max(1, len(words | wanted))

        fits = [thing for thing in articles if alike(thing) >= 0.5]
        dates = {machine(thing.get("datePublished")) for thing in articles} - {None}
        articles = fits or (articles if len(dates) <= 1 else articles[:0])
    found: list[StatedDate] = []
    for thing in articles:
        for key, role in (("datePublished", "published"), ("dateCreated", "published"), ("dateModified", "updated")):
            value = machine(thing.get(key))
            if value:
                found.append(StatedDate(value, "json-ld", role))
    for thing in pages:
        value = machine(thing.get("datePublished"))
        if value:
            known = bool(found) or bool(meta.schema & 1)
            found.append(StatedDate(value, "json-ld", "published" if known else "candidate"))
        value = machine(thing.get("dateModified"))
        if value:
            found.append(StatedDate(value, "json-ld", "updated"))
    found.sort(key=lambda date: date.role != "published")
    return found


def _title_place(page: Page, title: str | None) -> int | None:
    wanted = (title or "").casefold()
    first = None
    for number, block in enumerate(page.blocks):
        if block.kind == "heading" and block.text.casefold() == wanted:
            return number
        if block.level == 1 and first is None:
            first = number
    return first


def _near(page: Page, title: str | None) -> list[PageBlock]:
    """The pieces beside the title: those after it, then those just before it, nearest first."""
    at = _title_place(page, title)
    if at is None:
        return []
    after: list[PageBlock] = []
    for block in page.blocks[at + 1 : at + 1 + _AFTER]:
        if block.level and (block.level <= 2 or block.link_chars * 2 > len(block.text)):
            break
        after.append(block)
    before = page.blocks[max(0, at - _BEFORE) : at]
    return [page.blocks[at], *after, *reversed(before)]


def _of_times(page: Page, title: str | None) -> list[StatedDate]:
    near = {id(block) for block in _near(page, title)}
    found: list[StatedDate] = []
    for block in page.blocks:
        for value in block.times:
            read = machine(value)
            if not read or len(read) < 7:
                continue
            if id(block) not in near:
                found.append(StatedDate(read, "time", "candidate"))
            elif _UPDATED.search(block.text) and not _PUBLISHED.search(block.text):
                found.append(StatedDate(read, "time", "updated"))
            else:
                found.append(StatedDate(read, "time", "published"))
        if len(found) >= 60:
            break
    return found


def _of_labels(page: Page, title: str | None, day_first: bool | None) -> list[StatedDate]:
    return beside([block.text for block in _near(page, title)[1:]], day_first=day_first)
