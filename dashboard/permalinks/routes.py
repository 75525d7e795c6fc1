"""Routes of the permanent pages, their indexes, their citations and pictures, robots.txt and the sitemap."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any, Final
from xml.sax.saxutils import escape as xml_escape

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.api.page import api_page
from dashboard.citations.answers import CITATION_TYPES, reference_answer
from dashboard.citations.csl import csl_item
from dashboard.conditional import answered, is_current, tag_of
from dashboard.downloads.routes import page_for as downloads_page
from dashboard.editions.show import list_page as editions_page
from dashboard.editions.show import with_edition
from dashboard.feeds.page import feeds_page
from dashboard.headers import PAGE
from dashboard.kept import keep
from dashboard.notebooks.page import start_page
from dashboard.parts.around import notices_of_permanent_page
from dashboard.parts.permalinks import ROOMS, changes_address, permalink
from dashboard.permalinks import pages
from dashboard.permalinks.changes import Stretch, item_of, stretch_of
from dashboard.permalinks.picture import Card, png
from dashboard.permalinks.shell import Page, render
from dashboard.queries import items
from dashboard.queries.items import TABLE_OF_ROOM
from dashboard.record import NEIGHBOURS
from dashboard.start import START, Context, Trouble, per_page
from dashboard.threads import run_in_few_threads, run_in_threadpool

INDEXED: Final = ("organisation", "adoption", "statement", "concern", "review", "recommendation")
MOST_WARM: Final = 1_000
"""Pages made before a reader asks for them: as many as the record's memory of answers holds beside all else."""
REST_SECONDS: Final = 0.002
"""After each page made so, that readers come first."""
NotFound = Callable[[Request], Response]
Handler = Callable[[Request], Awaitable[Response]]


class PermanentPages:
    """Handlers that answer from the record in force. `not_found` makes the site's own 404 page."""

    def __init__(self, css: str, icon: str, script: str, not_found: NotFound) -> None:
        self.css = css
        self.icon = icon
        self.script = script
        self.not_found = not_found

    def routes(self) -> list[BaseRoute]:
        """Every route of this module."""
        found: list[BaseRoute] = [
            Route("/robots.txt", self.robots),
            Route("/sitemap.xml", self.sitemap),
            Route("/sitemap-{number:str}.xml", self.sitemap),
            Route("/cite/{room:str}/{rest:path}", self.cite),
            Route("/pictures/{room:str}.png", self.picture_of_index),
            Route("/pictures/{room:str}/{rest:path}", self.picture),
            Route("/downloads", self._made(downloads_page)),
            Route("/start", self._made(start_page)),
            Route("/api/v1", self.api_moved),
            Route("/api/v1/", self._made(api_page)),
            Route("/feeds", self._made(feeds_page)),
            Route("/editions", self._made(editions_page)),
            Route("/sources", self._index("source")),
            Route("/sources/{row_id:str}", self.source_moved),
            Route("/documents/{source_id:str}/changes", self.changes),
            Route("/documents/{source_id:str}/changes/{numbers:str}", self.change),
        ]
        found += [Route(f"/{ROOMS[kind]}", self._index(kind)) for kind in INDEXED]
        found += [Route(f"/{room}/{{row_id:str}}", self._row(table)) for room, table in TABLE_OF_ROOM.items()]
        return found

    def _row(self, table: str) -> Handler:
        async def answer(request: Request) -> Response:
            row_id = request.path_params["row_id"]
            return await run_in_few_threads(
                self._page, request, lambda c: pages.page_of(c, table, row_id), table, row_id
            )

        return answer

    def _index(self, kind: str) -> Handler:
        return self._made(lambda context: pages.index_of(context, kind))

    def _made(self, make: Callable[[Context], Page | None]) -> Handler:
        async def answer(request: Request) -> Response:
            try:
                return await run_in_threadpool(self._page, request, make)
            except OSError as error:
                return PlainTextResponse(f"This cannot be made here just now: {error.strerror}.", status_code=503)

        return answer

    async def api_moved(self, _request: Request) -> Response:
        """The API's page has a slash at its end, as its addresses go on from there."""
        return RedirectResponse("/api/v1/", status_code=308)

    async def source_moved(self, request: Request) -> Response:
        """A document's page has one address, under /documents/."""
        return RedirectResponse(permalink("source", request.path_params["row_id"]), status_code=308)

    async def changes(self, request: Request) -> Response:
        """Every change of one document."""
        source_id = request.path_params["source_id"]
        return await run_in_threadpool(
            self._page, request, lambda c: pages.changes_index(c, source_id), "source", source_id, "/changes"
        )

    async def change(self, request: Request) -> Response:
        """/documents/<id>/changes/<n>..<m>"""
        return await run_in_threadpool(self._change, request)

    def _change(self, request: Request) -> Response:
        source_id, asked = request.path_params["source_id"], request.path_params["numbers"]
        numbers = _numbers(asked)
        if numbers is None:
            return self.not_found(request)
        state = START.state()
        if isinstance(state, Context):
            stretch = stretch_of(state, source_id, *numbers)
            if (stretch is not None and (stretch.first.number, stretch.last.number) != numbers) or ".." not in asked:
                # one address for one stretch, whichever number comes first
                right = (stretch.first.number, stretch.last.number) if stretch else numbers
                return RedirectResponse(changes_address(source_id, *right), status_code=301)
        tail = changes_address("", *numbers).removeprefix("/documents/")
        return self._page(request, lambda c: pages.change_page(c, source_id, *numbers), "source", source_id, tail)

    def _page(
        self,
        request: Request,
        make: Callable[[Context], Page | None],
        table: str = "",
        row_id: str = "",
        tail: str = "",
    ) -> Response:
        """The page that `make` gives. Where it gives none, `table` and `row_id` say whose former name or withdrawn row
        the address may be; `tail` is what follows the row in the address."""
        state = START.state()
        if isinstance(state, Trouble):
            return PlainTextResponse(f"{state.title}. {state.what}", status_code=503)
        page = make(state)
        status = 200
        if page is None and table:
            moved = items.moved_to(state.record, table, row_id)
            if moved is not None:
                return RedirectResponse(permalink(table, moved) + tail, status_code=301)
            page = pages.withdrawn_page(state, table, row_id)
            status = 410
        if page is None:
            return self.not_found(request)
        if status == 200:
            page = with_edition(state, page)
        keep(request)
        return self._shown(request, state, page, status)

    def say(self, request: Request, page: Page, status: int) -> Response:
        """Any page in the frame of the permanent ones, with a status."""
        state = START.state()
        if isinstance(state, Trouble):
            return PlainTextResponse(f"{state.title}. {state.what}", status_code=503)
        return self._shown(request, state, page, status)

    def _shown(self, request: Request, state: Context, page: Page, status: int) -> Response:
        html, tag = self._html(state, page)
        headers = {"Cache-Control": "public, max-age=0, must-revalidate", "Content-Security-Policy": PAGE}
        if status == 200 and is_current(request, tag):
            return Response(status_code=304, headers=headers | {"ETag": tag})
        return HTMLResponse(html, status_code=status, headers=headers | {"ETag": tag})

    def _html(self, state: Context, page: Page) -> tuple[str, str]:
        above = notices_of_permanent_page(state, page.body)
        return _rendered(state, page.path, (self.css, self.icon, self.script), above, page)

    def warm(self, context: Context, wanted: Callable[[], bool]) -> None:
        """Make the pages of rows beside the answers to readers, while they are `wanted`: at most MOST_WARM of them."""
        context.record.neighbours = NEIGHBOURS
        try:
            self._warm(context, wanted)
        finally:
            context.record.neighbours = 1

    def _warm(self, context: Context, wanted: Callable[[], bool]) -> None:
        rows = ((table, row_id) for table in TABLE_OF_ROOM.values() for row_id, _ in items.ids(context.record, table))
        for table, row_id in itertools.islice(rows, MOST_WARM):
            if not wanted():
                return
            page = pages.page_of(context, table, row_id)
            if page is not None:
                self._html(context, with_edition(context, page))
            time.sleep(REST_SECONDS)

    async def cite(self, request: Request) -> Response:
        """/cite/<room>/<id>.<bib|ris|json|txt?style=>, and the same for /documents/<id>/changes/<n>..<m>."""
        return await run_in_threadpool(self._cite, request)

    def _cite(self, request: Request) -> Response:
        room, rest = request.path_params["room"], request.path_params["rest"]
        name, _, form = rest.rpartition(".")
        state = START.state()
        if isinstance(state, Trouble):
            return PlainTextResponse(f"{state.title}. {state.what}", status_code=503)
        table = TABLE_OF_ROOM.get(room)
        if table is None or form not in CITATION_TYPES:
            return self.not_found(request)
        cited = cited_of(state, table, name)
        if cited is None:
            moved = items.moved_to(state.record, table, name)
            if moved is not None:
                query = f"?{request.url.query}" if request.url.query else ""
                return RedirectResponse(f"/cite{permalink(table, moved)}.{form}{query}", status_code=301)
            return self._page(request, lambda _: None, table, name)
        return reference_answer(request, cited, form)

    async def picture(self, request: Request) -> Response:
        """/pictures/<room>/<id>.png: what other sites show beside a link to a page."""
        room, rest = request.path_params["room"], request.path_params["rest"]
        return await run_in_threadpool(self._picture, request, room, rest)

    async def picture_of_index(self, request: Request) -> Response:
        """/pictures/<room>.png: the same for an index page."""
        return await run_in_threadpool(self._picture, request, request.path_params["room"], "")

    def _picture(self, request: Request, room: str, rest: str) -> Response:
        state = START.state()
        if isinstance(state, Trouble):
            return PlainTextResponse(f"{state.title}. {state.what}", status_code=503)
        card = card_at(state, room, rest.removesuffix(".png")) if not rest or rest.endswith(".png") else None
        if card is None:
            table = TABLE_OF_ROOM.get(room, "")
            moved = items.moved_to(state.record, table, rest.removesuffix(".png")) if table else None
            if moved is not None:
                return RedirectResponse(f"/pictures{permalink(table, moved)}.png", status_code=301)
            return self.not_found(request)
        body = _drawn(card)
        headers = {"Cache-Control": "public, max-age=3600", "Access-Control-Allow-Origin": "*"}
        return answered(request, body, "image/png", tag=tag_of(body), headers=headers)

    async def robots(self, _request: Request) -> Response:
        """Everything may be read; the console and the app's own wiring need not be indexed."""
        state = await run_in_threadpool(START.state)
        base = "" if isinstance(state, Trouble) else state.programme.programme.base_url.rstrip("/")
        lines = ["User-agent: *", "Disallow: /_stcore/", "Disallow: /api/v1/sql", "Allow: /"]
        return PlainTextResponse("\n".join([*lines, f"Sitemap: {base}/sitemap.xml", ""]))

    async def sitemap(self, request: Request) -> Response:
        """Every permanent page and every page of the app; more than 50,000 in several files under one index."""
        state = await run_in_threadpool(START.state)
        if isinstance(state, Trouble):
            return PlainTextResponse(f"{state.title}. {state.what}", status_code=503)
        files = await run_in_threadpool(sitemap_files, state)
        text = files.get(request.url.path.lstrip("/"))
        if text is None:
            return await run_in_threadpool(self.not_found, request)
        return answered(request, text, "application/xml", tag=tag_of(text), modified=state.record.built_at)


def _numbers(text: str) -> tuple[int, int] | None:
    """The two numbers of "3..5", or of "3" twice; None where the text says something else."""
    found = re.fullmatch(r"([1-9][0-9]{0,8})(?:\.\.([1-9][0-9]{0,8}))?", text, re.ASCII)
    return (int(found[1]), int(found[2] or found[1])) if found else None


def _stretch_at(context: Context, name: str) -> Stretch | None:
    """The stretch that "<source>/changes/<n>..<m>" names."""
    found = re.fullmatch(r"([^/]+)/changes/([^/]+)", name)
    numbers = _numbers(found[2]) if found else None
    return stretch_of(context, found[1], *numbers) if found and numbers else None


def cited_of(context: Context, table: str, name: str) -> dict[str, Any] | None:
    """The reference of the page at <room of table>/<name>; None where there is no such page."""
    if table == "source" and "/" in name:
        stretch = _stretch_at(context, name)
        if stretch is None:
            return None
        item = item_of(stretch)
        return csl_item(item, context.record, context.programme, seen=context.today, path=stretch.path)
    row = items.item(context.record, table, name)
    return csl_item(row, context.record, context.programme, seen=context.today) if row else None


def card_at(context: Context, room: str, name: str) -> Card | None:
    """What the picture of the page at /<room>/<name> says; of the index page where `name` is empty. None where there is
    no such page."""
    table = "source" if room == "sources" and not name else TABLE_OF_ROOM.get(room)
    if table is None:
        return None
    if not name:
        return pages.index_card(context, table) if room == "sources" or table in INDEXED else None
    if table == "source" and "/" in name:
        stretch = _stretch_at(context, name)
        return pages.change_card(context, stretch) if stretch else None
    row = items.item(context.record, table, name)
    return pages.card_of(context, row) if row else None


@lru_cache(maxsize=256)
def _drawn(card: Card) -> bytes:
    return png(card)


@per_page
def _rendered(
    context: Context, path: str, assets: tuple[str, str, str], notices: Markup, page: Page
) -> tuple[str, str]:
    del path
    css, icon, script = assets
    html = render(page, context, css=css, icon=icon, script=script, notices=notices)
    return html, tag_of(html)


APP_PAGES: Final = (
    "/", "/rollout", "/responses", "/review", "/timeline", "/petition", "/documents", "/data", "/about", "/sources",
    "/feeds", "/api/v1/", "/downloads", "/editions",
)  # fmt: skip
MOST_ADDRESSES: Final = 50_000
"""How many addresses one sitemap may hold."""


@per_page
def addresses(context: Context) -> tuple[tuple[str, str], ...]:
    """(path, day of its last change) of every page that a search engine is to know."""
    day = context.record.built_on.isoformat()
    found = [(path, day) for path in (*APP_PAGES, *(f"/{ROOMS[kind]}" for kind in INDEXED))]
    touched = items.touched_days(context.record)
    for table in TABLE_OF_ROOM.values():
        for row_id, _ in items.ids(context.record, table):
            found.append((permalink(table, row_id), touched.get((table, row_id), day)))
    for source_id, number, seen in items.change_days(context.record):
        found.append((changes_address(source_id, number, number), seen))
    return tuple(found)


@per_page
def sitemap_files(context: Context) -> dict[str, str]:
    """The sitemap as XML (sitemaps.org 0.9) by file name: one file, or an index of several."""
    base = context.programme.programme.base_url.rstrip("/")
    found = addresses(context)
    parts = [found[start : start + MOST_ADDRESSES] for start in range(0, len(found), MOST_ADDRESSES)] or [()]
    written = [_sitemap(base, part) for part in parts]
    if len(written) == 1:
        return {"sitemap.xml": written[0]}
    day = context.record.built_on.isoformat()
    listed = "".join(
        f"<sitemap><loc>{xml_escape(base)}/sitemap-{number}.xml</loc><lastmod>{day}</lastmod></sitemap>\n"
        for number in range(1, len(written) + 1)
    )
    index = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{listed}</sitemapindex>\n"
    )
    return {"sitemap.xml": index} | {f"sitemap-{number}.xml": text for number, text in enumerate(written, 1)}


def _sitemap(base: str, part: tuple[tuple[str, str], ...]) -> str:
    urls = "".join(f"<url><loc>{xml_escape(base + path)}</loc><lastmod>{day}</lastmod></url>\n" for path, day in part)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{urls}</urlset>\n"
    )
