"""/feeds/timeline.atom and .json; /feeds/<part>/<name>.atom and .json for a kind, an organisation, a source, the
changes of a source and a review; /feeds/reviews.ics for expected dates of reviews. Searches as feeds: searches.py."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.conditional import answered, tag_of
from dashboard.feeds.calendar import calendar
from dashboard.feeds.choose import TABLES, about_address, entries, title_of
from dashboard.feeds.write import Feed, atom, json_feed
from dashboard.kept import keep
from dashboard.queries import items
from dashboard.start import START, Context, Trouble, per_page
from dashboard.threads import run_in_threadpool

MEDIA: Final = {
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json",
    "ics": "text/calendar; charset=utf-8",
}
HEADERS: Final = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}


@per_page
def written(context: Context, part: str, value: str, form: str) -> tuple[bytes, str] | None:
    """A feed's bytes and tag, or None where there is no such feed."""
    if form == "ics":
        if part not in ("reviews", "review") or (part == "review" and title_of(context.record, part, value) is None):
            return None
        made = calendar(context.record, context.programme, value)
        return made, tag_of(made)
    about = title_of(context.record, part, value)
    if about is None or form not in ("atom", "json"):
        return None
    path = f"/feeds/{part}/{quote(value, safe='')}.{form}" if value else f"/feeds/{part}.{form}"
    body = _written(context, Feed(path, about_address(part, value), about, entries(context.record, part, value)), form)
    return body, tag_of(body)


def _written(context: Context, feed: Feed, form: str) -> bytes:
    if form == "atom":
        return atom(feed, context.record, context.programme)
    return json.dumps(json_feed(feed, context.record, context.programme), ensure_ascii=False).encode()


def all_feeds(context: Context) -> tuple[tuple[str, str, str], ...]:
    """(part, value, form) of every feed and calendar of the record: what a static copy of it holds."""
    values: dict[str, tuple[str, ...]] = {"timeline": ("",)}
    values["kind"] = tuple(
        value
        for (value,) in context.record.rows(
            "SELECT value FROM vocabulary WHERE list = 'timeline.kind' ORDER BY position"
        )
    )
    for part, table in TABLES.items():
        values[part] = tuple(row_id for row_id, _ in items.ids(context.record, table))
    found = [(part, value, form) for part, names in values.items() for value in names for form in ("atom", "json")]
    found += [("reviews", "", "ics"), *(("review", review_id, "ics") for review_id in values["review"])]
    return tuple(found)


def routes(not_found: Callable[[Request], Response]) -> list[BaseRoute]:
    """The routes of this module."""

    def answer(request: Request, part: str, name: str) -> Response:
        value, _, form = name.rpartition(".")
        state = START.state()
        if isinstance(state, Trouble):
            return PlainTextResponse(f"{state.title}. {state.what}", status_code=503)
        found = written(state, part, value, form)
        if found is None:
            moved = items.moved_to(state.record, TABLES[part], value) if part in TABLES and form in MEDIA else None
            if moved is not None:
                return RedirectResponse(f"/feeds/{part}/{quote(moved, safe='')}.{form}", status_code=301)
            return not_found(request)
        body, tag = found
        keep(request)
        return answered(request, body, MEDIA[form], tag=tag, modified=state.record.built_at, headers=HEADERS)

    async def whole(request: Request) -> Response:
        return await run_in_threadpool(answer, request, "timeline", f".{request.path_params['form']}")

    async def reviews(request: Request) -> Response:
        return await run_in_threadpool(answer, request, "reviews", ".ics")

    async def part(request: Request) -> Response:
        return await run_in_threadpool(answer, request, request.path_params["part"], request.path_params["name"])

    return [
        Route("/feeds/timeline.{form:str}", whole),
        Route("/feeds/reviews.ics", reviews),
        Route("/feeds/{part:str}/{name:str}", part),
    ]
