"""One address made into one file: asked of the site, its links looked at, held against the file that stands there."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import gc
import multiprocessing
import os
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dashboard import server
from dashboard.parts.html import fill
from dashboard.publish.files import file_of, shown
from dashboard.publish.folder import Folder, FolderError, Kept, Staged, digest_of
from dashboard.publish.links import Links, only_live
from dashboard.publish.site import HTML, PICTURE, Answer, Site, Stamp, card_of
from dashboard.start import Context, Start, Trouble
from data.editions import hash_of
from data.home import Home

CURRENT: Final = re.compile(r"/(?:search|robots\.txt|sitemap.*|404\.html|data\.zip|downloads(?:/.*)?)?$")
"""Addresses that always say what the record in force is."""


@dataclass(frozen=True)
class Outcome:
    """What became of an address: its file ("" where there is none), what waits for its place (None where the file that
    stands there is right), and the addresses that it leads to."""

    path: str
    name: str
    staged: Staged | None
    leads_to: frozenset[str]


@dataclass(frozen=True)
class _Content:
    """What a file is to hold, as bytes or as a file to copy, and the addresses that it leads to."""

    body: bytes | Path
    digest: str
    leads_to: frozenset[str]

    @classmethod
    def of(cls, body: bytes, leads_to: frozenset[str] | set[str] = frozenset()) -> _Content:
        """Of bytes."""
        return cls(body, digest_of(body), frozenset(leads_to))


class Maker:
    """Makes files of one site into one folder. While it is open, this process answers from that site alone."""

    def __init__(self, home: Home, folder: Folder, base_url: str, *, pictures: bool) -> None:
        self.folder = folder
        self._start = Start()
        state = self._start.state_of(home)
        if isinstance(state, Trouble):
            self._start.close()
            raise FolderError(" ".join([f"{state.title}. {state.what}", *state.findings]))
        self.site = Site(state, base_url)
        self.links = Links(base_url, "" if pictures else PICTURE, card_of(self.site.context).words)

    def __enter__(self) -> Maker:
        self.site.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.site.__exit__(*error)
        self._start.close()

    @property
    def context(self) -> Context:
        """What the pages are made from."""
        return self.site.context

    def make(self, path: str) -> Outcome:
        """The file of an address (with its escapes, without a query)."""
        nothing = Outcome(path, "", None, frozenset())
        name = file_of(path)
        if name is None:
            return nothing
        stood = self.folder.stands(name)
        stamp = self.site.stamp
        if stood is not None and not CURRENT.match(path) and stamp_of(stood) != stamp:
            # As from the record that the page names: where nothing else is new, the page stays as it is.
            content = self._content(path, stamp_of(stood))
            if content is not None and content.digest == stood.digest:
                return Outcome(path, name, None, content.leads_to)
        content = self._content(path, stamp)
        if content is None:
            return nothing
        staged = None if stood is not None and content.digest == stood.digest else self._write(content)
        return Outcome(path, name, staged, content.leads_to)

    def add(self, name: str, body: bytes) -> Staged | None:
        """A file that no address of the live site answers; None where the one that stands there is right."""
        content = _Content.of(body)
        stood = self.folder.stands(name)
        return None if stood is not None and stood.digest == content.digest else self._write(content)

    def copy(self, name: str, file: Path) -> Staged | None:
        """A file that is never altered, as it is: size and time tell whether the copy is of the same one."""
        look = file.stat()
        digest = f"copy {look.st_size} {look.st_mtime_ns}"
        stood = self.folder.stands(name)
        if stood is not None and stood.digest == digest:
            return None
        return self._write(_Content(file, digest, frozenset()))

    def _write(self, content: _Content) -> Staged:
        stamp = self.site.stamp
        return self.folder.write_beside(content.body, content.digest, (stamp.number, stamp.built_at.isoformat()))

    def _content(self, path: str, stamp: Stamp) -> _Content | None:
        answer = _of_streamlit(path) or self.site.answer(path, stamp)
        if answer.status in (301, 302, 303, 307, 308) and answer.location.startswith("/"):
            target = answer.location.partition("#")[0].partition("?")[0]
            moved = _moved(self.links.prefix + shown(target), self.links.base_url + target)
            return _Content.of(moved.encode(), {target})
        if answer.status not in (200, 410):
            return None
        if answer.file is not None:
            return _Content(answer.file, hash_of(answer.file)[:40], frozenset())
        if answer.kind == HTML:
            page = self.links.page(answer.body.decode(), lambda to: not only_live(to) and file_of(to) is not None)
            return _Content.of(page.text.encode(), page.leads_to)
        if answer.kind == "text/css":
            style = self.links.style(answer.body.decode())
            return _Content.of(style.text.encode(), style.leads_to)
        return _Content.of(answer.body)


def stamp_of(kept: Kept) -> Stamp:
    """The record that a file says it was made from."""
    return Stamp(kept.stamp[0], dt.datetime.fromisoformat(kept.stamp[1]))


def _of_streamlit(path: str) -> Answer | None:
    """A font or the like that comes with Streamlit, which the server does not answer by a route."""
    if not path.startswith("/static/"):
        return None
    found = server.streamlit_file(path, False)
    return None if found is None else Answer(200, found[1], "", found[0])


def _moved(to: str, address: str) -> str:
    """The page at a former address: no host of plain files can be told to lead on by itself."""
    return str(
        fill(
            '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>This page has moved</title>\n'
            '<meta http-equiv="refresh" content="0; url={to}">\n<link rel="canonical" href="{address}">\n'
            '<meta name="robots" content="noindex">\n<meta name="color-scheme" content="light dark">\n</head>\n'
            '<body>\n<main>\n<h1>This page has moved</h1>\n<p>It is now at <a href="{to}">{address}</a>.</p>\n</main>\n'
            "</body>\n</html>\n",
            to=to,
            address=address,
        )
    )


# --- helpers in processes of their own --------------------------------------------------------------------------------

_maker: Maker | None = None
_told: set[str] = set()
"""Addresses that this helper named already."""


def begin(home: Home, root: Path, base_url: str, pictures: bool) -> None:
    """Make this process a helper of the one that started it; it ends with that one, however that ends."""
    global _maker
    parent = multiprocessing.parent_process()

    def end_with_it() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=end_with_it, daemon=True).start()
    gc.disable()
    folder = Folder(root)
    folder.read()
    _maker = Maker(home, folder, base_url, pictures=pictures)
    _maker.__enter__()


def make_all(paths: Sequence[str]) -> list[Outcome]:
    """What the helper made of some addresses."""
    assert _maker is not None  # noqa: S101 - `begin` ran before
    made = []
    for path in paths:
        outcome = _maker.make(path)
        news = outcome.leads_to - _told
        _told.update(news)
        made.append(dataclasses.replace(outcome, leads_to=news))
    return made


def cores() -> int:
    """How many processors this process may use."""
    with contextlib.suppress(AttributeError, OSError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
