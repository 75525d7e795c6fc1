"""The doctor on well and on sick homes: each line says what is so and what to do, and none is a traceback."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from data.home import HOME_VARIABLE, Home
from data.programme import read_programme
from data.progress import Progress, write_progress
from data.published import current_path
from scrapers import cli
from scrapers.build import build
from scrapers.collect import CollectOptions, collect
from scrapers.doctor import Line, examine, machine
from scrapers.doctor.collected import ahead, date_of
from scrapers.doctor.lines import State
from tests.conftest import need
from tests.support import collected_home
from tests.support.loopback import serving, statement
from tests.support.small_home import small_home
from tests.test_command_line import run


def moment() -> dt.datetime:
    """Now: asked at each test, since minutes may lie between the collection of tests and their run."""
    return dt.datetime.now(dt.UTC)


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with five runs (made up), published."""
    home = small_home(tmp_path_factory.mktemp("lived-in") / "home")
    collected_home.fill(home)
    build(home)
    home.captures.mkdir(exist_ok=True)
    with duckdb.connect(str(home.work_database), read_only=True) as work:
        for name, last in work.execute("SELECT warc_file, max(warc_offset) FROM capture GROUP BY 1").fetchall():
            (home.captures / name).write_bytes(bytes(last + 1000))  # the doctor asks for lengths alone
    return home


@pytest.fixture
def own(lived_in: Home, tmp_path: Path) -> Home:
    """A copy of it that the test may spoil."""
    return Home(Path(shutil.copytree(lived_in.root, tmp_path / "own")).resolve())


def lines(home: Home, now: dt.datetime | None = None) -> dict[str, Line]:
    """The lines by subject; the worst where there are several."""
    worst = {State.OK: 0, State.LOOK: 1, State.BROKEN: 2}
    found: dict[str, Line] = {}
    for line in examine(home.root, now or moment()):
        assert "could not be looked at" not in line.words, line
        assert line.state is State.OK or line.next_step, line
        if line.subject not in found or worst[line.state] > worst[found[line.subject].state]:
            found[line.subject] = line
    return found


def change(home: Home, *statements: str) -> None:
    with duckdb.connect(str(home.work_database)) as connection:
        for statement in statements:
            connection.execute(statement)


def test_a_home_that_is_well(own: Home) -> None:
    found = lines(own)
    assert all(line.state is not State.BROKEN for line in found.values()), found
    for subject in ("programs", "libraries", "home", "folders", "disk", "record", "shape", "search", "work.duckdb",
                    "clock", "leftovers"):  # fmt: skip
        assert found[subject].state is State.OK, found[subject]
    assert "SQLite has FTS5" in found["programs"].words and "Streamlit" in found["programs"].words
    assert found["record"].figures["record"] == 1 and "just now" in found["record"].words
    assert found["disk"].figures["free"] > 0 and found["disk"].figures["home"] > 100_000
    assert found["last run"].figures["outcomes"]


def test_failing_sources_stand_by_cause_with_the_day_on_which_it_began(own: Home) -> None:
    by_cause = {line.figures["outcome"]: line for line in examine(own.root, moment()) if line.figures.get("outcome")}
    assert set(by_cause) == {"gone", "challenge", "timed-out"}
    gone = by_cause["gone"]
    assert gone.state is State.OK and gone.figures["since"].startswith("2026-09-09"), "nothing is to be done about it"
    assert gone.figures["sources"].keys() == {collected_home.GONE}
    slow = by_cause["timed-out"]
    assert slow.state is State.LOOK and "since 20 November 2026" in slow.words and "Run again later" in slow.next_step
    assert collected_home.SLOW in slow.words
    sources = own.register / "sources.csv"
    kept = [one for one in sources.read_text(encoding="utf-8").splitlines() if not one.startswith("example-")]
    sources.write_text("\n".join(kept) + "\n", encoding="utf-8")
    assert lines(own)["sources"].words == "Each was had at the last attempt.", "others are asked no more"


def test_the_last_run_cut_off_and_of_long_ago(own: Home) -> None:
    change(own, "UPDATE run SET state = 'interrupted' WHERE run_id = 'run-5'")
    assert lines(own)["last run"].next_step == "Run: sim-record collect --resume"
    change(own, "UPDATE run SET state = 'running', ended_at = NULL WHERE run_id = 'run-5'")
    told = lines(own)["last run"]
    assert told.state is State.LOOK and "cut off after 6 of 6 sources" in told.words
    change(own, "UPDATE run SET state = 'finished' WHERE run_id = 'run-5'")
    far = lines(own, moment() + dt.timedelta(days=90))
    assert far["last run"].state is State.LOOK and "more than 30 days" in far["last run"].words
    assert far["record"].state is State.LOOK and "more than 30 days" in far["record"].words


def test_a_run_in_which_nobody_answered_at_all_is_the_network_of_this_machine(own: Home) -> None:
    change(own, "UPDATE attempt SET outcome = 'dns-error' WHERE run_id = 'run-5'")
    told = lines(own)["last run"]
    assert told.state is State.BROKEN and "No site at all" in told.words


@contextmanager
def holding(home: Home) -> Iterator[None]:
    """Another process has the working database open to write."""
    code = "import sys, duckdb; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code, str(home.work_database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"open\n"
        yield
        process.communicate(timeout=20)


def progress(home: Home, at: dt.datetime) -> None:
    told = at.isoformat(timespec="seconds")
    write_progress(home.progress_file, Progress("run-6", "collecting", told, told, 6, 1, 2, 1, 1, 1.0))


@pytest.mark.skipif(os.name == "nt", reason="locks of POSIX")
def test_beside_a_run_under_way_the_published_record_is_asked(own: Home) -> None:
    (own.root / "record-2.part").write_bytes(b"being written")
    with holding(own):
        progress(own, moment())
        found = lines(own)
        assert found["last run"].words == "One is under way: 2 of 6 sources asked." and "leftovers" not in found
        assert "published record" in found["work.duckdb"].words and found["sources"].state is State.LOOK
        progress(own, moment() - dt.timedelta(minutes=5))
        assert "said nothing for a minute" in lines(own)["last run"].words


def test_a_clock_that_has_gone_back(own: Home) -> None:
    told = lines(own, moment() - dt.timedelta(days=1))["clock"]
    assert told.state is State.BROKEN and "gone back" in told.words and "timedatectl" in told.next_step


def test_a_clock_beside_those_of_servers(own: Home) -> None:
    dated = "strftime(fetched_at + INTERVAL 1 SECOND * ({}), '%a, %d %b %Y %H:%M:%S GMT')"
    put = "UPDATE capture SET run_id = 'run-5', final_url = 'https://' || source_id || '/', headers = json_array(['Date', {}])"
    change(own, put.format(dated.format("0")))
    told = lines(own)["clock"]
    assert told.state is State.OK and told.figures["offset"] == 0 and told.figures["clocks"] >= 3
    change(own, put.format(dated.format("600")))
    told = lines(own)["clock"]
    assert told.state is State.LOOK and "600 seconds behind" in told.words
    change(own, put.format(dated.format("-600")))
    assert "seconds ahead of" in lines(own)["clock"].words


def test_what_a_server_says_of_the_time() -> None:
    at = dt.datetime(2026, 11, 26, 12, 0, 0, tzinfo=dt.UTC)
    date = ["Date", "Thu, 26 Nov 2026 12:00:00 GMT"]
    assert date_of(json.dumps([date])) == at
    assert date_of(json.dumps([date, ["age", "90"]])) == at + dt.timedelta(seconds=90), "a cache held it so long"
    for bad in (
        "",
        "[]",
        "{}",
        '[["Date"]]',
        '[["Date", "soon"]]',
        '[["Date", null]]',
        json.dumps([date, ["Age", "x"]]),
    ):
        assert date_of(bad) is None
    second = dt.timedelta(seconds=1)
    assert ahead(at, at - second, at + second) == 0 and ahead(at, at + second / 2, at + second) == 0
    assert ahead(at, at - 9 * second, at - 8 * second) == 8 and ahead(at, at + 9 * second, at + 10 * second) == -8


@given(st.text())
def test_headers_of_any_kind_are_no_reason_to_fail(headers: str) -> None:
    date_of(headers)
    date_of(json.dumps([["Date", headers], ["Age", headers]]))


def test_no_home_and_a_home_without_a_row(tmp_path: Path, empty_home: Home) -> None:
    (told,) = [line for line in examine(tmp_path / "nowhere", moment()) if line.subject == "home"]
    assert told.state is State.BROKEN and "no such folder" in told.words
    found = lines(empty_home)
    assert all(line.state is not State.BROKEN for line in found.values()), "it has only just begun"
    assert (
        found["record"].next_step == "Run: sim-record build"
        and found["last run"].next_step == "Run: sim-record collect"
    )
    assert not list(empty_home.root.glob("*.duckdb*")) and not empty_home.captures.exists(), "looking makes nothing"


def test_the_home_of_an_installed_program_is_not_begun_by_looking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(HOME_VARIABLE, raising=False)
    monkeypatch.setattr("data.home.is_checkout", lambda: False)
    monkeypatch.setattr("scrapers.doctor.report.is_checkout", lambda: False)
    monkeypatch.setattr("data.home.platformdirs.user_data_dir", lambda *_, **__: str(tmp_path / "new"))
    (told,) = [line for line in examine(None, moment()) if line.subject == "home"]
    assert told.state is State.LOOK and told.next_step == "Run: sim-record up" and not (tmp_path / "new").exists()


def test_a_broken_programme_file_is_named_and_the_rest_is_looked_at(own: Home) -> None:
    with own.programme_file.open("a", encoding="utf-8") as handle:
        handle.write("\n[later]\nsetting = 1\n")  # as a newer program may allow
    found = lines(own)
    assert found["home"].state is State.BROKEN and "later" in found["home"].words
    assert found["record"].state is State.OK and found["search"].state is State.OK


def test_a_record_and_a_working_database_of_a_newer_program(own: Home) -> None:
    add = ("CREATE TABLE telegram (id INTEGER)", "ALTER TABLE source ADD COLUMN weight INTEGER")
    with duckdb.connect(str(current_path(own))) as connection:
        for statement in add:
            connection.execute(statement)
    change(own, "ALTER TABLE attempt ADD COLUMN mood VARCHAR")
    found = lines(own)
    assert found["shape"].state is State.LOOK and found["shape"].figures["newer"] == ["source.weight", "telegram"]
    assert found["work.duckdb"].state is State.LOOK and "attempt.mood" in found["work.duckdb"].words


def test_a_record_of_an_older_program(own: Home) -> None:
    with duckdb.connect(str(current_path(own))) as connection:
        connection.execute("DROP TABLE alarm")
    told = lines(own)["shape"]
    assert (
        told.state is State.BROKEN and "alarm" in told.figures["missing"] and told.next_step == "Run: sim-record build"
    )


def test_a_file_of_a_newer_duckdb(own: Home) -> None:
    record = current_path(own)
    with record.open("rb+") as handle:
        handle.seek(12)  # after checksum and magic: the version of the format
        handle.write((999).to_bytes(8, "little"))
    assert lines(own)["record"].state is State.BROKEN


@pytest.mark.parametrize("kept", [0, 100, 5_000, 100_000, -1])
def test_databases_that_are_cut_off(own: Home, kept: int) -> None:
    for path in (current_path(own), own.work_database):
        path.write_bytes(path.read_bytes()[:kept])
    found = lines(own)
    assert found["record"].state is not State.OK and "sim-record build" in found["record"].next_step
    if kept >= 0:
        assert found["record"].state is State.BROKEN and found["work.duckdb"].state is State.BROKEN
        assert "last copy" in found["work.duckdb"].next_step


def test_current_names_what_is_not_here_and_a_search_index_of_another_record(own: Home) -> None:
    own.current_file.write_text("record-7.duckdb\n", encoding="utf-8")
    told = lines(own)["record"]
    assert told.state is State.BROKEN and "record-7.duckdb" in told.words and "record-1.duckdb" in told.words
    shutil.copyfile(own.root / "record-1.duckdb", own.root / "record-7.duckdb")
    assert lines(own)["search"].words == "The index is of record 1, record-7.duckdb is in force."
    (own.root / "search.sqlite").write_bytes(b"no index")
    assert lines(own)["search"].state is State.LOOK
    (own.root / "search.sqlite").unlink()
    assert lines(own)["search"].next_step == "Run: sim-record build"


def as_folder(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


def as_garbage(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    path.write_bytes(b"\xff\xfe ../../x")


@pytest.mark.parametrize("spoil", [as_folder, as_garbage])
@pytest.mark.parametrize(
    ("name", "subject"),
    [("CURRENT", "record"), ("work.duckdb", "work.duckdb"), ("record-1.duckdb", "record"), ("search.sqlite", "search"),
     ("progress.json", None), ("programme.toml", "home")],
)  # fmt: skip
def test_files_that_are_none(own: Home, spoil: Callable[[Path], None], name: str, subject: str | None) -> None:
    spoil(own.root / name)
    found = lines(own)
    assert subject is None or found[subject].state is not State.OK


def test_current_that_is_missing_and_a_record_that_is_spoiled_say_one_step(own: Home) -> None:
    own.current_file.unlink()
    told = lines(own)["record"]
    assert told.words == "CURRENT is missing or empty; readers fall back to record-1.duckdb."
    body = bytearray(current_path(own).read_bytes())
    body[12] ^= 0xFF
    current_path(own).write_bytes(bytes(body))
    told = lines(own)["record"]
    assert told.state is State.BROKEN and "Run:" not in told.words and told.next_step.count("Run:") == 1


def test_a_register_that_cannot_be_built_from(own: Home) -> None:
    assert lines(own)["register"].state is State.OK and lines(own)["register"].figures["rows"] > 1
    sources = own.register / "sources.csv"
    right = sources.read_bytes()
    sources.write_bytes(right + b"s-bad,no address,,,2026-99-99,day,html,refrence,,x\n")
    told = lines(own)["register"]
    assert told.state is State.BROKEN and told.words.startswith(f"sources.csv:{right.count(10) + 1}: ")
    assert "Nothing can be collected or built" in told.words and "sim-record check" in told.next_step
    sources.write_bytes(b"source_id,url\n\xff\xfe")
    assert lines(own)["register"].words.startswith("sources.csv:")


def test_warc_files_that_are_missing_or_cut_off(own: Home) -> None:
    assert lines(own)["captures"].state is State.OK
    files = sorted(own.captures.iterdir())
    files[0].unlink()
    told = lines(own)["captures"]
    assert told.state is State.BROKEN and f"{files[0].name} is missing" in told.words and "backup" in told.next_step
    if len(files) > 1:
        files[-1].write_bytes(b"")
        assert f"{files[-1].name} is cut off" in lines(own)["captures"].words
    own.work_database.unlink()
    assert files[0].name in lines(own)["captures"].words, "the published record knows them too"
    shutil.rmtree(own.captures)
    assert lines(own)["captures"].state is State.BROKEN


def test_folders_that_are_none(own: Home) -> None:
    for name in ("captures", "editions", "register"):
        as_garbage(own.root / name)
        assert name in lines(own)["folders"].words and lines(own)["folders"].state is State.BROKEN
        (own.root / name).unlink()
    assert "nothing is declared" in lines(own)["folders"].words


def test_what_killed_commands_left(own: Home) -> None:
    names = ("record-2.part", "record-2.part.wal", "search.part", "record-9.prints", "CURRENT.new")
    for name in names:
        (own.root / name).write_bytes(b"x")
    (own.editions / ".making-2026-11-20").mkdir(parents=True)
    assert lines(own)["leftovers"].state is State.OK, "they may be being written"
    told = lines(own, moment() + dt.timedelta(hours=2))["leftovers"]
    assert told.state is State.LOOK and len(told.figures["files"]) == 6


@pytest.mark.skipif(os.name == "nt", reason="rights of POSIX")
def test_a_folder_that_may_only_be_read(own: Home) -> None:
    for path in (own.root, own.register):
        path.chmod(0o555)
    command = [sys.executable, "-m", "sim_record", "doctor", "--json", "--home", str(own.root)]
    if os.geteuid() == 0:  # whom no rights hold up, while it has these powers
        need(shutil.which("setpriv"), "setpriv, of util-linux")
        command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *command]
    done = subprocess.run(command, capture_output=True, timeout=60)
    assert done.returncode == 0 and done.stderr == b"", "what is published can be shown"
    found = {line["subject"]: line for line in json.loads(done.stdout)["lines"]}
    assert "Give them to the user who collects" in found["folders"]["next_step"]
    assert found["folders"]["state"] == "worth a look" and found["folders"]["figures"]["refused"] == [
        str(own.root), str(own.register),
    ]  # fmt: skip
    assert found["record"]["state"] == "ok" and found["search"]["state"] == "ok"
    current_path(own).unlink()
    done = subprocess.run(command, capture_output=True, timeout=60)
    assert done.returncode == 1 and b"Traceback" not in done.stderr


def test_a_full_disk(own: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for free, state in ((10**6, State.BROKEN), (3 * 10**8, State.LOOK), (50 * 10**9, State.OK)):
        usage = SimpleNamespace(total=10**11, used=0, free=free)
        monkeypatch.setattr("scrapers.doctor.machine.shutil.disk_usage", lambda _, usage=usage: usage)
        assert lines(own)["disk"].state is state


def test_libraries_that_are_missing_or_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ["streamlit>=99", "no-such-thing>=1", "httpx", "tzdata; sys_platform == 'none'", "s3fs; extra == 'cluster'"]
    monkeypatch.setattr("importlib.metadata.requires", lambda _: asked)
    unmet = list(machine.unmet_requirements())
    assert [words.split()[0] for words in unmet] == ["streamlit", "no-such-thing"] and "missing" in unmet[1]


def test_the_command_says_it_in_lines_and_as_json_and_ends_with_one_where_something_is_broken(own: Home) -> None:
    done = run("doctor", home=own)
    assert done.returncode == 0 and done.stderr == b""
    assert all(line.startswith(("ok  ", "worth a look ", "broken ")) for line in done.stdout.decode().splitlines())
    current_path(own).write_bytes(b"")
    done = run("doctor", "--json", home=own)
    told = json.loads(done.stdout)
    assert (
        done.returncode == 1
        and told["ok"] is False
        and {"state", "subject", "words", "next_step", "figures"} == set(told["lines"][0])
    )


def test_looking_that_fails_is_a_line_and_no_traceback(
    own: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def planted(*_: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr("scrapers.doctor.machine.disk", planted)
    monkeypatch.setattr("scrapers.doctor.report.collected", planted)
    with pytest.raises(typer.Exit) as end:
        cli.doctor(own.root)
    told = capsys.readouterr().out
    assert end.value.exit_code == 1 and "planted" in told and "report this line" in told and "Traceback" not in told


def test_after_a_real_run(home_with_sources: Callable[[dict[str, str]], Home]) -> None:
    with serving({"/good": statement("Good")}) as address:
        home = home_with_sources({"good": f"{address}/good", "bad": f"{address}/bad"})
        options = CollectOptions(allow_private=True, quiet=True, use_archives=False)
        summary = collect(home, read_programme(home.programme_file), options)
    found = lines(home, dt.datetime.now(dt.UTC))
    assert (
        found["last run"].figures["run_id"] == summary.run_id and "1 of 2 sources had, 1 not" in found["last run"].words
    )
    assert found["sources"].figures["outcome"] == "not-found" and found["sources"].figures["sources"].keys() == {"bad"}
    (grown,) = found["disk"].figures["grown_by_runs"]
    assert grown == sum(path.stat().st_size for path in home.captures.iterdir())
    assert found["clock"].state is State.OK and "clocks" not in found["clock"].figures, "one server is too few"
