"""Captured bytes: given as files where programme.toml allows it, and nowhere else."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dashboard.publish.publish import publish
from data.home import Home
from scrapers.build import build
from scrapers.withhold import withhold
from tests.scrapers.test_collect import gently, page, run
from tests.support.loopback import serving
from tests.support.routes import client_of

WORD = "crocodile-in-a-test-page"
BODY = page("One", WORD)
PACKED = gzip.compress(BODY)
SHA = hashlib.sha256(BODY).hexdigest()


@pytest.fixture
def collected(home_with_sources: Callable[[dict[str, str]], Home]) -> Iterator[Home]:
    with serving({"/one": ("text/html", PACKED)}, headers={"Content-Encoding": "gzip"}) as site:
        home = gently(home_with_sources({"one": f"{site}/one"}))
        run(home, read=True)
    yield home


def public(home: Home) -> Home:
    text = home.programme_file.read_text(encoding="utf-8")
    text = text if "[public]" in text else text + "\n[public]\ncaptures = false\n"
    home.programme_file.write_text(text.replace("captures = false", "captures = true"), encoding="utf-8")
    return home


def test_they_are_not_given_unless_it_is_allowed(collected: Home) -> None:
    with client_of(collected) as client:
        assert client.get(f"/captures/{SHA}").status_code == 404
        assert "/captures/" not in client.get("/documents/one").text


def test_the_bytes_are_a_file_to_save(collected: Home) -> None:
    with client_of(public(collected)) as client:
        assert f'href="/captures/{SHA}"' in client.get("/documents/one").text
        answer = client.get(f"/captures/{SHA}")
        assert answer.status_code == 200 and answer.content == BODY
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["Cache-Control"] == "public, max-age=3600", "it may be withheld yet"
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        for unknown in ("0" * 64, "x", SHA.upper(), f"{SHA}%00"):
            assert client.get(f"/captures/{unknown}").status_code == 404, unknown


def test_withheld_or_lost_bytes_say_so(collected: Home) -> None:
    public(collected)
    (file,) = collected.captures.glob("*.warc.gz")
    whole = file.read_bytes()
    for damaged in (whole[: len(whole) // 2], b"", b"no gzip at all"):
        file.write_bytes(damaged)
        with client_of(collected) as client:
            answer = client.get(f"/captures/{SHA}")
            assert answer.status_code == 503 and "sim-record check" in answer.text
    file.write_bytes(whole)
    withhold(collected, SHA, "a court order made for this test", today=dt.date(2026, 11, 24))
    build(collected)
    with client_of(collected) as client:
        answer = client.get(f"/captures/{SHA}")
        assert answer.status_code == 410 and "a court order made for this test" in answer.text
        assert f'href="/captures/{SHA}"' not in client.get("/documents/one").text


def test_a_published_site_holds_no_captured_bytes(collected: Home, tmp_path: Path) -> None:
    public(collected)
    publish(collected, tmp_path / "site", "https://record.example")
    bodies = {hashlib.sha256(one.read_bytes()).hexdigest() for one in (tmp_path / "site").rglob("*") if one.is_file()}
    assert SHA not in bodies and hashlib.sha256(PACKED).hexdigest() not in bodies
    assert "the bytes" not in (tmp_path / "site" / "documents" / "one" / "index.html").read_text(encoding="utf-8")
    assert not list((tmp_path / "site").rglob("*.warc*")) and not (tmp_path / "site" / "captures").exists()
