"""Who said what, and what did they ask for? Bodies by what they ask, positions in time, concerns and replies."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from dashboard.pages import responses_pictures as pictures
from dashboard.pages.lists import Kept, asked, forget_page_when_filters_change, kept_of, unknown_row, way_back
from dashboard.pages.responses_one import one_statement
from dashboard.pages.responses_pictures import READ_WORDS, read_mark
from dashboard.pages.shared import computed_from, nothing_in_register, who_spoke
from dashboard.parts.dates import date_phrase, date_words
from dashboard.parts.filters import Choice, chosen, form, select_boxes
from dashboard.parts.head import contents, page_head, section
from dashboard.parts.html import EMPTY, fill, join, link, listing, many, number
from dashboard.parts.notes import content_note, empty_state
from dashboard.parts.paging import Leaf, leaf, pager
from dashboard.parts.params import Params
from dashboard.parts.permalinks import detail
from dashboard.parts.show import show
from dashboard.parts.sources import source_link
from dashboard.parts.tables import Column, table
from dashboard.queries import responses
from dashboard.queries.responses import Voice
from dashboard.start import Context, context, per_page
from data.labels import label
from data.vocabulary import ASKS, ORGANISATION_KINDS, POSITIONS

ADDRESS = "/responses"
TITLE = "Responses"
QUESTION = "Who said what, and what did they ask for?"
ROWS = 40


def describe(ctx: Context) -> str:
    """How many bodies made how many statements, and what most of them asked for."""
    return _answer(ctx).striptags()


def _answer(ctx: Context) -> Markup:
    found = responses.voices(ctx.record)
    if not found:
        return Markup(nothing_in_register("what bodies have said"))  # noqa: S704 - our own words
    asks = [(ask, n) for ask, n in responses.bodies_asking(found) if ask != "other"][:3]
    told = listing(
        fill("<strong>{n}</strong>{v} for {w}", n=n, v="" if place else " asked", w=label("statement.asks", ask))
        for place, (ask, n) in enumerate(asks)
    )
    backing = {v.statement.org_id for v in found if v.statement.position == "supports-programme"}
    return fill(
        "{who} made the {n} on record.{asked}{backed}",
        who=who_spoke(voice.statement for voice in found),
        n=many(len(found), "statement"),
        asked=fill(" {t}.", t=told) if asks else EMPTY,
        backed=f" {number(len(backing))} spoke for the programme." if backing else EMPTY,
    )


@per_page
def choices(ctx: Context) -> tuple[Choice, ...]:
    """The filters: kind of body, what it asks for, its position."""
    found = [voice.statement for voice in responses.voices(ctx.record)]
    kinds = {statement.kind for statement in found}
    asks = {ask for statement in found for ask in statement.asks}
    positions = {statement.position for statement in found}
    return (
        Choice("kind", "Kind of body", _options("organisation.kind", ORGANISATION_KINDS, kinds), "All kinds"),
        Choice("asks", "Asks for", _options("statement.asks", ASKS, asks), "Anything or nothing"),
        Choice("position", "Position", _options("statement.position", POSITIONS, positions), "All positions"),
    )


def _first_upper(words: str) -> str:
    return words[:1].upper() + words[1:]


def _options(name: str, order: tuple[str, ...], there: set[str]) -> tuple[tuple[str, str], ...]:
    return tuple((value, _first_upper(label(name, value))) for value in order if value in there)


@per_page
def head(ctx: Context) -> Markup:
    """Question, answer, basis, and a note before accounts of harm."""
    found = responses.voices(ctx.record)
    if not found:
        return page_head(QUESTION, _answer(ctx)) + empty_state(
            "No statement is in the register yet.", "Statements come from statements.csv, concerns from concerns.csv."
        )
    sources = {voice.statement.source_id for voice in found}
    first = next((v.statement for v in found if "halt" in v.statement.asks and v.statement.published_on), None)
    basis = fill(
        "{c}{first} {how}",
        c=computed_from(ctx, f"{many(len(found), 'statement')} in {many(len(sources), 'source')}"),
        first=fill(
            " The first dated call for {a}: {b}, {d} ({s}).",
            a=label("statement.asks", "halt"),
            b=link(detail("statement", first.statement_id), first.name),
            d=date_phrase(first.published_on, first.date_precision),
            s=source_link(ctx.record, first.source_id),
        )
        if first
        else EMPTY,
        how=link("#how", "How this is known"),
    )
    note = content_note("Statements and concerns here speak of self-harm, suicide and refused care.")
    parts = (("asks", "Who asked for what"), ("time", "Positions in time"), ("concerns", "Concerns and replies"),
             ("statements", "Every statement"), ("how", "How this is known"))  # fmt: skip
    return page_head(QUESTION, _answer(ctx), basis) + note + contents(parts)


def _matching(ctx: Context, kind: str, asks: str, position: str) -> tuple[Voice, ...]:
    return tuple(
        voice
        for voice in responses.voices(ctx.record)
        if kind in ("", voice.statement.kind)
        and (not asks or asks in voice.statement.asks)
        and position in ("", voice.statement.position)
    )


@per_page
def pictured(ctx: Context, kind: str, asks: str, position: str, kept: Kept) -> Markup:
    """The matrix and the positions in time."""
    found = _matching(ctx, kind, asks, position)
    if not found:
        return section(
            "Statements", empty_state("No statement on record is like that.", link(ADDRESS, "Show all statements"))
        )
    return pictures.matrix(found, dict(kept)) + pictures.in_time(found, dict(kept))


def listed(ctx: Context, kind: str, asks: str, position: str, kept: Kept, page: str) -> Markup:
    """The page of the statements that the address asks for; the first, with a remark, where there is none such."""
    here, remark = leaf(page, len(_matching(ctx, kind, asks, position)), ROWS)
    return remark + _listed(ctx, kind, asks, position, kept, here)


@per_page
def _listed(ctx: Context, kind: str, asks: str, position: str, kept: Kept, here: Leaf) -> Markup:
    found = _matching(ctx, kind, asks, position)
    if not found:
        return EMPTY
    ordered = _latest_first(found)
    rows = [_row(ctx, voice, dict(kept)) for voice in ordered[here.start : here.stop]]
    columns: list[Column | str] = [
        "Who",
        Column("When", "when"),
        "Position",
        Column("In our words", "wide"),
        "Read?",
        "Shown by",
    ]
    links = pager(ADDRESS, dict(kept), here, "statements", "statements")
    return section(
        "Statements",
        join([table(columns, rows, "Statements, latest first, undated last"), links]),
        name="statements",
        lead=f"{many(len(found), 'statement')}, latest first, undated last{here.shown}.",
    )


def _latest_first(found: tuple[Voice, ...]) -> list[Voice]:
    dated = sorted(
        (voice for voice in found if voice.statement.published_on),
        key=lambda voice: (voice.statement.published_on or "", voice.statement.statement_id),
        reverse=True,
    )
    return dated + [voice for voice in found if not voice.statement.published_on]


def _row(ctx: Context, voice: Voice, filters: dict[str, str]) -> list[Markup | str]:
    statement = voice.statement
    when = date_words(statement.published_on, statement.date_precision)
    asks = ", ".join(label("statement.asks", ask) for ask in statement.asks)
    return [
        link(
            detail("statement", statement.statement_id, filters),
            statement.name,
            label=f"{statement.name}, {when.striptags()}: open the statement",
        ),
        when,
        fill(
            "{p}{a}",
            p=label("statement.position", statement.position),
            a=fill('<br><span class="small">asks for {a}</span>', a=asks) if asks else EMPTY,
        ),
        statement.summary,
        read_mark(voice.read),
        source_link(ctx.record, statement.source_id),
    ]


@per_page
def how_known(ctx: Context) -> Markup:
    """How much of the pages was read, and the rules of this page."""
    found = responses.voices(ctx.record)
    counts = {state: sum(voice.read == state for voice in found) for state in READ_WORDS}
    held = sum(voice.copies > 0 for voice in found)
    told = EMPTY
    if found:
        told = fill(
            "<li>Of {n}, {w} rest on a page that a person read whole, {p} on one read in part, and the text of {u} has "
            "not been read: those are known only through another page that names them. {c}</li>",
            n=many(len(found), "statement"),
            w=counts["whole"],
            p=counts["part"],
            u=counts["unread"],
            c=f"This record holds a good copy of the page of {held}."
            if held
            else "This record holds no copy of any of these pages yet.",
        )
    return section(
        "How this is known",
        fill(
            "<ul>{t}<li>Each statement is one row of the register and names the page that carries it. Summaries are "
            "this record's own words, at most forty, never a quotation.</li><li>A position is the strongest that the "
            "page itself states. A body that asked twice counts once.</li><li>Not to have asked for something is not "
            "to be against it.</li><li>A body that is named here may reply, and its reply stands beside its row: {r}."
            "</li></ul>",
            t=told,
            r=link("/about#correct", "how to reply or correct"),
        ),
        name="how",
    )


def plain(ctx: Context, params: Params) -> Markup:
    """The page without JavaScript."""
    filters = choices(ctx)
    values, remarks = chosen(filters, params)
    kept = kept_of(filters, values)
    statement_id = params.get("statement")
    if statement_id in responses.voice_index(ctx.record):
        return way_back(ADDRESS, kept, "All statements") + one_statement(ctx, statement_id)
    remark = unknown_row("statement", statement_id) if statement_id else EMPTY
    if not responses.voices(ctx.record):
        return join([remark, head(ctx), pictures.concerns_and_replies(ctx), how_known(ctx)])
    three = (values["kind"], values["asks"], values["position"], kept)
    return join(
        [
            remark,
            head(ctx),
            remarks,
            form(ADDRESS, filters, params),
            pictured(ctx, *three),
            pictures.concerns_and_replies(ctx),
            listed(ctx, *three, params.get("page")),
            how_known(ctx),
        ]
    )


def page() -> None:
    """The page in the app."""
    ctx = context()
    params = asked()
    filters = choices(ctx)
    values, remarks = chosen(filters, params)
    statement_id = params.get("statement")
    if statement_id in responses.voice_index(ctx.record):
        show(way_back(ADDRESS, kept_of(filters, values), "All statements") + one_statement(ctx, statement_id))
        return
    if statement_id:
        show(unknown_row("statement", statement_id))
    show(head(ctx))
    if not responses.voices(ctx.record):
        show(pictures.concerns_and_replies(ctx) + how_known(ctx))
        return
    show(remarks)
    values = select_boxes(filters)
    kept = kept_of(filters, values)
    forget_page_when_filters_change(kept, ADDRESS)
    three = (values["kind"], values["asks"], values["position"], kept)
    show(pictured(ctx, *three))
    show(pictures.concerns_and_replies(ctx))
    show(listed(ctx, *three, str(st.query_params.get("page", ""))))
    show(how_known(ctx))
