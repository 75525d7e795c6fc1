"""The commands about what machines share: where the lake stands, one of its states taken out, its files joined."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.console import HomeOption, JsonOption, home_of, print_json, programme_of, say, stop

if TYPE_CHECKING:
    from data.home import Home
    from data.programme import Store

lake = typer.Typer(help="What machines share, where [store] is ducklake.", no_args_is_help=True)


def _ready(home: Path | None, as_json: bool) -> tuple[Home, Store]:
    place = home_of(home, as_json=as_json)
    store = programme_of(place, as_json=as_json).store
    if store.kind != "ducklake":
        stop('[store] of programme.toml is of kind "file": nothing is shared, so there is no lake.', as_json=as_json)
    return place, store


@lake.command()
def status(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Where the lake stands: its snapshots, and the rows of each table."""
    from scrapers.lake import LakeTrouble, open_lake

    place, store = _ready(home, as_json)
    try:
        with open_lake(place, store) as opened:
            snapshots, counts = opened.snapshots(), opened.counts()
    except LakeTrouble as error:
        stop(str(error), as_json=as_json)
    last = snapshots[-1]
    if as_json:
        print_json({"ok": True, "snapshot": last.number, "made_at": last.made_at.isoformat(), "rows": counts})
    else:
        say(f"Snapshot {last.number} of {last.made_at:%Y-%m-%d %H:%M:%S %Z}, the first is {snapshots[0].number}.")
        say(", ".join(f"{count} {name}" for name, count in counts.items()))


@lake.command()
def checkout(
    snapshot: Annotated[
        str, typer.Argument(help="Number of the snapshot (see: sim-record lake status), or an edition.")
    ],
    folder: Annotated[Path, typer.Argument(help="A new folder, which becomes a home.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a home of what was collected up to a snapshot, with this home's register; then build or edition it."""
    from scrapers.lake import LakeTrouble, snapshot_of
    from scrapers.lake import checkout as run

    place, store = _ready(home, as_json)
    try:
        number, note = snapshot_of(place, snapshot)
        rows = run(place, store, number, folder)
    except LakeTrouble as error:
        stop(str(error), as_json=as_json)
    except OSError as error:
        stop(f"{error.filename or folder}: {error.strerror}.", as_json=as_json)
    if as_json:
        print_json({"ok": True, "home": str(folder), "snapshot": number, "rows": rows, "note": note or None})
    else:
        say(f"{folder} holds snapshot {number}: {rows} rows. Next: sim-record build --home {folder}")
        if note:
            say(note)


@lake.command()
def tidy(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Join the many small files that many sharings leave; every snapshot stays."""
    from scrapers.lake import LakeTrouble, open_lake

    place, store = _ready(home, as_json)
    try:
        with open_lake(place, store) as opened:
            opened.tidy()
    except LakeTrouble as error:
        stop(str(error), as_json=as_json)
    if as_json:
        print_json({"ok": True})
    else:
        say("The lake's files are joined.")


def add_lake(app: typer.Typer) -> None:
    """Hang the commands into the command line."""
    app.add_typer(lake, name="lake")
