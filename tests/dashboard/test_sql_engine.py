"""Questions in SQL: checked by DuckDB's parser, answered by child processes that end when they should."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import psutil
import pytest

from dashboard.sql import engine as engines
from dashboard.sql import guards
from dashboard.sql.engine import Answer, Busy, Engine, Failed, Question, TimedOut, Unreadable
from dashboard.sql.statement import Misread, Refused, check, place_of
from data.home import PACKAGE, Home
from data.published import current_path, open_database

SLOW = "SELECT max(sha256(a::VARCHAR)) FROM range(10000000000) t(a)"


@pytest.fixture(scope="module")
def database(published_home: Home) -> Path:
    return current_path(published_home)


@pytest.fixture(scope="module")
def connection(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_database(database) as opened:
        yield opened


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = Engine(patience=600, waiting=200)
    yield engine
    engine.close()


# --- the statement ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sql",
    [
        "select 1",
        "FROM source",
        "show tables",
        "describe source",
        "summarize source",
        "explain select 1",
        "EXPLAIN ANALYZE select 1",
        "/* c */ -- d\n explain from source",
        "values (1)",
        "table source",
        "select 'getenv(1)' as duckdb_settings",
        "select * from range(3), generate_series(1, 2)",
        "with recursive t as (select 1 a union all select a+1 from t where a<3) from t",
    ],
)
def test_one_question_is_let_through(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    assert check(sql, connection).type in (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("", "empty"),
        ("select 1; select 2", "2 statements"),
        ("drop table source", "DROP is not a question"),
        ("select 1\0", "NUL"),
        ("select '\ud800'", "half a character"),
        ("select '" + "x" * 100_001 + "'", "longer than"),
        ("select \"GETENV\"('HOME')", "getenv is not answered"),
        ("from (select * from DuckDB_Settings())", "duckdb_settings is disabled"),
        ("explain analyze from duckdb_settings()", "duckdb_settings is disabled"),
        ("explain (format json) select 1", "without options"),
        ("explain drop table source", "EXPLAIN is answered for a SELECT"),
        ("pivot source on kind using count(*)", "PIVOT is answered where"),
        ("import database '/etc'", "outside the record"),
        ("select * from query_table('source')", "query_table is disabled"),
    ],
)
def test_what_is_no_question_is_refused_in_a_sentence(
    connection: duckdb.DuckDBPyConnection, sql: str, words: str
) -> None:
    with pytest.raises(Refused) as caught:
        check(sql, connection)
    assert words in str(caught.value) and not isinstance(caught.value, Misread)


def test_a_slip_has_its_place(connection: duckdb.DuckDBPyConnection) -> None:
    sql = "select 'é',\n  1 froom source x y"
    with pytest.raises(Misread) as caught:
        check(sql, connection)
    place = place_of(sql, caught.value.position)
    assert place is not None and (place.line, place.column) == (2, 11)
    assert place.text[place.column - 1 :].startswith("source")
    assert place.caret == " " * 10 + "^"


def test_places_in_long_and_odd_lines() -> None:
    place = place_of("x" * 200 + "\ty", 201)
    assert place is not None and place.column == 202 and place.text[len(place.caret) - 1] == "y"
    assert place_of("select", 7) is None and place_of("select", None) is None
    end = place_of("a\r\nb", 4)
    assert end is not None and (end.line, end.column, end.text) == (2, 2, "b")


# --- answers ---------------------------------------------------------------------------------------------------------


def test_an_answer_has_columns_with_types_and_rows_as_json_holds_them(engine: Engine, database: Path) -> None:
    answer = engine.ask(
        database,
        "SELECT 1 AS a, 'é' AS b, DATE '2021-05-12' AS c, [1, NULL] AS d, {'x': 1.5} AS e, 'NaN'::DOUBLE AS f, NULL AS g",
    )
    assert [(column.name, column.type) for column in answer.columns[:3]] == [
        ("a", "INTEGER"),
        ("b", "VARCHAR"),
        ("c", "DATE"),
    ]
    assert answer.rows == ((1, "é", "2021-05-12", [1, None], {"x": 1.5}, "NaN", None),)
    assert not answer.truncated and answer.seconds < 3


def test_too_many_rows_and_too_many_bytes_are_cut_and_said(engine: Engine, database: Path) -> None:
    rows = engine.ask(database, "FROM range(5000)")
    assert (len(rows.rows), rows.cut) == (1000, "rows")
    assert engine.ask(database, "FROM range(1000)").cut == ""
    few = engine.ask(database, "FROM range(10)", max_rows=3)
    assert (len(few.rows), few.cut) == (3, "rows")
    wide = engine.ask(database, "SELECT repeat('é', 100000) FROM range(50)")
    assert wide.cut == "bytes" and 5 < len(wide.rows) < 11


@pytest.mark.parametrize(
    ("sql", "kind", "line", "column"),
    [
        ("select foo from source", "binder", 1, 8),
        ("select 'é',\n foo from source", "binder", 2, 2),
        ("select * from sourc", "catalog", 1, 15),
        ("selec 1", "parser", 1, 1),
        ("select cast('a' as int)", "conversion", 1, 8),
    ],
)
def test_a_slip_fails_with_its_place_and_ends_no_child(
    engine: Engine, database: Path, sql: str, kind: str, line: int, column: int
) -> None:
    engine.ask(database, "SELECT 1")
    before = set(engine.children())
    with pytest.raises(Failed) as caught:
        engine.ask(database, sql)
    assert caught.value.kind == kind
    assert caught.value.place is not None
    assert (caught.value.place.line, caught.value.place.column) == (line, column)
    assert before & set(engine.children())


def wait_for(condition: object, seconds: float = 20) -> None:
    assert callable(condition)
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Whether the process runs; one that ended and was not fetched by its parent does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize(
    "sql", ["select getenv('HOME')", "drop table source", "select length(repeat('x', 2000000000))"]
)
def test_a_child_is_replaced_after_a_hostile_question(database: Path, sql: str) -> None:
    engine = Engine(children=1)
    try:
        engine.ask(database, "SELECT 1")
        (before,) = engine.children()
        with pytest.raises((Refused, Failed)):
            engine.ask(database, sql)
        assert engine.ask(database, "SELECT 2").rows == ((2,),)
        assert before not in engine.children() and not psutil.pid_exists(before)
    finally:
        engine.close()


def test_time_is_up_for_joins_and_for_what_does_not_listen(database: Path) -> None:
    engine = Engine(children=1)
    try:
        engine.ask(database, "SELECT 1")
        for sql in (SLOW, "SELECT levenshtein(repeat('a', 100000), repeat('b', 100000))", "SELECT sleep_ms(60000)"):
            begun = time.monotonic()
            with pytest.raises(TimedOut, match=r"longer than 0\.5 seconds"):
                engine.ask(database, sql, seconds=0.5)
            assert time.monotonic() - begun < 20
        assert engine.ask(database, "SELECT 1").rows == ((1,),)
    finally:
        engine.close()


@pytest.mark.skipif(sys.platform == "win32", reason="no priorities")
def test_a_long_question_yields_and_a_short_one_does_not(database: Path) -> None:
    engine = Engine(children=1)
    try:
        engine.ask(database, "SELECT 1")
        (pid,) = engine.children()
        assert psutil.Process(pid).nice() == psutil.Process().nice()
        future = engine.submit(Question(database, SLOW, seconds=2.0))
        wait_for(lambda: future.done() or psutil.Process(pid).nice() == 15)
        assert isinstance(future.exception(60), TimedOut)
        assert engine.ask(database, "SELECT 1").rows == ((1,),)
        assert psutil.Process(engine.children()[0]).nice() == psutil.Process().nice()
    finally:
        engine.close()


def test_a_child_can_open_nothing(engine: Engine, database: Path) -> None:
    assert all(words.startswith("No") for words in guards.guards_in_words(()))
    held = engine.guards(database)
    if sys.platform == "linux":
        assert set(held) == {name for name, _ in guards.GUARDS} == set(guards.expected())
    child = engines.Child(database)
    try:
        child.ready()
        process = psutil.Process(child.pid)
        if sys.platform == "linux":
            assert process.rlimit(psutil.RLIMIT_NOFILE) == (0, 0)
            assert process.rlimit(psutil.RLIMIT_FSIZE) == (0, 0)
            assert process.environ() == {} or set(process.environ()) <= {"LD_LIBRARY_PATH"}
            links = {str(Path(f"/proc/{child.pid}/fd/{number}").readlink()) for number in (0, 1, 2)}
            assert links == {"/dev/null"}
    finally:
        child.end()
    assert not psutil.pid_exists(child.pid)


def test_memory_stays_within_bounds(engine: Engine, database: Path) -> None:
    peak = 0
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.is_set():
            for pid in engine.children():
                try:
                    peak = max(peak, psutil.Process(pid).memory_info().rss)
                except psutil.Error:
                    continue
            time.sleep(0.01)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        for sql in (
            "SELECT length(repeat('x', 2000000000))",
            "SELECT len(generate_series(1, 500000000))",
            "SELECT list(range || repeat('z', 1000)) FROM range(10000000)",
        ):
            with pytest.raises(Failed):
                engine.ask(database, sql)
    finally:
        done.set()
        watcher.join()
    assert 0 < peak < 420 * 1024 * 1024


def test_a_database_that_cannot_be_opened(engine: Engine, tmp_path: Path, database: Path) -> None:
    broken = tmp_path / "record-1.duckdb"
    broken.write_bytes(b"no database")
    with pytest.raises(Unreadable):
        engine.ask(broken, "SELECT 1")
    with pytest.raises(Unreadable):
        engine.ask(tmp_path / "record-2.duckdb", "SELECT 1")
    assert engine.ask(database, "SELECT 1").rows == ((1,),)


def test_a_new_record_is_asked_by_a_new_child(engine: Engine, database: Path, published_empty_home: Home) -> None:
    other = current_path(published_empty_home)
    assert engine.ask(database, "SELECT count(*) > 0 FROM source").rows == ((True,),)
    assert engine.ask(other, "SELECT count(*) FROM source").rows == ((0,),)


# --- the queue -------------------------------------------------------------------------------------------------------


def test_questions_are_answered_in_the_order_in_which_they_come(database: Path) -> None:
    engine = Engine(children=1, waiting=50, patience=600)
    try:
        engine.ask(database, "SELECT 1")
        order: list[int] = []
        futures = []
        for number in range(12):
            future = engine.submit(Question(database, f"SELECT {number}"))
            future.add_done_callback(lambda done: order.append(done.result().rows[0][0]))
            futures.append(future)
        for future in futures:
            future.result(60)
        wait_for(lambda: len(order) == 12)
        assert order == sorted(order)
    finally:
        engine.close()


def test_a_long_queue_says_busy_and_when_to_come_again(database: Path) -> None:
    engine = Engine(children=1, waiting=2, patience=600)
    try:
        engine.ask(database, "SELECT 1")
        futures = [engine.submit(Question(database, SLOW, seconds=0.5))]
        wait_for(lambda: engine._free == 0)
        futures += [engine.submit(Question(database, "SELECT 1")) for _ in range(2)]
        with pytest.raises(Busy) as caught:
            engine.submit(Question(database, "SELECT 1"))
        assert caught.value.retry_after >= 1
        assert isinstance(futures[0].exception(60), TimedOut)
        assert [future.result(60).rows for future in futures[1:]] == [((1,),), ((1,),)]
    finally:
        engine.close()


def test_who_waited_too_long_is_told_so_without_being_served(database: Path) -> None:
    engine = Engine(children=1, waiting=10, patience=0.2)
    try:
        first = engine.submit(Question(database, SLOW, seconds=0.6))
        wait_for(lambda: engine._free == 0 and not engine._queue)
        second = engine.submit(Question(database, "SELECT 1"))
        assert isinstance(first.exception(60), TimedOut)
        assert isinstance(second.exception(60), Busy)
    finally:
        engine.close()


def test_fifty_clients_in_a_loop(database: Path) -> None:
    engine = Engine()
    outcomes: list[str] = []

    def client(number: int) -> None:
        for turn in range(3):
            sql = ["SELECT 1", "SELECT length(repeat('x', 2000000000))", "select getenv('x')"][(number + turn) % 3]
            try:
                engine.ask(database, sql, seconds=1.0)
                outcomes.append("ok")
            except (Busy, Failed, Refused) as error:
                outcomes.append(type(error).__name__)

    try:
        threads = [threading.Thread(target=client, args=(number,)) for number in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        assert len(outcomes) == 150 and "Busy" in outcomes
        assert len(engine.children()) <= 2
        wait_for(lambda: engine.ask(database, "SELECT 1").rows == ((1,),))
    finally:
        engine.close()
    assert not any(alive(pid) for pid in engine.children())


def test_waiting_holds_neither_the_event_loop_nor_a_thread(database: Path) -> None:
    engine = Engine(waiting=200, patience=600)

    async def all_at_once() -> tuple[list[Answer], int, int]:
        ticks = 0
        threads = threading.active_count()

        async def tick() -> None:
            nonlocal ticks
            while True:
                await asyncio.sleep(0.005)
                ticks += 1

        ticking = asyncio.create_task(tick())
        answers = await asyncio.gather(*(engine.ask_soon(database, "SELECT 1") for _ in range(60)))
        ticking.cancel()
        return answers, ticks, threading.active_count() - threads

    try:
        answers, ticks, threads = asyncio.run(all_at_once())
        assert len(answers) == 60 and ticks > 5 and threads <= 4
    finally:
        engine.close()


# --- life and death --------------------------------------------------------------------------------------------------


def test_it_outlives_gc_freeze(engine: Engine, database: Path) -> None:
    engine.ask(database, "SELECT 1")
    gc.freeze()
    try:
        assert engine.ask(database, "SELECT 1").rows == ((1,),)
    finally:
        gc.unfreeze()


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("busy", [False, True], ids=["idle", "busy"])
def test_children_die_with_a_server_that_is_killed(database: Path, busy: bool) -> None:
    code = (
        "import sys, time, threading\n"
        "from pathlib import Path\n"
        "from dashboard.sql.engine import ENGINE, Question\n"
        "path = Path(sys.argv[1])\n"
        "ENGINE.ask(path, 'SELECT 1')\n"
        f"if {busy}: ENGINE.submit(Question(path, {SLOW!r}, seconds=2.5)); time.sleep(0.3)\n"
        "print(*ENGINE.children(), flush=True)\n"
        "time.sleep(60)\n"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", code, str(database)], stdout=subprocess.PIPE, text=True, cwd=PACKAGE.parent
    )
    try:
        assert server.stdout is not None
        children = [int(pid) for pid in server.stdout.readline().split()]
        assert children and all(psutil.pid_exists(pid) for pid in children)
    finally:
        server.kill()
        server.wait()
        server.stdout.close() if server.stdout else None
    wait_for(lambda: not any(alive(pid) for pid in children), 6)
