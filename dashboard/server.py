"""The ASGI side: the plain page at each address, assets, answers to unknown paths, and headers for every answer.

Other routes (permalinks, feeds, API) are added to ROUTES; a path that no route, page or file of Streamlit answers is a
real 404.
"""

from __future__ import annotations

import asyncio.base_events
import contextlib
import gzip
import hashlib
import logging
import mimetypes
import re
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import streamlit
from markupsafe import Markup, escape
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard import bounds, captures, embeds, health, plain
from dashboard.api import model, openapi, search, sql, tables
from dashboard.api.problem import Problem
from dashboard.cross_origin import CrossOrigin
from dashboard.downloads import routes as downloads
from dashboard.editions.routes import Editions
from dashboard.feeds import routes as feeds
from dashboard.feeds import searches
from dashboard.headers import APP, FOREVER, PAGE, SecurityHeaders
from dashboard.hosts import KnownHosts
from dashboard.kept import KeptAnswers
from dashboard.limits import ClientLimits, TrustedProxies
from dashboard.logs import AccessLog
from dashboard.logs import begin as begin_logs
from dashboard.mishaps import Mishaps
from dashboard.notebooks import routes as notebooks
from dashboard.parts import frame
from dashboard.parts.freshness import freshness
from dashboard.parts.html import fill
from dashboard.parts.params import Params
from dashboard.permalinks.routes import PermanentPages
from dashboard.search.opened import prepare as prepare_search
from dashboard.start import START, Context, Trouble
from dashboard.threads import run_in_threadpool
from data import logs
from data.search import NotIndexed, index_path

LOG: Final = logging.getLogger(__name__)
OWN_ASSETS: Final = Path(__file__).resolve().parent / "static"
STREAMLIT_STATIC: Final = Path(streamlit.__file__).resolve().parent / "static"
STREAMLIT_FILES: Final = frozenset(
    "/" + file.relative_to(STREAMLIT_STATIC).as_posix()
    for file in (STREAMLIT_STATIC / "static").rglob("*")
    if file.is_file()
)
"""The paths of Streamlit's own files. For any other path it would send its shell."""
PASSED_ON: Final = re.compile("/_stcore/(?:health|script-health-check|host-config|stream)|/media/.+")
"""What Streamlit itself answers beside its files. Its upload of files, measurements, components and folder of files are
not used here: the upload would keep whatever a stranger sends in memory."""
COMPRESSIBLE: Final = frozenset({".js", ".css", ".svg", ".json", ".txt", ".html", ".map"})


def set_no_delay(sock: socket.socket) -> None:
    """Send small answers at once. `streamlit run` binds its socket without naming TCP, which asyncio asks for."""
    if sock.family in (socket.AF_INET, socket.AF_INET6) and sock.type == socket.SOCK_STREAM:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


asyncio.base_events._set_nodelay = set_no_delay  # type: ignore[attr-defined]
bounds.bound()


# --- assets ---------------------------------------------------------------------------------------------------------


def font_faces() -> str:
    """@font-face rules for the fonts that Streamlit ships, whose file names change with its version."""
    rules = []
    for family, pattern, style in (
        ("Source Sans", "SourceSansVF-Upright", "normal"),
        ("Source Sans", "SourceSansVF-Italic", "italic"),
        ("Source Serif", "SourceSerifVariable-Roman", "normal"),
    ):
        for file in sorted((STREAMLIT_STATIC / "static" / "media").glob(f"{pattern}*.woff2")):
            rules.append(
                f'@font-face{{font-family:"{family}";src:url("/static/media/{file.name}") format("woff2");'
                f"font-weight:200 900;font-style:{style};font-display:swap}}"
            )
    return "\n".join(rules)


def _read_assets() -> dict[str, tuple[bytes, str]]:
    """Own assets by the name under which they are served, which holds a hash of their content."""
    found = {}
    for file in sorted(OWN_ASSETS.iterdir()):
        if file.suffix not in (".css", ".js", ".svg", ".png", ".ico"):
            continue
        body = file.read_bytes()
        if file.name == "app.css":
            body = b"\n".join([font_faces().encode(), body, (OWN_ASSETS / "pages.css").read_bytes()])
        name = f"{file.stem}.{hashlib.sha256(body).hexdigest()[:10]}{file.suffix}"
        kind = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}.get(file.suffix)
        found[name] = (body, kind or mimetypes.guess_type(file.name)[0] or "application/octet-stream")
    return found


ASSETS: Final = _read_assets()


def asset_address(name: str) -> str:
    """Where the own asset `name` (as the file is called in dashboard/static/) is served."""
    stem, _, suffix = name.rpartition(".")
    for served in ASSETS:
        if re.fullmatch(rf"{re.escape(stem)}\.[0-9a-f]{{10}}\.{suffix}", served):
            return f"/assets/{served}"
    raise KeyError(name)


async def asset(request: Request) -> Response:
    """An own asset; its name changes with its content, so it may be kept for ever."""
    found = ASSETS.get(request.path_params["name"])
    if found is None:
        return not_found_response(request)
    body, kind = found
    # a frame on another site may be told to have no origin, and asks for its style all the same
    headers = {"Cache-Control": FOREVER, "Cross-Origin-Resource-Policy": "cross-origin"}
    return Response(body, media_type=kind, headers=headers)


# --- the shell ------------------------------------------------------------------------------------------------------


def _read_shell() -> tuple[str, str]:
    """Streamlit's index.html in two: up to the title, and what starts the app.

    Its scripts and styles wait in a template until the plain page is painted; static/plain.js takes them out.
    """
    page = (STREAMLIT_STATIC / "index.html").read_text(encoding="utf-8")
    page = re.sub(r"<!--.*?-->", "", page, flags=re.DOTALL)
    page = re.sub(r"<script>\s*window\.prerenderReady.*?</script>", "", page, flags=re.DOTALL)
    page = re.sub(r"<noscript>.*?</noscript>", "", page, flags=re.DOTALL)
    # a font that is fetched first holds back the first paint by more than it saves: text stands in the next best until
    page = re.sub(r'<link[^>]*rel="(?:service-desc|shortcut icon|preload)"[^>]*/?>', "", page)
    page = re.sub(r"\n\s*\n+", "\n", page)
    before, rest = page.split("<title>Streamlit</title>", 1)
    tags, _ = rest.split("</head>", 1)
    return before.lstrip(), f'<div id="root"></div>\n<template id="app">{tags}</template>\n</body>\n</html>\n'


SHELL: Final = _read_shell()
STYLE: Final = Markup(ASSETS[asset_address("app.css").rpartition("/")[2]][0].decode())  # noqa: S704 - our own file


def shell_html(title: str, description: str, canonical: str, main: Markup, *, index: bool = True) -> str:
    """The shell with a title, description and plain content of its own."""
    before, after = SHELL
    extra = fill(
        '<title>{title}</title>\n<meta name="description" content="{description}">\n{canonical}{robots}'
        '<meta name="color-scheme" content="light dark">\n<link rel="icon" href="{icon}" type="image/svg+xml">\n'
        '<link rel="alternate" type="application/atom+xml" href="/feeds/timeline.atom" title="Timeline">\n'
        '<style>{css}</style>\n<script src="{js}" defer></script>\n'
        '<script src="{leave}" defer></script>',
        title=title,
        description=description,
        canonical=fill('<link rel="canonical" href="{c}">\n', c=canonical) if canonical else Markup(""),
        robots=Markup("") if index else Markup('<meta name="robots" content="noindex">\n'),
        icon=asset_address("icon.svg"),
        css=STYLE,  # with the page: asked for by itself it would hold back the first paint
        js=asset_address("plain.js"),
        leave=asset_address("leave.js"),
    )
    return f"{before}{extra}</head>\n<body>{main}{after}"


def _shell_of(address: plain.Address, params: Params) -> str:
    state = START.state()
    if isinstance(state, Trouble):
        main = fill('<main id="plain">{b}</main>', b=plain.trouble_page(state, START.programme()))
        return shell_html(state.title, state.what, "", main, index=False)
    subject = state.programme.programme
    return shell_html(
        f"{address.title} · {subject.title}",
        address.describe(state),
        subject.base_url.rstrip("/") + address.path,
        plain.plain_page(address, state, params),
    )


def _shell_route(address: plain.Address) -> Route:
    async def answer(request: Request) -> Response:
        params = Params.of(request.query_params.multi_items())
        if embeds.wanted(address.path, params):
            return await run_in_threadpool(EMBEDS.of_page, request, address.path, params)
        page = await run_in_threadpool(_shell_of, address, params)
        return HTMLResponse(page, headers={"Cache-Control": "no-cache", "Content-Security-Policy": APP})

    return Route(address.path, answer, name=f"page {address.path}")


def not_found_response(request: Request) -> Response:
    """A real 404 that helps on: what was asked for, and where the reader may want to go."""
    state = START.state()
    context = state if isinstance(state, Context) else None
    programme = START.programme()
    title, path = "There is no such page", request.url.path
    body = fill(
        '<main class="page">{fresh}<div class="head"><h1>{title}</h1><p class="answer">Nothing on this record '
        "has the address <code>{path}</code>. It may have been typed with a slip, or moved.</p></div>"
        "{editions}{find}<ul>{links}</ul>{foot}</main>",
        title=title,
        path=path[:200],
        editions=Markup('<p><a href="/editions">Every edition that was issued</a></p>') if "/editions" in path else "",
        find=fill(
            '<form class="find" method="get" action="/data#search" role="search" aria-label="The whole record">'
            '<label for="seek">Search the whole record</label><input id="seek" name="search" type="search" value="{v}" '
            'maxlength="200" autocomplete="off"><button type="submit">Search</button></form>',
            v=" ".join(re.findall(r"[^\W\d_]{2,}", path.rpartition("/")[2]))[:100],
        )
        if context
        else "",
        links=Markup("").join(
            fill('<li><a href="{p}">{t}</a></li>', p=each.path, t=each.title) for each in plain.ADDRESSES
        ),
        fresh=freshness(context) if context else "",
        foot=frame.footer(programme, context.record if context else None) if programme else "",
    )
    head = frame.masthead(programme) if programme else Markup("")
    page = (
        f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{escape(title)}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">\n'
        f'<meta name="color-scheme" content="light dark"><link rel="icon" href="{asset_address("icon.svg")}">\n'
        f'<link rel="stylesheet" href="{asset_address("app.css")}">'
        f'<script src="{asset_address("leave.js")}" defer></script></head>\n'
        f'<body class="alone">{head}{body}</body></html>'
    )
    return HTMLResponse(page, status_code=404, headers={"Cache-Control": "no-cache", "Content-Security-Policy": PAGE})


PERMANENT: Final = PermanentPages(
    asset_address("app.css"), asset_address("icon.svg"), asset_address("leave.js"), not_found_response
)
EMBEDS: Final = embeds.Embeds(asset_address("app.css"), asset_address("icon.svg"), not_found_response)
ROUTES: Final[list[BaseRoute]] = [
    *(_shell_route(address) for address in plain.ADDRESSES),
    Route("/assets/{name}", asset),
    *health.routes(),
    *openapi.routes(),
    *search.routes(),
    *sql.routes(),
    *model.routes(),
    *tables.routes(),
    *searches.routes(),
    *feeds.routes(not_found_response),
    *EMBEDS.routes(),
    *downloads.routes(not_found_response),
    *notebooks.routes(not_found_response),
    *captures.routes(not_found_response),
    *Editions(PERMANENT.say, not_found_response).routes(),
    *PERMANENT.routes(),
]


# --- middleware -----------------------------------------------------------------------------------------------------


class KnownPaths:
    """Answers a path that nothing knows with 404, where Streamlit would send its shell; drops a slash at the end."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._is_known(scope):
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        bare = scope["path"].rstrip("/")
        response: Response
        if bare != scope["path"] and self._is_known({**scope, "path": bare}):
            query = f"?{request.url.query}" if request.url.query else ""
            response = RedirectResponse(re.sub("^/+", "/", bare) + query, status_code=308)
        elif scope["path"].startswith("/api/"):
            told = f"There is nothing at {scope['path'][:200]}; /api/v1/ and /api/v1/openapi.json say what there is."
            response = Problem(404, told).response()
        else:
            response = await run_in_threadpool(not_found_response, request)
        await response(scope, receive, send)

    @staticmethod
    def _is_known(scope: Scope) -> bool:
        path = scope["path"]
        return (
            PASSED_ON.fullmatch(path) is not None
            or path in STREAMLIT_FILES
            or any(route.matches(scope)[0] is not Match.NONE for route in ROUTES)
        )


class StreamlitFiles:
    """Streamlit's own scripts and styles, compressed once and kept for long: 2.6 MB become 0.8 MB."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and scope["path"] in STREAMLIT_FILES:
            accepts = dict(scope["headers"]).get(b"accept-encoding", b"").decode("latin-1")
            found = await run_in_threadpool(streamlit_file, scope["path"], "gzip" in accepts)
            if found is not None:
                body, kind, coded = found
                headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
                if scope["path"].startswith("/static/media/"):
                    # fonts, which a picture in a sandboxed frame asks for too
                    headers["Access-Control-Allow-Origin"] = "*"
                if coded:
                    headers["Content-Encoding"] = "gzip"
                await Response(body, media_type=kind, headers=headers)(scope, receive, send)
                return
        await self.app(scope, receive, send)


@lru_cache(maxsize=1024)
def streamlit_file(path: str, coded: bool) -> tuple[bytes, str, bool] | None:
    """(body, media type, whether gzipped) of a file under Streamlit's static folder whose name holds a hash."""
    file = STREAMLIT_STATIC / path.lstrip("/")
    if path not in STREAMLIT_FILES or len(file.name.split(".")) < 3:
        return None
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if file.suffix == ".js":
        kind = "text/javascript"
    body = file.read_bytes()
    if coded and file.suffix in COMPRESSIBLE:
        return gzip.compress(body, 6), kind, True
    return body, kind, False


MIDDLEWARE: Final = [
    Middleware(AccessLog),
    Middleware(TrustedProxies),
    Middleware(SecurityHeaders),
    Middleware(KnownHosts),
    Middleware(KeptAnswers),
    Middleware(ClientLimits),
    Middleware(StreamlitFiles),
    Middleware(GZipMiddleware, minimum_size=1000, compresslevel=5),
    Middleware(CrossOrigin),
    Middleware(Mishaps),
    Middleware(KnownPaths),
]
EXCEPTION_HANDLERS: Final[Mapping[Any, Any]] = {}


SWITCH_SECONDS: Final = 0.0005
"""How long a thread that makes a page keeps others waiting (Python's own: 0.005): a small answer has to come in between
several times, once after each look at a file."""


SMALL_BYTES: Final = 64_000_000
"""The files of a database up to this size are written beside the start, so that nobody waits for them."""


def warm(context: Context) -> None:
    """Make every page once, compress the files that each first visit asks for, then make the permanent pages and, of a
    small record, the files to take away."""
    logs.event(LOG, logging.INFO, "record.shown", record=context.record.path.name)
    plain.warm(context)
    with contextlib.suppress(NotIndexed, sqlite3.Error):  # whoever searches is told
        prepare_search(index_path(context.home))
    for name in re.findall(r'(?:src|href)="\./(static/[^"]+)"', "".join(SHELL)):
        streamlit_file(f"/{name}", True)
    PERMANENT.warm(context, lambda: START.on_new_record is not None)
    if START.on_new_record is not None and context.record.path.stat().st_size <= SMALL_BYTES:
        with contextlib.suppress(OSError):  # whoever asks for them is told
            downloads.DOWNLOADS.of(context)


@contextlib.asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[dict[str, Any]]:
    """Open (or build) the record and make the pages warm beside the start; close the record at the end."""
    begin_logs()
    sys.setswitchinterval(SWITCH_SECONDS)
    START.on_new_record = warm
    opening = asyncio.get_running_loop().run_in_executor(None, START.state)
    try:
        yield {}
    finally:
        with contextlib.suppress(Exception):
            await opening
        START.on_new_record = None
        START.close()
