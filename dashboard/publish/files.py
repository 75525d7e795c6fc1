"""Addresses of the site and the files that answer at them on any web host.

A page at `/timeline/x` becomes `timeline/x/index.html`: every plain host answers it at `/timeline/x` (by way of
`/timeline/x/`) and as HTML, without rules of its own, and full stops in an id mislead none of them.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote

from dashboard.parts.permalinks import ROOMS

INDEX: Final = "index.html"
MOST_NAME_BYTES: Final = 255
_FILE_ROOMS: Final = frozenset({"assets", "static", "cite", "feeds", "pictures", "downloads"})
"""First parts of addresses that are files, whatever their last part looks like."""
_PAGE_ROOMS: Final = frozenset({*ROOMS.values(), "sources"})
"""First parts of addresses that are pages, whatever their last part looks like."""
_ENDING: Final = re.compile(r"[^.]\.[A-Za-z0-9]{1,12}$|^SHA256SUMS$")


def is_file(path: str) -> bool:
    """Whether the address is answered by a file of that name, not by the index.html of a folder."""
    room, _, rest = path.lstrip("/").partition("/")
    if room == "editions" and "/" in rest:
        room = rest.split("/")[1]
    if room in _FILE_ROOMS:
        return bool(rest)
    if room in _PAGE_ROOMS:
        return False
    return _ENDING.search(path.rpartition("/")[2]) is not None


def file_of(path: str) -> str | None:
    """The file for an address (path with its escapes), relative, with `/`; None where no file can bear its name."""
    parts = [unquote(part) for part in path.strip("/").split("/")] if path.strip("/") else []
    for part in parts:
        if part in ("", ".", "..") or "/" in part or "\\" in part or not part.isprintable():
            return None
        if len(part.encode("utf-8", "surrogatepass")) > MOST_NAME_BYTES or part.startswith(".sim-record"):
            return None
    if not is_file(path):
        parts.append(INDEX)
    return "/".join(parts) or None


def path_of(file: str) -> str:
    """The address that a file answers: the other way round."""
    parts = file.split("/")
    if parts[-1] == INDEX:
        parts = parts[:-1]
    return "/" + "/".join(quote(part, safe="") for part in parts)


def shown(path: str) -> str:
    """The address as a link holds it: a page with a slash at its end, which spares the host a redirect."""
    return path if path.endswith("/") or is_file(path) else f"{path}/"
