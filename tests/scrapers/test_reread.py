"""Stored captures read again: from real WARCs, by the real readers, without a change of any page."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zlib
from collections.abc import Callable

import pytest
from typer.testing import CliRunner

from data.home import Home
from data.programme import read_programme
from data.published import open_current
from scrapers import work
from scrapers.collect import CollectOptions, collect
from scrapers.reading import PROJECT
from scrapers.reread import reread
from sim_record import app
from tests.support.loopback import serving

PAGES = {
    f"/page{number}": (
        "text/html; charset=utf-8",
        f"<html><head><title>Page {number}</title></head><body><main><h1>Page {number}</h1>"
        f"<p>Serenity Integrated Mentoring is spoken of on this page, the {number}th of a few, in a paragraph.</p>"
        "<p>A second paragraph says something else at some length, so that there is a text to read.</p></main></body></html>".encode(),
    )
    for number in range(4)
}


@pytest.fixture
def collected(home_with_sources: Callable[[dict[str, str]], Home]) -> Home:
    with serving(PAGES) as site:
        home = home_with_sources({f"page-{number}": f"{site}/page{number}" for number in range(4)})
        text = home.programme_file.read_text(encoding="utf-8").replace("\ndelay = 1\n", "\ndelay = 0\n")
        home.programme_file.write_text(text, encoding="utf-8")
        options = CollectOptions(allow_private=True, use_archives=False, quiet=True)
        collect(home, read_programme(home.programme_file), options)
    return home


def test_reading_all_again_adds_readings_and_no_change(collected: Home) -> None:
    programme = read_programme(collected.programme_file)
    with work.open_work(collected) as connection:
        connection.execute("UPDATE extraction SET extractor = 'html/0', extraction_id = 'old-' || capture_id")
        connection.execute("UPDATE extraction SET text = 'Another text.', text_sha256 = 'x' WHERE source_id = 'page-0'")
        connection.execute("UPDATE passage SET extraction_id = 'old-' || capture_id, passage_id = 'old-' || passage_id")
    asked: list[tuple[int, int]] = []
    done = reread(collected, programme, everything=True, processes=1, tick=lambda n, of: asked.append((n, of)))
    assert (done.captures, done.new, done.failed) == (4, 4, 0)
    assert asked[-1] == (4, 4)
    with work.open_work(collected) as connection:
        found = connection.execute("SELECT count(*), count(DISTINCT extractor) FROM extraction").fetchone()
        assert found == (8, 2)
        assert connection.execute("SELECT count(*) FROM change").fetchone() == (0,)
        ours = connection.execute("SELECT DISTINCT source_id FROM rereading").fetchall()
        assert ours == [("page-0",)]
    again = reread(collected, programme, everything=True, processes=1)
    assert (again.captures, again.new) == (4, 0)


def test_by_default_only_what_was_not_read(collected: Home) -> None:
    programme = read_programme(collected.programme_file)
    assert reread(collected, programme).captures == 0
    with work.open_work(collected) as connection:
        connection.execute("DELETE FROM passage WHERE source_id = 'page-2'")
        connection.execute("DELETE FROM extraction WHERE source_id = 'page-2'")
    done = reread(collected, programme, processes=1)
    assert (done.captures, done.new) == (1, 1)


def test_a_reader_loads_neither_the_database_nor_what_fetches() -> None:
    """There are several of them, and each would hold all of it."""
    program = (
        "import sys, scrapers.reading_worker, scrapers.extract.reader; "
        "print([name for name in ('duckdb', 'httpx', 'pydantic', 'docx', 'pypdfium2') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def test_a_source_that_there_is_not_is_said(collected: Home) -> None:
    done = CliRunner().invoke(app, ["extract", "page-9", "--home", str(collected.root)])
    assert done.exit_code == 1
    assert "There is no source 'page-9' in sources.csv." in done.stderr


def test_spoiled_bytes_are_not_read_and_are_named(collected: Home) -> None:
    """A body that was damaged where it lies is no other text of the page."""
    (file,) = collected.captures.glob("*.warc.gz")
    whole = file.read_bytes()
    with work.open_work(collected) as connection:
        (at,) = connection.execute("SELECT warc_offset FROM capture WHERE source_id = 'page-1'").fetchone() or (0,)
        connection.execute("DELETE FROM passage WHERE source_id IN ('page-1', 'page-3')")
        connection.execute("DELETE FROM extraction WHERE source_id IN ('page-1', 'page-3')")
    with file.open("rb") as handle:
        handle.seek(at)
        record = zlib.decompressobj(31).decompress(handle.read())
    told = gzip.compress(record.replace(b"spoken of", b"hidden on"))
    file.write_bytes(whole[:at] + told + whole[at + len(told) :])
    done = CliRunner().invoke(app, ["extract", "--home", str(collected.root)])
    assert done.exit_code == 1
    assert f"page-1: {file.name} at {at}: these are not the bytes that were captured" in done.stderr
    with work.open_work(collected) as connection:
        assert connection.execute("SELECT count(*) FROM extraction WHERE source_id = 'page-1'").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM extraction WHERE source_id = 'page-3'").fetchone() == (1,)
    file.write_bytes(whole)
    done = CliRunner().invoke(app, ["extract", "--home", str(collected.root)])
    assert (done.exit_code, "1 new readings" in done.stderr) == (0, True), "put back, it is read"


def test_earlier_readings_show_no_more_than_the_present_one(collected: Home) -> None:
    """A number that an older rule left in clear goes from all that is published, and no page has changed by that."""
    programme = read_programme(collected.programme_file)
    with work.open_work(collected) as connection:
        connection.execute("UPDATE extraction SET extractor = 'html/0', extraction_id = 'old-' || capture_id")
        connection.execute(
            "UPDATE passage SET extraction_id = 'old-' || capture_id, passage_id = 'old-' || passage_id, "
            "text = replace(text, 'spoken of', 'spoken of (020.7946.0000)')"
        )
        connection.execute("UPDATE extraction SET text = replace(text, 'spoken of', 'spoken of (020.7946.0000)')")
    reread(collected, programme, everything=True, processes=1)
    with open_current(collected) as connection:
        told = connection.execute("SELECT count(*) FROM passage WHERE text LIKE '%([phone number])%'").fetchone()
        assert told == (4,)
        for table in ("passage", "extraction"):
            left = connection.execute(
                f"SELECT count(*) FROM {table} t WHERE to_json(t)::VARCHAR LIKE '%7946%'"
            ).fetchone()
            assert left == (0,), table
        misplaced = connection.execute(
            "SELECT count(*) FROM passage p JOIN extraction e USING (extraction_id) "
            "WHERE substr(e.text, char_start + 1, char_end - char_start) <> p.text"
        ).fetchone()
        assert misplaced == (0,)
        assert connection.execute("SELECT count(*) FROM change").fetchone() == (0,)


def test_earlier_readings_are_gone_through_once_for_each_set_of_rules(
    collected: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    programme = read_programme(collected.programme_file)
    gone_through: list[str] = []
    monkeypatch.setattr("scrapers.reread.mask_earlier", lambda *_: gone_through.append("all"))
    reread(collected, programme, processes=1)
    reread(collected, programme, everything=True, processes=1)
    assert len(gone_through) == 2, "only with all read anew is every reading of older rules an earlier one"
    reread(collected, programme, everything=True, processes=1)
    assert len(gone_through) == 2
    monkeypatch.setattr("scrapers.remask._rules_digest", lambda: "other rules")
    reread(collected, programme, processes=1)
    assert len(gone_through) == 3


def test_a_reading_that_could_not_be_made_anew_keeps_the_masking_open(
    collected: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read of it before has no later reading yet, and is to be gone through once it has."""
    programme = read_programme(collected.programme_file)
    gone_through: list[str] = []
    monkeypatch.setattr("scrapers.reread.mask_earlier", lambda *_: gone_through.append("all"))
    for warc in collected.captures.glob("*.warc.gz"):
        warc.rename(warc.with_suffix(".away"))
    assert reread(collected, programme, everything=True, processes=1).spoiled
    for away in collected.captures.glob("*.away"):
        away.rename(away.with_suffix(".gz"))
    assert not reread(collected, programme, everything=True, processes=1).spoiled
    reread(collected, programme, everything=True, processes=1)
    assert len(gone_through) == 2
