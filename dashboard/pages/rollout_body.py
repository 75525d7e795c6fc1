"""One body: its status in plain words, the rule that decided it, and every page that says something of it."""

from __future__ import annotations

from markupsafe import Markup

from dashboard.parts.dates import date_words
from dashboard.parts.head import page_head, section
from dashboard.parts.html import EMPTY, address, fill, join, link, listing, many
from dashboard.parts.notes import empty_state, note
from dashboard.parts.rules import FIRM, RULES
from dashboard.parts.sources import source_citation, source_link
from dashboard.parts.status import status_badge, strength_words
from dashboard.parts.tables import Column, table
from dashboard.queries import bodies, facts
from dashboard.queries.bodies import Assertion, Body, Standing
from dashboard.start import Context, per_page
from data import dates
from data.labels import label


@per_page
def one_body(ctx: Context, org_id: str, back: str) -> Markup:
    """The page of one body; `back` leads to the list as the reader left it."""
    body = bodies.body_index(ctx.record)[org_id]
    standing = bodies.standing_index(ctx.record).get(org_id)
    said = bodies.assertions_about(ctx.record, org_id) if standing else ()
    return join(
        [
            fill('<p class="back"><a href="{b}">← All trusts and forces</a></p>', b=back),
            page_head(body.name, _answer(ctx, body, standing, said), _basis(ctx, body)),
            _rule(standing, said) if standing else EMPTY,
            _assertions(ctx, body, said) if standing else EMPTY,
            _statements(ctx, body),
            _corrections(body),
        ]
    )


def _answer(ctx: Context, body: Body, standing: Standing | None, said: tuple[Assertion, ...]) -> Markup:
    name = ctx.programme.programme.short_name
    if standing is None:
        return fill(
            "{k} in {r}. This record keeps a status for trusts and police forces only.",
            k=label("organisation.kind", body.kind).capitalize(),
            r=body.region or "no region on record",
        )
    words = {
        "used": f"It used {name}.",
        "ended": f"It used {name} and then ended it.",
        "paused": f"It used {name} and then paused it.",
        "planned": f"It planned to use {name}; nothing firm shows that it began.",
        "similar-scheme": f"It ran a scheme like {name}, under another name.",
        "disputed": "Sources disagree on whether it did.",
        "denied": f"It says that it does not use {name}.",
        "never": f"It is said never to have used {name}.",
        "not-answered": "It was asked and did not answer.",
        "unknown": f"Not known: nothing firm shows whether it used {name}.",
    }[standing.status]
    dated = ""
    if standing.latest_date and standing.status != "unknown":
        when = dates.in_words(standing.latest_date, standing.latest_precision)
        dated = f" The latest word on it is of {when.removeprefix('by ')}."
    strength = f" {strength_words(standing.strength).capitalize()}." if standing.status != "unknown" and said else ""
    return fill("{b} {w}{s}{d}", b=status_badge(standing.status), w=words, s=strength, d=dated)


def _basis(ctx: Context, body: Body) -> Markup:
    words: list[Markup | str] = [label("organisation.kind", body.kind).capitalize()]
    if body.region:
        words.append(body.region)
    if body.aliases:
        words.append(f"also {', '.join(body.aliases[:4])}")
    if body.successor_id:
        words.append(
            fill(
                "its services are now run by {s}",
                s=link(address("/rollout", {"org": body.successor_id}), body.successor or body.successor_id),
            )
        )
    before = bodies.predecessors(ctx.record, body.org_id)
    if before:
        words.append(
            fill(
                "runs the services of {p}",
                p=listing(link(address("/rollout", {"org": one.org_id}), one.name) for one in before),
            )
        )
    if body.website:
        words.append(link(body.website, "its own site"))
    return fill("{w}.{n}", w=join(words, " · "), n=f" {body.note}" if body.note else "")


def _rule(standing: Standing, said: tuple[Assertion, ...]) -> Markup:
    firm = [one for one in said if one.strength != "claimed"]
    weak = len(said) - len(firm)
    counted = (
        f"{many(len(firm), 'firm assertion')} and {many(weak, 'weak one')} are on record."
        if said
        else "None is on record."
    )
    return section(
        "The rule that decided",
        fill(
            '<p>{rule}</p><p class="small">{firm} {counted} {how}</p>',
            rule=RULES[standing.status],
            firm=FIRM,
            counted=counted,
            how=link("/about#statuses", "All rules"),
        ),
    )


def _assertions(ctx: Context, body: Body, said: tuple[Assertion, ...]) -> Markup:
    if not said:
        return section(
            "What pages say",
            empty_state(
                "No page on record says anything of this body.",
                "If you know of one, the About page says how to add it.",
            ),
        )
    rows = [
        [
            date_words(one.on_date, one.date_precision),
            _says(ctx, body, one),
            one.summary,
            _basis_words(one),
            fill(
                "{s}{w}",
                s=source_citation(ctx.record, one.source_id),
                w=fill('<br><span class="small">{w}</span>', w=one.where_in_source) if one.where_in_source else EMPTY,
            ),
        ]
        for one in said
    ]
    columns: list[Column | str] = [
        Column("When", "when"),
        "Says that it",
        Column("In our words", "wide"),
        "On whose word",
        Column("Where it shows", "wide"),
    ]
    told = table(columns, rows, f"What pages say of {body.name}, oldest first")
    return section("What pages say", told, name="evidence")


def _says(ctx: Context, body: Body, one: Assertion) -> Markup:
    others = [other for other in (one.trust_id, one.police_id) if other and other != body.org_id]
    partner = listing(link(address("/rollout", {"org": other}), bodies.name_of(ctx.record, other)) for other in others)
    return fill(
        "{s}{t}{w}",
        s=label("adoption.status", one.status),
        t=fill('<br><span class="small">team: {t}</span>', t=one.team) if one.team else EMPTY,
        w=fill('<br><span class="small">with {p}</span>', p=partner) if partner else EMPTY,
    )


def _basis_words(one: Assertion) -> Markup:
    how = label("adoption.matched", one.matched) if one.matched and one.matched != "name" else ""
    return fill(
        '{b}{m}<br><span class="small">{s}</span>',
        b=label("adoption.basis", one.basis) or "not said",
        m=f"; {how}" if how else "",
        s="decides nothing" if one.strength == "claimed" else "firm",
    )


def _statements(ctx: Context, body: Body) -> Markup:
    found = [statement for statement in facts.statements(ctx.record) if statement.org_id == body.org_id]
    if not found:
        return EMPTY
    rows = [
        [
            date_words(statement.published_on, statement.date_precision),
            label("statement.position", statement.position),
            statement.summary,
            source_link(ctx.record, statement.source_id),
        ]
        for statement in found
    ]
    columns: list[Column | str] = [Column("When", "when"), "Position", Column("In our words", "wide"), "Shown by"]
    return section("What it has said", table(columns, rows, f"Statements of {body.name}, oldest first"))


def _corrections(body: Body) -> Markup:
    del body
    return note(
        fill(
            "Is something wrong or missing? {c} A body that is named here may reply; its reply stands beside its row.",
            c=link("/about#correct", "Say so."),
        )
    )
