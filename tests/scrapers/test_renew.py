"""The next publication made from the last one holds the same rows as one made anew, and costs only what changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import duckdb
import pytest

from data.home import Home
from data.published import current_path, open_current
from scrapers import build as building
from scrapers.build import _made, build
from scrapers.renew import Base, Prints, prints_path, read_prints
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


class Short:
    """What makes a record, and lacks memory below so many MB; `broken`: the last publication is not whole."""

    def __init__(self, part: Path, enough: int, broken: str = "") -> None:
        self.part, self.enough, self.broken = part, enough, broken
        self.asked: list[tuple[bool, int]] = []

    def make(self, _source: Any, now: Any, base: Any, memory: int) -> Any:
        self.asked.append((base is not None, memory))
        self.part.write_text("begun")
        if base is not None and self.broken:
            raise duckdb.IOException(self.broken)
        if memory < self.enough:
            raise duckdb.OutOfMemoryException("Out of Memory Error: failed to pin block of size 256.0 KiB")
        return {}, now


@pytest.mark.parametrize(
    ("base", "enough", "broken", "asked"),
    [
        (True, 0, "", [(True, 128)]),
        (True, 512, "", [(True, 128), (True, 512)]),
        (True, 2_048, "", [(True, 128), (True, 512), (True, 2_048)]),
        (True, 512, "no such block", [(True, 128), (False, 128), (False, 512)]),
        (False, 512, "", [(False, 128), (False, 512)]),
        (False, 9_999, "", [(False, 128), (False, 512), (False, 2_048)]),
    ],
)
def test_what_is_short_of_memory_is_made_with_more_from_the_same_publication(
    tmp_path: Path, base: bool, enough: int, broken: str, asked: list[tuple[bool, int]]
) -> None:
    making = Short(tmp_path / "record-9.part", enough, broken)
    last: Any = Base(tmp_path / "record-8.duckdb", Prints("", "", "", {}), ()) if base else None
    now = Prints("", "", "", {})
    if enough > 2_048:
        with pytest.raises(duckdb.OutOfMemoryException):
            _made(cast(Any, making), None, now, last)
    else:
        assert _made(cast(Any, making), None, now, last) == ({}, now)
    assert making.asked == asked
    assert making.part.exists(), "what was made last is left; what failed before it was dropped"
