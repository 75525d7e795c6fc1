"""Search in every row and captured passage, as a part of the page of data."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from dashboard.parts.dates import date_words
from dashboard.parts.head import section
from dashboard.parts.html import EMPTY, address, fill, join, link, many
from dashboard.parts.moments import time_words
from dashboard.parts.notes import note
from dashboard.parts.paging import leaf, pager
from dashboard.parts.params import Params
from dashboard.parts.passages import marked
from dashboard.parts.sources import source_link
from dashboard.search.query import TooLong, search
from dashboard.search.results import Count, Hit, Marked, SearchResult, kind_in_words
from dashboard.start import Context, per_page
from data.labels import label
from data.search import NotIndexed

ADDRESS: Final = "/data"
SIZE: Final = 20
FACETS: Final[dict[str, tuple[str, str]]] = {
    "kind": ("kind", "Kind"),
    "org": ("org", "Body"),
    "year": ("year", "Year"),
    "state": ("state", "State of the page"),
}
"""Facets of a result: (field of the language, heading)."""


@per_page
def heading(ctx: Context) -> Markup:
    """The heading of the search, and what may be typed."""
    del ctx
    body = fill(
        '<details class="fold" id="search-help"><summary>What may be typed</summary><ul>'
        "<li><code>crisis plan</code>: both words, in any order and ending</li>"
        "<li><code>“crisis plan”</code>: the words in that order; <code>petit*</code>: words that begin so</li>"
        "<li><code>halt OR pause</code>: either; <code>-police</code>: without it; "
        "<code>NEAR(police ward, 5)</code>: near each other</li>"
        "<li><code>org: kind: year: before: after: state: source:</code> limit what is found: "
        "<code>kind:statement before:2021-06</code></li></ul></details>"
    )
    return section(
        "Search",
        body,
        name="search",
        lead="In every row of the record and every passage of a captured page. Facts come first, then passages.",
    )


def form(text: str) -> Markup:
    """The box without JavaScript."""
    return fill(
        '<form class="find" method="get" action="{a}#search" role="search"><label for="search-words">Words, names, '
        '“phrases”</label><input id="search-words" name="search" type="search" value="{t}">'
        '<button type="submit">Search</button></form>',
        a=ADDRESS,
        t=text,
    )


def results(ctx: Context, params: Params) -> Markup:
    """What was found for the words of the address, one page of it; nothing where nothing is asked."""
    text = params.get("search")
    if not text:
        return EMPTY
    asked = params.get("page")
    start = (int(asked) - 1) * SIZE if asked.isascii() and asked.isdigit() and 0 < int(asked[:6]) <= 500 else 0
    try:
        found = search(ctx.home, text, limit=SIZE, offset=start)
    except (NotIndexed, TooLong) as error:
        return note(str(error), "warning")
    return fill('<div class="found" role="status">{b}</div>', b=_shown(ctx, found, text, asked))


def _shown(ctx: Context, found: SearchResult, text: str, asked: str) -> Markup:
    remarks = [note(one) for one in found.notes]
    if found.suggestion:
        remarks.append(note(fill("Did you mean {l}?", l=link(_address(found.suggestion), found.suggestion))))
    if not found.total:
        return join([*remarks, fill('<p class="quiet">Nothing on record holds “{t}”.</p>', t=text)])
    here, remark = leaf(asked, min(found.total, 10_000), SIZE)
    least = "" if found.exact else "More than "
    told = fill("<p>{l}{n} for “{t}”.</p>", l=least, n=many(found.total, "result"), t=text)
    items = fill('<div class="results"><ol>{i}</ol></div>', i=join(_hit(ctx, hit) for hit in found.hits))
    return join(
        [
            *remarks,
            remark,
            told,
            _facets(found, text),
            items,
            pager(ADDRESS, {"search": text}, here, "results", "search"),
            _follow(text),
        ]
    )


def _follow(text: str) -> Markup:
    """The same search as a feed, and for programs."""
    return fill(
        '<p class="small">{a} · {j}</p>',
        a=link(address("/feeds/search.atom", {"q": text}), "Follow this search as a feed"),
        j=link(address("/api/v1/search", {"q": text}), "The same as JSON"),
    )


def _address(text: str) -> str:
    return address(ADDRESS, {"search": text}) + "#search"


def _facets(found: SearchResult, text: str) -> Markup:
    rows = []
    for name, (field, title) in FACETS.items():
        counts = [count for count in found.facets.get(name, ()) if count.count][:6]
        if len(counts) > 1:
            rows.append(
                fill(
                    "<dt>{t}</dt><dd>{l}</dd>", t=title, l=join((_facet(field, count, text) for count in counts), " · ")
                )
            )
    return fill('<dl class="facts narrowed">{r}</dl>', r=join(rows)) if rows else EMPTY


def _facet(field: str, count: Count, text: str) -> Markup:
    value = f'"{count.value}"' if " " in count.value else count.value
    return fill(
        '{l} <span class="small">{n}</span>',
        l=link(_address(f"{text} {field}:{value}"), count.label, label=f"Only {count.label}"),
        n=f"{count.count:,}",
    )


def _text(text: Marked) -> Markup:
    return marked(text.text, text.marks)


def _captured(hit: Hit) -> Markup:
    """When the copy was taken that holds a passage, and the passage's own address."""
    capture = hit.capture
    if capture is None:
        return EMPTY
    when = fill("copy of {t}", t=time_words(capture.moment)) if capture.moment else EMPTY
    own = link(
        address(ADDRESS, {"table": "passage", "passage_id": capture.passage_id}) + "#rows",
        "passage",
        label=f"The passage in {hit.title.text} by itself",
    )
    copy = link(capture.memento_url, f"copy in {capture.origin}") if capture.memento_url else EMPTY
    return join((one for one in (when, own, copy) if one), " · ")


def _hit(ctx: Context, hit: Hit) -> Markup:
    where = [
        fill("{k}", k=kind_in_words(hit.kind)),
        date_words(hit.date, hit.date_precision) if hit.date else EMPTY,
        source_link(ctx.record, hit.source_id) if hit.source_id and hit.kind != "source" else EMPTY,
        fill("{s}", s=label("source_state.state", hit.state)) if hit.state else EMPTY,
        _captured(hit),
        link(hit.page_url, "live page", label=f"{hit.title.text} on the live page") if hit.page_url else EMPTY,
    ]
    return fill(
        '<li><a href="{a}">{t}</a><span class="small">{w}</span>{p}</li>',
        a=hit.address,
        t=_text(hit.title),
        w=join((one for one in where if one), " · "),
        p=fill('<p class="excerpt">{p}</p>', p=_text(hit.text)) if hit.text.text else EMPTY,
    )
