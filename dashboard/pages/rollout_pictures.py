"""The pictures of the rollout, in HTML: tile map of forces, trusts by region, stated and named, life lines.

Each has a sentence that says what it shows, and a table further down the page or one step away that holds the same.
"""

from __future__ import annotations

import datetime as dt

from markupsafe import Markup

from dashboard.pages import rollout_totals
from dashboard.parts.dates import date_phrase
from dashboard.parts.head import section
from dashboard.parts.html import EMPTY, address, count, fill, join, link, listing, many, number, spoken
from dashboard.parts.notes import empty_state
from dashboard.parts.reuse import use_this_picture
from dashboard.parts.status import ORDER, SHAPES, SHORT
from dashboard.queries import bodies, focus
from dashboard.queries.bodies import Body, Standing
from dashboard.start import Context
from data import dates
from data.labels import label

FULLEST = (
    "disputed", "used", "ended", "paused", "similar-scheme", "planned", "denied", "never", "not-answered", "unknown",
)  # fmt: skip
"""Which status counts where merged bodies have different ones, as in the view status_count."""
MOST_BESIDE, MOST_SQUARES, MOST_LINES = 12, 40, 60
"""How many bodies a picture holds: forces without a place in the grid, trusts of one region, lines of life."""
MARKS = {
    "planned": "○",
    "piloting": "●",
    "live": "●",
    "similar-model": "◇",
    "paused": "◑",
    "ended": "◐",
    "reviewed": "▪",
    "never": "⊘",
    "denied": "✕",
    "not-answered": "?",
}


def pictures(ctx: Context) -> Markup:
    """Map and legend beside stated and named; life lines under both."""
    tiles, stated = tile_map(ctx), stated_and_named(ctx)
    if tiles:
        tiles += use_this_picture(ctx, "/embed/map", "Police forces, one square each", 900)
    if focus.stated_totals(ctx.record, ctx.programme.focus.claims):
        stated += use_this_picture(ctx, "/embed/gap", "What was stated, and what can be named", 640)
    return fill(
        '<div class="two"><div>{tiles}</div><div>{stated}{squares}</div></div>{time}{lines}',
        tiles=tiles,
        stated=stated,
        squares=trust_squares(ctx),
        time=rollout_totals.over_the_years(ctx),
        lines=life_lines(ctx),
    )


def finding(ctx: Context, kind: str) -> str:
    """ "3 used it; sources disagree on 1; 36 not known": what a picture of one kind of body shows."""
    counts = {row.status: row.bodies for row in bodies.status_counts(ctx.record) if row.kind == kind}
    return "; ".join(
        f"sources disagree on {counts[status]}" if status == "disputed" else f"{counts[status]} {SHORT[status].lower()}"
        for status in ORDER
        if counts.get(status)
    )


def tile_map(ctx: Context) -> Markup:
    """One equal square for each territorial force; forces without a place stand beside the grid."""
    index = bodies.body_index(ctx.record)
    forces = [standing for standing in bodies.standings(ctx.record) if standing.kind == "police-force"]
    placed = [(index[force.org_id], force) for force in forces if index[force.org_id].tile_x is not None]
    beside = [(index[force.org_id], force) for force in forces if index[force.org_id].tile_x is None]
    if not placed:
        return EMPTY
    left = min(body.tile_x or 0 for body, _ in placed)
    top = min(body.tile_y or 0 for body, _ in placed)
    columns = max(body.tile_x or 0 for body, _ in placed) - left + 1
    ordered = sorted(placed, key=lambda pair: (pair[0].tile_y or 0, pair[0].tile_x or 0))
    tiles = join(
        fill(
            '<li style="grid-column:{x};grid-row:{y}">{t}</li>',
            x=(body.tile_x or 0) - left + 1,
            y=(body.tile_y or 0) - top + 1,
            t=_tile(body, force),
        )
        for body, force in ordered
    )
    more = EMPTY
    if beside:
        named = [fill("{n} ({s})", n=_link_to(one), s=SHORT[one.status].lower()) for _, one in beside[:MOST_BESIDE]]
        if len(beside) > MOST_BESIDE:
            named.append(link("/rollout?kind=Police+forces#list", f"{number(len(beside) - MOST_BESIDE)} others"))
        more = fill('<p class="small">Beside the grid: {l}.</p>', l=listing(named))
    return section(
        "Police forces",
        fill(
            '<p class="small">{f}.</p><ul class="tiles" style="--columns:{c}">{tiles}</ul>{more}{legend}',
            f=f"One square for each territorial force: {finding(ctx, 'police-force')}",
            c=columns,
            tiles=tiles,
            more=more,
            legend=legend(ctx, "police-force"),
        ),
        name="map",
    )


def _tile(body: Body, force: Standing) -> Markup:
    return fill(
        '<a class="tile is-{s}" href="{h}"><span class="unseen">{l}</span><span class="shape" aria-hidden="true">'
        '{shape}</span><span class="short" aria-hidden="true">{short}</span></a>',
        s=force.status,
        h=address("/rollout", {"org": force.org_id}),
        l=f"{body.name}: {SHORT[force.status].lower()}",
        shape=SHAPES[force.status],
        short=body.tile_label or body.name,
    )


def _link_to(standing: Standing) -> Markup:
    return link(address("/rollout", {"org": standing.org_id}), standing.name)


def legend(ctx: Context, kind: str) -> Markup:
    """Shape, word and number of bodies of each status that occurs; each shows those bodies in the table."""
    counts = {row.status: row.bodies for row in bodies.status_counts(ctx.record) if row.kind == kind}
    kinds = {"police-force": "Police forces", "mental-health-trust": "Trusts"}
    return fill(
        '<ul class="legend">{items}</ul>',
        items=join(
            fill(
                '<li><span class="shape" aria-hidden="true">{shape}</span> {word} <strong>{n}</strong></li>',
                shape=SHAPES[status],
                word=link(f"{address('/rollout', {'kind': kinds[kind], 'status': SHORT[status]})}#list", SHORT[status]),
                n=counts[status],
            )
            for status in ORDER
            if counts.get(status)
        ),
    )


def trust_squares(ctx: Context) -> Markup:
    """Trusts by region from north to south, one square each; merged trusts stand as one, with the fullest status."""
    index = bodies.body_index(ctx.record)
    fullest: dict[str, Standing] = {}
    for trust in bodies.standings(ctx.record):
        if trust.kind != "mental-health-trust":
            continue
        known = fullest.get(trust.counts_as)
        if known is None or FULLEST.index(trust.status) < FULLEST.index(known.status):
            fullest[trust.counts_as] = trust
    regions: dict[str, list[Standing]] = {}
    for trust in fullest.values():
        regions.setdefault(trust.region or "No region on record", []).append(trust)
    if not regions:
        return EMPTY

    def northness(region: str) -> float:
        north = [body.latitude for one in regions[region] if (body := index[one.org_id]).latitude is not None]
        return -sum(north) / len(north) if north else 0.0

    rows = join(
        fill(
            '<li><span class="region">{r}</span><ul class="squares" aria-label="{r}">{s}</ul></li>',
            r=region,
            s=_squares(region, regions[region]),
        )
        for region in sorted(regions, key=lambda region: (northness(region), region))
    )
    return section(
        "Trusts",
        fill(
            '<p class="small">One square for each trust, by region: {f}. Merged trusts stand as one.</p>'
            '<ul class="regions">{rows}</ul>{legend}',
            f=finding(ctx, "mental-health-trust"),
            rows=rows,
            legend=legend(ctx, "mental-health-trust"),
        ),
    )


def _squares(region: str, trusts: list[Standing]) -> Markup:
    ordered = sorted(trusts, key=lambda one: (ORDER.index(one.status), one.name.casefold()))
    shown = join(_square(trust) for trust in ordered[:MOST_SQUARES])
    if len(ordered) <= MOST_SQUARES:
        return shown
    rest = f"and {number(len(ordered) - MOST_SQUARES)} more"
    where = f"{address('/rollout', {'kind': 'Trusts', 'region': region})}#list"
    return shown + fill('<li class="rest">{l}</li>', l=link(where, rest, label=f"{rest} in {region}"))


def _square(trust: Standing) -> Markup:
    words = f"{trust.name}: {SHORT[trust.status].lower()}"
    return fill(
        '<li><a class="tile is-{s}" href="{h}" title="{w}"><span class="unseen">{w}</span><span class="shape" '
        'aria-hidden="true">{shape}</span></a></li>',
        s=trust.status,
        h=address("/rollout", {"org": trust.org_id}),
        w=words,
        shape=SHAPES[trust.status],
    )


def stated_and_named(ctx: Context) -> Markup:
    """What was stated and what can be named, on one bar each."""
    stated = focus.stated_totals(ctx.record, ctx.programme.focus.claims)
    if not stated:
        return section(
            "Stated, and named",
            empty_state("No stated total is chosen to compare with.", "programme.toml names them under focus."),
            name="stated",
        )
    aside = Markup(
        '<p class="small">Number and names are set side by side: no row shows that the bodies named are the ones that '
        "were counted.</p>"
    )
    return section("Stated, and named", join(_bar(one) for one in stated) + aside, name="stated")


def _bar(one: focus.Stated) -> Markup:
    claim = one.claim
    parts = [
        ("used", len(one.used), "● {} used"),
        ("disputed", len(one.disputed), "◆ {}"),
        ("weak", len(one.weak), "† {}"),
        ("unnamed", one.unnamed, "{} not named"),
    ]
    bar = join(
        fill(
            '<span class="bit is-{k}" style="flex-grow:{w}">{t}</span>',
            k=kind,
            w=size,
            t=words.format(size),
        )
        for kind, size, words in parts
        if size
    )
    unit = claim.unit.replace("-", " ")
    told = (
        f"{claim.claimant or 'Somebody'} stated {number(claim.value)} {unit}; {len(one.used)} can be named as having "
        f"used it, on {len(one.disputed)} sources disagree, {len(one.weak)} are only claimed or matched by area, and "
        f"for {one.unnamed} of that number no row names a body."
    )
    return fill(
        '<div class="stated"><p>{u}: <strong>{v}</strong> stated by {c} {d}</p><div class="bar" role="img" '
        'aria-label="{told}">{bar}</div>{names}</div>',
        u=unit.capitalize(),
        v=number(claim.value),
        c=link(address("/documents", {"source": claim.source_id}), claim.claimant or "somebody"),
        d=date_phrase(claim.as_of, claim.date_precision),
        told=spoken(told),
        bar=bar,
        names=join(
            [
                _names("● Named as having used it", one.used),
                _names("◆ Sources disagree", one.disputed),
                _names("† Only claimed, or matched by area", one.weak),
            ]
        ),
    )


def _names(words: str, names: tuple[focus.Named, ...]) -> Markup:
    if not names:
        return EMPTY
    return fill(
        '<p class="small"><strong>{w}:</strong> {n}.</p>',
        w=words,
        n=listing(link(address("/rollout", {"org": one.org_id}), one.name) for one in names),
    )


def life_lines(ctx: Context) -> Markup:
    """For each body with a firm dated word, what is said of it and when, on a line of years."""
    index = bodies.standing_index(ctx.record)
    firm = [mark for mark in bodies.marks(ctx.record) if mark.strength != "claimed" and mark.org_id in index]
    if not firm:
        return EMPTY
    first, last = min(mark.day.year for mark in firm), max(mark.day.year for mark in firm)
    span = (dt.date(last, 12, 31) - dt.date(first, 1, 1)).days

    def place(day: dt.date) -> float:
        return 100 * (day - dt.date(first, 1, 1)).days / span

    by_body: dict[str, list[bodies.Mark]] = {}
    for mark in firm:
        by_body.setdefault(mark.org_id, []).append(mark)
    rows = []
    drawn = sorted(by_body.items(), key=lambda item: (-len(item[1]), item[0]))[:MOST_LINES]
    for org_id, marks in sorted(drawn, key=lambda item: (item[1][0].day, index[item[0]].name)):
        told = "; ".join(
            f"{label('adoption.status', mark.status)} {dates.phrase(mark.on_date, mark.date_precision)}"
            for mark in marks
        )
        rows.append(
            fill(
                '<li>{n}<div class="line" role="img" aria-label="{t}"><span class="run" '
                'style="left:{a:.1f}%;width:{b:.1f}%"></span>{marks}</div></li>',
                n=_link_to(index[org_id]),
                t=told,
                a=place(marks[0].day),
                b=place(marks[-1].day) - place(marks[0].day),
                marks=join(
                    fill(
                        '<span class="mark" style="left:{x:.1f}%" title="{t}">{m}</span>',
                        x=place(mark.day),
                        t=f"{label('adoption.status', mark.status)} {dates.phrase(mark.on_date, mark.date_precision)}",
                        m=MARKS.get(mark.status, "·"),
                    )
                    for mark in marks
                ),
            )
        )
    years = range(first, last + 1, max(1, (last - first) // 5))
    axis = join(fill('<span style="left:{x:.1f}%">{y}</span>', x=place(dt.date(year, 1, 1)), y=year) for year in years)
    used = sorted({mark.status for mark in firm}, key=list(MARKS).index)
    key = listing(f"{MARKS[status]} {label('adoption.status', status)}" for status in used)
    return section(
        "What is said, and when",
        fill(
            '<div class="axis" aria-hidden="true">{axis}</div><ul class="lines">{rows}</ul><p class="small">{key}. '
            "A line joins the first and the last dated word; it does not say that the programme ran all the "
            "time between.</p>",
            axis=axis,
            rows=join(rows),
            key=key,
        ),
        lead=f"Firm dated words on {count(len(by_body), 'body', 'bodies')}, from {first} to {last}: "
        f"{many(len(firm), 'assertion')}."
        + (f" The {MOST_LINES} with most of them are drawn." if len(by_body) > MOST_LINES else ""),
        name="lines",
    )
