"""Captures kept as WARC 1.1: one file a run, one gzip member a record.

Records are built and compressed by the thread that fetched (zlib works beside the interpreter lock), and appended by
the one thread that writes, so that storing keeps pace with fetching. Reading goes through warcio.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import itertools
import os
import random
import re
import secrets
import shutil
import tempfile
import uuid
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, Final

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from data.bodies import Bodies, LocalBodies, StoreTrouble, bodies_of
from data.durable import sync_folder
from data.home import Home
from scrapers.capture import Exchange, Response
from scrapers.decode import decode_body
from scrapers.outcomes import FetchError

SUFFIX: Final = ".warc.gz"
LEVEL: Final = 2
"""Compression: level 6 makes files of HTML a fifth smaller and takes five times as long."""
BACK: Final = "put the file back from a backup, or from a machine that shares it"
SAME_PAYLOAD: Final = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
MAX_CHAIN: Final = 5
_DROPPED: Final = ("transfer-encoding", "trailer")
_RANDOM: Final = random.Random(secrets.randbits(256))  # noqa: S311 - unique, not secret
_BEFORE_PATH: Final = re.compile(r"^[a-z]+://[^/?#]*")
_SAFE_NAME: Final = re.compile(r"[\w.\-]+")


class WarcError(Exception):
    """A record that should be in a WARC is not there, or is not whole; the message says which."""


@dataclass(frozen=True)
class Original:
    """Where the bytes lie that a later capture found unchanged."""

    warc_file: str
    warc_offset: int
    record_id: str
    url: str
    captured_at: dt.datetime
    payload_sha256: str


@dataclass(frozen=True)
class Records:
    """The records of one capture, compressed, ready to be appended in one piece.

    `response_at` is where the response (or revisit) record begins in `data`, bytes.
    """

    data: bytes
    response_at: int
    record_id: str
    payload_sha256: str


def record_date(moment: dt.datetime) -> str:
    """A time as WARC 1.1 writes it, UTC, to the microsecond."""
    if moment.tzinfo is not None:
        moment = moment.astimezone(dt.UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="microseconds") + "Z"


def _new_id() -> str:
    """A name for a record. It must be unique, not secret: no system call for each."""
    return f"<urn:uuid:{uuid.UUID(int=_RANDOM.getrandbits(128), version=4)}>"


def _one_line(value: str) -> str:
    return value.replace("\r", " ").replace("\n", " ")


def _lines(fields: Iterable[tuple[str, str]]) -> str:
    """Header lines; a line break inside a value becomes a space."""
    fields = list(fields)
    text = "".join([f"{name}: {value}\r\n" for name, value in fields])
    if text.count("\n") == len(fields) == text.count("\r"):
        return text
    return "".join([f"{_one_line(name)}: {_one_line(value)}\r\n" for name, value in fields])


def _record(fields: list[tuple[str, str]], *blocks: bytes) -> bytes:
    """One record as one gzip member."""
    length = sum(map(len, blocks))
    engine = zlib.compressobj(LEVEL, zlib.DEFLATED, 31)
    head = f"WARC/1.1\r\n{_lines(fields)}Content-Length: {length}\r\n\r\n".encode("utf-8", "replace")
    if length < 4096:
        return engine.compress(b"".join((head, *blocks, b"\r\n\r\n"))) + engine.flush()
    pieces = [engine.compress(head)]
    pieces += [engine.compress(block) for block in blocks]
    pieces += [engine.compress(b"\r\n\r\n"), engine.flush()]
    return b"".join(pieces)


def _digest(*blocks: bytes) -> str:
    digest = hashlib.sha256()
    for block in blocks:
        digest.update(block)
    return f"sha256:{digest.hexdigest()}"


def _response_head(
    version: str, status: int, reason: str, headers: tuple[tuple[str, str], ...], length: int | None
) -> bytes:
    """Status line and headers as served, but for the transfer coding, which is already undone: its header is renamed,
    and the length says how long the stored body is."""
    version = version if version in ("HTTP/1.0", "HTTP/1.1") else "HTTP/1.1"
    kept = list(headers)
    if any(name.lower() in _DROPPED for name, _ in headers):
        kept = [
            (f"X-Archive-Orig-{name}" if name.lower() in _DROPPED else name, value)
            for name, value in headers
            if length is None or name.lower() != "content-length"
        ]
        if length is not None:
            kept.append(("Content-Length", str(length)))
    first = _one_line(f"{version} {status} {reason}".rstrip())
    return f"{first}\r\n{_lines(kept)}\r\n".encode("latin-1", "replace")


def _request_block(url: str, headers: tuple[tuple[str, str], ...], version: str) -> bytes:
    target = _BEFORE_PATH.sub("", url, count=1) or "/"
    if not target.startswith("/"):
        target = "/" + target
    first = _one_line(f"GET {target} {version if version.startswith('HTTP/1') else 'HTTP/1.1'}")
    return f"{first}\r\n{_lines(headers)}\r\n".encode("latin-1", "replace")


def _pair(exchange: Exchange, record_id: str, extra: list[tuple[str, str]], payload: str) -> tuple[bytes, bytes]:
    """Response and request records of one exchange, the request linked to its response."""
    date = record_date(exchange.started_at)
    head = _response_head(exchange.http_version, exchange.status, exchange.reason, exchange.headers, len(exchange.raw))
    about = [
        ("WARC-Type", "response"),
        ("WARC-Record-ID", record_id),
        ("WARC-Date", date),
        ("WARC-Target-URI", exchange.url),
    ]
    about += [("WARC-IP-Address", exchange.ip)] if exchange.ip else []
    about += extra
    about += [
        ("WARC-Payload-Digest", payload),
        ("WARC-Block-Digest", _digest(head, exchange.raw)),
        ("Content-Type", "application/http; msgtype=response"),
    ]
    response = _record(about, head, exchange.raw)
    return response, _request(exchange, record_id, date) if exchange.request_headers else b""


def _request(exchange: Exchange, record_id: str, date: str) -> bytes:
    block = _request_block(exchange.url, exchange.request_headers, exchange.http_version)
    return _record(
        [
            ("WARC-Type", "request"), ("WARC-Record-ID", _new_id()), ("WARC-Date", date),
            ("WARC-Target-URI", exchange.url), ("WARC-Concurrent-To", record_id),
            ("WARC-Block-Digest", _digest(block)), ("Content-Type", "application/http; msgtype=request"),
        ],
        block,
    )  # fmt: skip


def _final_exchange(response: Response) -> Exchange:
    return Exchange(
        response.final_url, response.status, response.reason, response.headers, response.raw, response.started_at,
        response.ip, response.http_version, response.request_headers,
    )  # fmt: skip


def records_of(
    response: Response,
    *,
    captured_at: dt.datetime | None = None,
    memento_url: str | None = None,
    payload_sha256: str | None = None,
) -> Records:
    """The records of a new capture: each redirect on the way, then response and request.

    For a copy from a web archive, `response` speaks in the original site's terms, `captured_at` is the time that the
    archive gave and `memento_url` the archive's own address of the copy: it then replays under the original address.
    `payload_sha256` is that of the raw body, where it is known already.
    """
    record_id = _new_id()
    final = _final_exchange(response)
    extra: list[tuple[str, str]] = []
    if captured_at is not None:
        final = replace(final, started_at=captured_at)
    if memento_url is not None:
        extra.append(("WARC-Source-URI", memento_url))
    payload = payload_sha256 or hashlib.sha256(response.raw).hexdigest()
    hops = b"".join(
        b"".join(_pair(hop, _new_id(), [("WARC-Concurrent-To", record_id)], _digest(hop.raw))) for hop in response.hops
    )
    first, second = _pair(final, record_id, extra, f"sha256:{payload}")
    return Records(hops + first + second, len(hops), record_id, payload)


def revisit_of(response: Response, original: Original, *, memento_url: str | None = None) -> Records:
    """The records of a capture whose body is the same as `original`, answered with 304 or in full. `memento_url` is the
    address of the copy where an archive gave it, as in `records_of`.

    The head of a 304 stands in a metadata record and the revisit's own block is empty: archives then replay the page
    with the original's head, where they would otherwise hand a reader the empty 304.
    """
    record_id = _new_id()
    exchange = _final_exchange(response)
    source = [("WARC-Source-URI", memento_url)] if memento_url is not None else []
    date = record_date(exchange.started_at)
    hops = b""
    for hop in response.hops:
        hops += b"".join(_pair(hop, _new_id(), [("WARC-Concurrent-To", record_id)], _digest(hop.raw)))
    not_modified = exchange.status == 304
    served = _response_head(exchange.http_version, exchange.status, exchange.reason, exchange.headers, None)
    head = b"" if not_modified else served
    about = [
        ("WARC-Type", "revisit"), ("WARC-Record-ID", record_id), ("WARC-Date", date), ("WARC-Target-URI", exchange.url),
        ("WARC-Profile", SAME_PAYLOAD), ("WARC-Refers-To", original.record_id),
        ("WARC-Refers-To-Target-URI", original.url), ("WARC-Refers-To-Date", record_date(original.captured_at)),
        ("WARC-Refers-To-Filename", original.warc_file), ("WARC-Refers-To-File-Offset", str(original.warc_offset)),
        ("WARC-Payload-Digest", f"sha256:{original.payload_sha256}"), ("WARC-Block-Digest", _digest(head)),
        ("Content-Type", "application/http; msgtype=response"),
    ]  # fmt: skip
    if exchange.ip:
        about.append(("WARC-IP-Address", exchange.ip))
    about += source
    data = hops + _record(about, head)
    data += _request(exchange, record_id, date) if exchange.request_headers else b""
    if not_modified:
        told = [("http-status", "304"), *((f"http-header-{name}", value) for name, value in exchange.headers)]
        data += metadata_of(record_id, exchange.url, exchange.started_at, told)
    return Records(data, len(hops), record_id, original.payload_sha256)


def metadata_of(record_id: str, url: str, captured_at: dt.datetime, told: Sequence[tuple[str, str]]) -> bytes:
    """A metadata record about another one, as name and value pairs: how the bytes came here, beyond HTTP."""
    block = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in told).encode("utf-8", "replace")
    return _record(
        [
            ("WARC-Type", "metadata"), ("WARC-Record-ID", _new_id()), ("WARC-Date", record_date(captured_at)),
            ("WARC-Target-URI", url), ("WARC-Refers-To", record_id), ("WARC-Block-Digest", _digest(block)),
            ("Content-Type", "application/warc-fields"),
        ],
        block,
    )  # fmt: skip


def free_name(home: Home, run_id: str, torn: Set[str] = frozenset()) -> str:
    """The name, without its ending, of the file that a run on this machine writes: the run's, or where another machine
    began the run, or its file is one of those that lost bytes (`torn`), one beside it. Raises StoreTrouble."""
    here = LocalBodies(home.captures).sizes()
    taken = (bodies_of(home).sizes().keys() - here.keys()) | torn
    names = itertools.chain([run_id], (f"{run_id}-{number}" for number in itertools.count(2)))
    return next(name for name in names if f"{name}{SUFFIX}" not in taken)


class WarcFile:
    """The file of one run, appended to by one thread. It is made when there is first something to keep."""

    def __init__(self, folder: Path, run_id: str, info: Mapping[str, str]) -> None:
        self.path = folder / f"{run_id}{SUFFIX}"
        self._info = info
        self._handle: BinaryIO | None = None
        self.size = self.path.stat().st_size if self.path.exists() else 0

    @property
    def name(self) -> str:
        return self.path.name

    def append(self, data: bytes) -> int:
        """Write at the end; gives the offset at which `data` begins. On disk only after `sync`."""
        if self._handle is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._handle = self.path.open("ab")
            if self.size == 0:
                self._write(_warcinfo(self.name, self._info))
                self.sync()
                sync_folder(self.path.parent)
        return self._write(data)

    def _write(self, data: bytes) -> int:
        assert self._handle is not None  # noqa: S101 - append opens it
        start = self.size
        self._handle.write(data)
        self.size += len(data)
        return start

    def sync(self) -> None:
        """Make everything appended durable."""
        if self._handle is not None:
            self._handle.flush()
            os.fsync(self._handle.fileno())

    def close(self) -> None:
        if self._handle is not None:
            with contextlib.suppress(OSError):  # what was not synced was never finished; its trouble was raised there
                self._handle.close()
            self._handle = None


def _warcinfo(name: str, info: Mapping[str, str]) -> bytes:
    block = "".join(f"{key}: {_one_line(value)}\r\n" for key, value in info.items() if value).encode()
    return _record(
        [
            ("WARC-Type", "warcinfo"), ("WARC-Record-ID", _new_id()),
            ("WARC-Date", record_date(dt.datetime.now(dt.UTC))),
            ("WARC-Filename", name), ("WARC-Block-Digest", _digest(block)), ("Content-Type", "application/warc-fields"),
        ],
        block,
    )  # fmt: skip


# -- repair


def whole_length(path: Path, start: int = 0) -> int:
    """How many bytes of the file, from the beginning, are whole records. `start` is an offset known to begin one."""
    good = start
    with path.open("rb") as handle:
        handle.seek(start)
        engine = zlib.decompressobj(31)
        position = start
        begun = False
        while chunk := handle.read(1 << 16):
            data = chunk
            while data:
                begun = True
                try:
                    engine.decompress(data, 1 << 20)
                except zlib.error:
                    return good
                if engine.eof:
                    rest = engine.unused_data
                    good = position + len(chunk) - len(rest)
                    engine, begun, data = zlib.decompressobj(31), False, rest
                else:
                    data = engine.unconsumed_tail
            position += len(chunk)
        while begun and not engine.eof:
            piece = engine.decompress(engine.unconsumed_tail, 1 << 20)
            if not piece:
                break
    return good


def repair(path: Path, start: int = 0) -> int:
    """Cut a torn tail off a file that a killed run left behind; gives the number of bytes cut. `start` is the offset of
    the last record that was finished, 0 where none was. Where not even that one is whole any more, nothing is cut: what
    is left of finished captures is not ours to drop."""
    size = path.stat().st_size
    good = whole_length(path, min(start, size))
    if start and good <= start:
        return 0
    if good < size:
        with path.open("rb+") as handle:
            handle.truncate(good)
            os.fsync(handle.fileno())
    return size - good


# -- reading


@dataclass(frozen=True)
class Stored:
    """One record as it lies in a file: its WARC headers, HTTP status and headers, and raw body (none in a revisit)."""

    type: str
    fields: dict[str, str]
    status: int | None
    headers: tuple[tuple[str, str], ...]
    raw: bytes

    def header(self, name: str) -> str | None:
        """All values of an HTTP header, joined by commas, or None."""
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(found) if found else None


def _open(home: Home, name: str) -> BinaryIO:
    if not _SAFE_NAME.fullmatch(name):
        raise WarcError(f"{name!r} is no file in captures/")
    return bodies_of(home).open(name)


_TORN: Final = (ArchiveLoadFailed, zlib.error, EOFError, AttributeError, ValueError, IndexError, UnicodeError)
"""What warcio raises where a file is torn: among it what a header that was cut in two makes it stumble over."""


def _stored(record: Any) -> Stored:
    http = record.http_headers
    status = None
    headers: tuple[tuple[str, str], ...] = ()
    if http is not None:
        with contextlib.suppress(ValueError, TypeError):
            status = int(http.get_statuscode())
        headers = tuple((str(name), str(value)) for name, value in http.headers)
    raw = b"" if record.rec_type == "revisit" else record.raw_stream.read()
    return Stored(record.rec_type, dict(record.rec_headers.headers), status, headers, raw)


def read_record(home: Home, warc_file: str, warc_offset: int) -> Stored:
    """The record at an offset. Raises WarcError where there is none, or it is not whole."""
    try:
        with _open(home, warc_file) as handle:
            handle.seek(warc_offset)
            for record in ArchiveIterator(handle):
                return _stored(record)
    except (OSError, StoreTrouble, *_TORN) as error:
        raise WarcError(f"{warc_file} at {warc_offset}: {error}") from error
    raise WarcError(f"{warc_file} ends before {warc_offset}")


def read_body(home: Home, row: Mapping[str, Any]) -> bytes:
    """The body of a capture after content decoding, through revisits to where its bytes lie.

    `row` needs warc_file and warc_offset. Raises WarcError where the bytes are not there.
    """
    name, offset = str(row["warc_file"]), int(row["warc_offset"])
    for _ in range(MAX_CHAIN):
        stored = read_record(home, name, offset)
        if stored.type != "revisit":
            try:
                return decode_body(stored.raw, stored.header("content-encoding"))
            except FetchError as error:
                raise WarcError(f"{name} at {offset}: {error.detail}") from error
        place = stored.fields.get("WARC-Refers-To-Filename"), stored.fields.get("WARC-Refers-To-File-Offset")
        if not place[0] or not (place[1] or "").isdigit():
            raise WarcError(f"{name} at {offset}: a revisit that does not say where its bytes lie")
        name, offset = place[0], int(place[1] or 0)
    raise WarcError(f"{name} at {offset}: revisits without end")


# -- verifying


@dataclass
class Verified:
    """What re-hashing found: number of captures looked at, of records and files, and findings, one line each."""

    captures: int = 0
    records: int = 0
    files: int = 0
    findings: list[str] = field(default_factory=list)
    bodies: set[str] = field(default_factory=set)
    """The SHA-256 of every body that a capture names."""


@dataclass(frozen=True)
class _Row:
    capture_id: str
    record_id: str
    body_sha256: str
    is_revisit: bool


def verify(home: Home, *, withheld: Set[str] = frozenset()) -> Verified:
    """Re-hash every record of every file and compare with the capture rows: each row's record must be at its offset and
    its body have the row's SHA-256; each revisit must lead to bytes that are there. The bytes of `withheld` bodies may
    have been erased: nothing is said of them."""
    from scrapers.work import capture_places

    report = Verified()
    places = capture_places(home)
    bodies: dict[tuple[str, int], str] = {}
    revisits: list[tuple[str, int, _Row, dict[str, str]]] = []
    there = bodies_of(home)
    here = LocalBodies(home.captures).sizes().keys()
    for name in sorted(here | (places.keys() & there.sizes().keys())):
        with _as_file(there, home.captures / name) as path:
            rows = {place[0]: _Row(*place[1:]) for place in places.pop(name, [])}
            report.bodies |= {row.body_sha256 for row in rows.values()}
            report.files += 1
            report.captures += len(rows)
            spoiled, last = "", max(rows, default=0)
            try:
                for offset, record, raw in _iterate(path):
                    report.records += 1
                    row = rows.pop(offset, None)
                    if row is None or row.body_sha256 not in withheld:
                        _verify_record(name, offset, record, raw, row, report, bodies, revisits)
            except (OSError, *_TORN) as error:
                spoiled = f"{name}: cannot be read to its end: {error}"
                for offset in sorted(rows):  # what lies behind a spoiled record is found by its row
                    with contextlib.suppress(OSError, *_TORN):
                        for _, record, raw in _iterate(path, offset, 1):
                            _verify_record(name, offset, record, raw, rows.pop(offset), report, bodies, revisits)
            size = path.stat().st_size
            good = whole_length(path)
            if good < size and good > last and not rows:
                report.findings.append(
                    f"{name}: the last {size - good} bytes are no whole record, and nothing that was finished lies in "
                    "them; where its run was cut off, the next sim-record collect takes them away, else "
                    f"{BACK}"
                )
            elif good < size or spoiled:
                report.findings.append(spoiled or f"{name}: the last {size - good} bytes are no whole record")
                report.findings[-1] += f"; {BACK}"
            for offset, row in rows.items():
                if row.body_sha256 in withheld:
                    continue
                report.findings.append(f"{name}: capture {row.capture_id} has no record at {offset}; {BACK}")
    for name, missing in sorted(places.items()):
        report.captures += len(missing)
        report.bodies |= {place[3] for place in missing}
        if all(place[3] in withheld for place in missing):
            continue
        report.findings.append(f"{name}: the file is missing; {len(missing)} capture(s) lie in it; {BACK}")
    for name, offset, row, fields in revisits:
        if row.body_sha256 in withheld:
            continue
        place = (fields.get("WARC-Refers-To-Filename", ""), int(fields.get("WARC-Refers-To-File-Offset", "-1")))
        if bodies.get(place) != row.body_sha256:
            report.findings.append(f"{name} at {offset}: capture {row.capture_id} leads to bytes that are not there")
    return report


@contextlib.contextmanager
def _as_file(there: Bodies, path: Path) -> Iterator[Path]:
    """The file itself where it is in the home, else a copy of the shared one for as long as it is looked at."""
    if path.is_file():
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="sim-record-") as folder, there.open(path.name) as handle:
        copy = Path(folder) / path.name
        with copy.open("wb") as target:
            shutil.copyfileobj(handle, target)
        yield copy


def _iterate(path: Path, start: int = 0, most: int | None = None) -> Iterator[tuple[int, Any, bytes]]:
    """(offset, record, raw body) of each record from `start` on, at most so many. warcio reads on to a record's end to
    tell its offset: body first."""
    with path.open("rb") as handle:
        handle.seek(start)
        records = ArchiveIterator(handle, check_digests=True)
        for record in itertools.islice(records, most):
            raw = record.raw_stream.read()
            yield records.get_record_offset(), record, raw


def _verify_record(
    name: str, offset: int, record: Any, raw: bytes, row: _Row | None, report: Verified,
    bodies: dict[tuple[str, int], str], revisits: list[tuple[str, int, _Row, dict[str, str]]],
) -> None:  # fmt: skip
    fields = dict(record.rec_headers.headers)
    if record.digest_checker.passed is False:
        report.findings.append(f"{name} at {offset}: {'; '.join(record.digest_checker.problems)}")
    if row is None:
        return
    if fields.get("WARC-Record-ID") != row.record_id:
        report.findings.append(f"{name} at {offset}: another record than capture {row.capture_id} says")
        return
    if row.is_revisit:
        revisits.append((name, offset, row, fields))
        return
    http = record.http_headers
    coding = ", ".join(value for key, value in http.headers if key.lower() == "content-encoding") if http else None
    try:
        body = decode_body(raw, coding)
    except FetchError as error:
        report.findings.append(f"{name} at {offset}: {error.detail}")
        return
    digest = hashlib.sha256(body).hexdigest()
    bodies[(name, offset)] = digest
    if digest != row.body_sha256:
        report.findings.append(f"{name} at {offset}: the body of capture {row.capture_id} has another SHA-256")
