"""What was promised, and what became of it? Reviews as tracks, recommendations, and the trusts one by one."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from dashboard.pages import review_answers
from dashboard.pages.lists import Kept, asked, forget_page_when_filters_change, kept_of, unknown_row, way_back
from dashboard.pages.shared import computed_from, nothing_in_register, told_unpublished, unpublished_words
from dashboard.parts import tracks as drawn
from dashboard.parts.cite import cite_block, permanent
from dashboard.parts.dates import date_words
from dashboard.parts.filters import Choice, chosen, form, select_boxes
from dashboard.parts.head import contents, page_head, section
from dashboard.parts.html import EMPTY, address, fill, join, link, listing, many, number
from dashboard.parts.notes import content_note, empty_state, speaks_of_harm
from dashboard.parts.paging import Leaf, leaf, pager
from dashboard.parts.params import Params
from dashboard.parts.permalinks import detail
from dashboard.parts.show import show
from dashboard.parts.sources import source_citation, source_link
from dashboard.parts.tables import Column, table
from dashboard.queries import facts, reviews
from dashboard.queries.bodies import name_of
from dashboard.queries.reviews import Track
from dashboard.start import Context, context, per_page
from data.labels import label
from data.vocabulary import REVIEW_STATES

ADDRESS = "/review"
TITLE = "Review"
QUESTION = "What was promised, and what became of it?"
ROWS = 20
MOST_STEPS = 120


def describe(ctx: Context) -> str:
    """Where the review in focus stands, and how many of all were published."""
    return _answer(ctx).striptags()


def _answer(ctx: Context) -> Markup:
    found = reviews.tracks(ctx.record)
    if not found:
        return Markup(nothing_in_register("a review"))  # noqa: S704 - our own words
    published = sum(track.published for track in found)
    counted = fill(
        "{n} made or asked for; {p} can be shown to be published.",
        n="One review was" if len(found) == 1 else f"{number(len(found))} reviews were",
        p=published or "none",
    )
    focus = reviews.track_index(ctx.record).get(ctx.programme.focus.review)
    if focus is None:
        return counted
    late = drawn.overdue_phrase(focus, ctx.today)
    state = label("review.state", focus.review.state)
    if late:
        first = fill("{t}: {s}. It was {late}.", t=focus.review.title, s=state, late=late)
    else:
        shown = "published" if focus.published else "not shown to be published"
        first = fill("{t}: {s}, {p}.", t=focus.review.title, s=state, p=shown)
    return fill("{f}{u} {c}", f=first, u=unpublished_words(ctx, focus), c=counted)


@per_page
def choices(ctx: Context) -> tuple[Choice, ...]:
    """The filters: where a review stands, and who commissioned it."""
    found = reviews.tracks(ctx.record)
    states = {track.review.state for track in found}
    commissioners = sorted(
        {track.review.commissioner for track in found if track.review.commissioner}, key=str.casefold
    )
    nobody = (("nobody", "Nobody, or not known"),) if any(not track.review.commissioner for track in found) else ()
    return (
        Choice(
            "state",
            "State",
            tuple((state, label("review.state", state).capitalize()) for state in REVIEW_STATES if state in states),
            "All states",
        ),
        Choice("by", "Commissioned by", (*((name, name) for name in commissioners), *nobody), "Anybody"),
    )


@per_page
def head(ctx: Context) -> Markup:
    """Question, answer and basis."""
    found = reviews.tracks(ctx.record)
    if not found:
        return page_head(QUESTION, _answer(ctx)) + empty_state(
            "No review is in the register yet.",
            "Reviews come from reviews.csv, their steps from review_events.csv.",
        )
    steps = [step.step for track in found for step in track.steps]
    focus = reviews.track_index(ctx.record).get(ctx.programme.focus.review)
    rests: list[str] = [focus.review.source_id] if focus else []
    if focus and focus.expected:
        rests.append(focus.expected.step.source_id)
    if focus and (told := told_unpublished(ctx, focus)):
        rests.append(told.step.source_id)
    basis = fill(
        "{c}{s} {how}",
        c=computed_from(ctx, f"{many(len(steps), 'step')} in {many(len({s.source_id for s in steps}), 'source')}"),
        s=fill(" The answer rests on {l}.", l=listing(source_link(ctx.record, one) for one in dict.fromkeys(rests)))
        if rests
        else EMPTY,
        how=link("#how", "How this is known"),
    )
    note = EMPTY
    if any(speaks_of_harm(one.summary) for one in reviews.recommendations(ctx.record)):
        note = content_note("Some recommendations here speak of self-harm, suicide or refused care.")
    parts = (
        ("tracks", "On one line of time"),
        ("reviews", "Reviews"),
        ("steps", "Step by step"),
        ("recommendations", "What was recommended"),
        ("trusts", "Trust by trust"),
        ("how", "How this is known"),
    )
    return page_head(QUESTION, _answer(ctx), basis) + note + contents(parts)


def _chosen_tracks(ctx: Context, state: str, by: str) -> tuple[Track, ...]:
    focus = ctx.programme.focus.review
    found = [
        track
        for track in reviews.tracks(ctx.record)
        if state in ("", track.review.state) and by in ("", track.review.commissioner or "nobody")
    ]
    return tuple(sorted(found, key=lambda track: track.review.review_id != focus))


def listed(ctx: Context, state: str, by: str, kept: Kept, page: str) -> Markup:
    """The page of the reviews that the address asks for; the first, with a remark, where it asks for no such page."""
    here, remark = leaf(page, len(_chosen_tracks(ctx, state, by)), ROWS)
    return remark + _listed(ctx, state, by, kept, here)


@per_page
def _listed(ctx: Context, state: str, by: str, kept: Kept, here: Leaf) -> Markup:
    """The picture of the tracks, their table, then each with its steps."""
    every = _chosen_tracks(ctx, state, by)
    found = every[here.start : here.stop]
    if not found:
        return section("Reviews", empty_state("No review on record is like that.", link(ADDRESS, "Show all reviews")))
    filters = dict(kept)
    return join(
        [
            section(
                "Every review on one line of time",
                drawn.track_lines(ctx, found, filters) or empty_state("None of these has a dated step."),
                name="tracks",
                lead=_finding(ctx, every),
            ),
            section(
                "Reviews",
                _table(ctx, found, filters) + pager(ADDRESS, filters, here, "reviews", "reviews"),
                name="reviews",
            ),
            section(
                "Step by step",
                _folds(ctx, found, filters),
                name="steps",
                lead="Each review opens to its steps, with the days between them as far as the dates can say.",
            ),
        ]
    )


def _finding(ctx: Context, found: tuple[Track, ...]) -> str:
    states: dict[str, int] = {}
    for track in found:
        states[track.review.state] = states.get(track.review.state, 0) + 1
    counted = "; ".join(f"{states[s]} {label('review.state', s)}" for s in REVIEW_STATES if s in states)
    late = sum(track.days_overdue(ctx.today) is not None for track in found)
    verb = "is" if late < 2 else "are"
    return f"{many(len(found), 'review')}: {counted}. {late or 'None'} {verb} past an expected date."


def _table(ctx: Context, found: tuple[Track, ...], filters: dict[str, str]) -> Markup:
    rows = []
    for track in found:
        review = track.review
        rows.append(
            [
                link(detail("review", review.review_id, filters), review.title),
                _commissioner(track),
                drawn.state_badge(review.state),
                date_words(first.step.on_date, first.step.date_precision) if (first := track.first) else "",
                date_words(latest.step.on_date, latest.step.date_precision) if (latest := track.latest) else "",
                drawn.lateness(track, ctx.today),
                source_link(ctx.record, review.source_id),
            ]
        )
    columns: list[Column | str] = [
        Column("Review", "wide"),
        "Commissioned by",
        Column("Stands", "narrow"),
        "First step",
        "Latest step",
        "Past the expected date",
        "Shown by",
    ]
    return table(columns, rows, "Reviews, and where they stand")


def _commissioner(track: Track) -> Markup | str:
    if track.review.commissioner:
        return track.review.commissioner
    words = "nobody yet" if track.review.state == "called-for" else "not known"
    return fill('<span class="quiet">{w}</span>', w=words)


def _folds(ctx: Context, found: tuple[Track, ...], filters: dict[str, str]) -> Markup:
    """Each track folded up, the first open; where there are too many steps for one page, a link to the review alone."""
    pieces = []
    left = MOST_STEPS
    for place, track in enumerate(found):
        fits = len(track.steps) <= left
        left -= len(track.steps) if fits else 0
        pieces.append(
            _one_track(ctx, track, filters, is_open=place == 0)
            if fits
            else fill(
                '<p class="fold">{l} {b} <span class="small">{n}</span></p>',
                l=link(detail("review", track.review.review_id, filters), track.review.title),
                b=drawn.state_badge(track.review.state),
                n=many(len(track.steps), "step"),
            )
        )
    return join(pieces)


def _one_track(ctx: Context, track: Track, filters: dict[str, str], *, is_open: bool) -> Markup:
    conflicts = _conflicts(ctx, track)
    return fill(
        '<details class="fold" id="steps-{i}"{o}><summary><span class="fold-title">{t}</span> {b} '
        '<span class="small">{n}</span></summary>{conflicts}{steps}<p class="small">{more}</p></details>',
        i=track.review.review_id,
        o=Markup(" open") if is_open else EMPTY,
        t=track.review.title,
        b=drawn.state_badge(track.review.state),
        n=many(len(track.steps), "step"),
        conflicts=conflicts,
        steps=drawn.track_steps(ctx, track),
        more=link(detail("review", track.review.review_id, filters), f"This review alone: {track.review.title}"),
    )


def _conflicts(ctx: Context, track: Track, heading: str = "h3") -> Markup:
    if not track.conflicts:
        return EMPTY
    return fill(
        '<div class="conflicts"><{h}>Where pages do not say the same</{h}><p class="small">All are kept; this record '
        "does not choose between them.</p>{c}</div>",
        h=heading,
        c=join(drawn.conflict_table(ctx, conflict) for conflict in track.conflicts),
    )


@per_page
def rest(ctx: Context) -> Markup:
    """Recommendations, trusts, and how it is known."""
    return join([review_answers.recommendations(ctx), review_answers.trusts(ctx), how_known(ctx)])


def how_known(ctx: Context) -> Markup:
    """The rules of this page in words."""
    del ctx
    return section(
        "How this is known",
        fill(
            "<ul><li>Each step is one row of the register and names the page that shows it. Nothing is shown as done "
            "because time has passed.</li><li>Steps stand in the order of the last day that their date can mean. Days "
            "between two steps are given as a range where a date is known only to the month or year.</li>"
            "<li>{rule}</li><li>Published means that a page on record says so. A letter or a leak about a review does "
            "not make it published.</li>"
            "<li>{about}</li></ul>",
            rule=drawn.RULE,
            about=link("/about", "How this record is made"),
        ),
        name="how",
    )


@per_page
def one_review(ctx: Context, review_id: str) -> Markup:
    """One review alone: where it stands, its steps, conflicts and recommendations of the same pages."""
    track = reviews.track_index(ctx.record)[review_id]
    review = track.review
    late = drawn.overdue_phrase(track, ctx.today)
    answer = fill(
        "{b} {late}{p}{u}",
        b=drawn.state_badge(review.state),
        late=fill("Its outcome was {l}.", l=late) if late else EMPTY,
        p=EMPTY if late else ("Published." if track.published else "Not shown to be published."),
        u=unpublished_words(ctx, track),
    )
    rows: list[tuple[str, Markup | str]] = [("Commissioned by", _commissioner(track))]
    if review.subject_ids:
        rows.append(("About", listing(_body(ctx, org_id) for org_id in review.subject_ids)))
    if review.scope:
        rows.append(("Reach", review.scope))
    rows.append(("Its state rests on", source_citation(ctx.record, review.source_id)))
    rows.append(("Kept at", permanent("review", review.review_id, review.title)))
    return join(
        [
            page_head(review.title, answer, computed_from(ctx, many(len(track.steps), "step")), kicker="Review"),
            content_note() if any(speaks_of_harm(one.step.summary) for one in track.steps) else EMPTY,
            fill(
                '<dl class="facts">{r}</dl>{cite}',
                r=join(fill("<dt>{n}</dt><dd>{v}</dd>", n=name, v=value) for name, value in rows),
                cite=cite_block(ctx, "review", review.review_id, review.title, None, None),
            ),
            fill('<section class="part">{c}</section>', c=_conflicts(ctx, track, "h2")) if track.conflicts else EMPTY,
            section("Its steps", drawn.track_steps(ctx, track), name="steps"),
            section("On one line of time", drawn.track_lines(ctx, (track,), {}), name="line") if track.dated else EMPTY,
            fill('<p class="small">{r}</p>', r=drawn.RULE),
        ]
    )


def _body(ctx: Context, org_id: str) -> Markup:
    return link(detail("organisation", org_id), name_of(ctx.record, org_id))


def _unfiltered(ctx: Context) -> bool:
    return not facts.reviews(ctx.record)


def plain(ctx: Context, params: Params) -> Markup:
    """The page without JavaScript."""
    filters = choices(ctx)
    values, remarks = chosen(filters, params)
    kept = kept_of(filters, values)
    review_id = params.get("review")
    if review_id in reviews.track_index(ctx.record):
        return way_back(ADDRESS, kept, "All reviews") + one_review(ctx, review_id)
    remark = unknown_row("review", review_id) if review_id else EMPTY
    if _unfiltered(ctx):
        return join([remark, head(ctx), rest(ctx)])
    return join(
        [
            remark,
            head(ctx),
            remarks,
            form(ADDRESS, filters, params),
            listed(ctx, values["state"], values["by"], kept, params.get("page")),
            rest(ctx),
        ]
    )


def page() -> None:
    """The page in the app."""
    ctx = context()
    params = asked()
    filters = choices(ctx)
    values, remarks = chosen(filters, params)
    review_id = params.get("review")
    if review_id in reviews.track_index(ctx.record):
        show(way_back(ADDRESS, kept_of(filters, values), "All reviews") + one_review(ctx, review_id))
        return
    if review_id:
        show(unknown_row("review", review_id))
    show(head(ctx))
    if not _unfiltered(ctx):
        show(remarks)
        values = select_boxes(filters)
        kept = kept_of(filters, values)
        forget_page_when_filters_change(kept, ADDRESS)
        show(listed(ctx, values["state"], values["by"], kept, str(st.query_params.get("page", ""))))
    show(rest(ctx))


def embedded(ctx: Context, params: Params) -> Markup:
    """One review's track alone for another site; the review in focus where the address names none."""
    index = reviews.track_index(ctx.record)
    track = index.get(params.get("review")) or index.get(ctx.programme.focus.review)
    if track is None:
        return empty_state("There is no such review on this record.", link(address(ADDRESS), "All reviews"))
    return drawn.embedded_track(ctx, track)
