"""The review desk: what the machine found, listed and shown in its context, accepted or rejected by a person."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

import duckdb
import typer

from data.console import HomeOption, JsonOption, home_of, print_json, programme_of, say, stop
from data.home import Home
from data.published import open_current
from data.vocabulary import CANDIDATE_STATES
from scrapers.decisions import Candidate, DecisionError, accept, passage_digest, reject

OPEN: Final = ("open", "reopened")
KINDS: Final = ("adoption", "claimed_total", "petition_reading", "statement", "review_event", "foi", "source")
CONTEXT: Final = 2
"""Passages shown before and after the one in question."""


@dataclass(frozen=True)
class Shown:
    """A candidate with what a person needs to decide: its capture, its passage, and the passages around it."""

    row: dict[str, Any]
    context: tuple[tuple[bool, str], ...]
    """(is the passage itself, text) in the order of the page."""

    @property
    def candidate(self) -> Candidate:
        passage = self.row["passage"]
        return Candidate(
            self.row["candidate_id"],
            self.row["kind"],
            self.row["source_id"],
            json.loads(self.row["reading"]),
            self.row["body_sha256"],
            passage_digest(passage) if passage else None,
            self.row["row_id"],
            self.row["decisions"],
        )


_ROWS: Final = """
SELECT c.candidate_id, c.kind, c.source_id, c.capture_id, c.passage_id, c.reading, c.confidence, c.rule, c.found_at,
  c.state, c.decided_by, c.decided_on, c.decision, c.row_id, s.title, s.url, p.text AS passage, p.heading,
  p.page_number, k.body_sha256, k.memento_url,
  (SELECT count(*) FROM decision d WHERE d.candidate_id = c.candidate_id) AS decisions
FROM candidate c LEFT JOIN source s USING (source_id) LEFT JOIN passage p ON p.passage_id = c.passage_id
  LEFT JOIN capture k ON k.capture_id = c.capture_id
"""


def _fetch(connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[Any]) -> list[dict[str, Any]]:
    cursor = connection.execute(sql, list(values))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def find(
    connection: duckdb.DuckDBPyConnection,
    *,
    states: Sequence[str] = OPEN,
    kind: str | None = None,
    source: str | None = None,
    body: str | None = None,
    least: float = 0.0,
    limit: int = 50,
) -> list[dict[str, Any]]:
    """Candidates that fit, the surest first. `body` is an org_id that stands in the reading."""
    where, values = ["c.state IN (SELECT unnest(?))", "c.confidence >= ?"], [list(states), least]
    if kind:
        where.append("c.kind = ?")
        values.append(kind)
    if source:
        where.append("c.source_id = ?")
        values.append(source)
    if body:
        where.append("contains(c.reading, ?)")
        values.append(json.dumps(body))
    listed = " AND ".join(where)
    return _fetch(
        connection,
        f"{_ROWS} WHERE {listed} ORDER BY c.state = 'reopened' DESC, c.confidence DESC, c.candidate_id LIMIT ?",
        [*values, limit],
    )


def show(connection: duckdb.DuckDBPyConnection, candidate_id: str) -> Shown | None:
    """One candidate with its passage in context; None where there is none of that name, or the name is not enough."""
    rows = _fetch(connection, f"{_ROWS} WHERE c.candidate_id = ?", [candidate_id])
    if not rows:
        rows = _fetch(connection, f"{_ROWS} WHERE starts_with(c.candidate_id, ?) LIMIT 2", [candidate_id])
    if len(rows) != 1:
        return None
    row = rows[0]
    around = connection.execute(
        "SELECT p.passage_id = here.passage_id, p.text FROM passage p "
        "JOIN passage here ON here.extraction_id = p.extraction_id WHERE here.passage_id = ? "
        "AND p.position BETWEEN here.position - ? AND here.position + ? ORDER BY p.position",
        [row["passage_id"], CONTEXT, CONTEXT],
    ).fetchall()
    return Shown(row, tuple((bool(here), str(text)) for here, text in around))


# -- commands

desk = typer.Typer(help="What the machine found and nobody has checked yet.", no_args_is_help=False)
IdArgument = Annotated[str, typer.Argument(help="Name of the candidate, or its beginning.", metavar="ID")]
ByOption = Annotated[str, typer.Option("--by", help="Who decides: a name that may be published.")]


@desk.callback(invoke_without_command=True)
def listing(
    context: typer.Context,
    kind: Annotated[str | None, typer.Option("--kind", help=f"Only this kind: {', '.join(KINDS)}.")] = None,
    source: Annotated[str | None, typer.Option("--source", help="Only what was read in this source.")] = None,
    body: Annotated[str | None, typer.Option("--body", help="Only readings that name this body (its id).")] = None,
    state: Annotated[
        list[str] | None,
        typer.Option("--state", help=f"{', '.join(CANDIDATE_STATES)}; may be given again."),
    ] = None,
    least: Annotated[float, typer.Option("--least", min=0, max=1, help="Least confidence.")] = 0.0,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 50,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what waits for a decision, the surest first."""
    if context.invoked_subcommand is not None:
        return
    if kind and kind not in KINDS:
        raise typer.BadParameter(f"{kind!r} is no kind of candidate; allowed: {', '.join(KINDS)}", param_hint="--kind")
    for word in state or ():
        if word not in CANDIDATE_STATES:
            raise typer.BadParameter(
                f"{word!r} is no state of a candidate; allowed: {', '.join(CANDIDATE_STATES)}", param_hint="--state"
            )
    with _record(home_of(home, as_json=as_json), as_json) as connection:
        rows = find(connection, states=state or OPEN, kind=kind, source=source, body=body, least=least, limit=limit)
    if as_json:
        print_json({"ok": True, "candidates": [_public(row) for row in rows]})
        return
    for row in rows:
        print(f"{row['candidate_id']}  {row['confidence']:.2f}  {row['state']:<8}  {row['source_id']}")
        print(f"    {_in_short(json.loads(row['reading']))}")
    say(f"{len(rows)} candidate(s). Look at one: sim-record review show ID")


@desk.command("show")
def show_one(name: IdArgument, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show one candidate with its passage in context."""
    with _record(home_of(home, as_json=as_json), as_json) as connection:
        shown = _shown(connection, name, as_json)
    row = shown.row
    if as_json:
        context = [{"this": here, "text": text} for here, text in shown.context]
        print_json({"ok": True, "candidate": _public(row), "context": context})
        return
    print(f"{row['candidate_id']} ({row['kind']}, {row['state']})")
    print(f"Page: {row['title']}\n      {row['memento_url'] or row['url'] or 'no address'}")
    print(f"Captured {row['found_at'].day} {row['found_at']:%B %Y %H:%M} UTC, body {row['body_sha256'] or 'not known'}")
    print(f"Read by {row['rule']}, confidence {row['confidence']:.2f}")
    for key, value in json.loads(row["reading"]).items():
        print(f"  {key} = {value if value not in (None, [], '') else '-'}")
    if row["heading"]:
        print(f"Under: {row['heading']}")
    for here, text in shown.context:
        print(f"{'>>' if here else '  '} {text}")
    if row["row_id"]:
        print(f"The register says so already: {row['row_id']}")
    if row["decided_by"]:
        print(f"Decided by {row['decided_by']} on {row['decided_on']}: {row['decision']}")


@desk.command("accept")
def accept_one(
    name: IdArgument,
    by: ByOption,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="column=value: what the row shall say; may be given again.")
    ] = None,
    summary: Annotated[str | None, typer.Option("--summary", help="The row's summary, at most 40 words.")] = None,
    why: Annotated[str | None, typer.Option("--why", help="A word on the decision.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Accept a candidate: its row goes into the register, the decision beside it."""
    place = home_of(home, as_json=as_json)
    changes = {}
    for setting in settings or []:
        column, equals, value = setting.partition("=")
        if not equals or not column.strip():
            raise typer.BadParameter(f"{setting!r} is not of the form column=value", param_hint="--set")
        changes[column.strip()] = value
    with _record(place, as_json) as connection:
        shown = _shown(connection, name, as_json)
    if shown.row["state"] in ("accepted", "corrected") and shown.row["decided_by"]:
        stop(f"{shown.row['candidate_id']} was accepted by {shown.row['decided_by']} already.", as_json=as_json)
    try:
        table, cells = accept(
            place, shown.candidate, by, changes=changes, summary=summary, why=why, today=dt.datetime.now(dt.UTC).date()
        )
    except DecisionError as error:
        stop(str(error), as_json=as_json)
    _publish(place, as_json)
    if as_json:
        print_json({"ok": True, "candidate_id": shown.row["candidate_id"], "table": table, "row": cells})
    elif "row_id" in cells:
        say(f"Accepted. The register says so already in {table} {cells['row_id']}, so no row was added.")
    else:
        say(f"Accepted. Added to {table}: " + ", ".join(f"{key}={value}" for key, value in cells.items() if value))


@desk.command("reject")
def reject_one(
    name: IdArgument,
    why: Annotated[str, typer.Option("--why", help="Why it is no fact.")],
    by: ByOption,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Reject a candidate; it is not asked about again unless its page changes."""
    place = home_of(home, as_json=as_json)
    with _record(place, as_json) as connection:
        shown = _shown(connection, name, as_json)
    if shown.row["state"] == "rejected":
        stop(f"{shown.row['candidate_id']} was rejected by {shown.row['decided_by']} already.", as_json=as_json)
    try:
        reject(place, shown.candidate, by, why, today=dt.datetime.now(dt.UTC).date())
    except DecisionError as error:
        stop(str(error), as_json=as_json)
    _publish(place, as_json)
    if as_json:
        print_json({"ok": True, "candidate_id": shown.row["candidate_id"], "decision": "rejected"})
    else:
        say(f"Rejected {shown.row['candidate_id']}.")


def add_review(app: typer.Typer) -> None:
    """Hang the desk into the command line as `review`."""
    app.add_typer(desk, name="review")


def _record(home: Home, as_json: bool) -> duckdb.DuckDBPyConnection:
    from data.published import NotPublished

    try:
        return open_current(home)
    except NotPublished:
        stop("Nothing is published yet. Run: sim-record build", as_json=as_json)


def _shown(connection: duckdb.DuckDBPyConnection, name: str, as_json: bool) -> Shown:
    shown = show(connection, name)
    if shown is None:
        several = connection.execute(
            "SELECT count(*) FROM candidate WHERE starts_with(candidate_id, ?)", [name]
        ).fetchone()
        told = (
            f"{several[0]} candidates have names that begin with"
            if several and several[0]
            else "No candidate is called"
        )
        stop(f"{told} {name!r}. List them: sim-record review", as_json=as_json)
    return shown


def _publish(home: Home, as_json: bool) -> None:
    """Publish again, so that the next reader sees the decision."""
    from scrapers.build import RegisterError, WorkError, build

    programme_of(home, as_json=as_json)
    try:
        build(home)
    except (RegisterError, WorkError, OSError) as error:
        say(f"The decision is written; it shows after the next build. ({str(error).splitlines()[0]})")


_NOT_TOLD: Final = frozenset({"title", "url", "memento_url", "page_number", "decisions"})


def _public(row: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in row.items() if key not in _NOT_TOLD}
    return kept | {"reading": json.loads(row["reading"])}


def _in_short(reading: dict[str, Any]) -> str:
    return ", ".join(
        f"{key}={';'.join(value) if isinstance(value, list) else value}"
        for key, value in reading.items()
        if value not in (None, [], "") and key not in ("matched", "where")
    )
