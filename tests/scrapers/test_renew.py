"""The next publication made from the last one holds the same rows as one made anew, and costs only what changed."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from data.home import Home
from data.published import current_path, open_current
from scrapers import build as building
from scrapers.build import build
from scrapers.renew import Base, prints_path, read_prints
from tests.support.grown_home import Size, collect_again, grown_home, source_id

SIZE = Size(60, 3, 5)


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with 60 made-up pages, published once."""
    home = grown_home(tmp_path_factory.mktemp("grown") / "home", SIZE)
    build(home)
    return home


@pytest.fixture
def bases(monkeypatch: pytest.MonkeyPatch) -> list[Base | None]:
    """What each build of the test went on from."""
    seen: list[Base | None] = []
    inner = building.base_for

    def base_for(home: Home, now: building.Prints) -> Base | None:
        seen.append(inner(home, now))
        return seen[-1]

    monkeypatch.setattr(building, "base_for", base_for)
    return seen


def rows(home: Home) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table and view, but when it was built."""
    with open_current(home) as record:
        names = [row[0] for row in record.execute("SELECT table_name FROM information_schema.tables").fetchall()]
        return {
            name: record.execute(f'SELECT * FROM "{name}" ORDER BY ALL').fetchall() for name in names if name != "build"
        }


def test_a_build_goes_on_from_the_last_and_gives_what_one_anew_gives(grown: Home, bases: list[Base | None]) -> None:
    collect_again(grown, SIZE, 20, 0)
    with duckdb.connect(str(grown.work_database)) as work:  # an attempt that found no words, a page that is gone
        work.execute("UPDATE attempt SET outcome = 'no-text' WHERE attempt_id = 'a00002-000007'")
        for table in ("capture", "attempt", "extraction", "passage", "link"):
            work.execute(f"DELETE FROM {table} WHERE source_id = ?", [source_id(11)])
    sources = grown.register / "sources.csv"
    told = sources.read_text(encoding="utf-8")
    sources.write_text(told.replace("Page 5 (synthetic)", "Another name (synthetic)"), encoding="utf-8")
    build(grown)
    renewed = rows(grown)
    assert bases[-1] is not None
    build(grown, anew=True)
    anew = rows(grown)
    assert {name: len(found) for name, found in renewed.items()} == {name: len(found) for name, found in anew.items()}
    assert renewed == anew
    assert any(row[0] == source_id(5) and row[2] == "Another name (synthetic)" for row in renewed["source"])


def test_nothing_new_inserts_nothing(grown: Home, bases: list[Base | None]) -> None:
    build(grown)
    before = read_prints(current_path(grown))
    build(grown)
    after = read_prints(current_path(grown))
    assert before is not None and after is not None
    assert bases[-1] is not None
    assert (after.rows, after.added, after.sources) == (before.rows, before.added, before.sources)


@pytest.mark.parametrize("harm", ["no prints", "prints of another file", "torn record"])
def test_what_cannot_be_gone_on_from_is_made_anew(grown: Home, bases: list[Base | None], harm: str) -> None:
    build(grown)
    wanted = rows(grown)
    record = current_path(grown)
    if harm == "no prints":
        prints_path(record).unlink()
    elif harm == "prints of another file":
        prints_path(record).write_text("[]", encoding="utf-8")
    else:
        whole = record.read_bytes()
        record.write_bytes(whole[:8192] + bytes(len(whole) - 8192))
    build(grown)
    assert rows(grown) == wanted
    assert (bases[-1] is None) == (harm != "torn record")


def test_prints_go_with_their_record(grown: Home) -> None:
    for _ in range(4):
        build(grown)
    left = {path.stem for path in Path(grown.root).glob("record-*.prints")}
    assert left == {path.stem for path in Path(grown.root).glob("record-*.duckdb")}
