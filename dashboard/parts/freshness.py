"""One quiet remark on every page: nothing collected yet, the last collection failed or was cut off, the record is
old."""

from __future__ import annotations

import datetime as dt

from markupsafe import Markup

from dashboard.parts.dates import day_words, time_ago
from dashboard.parts.html import EMPTY, fill, join, many
from dashboard.parts.notes import note
from dashboard.queries import state
from dashboard.queries.state import LastRun
from dashboard.start import Context, per_page
from data.progress import Progress, read_progress
from data.published import STALE_DAYS


def freshness(context: Context) -> Markup:
    """What a reader should know of the age of this record; nothing where all is well, or on a page that is kept."""
    if context.still:
        return EMPTY
    progress = read_progress(context.home.progress_file)
    if progress is None or progress.state == "ended":
        return remarks(context, "", "")
    if progress.is_stale(dt.datetime.now(dt.UTC)):
        return remarks(context, progress.run_id, _day_of(progress))
    return remarks(context, progress.run_id, "")


def _day_of(progress: Progress) -> str:
    """Day on which the run began, ISO 8601; today's where the file holds something else."""
    try:
        return dt.datetime.fromisoformat(progress.started_at).date().isoformat()
    except ValueError:
        return dt.datetime.now(dt.UTC).date().isoformat()


@per_page
def remarks(context: Context, run_now: str, silent_since: str) -> Markup:
    """The remark. `run_now` is the run of the progress file, "" where it ended; `silent_since` the day (ISO 8601) on
    which that run began, if its writer has fallen silent without an end."""
    run = state.last_run(context.record)
    found: list[Markup] = []
    if silent_since and (run is None or run.run_id != run_now):
        begun = day_words(dt.date.fromisoformat(silent_since))
        found.append(fill("The collection begun on {d} was cut off; what it found is not shown yet.", d=begun))
    if run is None:
        if found:
            return note(join(found, " "), "warning")
        if not state.fact_count(context.record):
            return EMPTY
        return note("Not collected yet: what stands here was read by people in the pages that it names.", "quiet")
    under_way = run.run_id == run_now and not silent_since
    if not under_way:
        found += _of_outcome(run)
    found += _of_age(context, run)
    return note(join(found, " "), "warning") if found else EMPTY


def _of_outcome(run: LastRun) -> list[Markup]:
    day, several = day_words(run.started_at), many(run.asked, "page")
    if run.state == "interrupted" or run.ended_at is None:
        asked = f"{several} of {run.sources:,}" if run.asked < run.sources else several
        return [fill("The collection of {d} was cut off after {n}; the others were asked earlier.", d=day, n=asked)]
    if run.asked and not run.good:
        return [fill("On {d} no page could be read; what is shown is older.", d=day)]
    bad = run.asked - run.good
    if 2 * bad > run.asked:
        words = "On {d} {b} of {n} could not be read; what is shown of those is older."
        return [fill(words, d=day, b=f"{bad:,}", n=several)]
    return []


def _of_age(context: Context, run: LastRun) -> list[Markup]:
    began = run.started_at.date()
    if (context.today - began).days <= STALE_DAYS:
        return []
    words = "Pages were last asked for {a} ago, on {d}; what has changed since is not shown."
    return [fill(words, a=time_ago(began, context.today), d=day_words(began))]
