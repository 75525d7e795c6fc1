"""The passages of captured pages that support a row of the record."""

from __future__ import annotations

from markupsafe import Markup

from dashboard.parts.dates import day_words
from dashboard.parts.head import section
from dashboard.parts.html import EMPTY, address, fill, join, link, listing, number
from dashboard.parts.moments import time_words
from dashboard.parts.permalinks import changes_address, permalink
from dashboard.queries import items
from dashboard.queries.sources import source_index
from dashboard.start import Context
from data.fragments import passage_link
from data.labels import label


def evidence(context: Context, table: str, row_id: str, source_id: str | None = None) -> Markup:
    """The passages that support a row, each with its captures; in words where there is none, with the copies that are
    held of `source_id`."""
    found = items.supports(context.record, table, row_id)
    is_gone = _is_gone(context, source_id)
    shown = [_passage(context, support, is_gone=is_gone) for support in found if support.text and support.final_url]
    lost = join(_lost(one) for one in items.lost_passages(context.record, table, row_id))
    if shown:
        return section("What shows it", join([*shown, lost]), name="evidence")
    if table == "source":
        return _carried(context, row_id) + held_copies(context, row_id)
    if table in ("organisation", "review"):
        return held_copies(context, source_id)
    states = {support.state for support in found}
    if any(support.withheld_why for support in found):
        why = "A copy of the source was read; its words are withheld."
    elif "not-found" in states:
        why = "The captures of the source were searched and no passage that carries this was found."
        problems = items.not_read(context.record, source_id)
        if problems:
            why += f" Not all of it could be read: {'; '.join(problems)}."
    else:
        why = "No capture of the source has been read yet, so no passage can be shown. The source is named above."
    body = fill("<p>{w}</p>", w=why) + lost
    return section("What shows it", body, name="evidence") + held_copies(context, source_id)


def _carried(context: Context, source_id: str) -> Markup:
    """The passages of a source on which rows rest, each with the rows to which it is the same evidence."""
    carried: dict[tuple[str, str, tuple[str, ...]], tuple[items.Support, list[Markup]]] = {}
    for row in items.related(context.record, "source", source_id):
        for support in items.supports(context.record, row.table, row.row_id):
            if row.source_id == source_id and support.text and support.final_url:
                shows = link(permalink(row.table, row.row_id), row.title)
                same = (support.text, support.state, support.missing_terms)
                carried.setdefault(same, (support, []))[1].append(shows)
                break
    if not carried:
        return EMPTY
    shown = join(
        _passage(context, support, fill("It carries {r}. ", r=listing(rows)), is_gone=_is_gone(context, source_id))
        for support, rows in carried.values()
    )
    return section("Passages on which rows rest", shown, name="evidence")


def _is_gone(context: Context, source_id: str | None) -> bool:
    source = source_index(context.record).get(source_id or "")
    return source is not None and source.state == "gone"


def _passage(context: Context, support: items.Support, carries: Markup = EMPTY, *, is_gone: bool = False) -> Markup:
    assert support.text and support.final_url  # noqa: S101 - for the type checker: the caller asked for both
    live = passage_link(support.final_url, support.text, support.page_number)
    missing = f" Not found in it: {', '.join(support.missing_terms)}." if support.missing_terms else ""
    seen = fill("Copy of {when}{origin}", when=time_words(support.captured_at), origin=_from(support.origin))
    if support.captures > 1:
        seen = fill(
            "{seen}; the same words in {n} copies since {first}",
            seen=seen,
            n=number(support.captures),
            first=day_words(support.first_at),
        )
    return fill(
        '<figure class="passage"><blockquote><p>{text}</p></blockquote><figcaption>{carries}{state}.{missing} {seen}; '
        "{live}{memento}. SHA-256 of the copy: <code>{sha}</code></figcaption></figure>",
        text=support.text,
        carries=carries,
        state=label("evidence.state", support.state).capitalize(),
        missing=missing,
        seen=seen,
        live=link(live, "the page's address, where it was not found when last asked")
        if is_gone
        else link(live, "this passage on the live page"),
        memento=fill(
            "; {m}",
            m=link(passage_link(support.memento_url, support.text, support.page_number), "the archive's copy"),
        )
        if support.memento_url
        else _nearest_memento(context, support),
        sha=support.body_sha256 or "",
    )


def _from(origin: str | None) -> str:
    return "" if origin in (None, "live") else f" from {origin}"


def _nearest_memento(context: Context, support: items.Support) -> Markup:
    """The copy in an archive that lies nearest to a live one, of those that are on record."""
    near = items.nearest_memento(context.record, support.final_url or "", support.captured_at)
    if near is None:
        return EMPTY
    there = passage_link(near[0], support.text or "", support.page_number)
    return fill("; {m} of {d}", m=link(there, "an archive's copy"), d=day_words(near[1]))


def _lost(one: items.Lost) -> Markup:
    return fill(
        '<p class="note is-warning">The page {held} the passage in a copy of {when}: {change}.{back}</p>',
        held="did not hold" if one.cleared_at else "no longer holds",
        when=day_words(one.raised_at),
        change=link(changes_address(one.source_id, one.change_number, one.change_number), "what changed"),
        back=fill(" It is there again since {d}.", d=day_words(one.cleared_at)) if one.cleared_at else EMPTY,
    )


def _bytes_link(context: Context, sha256: str, withheld_why: str | None) -> Markup:
    """The way from a hash to its bytes; nothing where they are not public, or no server answers."""
    if withheld_why or context.still or not context.programme.public.captures:
        return EMPTY
    return fill(' (<a href="/captures/{s}" download>the bytes</a>)', s=sha256)


def held_copy(context: Context, copy: items.Copy) -> Markup:
    """One copy: when it was made and of what, its hash with the way to its bytes, and why it is withheld if it is."""
    return fill(
        "{when}{origin}{memento}. SHA-256 <code>{sha}</code>{bytes}{withheld}",
        when=time_words(copy.captured_at),
        origin=_from(copy.origin) or " from the live page",
        memento=fill("; {m}", m=link(copy.memento_url, "the archive's copy")) if copy.memento_url else EMPTY,
        sha=copy.body_sha256,
        bytes=_bytes_link(context, copy.body_sha256, copy.withheld_why),
        withheld=f" Withheld: {copy.withheld_why}" if copy.withheld_why else "",
    )


def held_copies(context: Context, source_id: str | None) -> Markup:
    """The copies that are held of a source, each with its time and hash; nothing where there is none."""
    found = items.copies(context.record, source_id) if source_id else ()
    if not found:
        return EMPTY
    lines = join(fill("<li>{c}</li>", c=held_copy(context, copy)) for copy in found)
    more = EMPTY
    if found[0].held > len(found):
        every = link(address("/api/v1/capture.csv", {"source_id": source_id}), "Each with its time and hash, as CSV")
        more = fill("<p>{n} are held; the first and the latest stand here. {e}.</p>", n=number(found[0].held), e=every)
    return section(
        "Copies held of the source", fill('<ul class="held">{l}</ul>{more}', l=lines, more=more), name="copies"
    )
