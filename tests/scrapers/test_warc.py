"""Captures as WARC 1.1: what other tools make of them, repair, reading back, verifying."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from data.home import Home
from scrapers import warc
from scrapers.capture import Exchange, Hop, Response
from tests.conftest import TOOLS, need

WHEN = dt.datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=dt.UTC)
INFO = {"software": "test", "format": "WARC File Format 1.1"}


def response(
    body: bytes = b"<p>Words.</p>",
    *,
    url: str = "http://a.example/p?q=1",
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html"),),
    raw: bytes | None = None,
    hops: tuple[Exchange, ...] = (),
) -> Response:
    return Response(
        hops[0].url if hops else url, url, status, "OK", headers, body if raw is None else raw, body, WHEN, WHEN,
        "93.184.216.34", request_headers=(("Host", "a.example"), ("User-Agent", "T/1")),
        redirects=tuple(Hop(hop.status, hop.url, url) for hop in hops), hops=hops,
    )  # fmt: skip


def hop(url: str) -> Exchange:
    return Exchange(
        url, 301, "Moved", (("Location", "/p?q=1"),), b"moved", WHEN, "93.184.216.34", request_headers=(("Host", "x"),)
    )


def write(home: Home, *records: warc.Records, run: str = "run-1") -> list[int]:
    file = warc.WarcFile(home.captures, run, INFO)
    places = [file.append(one.data) + one.response_at for one in records]
    file.sync()
    file.close()
    return places


@pytest.fixture
def place(tmp_path: Path) -> Home:
    return Home(tmp_path)


def check_with_warcio(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
    assert "digest pass" in done.stdout


def test_records_are_what_warcio_expects(place: Home) -> None:
    made = warc.records_of(response(hops=(hop("http://a.example/old"),)))
    (at,) = write(place, made)
    path = place.captures / "run-1.warc.gz"
    check_with_warcio(path)
    with path.open("rb") as handle:
        records = [(record.rec_type, dict(record.rec_headers.headers)) for record in ArchiveIterator(handle)]
    assert [kind for kind, _ in records] == ["warcinfo", "response", "request", "response", "request"]
    fields = records[3][1]
    assert fields["WARC-Date"] == "2026-01-02T03:04:05.678901Z"
    assert fields["WARC-IP-Address"] == "93.184.216.34"
    assert fields["WARC-Record-ID"] == made.record_id
    assert fields["WARC-Payload-Digest"] == f"sha256:{made.payload_sha256}"
    assert records[4][1]["WARC-Concurrent-To"] == made.record_id
    assert records[1][1]["WARC-Concurrent-To"] == made.record_id
    assert records[1][1]["WARC-Target-URI"] == "http://a.example/old"
    stored = warc.read_record(place, "run-1.warc.gz", at)
    assert (stored.status, stored.raw) == (200, b"<p>Words.</p>")


def test_the_same_validator_does_see_a_wrong_byte(place: Home) -> None:
    made = warc.records_of(response(b"<p>AAAA</p>"))
    head = gzip.decompress(made.data).replace(b"AAAA", b"AAAB")
    (place.root / "captures").mkdir()
    path = place.captures / "bad.warc.gz"
    path.write_bytes(gzip.compress(head))
    done = subprocess.run([sys.executable, "-m", "warcio.cli", "check", str(path)], capture_output=True, text=True)
    assert done.returncode == 1


def test_transfer_coding_is_gone_and_content_coding_kept(place: Home) -> None:
    raw = gzip.compress(b"<p>Words.</p>")
    headers = (("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip"), ("Content-Length", "7"), ("X-A", "b"))
    (at,) = write(place, warc.records_of(response(headers=headers, raw=raw)))
    stored = warc.read_record(place, "run-1.warc.gz", at)
    names = [name for name, _ in stored.headers]
    assert "Transfer-Encoding" not in names
    assert stored.header("X-Archive-Orig-Transfer-Encoding") == "chunked"
    assert stored.header("content-length") == str(len(raw))
    assert stored.raw == raw
    assert warc.read_body(place, {"warc_file": "run-1.warc.gz", "warc_offset": at}) == b"<p>Words.</p>"


def test_a_revisit_leads_to_the_bytes(place: Home) -> None:
    first = warc.records_of(response())
    (at,) = write(place, first)
    original = warc.Original("run-1.warc.gz", at, first.record_id, "http://a.example/p?q=1", WHEN, first.payload_sha256)
    again = warc.revisit_of(response(b"", status=304, headers=(("ETag", '"1"'),)), original)
    (there,) = write(place, again, run="run-2")
    check_with_warcio(place.captures / "run-2.warc.gz")
    stored = warc.read_record(place, "run-2.warc.gz", there)
    assert stored.type == "revisit"
    assert stored.fields["WARC-Refers-To"] == first.record_id
    assert stored.fields["WARC-Payload-Digest"] == f"sha256:{first.payload_sha256}"
    assert warc.read_body(place, {"warc_file": "run-2.warc.gz", "warc_offset": there}) == b"<p>Words.</p>"


def test_headers_cannot_break_out_of_their_lines(place: Home) -> None:
    odd = (("X-A", "b\r\nX-Evil: yes"), ("X-Näme", "ünïcode — dash"), ("X\nY", "z"))
    (at,) = write(place, warc.records_of(response(headers=odd)))
    stored = warc.read_record(place, "run-1.warc.gz", at)
    assert stored.header("X-Evil") is None
    assert stored.raw == b"<p>Words.</p>"
    check_with_warcio(place.captures / "run-1.warc.gz")


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200_000))
def test_any_body_comes_back(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    home = Home(tmp_path_factory.mktemp("w"))
    (at,) = write(home, warc.records_of(response(body)))
    assert warc.read_body(home, {"warc_file": "run-1.warc.gz", "warc_offset": at}) == body


# -- repair


def test_a_torn_tail_is_cut_at_every_byte(place: Home) -> None:
    first, second = warc.records_of(response(b"one")), warc.records_of(response(b"two" * 50))
    places = write(place, first, second)
    path = place.captures / "run-1.warc.gz"
    whole = path.read_bytes()
    ends = [len(whole) - len(second.data)]
    assert warc.whole_length(path) == len(whole)
    for cut in range(ends[0], len(whole), 7):
        path.write_bytes(whole[:cut])
        warc.repair(path, places[0])
        left = path.stat().st_size
        assert ends[0] <= left <= cut
        if cut % 50 == ends[0] % 50:
            check_with_warcio(path)
        assert warc.whole_length(path) == left
        assert warc.read_body(place, {"warc_file": "run-1.warc.gz", "warc_offset": places[0]}) == b"one"


def test_rubbish_at_the_end_is_cut(place: Home) -> None:
    write(place, warc.records_of(response()))
    path = place.captures / "run-1.warc.gz"
    size = path.stat().st_size
    for rubbish in (b"\0" * 5000, b"\x1f\x8b", b"not gzip", gzip.compress(b"x" * 100)[:-3]):
        with path.open("ab") as handle:
            handle.write(rubbish)
        assert warc.repair(path) == len(rubbish)
        assert path.stat().st_size == size
    assert warc.repair(path) == 0


def test_a_file_is_gone_on_with_after_repair(place: Home) -> None:
    write(place, warc.records_of(response(b"one")))
    (at,) = write(place, warc.records_of(response(b"two")))
    assert warc.read_body(place, {"warc_file": "run-1.warc.gz", "warc_offset": at}) == b"two"
    check_with_warcio(place.captures / "run-1.warc.gz")


def test_nothing_is_made_where_there_is_nothing_to_keep(place: Home) -> None:
    file = warc.WarcFile(place.captures, "run-1", INFO)
    file.sync()
    file.close()
    assert not place.captures.exists()


# -- reading what is not there


@pytest.mark.parametrize(
    ("name", "offset"), [("run-1.warc.gz", 10**9), ("run-1.warc.gz", 3), ("none.warc.gz", 0), ("../x", 0), ("a/b", 0)]
)
def test_what_is_not_there_is_said(place: Home, name: str, offset: int) -> None:
    write(place, warc.records_of(response()))
    with pytest.raises(warc.WarcError):
        warc.read_body(place, {"warc_file": name, "warc_offset": offset})


def test_revisits_in_a_circle_end(place: Home) -> None:
    first = warc.records_of(response())
    original = warc.Original("run-1.warc.gz", 0, first.record_id, "http://a.example/", WHEN, "0" * 64)
    file = warc.WarcFile(place.captures, "run-1", INFO)
    start = file.append(b"")
    made = warc.revisit_of(response(b""), warc.Original(**{**original.__dict__, "warc_offset": start}))
    file.append(made.data)
    file.sync()
    file.close()
    with pytest.raises(warc.WarcError):
        warc.read_body(place, {"warc_file": "run-1.warc.gz", "warc_offset": start})


def test_wacz_can_be_made(place: Home, tmp_path: Path) -> None:
    wacz = str(TOOLS / "wacz" / "bin" / "wacz")
    need(Path(wacz).exists(), f"wacz in {TOOLS / 'wacz'} (bash .ci/run makes it)")
    write(place, warc.records_of(response(hops=(hop("http://a.example/old"),))))
    target = tmp_path / "out.wacz"
    done = subprocess.run(
        [wacz, "create", "-o", str(target), str(place.captures / "run-1.warc.gz")], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    checked = subprocess.run([wacz, "validate", "-f", str(target)], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_payload_digest_is_of_the_bytes_as_served() -> None:
    raw = gzip.compress(b"x")
    made = warc.records_of(response(b"x", raw=raw, headers=(("Content-Encoding", "gzip"),)))
    assert made.payload_sha256 == hashlib.sha256(raw).hexdigest()
