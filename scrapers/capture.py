"""What one request for one page gave: the seam between fetching, judging and storing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Hop:
    """One redirect on the way: status, the address that answered, and where it pointed."""

    status: int
    url: str
    location: str


@dataclass(frozen=True)
class Exchange:
    """One request and its answer as they went over the wire: what a redirect on the way left behind.

    `raw` is the body with transfer coding removed and content coding kept. `started_at` is UTC and aware.
    """

    url: str
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    raw: bytes
    started_at: dt.datetime
    ip: str | None
    http_version: str = "HTTP/1.1"
    request_headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Response:
    """One answer, whole. `raw` is the body as it came over the wire (transfer coding removed, content coding kept);
    `body` the same after content decoding. Times are UTC and aware."""

    requested_url: str
    final_url: str
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    raw: bytes
    body: bytes
    started_at: dt.datetime
    ended_at: dt.datetime
    ip: str | None
    http_version: str = "HTTP/1.1"
    request_headers: tuple[tuple[str, str], ...] = ()
    redirects: tuple[Hop, ...] = ()
    tries: int = 1
    hops: tuple[Exchange, ...] = ()
    """The redirects of `redirects`, whole, for storing."""

    def header(self, name: str) -> str | None:
        """The first header of that name, or None. Names are compared without case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def media_type(self) -> str | None:
        """The media type as served, lower case, without parameters."""
        value = (self.header("content-type") or "").split(";", 1)[0].strip().lower()
        return value or None


@dataclass(frozen=True)
class Conditions:
    """What the last good capture lets us ask: "only if it changed".

    Sent to `url` alone, the address that answered then.
    """

    etag: str | None = None
    last_modified: str | None = None
    sha256: str | None = None
    url: str | None = None

    @property
    def usable(self) -> bool:
        """Whether there is anything to ask by."""
        return bool(self.etag or self.last_modified)


@dataclass(frozen=True)
class Verdict:
    """The quality gate's word on a response (vocabulary capture.verdict) and what it rests on."""

    word: str
    why: str = ""
    outcome: str = "captured"
    """The outcome of an attempt that ends with this response (vocabulary attempt.outcome)."""


@dataclass(frozen=True)
class Failure:
    """Why no whole answer was had: an outcome and a sentence for a person."""

    outcome: str
    detail: str
    status: int | None = None
    tries: int = 1
    redirects: tuple[Hop, ...] = field(default=())
