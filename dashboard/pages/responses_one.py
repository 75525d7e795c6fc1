"""One statement: what it says and asks for, how well its page was read, and what else its body has said."""

from __future__ import annotations

from markupsafe import Markup

from dashboard.pages.responses_pictures import read_mark
from dashboard.pages.shared import computed_from
from dashboard.parts.cite import cite_block, permanent
from dashboard.parts.dates import date_phrase, date_words
from dashboard.parts.evidence import evidence
from dashboard.parts.head import page_head, section
from dashboard.parts.html import EMPTY, address, fill, join, link, listing
from dashboard.parts.notes import content_note, note
from dashboard.parts.permalinks import detail
from dashboard.parts.sources import source_citation, source_link
from dashboard.parts.tables import Column, table
from dashboard.parts.topics import topic_words
from dashboard.queries import responses
from dashboard.queries.responses import Voice
from dashboard.start import Context, per_page
from data.labels import label


@per_page
def one_statement(ctx: Context, statement_id: str) -> Markup:
    """The page of one statement, without the way back."""
    voice = responses.voice_index(ctx.record)[statement_id]
    statement = voice.statement
    position = label("statement.position", statement.position)
    title = f"{statement.name}: {position}"
    asks = [label("statement.asks", ask) for ask in statement.asks]
    rows: list[tuple[str, Markup | str]] = [
        ("Date", date_phrase(statement.published_on, statement.date_precision)),
        ("Who", link(address("/rollout", {"org": statement.org_id}), statement.name)),
        ("Kind of body", label("organisation.kind", statement.kind)),
        ("Position", position),
        ("Asks for", listing(asks) if asks else "nothing that is on record"),
        ("Where it stands", source_citation(ctx.record, statement.source_id)),
        ("How far read", read_mark(voice.read)),
        ("Copies held", _copies(voice)),
        ("Kept at", permanent("statement", statement_id, title)),
    ]
    return join(
        [
            page_head(title, statement.summary, computed_from(ctx, "one row of the register"), kicker="Statement"),
            content_note(),
            _unread(voice),
            fill(
                '<dl class="facts">{r}</dl>{c}',
                r=join(fill("<dt>{n}</dt><dd>{v}</dd>", n=name, v=value) for name, value in rows),
                c=cite_block(ctx, "statement", statement_id, title, statement.published_on, statement.date_precision),
            ),
            evidence(ctx, "statement", statement_id),
            _concerns(ctx, voice),
            _others(ctx, voice),
        ]
    )


def _copies(voice: Voice) -> str:
    if not voice.copies:
        return "none yet"
    return "one good copy" if voice.copies == 1 else f"{voice.copies} good copies"


def _unread(voice: Voice) -> Markup:
    if voice.read != "unread":
        return EMPTY
    return note(
        "The text of this statement has not been read. It is on record because another page names it, and what it says "
        "is told from there.",
        "warning",
    )


def _concerns(ctx: Context, voice: Voice) -> Markup:
    statement = voice.statement
    found = [
        one
        for one in responses.concerns(ctx.record)
        if one.source_id == statement.source_id and statement.org_id in (one.raised_by, one.reply_by)
    ]
    if not found:
        return EMPTY
    rows = [
        [
            fill("{n}{t}", n=f"{one.number}. " if one.number else "", t=topic_words(one.topic)),
            one.summary,
            fill('{r} <span class="small">({w})</span>', r=one.reply_summary, w=one.replier or "not known who")
            if one.reply_summary
            else Markup('<span class="quiet">none on record</span>'),
        ]
        for one in found
    ]
    columns: list[Column | str] = [
        "Concern",
        Column("In our words", "wide"),
        Column("The reply, in our words", "wide"),
    ]
    return section("Concerns on the same page", table(columns, rows, "Concerns on the same page"))


def _others(ctx: Context, voice: Voice) -> Markup:
    others = [
        other.statement
        for other in responses.voices(ctx.record)
        if other.statement.org_id == voice.statement.org_id
        and other.statement.statement_id != voice.statement.statement_id
    ]
    if not others:
        return EMPTY
    rows = [
        [
            link(detail("statement", one.statement_id), label("statement.position", one.position)),
            date_words(one.published_on, one.date_precision),
            one.summary,
            source_link(ctx.record, one.source_id),
        ]
        for one in others
    ]
    columns: list[Column | str] = ["Position", Column("When", "when"), Column("In our words", "wide"), "Shown by"]
    title = f"What else {voice.statement.name} has said"
    return section(title, table(columns, rows, title))
