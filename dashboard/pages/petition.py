"""How far has it come? The counts of the petition as what they are, beside what happened meanwhile."""

from __future__ import annotations

import datetime as dt

from markupsafe import Markup

from dashboard.pages.lists import asked
from dashboard.pages.shared import computed_from, nothing_in_register
from dashboard.parts.dates import date_phrase, date_words
from dashboard.parts.head import page_head, section
from dashboard.parts.html import EMPTY, address, fill, join, link, listing, many, number
from dashboard.parts.notes import content_note, empty_state, note
from dashboard.parts.params import Params
from dashboard.parts.permalinks import detail
from dashboard.parts.show import show
from dashboard.parts.sources import source_citation, source_link
from dashboard.parts.tables import Cell, Column, table
from dashboard.queries import petitions
from dashboard.queries.petitions import Count, Petition
from dashboard.start import Context, context, per_page
from data import dates
from data.labels import label

ADDRESS = "/petition"
TITLE = "Petition"
QUESTION = "How far has it come?"
MOST_BARS = 60


def signatures_words(count: Count) -> str:
    """ "more than 64,000" or "64,828"."""
    return f"more than {number(count.signatures)}" if count.bound == "at-least" else number(count.signatures)


def _in_order(ctx: Context) -> list[Petition]:
    """Every petition, the one in focus first."""
    focus = ctx.programme.focus.petition
    return sorted(petitions.petitions(ctx.record), key=lambda one: (one.petition_id != focus, one.petition_id))


def describe(ctx: Context) -> str:
    """The highest dated count in a sentence, the undated one and the goal in another."""
    return _answer(_in_order(ctx)).striptags()


def _answer(found: list[Petition]) -> Markup:
    """Of the first petition."""
    if not found:
        return Markup(nothing_in_register("a petition"))  # noqa: S704 - our own words
    one = found[0]
    sentences = []
    best = one.best
    if best is not None:
        words = signatures_words(best)
        sentences.append(
            fill(
                "<strong>{w}</strong> people had signed by {d}.",
                w=words[:1].upper() + words[1:],
                d=dates.in_words(best.on_date, best.date_precision).removeprefix("by "),
            )
        )
    higher = [count for count in one.undated if best is None or count.signatures > best.signatures]
    if higher:
        top = max(higher, key=lambda count: count.signatures)
        sentences.append(
            fill(
                "{s} showed {w} on a day that is not known.",
                w=signatures_words(top),
                s="Its own page" if one.opened_source in top.source_ids else "A page",
            )
        )
    if one.goal and one.highest:
        sentences.append(fill("That is {s} of its goal of {g}.", s=share(one.highest, one.goal), g=number(one.goal)))
    return join(sentences, " ")


def share(count: Count, goal: int) -> str:
    """The part of the goal that a count is, in whole hundredths, never rounded up to the whole."""
    hundredths = 100 * count.signatures // goal
    return f"more than {hundredths}\u00a0%" if count.bound == "at-least" else f"{hundredths}\u00a0%"


def body(ctx: Context, params: Params) -> Markup:
    """The whole page, of the petition that the address names, or of the one in focus."""
    petition_id = params.get("petition")
    if not petition_id or any(one.petition_id == petition_id for one in petitions.petitions(ctx.record)):
        return _body(ctx, petition_id)
    told = fill("There is no petition “{i}” on this record, so the one it leads with is shown.", i=petition_id)
    return note(told, "warning") + _body(ctx, "")


@per_page
def _body(ctx: Context, petition_id: str) -> Markup:
    found = sorted(_in_order(ctx), key=lambda one: one.petition_id != petition_id)
    if not found:
        return page_head(QUESTION, _answer(found)) + empty_state(
            "No reading of a petition is in the register yet.", "Readings come from petition_readings.csv."
        )
    one = found[0]
    sources = {source_id for count in one.counts for source_id in count.source_ids}
    rests = [count.source_ids[0] for count in (one.best, one.highest) if count]
    basis = fill(
        "{c} The answer rests on {s}. {how}",
        c=computed_from(
            ctx,
            f"{many(len(one.counts), 'count')} in {many(len(sources), 'source')}",
        ),
        s=listing(source_link(ctx.record, source_id) for source_id in dict.fromkeys(rests)),
        how=link("#how", "How this is known"),
    )
    return join(
        [
            page_head(QUESTION, _answer(found), basis),
            content_note("The petition and the events beside it speak of self-harm and refused care."),
            _petition(ctx, one, named=len(found) > 1),
            _others(found[1:]),
            _how_known(),
        ]
    )


def _petition(ctx: Context, one: Petition, *, named: bool) -> Markup:
    opened = EMPTY
    if one.opened_on:
        opened = fill(
            " It opened {d} ({s}).",
            d=date_phrase(one.opened_on, one.opened_precision),
            s=source_link(ctx.record, one.opened_source),
        )
    title = fill("<p>{t}.{o}</p>", t=link(one.url, one.title), o=opened)
    return join(
        [
            section(
                one.title if named else "Signatures that pages give",
                (EMPTY if named else title) + _bars(ctx, one),
                name=f"counts-{one.petition_id}",
            ),
            section("Every count", _table(ctx, one), name=f"table-{one.petition_id}"),
            _beside(ctx, one),
        ]
    )


def _others(petitions_too: list[Petition]) -> Markup:
    if not petitions_too:
        return EMPTY
    rows: list[list[Cell]] = [
        [
            link(address(ADDRESS, {"petition": one.petition_id}), one.title),
            signatures_words(one.highest) if one.highest else "no count",
            number(one.goal) if one.goal else "none stated",
        ]
        for one in petitions_too
    ]
    columns: list[Column | str] = [Column("Petition", "wide"), Column("Highest count", "when"), Column("Goal", "when")]
    return section("Other petitions", table(columns, rows, "The other petitions on this record"), name="others")


def _bars(ctx: Context, one: Petition) -> Markup:
    """Each count as a bar against the goal; a bar that means "more than" has an open end."""
    whole = max([count.signatures for count in one.counts] + [one.goal or 0]) or 1
    told = "; ".join(
        f"{signatures_words(count)} {dates.phrase(count.on_date, count.date_precision)}" for count in one.counts
    )
    goal = f"; the goal is {number(one.goal)}" if one.goal else ""
    bars = join(
        fill(
            '<li><span class="when">{d}</span><span class="gauge">'
            '<span class="filled is-{b}" style="width:{w:.1f}%"></span></span><span class="amount">{n}</span></li>',
            d=date_words(count.on_date, count.date_precision),
            b=count.bound,
            w=100 * count.signatures / whole,
            n=signatures_words(count),
        )
        for count in one.counts[-MOST_BARS:]
    )
    aim = EMPTY
    if one.goal:
        aim = fill(
            '<li class="aim"><span class="when">Goal</span><span class="gauge"><span class="filled is-goal" '
            'style="width:{w:.1f}%"></span></span><span class="amount">{n} <span class="small">({s})</span></span>'
            "</li>",
            w=100 * one.goal / whole,
            n=number(one.goal),
            s=source_link(ctx.record, one.goal_source),
        )
    opening = any(count.bound == "at-least" for count in one.counts)
    return fill(
        '<p class="unseen">{told}{goal}.</p><ul class="gauges">{bars}{aim}</ul>{key}',
        told=told[:1].upper() + told[1:],
        goal=goal,
        bars=bars,
        aim=aim,
        key=Markup('<p class="small key">A bar that fades out means “more than”: the page gives no exact count.</p>')
        if opening
        else EMPTY,
    )


def _table(ctx: Context, one: Petition) -> Markup:
    rows: list[list[Cell]] = [
        [
            date_words(count.on_date, count.date_precision),
            signatures_words(count),
            share(count, one.goal) if one.goal else "",
            listing(source_citation(ctx.record, source_id) for source_id in count.source_ids),
        ]
        for count in one.counts
    ]
    columns: list[Column | str] = [
        Column("When", "when"),
        Column("Signatures", "when"),
        Column("Of the goal", "when"),
        Column("Shown by", "wide"),
    ]
    return table(columns, rows, f"Counts of signatures, oldest first: {one.title}")


def _beside(ctx: Context, one: Petition) -> Markup:
    """Milestones of the petition beside what happened, by date."""
    focus = ctx.programme.focus
    events = petitions.meanwhile(ctx.record, one.petition_id, focus.review, focus.ended_event)
    lines: list[tuple[dt.date, int, list[Cell]]] = []
    for event in events:
        day = dates.span(event.on_date, event.date_precision or "day").last
        kind, _, _ = event.id.partition(".")
        lines.append(
            (
                day,
                1,
                [
                    date_words(event.on_date, event.date_precision),
                    "",
                    fill(
                        '{t} <span class="small">{k}</span>',
                        t=link(detail("timeline", event.id), event.title),
                        k=label("timeline.kind", kind).lower(),
                    ),
                    source_link(ctx.record, event.source_id),
                ],
            )
        )
    for count in one.dated:
        if count.days is None:
            continue
        lines.append(
            (
                count.days.last,
                0,
                [
                    date_words(count.on_date, count.date_precision),
                    fill("<strong>{s}</strong> signatures", s=signatures_words(count)),
                    "",
                    listing(source_link(ctx.record, source_id) for source_id in count.source_ids),
                ],
            )
        )
    if one.opened_on:
        opened = dates.span(one.opened_on, one.opened_precision or "day").last
        when = date_words(one.opened_on, one.opened_precision)
        lines.append((opened, 0, [when, "It opened", "", source_link(ctx.record, one.opened_source)]))
    if not lines:
        return EMPTY
    lines.sort(key=lambda line: line[:2])
    columns: list[Column | str] = [
        Column("When", "when"),
        "The petition",
        Column("What else happened", "wide"),
        "Shown by",
    ]
    return section(
        "Beside what happened",
        table(columns, [row for _, _, row in lines], f"The petition beside what happened, oldest first: {one.title}"),
        name=f"beside-{one.petition_id}",
        lead="That one thing follows another does not say that the first brought it about.",
    )


def _how_known() -> Markup:
    return section(
        "How this is known",
        fill(
            "<ul><li>Each count is what a page gave. “More than” stays “more than”: no number is made out of it, and "
            "no line is drawn between two counts.</li><li>A count whose day is not known has no place in time. It is "
            "shown last, as undated.</li><li>Where several pages give the same count for the same day, they stand "
            "together.</li><li>Beside the counts stand the first step of each kind in the review that this record "
            "leads with, events of the campaign and closures, from the opening to the last dated count. {all}."
            "</li></ul>",
            all=link("/timeline", "The timeline has everything"),
        ),
        name="how",
    )


def plain(ctx: Context, params: Params) -> Markup:
    """The page without JavaScript."""
    return body(ctx, params)


def page() -> None:
    """The page in the app."""
    show(body(context(), asked()))
