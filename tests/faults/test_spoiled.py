"""Files that lost bytes: the small file CURRENT, databases, WARC files, the register."""

from __future__ import annotations

import json
import os
import shutil
import time
import urllib.request

import duckdb
import pytest

from data.published import current_path, number_of, published_files
from scrapers.check import check_home
from tests.faults.injected import cut, ended, run, spoil, start, until
from tests.faults.watched import COLLECT, Watched, mended, whole
from tests.support.served import served


def sources_at(address: str) -> int:
    """How many sources a server's record has."""
    with urllib.request.urlopen(f"{address}/api/v1/sql?q=select+count(*)+as+n+from+source", timeout=30) as answer:
        told = json.loads(answer.read())
    return int(str(told["rows"][0][0] if isinstance(told["rows"][0], list) else told["rows"][0]["n"]))


@pytest.mark.parametrize(
    "left",
    [None, *(pytest.param(body, marks=pytest.mark.slow) for body in (b"", b"\xff\xfe\0record", b"record-999.duckdb"))],
)
def test_without_current_the_newest_record_is_served(place: Watched, left: bytes | None) -> None:
    place.served()
    if left is None:
        place.home.current_file.unlink()
    else:
        place.home.current_file.write_bytes(left)
    whole(place, wrong="CURRENT names .*readers fall back to record-.*run: sim-record build")
    mended(place, "build")


@pytest.mark.parametrize(
    "commands", [("edition",), pytest.param(("edition", "publish", "query x"), marks=pytest.mark.slow)]
)
def test_a_record_cut_off_under_a_server(place: Watched, commands: tuple[str, ...]) -> None:
    """Readers get the record before; edition and publish refuse; the next build publishes a whole one."""
    mended(place, "build")
    before = published_files(place.home)[-2]
    with served(place.home) as (address, _):
        pages = sources_at(address)
        cut(current_path(place.home), 0.9)
        place.number = number_of(before) or 0
        assert sources_at(address) == pages
        assert place.served() == number_of(before)
        wrong = r"record-\d+\.duckdb is cut off: \d+ of its \d+ bytes are there\. Run: sim-record build"
        whole(place, wrong=wrong)
        for command in commands:
            told = place.run(command)
            assert told.code == 1 and told.in_words and "is cut off" in told.said, told.said
        mended(place, "build")
        assert sources_at(address) == pages


@pytest.mark.slow
def test_a_record_with_a_spoiled_block_is_named(place: Watched) -> None:
    spoil(current_path(place.home), 0.6, 300_000)
    told = place.run("check")
    assert told.code == 1 and told.in_words and "sim-record build" in told.said, told.said
    mended(place, "build --anew")


@pytest.mark.slow
def test_a_search_index_cut_off(place: Watched) -> None:
    cut(place.home.root / "search.sqlite", 0.3)
    whole(place, wrong=r"search\.sqlite: .*sim-record build")
    mended(place, "build")


@pytest.mark.parametrize("shares", [(0.4,), pytest.param((0.0, 0.2, 0.7), marks=pytest.mark.slow)])
def test_a_working_database_cut_off_or_gone(place: Watched, shares: tuple[float, ...]) -> None:
    """Commands that write say what to do; done so, what was published is put back, and the next run goes on from it."""
    place.look()
    work = place.home.work_database
    place.site.edition += 1
    for share in shares:
        copy = shutil.copyfile(work, place.out.with_name("work-copy"))
        cut(work, share)
        found = check_home(place.home).findings
        assert any("work.duckdb" in one and "sim-record build" in one for one in found), found
        for command in ("collect", "build"):
            told = place.run(command)
            assert told.in_words and told.code in (0, 1), told.said
            assert told.code == 0 or "work.duckdb is spoiled" in told.said, told.said
            place.served()
        shutil.copyfile(copy, work)
        work.with_name("work.duckdb.wal").unlink(missing_ok=True)
    work.unlink()
    whole(place, wrong="work.duckdb is not here, though captures are published; run: sim-record build")
    mended(place, "build")
    place.site.edition += 1
    mended(place, "collect")
    work.unlink()
    (done,) = mended(place, "collect")
    assert "8 unchanged" in done.said, done.said


@pytest.mark.parametrize("shares", [(0.6,), pytest.param((0.05, 0.3, 0.8), marks=pytest.mark.slow)])
def test_a_torn_warc_file(place: Watched, shares: tuple[float, ...]) -> None:
    """What lost its bytes is named and asked for again; what is whole stays; the file put back makes all well."""
    place.site.edition += 1
    mended(place, "collect")
    path = sorted(place.home.captures.iterdir())[-1]
    right = path.read_bytes()
    for share in shares:
        path.write_bytes(right)
        cut(path, share)
        found = check_home(place.home).findings
        assert any(path.name in one and "put the file back from a backup" in one for one in found), found
        place.served()
        done = place.run("collect")
        assert done.code == 0 and "bytes of captures are missing; run: sim-record check" in done.said, done.said
        assert path.stat().st_size == int(len(right) * share), "what was left of it was altered"
    path.write_bytes(right)
    mended(place, "collect")


@pytest.mark.slow
def test_a_torn_warc_file_of_a_run_that_is_gone_on_with(place: Watched) -> None:
    """What the run keeps from then on goes into a file of its own."""
    place.site.edition += 1
    process = start(place.home, *COLLECT)
    known = len(list(place.home.captures.iterdir()))
    place.site.slow = 0.4

    def stored() -> bool:
        files = sorted(place.home.captures.iterdir())
        return len(files) > known and files[-1].stat().st_size > 3000

    until(stored, "captures are stored")
    time.sleep(0.4)  # the rows follow the bytes
    process.kill()
    ended(process, 0)
    place.site.slow = 0
    place.look()
    path = sorted(place.home.captures.iterdir())[-1]
    with duckdb.connect(str(place.home.work_database), read_only=True) as work:
        last = work.execute("SELECT max(warc_offset) FROM capture WHERE warc_file = ?", [path.name]).fetchone()
    assert last and last[0], "nothing was finished"
    right = path.read_bytes()
    os.truncate(path, last[0] + 100)
    told = run(place.home, "collect", "--resume", "--allow-private", "--no-archive")
    assert told.in_words and told.code in (0, 1), told.said
    assert path.read_bytes() == right[: last[0] + 100]
    with duckdb.connect(str(place.home.work_database), read_only=True) as work:
        files = {row[0] for row in work.execute("SELECT DISTINCT warc_file FROM capture").fetchall()}
    assert files == {file.name for file in place.home.captures.iterdir()}
    path.write_bytes(right)
    mended(place, "collect")


SPOILED = {
    "half": lambda right: right[: len(right) // 2 + 7],
    "not text": lambda right: right[:300] + b"\xff\xfe\0\1" + right[300:],
    "empty": lambda right: b"",
    "zeros": lambda right: bytes(len(right)),
}


@pytest.mark.parametrize("how", ["half", *(pytest.param(how, marks=pytest.mark.slow) for how in list(SPOILED)[1:])])
def test_a_spoiled_register(place: Watched, how: str) -> None:
    path = place.home.register / "sources.csv"
    right = path.read_bytes()
    path.write_bytes(SPOILED[how](right))
    try:
        for command in ("build",) if how == "half" else ("collect", "build"):
            told = place.run(command)
            assert told.code == 1 and told.in_words and "sources.csv:" in told.said, told.said
            assert "Nothing was published" in told.said
        whole(place, wrong=r"sources\.csv:\d+: ")
    finally:
        path.write_bytes(right)
    mended(place, "build" if how == "half" else "collect")
