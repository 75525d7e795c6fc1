"""A home as it looks after months of collecting: one page of every state, versions, absences, evidence, candidates.

Bodies, pages and words are made up and bear `example` in their names; the rest of the register is the real one. What
follows from the captures is written here too, but a build that derives it puts its own in its place, so tests ask the
record what it holds.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import duckdb

from data import schema
from data.home import Home

T = dt.datetime
LIVE, GONE, BACK, ARCHIVED, BLOCKED, SLOW = (
    "example-live",
    "example-gone",
    "example-back",
    "example-archived",
    "example-blocked",
    "example-slow",
)
RUNS = (T(2026, 3, 3, 6), T(2026, 5, 4, 6), T(2026, 9, 9, 6), T(2026, 9, 12, 6), T(2026, 11, 20, 6))
HOSTILE = '<script>alert("x")</script> & <b>bold</b>'
BEFORE = (
    ("heading", "Crisis support"),
    ("paragraph", "Example Trust began the Example Programme in May 2019 with Exampleshire Police."),
    ("paragraph", "Twelve people have a shared response plan."),
    ("paragraph", "Ring the duty desk if a plan cannot be found."),
)
MIDDLE = (
    ("heading", "Crisis support"),
    ("paragraph", "Example Trust ran the Example Programme from May 2019 until June 2021 with Exampleshire Police."),
    ("paragraph", "Nineteen people had a shared response plan."),
    ("paragraph", "Ring the duty desk if a plan cannot be found."),
    ("paragraph", f"What readers wrote to us: {HOSTILE}"),
)
AFTER = (
    ("heading", "Crisis support"),
    ("paragraph", "Ring the duty desk if a plan cannot be found."),
    ("paragraph", "This page is being rewritten."),
)


@dataclass
class _Rows:
    tables: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)

    def add(self, table: str, *cells: Any) -> None:
        self.tables.setdefault(table, []).append(cells)

    def write(self, connection: duckdb.DuckDBPyConnection) -> None:
        for table, rows in self.tables.items():
            names = [row[0] for row in connection.execute(f'DESCRIBE "{table}"').fetchall()][: len(rows[0])]
            listed, marks = ", ".join(f'"{name}"' for name in names), ", ".join("?" for _ in names)
            connection.executemany(f'INSERT INTO "{table}" ({listed}) VALUES ({marks})', rows)


def _append(home: Home, name: str, *lines: str) -> None:
    with (home.register / name).open("a", encoding="utf-8") as handle:
        handle.writelines(f"{line}\n" for line in lines)


def declare(home: Home) -> None:
    """Add the made-up bodies, pages and facts to the register of a home."""
    _append(
        home,
        "organisations.csv",
        "example-trust,Example Trust,mental-health-trust,,London,51.5,-0.1,https://trust.example,,,Example NHS,,,,2026-11-23",
        "example-police,Exampleshire Police,police-force,,London,51.5,-0.1,https://police.example,,,,,,,2026-11-23",
    )
    words = home.programme_file.read_text(encoding="utf-8")
    home.programme_file.write_text(
        words.replace("terms = [\n", 'terms = [\n  "Example Programme",\n', 1), encoding="utf-8"
    )
    _append(
        home,
        "sources.csv",
        *(
            f"{name},https://trust.example/{name},Example page: {words},example-trust,2021-0{n + 1},month,html,news,,2026-11-23"
            for n, (name, words) in enumerate(
                [
                    (LIVE, "crisis support"),
                    (GONE, "programme news"),
                    (BACK, "board papers"),
                    (ARCHIVED, "old award"),
                    (BLOCKED, "members only"),
                    (SLOW, "slow site"),
                ]
            )
        ),
    )
    _append(
        home,
        "adoptions.csv",
        f"example-adoption,example-trust,,,,live,2019-05,month,{LIVE},second paragraph,"
        "Says that the trust began it with the local police force.,own-word,name,2026-11-23",
    )


def _capture(
    rows: _Rows,
    source: str,
    at: T,
    passages: tuple[tuple[str, str], ...] | None,
    *,
    origin: str = "live",
    status: int = 200,
    verdict: str = "good",
    why: str | None = None,
    revisit: bool = False,
) -> str:
    name = f"{source}-{at:%Y%m%d%H%M}"
    text = "\n".join(words for _, words in passages or ())
    sha = hashlib.sha256(text.encode() or status.to_bytes(2, "big")).hexdigest()
    url = f"https://trust.example/{source}"
    memento = f"https://archive.example/web/{at:%Y%m%d%H%M%S}/{url}" if origin != "live" else None
    rows.add(
        "capture", name, source, "run-1", origin, url, url, None, memento, at, at, status, "[]", "text/html", "utf-8",
        sha, len(text), sha, "127.0.0.1", "example.warc.gz", 0, f"<urn:{name}>", revisit, verdict, why, "test",
    )  # fmt: skip
    if passages is None or revisit:
        return name
    extraction = f"{name}.html-3"
    rows.add(
        "extraction", extraction, name, source, "html/3", "Example page", text, "2021-01", "meta", None, None, None,
        "en-GB", None, None, sha,
    )  # fmt: skip
    start = 0
    for position, (kind, words) in enumerate(passages, 1):
        rows.add(
            "passage", f"{extraction}.{position}", extraction, name, source, position, kind,
            None if kind == "heading" else "Crisis support", words, None, start, start + len(words),
        )  # fmt: skip
        start += len(words) + 1
    return name


def _attempt(
    rows: _Rows, source: str, run: int, outcome: str, *, live: str | None = None, status: int | None = 200
) -> None:
    at = RUNS[run] + dt.timedelta(minutes=2)
    rows.add(
        "attempt", f"{at:%Y%m%dT%H%M}-{source}", f"run-{run + 1}", source, at, at + dt.timedelta(seconds=1), outcome,
        f"The site answered {status or 'nothing'}.", live or outcome, status, 1, None,
    )  # fmt: skip


def _steps(*steps: tuple[str, str | None, str | None]) -> str:
    return json.dumps(
        [{"op": op, "before": before, "after": after, "heading": "Crisis support"} for op, before, after in steps]
    )


def _live(rows: _Rows) -> None:
    first = _capture(rows, LIVE, RUNS[0], BEFORE)
    for hour in range(1, 28):
        _capture(rows, LIVE, RUNS[0] + dt.timedelta(hours=hour), BEFORE, revisit=True)
    last_of_first = f"{LIVE}-{RUNS[0] + dt.timedelta(hours=27):%Y%m%d%H%M}"
    second = _capture(rows, LIVE, RUNS[2], MIDDLE)
    third = _capture(rows, LIVE, RUNS[4], AFTER)
    for number, (one, other, begin, end, captures) in enumerate(
        [
            (first, last_of_first, RUNS[0], RUNS[0] + dt.timedelta(hours=27), 28),
            (second, second, RUNS[2], RUNS[2], 1),
            (third, third, RUNS[4], RUNS[4], 1),
        ],
        1,
    ):
        rows.add(
            "version", f"{LIVE}.{number}", LIVE, number, one, other, begin, end, captures, "html/3", f"{number}" * 64
        )
    rows.add(
        "change", f"{LIVE}.1", LIVE, 1, f"{LIVE}.1", f"{LIVE}.2", RUNS[0] + dt.timedelta(hours=27), RUNS[2],
        "substance", 15, 3, 0.3,
        _steps(
            ("altered", BEFORE[1][1], MIDDLE[1][1]),
            ("altered", BEFORE[2][1], MIDDLE[2][1]),
            ("added", None, MIDDLE[4][1]),
        ),
    )  # fmt: skip
    rows.add("change", f"{LIVE}.2", LIVE, 2, f"{LIVE}.2", f"{LIVE}.3", RUNS[2], RUNS[4], "whole-page", 5, 40, 0.7, None)
    rows.add(
        "evidence", "adoption", "example-adoption", LIVE, first, f"{first}.html-3.2", "found",
        ["Example Trust", "May 2019"], [],
    )  # fmt: skip
    rows.add("evidence", "adoption", "example-adoption", LIVE, third, None, "not-found", [], ["May 2019"])
    rows.add(
        "mention",
        f"{second}.m1",
        f"{second}.html-3.2",
        second,
        LIVE,
        "example-trust",
        "Example Trust",
        0,
        13,
        "passage",
    )
    rows.add("link", third, LIVE, 1, "https://trust.example/example-gone", "Programme news")
    rows.add("link", third, LIVE, 2, "javascript:alert(1)", "Trap")
    rows.add(
        "candidate", "adoption-example", "adoption", LIVE, second, f"{second}.html-3.2",
        json.dumps(
            {"trust_id": "example-trust", "police_id": None, "other_ids": [], "status": "ended", "on_date": "2021-06",
             "date_precision": "month"}
        ),
        0.8, "adoption.until", RUNS[2], "open", None, None, None, None,
    )  # fmt: skip
    rows.add(
        "candidate", "claimed-total-example", "claimed_total", LIVE, second, f"{second}.html-3.3",
        json.dumps({"as_of": None, "date_precision": None, "claimant_id": "example-trust", "unit": "patients",
                    "value": 1900, "bound": "exact"}),
        0.6, "total.count", RUNS[2], "reopened", None, None, None, None,
    )  # fmt: skip
    rows.add(
        "candidate", "rejected-example", "adoption", LIVE, second, f"{second}.html-3.2", "{}", 0.9, "adoption.until",
        RUNS[2], "rejected", "A person", dt.date(2026, 9, 10), "Not about the programme", None,
    )  # fmt: skip
    for run in range(5):
        _attempt(rows, LIVE, run, "captured" if run in (0, 2, 4) else "unchanged")


def _others(rows: _Rows) -> None:
    _capture(rows, GONE, RUNS[0], BEFORE)
    _capture(rows, GONE, T(2026, 4, 1), BEFORE, origin="Example Archive")
    for run in range(5):
        _attempt(rows, GONE, run, "captured" if run == 0 else "unchanged" if run == 1 else "gone", status=410)
    rows.add(
        "disappearance", f"{GONE}.1", GONE, 1, RUNS[1], RUNS[2], RUNS[3], "gone", None,
        f"https://archive.example/web/20260401000000/https://trust.example/{GONE}", T(2026, 4, 1),
    )  # fmt: skip
    _capture(rows, BACK, RUNS[0], BEFORE)
    _capture(rows, BACK, RUNS[4], BEFORE, revisit=True)
    for run, outcome in enumerate(("captured", "not-found", "not-found", "unchanged", "unchanged")):
        _attempt(rows, BACK, run, outcome, status=404 if outcome == "not-found" else 200)
    rows.add(
        "disappearance", f"{BACK}.1", BACK, 1, RUNS[0], RUNS[1], RUNS[2], "not-found", RUNS[3], None, None
    )  # fmt: skip
    _capture(rows, ARCHIVED, T(2018, 1, 2, 3, 4), BEFORE, origin="Example Archive")
    _attempt(rows, ARCHIVED, 4, "captured", live="dns-error", status=None)
    _capture(rows, BLOCKED, RUNS[4], None, status=403, verdict="challenge", why="asks whether the reader is human")
    _attempt(rows, BLOCKED, 4, "challenge", status=403)
    _capture(rows, SLOW, RUNS[0], BEFORE)
    _attempt(rows, SLOW, 0, "captured")
    _attempt(rows, SLOW, 4, "timed-out", status=None)


def fill(home: Home) -> None:
    """Write what was collected into the working database of a home."""
    declare(home)
    rows = _Rows()
    _live(rows)
    _others(rows)
    for number, at in enumerate(RUNS, 1):
        rows.add("run", f"run-{number}", at, at + dt.timedelta(hours=1), "finished", 6, "{}", "test", "0.1")
    with duckdb.connect(str(home.work_database)) as connection:
        schema.create_collected(connection)
        rows.write(connection)
