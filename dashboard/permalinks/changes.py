"""Permanent pages of what a source changed: /documents/<id>/changes/<n>..<m>, and the list of its changes.

The numbers are those of changes, which are given once and never anew. Versions have none such: an older copy that comes
in from a web archive moves their numbers, and a cited page would then show something else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from dashboard.parts import diff
from dashboard.parts.dates import day_words
from dashboard.parts.evidence import held_copy
from dashboard.parts.head import page_head, section
from dashboard.parts.html import EMPTY, fill, join, link, many
from dashboard.parts.observed import LEVELS, words_changed
from dashboard.parts.permalinks import changes_address, permalink
from dashboard.parts.tables import Cell, Column, table
from dashboard.queries import documents, items
from dashboard.queries.documents import Change, Version
from dashboard.queries.items import Item
from dashboard.queries.sources import Source, source_index
from dashboard.start import Context, per_page


@dataclass(frozen=True)
class Stretch:
    """What the changes `first` to `last` of a source did, in the order of time: from one version to a later one."""

    source: Source
    first: Change
    last: Change
    before: Version
    after: Version
    between: tuple[Change, ...]

    @property
    def path(self) -> str:
        """Its permanent address."""
        return changes_address(self.source.source_id, self.first.number, self.last.number)

    @property
    def title(self) -> str:
        """What the page is called."""
        return f"What changed: {self.source.title}"


@per_page
def stretch_of(context: Context, source_id: str, first: int, last: int) -> Stretch | None:
    """The stretch between two changes, the earlier one first whatever their numbers; None where one does not exist."""
    source = source_index(context.record).get(source_id)
    found = {change.number: change for change in documents.changes_of(context.record, source_id)}
    if source is None or first not in found or last not in found:
        return None
    begin, end = sorted((found[first], found[last]), key=lambda change: change.before_at)
    versions = {version.number: version for version in documents.versions_of(context.record, source_id)}
    between = tuple(
        sorted(
            (one for one in found.values() if begin.before_at <= one.before_at <= end.before_at),
            key=lambda change: change.before_at,
        )
    )
    return Stretch(source, begin, end, versions[begin.from_number], versions[end.to_number], between)


def item_of(stretch: Stretch) -> Item:
    """The stretch as a row that can be cited and described: this record's own account of a day."""
    return Item(
        table="timeline",
        row_id=f"change.{stretch.source.source_id}.{stretch.first.number}..{stretch.last.number}",
        title=stretch.title,
        claim=sentence(stretch).striptags(),
        on_date=stretch.last.before_at.date().isoformat(),
        date_precision="before",
        org_ids=(stretch.source.publisher_id,) if stretch.source.publisher_id else (),
        source_id=stretch.source.source_id,
        author_id=None,
        facts=(),
        recorded_on=stretch.last.before_at.date(),
    )


def sentence(stretch: Stretch) -> Markup:
    """What was observed, and no more."""
    times = many(len(stretch.between), "change") if len(stretch.between) > 1 else "It changed"
    return fill(
        "{times} between {before} and {after}.",
        times=times,
        before=day_words(stretch.first.after_at),
        after=day_words(stretch.last.before_at),
    )


def changes_section(context: Context, source_id: str) -> Markup:
    """The changes of a source as a table, each with the way to its page; nothing where none is on record."""
    found = documents.changes_of(context.record, source_id)
    if not found:
        return EMPTY
    rows: list[list[Cell]] = [
        [
            link(
                changes_address(source_id, one.number, one.number),
                f"Change {one.number}",
                label=f"What change {one.number} did",
            ),
            fill("between {a} and {b}", a=day_words(one.after_at), b=day_words(one.before_at)),
            words_changed(one),
            LEVELS.get(one.level, one.level),
        ]
        for one in found
    ]
    columns: list[Column | str] = ["Change", Column("When", "when"), "Words", "What it touches"]
    whole = EMPTY
    if len(found) > 1:
        first, last = found[-1].number, found[0].number
        whole = fill("<p>{l}</p>", l=link(changes_address(source_id, first, last), "All of them as one comparison"))
    return section("What it changed", table(columns, rows, "Changes, latest first") + whole, name="changes")


def body_of(context: Context, stretch: Stretch) -> Markup:
    """Everything between the head of the page and its references."""
    steps = _steps(context, stretch)
    if steps is None:
        shown = fill("<p>{w}</p>", w=_why_not(context, stretch))
    elif not steps:
        shown = Markup("<p>The two say the same: what changed in between was changed back.</p>")
    else:
        told = f"The first {diff.MOST_STEPS} of {many(len(steps), 'passage')}" if len(steps) > diff.MOST_STEPS else (
            many(len(steps), "passage")
        )  # fmt: skip
        shown = fill(
            "<p>{n} that differ; the others are left out. <del>Removed</del> <ins>Added</ins></p>{d}",
            n=told,
            d=diff.inline(steps),
        )
    return join(
        [
            _facts(context, stretch),
            section("What was removed and added", fill('<div class="compare">{s}</div>', s=shown), name="compare"),
            _lost_rows(context, stretch),
        ]
    )


def head_of(stretch: Stretch, basis: Markup) -> Markup:
    """The top of the page."""
    numbers = (
        f"Change {stretch.first.number}"
        if stretch.first.number == stretch.last.number
        else f"Changes {stretch.first.number} to {stretch.last.number}"
    )
    return page_head(stretch.title, sentence(stretch), basis, kicker=numbers)


def _facts(context: Context, stretch: Stretch) -> Markup:
    source = stretch.source
    rows: list[tuple[str, Markup | str]] = [
        ("Page", link(permalink("source", source.source_id), source.title)),
        ("Live page", link(source.url, source.url) if source.url else "no address known"),
        ("Publisher", source.publisher or "not known"),
        ("Before", _copy(context, source.source_id, stretch.before.last_capture_id)),
        ("After", _copy(context, source.source_id, stretch.after.first_capture_id)),
    ]
    if len(stretch.between) == 1:
        change = stretch.first
        rows.append(("Words", words_changed(change)))
        rows.append(("What it touches", LEVELS.get(change.level, change.level)))
    else:
        steps = (
            link(changes_address(source.source_id, one.number, one.number), f"change {one.number}")
            for one in stretch.between
        )
        rows.append(("One by one", join(steps, ", ")))
    return fill(
        '<dl class="facts">{rows}</dl>',
        rows=join(fill("<dt>{n}</dt><dd>{v}</dd>", n=name, v=value) for name, value in rows),
    )


def _copy(context: Context, source_id: str, capture_id: str) -> Markup:
    copy = items.end_of_version(context.record, source_id, capture_id)
    return Markup('<span class="quiet">not held</span>') if copy is None else held_copy(context, copy)


def _steps(context: Context, stretch: Stretch) -> tuple[diff.Step, ...] | None:
    if len(stretch.between) == 1 and stretch.first.passages:
        return diff.steps_of_json(stretch.first.passages)
    texts = documents.passages_between(
        context.record, stretch.before.last_capture_id, stretch.after.first_capture_id
    )  # fmt: skip
    if texts is None:
        return None
    before, after = ([(passage.text, passage.heading or "") for passage in side] for side in texts)
    return diff.steps_between(before, after)


def _why_not(context: Context, stretch: Stretch) -> str:
    ends = (stretch.before.last_capture_id, stretch.after.first_capture_id)
    copies = (items.end_of_version(context.record, stretch.source.source_id, name) for name in ends)
    if any(copy and copy.withheld_why for copy in copies):
        return "A copy on one side is withheld, so what was removed and added is not shown."
    return "The two copies were read by different readers and cannot be compared word by word yet."


def _lost_rows(context: Context, stretch: Stretch) -> Markup:
    numbers = [one.number for one in stretch.between]
    found = documents.rows_that_lost(context.record, stretch.source.source_id, tuple(numbers))
    if not found:
        return EMPTY
    resting = {(row.table, row.row_id): row for row in documents.rests_on(context.record, stretch.source.source_id)}
    entries = join(
        fill("<li>{l}</li>", l=link(permalink(*name), resting[name].summary if name in resting else name[1]))
        for name in found
    )
    return section(
        "Rows whose passage went",
        fill("<ul>{e}</ul>", e=entries),
        name="lost",
        lead="These rows of the register rest on a passage that this took away. They stay: the earlier copy shows it.",
    )


def described(stretch: Stretch, address: str, base: dict[str, Any]) -> dict[str, Any]:
    """The JSON-LD of the page: an event that lies between two moments."""
    return base | {
        "@type": "Event",
        "@id": f"{address}#it",
        "startDate": stretch.first.after_at.date().isoformat(),
        "endDate": stretch.last.before_at.date().isoformat(),
    }
