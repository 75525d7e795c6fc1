"""The answer to a question in SQL as HTML, and the same question for other tools."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from dashboard.api.catalogue import tables
from dashboard.api.sql import failed_words
from dashboard.parts import chart
from dashboard.parts.cells import cell, heading
from dashboard.parts.few import Few
from dashboard.parts.head import section
from dashboard.parts.html import EMPTY, address, fill, join, link, listing, many, number
from dashboard.parts.notes import note
from dashboard.parts.tables import table
from dashboard.queries.state import last_run
from dashboard.sql import engine
from dashboard.sql.statement import Place, Refused
from dashboard.start import Context
from data.schema import COLLECTED

SHOWN: Final = 200
KEPT: Final = 32
KEEP_SECONDS: Final = 60.0


@dataclass(frozen=True)
class Outcome:
    """What came of a question: an answer, or in words why there is none. `passing`: a moment later it may have one."""

    answer: engine.Answer | None
    trouble: str = ""
    place: Place | None = None
    passing: bool = False


_ANSWERS: Final[Few[Markup]] = Few(KEPT, KEEP_SECONDS)
"""The plain page and the app that follows it ask the same."""


def asked(context: Context, question: str) -> Outcome:
    """Ask the record, within the limits for strangers. Never raises for what a reader can type."""
    try:
        return Outcome(engine.ask(context.record.path, question))
    except engine.Busy as busy:
        return Outcome(None, str(busy), passing=True)
    except Refused as refused:
        return Outcome(None, f"This question is not answered. {refused}", getattr(refused, "place", None))
    except engine.Failed as failed:
        return Outcome(None, failed_words(failed), failed.place)
    except engine.Unreadable as error:
        return Outcome(None, f"The record cannot be asked just now. {error}", passing=True)


def answered(context: Context, question: str, drawn: str = "", choice: Markup = EMPTY) -> Markup:
    """The section "Answer" under the editor; nothing where nothing is asked.

    `drawn` is a picture of `dashboard.parts.chart.PICTURES`, `choice` the links that choose one.
    """
    if not question.strip():
        return EMPTY
    key = (context.record.path, context.record.stamp, question, drawn, choice)
    kept = _ANSWERS.get(key)
    if kept is not None:
        return kept
    outcome = asked(context, question)
    if outcome.answer is None:
        told = note(outcome.trouble, "warning") + _caret(outcome.place)
        shown = section("Answer", fill('<div role="status">{t}</div>', t=told), name="answer")
        return shown if outcome.passing else _ANSWERS.put(key, shown)
    answer = outcome.answer
    body = [
        _empty_tables(context, question),
        choice,
        chart.picture(context.record, answer, drawn),
        _rows(context, answer) if answer.columns else EMPTY,
        fill("<p>The whole answer as {f}. {s}</p>", f=_files(question), s=shared(question, drawn)),
        copies(context, question),
    ]
    return _ANSWERS.put(key, section("Answer", join(body), name="answer", lead=_lead(context, answer)))


def _empty_tables(context: Context, question: str) -> Markup:
    """What no row, and a count of 0, mean of tables into which nothing was ever collected."""
    if last_run(context.record) is not None or not set(COLLECTED) & set(named := named_tables(context, question)):
        return EMPTY
    empty = listing(fill("<code>{n}</code>", n=name) for name in named if name in COLLECTED)
    return note(
        fill("Nothing was collected yet, so nothing stands in {t}: that says nothing of what pages did.", t=empty)
    )


def _lead(context: Context, answer: engine.Answer) -> Markup:
    total = len(answer.rows)
    least = "At least " if answer.truncated else ""
    cut = f", of which the first {SHOWN} are shown" if total > SHOWN else ""
    why = {
        "rows": f" An answer ends at {engine.MAX_ROWS:,} rows here; sim-record query has no such end.",
        "bytes": f" An answer ends at {engine.MAX_BYTES // 1_000_000} MB here; sim-record query has no such end.",
    }
    return fill(
        "{l}{n}{c}, from record {r}, in {s} ms.{w}",
        l=least,
        n=many(total, "row"),
        c=cut,
        r=number(context.record.number),
        s=f"{max(1, round(answer.seconds * 1000)):,}",
        w=why.get(answer.cut, ""),
    )


def _caret(place: Place | None) -> Markup:
    if place is None:
        return EMPTY
    return fill('<pre class="code">{t}\n{c}</pre>', t=place.text, c=place.caret)


def _rows(context: Context, answer: engine.Answer) -> Markup:
    columns = [
        heading(column.name or f"column {place + 1}", column.type, (row[place] for row in answer.rows[:SHOWN]))
        for place, column in enumerate(answer.columns)
    ]
    rows = [
        [cell(context.record, column.name, value) for column, value in zip(answer.columns, row, strict=True)]
        for row in answer.rows[:SHOWN]
    ]
    if not rows:
        return Markup('<p class="quiet">No row answers to this.</p>')
    return table(columns, rows, f"The answer: {many(len(answer.rows), 'row')}", classes="cells", stack=False)


def _files(question: str) -> Markup:
    names = {"csv": "CSV", "json": "JSON", "ndjson": "NDJSON"}
    return listing(
        link(address("/api/v1/sql", {"q": question, "format": form}), words, label=f"The answer as {words}")
        for form, words in names.items()
    )


def shared(question: str, drawn: str) -> Markup:
    """The link that holds the question, and the picture of its answer."""
    there = address("/data", {"q": question, "chart": drawn if drawn in chart.PICTURES else None})
    return link(f"{there}#answer", "Link to this question")


def drawing_links(question: str, drawn: str) -> Markup:
    """The answer as a table, or drawn: a link each."""
    kinds = [("", "Table"), *((name, name) for name in chart.PICTURES)]
    chosen = drawn if drawn in chart.PICTURES else ""
    items = join(
        fill(
            '<li><a href="{a}"{n}>{w}</a></li>',
            a=address("/data", {"q": question, "chart": name}) + "#answer",
            n=Markup(' aria-current="true"') if name == chosen else EMPTY,
            w=words,
        )
        for name, words in kinds
    )
    return fill('<nav class="views" aria-label="Show the answer as"><ul>{i}</ul></nav>', i=items)


def named_tables(context: Context, question: str) -> list[str]:
    """The tables of the record whose names stand in a question."""
    words = set(re.findall(r"\w+", question.lower()))
    return [name for name in tables(context.record) if name in words]


def as_duckdb(context: Context, question: str) -> str:
    """The question for DuckDB's own shell, over the tables as Parquet."""
    base = context.programme.programme.base_url.rstrip("/")
    views = [
        f"CREATE VIEW \"{name}\" AS FROM '{base}/api/v1/{name}.parquet';" for name in named_tables(context, question)
    ]
    return "\n".join(["INSTALL httpfs; LOAD httpfs;", *views, question.strip().rstrip(";") + ";"])


def as_python(context: Context, question: str) -> str:
    """The question for Python, without any package."""
    base = context.programme.programme.base_url.rstrip("/")
    return "\n".join(
        [
            "import json, urllib.parse, urllib.request",
            "",
            f"question = {_literal(question)}",
            f'address = "{base}/api/v1/sql?" + urllib.parse.urlencode({{"q": question}})',
            "with urllib.request.urlopen(address) as answer:",
            "    found = json.load(answer)",
            'names = [column["name"] for column in found["columns"]]',
            'rows = [dict(zip(names, row)) for row in found["rows"]]',
        ]
    )


def _literal(text: str) -> str:
    lines = text.split("\n")
    if len(lines) == 1:
        return json.dumps(text)
    inner = "\n".join(f"    {json.dumps(line + chr(10))}" for line in lines[:-1])
    return f"(\n{inner}\n    {json.dumps(lines[-1])}\n)"


def as_curl(context: Context, question: str) -> str:
    """The question for curl, answered as CSV."""
    base = context.programme.programme.base_url.rstrip("/")
    return (
        f"curl --get {shlex.quote(f'{base}/api/v1/sql')} --data-urlencode format=csv \\\n"
        f"  --data-urlencode {shlex.quote('q=' + question)}"
    )


def copies(context: Context, question: str) -> Markup:
    """The question for DuckDB, Python and curl, to be copied."""
    made: Sequence[tuple[str, Any]] = (("DuckDB", as_duckdb), ("Python", as_python), ("curl", as_curl))
    return fill(
        '<div class="copies">{d}</div>',
        d=join(
            fill(
                '<details class="fold"><summary>Copy as {n}</summary><pre class="code" tabindex="0" role="region" '
                'aria-label="The question for {n}">{c}</pre></details>',
                n=name,
                c=make(context, question),
            )
            for name, make in made
        ),
    )
