"""/data.zip and /downloads/…: the record in force as files, written once for each record and kept while it is."""

from __future__ import annotations

import atexit
import mimetypes
import shutil
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.conditional import is_current
from dashboard.downloads.files import TableFiles
from dashboard.downloads.package import DESCRIPTIONS, ZIP, write_downloads
from dashboard.downloads.page import downloads_page
from dashboard.headers import FILE
from dashboard.permalinks.shell import Page
from dashboard.start import START, Context, Trouble
from dashboard.threads import run_in_threadpool

KEEP: Final = 2
KINDS: Final = {
    ".parquet": "application/vnd.apache.parquet", ".jsonld": "application/ld+json", ".json": "application/json",
    ".csv": "text/csv; charset=utf-8; header=present", ".duckdb": "application/vnd.duckdb", ".zip": "application/zip",
    ".tsr": "application/timestamp-reply", ".bib": "application/x-bibtex; charset=utf-8",
    ".ris": "application/x-research-info-systems; charset=utf-8", ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
}  # fmt: skip
Answer = Callable[[Request], Response]


def kind_of(path: str) -> str:
    """The media type of a file by its name."""
    suffix = Path(path).suffix
    return KINDS.get(suffix) or mimetypes.guess_type(path)[0] or "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Written:
    """One record as files: `folder` holds data.zip and downloads/."""

    folder: Path
    tables: tuple[TableFiles, ...]


class Downloads:
    """Writes the files of a record when somebody first asks for one of them; keeps those of the last two records."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._root: Path | None = None
        self._kept: OrderedDict[tuple[str, int, int], Written] = OrderedDict()

    def of(self, context: Context) -> Written:
        """The files of the record in force. Raises OSError where the disk of temporary files has no room."""
        key = (str(context.record.path), context.record.stamp, id(context.programme))
        with self._lock:
            if key not in self._kept or not (self._kept[key].folder / ZIP).is_file():
                if self._root is None or not self._root.is_dir():
                    self._root = Path(tempfile.mkdtemp(prefix="sim-record-"))
                    atexit.register(shutil.rmtree, self._root, ignore_errors=True)
                folder = Path(tempfile.mkdtemp(dir=self._root))
                try:
                    written = write_downloads(context.record, context.programme, folder)
                except BaseException:
                    shutil.rmtree(folder, ignore_errors=True)
                    raise
                self._kept[key] = Written(folder, tuple(written))
            while len(self._kept) > KEEP:
                shutil.rmtree(self._kept.popitem(last=False)[1].folder, ignore_errors=True)
            return self._kept[key]


DOWNLOADS: Final = Downloads()


def _file(path: Path, name: str, tag: str) -> Response:
    headers = {
        "ETag": tag,
        "Cache-Control": "public, max-age=0, must-revalidate",
        "Access-Control-Allow-Origin": "*",
        "Content-Security-Policy": FILE,
    }
    saved = None if name.endswith((".json", ".jsonld")) else name.rpartition("/")[2]
    return FileResponse(path, media_type=kind_of(name), headers=headers, filename=saved)


def _answer(request: Request, name: str, not_found: Answer) -> Response:
    state = START.state()
    if isinstance(state, Trouble):
        return PlainTextResponse(f"{state.title}. {state.what}", status_code=503)
    tag = f'"{state.record.path.stem}-{state.record.stamp:x}"'
    if is_current(request, tag):
        return Response(status_code=304, headers={"ETag": tag})
    if name == "downloads/record.duckdb":
        return _file(state.record.path, f"record-{state.record.number}.duckdb", tag)
    try:
        written = DOWNLOADS.of(state)
    except OSError as error:
        return PlainTextResponse(f"The files cannot be written here just now: {error.strerror}.", status_code=503)
    allowed = {ZIP} | {f"downloads/{known}" for known in DESCRIPTIONS}
    for one in written.tables:
        allowed |= {f"downloads/{one.csv.path}", f"downloads/{one.parquet.path}"}
    if name not in allowed:
        return not_found(request)
    return _file(written.folder / name, name, tag)


def page_for(context: Context) -> Page:
    """The page at /downloads. Raises OSError as Downloads.of."""
    written = DOWNLOADS.of(context)
    return downloads_page(context, written.tables, (written.folder / ZIP).stat().st_size)


def routes(not_found: Answer) -> list[BaseRoute]:
    """The routes of the files; the page itself is among the permanent pages."""

    async def whole(request: Request) -> Response:
        return await run_in_threadpool(_answer, request, ZIP, not_found)

    async def part(request: Request) -> Response:
        return await run_in_threadpool(_answer, request, f"downloads/{request.path_params['name']}", not_found)

    return [Route(f"/{ZIP}", whole), Route("/downloads/{name:path}", part)]
