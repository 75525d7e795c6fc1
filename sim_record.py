"""The command line: joins the commands that write and the commands that read, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from typing import Annotated

import typer

import dashboard.cli
import scrapers.cli
from data.console import BUG, CLEAN, FINDINGS, USAGE, HomeOption, home_of, programme_of, say
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


def _many(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


scrapers.cli.add_commands(app)
dashboard.cli.add_commands(app)


def main() -> None:
    """Run the command line. Exit codes: 0 clean, 1 findings or failed sources, 2 usage, 3 bug."""
    try:
        app()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else USAGE
        _leave(code)
    except KeyboardInterrupt:
        _leave(FINDINGS)
    except BrokenPipeError:
        # the reader of our output has gone; nothing is left to say, and closing stdout would fail again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _leave(CLEAN)
    except Exception:
        traceback.print_exc()
        say("This is a bug in sim-record, not something you did. Please report it with the lines above.")
        _leave(BUG)


def _leave(code: int) -> None:
    sys.exit(code)


if __name__ == "__main__":
    main()
