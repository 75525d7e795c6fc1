"""The command line: joins the commands that write and the commands that read, and nothing else."""

from __future__ import annotations

import datetime as dt
import logging
import os
import subprocess
import sys
import traceback
from typing import Annotated

import typer

import dashboard.cli
import scrapers.cli
from data import logs
from data.console import (
    BUG,
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
from data.editions import Edition
from data.programme import Programme
from data.version import software_version

app = typer.Typer(
    name="sim-record",
    help="A public record: collect public pages, check and publish the register, show and query it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def about(
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.", is_eager=True)] = False,
) -> None:
    """A public record: collect public pages, check and publish the register, show and query it."""
    if version:
        print(software_version())
        raise typer.Exit(CLEAN)


@app.command()
def up(
    port: Annotated[
        int | None,
        typer.Option("--port", min=1, max=65535, help="Port (default: 8501, or the next free one)."),
    ] = None,
    address: Annotated[str, typer.Option("--address", help="Address to listen on.")] = "127.0.0.1",
    no_collect: Annotated[bool, typer.Option("--no-collect", help="Only serve; ask no site.")] = False,
    home: HomeOption = None,
) -> None:
    """Build if needed, show the dashboard, and collect in the background."""
    from data.published import NotPublished, current_path
    from scrapers.build import RegisterError, WorkError, build
    from scrapers.plan import plan_run

    place = home_of(home)
    programme = programme_of(place)
    sound = True
    try:
        current_path(place)
    except NotPublished:
        say("Building the record from its register …")
        try:
            build(place)
        except RegisterError as error:
            sound = False
            for finding in error.findings:
                say(str(finding))
            say(f"{len(error.findings)} finding(s) in the register: the dashboard shows them until they are mended.")
        except WorkError as error:
            say(str(error))
    chosen = dashboard.cli.choose_port(address, port)
    processes = [dashboard.cli.start_server(place, address, chosen)]
    say(f"The record is at http://{address}:{chosen}/ (Ctrl-C ends it)")
    if sound and not no_collect:
        plan = plan_run(place)
        say(
            f"Collecting in the background: {_many(plan.pages, 'page')} on {_many(plan.sites, 'site')}, "
            f"one request at a time on each, "
            f"{programme.collect.delay:g} s apart, as {programme.programme.agent}. Use --no-collect to only serve."
        )
        command = [sys.executable, "-m", "sim_record", "collect", "--home", str(place.root)]
        processes.append(subprocess.Popen(command, stdin=subprocess.DEVNULL))
    raise typer.Exit(dashboard.cli.wait_for(processes))


@app.command()
def edition(
    date: Annotated[
        str | None,
        typer.Option("--date", metavar="YYYY-MM-DD", help="The day it bears (default: today, UTC)."),
    ] = None,
    stamp: Annotated[
        str | None,
        typer.Option("--stamp", metavar="EDITION", help="Have this edition stamped, which has no time stamp yet."),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Issue the record in force as an edition: dated, hashed, never altered; stamped where a service is named."""
    from dashboard.editions.make import issue
    from data.editions import EditionError
    from data.editions import edition as find

    place = home_of(home, as_json=as_json)
    programme = programme_of(place, as_json=as_json)
    if stamp is not None:
        found = find(place, stamp)
        if found is None:
            stop(f"There is no edition {stamp!r} in {place.editions}.", code=USAGE, as_json=as_json)
        issued, is_new = found, False
    else:
        try:
            made = issue(place, programme, day=_day(date))
        except EditionError as error:
            stop(str(error), as_json=as_json)
        issued, is_new = made.edition, made.is_new
    told: dict[str, object] = {
        "ok": True, "edition": issued.name, "new": is_new, "path": str(issued.folder), "sha256": issued.sha256,
        "record": issued.facts.get("record"), "pages": issued.facts.get("pages"),
        "lake_snapshot": issued.facts.get("lake_snapshot"),
    }  # fmt: skip
    if is_new:
        say(f"Issued edition {issued.name} of record {issued.facts['record']}: {_many(issued.facts['pages'], 'page')}.")
        say(f"SHA-256 of the edition: {issued.sha256}")
        if (snapshot := issued.facts.get("lake_snapshot")) is not None:
            say(f"What was collected is snapshot {snapshot} of the lake.")
        elif programme.store.kind == "ducklake":
            say(
                "No snapshot of the lake holds just this record, so none is named with it: some of what this machine "
                "collected is not shared yet. To have one: sim-record collect, then sim-record edition"
            )
    elif stamp is None:
        say(f"Nothing new to issue: edition {issued.name} holds this record already.")
    if stamp is not None or (is_new and programme.edition.timestamp_url):
        told |= _stamped(issued, programme)
    if as_json:
        print_json(told)
    raise typer.Exit(CLEAN if told["ok"] else FINDINGS)


def _day(date: str | None) -> dt.date | None:
    if date is None:
        return None
    try:
        return dt.datetime.strptime(date, "%Y-%m-%d").replace(tzinfo=dt.UTC).date()
    except ValueError as error:
        raise typer.BadParameter(f"{date!r} is no day; write it as 2026-11-23", param_hint="--date") from error


def _stamped(issued: Edition, programme: Programme) -> dict[str, object]:
    """Have an edition stamped; what to add to the summary."""
    from scrapers.timestamp import StampError
    from scrapers.timestamp import stamp as ask

    try:
        given = ask(issued, programme)
    except StampError as error:
        say(f"Not stamped. {error}")
        return {"ok": False, "stamp": None, "stamp_error": str(error)}
    say(f"Stamped at {given.at.isoformat()} by {programme.edition.timestamp_url}.")
    return {"stamp": given.at.isoformat()}


def _many(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


scrapers.cli.add_commands(app)
dashboard.cli.add_commands(app)


def main() -> None:
    """Run the command line. Exit codes: 0 clean, 1 findings or failed sources, 2 usage, 3 bug."""
    try:
        logs.begin()
        app()
    except logs.LogError as error:
        say(str(error))
        _leave(USAGE)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else USAGE
        _leave(code)
    except KeyboardInterrupt:
        _leave(FINDINGS)
    except BrokenPipeError:
        # the reader of our output has gone; nothing is left to say, and closing stdout would fail again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _leave(CLEAN)
    except Exception as error:
        if _interrupted(error):
            say("Stopped before it had ended.")
            _leave(FINDINGS)
        if logs.is_json():
            logging.getLogger("sim_record").exception("bug")
        else:
            traceback.print_exc()
        say("This is a bug in sim-record, not something you did. Please report it with the lines above.")
        _leave(BUG)


def _interrupted(error: BaseException) -> bool:
    """Whether Ctrl-C is behind an error: the database makes one of its own of it in the middle of a query."""
    behind = error.__cause__ or error.__context__
    return isinstance(error, KeyboardInterrupt) or (behind is not None and _interrupted(behind))


def _leave(code: int) -> None:
    sys.exit(code)


if __name__ == "__main__":
    main()
