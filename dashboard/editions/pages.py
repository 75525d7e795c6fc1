"""The pages of an edition, each as it will stand for ever: nothing in them comes from outside the edition."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import unquote

from markupsafe import Markup

from dashboard.citations import formats
from dashboard.downloads import describe
from dashboard.downloads.describe import About
from dashboard.downloads.files import TableFiles
from dashboard.downloads.page import descriptions_of, size_words, tables_of
from dashboard.editions.reference import edition_item
from dashboard.parts import frame
from dashboard.parts.dates import day_words
from dashboard.parts.head import page_head, section
from dashboard.parts.html import EMPTY, fill, join, link, many, number
from dashboard.parts.notes import content_note, note, speaks_of_harm
from dashboard.parts.permalinks import ROOMS, changes_address, permalink
from dashboard.permalinks import pages
from dashboard.permalinks.shell import Page, json_for_html, shortened, template
from dashboard.queries import items
from dashboard.start import Context, per_page
from data.dates import in_words
from data.editions import SUMS, page_name

CSS: Final = "edition.css"
INDEX: Final = "index.html"
ROOM_OF_INDEX: Final = {kind: "sources" if kind == "source" else room for kind, room in ROOMS.items()}
_LINK: Final = re.compile(r'href="(/[^"#?]+)([^"]*)"')
_DOCUMENT: Final = re.compile(r'href="/documents\?source=([^"#&]+)')
"""The app's own page of a document, whose permanent page an edition holds."""


def file_of(path: str) -> str:
    """The file of an edition that holds the page at `path` (/timeline/<id>, with escapes), relative to its folder."""
    return "/".join([*(page_name(unquote(part)) for part in path.strip("/").split("/")), INDEX])


def addresses(context: Context) -> list[tuple[str, Page]]:
    """(path without the edition, page) of every permanent page of the record."""
    record = context.record
    found: list[tuple[str, Page]] = []
    for kind, room in ROOM_OF_INDEX.items():
        found.append((f"/{room}", pages.index_of(context, kind)))
        for row_id, _ in items.ids(record, kind):
            page = pages.page_of(context, kind, row_id)
            if page is not None:
                found.append((permalink(kind, row_id), page))
    changed: set[str] = set()
    for source_id, step, _ in items.change_days(record):
        page = pages.change_page(context, source_id, step, step)
        if page is not None:
            found.append((changes_address(source_id, step, step), page))
        if source_id not in changed and (listed := pages.changes_index(context, source_id)) is not None:
            changed.add(source_id)
            found.append((f"{permalink('source', source_id)}/changes", listed))
    return found


def page_files(context: Context) -> Iterator[tuple[str, bytes]]:
    """(file, content) of every permanent page and its references, for the edition that `context` names."""
    known = addresses(context)
    inside = {path for path, _ in known}
    for path, page in known:
        yield file_of(path), html_of(context, page, path, inside).encode()
        cited = page.cited
        if cited is None:
            continue
        base = "cite/" + file_of(path).removesuffix(f"/{INDEX}")
        for form, write in (("bib", formats.as_bibtex), ("ris", formats.as_ris), ("json", formats.as_json)):
            yield f"{base}.{form}", write(cited).encode()


def html_of(context: Context, page: Page, today: str, inside: set[str]) -> str:
    """The whole page; `today` is the path of the same page in the record of today, "" where there is none, `inside`
    the paths that stay in the edition: links to them do."""
    subject = context.programme.programme
    base = subject.base_url.rstrip("/")
    is_row = page.cited is not None
    harm = content_note() if speaks_of_harm(page.body.striptags()) else EMPTY
    body = _LINK.sub(
        lambda found: f'href="{context.root}{found[1]}{found[2]}"' if found[1] in inside else found[0],
        # as a plain string: into Markup, what is put in would be escaped once more
        _DOCUMENT.sub(lambda found: f'href="/documents/{found[1]}', str(page.body)),
    )
    text: str = template("edition.html.j2").render(
        title=shortened(page.title, 120),
        site=subject.title,
        edition=edition_words(context.edition),
        description=shortened(page.description),
        canonical=base + page.path,
        today=base + today if today else "",
        css=f"{context.root}/{CSS}",
        alternates=[one for one in page.alternates if one[1].startswith(context.root)],
        metas=page.metas,
        jsonld=page.jsonld if is_row or not today else None,
        masthead=_around(context)[0],
        menu=frame.menu(_menu(context), page.path),
        notices=standing(context, today) + harm,
        body=Markup(body),  # noqa: S704 - the body of the page, in which only addresses of this record were replaced
        footer=_around(context)[1],
    )
    return text


@per_page
def _around(context: Context) -> tuple[Markup, Markup]:
    """Masthead and footer, the same on every page of an edition."""
    return frame.masthead(context.programme), frame.footer(context.programme, context.record)


def edition_words(name: str) -> str:
    """ "edition of 23 November 2026", "second edition of 23 November 2026", "edition 3 of …"."""
    day = in_words(name[:10], "day")
    if len(name) == 10:
        return f"edition of {day}"
    return f"second edition of {day}" if name[11:] == "2" else f"edition {name[11:]} of {day}"


def standing(context: Context, today: str) -> Markup:
    """What every page of an edition says first: that it stands still, and where the record of today is."""
    words = edition_words(context.edition)
    where = link(today or "/", "See the record today" if not today else "See this page today")
    return note(
        fill(
            "{w}: the record as it stood then. This page stays as it is. {t}.",
            w=link(context.root, words[0].upper() + words[1:]),
            t=where,
        )
    )


def _menu(context: Context) -> tuple[tuple[str, str], ...]:
    root = context.root
    names = {
        "organisation": "Organisations", "statement": "Statements", "concern": "Concerns", "review": "Reviews",
        "recommendation": "Recommendations", "adoption": "Rollout", "timeline": "Timeline", "source": "Documents",
    }  # fmt: skip
    return ((root, "This edition"), *((f"{root}/{ROOM_OF_INDEX[kind]}", words) for kind, words in names.items()))


def front_page(
    context: Context,
    about: About,
    written: Sequence[TableFiles],
    database_bytes: int,
    issued_at: dt.datetime,
    previous: str | None,
    page_count: int,
) -> Page:
    """The first page of an edition: what it holds, its files, how to check it and how to cite it."""
    record, programme, name = context.record, context.programme, context.edition
    words = edition_words(name)
    rows = sum(one.rows for one in written if not one.table.is_view)
    answer = (
        f"The whole record as it stood on {in_words(name[:10], 'day')}: {many(rows, 'row')} in "
        f"{many(len(written), 'table')}, {many(page_count, 'page')}. Nothing in it changes."
    )
    cited = edition_item(programme, name, record.number)
    register, software = record.rows("SELECT register_sha256, software FROM build LIMIT 1")[0]
    facts: list[tuple[str, Any]] = [
        ("Issued", day_words(issued_at)),
        ("Record", fill("{n}, built on {d}", n=number(record.number), d=day_words(record.built_at))),
        ("Made by", f"version {software} of the software"),
        ("Register", fill("SHA-256 <code>{h}</code>", h=register)),
        ("Terms", link(programme.licence.data_url, programme.licence.data)),
    ]
    if previous:
        facts.append(
            ("Before it", link(f"/editions/{previous}..{name}", f"what changed since the {edition_words(previous)}"))
        )
    body = page_head(words[0].upper() + words[1:], answer, kicker="Edition") + join(
        [
            fill('<dl class="facts">{f}</dl>', f=join(fill("<dt>{a}</dt><dd>{b}</dd>", a=a, b=b) for a, b in facts)),
            section(
                "Everything in one file",
                fill(
                    "<p>{l}: the database itself, for DuckDB 1.5 or newer.</p>",
                    l=link(f"{context.root}/record.duckdb", f"record.duckdb, {size_words(database_bytes)}"),
                ),
                name="all",
            ),
            section("One table at a time", tables_of(written, context.root), name="tables"),
            section("For programs", descriptions_of(context.root), name="programs"),
            section("Check it", _checking(context), name="check"),
            replace_title(pages.cite_section(cited, f"/cite/editions/{name}")),
        ]
    )
    return Page(
        path=context.root,
        title=words[0].upper() + words[1:],
        description=answer,
        body=body,
        metas=pages.metas_of(context, cited),
        jsonld=json_for_html(describe.schema_org(programme, about, written)),
        cited=cited,
    )


def replace_title(cite: Markup) -> Markup:
    """The section of references, named for the edition."""
    return Markup(cite.replace("<h2>Cite this page</h2>", "<h2>Cite this edition</h2>", 1))  # noqa: S704 - constants


def _checking(context: Context) -> Markup:
    name = context.edition
    return fill(
        "<p>{sums} names every file with its SHA-256; its own SHA-256 is the hash of the edition, which {facts} and "
        "the {list} state. In a folder with the whole edition:</p>"
        '<pre class="code" tabindex="0" role="region" aria-label="Commands">sha256sum --check {s}\nsha256sum {s}</pre>'
        "<p>Where the edition bears a time stamp (RFC 3161), the list links it as <code>{n}.tsr</code>:</p>"
        '<pre class="code" tabindex="0" role="region" aria-label="Checking the time stamp">openssl ts -verify '
        "-data {s} -in {n}.tsr -CAfile certificates-of-the-service.pem</pre>",
        sums=link(f"{context.root}/{SUMS}", SUMS),
        facts=link(f"{context.root}/edition.json", "edition.json"),
        list=link("/editions", "list of editions"),
        s=SUMS,
        n=name,
    )
