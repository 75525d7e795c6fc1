"""Routes of the permanent pages, their indexes, their citations, robots.txt and the sitemap."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final
from xml.sax.saxutils import escape as xml_escape

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.citations import formats
from dashboard.citations.csl import csl_item
from dashboard.parts.around import notices_of_permanent_page
from dashboard.parts.permalinks import ROOMS, permalink
from dashboard.permalinks.pages import index_of, page_of
from dashboard.permalinks.shell import Page, render
from dashboard.queries import items
from dashboard.queries.items import TABLE_OF_ROOM
from dashboard.start import START, Context, Trouble, per_page

INDEXED: Final = ("organisation", "adoption", "statement", "concern", "review", "recommendation")
CITATION_TYPES: Final = {
    "bib": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "json": "application/vnd.citationstyles.csl+json",
    "txt": "text/plain; charset=utf-8",
}
PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'self'"
)
NotFound = Callable[[Request], Response]


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
            Route("/cite/{room:str}/{rest:str}", self.cite),
            Route("/sources", self.sources),
            Route("/sources/{row_id:str}", self.source_moved),
        ]
        found += [Route(f"/{ROOMS[kind]}", self._index(kind)) for kind in INDEXED]
        found += [Route(f"/{room}/{{row_id:str}}", self._row(table)) for room, table in TABLE_OF_ROOM.items()]
        return found

    def _row(self, table: str) -> Callable[[Request], object]:
        async def answer(request: Request) -> Response:
            return await run_in_threadpool(
                self._page, request, lambda c: page_of(c, table, request.path_params["row_id"])
            )

        return answer

    def _index(self, kind: str) -> Callable[[Request], object]:
        async def answer(request: Request) -> Response:
            return await run_in_threadpool(self._page, request, lambda context: index_of(context, kind))

        return answer

    async def sources(self, request: Request) -> Response:
        """Every document with a link to its page."""
        return await run_in_threadpool(self._page, request, lambda context: index_of(context, "source"))

    async def source_moved(self, request: Request) -> Response:
        """A document's page has one address, under /documents/."""
        return RedirectResponse(permalink("source", request.path_params["row_id"]), status_code=308)

    def _page(self, request: Request, make: Callable[[Context], Page | None]) -> Response:
        state = START.state()
        if isinstance(state, Trouble):
            return PlainTextResponse(f"{state.title}. {state.what}", status_code=503)
        page = make(state)
        if page is None:
            return self.not_found(request)
        above = notices_of_permanent_page(state, page.body)
        html, tag = _rendered(state, page.path, (self.css, self.icon, self.script), above, page)
        headers = {
            "ETag": tag,
            "Cache-Control": "public, max-age=0, must-revalidate",
            "Content-Security-Policy": PAGE_POLICY,
        }
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return HTMLResponse(html, headers=headers)

    async def cite(self, request: Request) -> Response:
        """/cite/<room>/<id>.<bib|ris|json|txt?style=>"""
        return await run_in_threadpool(self._cite, request)

    def _cite(self, request: Request) -> Response:
        room, rest = request.path_params["room"], request.path_params["rest"]
        row_id, _, form = rest.rpartition(".")
        state = START.state()
        if isinstance(state, Trouble):
            return PlainTextResponse(f"{state.title}. {state.what}", status_code=503)
        table = TABLE_OF_ROOM.get(room)
        item = items.item(state.record, table, row_id) if table and form in CITATION_TYPES else None
        if item is None:
            return self.not_found(request)
        cited = csl_item(item, state.record, state.programme)
        if form == "txt":
            style = request.query_params.get("style", "harvard")
            if style not in formats.STYLES:
                allowed = ", ".join(formats.STYLES)
                return PlainTextResponse(f"{style[:40]!r} is no style here; allowed: {allowed}.", status_code=400)
            text = formats.formatted(cited, style) + "\n"
        else:
            text = {"bib": formats.as_bibtex, "ris": formats.as_ris, "json": formats.as_json}[form](cited)
        headers = {"Access-Control-Allow-Origin": "*"}
        if form in ("bib", "ris"):
            headers["Content-Disposition"] = f'attachment; filename="{cited["id"]}.{form}"'
        return Response(text, media_type=CITATION_TYPES[form], headers=headers)

    async def robots(self, _request: Request) -> Response:
        """Everything may be read; the console and the app's own wiring need not be indexed."""
        state = await run_in_threadpool(START.state)
        base = "" if isinstance(state, Trouble) else state.programme.programme.base_url.rstrip("/")
        lines = ["User-agent: *", "Disallow: /_stcore/", "Disallow: /api/v1/sql", "Allow: /"]
        return PlainTextResponse("\n".join([*lines, f"Sitemap: {base}/sitemap.xml", ""]))

    async def sitemap(self, _request: Request) -> Response:
        """Every permanent page and every page of the app."""
        state = await run_in_threadpool(START.state)
        if isinstance(state, Trouble):
            return PlainTextResponse(f"{state.title}. {state.what}", status_code=503)
        return Response(await run_in_threadpool(sitemap_of, state), media_type="application/xml")


@per_page
def _rendered(
    context: Context, path: str, assets: tuple[str, str, str], notices: Markup, page: Page
) -> tuple[str, str]:
    del path
    css, icon, script = assets
    html = render(page, context, css=css, icon=icon, script=script, notices=notices)
    return html, f'"{hashlib.sha256(html.encode()).hexdigest()[:32]}"'


@per_page
def sitemap_of(context: Context) -> str:
    """The sitemap as XML (sitemaps.org 0.9), dated by the day the record was built."""
    base = context.programme.programme.base_url.rstrip("/")
    pages = [
        "/",
        "/rollout",
        "/responses",
        "/review",
        "/timeline",
        "/petition",
        "/documents",
        "/data",
        "/about",
        "/sources",
    ]
    pages += [f"/{ROOMS[kind]}" for kind in INDEXED]
    for table in TABLE_OF_ROOM.values():
        pages += [permalink(table, row_id) for row_id, _ in items.ids(context.record, table)]
    day = context.record.built_on.isoformat()
    urls = "".join(
        f"<url><loc>{xml_escape(base + path)}</loc><lastmod>{day}</lastmod></url>\n" for path in pages[:50_000]
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{urls}</urlset>\n"
    )
