"""What is it, and where do things stand? The state of the record in a few dated sentences, and a box to find a body."""

from __future__ import annotations

import datetime as dt

import streamlit as st
from markupsafe import Markup, escape

from dashboard.pages.shared import told_unpublished, unpublished_words, who_spoke
from dashboard.parts.dates import date_phrase, date_words, day_words, time_ago
from dashboard.parts.head import page_head, section
from dashboard.parts.html import EMPTY, address, fill, join, link, listing, many, number
from dashboard.parts.notes import empty_state, note
from dashboard.parts.params import Params
from dashboard.parts.show import show
from dashboard.parts.sources import source_link
from dashboard.parts.status import status_badge
from dashboard.parts.tables import Column, table
from dashboard.queries import facts, focus, reviews, state
from dashboard.queries.bodies import body_index, standing_index
from dashboard.queries.find import Found, find
from dashboard.start import Context, context, per_page
from data import dates
from data.labels import label

ADDRESS = "/"
TITLE = "Overview"
FIND_LABEL = "Find a trust, a police force or a place"
FIRST_DAY = dt.date(2000, 1, 1)
LOOK_BACK = dt.timedelta(days=30)

FACT_WORDS = {
    "adoption": ("assertion about a body", "assertions about bodies", "/rollout"),
    "claimed_total": ("stated total", "stated totals", "/rollout"),
    "statement": ("statement", "statements", "/responses"),
    "concern": ("concern", "concerns", "/responses"),
    "review": ("review", "reviews", "/review"),
    "review_event": ("step of a review", "steps of reviews", "/review"),
    "recommendation": ("recommendation", "recommendations", "/review"),
    "petition_reading": ("reading of a petition", "readings of petitions", "/petition"),
    "event": ("event", "events", "/timeline"),
}


def question(ctx: Context) -> str:
    """The question of the page, with the programme's short name."""
    return f"What is {ctx.programme.programme.short_name}, and where do things stand?"


def headline(ctx: Context) -> str:
    """The answer in one or two short sentences: what it was, and what ended it."""
    sentences = []
    if ctx.programme.programme.headline:
        sentences.append(ctx.programme.programme.headline)
    end = focus.ending(ctx.record, ctx.programme.focus.ended_event)
    if end is not None and ctx.programme.focus.ended_words:
        when = dates.phrase(end.on_date, end.date_precision)
        sentences.append(f"{end.body} {ctx.programme.focus.ended_words} {when}.")
    return " ".join(sentences)


def describe(ctx: Context) -> str:
    """The headline, or what the programme is."""
    return headline(ctx) or ctx.programme.programme.about or ctx.programme.programme.title


# --- the head and the find box --------------------------------------------------------------------------------------


@per_page
def head(ctx: Context) -> Markup:
    """Question, answer, and what the record keeps. The source stands after the find box."""
    answer = (
        "This record keeps who used it, who spoke about it, what reviews were promised and what became of them, "
        "with the public page that shows each."
    )
    title = headline(ctx)
    return page_head(title or question(ctx), answer, kicker=question(ctx) if title else "")


def find_form(words: str) -> Markup:
    """The find box without JavaScript."""
    return fill(
        '<form class="find" method="get" action="/" role="search"><label for="find-plain">{label}</label>'
        '<input id="find-plain" name="find" type="search" value="{words}"><button type="submit">Find</button></form>',
        label=FIND_LABEL,
        words=words,
    )


@per_page
def results(ctx: Context, words: str) -> Markup:
    """What was found for `words`, each with its status and the way to its evidence."""
    answer = find(ctx.record, words)
    if not answer.found:
        again = (
            fill(
                "Did you mean {w}?",
                w=listing(link(address("/", {"find": word}), word) for word in answer.alike),
            )
            if answer.alike
            else "Try a shorter word: a county, a city, or an abbreviation."
        )
        return fill(
            '<div class="results" role="status">{e}</div>',
            e=empty_state(f"No body on record is found by “{words}”.", again),
        )
    more = EMPTY
    if answer.total > len(answer.found):
        more = note(f"{answer.total - len(answer.found)} more are found; add a word to narrow it down.")
    return fill(
        '<div class="results"><p role="status" class="small">{n} found for “{w}”.</p><ol>{items}</ol>{more}</div>',
        n=many(answer.total, "body", "bodies"),
        w=words,
        items=join(_result(ctx, one) for one in answer.found),
        more=more,
    )


def _result(ctx: Context, found: Found) -> Markup:
    body = found.body
    standing = standing_index(ctx.record).get(body.org_id)
    words: list[Markup | str] = [label("organisation.kind", body.kind)]
    if body.region:
        words.append(body.region)
    if found.known_as:
        words.append(f"also {found.known_as}")
    if body.successor:
        words.append(f"now part of {body.successor}")
    if standing and standing.sources:
        shown = many(standing.sources, "source")
        where = f"{address('/rollout', {'org': body.org_id})}#evidence"
        words.append(link(where, shown, label=f"{shown} on {body.name}"))
    return fill(
        '<li>{name} {badge}<span class="small">{words}</span></li>',
        name=link(address("/rollout", {"org": body.org_id}), body.name),
        badge=status_badge(standing.status) if standing else EMPTY,
        words=join(words, " · "),
    )


# --- where things stand ---------------------------------------------------------------------------------------------


def _cell(path: str, title: str, sentence: Markup, under: Markup) -> Markup:
    return fill(
        '<section class="standing"><h2><a href="{p}">{t}</a></h2><p>{s}</p><p class="small">{u}</p></section>',
        p=path,
        t=title,
        s=sentence,
        u=under,
    )


def _short(ctx: Context, org_id: str | None, name: str | None) -> str:
    """The shortest abbreviation of a body with a long name, as it writes itself; else its name."""
    body = body_index(ctx.record).get(org_id or "")
    full = name or (body.name if body else "Somebody")
    short = [alias for alias in body.aliases if " " not in alias and alias[:2].isupper()] if body else []
    return short[0] if short and len(full) > 24 else full


def rollout_cell(ctx: Context) -> Markup:
    """Stated totals beside what can be named."""
    stated = focus.stated_totals(ctx.record, ctx.programme.focus.claims)
    named = focus.named_counts(ctx.record)
    if not focus.has_bodies(ctx.record):
        return _cell("/rollout", "Rollout", Markup("No trust or police force is on record yet."), EMPTY)
    if not stated:
        total = sum(named.values())
        sentence = fill("<strong>{n}</strong> can be named as having used it.", n=many(total, "body", "bodies"))
        return _cell("/rollout", "Rollout", sentence, link("/rollout", "Who they are"))
    first = stated[0].claim
    counted = listing(
        fill("<strong>{v} {u}</strong>", v=number(one.claim.value), u=one.claim.unit.replace("-", " "))
        for one in stated
    )
    used = listing(fill("<strong>{n}</strong>", n=len(one.used)) for one in stated)
    disputed = sum(len(one.disputed) for one in stated)
    sentence = fill(
        "{who} counted {counted} {when}. {used} can be named as having used it{disputed}.",
        who=_short(ctx, first.claimant_id, first.claimant),
        counted=counted,
        when=date_phrase(first.as_of, first.date_precision),
        used=used,
        disputed=f"; on {disputed} more sources disagree" if disputed else "",
    )
    sources = list(dict.fromkeys(one.claim.source_id for one in stated))
    under = fill(
        "{s} · {n}",
        s=listing(source_link(ctx.record, source_id) for source_id in sources),
        n=link("/rollout#stated", "by name"),
    )
    return _cell("/rollout", "Rollout", sentence, under)


def responses_cell(ctx: Context) -> Markup:
    """How many bodies spoke, and the two things that most of them asked for."""
    found = facts.statements(ctx.record)
    if not found:
        return _cell("/responses", "Responses", Markup("No statement is on record yet."), EMPTY)
    asked: dict[str, set[str]] = {}
    for statement in found:
        for ask in statement.asks:
            asked.setdefault(ask, set()).add(statement.org_id)
    most = sorted(asked.items(), key=lambda item: (-len(item[1]), item[0]))
    most = [item for item in most if item[0] != "other"][:2]
    asks = listing(
        fill("<strong>{n}</strong> asked for {w}", n=len(orgs), w=label("statement.asks", ask)) for ask, orgs in most
    )
    years = sorted(statement.published_on[:4] for statement in found if statement.published_on)
    sentence = fill(
        "<strong>{n}</strong> are on record.{asks}",
        n=who_spoke(found),
        asks=fill(" {a}.", a=asks) if asks else EMPTY,
    )
    under = fill(
        "{s}{y}",
        s=link("/responses", many(len(found), "statement")),
        y=f" · {years[0]}–{years[-1]}" if years else "",
    )
    return _cell("/responses", "Responses", sentence, under)


def review_cell(ctx: Context) -> Markup:
    """State of the review in focus, and how long its report has been awaited."""
    found = reviews.track_index(ctx.record).get(ctx.programme.focus.review)
    if found is None:
        total = len(facts.reviews(ctx.record))
        words = f"{many(total, 'review')} are on record." if total else "No review is on record yet."
        return _cell("/review", "Review", escape(words), link("/review", "Reviews") if total else EMPTY)
    state_word = label("review.state", found.review.state).capitalize()
    sentence = fill(
        "{s}, <strong>{p}</strong>.{late}{why}",
        s=state_word,
        p="published" if found.published else "not shown to be published",
        late=_late(found, ctx.today),
        why=unpublished_words(ctx, found),
    )
    steps = link(address("/review", {"review": found.review.review_id}), many(len(found.steps), "step"))
    rests = [found.review.source_id]
    if found.days_overdue(ctx.today) and found.expected:
        rests.append(found.expected.step.source_id)
    if told := told_unpublished(ctx, found):
        rests.append(told.step.source_id)
    last = found.latest
    under = fill(
        "{steps} · {sources}{last}",
        steps=steps,
        sources=listing(source_link(ctx.record, one) for one in dict.fromkeys(rests)),
        last=fill(" · last step {d}", d=date_words(last.step.on_date, last.step.date_precision)) if last else EMPTY,
    )
    return _cell("/review", "Review", sentence, under)


def _late(found: reviews.Track, today: dt.date) -> Markup:
    """By when its report had been expected, and how long ago the last day that this can mean was."""
    step = found.expected
    if not found.is_open or step is None or step.expected is None:
        return EMPTY
    when = date_phrase(step.expected_on, None)
    if not found.days_overdue(today):
        return fill(" The report is expected {d}.", d=when)
    waited = time_ago(step.expected.last, today)
    return fill(" The report was expected {d}, more than <strong>{w}</strong> ago.", d=when, w=waited)


def petition_cell(ctx: Context) -> Markup:
    """The highest dated reading, and the goal that any page shows."""
    chosen = ctx.programme.focus.petition
    readings = [one for one in facts.petition_readings(ctx.record) if not chosen or one.petition_id == chosen]
    dated = [one for one in readings if one.on_date]
    if not dated:
        return _cell("/petition", "Petition", Markup("No dated reading of a petition is on record yet."), EMPTY)
    best = max(dated, key=lambda one: (one.signatures, one.on_date or ""))
    goal = max((one for one in readings if one.target), key=lambda one: one.target or 0, default=None)
    rests = [best.source_id, *([goal.source_id] if goal else [])]
    sentence = fill(
        "<strong>{b}{n}</strong> people had signed by {d}{goal}.",
        b="More than " if best.bound == "at-least" else "",
        n=number(best.signatures),
        d=date_words(best.on_date, "day" if best.date_precision == "before" else best.date_precision),
        goal=f", of a goal of {number(goal.target)}" if goal else "",
    )
    under = fill(
        "{r} · {s}",
        r=link("/petition", many(len(readings), "reading")),
        s=listing(source_link(ctx.record, one) for one in dict.fromkeys(rests)),
    )
    return _cell("/petition", "Petition", sentence, under)


@per_page
def standing(ctx: Context) -> Markup:
    """The four sentences, then the programme in about sixty words."""
    end = focus.ending(ctx.record, ctx.programme.focus.ended_event)
    rests = (
        fill('<p class="basis">The headline rests on {s}.</p>', s=source_link(ctx.record, end.source_id))
        if end and ctx.programme.focus.ended_words
        else EMPTY
    )
    cells = join([rollout_cell(ctx), responses_cell(ctx), review_cell(ctx), petition_cell(ctx)])
    about = ctx.programme.programme.about
    told = EMPTY
    if about:
        told = section(
            f"{ctx.programme.programme.name or ctx.programme.programme.short_name} in short",
            fill(
                "<p>{a}</p>{s}",
                a=about,
                s=fill(
                    '<p class="small">See {r} for the bodies, {t} for the dates{e}.</p>',
                    r=link("/rollout", "the rollout"),
                    t=link("/timeline", "the timeline"),
                    e=fill(" and {s} for its end", s=source_link(ctx.record, end.source_id)) if end else EMPTY,
                ),
            ),
        )
    return fill('{rests}<div class="standings">{cells}</div>{told}', rests=rests, cells=cells, told=told)


# --- what is new ----------------------------------------------------------------------------------------------------


def first_day(ctx: Context) -> dt.date:
    """From which day on things are new unless the reader says otherwise."""
    return ctx.record.built_on - LOOK_BACK


def last_day(ctx: Context) -> dt.date:
    """The last day from which on a reader can ask what is new."""
    return max(ctx.today, ctx.record.built_on)


def day_of(ctx: Context, text: str) -> dt.date | None:
    """A day from 2000 to today as the address gives it, or None."""
    try:
        day = dt.date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= last_day(ctx) else None


def since_form(since: dt.date) -> Markup:
    """The choice of a day without JavaScript."""
    return fill(
        '<form class="filters" method="get" action="/"><label>New since<input type="date" name="since" value="{d}">'
        '</label><button type="submit">Show</button></form>',
        d=since.isoformat(),
    )  # fmt: skip


@per_page
def news(ctx: Context, since: dt.date) -> Markup:
    """What came into the record on or after a day: what was observed on pages first, then what was written down."""
    seen = state.observed(ctx.record, since)
    recorded = state.recorded_days(ctx.record, since)
    pieces = []
    if seen:
        rows = [
            [day_words(one.on), one.title, one.summary, source_link(ctx.record, one.source_id) or "this record"]
            for one in seen
        ]
        columns: list[Column | str] = [Column("Seen", "when"), "What", Column("Between", "wide"), "Where it shows"]
        pieces.append(table(columns, rows, "Pages that changed or vanished, and corrections of this record"))
    written = sum(size for _, _, size in recorded)
    if 0 < written <= 30:
        rows = [
            [day_words(one.on), one.title, one.summary, source_link(ctx.record, one.source_id)]
            for one in state.recorded_rows(ctx.record, since)
        ]
        columns = [Column("Written down", "when"), "What", Column("In our words", "wide"), "Where it shows"]
        pieces.append(table(columns, rows, "Facts written into the register"))
    elif recorded:
        pieces.append(_days(recorded))
    if not pieces:
        pieces.append(empty_state(f"Nothing new since {dates.in_words(since.isoformat(), 'day')}."))
    else:
        note_of_pages = (
            EMPTY if seen else note("No change or disappearance of a watched page has been seen in this time.")
        )
        pieces.append(note_of_pages)
    return section(f"New since {dates.in_words(since.isoformat(), 'day')}", join(pieces), name="new")


def _days(recorded: tuple[tuple[dt.date, str, int], ...]) -> Markup:
    by_day: dict[dt.date, list[Markup]] = {}
    for day, name, size in recorded:
        one, several, path = FACT_WORDS[name]
        by_day.setdefault(day, []).append(link(path, many(size, one, several)))
    rows = [[day_words(day), listing(words)] for day, words in by_day.items()]
    columns: list[Column | str] = [Column("Written down", "when"), Column("What", "wide")]
    return table(columns, rows, "Facts written into the register")


# --- how well it is known -------------------------------------------------------------------------------------------


@per_page
def weight(ctx: Context) -> Markup:
    """When pages were last collected, and how many facts have been found again in captured pages."""
    return section("How well it is known", collected(ctx) + evidence(ctx), name="known")


def collected(ctx: Context) -> Markup:
    """Last collected and last good, as a sentence."""
    run = state.last_run(ctx.record)
    if run is None:
        return empty_state(
            "Pages have not been collected yet.",
            "The facts of this record were read by people in the pages that they name. Once pages are collected, this "
            "record keeps a copy of each and says where the words stand that support a row.",
        )
    good = state.last_good_at(ctx.record)
    return fill(
        "<p>Pages were last asked for on {d}: {good} of {asked} answered well. {last}</p>",
        d=day_words(run.started_at),
        good=number(run.good),
        asked=number(run.asked),
        last=fill("The latest good copy is of {g}.", g=day_words(good)) if good else "No good copy is held yet.",
    )


def share(part: int, whole: int) -> str:
    """Hundredths; few are never told as none, nor nearly all as all."""
    hundredths = 100 * part / whole
    if 0 < hundredths < 1:
        return "under 1 %"
    return "over 99 %" if 99 < hundredths < 100 else f"{hundredths:.0f} %"


def evidence(ctx: Context) -> Markup:
    """Facts by the state of their evidence, as a sentence and, once pages were collected, a table."""
    total = state.fact_count(ctx.record)
    if not total:
        return empty_state("The register holds no facts yet.", "Add rows to its files and build the record.")
    counts = {one.state: one.facts for one in state.evidence_counts(ctx.record)}
    words = {
        "found": "The words that support the row stand in a captured page",
        "partly": "A part of the row stands in a captured page",
        "not-found": "The page was captured, and the words were not found in it",
        "no-capture": "The page could not be captured",
        "not-looked": "The words have not been looked for yet",
    }
    rows = [[words[name], number(counts[name]), share(counts[name], total)] for name in words if counts.get(name)]
    lead = fill(
        "<p>The record states <strong>{n}</strong>, and each names the public page that shows it.{found}</p>",
        n=many(total, "fact"),
        found=fill(
            " For <strong>{f}</strong> of them the supporting words have been found in a copy of that page.",
            f=number(counts.get("found", 0)),
        )
        if set(counts) != {"not-looked"}
        else EMPTY,
    )
    if set(counts) == {"not-looked"}:
        return lead
    columns: list[Column | str] = [Column("Evidence", "wide"), Column("Facts", "number"), Column("Share", "number")]
    return lead + table(columns, rows, "Facts by the state of their evidence")


# --- the page -------------------------------------------------------------------------------------------------------


def _remark(asked: str) -> Markup:
    return note(fill("“{a}” is no date from 2000 to today, so the last 30 days are shown.", a=asked), "warning")


def plain(ctx: Context, params: Params) -> Markup:
    """The page without JavaScript."""
    words, asked = params.get("find"), params.get("since")
    since = day_of(ctx, asked) or first_day(ctx)
    return join(
        [
            head(ctx),
            find_form(words),
            results(ctx, words) if words else EMPTY,
            standing(ctx),
            _remark(asked) if asked and day_of(ctx, asked) is None else EMPTY,
            news(ctx, since),
            since_form(since),
            weight(ctx),
        ]
    )


def page() -> None:
    """The page in the app."""
    ctx = context()
    asked = st.query_params.get("since", "")
    show(head(ctx))
    words = st.text_input(FIND_LABEL, key="find", bind="query-params", max_chars=100) or ""
    if words.strip():
        show(results(ctx, words.strip()))
    show(standing(ctx))
    if asked and day_of(ctx, asked) is None:
        show(_remark(asked))
    place = st.container()
    with st.container(key="since-box"):
        since = st.date_input(
            "Show what is new since another day",
            first_day(ctx),
            key="since",
            bind="query-params",
            min_value=FIRST_DAY,
            max_value=last_day(ctx),
            format="DD/MM/YYYY",
        )
    with place:
        show(news(ctx, since if isinstance(since, dt.date) else first_day(ctx)))
    show(weight(ctx))
