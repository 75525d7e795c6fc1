"""/editions, /editions/<name>/…, /editions/<a>..<b>, /cite/editions/<name>.<form>: editions as they were issued.

Only files that an edition's SHA256SUMS lists are sent, and only while their bytes are those that were issued.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.citations.answers import CITATION_TYPES, reference_answer
from dashboard.conditional import answered, is_current, tag_of
from dashboard.downloads.routes import kind_of
from dashboard.editions.compare import as_json, compare
from dashboard.editions.pages import INDEX
from dashboard.editions.reference import edition_item
from dashboard.editions.show import LIST, compare_page, pair, why_withheld
from dashboard.headers import FILE, FOREVER, KEPT_PAGE
from dashboard.parts.head import page_head
from dashboard.parts.html import fill, link
from dashboard.permalinks.shell import Page
from dashboard.start import START, Context, Trouble
from dashboard.threads import run_in_threadpool
from data.editions import FACTS, SUMS, Edition, EditionError, edition, hash_of, names, page_name, parse_name, sums_of

SMALL: Final = 4 << 20
SHOWN: Final = frozenset({".html", ".css", ".json", ".jsonld", ".txt", ""})
"""Endings of files that a browser shows; others are saved."""
Answer = Callable[[Request], Response]
Say = Callable[[Request, Page, int], Response]


class Editions:
    """Handlers for editions. `say` shows a page of the site's own with a status, `not_found` makes its 404 page."""

    def __init__(self, say: Say, not_found: Answer) -> None:
        self.say = say
        self.not_found = not_found

    def routes(self) -> list[BaseRoute]:
        """The routes of this module; the list of editions is among the permanent pages."""
        return [
            Route("/cite/editions/{rest:str}", self._threaded(self._cite)),
            Route("/editions/{name:str}", self._threaded(self._one)),
            Route("/editions/{name:str}/{path:path}", self._threaded(self._part)),
        ]

    @staticmethod
    def _threaded(answer: Answer) -> Callable[[Request], object]:
        async def threaded(request: Request) -> Response:
            return await run_in_threadpool(answer, request)

        return threaded

    def _one(self, request: Request) -> Response:
        """An edition's first page, its time stamp, or the comparison of two."""
        state = START.state()
        if isinstance(state, Trouble):
            return PlainTextResponse(f"{state.title}. {state.what}", status_code=503)
        name = request.path_params["name"]
        if ".." in name:
            return self._pair(request, state, name)
        if name.endswith(".tsr"):
            return self._stamp(request, state, name.removesuffix(".tsr"))
        return self._file(request, state, name, "")

    def _part(self, request: Request) -> Response:
        state = START.state()
        if isinstance(state, Trouble):
            return PlainTextResponse(f"{state.title}. {state.what}", status_code=503)
        return self._file(request, state, request.path_params["name"], request.path_params["path"])

    def _pair(self, request: Request, state: Context, asked: str) -> Response:
        wants_json = asked.endswith(".json")
        before, _, after = asked.removesuffix(".json").partition("..")
        if parse_name(before) is None or parse_name(after) is None:
            return self.not_found(request)
        ordered = sorted((before, after), key=lambda name: parse_name(name) or ())
        found = [edition(state.home, name) for name in ordered]
        for name, one in zip(ordered, found, strict=True):
            if one is None:
                return self._missing(request, state, name)
            if one.withheld.exists():
                return self._withheld(request, one)
        if ordered != [before, after]:
            return RedirectResponse(pair(*ordered) + (".json" if wants_json else ""), status_code=301)
        try:
            one, other = (each for each in found if each is not None)
            if wants_json:
                return JSONResponse(as_json(compare(one, other)), headers={"Access-Control-Allow-Origin": "*"})
            return self.say(request, compare_page(state, one, other), 200)
        except EditionError as error:
            return self._damaged(request, str(error))

    def _stamp(self, request: Request, state: Context, name: str) -> Response:
        found = edition(state.home, name)
        if found is None or not found.stamp.is_file():
            return self.not_found(request)
        if found.withheld.exists():
            return self._withheld(request, found)
        body = found.stamp.read_bytes()
        headers = {"Cache-Control": FOREVER, "Access-Control-Allow-Origin": "*"}
        return answered(request, body, kind_of(found.stamp.name), tag=tag_of(body), headers=headers)

    def _file(self, request: Request, state: Context, name: str, path: str) -> Response:
        found = edition(state.home, name)
        if found is None:
            return self._missing(request, state, name)
        if found.withheld.exists():
            return self._withheld(request, found)
        try:
            sums = sums_of(found)
        except EditionError as error:
            return self._damaged(request, str(error))
        file = named(path, sums)
        if file is None:
            return self.not_found(request)
        try:
            return self._sent(request, found, file, sums)
        except EditionError as error:
            return self._damaged(request, str(error))

    def _sent(self, request: Request, found: Edition, file: str, sums: dict[str, str]) -> Response:
        full = found.folder / file
        suffix = Path(file).suffix
        headers = {
            "Cache-Control": FOREVER,
            "Access-Control-Allow-Origin": "*",
            "Content-Security-Policy": KEPT_PAGE if suffix == ".html" else FILE,
        }
        if file in (SUMS, FACTS):
            body = full.read_bytes()
            return answered(request, body, kind_of(file), tag=tag_of(body), headers=headers)
        wanted = sums[file]
        tag = f'"{wanted[:32]}"'
        try:
            size = full.stat().st_size
            if size > SMALL:
                check_large(found, file, wanted)
                if is_current(request, tag):
                    return Response(status_code=304, headers=headers | {"ETag": tag})
                return FileResponse(full, media_type=kind_of(file), headers=headers | {"ETag": tag}, filename=full.name)
            body = full.read_bytes()
        except OSError as error:
            raise EditionError(f"editions/{found.name}/{file}: {error.strerror}") from error
        if hashlib.sha256(body).hexdigest() != wanted:
            raise EditionError(f"editions/{found.name}/{file}: its bytes are not those that were issued")
        if suffix not in SHOWN:
            headers["Content-Disposition"] = f'attachment; filename="{full.name}"'
        return answered(request, body, kind_of(file), tag=tag, headers=headers)

    def _cite(self, request: Request) -> Response:
        state = START.state()
        if isinstance(state, Trouble):
            return PlainTextResponse(f"{state.title}. {state.what}", status_code=503)
        name, _, form = request.path_params["rest"].rpartition(".")
        found = edition(state.home, name)
        if found is None or form not in CITATION_TYPES:
            return self.not_found(request)
        record = found.facts.get("record")
        cited = edition_item(state.programme, name, record if isinstance(record, int) else 0, found.sha256)
        return reference_answer(request, cited, form)

    # --- what is said where there is nothing to send ------------------------------------------------------------------

    def _missing(self, request: Request, state: Context, name: str) -> Response:
        if parse_name(name) is not None and name in names(state.home):
            return self._damaged(request, f"editions/{name}/{FACTS}: is missing or cannot be read")
        return self.not_found(request)

    def _withheld(self, request: Request, found: Edition) -> Response:
        title = "This edition is not shown any more"
        return self._told(request, title, fill("{w}", w=why_withheld(found)), 451)

    def _damaged(self, request: Request, what: str) -> Response:
        title = "This edition is not as it was issued"
        words = fill(
            "So nothing of it is shown here: {w}. Whoever keeps this record puts the copy back from a backup; "
            "<code>sim-record check</code> names every file that differs.",
            w=what,
        )
        return self._told(request, title, words, 500)

    def _told(self, request: Request, title: str, words: Markup, status: int) -> Response:
        body = page_head(title, words, link(LIST, "All editions"), kicker="Editions")
        return self.say(request, Page(request.url.path, title, title, body, index=False), status)


def named(path: str, sums: dict[str, str]) -> str | None:
    """The file of an edition that an address names: the file itself, or the page of that address; None for no file."""
    if not path.strip("/"):
        return INDEX if INDEX in sums else None
    parts = [page_name(part) for part in path.strip("/").split("/")]
    plain = "/".join(parts)
    if plain in sums or plain in (SUMS, FACTS):
        return plain
    page = f"{plain}/{INDEX}"
    return page if page in sums else None


def check_large(found: Edition, file: str, wanted: str) -> None:
    """Hash a large file once for each state in which the disk has it. Raises EditionError where it was altered."""
    full = found.folder / file
    look = full.stat()
    if _hashed(str(full), look.st_size, look.st_mtime_ns, look.st_ino) != wanted:
        raise EditionError(f"editions/{found.name}/{file}: its bytes are not those that were issued")


@lru_cache(maxsize=256)
def _hashed(path: str, _size: int, _time: int, _node: int) -> str:
    return hash_of(Path(path))
