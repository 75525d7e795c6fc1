"""The commands that read: query, search, serve, publish."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from data import logs
from data.console import (
    CLEAN,
    FINDINGS,
    USAGE,
    HomeOption,
    JsonOption,
    home_of,
    print_json,
    programme_of,
    say,
    stop,
)
from data.home import HOME_VARIABLE, PACKAGE, Home, is_checkout

if TYPE_CHECKING:
    from dashboard.search.results import SearchResult


class Format(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


def query(
    sql: Annotated[str, typer.Argument(help="One SELECT or EXPLAIN.")],
    output_format: Annotated[Format, typer.Option("--format", help="How the answer is written.")] = Format.TABLE,
    output: Annotated[Path | None, typer.Option("--output", help="Write to this file instead of stdout.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most this many rows.")] = None,
    seconds: Annotated[
        float | None, typer.Option("--seconds", min=0.1, help="End a question that takes longer.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask the published record one question in SQL."""
    import duckdb

    from dashboard.sql.statement import Refused, check, place_of
    from data.published import NotPublished, open_current

    place = home_of(home, as_json=as_json)
    try:
        with open_current(place) as connection, _ended_after(seconds, connection):
            answer = connection.execute(check(sql, connection))
            columns = [str(column[0]) for column in answer.description or []]
            if output_format is Format.PARQUET and not as_json:
                _write_parquet(answer, output, limit)
                return
            rows = answer.fetchmany(limit) if limit else answer.fetchall()
    except Refused as error:
        at = place_of(sql, error.position)
        drawn = f"\n\nLINE {at.line}: {at.text}\n{' ' * len(f'LINE {at.line}: ')}{at.caret}" if at else ""
        stop(f"{error}{drawn}", code=USAGE, as_json=as_json)
    except NotPublished as error:
        stop(str(error), as_json=as_json)
    except duckdb.InterruptException:
        stop(_too_long(seconds), code=USAGE, as_json=as_json)
    except duckdb.Error as error:
        stop(str(error), code=USAGE, as_json=as_json)
    if as_json:
        from dashboard.sql.formats import plain

        print_json({"ok": True, "columns": columns, "rows": [[plain(value) for value in row] for row in rows]})
        return
    _write(columns, rows, output_format, output)


def _too_long(seconds: float | None) -> str:
    return f"The question took longer than {seconds:g} seconds and was ended." if seconds else "Ended."


@contextlib.contextmanager
def _ended_after(seconds: float | None, connection: Any) -> Iterator[None]:
    """Interrupt the question when its time is up, and end this process where DuckDB does not listen."""
    if seconds is None:
        yield
        return

    def end() -> None:
        say(_too_long(seconds))
        os._exit(USAGE)

    timers = [threading.Timer(seconds, connection.interrupt), threading.Timer(seconds + 1, end)]
    for timer in timers:
        timer.daemon = True
        timer.start()
    try:
        yield
    finally:
        for timer in timers:
            timer.cancel()


def _write_parquet(answer: Any, output: Path | None, limit: int | None) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if output is None and sys.stdout.isatty():
        stop("Parquet is not for reading on a terminal; add --output FILE.", code=USAGE)
    table = answer.to_arrow_table() if hasattr(answer, "to_arrow_table") else answer.fetch_arrow_table()
    table = table.slice(0, limit) if limit else table
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    data = sink.getvalue().to_pybytes()
    if output is None:
        sys.stdout.buffer.write(data)
    else:
        output.write_bytes(data)


def _write(columns: list[str], rows: Sequence[Sequence[Any]], form: Format, output: Path | None) -> None:
    from dashboard.sql.formats import as_cell, plain, write_csv

    if form is Format.TABLE and output is None:
        from rich import box
        from rich.console import Console
        from rich.table import Table

        table = Table(*columns, box=box.SIMPLE_HEAD, header_style="bold")
        for row in rows:
            table.add_row(*(as_cell(value).replace("[", r"\[") for value in row))
        Console().print(table)
        say(f"{len(rows)} row(s)")
        return
    # newline="" so that the file holds the line ends that were written, on Windows too
    out = output.open("w", encoding="utf-8", newline="") if output else sys.stdout
    try:
        if form is Format.JSON:
            out.write(
                json.dumps([dict(zip(columns, map(plain, row), strict=True)) for row in rows], ensure_ascii=False)
                + "\n"
            )
        else:
            write_csv(out, columns, rows)
    finally:
        if output:
            out.close()


class Order(StrEnum):
    """How results are ordered."""

    RELEVANCE = "relevance"
    NEWEST = "newest"


def search(
    words: Annotated[list[str], typer.Argument(help='What to look for: words, "a phrase", org:slam, before:2021-06 …')],
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, help="At most this many results.")] = 20,
    offset: Annotated[int, typer.Option("--offset", min=0, max=10_000, help="Results to pass over.")] = 0,
    order: Annotated[Order, typer.Option("--order", help="Best or newest first.")] = Order.RELEVANCE,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find words in the record: bodies, statements, dated facts, sources, and passages of captured pages."""
    from dashboard.api.search import as_json as in_json
    from dashboard.search.query import TooLong
    from dashboard.search.query import search as find
    from data.search import NotIndexed

    place = home_of(home, as_json=as_json)
    base_url = programme_of(place, as_json=as_json).programme.base_url
    # an argument with spaces was quoted on the command line; alone it is the whole question as in the search box
    text = words[0] if len(words) == 1 else " ".join(f'"{w}"' if " " in w and ":" not in w else w for w in words)
    try:
        found = find(place, text, limit=limit, offset=offset, order=order.value)
    except (NotIndexed, TooLong) as error:
        stop(str(error), as_json=as_json)
    if as_json:
        print_json({"ok": True} | in_json(found, base_url))
        return
    _print_found(found)


def _print_found(found: SearchResult) -> None:
    from rich.console import Console
    from rich.text import Text

    from data.dates import in_words

    console = Console(soft_wrap=True, highlight=False)
    for hit in found.hits:
        line = Text.assemble(*((piece.text, "bold yellow" if piece.found else "bold") for piece in hit.title.pieces()))
        about = [in_words(hit.date, hit.date_precision) if hit.date else "", hit.heading or "", hit.address]
        if hit.capture is not None and hit.capture.captured_at:
            about.append(f"captured {hit.capture.captured_at}")
        console.print(line, Text("  " + " · ".join(filter(None, about)), "dim"), sep="")
        console.print(
            Text.assemble(
                "  ", *((piece.text.replace("\n", " "), "yellow" if piece.found else "") for piece in hit.text.pieces())
            )
        )
    for note in found.notes:
        say(note)
    if found.suggestion:
        say(f"Did you mean: {found.suggestion}")
    say(f"{'' if found.exact else 'More than '}{found.total:,} result(s), {len(found.hits)} shown")


def publish(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="An empty folder, or one published into before.")],
    base_url: Annotated[
        str | None,
        typer.Option("--base-url", help="Address of the site (default: base_url of programme.toml)."),
    ] = None,
    pictures: Annotated[
        bool, typer.Option("--pictures", help="A picture of its own for each page, for links on other sites (slow).")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the record as plain files that any web host serves; only what is new or changed is written."""
    import duckdb

    from dashboard.publish.folder import FolderError
    from dashboard.publish.publish import BadBaseUrl, base_url_of
    from dashboard.publish.publish import publish as write
    from data.published import NotPublished

    place = home_of(home, as_json=as_json)
    programme = programme_of(place, as_json=as_json)
    try:
        done = write(place, folder, base_url_of(base_url or programme.programme.base_url), pictures=pictures)
    except BadBaseUrl as error:
        stop(str(error), code=USAGE, as_json=as_json)
    except (FolderError, NotPublished) as error:
        stop(str(error), as_json=as_json)
    except duckdb.IOException as error:
        stop(
            f"The record cannot be read: {str(error).splitlines()[0]}. What is published there is as it was. Run: "
            "sim-record build --anew",
            as_json=as_json,
        )
    for address, by in done.broken:
        say(f"No file for {address}, to which {by} leads.")
    if as_json:
        print_json(
            {"ok": not done.broken, "folder": done.folder, "base_url": done.base_url, "record": done.record,
             "pages": done.pages, "files": done.files, "written": done.written, "unchanged": done.unchanged,
             "removed": done.removed, "seconds": done.seconds, "broken": [list(one) for one in done.broken]}
        )  # fmt: skip
    else:
        say(
            f"Record {done.record} is in {done.folder} for {done.base_url}: {done.pages:,} pages, "
            f"{done.files:,} files; {done.written:,} written, {done.unchanged:,} unchanged, {done.removed:,} removed, "
            f"in {done.seconds:g} s."
        )
    if done.broken:
        raise typer.Exit(FINDINGS)


def serve(
    port: Annotated[
        int | None,
        typer.Option("--port", min=1, max=65535, help="Port (default: 8501, or the next free one)."),
    ] = None,
    address: Annotated[str, typer.Option("--address", help="Address to listen on.")] = "127.0.0.1",
    home: HomeOption = None,
) -> None:
    """Show the dashboard (the same as `streamlit run streamlit_app.py`)."""
    place = home_of(home)
    chosen = choose_port(address, port)
    server = start_server(place, address, chosen)
    say(f"The record is at http://{address}:{chosen}/ (Ctrl-C ends it)")
    raise typer.Exit(wait_for([server]))


def wait_for(processes: list[subprocess.Popen[bytes]]) -> int:
    """Wait for the first of them, the server; end them all when it ends or a signal asks for it. Gives an exit code."""

    def ask_to_end(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, ask_to_end)
    try:
        return FINDINGS if processes[0].wait() else CLEAN
    except KeyboardInterrupt:
        return CLEAN
    finally:
        for process in processes:
            if process.poll() is None:
                process.terminate()
        for process in processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def choose_port(address: str, wanted: int | None) -> int:
    """A free port: the wanted one, else the first free one from 8501. Ends the command where that one is taken."""
    for port in [wanted] if wanted else range(8501, 8601):
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError:
                continue
            return port
    return stop(
        f"Port {wanted or '8501 to 8600'} on {address} is taken or not allowed; name another with --port.",
        code=USAGE,
    )


def start_server(home: Home, address: str, port: int) -> subprocess.Popen[bytes]:
    """Start the dashboard as a process of its own."""
    script = PACKAGE.parent / "streamlit_app.py"
    if is_checkout():
        folder = PACKAGE.parent
    else:
        folder = home.root
        try:
            _put_settings(folder)
        except OSError:  # a home that may only be read is served too
            folder = Path(tempfile.mkdtemp(prefix="sim-record-"))
            _put_settings(folder)
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(script),
        "--server.port",
        str(port),
        "--server.address",
        address,
    ]
    # which proxies are trusted stands in programme.toml alone; the server's own guess is all of loopback
    environment = {"FORWARDED_ALLOW_IPS": "", **os.environ, HOME_VARIABLE: str(home.root)}
    greeting = subprocess.DEVNULL if logs.is_json() else None  # Streamlit greets on stdout, in words
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=greeting)


def _put_settings(folder: Path) -> None:
    settings = folder / ".streamlit" / "config.toml"
    if not settings.exists():
        settings.parent.mkdir(exist_ok=True)
        shutil.copyfile(Path(__file__).with_name("streamlit-config.toml"), settings)


def add_commands(app: typer.Typer) -> None:
    """Hang the commands of this half into the command line."""
    app.command()(query)
    app.command()(search)
    app.command()(serve)
    app.command()(publish)
