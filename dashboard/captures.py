"""/captures/SHA-256: the bytes of a captured page as they were served, where [public] captures allows it.

They go out as a file to be saved and are never shown as a page of this site: what they hold is somebody else's.
"""

from __future__ import annotations

import mimetypes
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from dashboard.headers import FILE
from dashboard.record import Record
from dashboard.start import START, Context
from dashboard.threads import run_in_threadpool
from data.bodies import StoreTrouble, bodies_of
from data.home import Home

KEPT: Final = "public, max-age=3600"
"""They never change, and may be withheld: no cache is to show them for long after that."""
GONE: Final = "The bytes of this capture are withheld: {why}\n"
LOST: Final = (
    "The bytes of this capture cannot be read at this moment. Whoever runs this record finds out why with: "
    "sim-record check\n"
)


@dataclass(frozen=True)
class Held:
    """Where the bytes with a hash lie, and why they are withheld, if they are."""

    warc_file: str
    warc_offset: int
    media_type: str | None
    withheld_why: str | None


def held(record: Record, sha256: str) -> Held | None:
    """Where the body with this hash is kept; None where the record holds no such body."""
    found = record.fetch(
        Held,
        """SELECT c.warc_file, c.warc_offset, c.media_type, w.why AS withheld_why
           FROM capture c LEFT JOIN withheld w USING (body_sha256)
           WHERE c.body_sha256 = ? AND NOT c.is_revisit ORDER BY c.capture_id LIMIT 1""",
        [sha256],
    )
    return found[0] if found else None


def stored(home: Home, place: Held) -> tuple[bytes, str | None]:
    """(the bytes as they came, their content encoding). Raises OSError, StoreTrouble, ArchiveLoadFailed, zlib.error,
    EOFError where they are not there or not whole."""
    with bodies_of(home).open(place.warc_file) as handle:
        handle.seek(place.warc_offset)
        for one in ArchiveIterator(handle):
            if one.rec_type == "revisit" or one.http_headers is None:
                break
            return one.raw_stream.read(), one.http_headers.get_header("Content-Encoding")
    raise EOFError(f"no response at {place.warc_offset} of {place.warc_file}")


def routes(not_found: Callable[[Request], Response]) -> list[BaseRoute]:
    """The route of this module."""

    def answer(request: Request) -> Response:
        state = START.state()
        sha256 = request.path_params["sha256"]
        if not isinstance(state, Context) or not state.programme.public.captures:
            return not_found(request)
        place = held(state.record, sha256)
        if place is None:
            return not_found(request)
        if place.withheld_why:
            return PlainTextResponse(GONE.format(why=place.withheld_why), status_code=410)
        try:
            body, encoding = stored(state.home, place)
        except (OSError, StoreTrouble, ArchiveLoadFailed, zlib.error, EOFError):
            return PlainTextResponse(LOST, status_code=503)
        suffix = mimetypes.guess_extension(place.media_type or "") or ".bin"
        headers = {
            "Content-Security-Policy": FILE,
            "Content-Disposition": f'attachment; filename="{sha256[:16]}{suffix}"',
            "Cache-Control": KEPT,
            "X-Robots-Tag": "noindex",
        }
        if encoding:
            headers["Content-Encoding"] = encoding
        return Response(body, media_type="application/octet-stream", headers=headers)

    async def capture(request: Request) -> Response:
        return await run_in_threadpool(answer, request)

    return [Route("/captures/{sha256:str}", capture)]
