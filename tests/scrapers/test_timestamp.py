"""Time stamps by a service of openssl's on loopback, verified by openssl; refusals leave a whole edition without one."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from data.editions import Edition, editions
from data.home import Home
from data.programme import ProgrammeError, read_programme
from scrapers.build import build
from scrapers.check import check_home
from scrapers.timestamp import StampError, stamp
from tests.conftest import need
from tests.support.stamping import Stamping, stamping


@pytest.fixture(scope="module")
def service() -> Iterator[Stamping]:
    need(shutil.which("openssl"), "openssl is not installed")
    with stamping() as running:
        yield running


def named(home: Home, url: str) -> None:
    path = home.programme_file
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('timestamp_url = ""', f'timestamp_url = "{url}"'), encoding="utf-8")


def command(home: Home, *words: str) -> tuple[int, dict[str, object], str]:
    done = subprocess.run(
        [sys.executable, "-m", "sim_record", "edition", *words, "--home", str(home.root), "--json"],
        capture_output=True, text=True, timeout=180,
    )  # fmt: skip
    return done.returncode, json.loads(done.stdout or "{}"), done.stderr


def test_an_edition_is_stamped_and_openssl_verifies_it(empty_home: Home, service: Stamping) -> None:
    named(empty_home, service.url)
    build(empty_home)
    service.turn = lambda _: (503, b"later")
    code, told, said = command(empty_home)
    (made,) = editions(empty_home)
    assert code == 1 and told["ok"] is False and told["new"] is True and not made.stamp.exists()
    assert "503" in said and f"sim-record edition --stamp {made.name}" in said
    assert check_home(empty_home).findings == []

    service.turn = lambda body: (200, body)
    code, told, said = command(empty_home, "--stamp", made.name)
    assert code == 0 and told["ok"] and told["stamp"] and made.stamp.exists(), said
    sums = made.folder / "SHA256SUMS"
    verify = ["openssl", "ts", "-verify", "-in", str(made.stamp), "-CAfile", str(service.ca), "-data"]
    good = subprocess.run([*verify, str(sums)], capture_output=True, text=True, timeout=60)
    assert good.returncode == 0 and "Verification: OK" in good.stdout + good.stderr
    other = subprocess.run([*verify, str(made.folder / "edition.json")], capture_output=True, text=True, timeout=60)
    assert other.returncode != 0
    assert "record@sim-record.example" in service.agents[-1]
    assert check_home(empty_home).findings == []

    with pytest.raises(StampError, match="never replaced"):
        stamp(made, read_programme(empty_home.programme_file))
    assert command(empty_home, "--stamp", "2001-01-01")[0] == 2

    made.stamp.chmod(0o644)
    token = bytearray(made.stamp.read_bytes())
    made.stamp.write_bytes(b"no stamp")
    assert any("no time stamp that can be read" in one for one in check_home(empty_home).findings)
    place = bytes(token).index(bytes.fromhex(made.sha256))
    token[place] ^= 1
    made.stamp.write_bytes(token)
    assert any("stamps other bytes" in one for one in check_home(empty_home).findings)


@pytest.fixture
def issued(tmp_path: Path, empty_home: Home) -> Edition:
    """Something with a list of hashes, in place of an edition that takes seconds to make."""
    import hashlib

    folder = empty_home.editions / "2026-11-23"
    folder.mkdir(parents=True)
    (folder / "SHA256SUMS").write_text(f"{'0' * 64}  index.html\n", encoding="utf-8")
    digest = hashlib.sha256((folder / "SHA256SUMS").read_bytes()).hexdigest()
    (folder / "edition.json").write_text(json.dumps({"edition": "2026-11-23", "sha256": digest}), encoding="utf-8")
    return editions(empty_home)[0]


def test_a_rejection_is_told_in_the_services_words(empty_home: Home, issued: Edition, service: Stamping) -> None:
    # PKIStatusInfo: status 2 (rejection), a free text, failure badAlg
    words = b"\x0c\x09not today"
    status = b"\x02\x01\x02" + b"\x30" + bytes([len(words)]) + words + b"\x03\x02\x07\x80"
    info = b"\x30" + bytes([len(status)]) + status
    service.turn = lambda _: (200, b"\x30" + bytes([len(info)]) + info)
    named(empty_home, service.url)
    with pytest.raises(StampError, match="not today"):
        stamp(issued, read_programme(empty_home.programme_file))


def test_answers_that_are_no_stamp_of_ours(empty_home: Home, issued: Edition, service: Stamping) -> None:
    named(empty_home, service.url)
    programme = read_programme(empty_home.programme_file)
    kept: list[bytes] = []

    def keep(body: bytes) -> tuple[int, bytes]:
        kept.append(body)
        return 200, b"<html>hello</html>"

    service.turn = keep
    with pytest.raises(StampError, match="no time stamp"):
        stamp(issued, programme)
    for answer, words in (
        ((200, kept[0]), "another request"), ((200, b""), "no time stamp"), ((301, b""), "301"),
        ((200, b"x" * (2 << 20)), "more than a stamp"),
    ):  # fmt: skip
        service.turn = lambda _, answer=answer: answer  # type: ignore[misc]
        with pytest.raises(StampError, match=words):
            stamp(issued, programme)
    assert not issued.stamp.exists() and [path.name for path in issued.folder.parent.iterdir()] == [issued.name]


def test_no_service_and_no_answer(empty_home: Home, issued: Edition) -> None:
    with pytest.raises(StampError, match="timestamp_url"):
        stamp(issued, read_programme(empty_home.programme_file))
    named(empty_home, "http://127.0.0.1:9")
    with pytest.raises(StampError, match="Try again with"):
        stamp(issued, read_programme(empty_home.programme_file))
    (issued.folder / "SHA256SUMS").write_text("altered\n", encoding="utf-8")
    with pytest.raises(StampError, match="not whole is not stamped"):
        stamp(issued, read_programme(empty_home.programme_file))


def test_an_address_that_is_none_is_a_finding(empty_home: Home) -> None:
    named(empty_home, "ftp://stamps.example")
    with pytest.raises(ProgrammeError, match="timestamp_url"):
        read_programme(empty_home.programme_file)


def test_check_names_an_edition_that_still_shows_a_withheld_body(empty_home: Home, issued: Edition) -> None:
    from scrapers.check import Report, _check_editions

    (issued.folder / "tables").mkdir()
    body = "ab" * 32
    duckdb.sql(f"COPY (SELECT '{body}' AS body_sha256) TO '{issued.folder}/tables/capture.parquet'")
    told = Report()
    _check_editions(empty_home, told, {body})
    assert any(body in one and f"{issued.name}.withheld" in one for one in told.findings)
    issued.withheld.write_text("By order of a court.", encoding="utf-8")
    told = Report()
    _check_editions(empty_home, told, {body})
    assert not any(body in one for one in told.findings)
