"""Who used it, when, and how do we know? The map, the stated and the named, every trust and force, and one of them."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from dashboard.pages import rollout_body, rollout_pictures, rollout_totals
from dashboard.pages.lists import forget_page_when_filters_change, kept_of
from dashboard.pages.shared import computed_from, nothing_in_register
from dashboard.parts.dates import date_words
from dashboard.parts.filters import Choice, chosen, form, select_boxes
from dashboard.parts.head import contents, page_head, section
from dashboard.parts.html import EMPTY, address, count, fill, join, link, many
from dashboard.parts.notes import empty_state, note
from dashboard.parts.paging import leaf, pager
from dashboard.parts.params import Params
from dashboard.parts.show import show
from dashboard.parts.status import ORDER, SHORT, status_badge, strength_words
from dashboard.parts.tables import Column, table
from dashboard.queries import bodies, focus
from dashboard.queries.bodies import Standing
from dashboard.record import Record, per_record
from dashboard.start import Context, context, per_page
from data.labels import label

ADDRESS = "/rollout"
TITLE = "Rollout"
QUESTION = "Who used it, when, and how do we know?"
KINDS = (("mental-health-trust", "Trusts"), ("police-force", "Police forces"))
ORDER_OF_KINDS = {kind: place for place, (kind, _) in enumerate(KINDS)}
ROWS = 120


def describe(ctx: Context) -> str:
    """How many bodies of each kind can be named as having used it, and for how many nothing is known."""
    found = bodies.status_counts(ctx.record)
    if not found:
        return nothing_in_register("trusts and police forces")
    named = focus.named_counts(ctx.record)
    parts = []
    for kind, _ in KINDS:
        total = sum(row.bodies for row in found if row.kind == kind)
        if total:
            words = label("organisation.kind", kind)
            parts.append(f"{named.get(kind, 0)} of {many(total, words)}")
    unknown = sum(row.bodies for row in found if row.status == "unknown")
    rest = f" For {count(unknown, 'other')} nothing firm is on record." if unknown else ""
    return f"{' and '.join(parts)} can be named as having used it.{rest}"


@per_record
def choices(record: Record) -> tuple[Choice, ...]:
    """The three filters, with the regions and statuses that occur."""
    found = bodies.standings(record)
    regions = sorted({standing.region for standing in found if standing.region})
    statuses = {standing.status for standing in found}
    return (
        Choice("kind", "Kind of body", KINDS, "All kinds"),
        Choice("region", "Region", tuple((region, region) for region in regions), "All regions"),
        Choice("status", "Status", tuple((s, SHORT[s]) for s in ORDER if s in statuses), "All statuses"),
    )


@per_page
def head(ctx: Context) -> Markup:
    """Question, answer and basis."""
    if not bodies.standings(ctx.record):
        return page_head(QUESTION, describe(ctx)) + empty_state(
            "No trust or police force is in the register yet.",
            "They come from organisations.csv, their story from adoptions.csv.",
        )
    assertions, sources = bodies.adoption_totals(ctx.record)
    basis = fill(
        "{c} {how}",
        c=computed_from(ctx, f"{many(assertions, 'assertion')} in {many(sources, 'source')}"),
        how=link("/about#statuses", "How statuses are decided"),
    )
    parts = (("map", "Map"), ("stated", "Stated, and named"), ("over-time", "Over time"), ("lines", "Body by body"),
             ("list", "Every trust and force"), ("totals", "Every stated total"))  # fmt: skip
    return page_head(QUESTION, describe(ctx), basis) + contents(parts) + rollout_pictures.pictures(ctx)


@per_page
def listed(ctx: Context, kind: str, region: str, status: str, page: str) -> Markup:
    """The bodies that pass the filters, a table for each kind, those of which most is known first; one page of them."""
    found = sorted(
        (
            standing
            for standing in bodies.standings(ctx.record)
            if kind in ("", standing.kind) and region in ("", standing.region) and status in ("", standing.status)
        ),
        key=lambda one: (ORDER_OF_KINDS[one.kind], ORDER.index(one.status), -one.sources, one.name.casefold()),
    )
    asked = {"kind": dict(KINDS).get(kind, ""), "region": region, "status": SHORT.get(status, "")}
    if not found:
        return section("Bodies", empty_state("No body on record is like that.", link(ADDRESS, "Show all bodies")))
    here, remark = leaf(page, len(found), ROWS)
    pieces = [remark]
    for one, title in KINDS:
        of_kind = [standing for standing in found[here.start : here.stop] if standing.kind == one]
        if of_kind:
            pieces.append(_table_of(ctx, title, of_kind, asked))
    return fill('<div id="list">{p}{more}</div>', p=join(pieces), more=pager(ADDRESS, asked, here, "bodies", "list"))


def _table_of(ctx: Context, title: str, found: list[Standing], asked: dict[str, str]) -> Markup:
    rows = [_row(ctx, standing, asked) for standing in found]
    columns: list[Column | str] = [
        Column(title, "wide"),
        Column("Status", "narrow"),
        "How strong",
        Column("First", "when"),
        Column("Latest", "when"),
        Column("Evidence", "when"),
    ]
    return section(title, table(columns, rows, f"{title}: {len(found)}, by status"), name=title.lower().split()[0])


def _row(ctx: Context, standing: Standing, asked: dict[str, str]) -> list[Markup | str]:
    detail = address(ADDRESS, {**asked, "org": standing.org_id})
    name = link(detail, standing.name)
    if standing.counts_as != standing.org_id:
        name = fill('{n} <span class="small">now {s}</span>', n=name, s=bodies.name_of(ctx.record, standing.counts_as))
    strength = strength_words(standing.strength) if standing.sources else ""
    if standing.status == "unknown" and standing.weak_statuses:
        weak = ", ".join(label("adoption.status", one) for one in standing.weak_statuses)
        strength = f"only claimed, or matched by area: {weak}"
    return [
        name,
        status_badge(standing.status),
        strength,
        date_words(standing.first_date, None) if standing.sources else "",
        date_words(standing.latest_date, standing.latest_precision) if standing.sources else "",
        link(detail, many(standing.sources, "source"), label=f"{many(standing.sources, 'source')} on {standing.name}")
        if standing.sources
        else Markup('<span class="quiet">none</span>'),
    ]


def _unknown_body(ctx: Context, org_id: str) -> Markup:
    del ctx
    return note(fill("There is no body “{o}” on this record, so all are shown.", o=org_id), "warning")


def plain(ctx: Context, params: Params) -> Markup:
    """The page without JavaScript."""
    org_id = params.get("org")
    if org_id in bodies.body_index(ctx.record):
        return rollout_body.one_body(ctx, org_id, _back(params))
    filters = choices(ctx.record)
    values, remarks = chosen(filters, params)
    if not bodies.standings(ctx.record):
        return head(ctx) + rollout_totals.totals(ctx)
    return join(
        [
            _unknown_body(ctx, org_id) if org_id else EMPTY,
            head(ctx),
            remarks,
            form(ADDRESS, filters, params),
            listed(ctx, values["kind"], values["region"], values["status"], params.get("page")),
            rollout_totals.totals(ctx),
        ]
    )


def _back(params: Params) -> str:
    """The list as the reader left it."""
    return address(ADDRESS, params.without("org"))


def page() -> None:
    """The page in the app."""
    ctx = context()
    params = Params.of((name, value) for name in st.query_params for value in st.query_params.get_all(name))
    org_id = params.get("org")
    if org_id in bodies.body_index(ctx.record):
        show(rollout_body.one_body(ctx, org_id, _back(params)))
        return
    if org_id:
        show(_unknown_body(ctx, org_id))
    show(head(ctx))
    if bodies.standings(ctx.record):
        filters = choices(ctx.record)
        _, remarks = chosen(filters, params)
        show(remarks)
        values = select_boxes(filters)
        kept = kept_of(filters, values)
        forget_page_when_filters_change(kept, ADDRESS)
        number_asked = str(st.query_params.get("page", ""))
        show(listed(ctx, values["kind"], values["region"], values["status"], number_asked))
    show(rollout_totals.totals(ctx))
