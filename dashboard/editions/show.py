"""The pages about editions: the list of them, and what changed between two."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from markupsafe import Markup

from dashboard.editions.compare import ChangedRow, Comparison, TableChanges, compare
from dashboard.editions.pages import edition_words, file_of
from dashboard.parts.head import page_head, section
from dashboard.parts.html import EMPTY, fill, join, link, listing, many, number
from dashboard.parts.notes import empty_state
from dashboard.parts.permalinks import ROOMS, permalink
from dashboard.parts.tables import Cell, Column, table
from dashboard.permalinks.shell import Page, shortened
from dashboard.sql.formats import as_cell
from dashboard.start import Context, per_page
from data.dates import in_words
from data.editions import Edition, editions, newest_holding, sums_of

LIST: Final = "/editions"
CLIP: Final = 240


def capital(words: str) -> str:
    """The words with a capital at the start."""
    return words[:1].upper() + words[1:]


def pair(before: str, after: str) -> str:
    """The address of the comparison of two editions."""
    return f"{LIST}/{before}..{after}"


def list_page(context: Context) -> Page:
    """Every edition, the newest first, with its hash, its stamp and what changed since the others."""
    found = editions(context.home)[::-1]
    title = "Editions"
    if not found:
        answer = "No edition has been issued yet."
        body = page_head(title, answer) + empty_state(
            "No edition has been issued yet.",
            fill("Whoever keeps this record issues one with <code>{c}</code>.", c="sim-record edition"),
        )
        return Page(LIST, title, answer, body, graph_type="website")
    newest = found[0]
    answer = (
        f"{many(len(found), 'edition')}. Each is the whole record as it stood on its day, and stays as it is: an "
        "address in an edition shows for ever what it showed when you cited it."
    )
    body = page_head(title, answer) + join(_edition(one, found[place + 1 :]) for place, one in enumerate(found))
    description = (
        f"Dated, unchanging editions of {context.programme.programme.title}, the newest of {newest.name[:10]}."
    )
    return Page(LIST, title, description, body, graph_type="website")


def _edition(one: Edition, earlier: list[Edition]) -> Markup:
    facts = one.facts
    words = capital(edition_words(one.name))
    if one.withheld.exists():
        return section(words, fill("<p>Not shown any more. {w}</p>", w=why_withheld(one)), name=f"edition-{one.name}")
    rows: list[tuple[str, Markup | str]] = [
        ("Record", fill("{n}, built on {d}", n=number(_int(facts, "record")), d=_day(facts, "built_at"))),
        ("Holds", _holds(facts)),
        ("Take it", _files(one)),
        ("SHA-256", fill("<code>{h}</code>", h=one.sha256)),
        ("Time stamp", _stamp(one)),
        ("Cite it", _cites(one)),
    ]
    if earlier:
        newer = [other for other in earlier if not other.withheld.exists()]
        rows.append(
            ("What changed", listing(link(pair(o.name, one.name), f"since the {edition_words(o.name)}") for o in newer))
        )
    body = fill(
        '<p>{l}</p><dl class="facts">{r}</dl>',
        l=link(f"{LIST}/{one.name}", f"Read the {edition_words(one.name)}"),
        r=join(fill("<dt>{a}</dt><dd>{b}</dd>", a=a, b=b) for a, b in rows),
    )
    return section(words, body, name=f"edition-{one.name}")


def why_withheld(one: Edition) -> str:
    """Why an edition is not shown any more, as its keeper wrote."""
    try:
        return (
            one.withheld.read_text(encoding="utf-8", errors="replace").strip()[:2000] or "No reason was written down."
        )
    except OSError:
        return "The reason cannot be read."


def _int(facts: dict[str, Any], name: str) -> int | None:
    value = facts.get(name)
    return value if isinstance(value, int) else None


def _day(facts: dict[str, Any], name: str) -> str:
    return in_words(str(facts.get(name, ""))[:10], "day") if facts.get(name) else "a day not known"


def _holds(facts: dict[str, Any]) -> str:
    rows = facts.get("rows")
    counted = [
        many(rows[name], one, several)
        for name, one, several in _COUNTED
        if isinstance(rows, dict) and isinstance(rows.get(name), int)
    ]
    return ", ".join([*counted, many(_int(facts, "pages") or 0, "page")])


_COUNTED: Final = (
    ("organisation", "organisation", "organisations"), ("source", "document", "documents"),
    ("adoption", "assertion about the rollout", "assertions about the rollout"),
    ("statement", "statement", "statements"), ("timeline", "timeline entry", "timeline entries"),
)  # fmt: skip


def _files(one: Edition) -> Markup:
    at = f"{LIST}/{one.name}"
    named = (
        ("record.duckdb", "database"), ("datapackage.json", "data package"), ("csvw.json", "CSVW"),
        ("dcat.jsonld", "DCAT"), ("SHA256SUMS", "SHA256SUMS"), ("edition.json", "edition.json"),
    )  # fmt: skip
    return listing(link(f"{at}/{file}", words, label=f"{words} of {one.name}") for file, words in named)


def _stamp(one: Edition) -> Markup | str:
    if not one.stamp.exists():
        return "none"
    return fill("{l} (RFC 3161), over SHA256SUMS", l=link(f"{LIST}/{one.stamp.name}", one.stamp.name))


def _cites(one: Edition) -> Markup:
    base = f"/cite/editions/{one.name}"
    return listing(
        link(f"{base}.{form}", words, label=f"{words} of the {edition_words(one.name)}")
        for form, words in (("txt", "Harvard"), ("bib", "BibTeX"), ("ris", "RIS"), ("json", "CSL-JSON"))
    )


# --- two editions ---------------------------------------------------------------------------------------------------

_PLAIN: Final = {
    "organisation": "Organisations", "source": "Documents", "adoption": "Assertions about the rollout",
    "claimed_total": "Stated totals", "statement": "Statements", "concern": "Concerns", "review": "Reviews",
    "review_event": "Steps of reviews", "recommendation": "Recommendations", "petition_reading": "Petition readings",
    "event": "Events", "correction": "Corrections", "decision": "Decisions on what was read",
}  # fmt: skip
_HOW: Final = {"added": "Added", "corrected": "Corrected", "withdrawn": "Withdrawn"}


def compare_page(context: Context, before: Edition, after: Edition) -> Page:
    """What changed between two editions. Raises EditionError where one of them is not whole."""
    del context
    found = compare(before, after)
    title = f"From the {edition_words(before.name)} to the {edition_words(after.name)}"
    changed = [one for one in found.kept_by_hand if one.any]
    totals = {how: sum(getattr(one, how) for one in changed) for how in _HOW}
    answer = (
        "Nothing that is kept by hand differs."
        if not changed
        else "Rows kept by hand: " + ", ".join(f"{number(count)} {how}" for how, count in totals.items()) + "."
    )
    basis = fill(
        "Read from the files of {a} and {b}; {j} for programs.",
        a=link(f"{LIST}/{before.name}", before.name),
        b=link(f"{LIST}/{after.name}", after.name),
        j=link(f"{pair(before.name, after.name)}.json", "the same as JSON"),
    )
    body = page_head(title, answer, basis, kicker="Editions") + join(
        [*(_table(found, one) for one in changed), _collected(found), _only(found)]
    )
    return Page(pair(before.name, after.name), title, f"{title}. {answer}", body, index=False)


def _table(found: Comparison, one: TableChanges) -> Markup:
    title = _PLAIN.get(one.table, one.table.replace("_", " ").capitalize())
    lead = ", ".join(f"{number(getattr(one, how))} {how}" for how in _HOW if getattr(one, how)) + "."
    columns: list[Column | str] = ["Row", "How", Column("What", "wide")]
    rows: list[list[Cell]] = [[_name(found, one.table, row), _HOW[row.how], _says(row)] for row in one.rows]
    told = one.added + one.corrected + one.withdrawn
    more = (
        fill("<p>{n} more are not told one by one; both editions hold them.</p>", n=number(told - len(one.rows)))
        if one.rows and told > len(one.rows)
        else EMPTY
    )
    shown = table(columns, rows, title) + more if rows else EMPTY
    return section(title, shown, name=one.table.replace("_", "-"), lead=lead)


def _name(found: Comparison, name: str, row: ChangedRow) -> Markup | str:
    """The row with a link to its page in the edition that shows it last."""
    edition = found.before if row.how == "withdrawn" else found.after
    kind = "petition_reading" if name == "petition_reading" else name
    path = permalink(kind, row.row_id)
    page = file_of(path)
    words = shortened(row.row_id, 80)
    if name not in ROOMS and name == "correction":
        return words
    return link(f"{LIST}/{edition.name}{path}", words) if page in sums_of(edition) else words


def _says(row: ChangedRow) -> Markup | str:
    if not row.cells:
        return shortened(row.words, CLIP)
    return fill(
        '<dl class="facts">{c}</dl>',
        c=join(
            fill(
                '<dt>{n}</dt><dd>{w} <span aria-hidden="true">→</span><span class="unseen">became</span> {s}</dd>',
                n=cell.column.replace("_", " "),
                w=_value(cell.was),
                s=_value(cell.now),
            )
            for cell in row.cells
        ),
    )


def _value(value: Any) -> Markup:
    words = as_cell(value)
    return fill("<q>{v}</q>", v=shortened(words, CLIP)) if words else Markup("nothing")


def _collected(found: Comparison) -> Markup:
    changed = [one for one in found.collected if one.any]
    if not changed:
        return EMPTY
    columns: list[Column | str] = [
        "Table", Column("Added", "number"), Column("Corrected", "number"), Column("Withdrawn", "number"),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [one.table, number(one.added), number(one.corrected), number(one.withdrawn)] for one in changed
    ]
    return section(
        "What was collected and read by machine",
        table(columns, rows, "Tables of what was collected"),
        name="collected",
        lead="Told by number only; the files of both editions hold the rows.",
    )


def _only(found: Comparison) -> Markup:
    if not found.only_in:
        return EMPTY
    told = listing(fill("{t} ({e})", t=name, e=edition) for edition, name in found.only_in)
    return section("Tables that only one of the two has", fill("<p>{t}.</p>", t=told), name="only")


# --- what a page of today says of its editions ------------------------------------------------------------------------


def with_edition(context: Context, page: Page) -> Page:
    """A permanent page of today with the way to the same page in the newest edition that holds it, where one does."""
    if page.cited is None:
        return page
    name = newest_holding(context.home, file_of(page.path))
    return page if name is None else _offered(context, page, name)


@per_page
def _offered(context: Context, page: Page, name: str) -> Page:
    del context
    at = f"{LIST}/{name}"
    cite = f"{at}/cite{page.path}"
    words = edition_words(name)
    offered = section(
        "Cite it as it stood",
        fill(
            "<p>This page grows with the record. {l} stays as it is: {c}. For reference managers: {f}. {a}.</p>",
            l=link(f"{at}{page.path}", f"The same page in the {words}"),
            c=link(f"{at}{page.path}#cite", "cite this edition"),
            f=listing(
                link(f"{cite}.{form}", named, label=f"{named} of this page in the {words}")
                for form, named in (("bib", "BibTeX"), ("ris", "RIS"), ("json", "CSL-JSON"))
            ),
            a=link(LIST, "All editions"),
        ),
        name="edition",
    )
    return replace(page, body=page.body + offered)
