"""Can I trust it? Method, rules, corrections, how to correct and reply, licence, privacy, support, accessibility."""

from __future__ import annotations

from markupsafe import Markup

from dashboard.parts.dates import day_words
from dashboard.parts.frame import support_lines
from dashboard.parts.head import contents, page_head, section
from dashboard.parts.html import EMPTY, fill, join, link, many, number
from dashboard.parts.notes import empty_state
from dashboard.parts.params import Params
from dashboard.parts.rules import DECIDED_IN_ORDER, FIRM, RULES, STRENGTH
from dashboard.parts.show import show
from dashboard.parts.status import status_badge, strength_words
from dashboard.parts.tables import Column, table
from dashboard.queries import bodies, state
from dashboard.queries.sources import source_count
from dashboard.start import Context, context, per_page

ADDRESS = "/about"
TITLE = "About"
QUESTION = "Can I trust it?"
PARTS = (
    ("method", "How it is made"),
    ("statuses", "Statuses and their rules"),
    ("corrections", "Corrections"),
    ("correct", "Correct, add, reply"),
    ("licence", "Licence"),
    ("privacy", "Privacy"),
    ("help", "If you need to talk"),
    ("accessibility", "Accessibility"),
)


def describe(ctx: Context) -> str:
    """Whose word to take, and how much there is to check."""
    facts, sources = state.fact_count(ctx.record), source_count(ctx.record)
    if not facts:
        return "There is nothing to trust yet: the register holds no facts."
    return (
        f"Do not take its word: each of its {number(facts)} facts names the public page that shows it, "
        f"{number(sources)} pages and files in all, so that you can look for yourself."
    )


@per_page
def body(ctx: Context) -> Markup:
    """The whole page."""
    return join(
        [
            page_head(QUESTION, describe(ctx), fill("Record of {d}.", d=day_words(ctx.record.built_at))),
            contents(PARTS),
            method(ctx),
            statuses(ctx),
            corrections(ctx),
            how_to_correct(ctx),
            licence(ctx),
            privacy(ctx),
            support(ctx),
            accessibility(),
        ]
    )


def method(ctx: Context) -> Markup:
    """How a fact gets into the record, in steps."""
    name = ctx.programme.programme.short_name
    run = state.last_run(ctx.record)
    good = state.last_good_at(ctx.record)
    collected = (
        fill(
            "Pages were last asked for on {d}{g}.",
            d=day_words(run.started_at),
            g=fill("; the latest good copy is of {g}", g=day_words(good)) if good else "",
        )
        if run
        else "No page has been collected into this record yet."
    )
    return section(
        "How it is made",
        fill(
            "<ol>"
            "<li><strong>People read public pages</strong> about {name} and write down what each states: who used it, "
            "who said what, what was promised. Each fact is one row, in our own words, with its date as exact as the "
            "page gives it and the page that shows it.</li>"
            "<li><strong>The pages are collected</strong> from time to time, gently and under our own name. What a "
            "page served is kept unaltered, with its time and its hash. Where a page has gone, web archives are asked. "
            "{collected}</li>"
            "<li><strong>Each fact is looked for in the copy</strong> of its page. Where its words are found, the "
            "passage is shown; where they are not, that is said.</li>"
            "<li><strong>Copies are compared.</strong> If a page changed or vanished between two days, the record says "
            "what was seen on which day, and no more: “present on one day, absent on another”, not “deleted”.</li>"
            "<li><strong>What a machine finds is a candidate.</strong> It becomes a fact only when a person has "
            "checked it.</li>"
            "</ol>"
            "<p>Where pages contradict each other, both stand. Not known is an answer of its own: no evidence is never "
            "shown as “did not”. Figures that somebody stated are shown as theirs, beside what can be named.</p>",
            name=name,
            collected=collected,
        ),
        name="method",
    )


def statuses(ctx: Context) -> Markup:
    """The ten statuses with their rules and how many bodies have each, then the three strengths."""
    counts = bodies.status_counts(ctx.record)
    rows = [
        [status_badge(status), RULES[status], number(sum(row.bodies for row in counts if row.status == status))]
        for status in DECIDED_IN_ORDER
    ]
    columns: list[Column | str] = [Column("Status", "narrow"), Column("Rule", "wide"), Column("Bodies now", "number")]
    strong: list[Column | str] = [Column("Strength", "narrow"), Column("When", "wide")]
    return section(
        "Statuses and their rules",
        join(
            [
                table(columns, rows, "The ten statuses of a trust or police force"),
                Markup("<h3>How strong a word is</h3>"),
                fill("<p>{f}</p>", f=FIRM),
                table(
                    strong,
                    [[strength_words(one).capitalize(), words] for one, words in STRENGTH.items()],
                    "How strong an assertion is",
                ),
                Markup(
                    "<p>A body that was merged into another keeps its row; in counts it stands under the body that "
                    "runs its services now, so that none counts twice. Where merged bodies have different statuses, "
                    "the fullest of them counts.</p>"
                ),
            ]
        ),
        name="statuses",
        lead="The status of a trust or police force is not written by hand. It is worked out from all assertions about "
        "it, by the first of these rules that fits, read from the top.",
    )


def corrections(ctx: Context) -> Markup:
    """The log of public corrections."""
    found = state.corrections(ctx.record)
    if not found:
        return section(
            "Corrections", empty_state("Nothing has been corrected so far.", "Each correction will stand here."),
            name="corrections",
        )  # fmt: skip
    rows = [
        [
            day_words(one.corrected_on),
            f"{one.table.replace('_', ' ')} {one.row_id}, {one.column.replace('_', ' ') or 'the whole row'}",
            one.was or "nothing",
            (one.now or "nothing") if one.column else "withdrawn",
            one.why,
        ]
        for one in found
    ]
    columns: list[Column | str] = [Column("When", "when"), "Where", "It said", "It says", Column("Why", "wide")]
    return section(
        "Corrections",
        table(columns, rows, "Corrections, latest first"),
        name="corrections",
        lead=f"{many(len(found), 'correction')} so far.",
    )


def how_to_correct(ctx: Context) -> Markup:
    """How to correct or add a fact, and how a named body replies."""
    contact = ctx.programme.programme.contact
    where = fill("Write to <strong>{c}</strong>.", c=contact) if contact else "Write to whoever publishes this record."
    return section(
        "Correct, add, reply",
        fill(
            "<p>{where} Please name the row or the page of this record, and the public page that shows what is right. "
            "A correction is made in public: what the row said, what it says now and why stand in the log above.</p>"
            "<p><strong>To add a page</strong>, send its address and what it states. A page that is gone helps too, if "
            "an archive has it.</p>"
            "<p><strong>A body that is named here may reply.</strong> Its reply, published on a page of its own or "
            "sent by its press office, is recorded as its own word and stands beside the row; if it contradicts "
            "another page, the status becomes “sources disagree” and both are shown.</p>"
            "<p><strong>Please send nothing about private persons.</strong> The record names no patients and no "
            "private persons, and shows no e-mail addresses or telephone numbers that pages carry.</p>",
            where=where,
        ),
        name="correct",
    )


def licence(ctx: Context) -> Markup:
    """Under what terms rows, code and the pages of others may be used."""
    terms, subject = ctx.programme.licence, ctx.programme.programme
    return section(
        "Licence",
        fill(
            "<p>The rows of the record may be used under {l}: name {who} and say what you changed. The software is "
            "under the {code} licence. The pages of others belong to their owners: of them only the passages are shown "
            "that carry a fact{whole}. The tables are on {data}.</p>",
            l=link(terms.data_url, terms.data),
            who=subject.publisher or subject.title,
            code=terms.code,
            whole="" if not ctx.programme.public.captures else ", and the whole copies where their owners allow it",
            data=link("/data", "the data page"),
        ),
        name="licence",
    )


def privacy(ctx: Context) -> Markup:
    """What is known of readers: nothing that would tell one from another."""
    return section(
        "Privacy",
        fill(
            "<p>You are not tracked. These pages load nothing from other sites, and no statistics are kept of who "
            "reads what. If the server keeps a log, it says which addresses were asked for and when, without what you "
            "searched for and without anything of who asked.{l} The server keeps one technical cookie while a page is "
            "open, which holds no name, and your browser may keep a note of "
            "the look, light or dark, that it showed. "
            "What you type into the search box is part of the address of the page and stays "
            "between you and this server. "
            "“Leave this page” takes you to {w} at once and does not tell it where you came from; your browser's "
            "history still holds the pages that you saw.</p>",
            w=ctx.programme.leave.name,
            l=" So that nobody can crowd others out, searches and questions are counted by network address, in the "
            "server's memory only: that is written nowhere."
            if ctx.programme.limits.on
            else "",
        ),
        name="privacy",
    )


def support(ctx: Context) -> Markup:
    """Where people in distress find help, once more in the text."""
    lines = ctx.programme.support
    if not lines:
        return EMPTY
    return section("If you need to talk", support_lines(ctx.programme, "help-lines"), name="help")


def accessibility() -> Markup:
    """What works, and what does not."""
    return section(
        "Accessibility",
        Markup(
            "<p>The pages are made to meet WCAG 2.2 at level AA. Everything can be reached with the keyboard; status "
            "is given by word and shape as well as colour; tables are real tables; each picture has a sentence that "
            "says what it shows and a table that holds the same. The pages follow your system's light or dark setting, "
            "work at twice the size and on a narrow screen, print without menus, and can be read without "
            "JavaScript.</p>"
            "<p>Known gaps: without JavaScript some filters need a press on a button; the life lines on the "
            "rollout page are small on a narrow screen, and each body's own page holds the same as a table.</p>"
            "<p>If something keeps you out, please say so by the way given above.</p>"
        ),
        name="accessibility",
    )


def plain(ctx: Context, params: Params) -> Markup:
    """The page without JavaScript."""
    del params
    return body(ctx)


def page() -> None:
    """The page in the app."""
    show(body(context()))
