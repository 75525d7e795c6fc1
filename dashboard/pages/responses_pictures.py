"""The pictures of the responses: bodies by what they ask for, positions by year, concerns beside their replies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from dashboard.pages.shared import who_spoke
from dashboard.parts.head import section
from dashboard.parts.html import EMPTY, address, fill, join, link, listing, many
from dashboard.parts.notes import empty_state
from dashboard.parts.permalinks import detail, permalink
from dashboard.parts.sources import source_citation, source_link
from dashboard.parts.tables import Cell, Column, table
from dashboard.parts.topics import topic_words
from dashboard.queries import responses
from dashboard.queries.responses import Concern, Voice
from dashboard.start import Context, per_page
from data import dates
from data.labels import label
from data.vocabulary import POSITIONS

MOST_BODIES: Final = 60
MOST_MARKS: Final = 400
MOST_CONCERNS: Final = 60
READ_SHAPES: Final = {"whole": "●", "part": "◐", "unread": "○"}
READ_WORDS: Final = {"whole": "read whole", "part": "read in part", "unread": "its text has not been read"}


def read_mark(read: str) -> Markup:
    """How much of a page was read, as shape and words."""
    return fill(
        '<span class="read"><span aria-hidden="true">{s}</span> {w}</span>', s=READ_SHAPES[read], w=READ_WORDS[read]
    )


def _dot(voice: Voice, filters: Mapping[str, str], saying: str) -> Markup:
    statement = voice.statement
    when = dates.in_words(statement.published_on, statement.date_precision)
    words = f"{statement.name} {saying}, {when}" + (f" ({READ_WORDS['unread']})" if voice.read == "unread" else "")
    return fill(
        '<a class="dot" href="{h}" title="{w}"><span class="unseen">{w}</span><span aria-hidden="true">{s}</span></a>',
        h=detail("statement", statement.statement_id, filters),
        w=words,
        s=READ_SHAPES[voice.read],
    )


def _legend() -> Markup:
    return fill(
        '<p class="small key">Each mark is a statement and opens it: {l}.</p>',
        l=", ".join(f"{READ_SHAPES[read]} {words}" for read, words in READ_WORDS.items()),
    )


def matrix(found: tuple[Voice, ...], filters: dict[str, str]) -> Markup:
    """Bodies by what they ask for, each mark a statement."""
    asks = responses.bodies_asking(found)
    by_body: dict[str, list[Voice]] = {}
    for voice in found:
        by_body.setdefault(voice.statement.org_id, []).append(voice)
    asking = {org_id: voices for org_id, voices in by_body.items() if any(voice.statement.asks for voice in voices)}
    silent = [voices[0].statement for org_id, voices in by_body.items() if org_id not in asking]
    if not asking:
        return section(
            "Who asked for what",
            empty_state("None of these statements asks for anything that is on record."),
            name="asks",
        )

    def weight(item: tuple[str, list[Voice]]) -> tuple[int, str]:
        return -len({ask for voice in item[1] for ask in voice.statement.asks}), item[1][0].statement.name.casefold()

    ordered = sorted(asking.items(), key=weight)
    rows: list[list[Cell]] = []
    crowded = sum(len(voice.statement.asks) for voice in found) > MOST_MARKS
    for _, voices in ordered[:MOST_BODIES]:
        first = voices[0].statement
        row: list[Cell] = [
            fill(
                '{n} <span class="small">{k}</span>',
                n=link(address("/rollout", {"org": first.org_id}), first.name),
                k=label("organisation.kind", first.kind),
            )
        ]
        for ask, _ in asks:
            saying = f"asks for {label('statement.asks', ask)}"
            marked = [voice for voice in voices if ask in voice.statement.asks]
            shown = marked[:1] if crowded else marked
            rest = f"+{len(marked) - 1}" if crowded and len(marked) > 1 else ""
            row.append(join(_dot(voice, filters, saying) for voice in shown) + rest)
        rows.append(row)
    heads: list[Column | str] = [Column("Body")]
    heads += [Column(label("statement.asks", ask), "wanted") for ask, _ in asks]
    who = who_spoke(voices[0].statement for voices in asking.values())
    rows.insert(0, [f"Together: {who}", *(n for _, n in asks)])
    most = "; ".join(f"{label('statement.asks', ask)}: {n}" for ask, n in asks[:4])
    more = EMPTY
    if len(ordered) > MOST_BODIES:
        more = fill(
            '<p class="small">The {n} bodies that ask for most are shown; choose a kind of body for the others.</p>',
            n=MOST_BODIES,
        )
    if silent:
        more += fill(
            '<p class="small">{n} spoke and asked for nothing that is written down here: {l}.</p>',
            n=who_spoke(silent),
            l=listing(
                link(address("/rollout", {"org": one.org_id}), one.name)
                for one in sorted(silent, key=lambda one: one.name.casefold())[:MOST_BODIES]
            ),
        )
    return section(
        "Who asked for what",
        fill(
            "{t}{k}{m}",
            t=table(heads, rows, "Bodies by what they ask for", classes="matrix"),
            k=_legend(),
            m=more,
        ),
        name="asks",
        lead=f"{who} asked for something. How many asked for what: {most}.",
    )


def in_time(found: tuple[Voice, ...], filters: dict[str, str]) -> Markup:
    """Positions by year, each mark a statement; numbers where there are too many marks to tell apart."""
    years = sorted({(voice.statement.published_on or "")[:4] for voice in found})
    dated = [year for year in years if year]
    columns = [*dated, *([""] if "" in years else [])]
    counted = len(found) > MOST_MARKS
    rows: list[list[Cell]] = []
    for position in POSITIONS:
        there = [voice for voice in found if voice.statement.position == position]
        if not there:
            continue
        row: list[Cell] = [label("statement.position", position).capitalize()]
        for year in columns:
            cell = [voice for voice in there if (voice.statement.published_on or "")[:4] == year]
            if counted:
                row.append(str(len(cell)) if cell else "")
            else:
                row.append(join(_dot(voice, filters, label("statement.position", position)) for voice in cell))
        rows.append(row)
    most = max(dated, key=lambda year: sum((v.statement.published_on or "")[:4] == year for v in found), default="")
    lead = "None of these statements bears a date."
    if most:
        in_most = sum((voice.statement.published_on or "")[:4] == most for voice in found)
        lead = f"{in_most} of {many(len(found), 'statement')} are of {most}, from {dated[0]} to {dated[-1]}."
        if "" in years:
            undated = sum(not voice.statement.published_on for voice in found)
            lead += f" {undated} bear{'s' if undated == 1 else ''} no date."
    heads: list[Column | str] = ["Position", *(Column(year or "No date", "unit") for year in columns)]
    return section(
        "Positions in time",
        table(heads, rows, "Statements by position and year", classes="units") + (EMPTY if counted else _legend()),
        name="time",
        lead=lead,
    )


# --- concerns -------------------------------------------------------------------------------------------------------


@per_page
def concerns_and_replies(ctx: Context) -> Markup:
    """The concerns of the body in focus one by one with the reply beside each; then those of others."""
    found = responses.concerns(ctx.record)
    title = "Concerns, and the replies to them"
    if not found:
        return section(title, empty_state("No concern is in the register yet."), name="concerns")
    by = ctx.programme.focus.concerns_by
    first = [one for one in found if one.raised_by == by]
    others = [one for one in found if one.raised_by != by]
    pieces = []
    lead: Markup | str = f"{many(len(found), 'concern')} on record."
    if first:
        one_page = len({one.source_id for one in first}) == 1
        replied = sum(bool(one.reply_summary) for one in first)
        repliers = list(dict.fromkeys(one.replier for one in first if one.replier))
        lead = fill(
            "{w} raised {n}; {r} answered by {who}. Both sides are told in this record's words{s}.",
            w=first[0].raiser,
            n=many(len(first), "concern"),
            r="each was" if replied == len(first) and replied > 1 else f"{replied} {'was' if replied == 1 else 'were'}",
            who=listing(repliers) or "nobody",
            s=fill(", from {c}", c=source_citation(ctx.record, first[0].source_id)) if one_page else EMPTY,
        )
        pieces.append(
            fill(
                '<ol class="debate">{c}</ol>',
                c=join(_side_by_side(ctx, one, sourced=not one_page) for one in first[:MOST_CONCERNS]),
            )
        )
    if others:
        who = len({one.raised_by for one in others})
        answered = sum(bool(one.reply_summary) for one in others)
        pieces.append(
            fill(
                '<details class="fold" id="other-concerns"{o}>'
                '<summary><span class="fold-title">{t}</span></summary>{b}</details>',
                o=EMPTY if first else Markup(" open"),
                t=f"{many(len(others), 'concern')} raised by {many(who, 'other')}; to {answered} a reply is on record",
                b=_concern_table(ctx, others),
            )
        )
    return section(title, join(pieces), name="concerns", lead=lead)


def _side_by_side(ctx: Context, one: Concern, *, sourced: bool) -> Markup:
    return fill(
        '<li><h3>{n}{t}</h3><div class="sides"><div class="side is-concern"><p class="who">{a}: the concern</p>'
        '<p>{c}</p></div><div class="side is-reply"><p class="who">{r}</p><p>{reply}</p></div></div>'
        '<p class="small">{s}{p}</p></li>',
        n=f"{one.number}. " if one.number else "",
        t=topic_words(one.topic)[:1].upper() + topic_words(one.topic)[1:],
        a=one.raiser,
        c=one.summary,
        r=f"{one.replier or 'Somebody'}: the reply" if one.reply_summary else "No reply on record",
        reply=one.reply_summary or "Nobody's reply to this is on record.",
        s=fill("{s} · ", s=source_link(ctx.record, one.source_id)) if sourced else EMPTY,
        p=link(
            permalink("concern", one.concern_id),
            "permanent page of this concern",
            label=f"Permanent page of this concern: {topic_words(one.topic)}",
        ),
    )


def _concern_table(ctx: Context, found: list[Concern]) -> Markup:
    rows = [
        [
            one.raiser,
            topic_words(one.topic),
            one.summary,
            fill('{r} <span class="small">({w})</span>', r=one.reply_summary, w=one.replier or "not known who")
            if one.reply_summary
            else Markup('<span class="quiet">none on record</span>'),
            source_link(ctx.record, one.source_id),
        ]
        for one in found[:MOST_CONCERNS]
    ]
    columns: list[Column | str] = [
        "Raised by",
        "About",
        Column("The concern, in our words", "wide"),
        Column("The reply, in our words", "wide"),
        "Shown by",
    ]
    more = EMPTY
    if len(found) > MOST_CONCERNS:
        more = fill(
            '<p class="small">The first {m} are shown. {l}</p>',
            m=MOST_CONCERNS,
            l=link("/concerns", "Every concern on record"),
        )
    return table(columns, rows, "Concerns of other bodies") + more
