"""Contact details and the name of whoever asked for information: in the stored bytes, and on no surface that shows them."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dashboard.editions.make import issue
from dashboard.publish.publish import publish
from data.home import Home
from data.programme import read_programme
from data.published import open_current
from tests.scrapers.test_collect import gently, run
from tests.support.loopback import serving

SECRETS = (
    "jo.tester@clinic.example", "jo.writer@clinic.example", "020 7946 0999", "02079460999", "07700 900777", "Zebedee Quillfeather", "Quillfeather",
)  # fmt: skip


def foi(told: str) -> bytes:
    """A page in the shape of a request for information, with details that no reader is to see."""
    rows = "".join(
        f"<p>Paragraph {n} says what the trust did in the year {2010 + n}, and who decided it.</p>" for n in range(9)
    )
    return f"""<!doctype html><html lang="en"><head><title>Serenity Integrated Mentoring in this trust - a Freedom of
      Information request - WhatDoTheyKnow</title><meta name="author" content="Zebedee Quillfeather">
      <meta property="og:title" content="Asked by Zebedee Quillfeather (jo.tester@clinic.example)">
      <script type="application/ld+json">{{"@type": "Article", "author": {{"name": "Zebedee Quillfeather"}},
      "description": "Write to jo.tester@clinic.example"}}</script></head><body><main>
      <h1>Serenity Integrated Mentoring in this trust</h1>
      <p class="request-header__subtitle">Zebedee Quillfeather made this Freedom of Information request to a trust</p>
      {rows}<p>{told} Questions go to jo.tester@clinic.example or 020 7946 0999, or text 07700 900777.</p>
      <ul><li><a href="mailto:jo.writer@clinic.example">Write to jo.writer@clinic.example</a></li>
      <li><a href="tel:02079460999">Ring us</a></li></ul>
      <table><tr><th>Contact</th><th>Line</th></tr><tr><td>jo.writer@clinic.example</td><td>020 7946 0999</td></tr></table>
      <p>Yours faithfully,</p><p>Zebedee Quillfeather</p></main></body></html>""".encode()


@pytest.fixture
def collected(home_with_sources: Callable[[dict[str, str]], Home]) -> Iterator[Home]:
    pages = {"/request/sim": ("text/html", foi("The scheme was live in May 2021 in 23 trusts."))}
    with serving(pages) as site:
        home = gently(home_with_sources({"request": f"{site}/request/sim"}))
        run(home, read=True)
        pages["/request/sim"] = (
            "text/html",
            foi("The scheme was paused in June 2021, write to jo.tester@clinic.example."),
        )
        run(home, read=True)
    yield home


def inside(name: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """A file, and what is packed in it."""
    yield name, body
    if body[:2] == b"\x1f\x8b":
        yield from inside(f"{name}!", gzip.decompress(body))
    elif body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            for each in packed.namelist():
                yield from inside(f"{name}!{each}", packed.read(each))


def told_in(folder: Path, leave: tuple[str, ...] = ()) -> list[str]:
    """Where in a folder any of the secrets stands in clear."""
    found = []
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.name not in leave and not file.name.endswith(".warc.gz"):
            for name, body in inside(str(file.relative_to(folder)), file.read_bytes()):
                found += [f"{name}: {secret}" for secret in SECRETS if secret.encode() in body]
    return found


def everything(home: Home) -> list[str]:
    """Where in any text of the published tables they stand, whatever compression the file uses."""
    found = []
    with open_current(home) as connection:
        for (table,) in connection.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal").fetchall():
            for row in connection.execute(f'SELECT to_json(t)::VARCHAR FROM "{table}" t').fetchall():
                found += [f"{table}: {secret}" for secret in SECRETS if secret in row[0]]
    return found


def test_no_surface_shows_them(collected: Home, tmp_path: Path) -> None:
    for file in collected.captures.glob("*.warc.gz"):
        assert SECRETS[0].encode() in gzip.decompress(file.read_bytes()), "the capture keeps the bytes"
    with open_current(collected) as connection:
        told = "SELECT count(*) FROM passage WHERE text LIKE '%Questions go to [e-mail address]%[phone number]%'"
        assert connection.execute(told).fetchone() == (2,), "it was read, twice"
        assert connection.execute("SELECT count(*) FROM change").fetchone() == (1,)
    assert everything(collected) == []
    issue(collected, read_programme(collected.programme_file))
    publish(collected, tmp_path / "site", "https://record.example")
    assert told_in(tmp_path / "site") == []
    assert told_in(collected.root, leave=("work.duckdb", "work.duckdb.wal")) == []
