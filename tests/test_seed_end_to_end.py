"""The main job on real input: a real statement served as page, PDF and DOCX, collected, read, and asked about."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from data.home import PACKAGE, Home
from tests.support import seed
from tests.support.loopback import serving

pytestmark = pytest.mark.skipif(not seed.SEED.is_file(), reason="the statement's text is not beside this checkout")

FORMS = ("html", "pdf", "docx")
REFERENCES = {
    "petition": "change.org/p/nhs-england-stopsim",
    "BASW": "basw.co.uk/media/news/2021/may/basw-responds",
    "RCOT": "rcot.co.uk/news/royal-college-statement",
    "BPS": "bps.org.uk/",
    "London report": "SIM-London-End-of-Year-Report-2020.pdf",
    "network site": "https://highintensitynetwork.org",
    "business case": "Business_Case",
    "slides": "slideshare.net/InnovationNWC",
    "consensus statement": "consensus-statement-final.pdf",
}


@dataclass(frozen=True)
class Collected:
    home: Home
    summary: dict[str, object]

    def ask(self, sql: str) -> list[dict[str, str]]:
        done = subprocess.run(
            [sys.executable, "-m", "sim_record", "query", sql, "--format", "csv", "--home", str(self.home.root)],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        return list(csv.DictReader(io.StringIO(done.stdout)))


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collected]:
    root = tmp_path_factory.mktemp("seed")
    (root / "register").mkdir()
    settings = (PACKAGE / "programme.toml").read_text(encoding="utf-8").replace("\ndelay = 1\n", "\ndelay = 0\n")
    (root / "programme.toml").write_text(settings, encoding="utf-8")
    text = seed.SEED.read_text(encoding="utf-8")
    pages = {
        "/statement/": ("text/html; charset=utf-8", seed.as_html(text)),
        "/statement.pdf": ("application/pdf", seed.as_pdf(text)),
        "/statement.docx": (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            seed.as_docx(text),
        ),
    }
    with serving(pages) as site:
        lines = ["source_id,url,title,publisher_id,published_on,date_precision,format,kind,note"]
        for form, path in zip(FORMS, pages, strict=True):
            lines.append(f"seed-{form},{site}{path},Statement,,,,{form},statement,")
        (root / "register" / "sources.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "sim_record",
                "collect",
                "--home",
                str(root),
                "--allow-private",
                "--no-archive",
                "--json",
            ],
            capture_output=True,
            text=True,
            timeout=300,
        )
    assert done.returncode == 0, done.stderr
    yield Collected(Home(root), json.loads(done.stdout))


def test_three_captures_that_warcio_accepts(collected: Collected) -> None:
    rows = collected.ask("SELECT source_id, verdict, status FROM capture ORDER BY 1")
    assert rows == [{"source_id": f"seed-{form}", "verdict": "good", "status": "200"} for form in sorted(FORMS)]
    files = sorted(collected.home.captures.glob("*.warc.gz"))
    assert files
    warcio = Path(sys.executable).with_name("warcio")
    done = subprocess.run([warcio, "check", *files], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_title_and_date_are_read(collected: Collected) -> None:
    rows = {row["source_id"]: row for row in collected.ask("SELECT source_id, title, published_on FROM extraction")}
    assert len(rows) == 3
    for form in FORMS:
        assert rows[f"seed-{form}"]["title"].startswith(
            "ACP-UK Rapid Response: Concerns about the High Intensity Network"
        )
        assert rows[f"seed-{form}"]["published_on"] == "2021-05", form


def test_the_stated_totals_are_found_by_a_query(collected: Collected) -> None:
    rows = collected.ask(
        "SELECT source_id, text FROM passage WHERE text LIKE '%23 Mental Health Trusts and 18 Police Forces%' ORDER BY 1"
    )
    assert [row["source_id"] for row in rows] == [f"seed-{form}" for form in sorted(FORMS)]


@pytest.mark.parametrize("form", FORMS)
def test_references_are_outgoing_links(collected: Collected, form: str) -> None:
    urls = [row["url"] for row in collected.ask(f"SELECT url FROM link WHERE source_id = 'seed-{form}'")]
    for name, part in REFERENCES.items():
        assert any(part in url for url in urls), (name, urls)


@pytest.mark.parametrize("form", FORMS)
def test_the_seven_concerns_stand_each_in_a_passage_of_its_own(collected: Collected, form: str) -> None:
    rows = collected.ask(f"SELECT text FROM passage WHERE source_id = 'seed-{form}' ORDER BY position")
    wanted = [block.text for block in seed.blocks(seed.SEED.read_text(encoding="utf-8")) if block.kind == "concern"]
    assert len(wanted) == 7
    texts = [" ".join(row["text"].split()) for row in rows]
    for concern in wanted:
        number = concern.split(" ", 1)[0]
        opening = " ".join(concern.split()[:6]).replace("’", "'")
        holders = [text for text in texts if text.replace("’", "'").startswith(opening)]
        assert len(holders) == 1, (number, holders)
        assert not any(other != concern and other[:40] in holders[0] for other in wanted)


def test_passages_stand_where_they_say(collected: Collected) -> None:
    rows = collected.ask(
        """SELECT count(*) AS passages, count(*) FILTER (p.text <> substr(e.text, p.char_start + 1, p.char_end - p.char_start)) AS wrong
        FROM passage p JOIN extraction e USING (extraction_id)"""
    )
    assert int(rows[0]["passages"]) > 60
    assert rows[0]["wrong"] == "0"
