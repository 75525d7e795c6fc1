"""/feeds/search.atom?q=… and .json: what a search finds, the newest on record first, to be followed."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import anyio
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.conditional import answered, tag_of
from dashboard.feeds.write import clean, tag
from dashboard.parts.html import EMPTY, address, fill, link
from dashboard.parts.moments import time_words
from dashboard.parts.passages import marked
from dashboard.record import Record, per_record
from dashboard.search.filters import PASSAGE
from dashboard.search.query import MOST_SHOWN, TooLong, search
from dashboard.search.results import Hit, Marked, SearchResult, kind_in_words
from dashboard.start import START, Context, Trouble
from data.dates import phrase
from data.search import NotIndexed

MOST: Final = 100
LOOKED_AT: Final = 300
"""Facts, and passages, among which the newest are looked for."""
LONGEST: Final = 500
AT_ONCE: Final = 2
_limiter = anyio.CapacityLimiter(AT_ONCE)


@dataclass(frozen=True)
class Found:
    """One result, and when it came into the record."""

    id: str
    hit: Hit
    at: dt.datetime


@per_record
def _recorded(record: Record) -> dict[str, dt.date]:
    """By kind and name of a short row: the day on which it came into the record."""
    own = " UNION ALL ".join(
        f"""SELECT '{table}.' || {key}, recorded_on FROM "{table}" """  # noqa: S608 - constants
        for table, key in (
            ("organisation", "org_id"),
            ("source", "source_id"),
            ("review", "review_id"),
            ("concern", "concern_id"),
            ("recommendation", "recommendation_id"),
        )
    )
    rows = record.rows(f"SELECT id, recorded_on FROM timeline WHERE kind <> 'source' UNION ALL {own}")  # noqa: S608
    return {row_id: day for row_id, day in rows if day is not None}


def found_by(context: Context, text: str) -> tuple[SearchResult, list[Found]]:
    """What the search finds, newest on record first, at most 100. Raises NotIndexed, TooLong."""
    first = search(context.home, text, limit=MOST_SHOWN)
    recorded = _recorded(context.record)
    results = [_dated(context, hit, recorded) for hit in _facts(context, text, first)]
    results += [_dated(context, hit, recorded) for hit in _passages(context, text)]
    newest: dict[str, Found] = {}
    for one in results:  # the same words on two pages of one source are one entry
        if one.id not in newest or one.at > newest[one.id].at:
            newest[one.id] = one
    return first, sorted(newest.values(), key=lambda one: (-one.at.timestamp(), one.id))[:MOST]


def _facts(context: Context, text: str, first: SearchResult) -> Iterator[Hit]:
    found = first
    while True:
        facts = [hit for hit in found.hits if hit.capture is None]
        yield from facts
        start = found.offset + MOST_SHOWN
        if len(facts) < MOST_SHOWN or start >= LOOKED_AT:
            return
        found = search(context.home, text, limit=MOST_SHOWN, offset=start)


def _passages(context: Context, text: str) -> Iterator[Hit]:
    for start in range(0, LOOKED_AT, MOST_SHOWN):
        found = search(context.home, f"{text} kind:{PASSAGE}", limit=MOST_SHOWN, offset=start, order="newest")
        yield from (hit for hit in found.hits if hit.capture is not None)
        if len(found.hits) < MOST_SHOWN:
            return


def _dated(context: Context, hit: Hit, recorded: dict[str, dt.date]) -> Found:
    if hit.capture is None:
        row_id = f"{hit.kind}.{hit.id}"
        day = recorded.get(row_id, context.record.built_at.date())
        return Found(row_id, hit, dt.datetime.combine(day, dt.time(), dt.UTC))
    # named by page and words: reading the page again with a better extractor is no news
    words = hashlib.blake2b(hit.text.text.encode(), digest_size=8).hexdigest()
    return Found(f"passage.{hit.source_id}.{words}", hit, hit.capture.first_moment or context.record.built_at)


def _title(context: Context, text: str) -> str:
    return clean(f"{context.programme.programme.title}: “{text}”")


def _title_of(hit: Hit) -> str:
    return clean(f"{kind_in_words(hit.kind)}: {hit.title.text}" if hit.capture else hit.title.text)


def _words(text: Marked) -> Markup:
    return marked(text.text, text.marks)


def content(hit: Hit) -> Markup:
    """One result as HTML: found words marked, its date, page and the copy that it was read from."""
    when = phrase(hit.date, hit.date_precision) if hit.date else ""
    copy = EMPTY
    if hit.capture is not None and hit.capture.moment:
        copy = fill("<p>Read from a copy taken on {t}.</p>", t=time_words(hit.capture.moment))
    return fill(
        "<p>{t}</p><p>{k}{w}.</p>{s}{c}",
        t=_words(hit.text),
        k=kind_in_words(hit.kind),
        w=f", {when}" if when else "",
        s=fill("<p>Source: {l}</p>", l=link(hit.page_url, hit.source_title or "the page")) if hit.page_url else EMPTY,
        c=copy,
    )


def as_atom(context: Context, text: str, found: list[Found]) -> bytes:
    """The search as Atom (RFC 4287)."""
    from feedgen.feed import FeedGenerator

    programme = context.programme
    base = programme.programme.base_url.rstrip("/")
    own = address("/feeds/search.atom", {"q": text})
    feed = FeedGenerator()
    feed.id(tag(programme, own))
    feed.title(_title(context, text))
    feed.author({"name": clean(programme.programme.publisher or programme.programme.title)})
    feed.link(href=base + own, rel="self", type="application/atom+xml")
    feed.link(href=base + address("/data", {"search": text}), rel="alternate", type="text/html")
    feed.rights(f"{programme.licence.data} {programme.licence.data_url}")
    feed.generator("sim-record")
    feed.updated(max((one.at for one in found), default=context.record.built_at))
    for one in found:
        item = feed.add_entry(order="append")
        item.id(tag(programme, one.id))
        item.title(_title_of(one.hit))
        item.link(href=base + one.hit.address, rel="alternate", type="text/html")
        item.updated(one.at)
        item.content(clean(str(content(one.hit))), type="html")
        item.category(term=one.hit.kind, label=kind_in_words(one.hit.kind))
    written: bytes = feed.atom_str(pretty=True)
    return written


def as_json(context: Context, text: str, found: list[Found]) -> bytes:
    """The search as JSON Feed 1.1."""
    programme = context.programme
    base = programme.programme.base_url.rstrip("/")
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _title(context, text),
        "home_page_url": base + address("/data", {"search": text}),
        "feed_url": base + address("/feeds/search.json", {"q": text}),
        "language": "en-GB",
        "authors": [{"name": programme.programme.publisher or programme.programme.title, "url": base}],
        "items": [
            {
                "id": tag(programme, one.id),
                "url": base + one.hit.address,
                "title": _title_of(one.hit),
                "content_html": str(content(one.hit)),
                "date_modified": one.at.isoformat(),
                "tags": [one.hit.kind],
            }
            for one in found
        ],
    }
    return json.dumps(feed, ensure_ascii=False).encode()


_FORMS: Final[dict[str, tuple[Callable[[Context, str, list[Found]], bytes], str]]] = {
    "atom": (as_atom, "application/atom+xml; charset=utf-8"),
    "json": (as_json, "application/feed+json"),
}


def routes() -> list[BaseRoute]:
    """The routes of this module; they stand before those of the other feeds."""

    def answer(request: Request, form: str) -> Response:
        state = START.state()
        if isinstance(state, Trouble):
            return PlainTextResponse(f"{state.title}. {state.what}", status_code=503)
        text = " ".join(request.query_params.get("q", "").split())
        if not text or len(text) > LONGEST:
            return PlainTextResponse(
                f"Say what to follow, in at most {LONGEST} characters: /feeds/search.{form}?q=crisis plan",
                status_code=400,
            )
        try:
            understood, found = found_by(state, text)
        except NotIndexed as error:
            return PlainTextResponse(str(error), status_code=503)
        except TooLong as error:
            return PlainTextResponse(str(error), status_code=422)
        if understood.query.wanted is None and not understood.query.filters:
            return PlainTextResponse(" ".join(understood.notes), status_code=400)
        make, kind = _FORMS[form]
        body = make(state, text, found)
        headers = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}
        return answered(request, body, kind, tag=tag_of(body), headers=headers)

    def route(form: str) -> Route:
        async def endpoint(request: Request) -> Response:
            return await anyio.to_thread.run_sync(answer, request, form, limiter=_limiter)

        return Route(f"/feeds/search.{form}", endpoint)

    return [route(form) for form in _FORMS]
