"""The site answered in this process: the server's own routes, and the pages that only plain files need."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import anyio
from markupsafe import Markup
from starlette.routing import BaseRoute, Route, Router
from starlette.types import Message

from dashboard import plain, server
from dashboard.parts import around
from dashboard.parts.freshness import remarks
from dashboard.parts.head import page_head
from dashboard.parts.html import EMPTY, fill, join, link
from dashboard.parts.params import Params
from dashboard.parts.permalinks import ROOMS
from dashboard.permalinks.picture import Card, png
from dashboard.permalinks.routes import INDEXED
from dashboard.permalinks.shell import Page, render
from dashboard.publish.links import SEARCH, variant_of
from dashboard.record import NEIGHBOURS
from dashboard.start import START, Context

NOT_FOUND: Final = "/404.html"
PICTURE: Final = "/pictures/record.png"
HTML: Final = "text/html"
KEEPS: Final = 800
"""Answers that a record keeps meanwhile: no page is asked for twice, and what pages share is asked for all the time."""


@dataclass(frozen=True)
class Stamp:
    """Which record a page says that it was made from."""

    number: int
    built_at: dt.datetime


@dataclass(frozen=True)
class Answer:
    """What an address answers: status, media type without parameters, where it leads, bytes; `file` holds them where
    they lie on the disk already."""

    status: int
    kind: str
    location: str
    body: bytes
    file: Path | None = None


class Site:
    """The site of one context. While it is open this process answers from that context alone."""

    def __init__(self, context: Context, base_url: str) -> None:
        subject = context.programme.programme.model_copy(update={"base_url": base_url})
        programme = context.programme.model_copy(update={"programme": subject})
        context.record.neighbours, context.record.keeps = NEIGHBOURS, KEEPS
        self.stamp = Stamp(context.record.number, context.record.built_at)
        self.context = dataclasses.replace(context, programme=programme, today=context.record.built_on, still=True)
        self._of_stamp: dict[Stamp, Context] = {self.stamp: self.context}
        self._router = _by_room(server.ROUTES)
        self._pages = {address.path: address for address in plain.ADDRESSES}

    def __enter__(self) -> Site:
        START.held = self.context
        return self

    def __exit__(self, *_: object) -> None:
        START.held = None

    def answer(self, path: str, stamp: Stamp) -> Answer:
        """What the address (with its escapes, without a query) answers, as from the record of `stamp`."""
        context = self._context(stamp)
        START.held = context
        return self._own(context, path) or self._asked(path)

    def _asked(self, path: str) -> Answer:
        """Run a route to its end. None has to wait for anything while START is held, so it needs no event loop; one
        that asks for one all the same gets it."""
        asking = self._ask(path)
        try:
            asking.send(None)
        except StopIteration as end:
            answer: Answer = end.value
            return answer
        except anyio.NoEventLoopError:
            pass
        finally:
            asking.close()
        return asyncio.run(self._ask(path))

    def _context(self, stamp: Stamp) -> Context:
        if stamp not in self._of_stamp:
            record = self.context.record.stated_as(stamp.number, stamp.built_at)
            self._of_stamp[stamp] = dataclasses.replace(self.context, record=record, today=stamp.built_at.date())
        return self._of_stamp[stamp]

    def _own(self, context: Context, path: str) -> Answer | None:
        if path in self._pages:
            return self._page(context, path, ())
        variant = variant_of(path)
        if variant is not None:
            return self._page(context, *variant, at=path)
        if path == SEARCH:
            return _html(_rendered(context, search_page(context)))
        if path == NOT_FOUND:
            return _html(_rendered(context, not_found_page()))
        if path == "/api/v1/":
            return _html(_rendered(context, no_api_page()))
        if path == PICTURE:
            return Answer(200, "image/png", "", png(card_of(context)))
        return None

    def _page(self, context: Context, path: str, asked: tuple[tuple[str, str], ...], at: str = "") -> Answer:
        """One of the nine pages, or a further page of one of their lists."""
        address = self._pages[path]
        params = Params(asked)
        title = address.title
        if asked:
            title = f"{title}: " + ", ".join(f"{name} {value}" for name, value in asked)
        page = Page(
            path=at or path,
            title=title,
            description=address.describe(context),
            body=address.plain(context, params),
            graph_type="website",
            picture=PICTURE,
            picture_words=card_of(context).words,
            index=not asked,
        )
        notices = remarks(context, "", "") + around.notices(context, path, params)
        return _html(_rendered(context, page, notices))

    async def _ask(self, path: str) -> Answer:
        """Ask the server's own routes."""
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "extensions": {"http.response.pathsend": {}},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode("ascii", "replace"),
            "query_string": b"",
            "root_path": "",
            "headers": [(b"host", b"localhost")],
            "client": ("127.0.0.1", 0),
            "server": ("localhost", 80),
        }
        status, headers, body = 500, {}, bytearray()
        file: Path | None = None

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            nonlocal status, headers, file
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = {
                    name.decode("latin-1").lower(): value.decode("latin-1") for name, value in message["headers"]
                }
            elif message["type"] == "http.response.body":
                body.extend(message.get("body", b""))
            elif message["type"] == "http.response.pathsend":
                file = Path(message["path"])

        room = path.split("/", 2)[1]
        await self._router.get(room, self._router[""])(scope, receive, send)
        kind = headers.get("content-type", "").partition(";")[0].strip()
        return Answer(status, kind, headers.get("location", ""), bytes(body), file)


def _by_room(routes: Sequence[BaseRoute]) -> dict[str, Router]:
    """The routes by the first part of their addresses, in order; those without a fixed one are in all, and under ""."""
    rooms = [(route, route.path.split("/", 2)[1] if isinstance(route, Route) else "{") for route in routes]
    names = {"", *(room for _, room in rooms if "{" not in room)}
    return {
        name: Router(routes=[r for r, room in rooms if room == name or "{" in room], redirect_slashes=False)
        for name in names
    }


def _html(text: str) -> Answer:
    return Answer(200, HTML, "", text.encode())


def _rendered(context: Context, page: Page, notices: Markup = EMPTY) -> str:
    return render(
        page,
        context,
        css=server.asset_address("app.css"),
        icon=server.asset_address("icon.svg"),
        script=server.asset_address("leave.js"),
        notices=notices,
    )


def card_of(context: Context) -> Card:
    """The picture that stands for every page."""
    subject = context.programme.programme
    return Card(subject.name or subject.short_name, subject.title, "", subject.title, urlsplit(subject.base_url).netloc)


def indexes() -> Markup:
    """Links to every list of the record, for those to whom the search is of no use."""
    lists: Mapping[str, str] = {
        **{f"/{ROOMS[kind]}": ROOMS[kind].capitalize() for kind in INDEXED},
        "/sources": "Documents",
        "/timeline": "Timeline",
    }
    return fill("<ul>{l}</ul>", l=join(fill("<li>{a}</li>", a=link(path, words)) for path, words in lists.items()))


def search_page(context: Context) -> Page:
    """The page whose script finds words in the index that lies beside it."""
    subject = context.programme.programme
    body = page_head("Search the record", f"Words, names and places in every row of {subject.title}.") + fill(
        '<form class="find" role="search" method="get" action="/search"><label for="q">Words to find</label>'
        '<input id="q" name="q" type="search" maxlength="200" autocomplete="off"><button type="submit">Search</button>'
        '</form><div id="found" class="results"><p id="count" role="status"></p>'
        '<ol id="results"></ol><p><button id="more" type="button" hidden>Show more</button></p></div>'
        '<noscript><p class="note">Searching needs JavaScript here, because this copy of the record is made of plain '
        "files. Everything it finds is also in these lists:</p>{lists}</noscript>"
        '<script src="{script}" defer></script>',
        lists=indexes(),
        script=server.asset_address("search.js"),
    )
    return Page(
        path=SEARCH,
        title="Search",
        description=f"Search {subject.title}: bodies, statements, reviews, documents and dated facts.",
        body=body,
        graph_type="website",
        picture=PICTURE,
        picture_words=card_of(context).words,
        seek=False,
    )


def not_found_page() -> Page:
    """What a host shows at an address that no file answers."""
    body = page_head(
        "There is no such page",
        "Nothing on this record has this address. It may have been typed with a slip, or moved.",
    ) + fill(
        "<p>{search}, or begin with one of these lists:</p>{lists}",
        search=link(SEARCH, "Search the record"),
        lists=indexes(),
    )
    return Page(NOT_FOUND, "There is no such page", "Nothing on this record has this address.", body, index=False)


def no_api_page() -> Page:
    """What stands where the server answers questions."""
    body = page_head(
        "Questions need a server",
        "This copy of the record is made of plain files: it has no API that filters, sorts and counts.",
    ) + fill(
        "<p>{data} has every table whole, to take away and to ask on your own computer.</p>",
        data=link("/data", "The Data page"),
    )
    return Page("/api/v1/", "Questions need a server", "This copy of the record has no API.", body, index=False)
