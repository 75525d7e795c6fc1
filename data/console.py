"""What the two halves of the command line share: the home option, errors that say what to do, JSON on stdout."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from data import logs
from data.home import Home, HomeError, find_home
from data.programme import Programme, ProgrammeError, read_programme

CLEAN, FINDINGS, USAGE, BUG = 0, 1, 2, 3

LOG = logging.getLogger(__name__)

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home",
        help="The folder of the record (default: SIM_RECORD_HOME, else the project's own).",
        show_default=False,
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on stdout; everything else goes to stderr.")
]


def say(text: str) -> None:
    """A line for the person at the terminal, on stderr so that stdout stays clean; an event where stderr is JSON.

    What comes from outside in it acts on no terminal.
    """
    if logs.is_json():
        logs.event(LOG, logging.INFO, "said", text=text)
        return
    print(logs.plain_lines(text), file=sys.stderr, flush=True)


def print_json(value: dict[str, Any]) -> None:
    """The one JSON object of a command."""
    print(json.dumps(value, ensure_ascii=False, default=str), flush=True)


def stop(text: str, *, code: int = FINDINGS, as_json: bool = False) -> NoReturn:
    """End the command with a message that says what to do next."""
    if as_json:
        print_json({"ok": False, "error": text})
    say(text)
    raise typer.Exit(code)


def stop_with_findings(findings: list[str], *, as_json: bool) -> NoReturn:
    """End the command with everything that is wrong, one line each."""
    if as_json:
        print_json({"ok": False, "findings": findings})
    for finding in findings:
        say(finding)
    say(f"{len(findings)} finding(s). Nothing was published.")
    raise typer.Exit(FINDINGS)


def home_of(option: Path | None, *, as_json: bool = False) -> Home:
    """The home that a command works on; ends the command where there is none."""
    try:
        return find_home(option)
    except HomeError as error:
        stop(str(error), code=USAGE, as_json=as_json)


def programme_of(home: Home, *, as_json: bool = False) -> Programme:
    """The home's programme.toml; ends the command where it cannot be used."""
    try:
        return read_programme(home.programme_file)
    except ProgrammeError as error:
        stop_with_findings(error.findings, as_json=as_json)
