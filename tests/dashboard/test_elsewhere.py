"""What is offered for other tools, run in them against a served record: Python, curl, DuckDB's own shell, a notebook."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from dashboard.notebooks import files
from dashboard.parts import console
from dashboard.sql.questions import QUESTIONS
from dashboard.start import Context
from data.home import Home
from tests.conftest import need
from tests.support.served import served

HARD = "SELECT name, 'it''s \"so\" $HOME `x` \\' AS x\nFROM organisation -- a remark; é\nORDER BY name LIMIT 2;"
DUCKDB = shutil.which("duckdb") or shutil.which("duckdb", path=str(Path(sys.executable).parent))


@pytest.fixture(scope="module")
def site(published_home: Home) -> Iterator[str]:
    """The address of the record, served by a process of its own."""
    with served(published_home) as (address, _):
        yield address


def run(site: str, *command: str, text: str | None = None, folder: Path | None = None) -> str:
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, timeout=120, cwd=folder,
        env={**os.environ, "SIM_RECORD_BASE": site, "PATH": f"{Path(DUCKDB or '/').parent}:{os.environ['PATH']}"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def offered(context_of: Callable[[Home], Context], published_home: Home, site: str) -> Callable[[str], str]:
    """A file of /start as it is served, after a look that it is the one of this record."""
    import httpx

    context = context_of(published_home)

    def get(name: str) -> str:
        answer = httpx.get(f"{site}/start/{name}")
        assert answer.status_code == 200 and f'filename="{name}"' in answer.headers["content-disposition"]
        assert answer.text == files.written(context, name)[0]  # type: ignore[index]
        return answer.text

    return get


def disputed(context: Context) -> list[str]:
    return [row[0] for row in context.record.rows(files.FIRST.sql)]


def test_the_python_opens_parquet_and_database(
    offered: Callable[[str], str], site: str, context_of: Callable[[Home], Context], published_home: Home
) -> None:
    said = run(site, sys.executable, "-", text=offered("open.py"))
    names = disputed(context_of(published_home))
    assert names and all(name in said for name in names)
    assert "on_date" in said and "One public position of one body." in said


def test_the_notebook_is_one_and_holds_the_same(offered: Callable[[str], str], site: str) -> None:
    book = json.loads(offered("open.ipynb"))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])
    code = [cell["source"] for cell in book["cells"] if cell["cell_type"] == "code"]
    assert "\n\n\n".join(code) in offered("open.py")


def test_the_shell_opens_parquet_and_database(
    offered: Callable[[str], str],
    site: str,
    tmp_path: Path,
    context_of: Callable[[Home], Context],
    published_home: Home,
) -> None:
    need(DUCKDB, "duckdb-cli is not installed")
    need(shutil.which("curl"), "curl is not installed")
    said = run(site, "sh", "-s", text=offered("open.sh"), folder=tmp_path)
    names = disputed(context_of(published_home))
    assert names and all(name in said for name in names)
    assert {path.name for path in tmp_path.iterdir()} == {"record.duckdb", "timeline.parquet"}


def test_the_r_names_the_same_files_and_is_whole(offered: Callable[[str], str]) -> None:
    text = offered("open.R")
    assert files.TABLE in text and files.DATABASE in text and files.FIRST.sql in text
    for opening, closing in ("()", "{}", "[]"):
        assert text.count(opening) == text.count(closing)


def test_the_page_shows_each_file_as_it_is_served(offered: Callable[[str], str], site: str) -> None:
    import httpx

    page = BeautifulSoup(httpx.get(f"{site}/start").text, "html.parser")
    shown = {str(code["aria-label"]): code.get_text() for code in page.select("pre.code")}
    for name in ("open.py", "open.R", "open.sh"):
        assert shown[name] == offered(name).rstrip("\n")
        assert page.select_one(f'a[href="/start/{name}"]') is not None
    assert httpx.get(f"{site}/start/open.exe").status_code == 404


@pytest.mark.parametrize("question", [HARD, QUESTIONS[-1].sql], ids=["hard", "saved"])
def test_copies_of_a_question_run_as_they_stand(
    context_of: Callable[[Home], Context], published_home: Home, site: str, question: str
) -> None:
    context = context_of(published_home)
    base = context.programme.programme.base_url.rstrip("/")
    answer = console.asked(context, question).answer
    assert answer is not None
    wanted = [["" if value is None else str(value) for value in row] for row in answer.rows]
    need(shutil.which("curl"), "curl is not installed")
    said = run(site, "sh", "-c", console.as_curl(context, question).replace(base, site))
    header, *rows = csv.reader(io.StringIO(said))
    assert header == [column.name for column in answer.columns] and rows == wanted
    code = console.as_python(context, question).replace(base, site) + "\nprint(json.dumps([names, rows]))"
    names, found = json.loads(run(site, sys.executable, "-c", code))
    assert names == header and [["" if v is None else str(v) for v in row.values()] for row in found] == wanted
    # for DuckDB's shell the tables come over HTTP by an extension that it fetches itself; here they are fetched before
    need(DUCKDB, "duckdb-cli is not installed")
    text = console.as_duckdb(context, question).split("\n", 1)[1]
    for name in console.named_tables(context, question):
        file = Path(run(site, "mktemp").strip())
        run(site, "curl", "-fsS", "-o", str(file), f"{site}/api/v1/{name}.parquet")
        text = text.replace(f"'{base}/api/v1/{name}.parquet'", f"read_parquet('{file}')")
    header, *rows = csv.reader(io.StringIO(run(site, str(DUCKDB), "-csv", "-nullvalue", "", text=text)))
    assert header == [column.name for column in answer.columns] and rows == wanted
