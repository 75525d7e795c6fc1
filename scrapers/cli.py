"""The commands that write: build, check, collect, backfill."""

from __future__ import annotations

import sys
import time
from typing import Annotated, Final

import typer

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
    stop_with_findings,
)
from data.dates import Span, span
from data.vocabulary import SOURCE_KINDS
from scrapers.lakedesk import add_lake
from scrapers.reviewdesk import add_review

TELL_SECONDS: Final = 5.0
"""How often a long command says how far it is."""


def build(
    anew: Annotated[
        bool, typer.Option("--anew", help="Make all of it anew, taking nothing over from the last publication.")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check the register and publish it with everything collected so far."""
    from scrapers.build import RegisterError, WorkError
    from scrapers.build import build as run

    place = home_of(home, as_json=as_json)
    programme_of(place, as_json=as_json)
    try:
        made = run(place, anew=anew)
    except RegisterError as error:
        stop_with_findings([str(finding) for finding in error.findings], as_json=as_json)
    except WorkError as error:
        stop(str(error), as_json=as_json)
    except OSError as error:
        stop(f"{error.filename or place.root}: {error.strerror}. Nothing was published.", as_json=as_json)
    if as_json:
        print_json({"ok": True, "published": made.path.name, "rows": made.rows, "notes": list(made.notes)})
    else:
        shown = ("organisation", "source", "adoption", "statement", "review_event", "timeline", "capture")
        for note in made.notes:
            say(note)
        say(f"Published {made.path.name}: " + ", ".join(f"{made.rows[name]} {name}" for name in shown))


def check(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Check the register, the hash of every capture and the published database. Exit 1 with findings."""
    from scrapers.check import check_home

    place = home_of(home, as_json=as_json)
    programme_of(place, as_json=as_json)
    report = check_home(place)
    if as_json:
        print_json({"ok": not report.findings, "findings": report.findings, "checked": report.checked})
    for finding in report.findings:
        say(finding)
    told = ", ".join(f"{count} {name}" for name, count in report.checked.items())
    say(f"Checked {told}: " + (f"{len(report.findings)} finding(s)." if report.findings else "all is well."))
    raise typer.Exit(FINDINGS if report.findings else CLEAN)


def doctor(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Say how this installation is, line by line, and what to do about what is not well. Exit 1 where it is broken."""
    from scrapers.doctor import examine
    from scrapers.doctor.lines import State

    lines = examine(home)
    well = all(line.state is not State.BROKEN for line in lines)
    if as_json:
        print_json({"ok": well, "lines": [line.to_json() for line in lines]})
    else:
        for line in lines:
            print(line.to_text())
    raise typer.Exit(CLEAN if well else FINDINGS)


def collect(
    sources: Annotated[
        list[str] | None,
        typer.Argument(help="Ids of the sources to ask (default: all).", metavar="[SOURCE]..."),
    ] = None,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", help="Only sources of this kind; may be given again.")
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Ask at most this many sources.")] = None,
    archive: Annotated[
        list[str] | None,
        typer.Option("--archive", help="Ask this web archive (its address) when a page is gone."),
    ] = None,
    no_archive: Annotated[bool, typer.Option("--no-archive", help="Ask no web archive.")] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Allow private and loopback addresses (for tests).")
    ] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the last run that was cut off.")] = False,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster", metavar="ADDRESS", help="Let the workers of this Dask scheduler ask (tcp://host:8786)."
        ),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Walk over the declared sources: ask each page once, gently, store what it answered, publish."""
    from data.bodies import StoreTrouble
    from scrapers.archives import archive_hook
    from scrapers.build import RegisterError, WorkError
    from scrapers.collect import CollectError, CollectOptions
    from scrapers.collect import collect as run
    from scrapers.families import data_reader, second_opinion
    from scrapers.hooks import Hooks

    for word in kind or []:
        if word not in SOURCE_KINDS:
            raise typer.BadParameter(
                f"{word!r} is no kind of source; allowed: {', '.join(SOURCE_KINDS)}", param_hint="--kind"
            )
    _check_archives(archive)
    place = home_of(home, as_json=as_json)
    programme = programme_of(place, as_json=as_json)
    options = CollectOptions(
        sources=tuple(sources or ()),
        kinds=tuple(kind or ()),
        limit=limit,
        archive_urls=tuple(archive or ()),
        use_archives=not no_archive,
        allow_private=allow_private,
        resume=resume,
        cluster=cluster,
    )
    try:
        hooks = Hooks(
            archives=archive_hook(programme, options.archive_urls), judge=second_opinion, further=data_reader(programme)
        )
        summary = run(place, programme, options, hooks=hooks)
    except RegisterError as error:
        stop_with_findings([str(finding) for finding in error.findings], as_json=as_json)
    except (CollectError, WorkError, StoreTrouble) as error:
        stop(str(error), as_json=as_json)
    if as_json:
        print_json(summary.to_json())
    else:
        say(summary.to_text())
    raise typer.Exit(CLEAN if summary.clean else FINDINGS)


def backfill(
    sources: Annotated[
        list[str] | None,
        typer.Argument(help="Ids of the sources whose past is fetched (default: all).", metavar="[SOURCE]..."),
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="First day, month or year (2021-05-12, 2021-05, 2021).")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="Last day, month or year, itself included.")
    ] = None,
    every: Annotated[
        str, typer.Option("--every", metavar="month|year|day|all", help="One copy of each month, year or day, or all.")
    ] = "month",
    archive: Annotated[
        list[str] | None, typer.Option("--archive", help="Ask this web archive (its address) too, and first.")
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Fetch at most this many copies.")] = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Allow private and loopback addresses (for tests).")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fetch the past of pages from web archives, as captures with their own dates, and publish.

    It may be cut off and started again: copies that are here are not fetched again.
    """
    from data.bodies import StoreTrouble
    from scrapers.archives.choose import EVERY
    from scrapers.backfill import BackfillOptions
    from scrapers.backfill import backfill as run
    from scrapers.build import RegisterError, WorkError
    from scrapers.collect import CollectError

    stretch = next((one for one in EVERY if one == every), None)
    if stretch is None:
        raise typer.BadParameter(f"{every!r} is not among: {', '.join(EVERY)}", param_hint="--every")
    first, last = _days(start, "--from"), _days(end, "--to")
    if first and last and first.first and first.first > last.last:
        raise typer.BadParameter("it lies before --from", param_hint="--to")
    _check_archives(archive)
    place = home_of(home, as_json=as_json)
    programme = programme_of(place, as_json=as_json)
    options = BackfillOptions(
        sources=tuple(sources or ()),
        start=first.first if first else None,
        end=last.last if last else None,
        every=stretch,
        archive_urls=tuple(archive or ()),
        limit=limit,
        allow_private=allow_private,
    )
    try:
        summary = run(place, programme, options)
    except RegisterError as error:
        stop_with_findings([str(finding) for finding in error.findings], as_json=as_json)
    except (CollectError, WorkError, StoreTrouble) as error:
        stop(str(error), as_json=as_json)
    if as_json:
        print_json(summary.to_json())
    else:
        say(summary.to_text())
    raise typer.Exit(CLEAN if summary.clean else FINDINGS)


def _check_archives(addresses: list[str] | None) -> None:
    for address in addresses or []:
        if not address.startswith(("http://", "https://")):
            raise typer.BadParameter(f"{address!r} is no address; allowed: http:// or https://", param_hint="--archive")


def _days(text: str | None, option: str) -> Span | None:
    """The days that a date of full or partial length covers."""
    if text is None:
        return None
    try:
        return span(text, {4: "year", 7: "month"}.get(len(text), "day"))
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r} is no date; allowed: 2021-05-12, 2021-05 or 2021", param_hint=option
        ) from error


def add(
    url: Annotated[str, typer.Argument(help="Address of the page to declare.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write the proposed row without asking.")] = False,
    source_id: Annotated[str, typer.Option("--id", help="Id of the source (default: proposed).")] = "",
    title: Annotated[str, typer.Option("--title", help="Title (default: as the page states it).")] = "",
    publisher: Annotated[
        str, typer.Option("--publisher", help="Id of the body that published it (default: by its website).")
    ] = "",
    kind: Annotated[str, typer.Option("--kind", help="Kind of source (default: proposed).")] = "",
    published: Annotated[
        str, typer.Option("--published", metavar="DATE", help="2021-05-12, 2021-05 or 2021 (default: as stated).")
    ] = "",
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Allow private and loopback addresses (for tests).")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Declare a page as a source: ask it once, show the proposed row, write it after a yes."""
    from scrapers.add import AddError, AddOptions, Proposal, as_line
    from scrapers.add import add as run

    if not yes and not sys.stdin.isatty():
        stop(
            "There is nobody at a terminal to say yes, so nothing was asked or written. Run again with --yes.",
            code=USAGE,
            as_json=as_json,
        )
    if kind and kind not in SOURCE_KINDS:
        raise typer.BadParameter(
            f"{kind!r} is no kind of source; allowed: {', '.join(SOURCE_KINDS)}", param_hint="--kind"
        )
    if not url.strip().startswith(("http://", "https://")):
        raise typer.BadParameter(f"{url!r} is no address; allowed: http:// or https://", param_hint="URL")

    def confirm(proposal: Proposal) -> bool:
        for column, value in proposal.row.items():
            say(f"{column:>15}  {value or '(empty)'}")
        for note in proposal.notes:
            say(f"Note: {note}.")
        say(as_line(proposal.row).rstrip())
        return yes or typer.confirm("Write this row into sources.csv?", default=False, err=True)

    place = home_of(home, as_json=as_json)
    programme = programme_of(place, as_json=as_json)
    options = AddOptions(source_id, title, publisher, kind, published, allow_private)
    try:
        added = run(place, programme, url, options, confirm=confirm)
    except AddError as error:
        stop(str(error), as_json=as_json)
    except OSError as error:
        stop(f"{error.filename or place.register}: {error.strerror}. Nothing was written.", as_json=as_json)
    page = str(added.page) if added.page else None
    if as_json:
        print_json({"ok": True, "row": added.row, "recorded_page": page, "notes": list(added.notes)})
    else:
        say(f"Wrote {added.row['source_id']} into sources.csv." + (f" Recorded page: {page}" if page else ""))


def extract(
    sources: Annotated[
        list[str] | None,
        typer.Argument(help="Ids of the sources to read again (default: all).", metavar="[SOURCE]..."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Read every stored capture again, not only what was not read yet.")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read stored captures with the present extractors, and publish. Makes no change of any page."""
    from scrapers.build import RegisterError, WorkError
    from scrapers.reread import UnknownSource, reread

    place = home_of(home, as_json=as_json)
    programme = programme_of(place, as_json=as_json)
    told_at = time.monotonic()

    def tick(done: int, total: int) -> None:
        nonlocal told_at
        if done == total or time.monotonic() - told_at >= TELL_SECONDS:
            told_at = time.monotonic()
            say(f"{done} of {total} read" + (", now comparing" if done == total else ""))

    try:
        done = reread(place, programme, everything=everything, sources=tuple(sources or ()), tick=tick)
    except RegisterError as error:
        stop_with_findings([str(finding) for finding in error.findings], as_json=as_json)
    except (UnknownSource, WorkError) as error:
        stop(str(error), as_json=as_json)
    if as_json:
        print_json(done.to_json())
    else:
        say(done.to_text())
    raise typer.Exit(FINDINGS if done.spoiled else CLEAN)


def withhold(
    sha: Annotated[str, typer.Argument(metavar="SHA", help="SHA-256 of the captured body, 64 characters.")],
    why: Annotated[str, typer.Option("--why", help="Why: the order or request, in words that may be shown.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Stop showing a captured body (court order, data protection or takedown request) and publish without it.

    Its hash, its times and the reason stay on record; the bytes in captures/ are not altered.
    """
    import datetime as dt

    from scrapers.build import RegisterError, WorkError
    from scrapers.build import build as run
    from scrapers.decisions import DecisionError, Refused
    from scrapers.withhold import WithholdError
    from scrapers.withhold import withhold as take_out

    place = home_of(home, as_json=as_json)
    programme_of(place, as_json=as_json)
    try:
        done = take_out(place, sha, why, today=dt.datetime.now(dt.UTC).date())
    except WithholdError as error:
        stop(str(error), code=USAGE, as_json=as_json)
    except Refused as error:
        stop_with_findings([str(finding) for finding in error.findings], as_json=as_json)
    except (DecisionError, WorkError, OSError) as error:
        stop(str(error), as_json=as_json)
    try:
        made = run(place)
    except (RegisterError, WorkError) as error:
        stop(f"Written into withheld.csv, but not published yet: {error}", as_json=as_json)
    if as_json:
        print_json(
            {"ok": True, "body_sha256": done.body_sha256, "captures": done.captures, "sources": list(done.sources),
             "editions": list(done.editions), "published": made.path.name}
        )  # fmt: skip
        return
    named = ", ".join(done.sources)
    say(f"Withheld: {done.captures} capture(s) of {named}. Published {made.path.name} without what was read in them.")
    if done.editions:
        say(
            f"Editions issued before are not altered and may hold words of it: {', '.join(done.editions)}. "
            "Take those folders off the server where the order asks for it."
        )


def add_commands(app: typer.Typer) -> None:
    """Hang the commands of this half into the command line."""
    app.command()(build)
    app.command()(check)
    app.command()(doctor)
    app.command()(collect)
    app.command()(backfill)
    app.command()(add)
    app.command()(extract)
    app.command()(withhold)
    add_review(app)
    add_lake(app)
