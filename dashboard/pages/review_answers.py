"""What was recommended and what came of it, and what each trust has shown of a review of its own."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from dashboard.parts.dates import date_phrase
from dashboard.parts.head import section
from dashboard.parts.html import EMPTY, count, fill, join, link, listing, many
from dashboard.parts.notes import empty_state
from dashboard.parts.permalinks import detail, permalink
from dashboard.parts.sources import source_citation, source_link
from dashboard.parts.status import ORDER, status_badge
from dashboard.parts.tables import Cell, Column, table
from dashboard.parts.topics import topic_words
from dashboard.parts.tracks import state_badge
from dashboard.queries import reviews
from dashboard.queries.bodies import name_of
from dashboard.queries.reviews import Recommendation, TrustAnswer
from dashboard.start import Context
from data.labels import label

NOBODY = Markup(
    '<span class="badge is-unknown"><span class="shape" aria-hidden="true">·</span> nobody has shown this</span>'
)
OUTCOME_SHAPES = {"answered": ("●", "used"), "partly": ("◐", "ended"), "not": ("✕", "denied")}
MOST_ROWS = 60
NOT_KNOWN = Markup('<span class="quiet">· not known</span>')


def recommendations(ctx: Context) -> Markup:
    """The recommendations of the body in focus one by one, then those of others."""
    found = reviews.recommendations(ctx.record)
    if not found:
        return section(
            "What was recommended, and what came of it",
            empty_state("No recommendation is in the register yet.", "They come from recommendations.csv."),
            name="recommendations",
        )
    by = ctx.programme.focus.recommendations_by
    first = [one for one in found if one.made_by == by]
    others = [one for one in found if one.made_by != by]
    pieces = []
    if first:
        pieces.append(_table(ctx, first, f"Recommendations of {first[0].maker}"))
    if others:
        who = len({one.made_by for one in others})
        pieces.append(
            fill(
                '<details class="fold" id="other-recommendations"{o}>'
                '<summary><span class="fold-title">{t}</span></summary>{b}</details>',
                o=EMPTY if first else Markup(" open"),
                t=f"{many(len(others), 'recommendation')} of {many(who, 'other body', 'other bodies')}",
                b=_table(ctx, others, "Recommendations of other bodies", named=True),
            )
        )
    return section(
        "What was recommended, and what came of it",
        join(pieces),
        name="recommendations",
        lead=_answered(found, by),
    )


def _answered(found: tuple[Recommendation, ...], by: str) -> Markup:
    """How many of them a page on record shows to be answered, in part or not, and of how many nobody has shown it."""
    told = {name: sum(one.outcome == name for one in found) for name in OUTCOME_SHAPES}
    shown = sum(told.values())
    of_focus = [one for one in found if one.made_by == by]
    parts = listing(f"{size} {label('recommendation.outcome', name)}" for name, size in told.items() if size)
    later = sum(one.outcome == "unknown" for one in found)
    return fill(
        "{n} on record. {shown}{later}{focus} That nobody has shown it does not say that it was not followed. Where "
        "the same page calls for a review, that review stands beside, with what became of it.",
        n=many(len(found), "recommendation"),
        shown=fill("What became of {s} of them a page shows: {p}. ", s=shown, p=parts)
        if shown
        else Markup("For none of them does a page on record show what became of it. "),
        later=fill(
            "For {k}{more} a later act is on record, and no page says whether it answers {them}. ",
            k=later,
            more=" more" if shown else "",
            them="it" if later == 1 else "them",
        )
        if later
        else EMPTY,
        focus=fill(
            "Of the {k} by {m}, {a}.",
            k=len(of_focus),
            m=of_focus[0].maker,
            a=f"{told_of} {'has' if told_of == 1 else 'have'} an outcome that is shown"
            if (told_of := sum(one.outcome is not None for one in of_focus))
            else "nobody has shown what became of any",
        )
        if of_focus
        else EMPTY,
    )


def outcome_badge(outcome: str | None) -> Markup:
    """Shape and word of what became of a recommendation."""
    if outcome is None:
        return NOBODY
    shape, look = OUTCOME_SHAPES.get(outcome, ("·", "unknown"))
    return fill(
        '<span class="badge is-{k}"><span class="shape" aria-hidden="true">{s}</span> {w}</span>',
        k=look,
        s=shape,
        w=label("recommendation.outcome", outcome),
    )


def _outcome(ctx: Context, one: Recommendation) -> Markup:
    if one.outcome is None:
        return NOBODY
    return fill(
        '{b}<br><span class="small">{w} {s}</span>',
        b=outcome_badge(one.outcome),
        w=one.outcome_summary or "",
        s=source_link(ctx.record, one.outcome_source_id),
    )


def _table(ctx: Context, found: list[Recommendation], caption: str, *, named: bool = False) -> Markup:
    """One row each. What all rows share (page, addressee, review) is said once above them."""
    sources = {one.source_id for one in found}
    same_page = len(sources) == 1
    above = EMPTY
    if same_page:
        calls = _asked_review(ctx, found[0])
        above = fill(
            "<p>Made by {m} in {s}.{c}</p>",
            m=found[0].maker,
            s=source_citation(ctx.record, found[0].source_id),
            c=fill(" The page calls for this review: {c}.", c=calls) if calls else EMPTY,
        )
    to_nobody = not any(one.addressed_to for one in found)
    columns: list[Column | str] = ["Recommendation", Column("In our words", "wide")]
    if not to_nobody:
        columns.append("Made to")
    columns.append(Column("Answered?", "middling") if any(one.outcome for one in found) else "Answered?")
    if not same_page:
        columns.append("Review that the page calls for")
    columns.append("Kept at" if same_page else "Shown by")
    rows = []
    ordered = sorted(found, key=lambda one: one.outcome is None)  # what is known first; else as they stand
    for one in ordered[:MOST_ROWS]:
        row: list[Cell] = [_title(one, named=named), one.summary]
        if not to_nobody:
            row.append(_addressed(ctx, one))
        row.append(_outcome(ctx, one))
        if not same_page:
            row.append(_asked_review(ctx, one))
        page = link(
            permalink("recommendation", one.recommendation_id),
            "permanent page",
            label=f"Permanent page of this recommendation: {one.maker}, {one.number or topic_words(one.topic)}",
        )
        row.append(page if same_page else fill("{s}<br>{p}", s=source_link(ctx.record, one.source_id), p=page))
        rows.append(row)
    more = EMPTY
    if len(found) > MOST_ROWS:
        more = fill(
            '<p class="small">The first {m} are shown. {l}</p>',
            m=MOST_ROWS,
            l=link("/recommendations", "Every recommendation on record"),
        )
    return above + table(columns, rows, caption) + more


def _title(one: Recommendation, *, named: bool) -> Markup:
    words = topic_words(one.topic)
    return fill(
        "{n}{t}{p}",
        n=f"{one.number}. " if one.number else "",
        t=words if one.number else words[:1].upper() + words[1:],
        p=fill('<br><span class="small">{m}</span>', m=one.maker) if named else EMPTY,
    )


def _addressed(ctx: Context, one: Recommendation) -> Markup | str:
    return listing(name_of(ctx.record, org_id) for org_id in one.addressed_to) or Markup(
        '<span class="quiet">nobody in particular</span>'
    )


def _asked_review(ctx: Context, one: Recommendation) -> Markup:
    index = reviews.track_index(ctx.record)
    return join(
        (
            fill(
                "{l} {b}",
                l=link(detail("review", review_id), index[review_id].review.title),
                b=state_badge(index[review_id].review.state),
            )
            for review_id in one.review_ids
            if review_id in index
        ),
        "<br>",
    )


# --- trust by trust -------------------------------------------------------------------------------------------------


def trusts(ctx: Context) -> Markup:
    """Every trust: asked, done, published, not answered, each with the page that shows it or "not known"."""
    found = reviews.trust_answers(ctx.record)
    if not found:
        return section("Trust by trust", empty_state("No trust is in the register yet."), name="trusts")
    known = [one for one in found if one.known]
    named = [one for one in found if not one.known and one.standing.status != "unknown"]
    unknown = [one for one in found if not one.known and one.standing.status == "unknown"]
    pieces = []
    if known:
        pieces.append(_trust_table(ctx, known, "Trusts of which something is on record"))
    else:
        pieces.append(
            empty_state("Of no trust is it on record that it made, published or refused a review of its own.")
        )
    if named:
        pieces.append(
            _fold(
                "trusts-without-review",
                f"{many(len(named), 'trust')} on record about the programme, and nothing about a review",
                _trust_table(ctx, named, "Trusts on record about the programme, without a review on record"),
            )
        )
    if unknown:
        pieces.append(
            _fold(
                "trusts-not-known",
                f"{many(len(unknown), 'other trust')}: nothing is known",
                fill("<p>{l}.</p>", l=listing(_name(one) for one in unknown)),
            )
        )
    return section("Trust by trust", join(pieces), name="trusts", lead=_lead(ctx, found, known))


def _lead(ctx: Context, found: Iterable[TrustAnswer], known: list[TrustAnswer]) -> Markup:
    request = reviews.request_to_all_trusts(ctx.record)
    total = len(list(found))
    done = sum(one.done is not None for one in known)
    published = sum(one.published is not None for one in known)
    asked = EMPTY
    if request is not None:
        asked = fill(
            "All mental health trusts were asked to review {d} ({s}). ",
            d=date_phrase(request.step.on_date, request.step.date_precision),
            s=source_link(ctx.record, request.step.source_id),
        )
    return fill(
        "{a}Of {t} on record, {d} can be shown to have done so, and {p} to have published what was found. That the "
        "others did not is not shown either.",
        a=asked,
        t=many(total, "trust"),
        d=count(done, "trust") if done else "none",
        p=count(published, "trust") if published else "none",
    )


def _fold(name: str, title: str, inside: Markup) -> Markup:
    return fill(
        '<details class="fold" id="{n}"><summary><span class="fold-title">{t}</span></summary>{b}</details>',
        n=name,
        t=title,
        b=inside,
    )


def _name(one: TrustAnswer) -> Markup:
    return link(detail("organisation", one.standing.org_id), one.standing.name)


def _shown(ctx: Context, source_id: str | None, words: str) -> Markup:
    if source_id is None:
        return NOT_KNOWN
    return fill("{w}: {s}", w=words, s=source_link(ctx.record, source_id))


def _trust_table(ctx: Context, found: list[TrustAnswer], caption: str) -> Markup:
    ordered = sorted(
        found, key=lambda one: (not one.known, ORDER.index(one.standing.status), one.standing.name.casefold())
    )
    index = reviews.track_index(ctx.record)
    rows = [
        [
            _name(one),
            status_badge(one.standing.status),
            "with all others" if one.asked else NOT_KNOWN,
            _done(ctx, one),
            _shown(ctx, one.published, "yes"),
            _shown(ctx, one.silent, "asked, did not answer"),
            join(
                (
                    link(detail("review", review_id), index[review_id].review.title)
                    for review_id in one.review_ids
                    if review_id in index
                ),
                "<br>",
            ),
        ]
        for one in ordered
    ]
    columns: list[Column | str] = [
        Column("Trust", "wide"),
        Column("Programme", "narrow"),
        "Asked",
        "Done",
        "Published",
        "Not answered",
        "Reviews that are about it",
    ]
    return table(columns, rows, caption)


def _done(ctx: Context, one: TrustAnswer) -> Markup:
    if one.done:
        return _shown(ctx, one.done, "yes")
    return _shown(ctx, one.said, "said that it would")
