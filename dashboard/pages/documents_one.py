"""One page or file: what it is, whether it is still there, what it said and when, and what rests on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from dashboard.pages.shared import computed_from
from dashboard.parts import diff
from dashboard.parts.cite import cite_block, permanent
from dashboard.parts.dates import date_words, day_words
from dashboard.parts.head import page_head, section
from dashboard.parts.html import EMPTY, address, fill, join, link, listing, many, number
from dashboard.parts.moments import source_badge, time_words
from dashboard.parts.notes import note
from dashboard.parts.observed import (
    LEVELS,
    absence_words,
    archived_copy,
    candidate_table,
    compare_address,
    times,
    words_changed,
)
from dashboard.parts.passages import KINDS, marked, places_of
from dashboard.parts.permalinks import BESIDE_LIST, ROOMS, detail, permalink
from dashboard.parts.tables import Column, table
from dashboard.queries import documents
from dashboard.queries.bodies import name_of
from dashboard.queries.documents import Course, Mark, Resting, Version
from dashboard.queries.sources import Source, source_index, sources_at
from dashboard.start import Context, per_page
from data.fragments import passage_link
from data.labels import label

LATEST: Final = 10
"""Captures and tries that are shown; the downloads hold all."""
MOST_PASSAGES: Final = 40


@per_page
def one_document(ctx: Context, source_id: str, before: int, after: int, look: str) -> Markup:
    """The page of one source, without the way back. `before` and `after` are numbers of versions, 0 for the latest
    change; `look` is "side" or "inline"."""
    source = source_index(ctx.record)[source_id]
    course = documents.course_of(ctx.record, source_id)
    if course is None:
        raise KeyError(source_id)
    return join(
        [
            page_head(source.title, state_sentence(ctx, course), _basis(ctx, course), kicker=_kicker(source)),
            _facts(ctx, source, course),
            _rests(ctx, source_id),
            _passages(ctx, source_id, is_gone=course.state == "gone"),
            _unchecked(ctx, source_id),
            _versions(ctx, source_id, before, after, look),
            _absences(ctx, source_id),
            _captures(ctx, course),
            _tries(ctx, course),
            _outgoing(ctx, source_id),
        ]
    )


def _kicker(source: Source) -> str:
    words = label("source.kind", source.kind)
    return words[:1].upper() + words[1:] + (f", {source.publisher}" if source.publisher else "")


def _basis(ctx: Context, course: Course) -> Markup:
    what = f"{many(course.captures, 'capture')} and {many(course.attempts, 'try', 'tries')}"
    return computed_from(ctx, what)


def state_sentence(ctx: Context, course: Course) -> Markup:
    """Whether the page is still there and whether it changed, as far as was seen."""
    tried, read = day_words(course.last_tried_at), day_words(course.last_good_at)
    outcome = label("attempt.outcome", course.last_live_outcome or course.last_outcome)
    match course.state:
        case "live":
            unread = course.last_live_outcome not in ("captured", "unchanged")
            told = fill("Still there when last asked, on {t}{o}.", t=tried, o=f": {outcome}" if unread else "")
        case "gone":
            gone = [one for one in documents.absences(ctx.record) if one.source_id == course.source_id]
            told = (
                absence_words(gone[0])
                if gone and gone[0].returned_at is None
                else fill(
                    "Read on {r}, not there on {t}. That was seen once so far; it counts as vanished when it is seen "
                    "again at least a day later.",
                    r=read,
                    t=tried,
                )
            )
        case "not-reached":
            told = fill("Last read on {r}. The last try, on {t}, did not reach it: {o}.", r=read, t=tried, o=outcome)
        case "archived-only":
            told = fill(
                "Known here only from web archives; the latest copy is of {r}. The page itself, on {t}: {o}.",
                r=read, t=tried, o=outcome,
            )  # fmt: skip
        case "never-read":
            told = fill("Asked {n}, last on {t}, and not read yet: {o}.", n=times(course.attempts), t=tried, o=outcome)
        case "no-address":
            told = Markup("Nobody has found its address, so it cannot be asked for.")
        case _:
            told = Markup("On record, and not asked for yet.")
    return fill("{t}{c}", t=told, c=_changed_sentence(ctx, course))


def _changed_sentence(ctx: Context, course: Course) -> Markup:
    if not course.good_captures:
        return EMPTY
    first = documents.versions_of(ctx.record, course.source_id)
    since = fill(" since it was first read here, in a copy of {d}", d=day_words(first[0].first_at)) if first else EMPTY
    if not course.changes:
        return fill(" It has not changed{s}.", s=since) if course.good_captures > 1 and first else EMPTY
    return fill(" It changed {n}{s}.", n=times(course.changes), s=since)


def _facts(ctx: Context, source: Source, course: Course) -> Markup:
    tried: Markup | str = Markup('<span class="quiet">never</span>')
    if course.last_tried_at:
        tried = fill("{t}: {o}", t=time_words(course.last_tried_at), o=_outcome(course))
    rows: list[tuple[str, Markup | str]] = [
        ("State", source_badge(source.state)),
        ("Live page", link(source.url, source.url) if source.url else "no address known"),
        (
            "Publisher",
            link(permalink("organisation", source.publisher_id), source.publisher)
            if source.publisher_id and source.publisher
            else "not known",
        ),
        ("Published", date_words(source.published_on, source.date_precision)),
        ("Format", source.format.upper() if source.format in ("html", "pdf", "docx") else source.format),
        ("Last tried", tried),
        ("Last good copy", time_words(course.last_good_at)),
        ("Note", source.note or ""),
        ("Kept at", permanent("source", source.source_id, source.title)),
    ]
    return fill(
        '<dl class="facts">{r}</dl>{c}',
        r=join(fill("<dt>{n}</dt><dd>{v}</dd>", n=name, v=value) for name, value in rows if value),
        c=cite_block(ctx, "source", source.source_id, source.title, source.published_on, source.date_precision),
    )


def _outcome(course: Course) -> Markup:
    words = label("attempt.outcome", course.last_outcome)
    if course.last_live_outcome and course.last_live_outcome != course.last_outcome:
        words = f"{words} from a web archive; the page itself: {label('attempt.outcome', course.last_live_outcome)}"
    return fill('{w}. <span class="small">{d}</span>', w=words, d=course.last_detail or "")


# --- what rests on it -----------------------------------------------------------------------------------------------


def _row_address(row: Resting) -> str | None:
    if row.table in BESIDE_LIST:
        return detail(row.table, row.row_id)
    if row.table in ROOMS:
        return permalink(row.table, row.row_id)
    return permalink("timeline", row.entry_id) if row.entry_id else None


def _rests(ctx: Context, source_id: str) -> Markup:
    found = documents.rests_on(ctx.record, source_id)
    if not found:
        return section(
            "What rests on this page",
            fill('<p class="quiet">No row of the register names it. It is watched.</p>'),
            name="rests",
        )
    rows = [
        [
            link(_row_address(row), KINDS[row.table], label=f"{KINDS[row.table]}: {row.summary}"),
            date_words(row.on_date, row.date_precision) if row.on_date else "",
            row.summary,
            label("evidence.state", row.state)
            if row.state
            else Markup('<span class="quiet">not looked for yet</span>'),
        ]
        for row in found
    ]
    columns: list[Column | str] = ["What", Column("When", "when"), Column("In our words", "wide"), "Evidence"]
    return section(
        "What rests on this page",
        table(columns, rows, "Rows of the register that name this page"),
        name="rests",
        lead=f"{many(len(found), 'row')} of the register {'names' if len(found) == 1 else 'name'} it as the page that "
        "shows it.",
    )


@dataclass(frozen=True)
class _Shown:
    """One passage with all that makes it matter."""

    first: Mark
    places: tuple[tuple[int, int], ...]
    rows: tuple[tuple[str, str, str], ...]
    bodies: tuple[str, ...]


def _gathered(found: tuple[Mark, ...]) -> list[_Shown]:
    by_text: dict[str, list[Mark]] = {}
    for mark in found:
        by_text.setdefault(mark.text, []).append(mark)
    return [
        _Shown(
            marks[0],
            tuple(
                place
                for mark in marks
                for place in (
                    [(mark.char_start, mark.char_end)]
                    if mark.char_start is not None and mark.char_end is not None
                    else places_of(mark.text, mark.terms)
                )
            ),
            tuple(
                dict.fromkeys(
                    (mark.table, mark.row_id, mark.state or "") for mark in marks if mark.table and mark.row_id
                )
            ),
            tuple(dict.fromkeys(mark.org_id for mark in marks if mark.org_id)),
        )
        for marks in by_text.values()
    ]


def _passages(ctx: Context, source_id: str, *, is_gone: bool) -> Markup:
    found = _gathered(documents.marks_of(ctx.record, source_id))
    if not found:
        return EMPTY
    resting = {(row.table, row.row_id): row for row in documents.rests_on(ctx.record, source_id)}
    more = len(found) - MOST_PASSAGES
    return section(
        "Passages that matter",
        join(
            [
                *(_passage(ctx, one, resting, is_gone=is_gone) for one in found[:MOST_PASSAGES]),
                fill('<p class="small">{n} more are in the tables evidence and mention.</p>', n=number(more))
                if more > 0
                else EMPTY,
            ]
        ),
        name="passages",
        lead="Those that carry a row of the register, then those that name a body near the programme. What was looked "
        "for is marked.",
    )


def _passage(ctx: Context, one: _Shown, resting: dict[tuple[str, str], Resting], *, is_gone: bool) -> Markup:
    first = one.first
    live = passage_link(first.final_url, first.text, first.page_number)
    carries = listing(
        fill(
            "{s} for {l}",
            s=label("evidence.state", state),
            l=link(
                _row_address(resting[(name, row_id)]) if (name, row_id) in resting else None,
                KINDS.get(name, name).lower(),
                label=f"{KINDS.get(name, name)}: {resting[(name, row_id)].summary}"
                if (name, row_id) in resting
                else "",
            ),
        )
        for name, row_id, state in one.rows
    )
    named = listing(link(permalink("organisation", org_id), name_of(ctx.record, org_id)) for org_id in one.bodies)
    said = join(
        [
            fill("{c}. ", c=_upper(carries)) if one.rows else EMPTY,
            fill("Names {n}. ", n=named) if one.bodies else EMPTY,
        ]
    )
    return fill(
        '<figure class="passage">{h}<blockquote><p>{t}</p></blockquote><figcaption>{s}Copy of {d}{p}; {live}{m}.'
        "</figcaption></figure>",
        h=fill('<p class="under">under “{h}”</p>', h=first.heading) if first.heading else EMPTY,
        t=marked(first.text, one.places),
        s=said,
        d=day_words(first.captured_at),
        p=f", page {first.page_number}" if first.page_number else "",
        live=link(live, "the page's address, where it was not found when last asked")
        if is_gone
        else link(live, "this passage on the live page", label=f"On the live page: {first.text[:80]}"),
        m=fill("; {m}", m=link(passage_link(first.memento_url, first.text, first.page_number), "the archive's copy"))
        if first.memento_url
        else EMPTY,
    )


def _upper(words: Markup) -> Markup:
    return Markup(words[:1].upper()) + words[1:]  # noqa: S704 - one escaped character moved


def _unchecked(ctx: Context, source_id: str) -> Markup:
    found = documents.unchecked_of(ctx.record, source_id)
    if not found:
        return EMPTY
    return section(
        "Found, not yet checked",
        candidate_table(ctx, found),
        name="candidates",
        lead="A machine read these in this page. None of them is part of the record until a person has accepted it.",
    )


# --- what it said ---------------------------------------------------------------------------------------------------


def comparison_remark(ctx: Context, source_id: str, before: str, after: str) -> Markup:
    """A remark where the address asks for versions that are not on record."""
    if not before and not after:
        return EMPTY
    known = {str(version.number) for version in documents.versions_of(ctx.record, source_id)}
    if before in known and after in known and before != after:
        return EMPTY
    return note(fill("There are no versions “{b}” and “{a}” of this page to compare.", b=before, a=after), "warning")


def look_remark(look: str) -> Markup:
    """A remark where the address asks for a look that there is not."""
    if look in ("", "side", "inline"):
        return EMPTY
    return note(fill("There is no look “{a}”, so versions stand side by side.", a=look), "warning")


def _versions(ctx: Context, source_id: str, before: int, after: int, look: str) -> Markup:
    found = documents.versions_of(ctx.record, source_id)
    if not found:
        return EMPTY
    steps = {(one.from_number, one.to_number): one for one in documents.changes_of(ctx.record, source_id)}
    rows: list[list[Markup | str]] = []
    for version in reversed(found):
        step = steps.get((version.number - 1, version.number))
        rows.append(
            [
                f"Version {version.number}",
                time_words(version.first_at),
                time_words(version.last_at),
                number(version.captures),
                fill(
                    '{w}<br><span class="small">{l}</span>', w=words_changed(step), l=LEVELS.get(step.level, step.level)
                )
                if step
                else Markup('<span class="quiet">the first that was read</span>'),
                link(
                    compare_address(source_id, version.number - 1, version.number, "" if look == "side" else look),
                    "compare",
                    label=f"Compare version {version.number - 1} and {version.number}",
                )
                if version.number > 1
                else "",
            ]
        )
    columns: list[Column | str] = [
        "Version",
        Column("First seen", "wide"),
        Column("Last seen", "wide"),
        Column("Copies", "number"),
        "Change from the one before",
        "Compare",
    ]
    lead = "A version is a stretch of copies that say the same, but for what changes by itself."
    body = [table(columns, rows, "Versions of this page, latest first")]
    if len(found) > 1:
        body.append(_comparison(ctx, source_id, found, before, after, look))
    return section("What it said, and when it changed", join(body), name="versions", lead=lead)


def _comparison(ctx: Context, source_id: str, found: tuple[Version, ...], before: int, after: int, look: str) -> Markup:
    by_number = {version.number: version for version in found}
    if before not in by_number or after not in by_number or before == after:
        before, after = found[-2].number, found[-1].number
    before, after = min(before, after), max(before, after)
    old, new = by_number[before], by_number[after]
    steps = _steps(ctx, source_id, old, new)
    ways = listing(
        Markup(f"<strong>{words}</strong>")  # noqa: S704 - our own words
        if look == name
        else link(compare_address(source_id, before, after, "" if name == "side" else name), words)
        for name, words in (("side", "side by side"), ("inline", "in one text"))
    )
    whole = EMPTY
    if len(found) > 2 and (before, after) != (found[0].number, found[-1].number):
        first, last = found[0].number, found[-1].number
        whole = fill(
            " · {l}",
            l=link(compare_address(source_id, first, last, "" if look == "side" else look), "first with latest"),
        )
    heads = [
        fill("Version {n}, last seen {d}", n=old.number, d=day_words(old.last_at)),
        fill("Version {n}, first seen {d}", n=new.number, d=day_words(new.first_at)),
    ]
    if steps is None:
        shown = fill(
            '<p class="quiet">The two were read by different readers and cannot be compared word by word yet.</p>'
        )
    elif not steps:
        shown = fill('<p class="quiet">They say the same.</p>')
    else:
        shown = diff.inline(steps) if look == "inline" else diff.side_by_side(steps, heads[0], heads[1])
    told = many(len(steps), "passage") if steps else "No passage"
    if steps and len(steps) > diff.MOST_STEPS:
        told = f"The first {diff.MOST_STEPS} of {told}"
    return fill(
        '<div id="compare" class="compare"><h3>Version {b} and version {a}</h3><p>Between {d1} and {d2}. {n} that '
        'differ; the others are left out. <del>Removed</del> <ins>Added</ins></p><p class="small">{w}{f}</p>{s}</div>',
        b=before,
        a=after,
        d1=time_words(old.last_at),
        d2=time_words(new.first_at),
        n=told,
        w=ways,
        f=whole,
        s=shown,
    )


def _steps(ctx: Context, source_id: str, old: Version, new: Version) -> tuple[diff.Step, ...] | None:
    """What differs: as the change between the two has it where they are neighbours, else compared now; None where no
    reader read both."""
    for change in documents.changes_of(ctx.record, source_id):
        if (change.from_number, change.to_number) == (old.number, new.number) and change.passages:
            return diff.steps_of_json(change.passages)
    texts = documents.passages_between(ctx.record, old.last_capture_id, new.first_capture_id)
    if texts is None:
        return None
    sides = [[(passage.text, passage.heading or "") for passage in side] for side in texts]
    return diff.steps_between(sides[0], sides[1])


def _absences(ctx: Context, source_id: str) -> Markup:
    found = [one for one in documents.absences(ctx.record) if one.source_id == source_id]
    if not found:
        return EMPTY
    rows = [[absence_words(one), label("attempt.outcome", one.outcome), archived_copy(one)] for one in found]
    columns: list[Column | str] = [Column("Seen", "wide"), "What it answered instead", "Last copy in an archive"]
    return section("When it was absent", table(columns, rows, "Absences, latest first"), name="absences")


# --- how it was asked for -------------------------------------------------------------------------------------------


def _rest(total: int, table_name: str, source_id: str) -> Markup:
    if total <= LATEST:
        return EMPTY
    return fill(
        "<p>{l}</p>",
        l=link(
            address(f"/api/v1/{table_name}.csv", {"source_id": source_id}),
            f"All {total:,} as CSV; these are the latest {LATEST}",
        ),
    )


def _captures(ctx: Context, course: Course) -> Markup:
    found = documents.captures_of(ctx.record, course.source_id, LATEST)
    if not found:
        return EMPTY
    rows = [
        [
            time_words(one.captured_at),
            fill(
                "{o}{m}",
                o="the live page" if one.origin == "live" else one.origin,
                m=fill("<br>{l}", l=link(one.memento_url, "its copy", label=f"The copy held by {one.origin}"))
                if one.memento_url
                else EMPTY,
            ),
            str(one.status),
            fill(
                "{v}{w}",
                v=label("capture.verdict", one.verdict),
                w=join(
                    fill('<br><span class="small">{w}</span>', w=why) for why in (one.verdict_why, one.not_read) if why
                ),
            ),
            f"{one.body_bytes:,}",
            fill(
                "<code>{s}</code>{r}",
                s=one.body_sha256,
                r=Markup('<br><span class="small">the same bytes as before</span>') if one.is_revisit else EMPTY,
            ),
        ]
        for one in found
    ]
    columns: list[Column | str] = [
        Column("Looked so on", "wide"),
        "Came from",
        "Status",
        "Verdict",
        Column("Bytes", "number"),
        Column("SHA-256 of the bytes", "hash"),
    ]
    body = table(columns, rows, "Captures, latest first") + _rest(course.captures, "capture", course.source_id)
    lead = "Bytes as they were served. Those that a quality gate does not call good never become a version."
    return section("Copies held", body, name="captures", lead=lead)


def _tries(ctx: Context, course: Course) -> Markup:
    found = documents.attempts_of(ctx.record, course.source_id, LATEST)
    if not found:
        return EMPTY
    rows = [
        [
            time_words(one.started_at),
            label("attempt.outcome", one.outcome),
            label("attempt.outcome", one.live_outcome) if one.live_outcome else "",
            str(one.http_status) if one.http_status else "",
            one.detail,
        ]
        for one in found
    ]
    columns: list[Column | str] = [
        Column("When", "wide"),
        "Outcome",
        "The live page",
        "Status",
        Column("In a sentence", "wide"),
    ]
    body = table(columns, rows, "Tries, latest first") + _rest(course.attempts, "attempt", course.source_id)
    return section("Tries", body, name="tries")


def _outgoing(ctx: Context, source_id: str) -> Markup:
    found = documents.outgoing(ctx.record, source_id)
    if not found:
        return EMPTY
    known = sources_at(ctx.record, {one.url for one in found})
    items = join(
        fill(
            "<li>{l}{k}</li>",
            l=link(one.url, one.text or one.url),
            k=fill(
                " · {h}",
                h=link(address("/documents", {"source": known[one.url]}), "on record", label=f"On record: {one.url}"),
            )
            if one.url in known
            else EMPTY,
        )
        for one in found
    )
    body = fill(
        '<details class="fold" id="every-link"><summary>{n}, as the latest good copy has them</summary>'
        "<ul>{i}</ul></details>",
        n=many(len(found), "link"),
        i=items,
    )
    return section("Where it leads", body, name="links")
