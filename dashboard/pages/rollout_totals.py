"""What was stated and when: totals as marks over time, beside the steps of what can be named, then every total."""

from __future__ import annotations

import datetime as dt
from typing import Final

from markupsafe import Markup

from dashboard.parts.dates import date_words
from dashboard.parts.head import section
from dashboard.parts.html import EMPTY, address, fill, join, link, many, number
from dashboard.parts.notes import empty_state
from dashboard.parts.sources import source_link
from dashboard.parts.spans import Scale
from dashboard.parts.tables import Column, table
from dashboard.queries import facts, over_time
from dashboard.queries.facts import ClaimedTotal
from dashboard.queries.over_time import Course
from dashboard.start import Context, per_page
from data import dates
from data.labels import label

MOST_TOTALS: Final = 100
MOST_MARKS: Final = 60
BOUNDS: Final = {"at-least": "at least ", "about": "about "}


def amount(claim: ClaimedTotal) -> str:
    """ "at least 22 mental health trusts", or the unit alone where the total was stated in words."""
    unit = claim.unit.replace("-", " ")
    return unit if claim.value is None else f"{BOUNDS.get(claim.bound, '')}{number(claim.value)} {unit}"


def over_the_years(ctx: Context) -> Markup:
    """Each kind of body on one field: stated totals as marks, bodies that can be named by then as steps."""
    found = over_time.courses(ctx.record)
    if not found:
        return EMPTY
    days = [day for one in found for point in one.points for day in (point.days.first, point.days.last) if day]
    days += [day for one in found for day, _ in one.named]
    scale = Scale.of_years(days)
    top = max(
        [one.points[-1].claim.value or 0 for one in found] + [p.claim.value or 0 for o in found for p in o.points]
    )
    return section(
        "Stated and named, over time",
        fill(
            '{fields}{axis}<p class="small key">△ A total that somebody stated. '
            "A pale band is a date known only to the month or year. The filled steps are the bodies that "
            "firm, dated words name as having used it by then. Every total stands in the table at the end.</p>",
            fields=join(_field(scale, one, max(1, top)) for one in found),
            axis=scale.axis(),
        ),
        name="over-time",
        lead=" ".join(_finding(one, ctx.programme.focus.claims) for one in found),
    )


def _finding(one: Course, focus: tuple[str, ...]) -> str:
    """The total in focus, else the highest, beside what can be named by then."""
    highest = max(
        one.points,
        key=lambda point: (point.claim.claim_id in focus, point.claim.value or 0, -point.days.last.toordinal()),
    )
    words = label("organisation.kind", one.kind)
    when = dates.phrase(highest.claim.as_of, highest.claim.date_precision)
    by_then = one.named_by(highest.days.last)
    more = f"; {one.undated} more can be named without a date" if one.undated else ""
    return (
        f"{amount(highest.claim)[:1].upper()}{amount(highest.claim)[1:]} were stated {when}; by then "
        f"{by_then or 'no'} {words if by_then == 1 else words + 's'} can be named{more}."
    )


def _field(scale: Scale, one: Course, top: int) -> Markup:
    edges = [*one.named, (scale.last, one.named[-1][1] if one.named else 0)]
    steps = join(
        fill(
            '<span class="step-up" style="left:{x:.2f}%;width:{w:.2f}%;height:{h:.1f}%"></span>',
            x=scale.place(day),
            w=scale.place(until) - scale.place(day),
            h=100 * size / top,
        )
        for (day, size), (until, _) in zip(one.named, edges[1:], strict=False)
    )
    told = "; ".join(
        [
            f"{amount(p.claim)} stated {dates.phrase(p.claim.as_of, p.claim.date_precision)}"
            for p in one.points[:MOST_MARKS]
        ]
        + [f"{size} can be named by {dates.in_words(day.isoformat(), 'day')}" for day, size in one.named[-1:]]
    )
    words = label("organisation.kind", one.kind)
    last = one.named[-1][1] if one.named else 0
    return fill(
        '<div class="over"><p class="over-name">{n}s</p><div class="field" role="img" aria-label="{told}">{steps}'
        '{marks}<span class="top">{top}</span>{last}</div></div>',
        n=words[:1].upper() + words[1:],
        told=told,
        steps=steps,
        marks=join(_marks(scale, one, top)),
        top=number(top),
        last=fill('<span class="reached" style="bottom:{h:.1f}%">{n} named</span>', h=100 * last / top, n=last)
        if last
        else EMPTY,
    )


def _marks(scale: Scale, one: Course, top: int) -> list[Markup]:
    """One mark for each date and total; pages that state the same for the same date share it."""
    together: dict[tuple[str | None, str | None, int], list[str]] = {}
    days = {}
    for point in one.points:
        key = (point.claim.as_of, point.claim.date_precision, point.claim.value or 0)
        together.setdefault(key, []).append(point.claim.claimant or "somebody")
        days[key] = point.days
    found = []
    for key, who in list(together.items())[:MOST_MARKS]:
        as_of, precision, value = key
        span = days[key]
        first = span.first or span.last
        middle: dt.date = first + (span.last - first) / 2
        height = f"bottom:{100 * value / top:.1f}%"
        if first != span.last:
            left, right = scale.place(first), scale.place(span.last)
            found.append(
                fill(
                    '<span class="band" style="left:{a:.2f}%;width:{b:.2f}%;{h}"></span>',
                    a=left,
                    b=max(0.6, right - left),
                    h=height,
                )
            )
        found.append(
            fill(
                '<span class="mark" style="left:{x:.2f}%;{h}" title="{w}">△</span>',
                x=scale.place(middle),
                h=height,
                w=f"{number(value)} {dates.phrase(as_of, precision)}: {', '.join(dict.fromkeys(who))}",
            )
        )
    return found


@per_page
def totals(ctx: Context) -> Markup:
    """Every total that was stated, latest date first, undated last."""
    found = facts.claimed_totals(ctx.record)
    if not found:
        return section("Every total that was stated", empty_state("No stated total is in the register yet."))
    dated = [claim for claim in found if claim.as_of][::-1] + [claim for claim in found if not claim.as_of]
    rows = [
        [
            date_words(claim.as_of, claim.date_precision),
            claim.claimant or "",
            amount(claim),
            claim.summary,
            source_link(ctx.record, claim.source_id),
        ]
        for claim in dated[:MOST_TOTALS]
    ]
    columns: list[Column | str] = [
        Column("For", "when"),
        "Stated by",
        "What",
        Column("In our words", "wide"),
        "Shown by",
    ]
    more = EMPTY
    if len(dated) > MOST_TOTALS:
        everything = link(address("/data", {"table": "claimed_total"}), f"all {number(len(dated))}")
        more = fill(
            '<p class="small">The latest {n} are shown; {l} are on the Data page.</p>', n=MOST_TOTALS, l=everything
        )
    return section(
        "Every total that was stated",
        table(columns, rows, "Totals that were stated, latest first") + more,
        name="totals",
        lead=f"{many(len(found), 'total')}. They are what somebody stated, not what this record can show.",
    )
