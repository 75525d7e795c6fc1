"""A row of the record as a CSL-JSON item: who, what, when, where."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, Final

from dashboard.parts.permalinks import permalink
from dashboard.queries.bodies import name_of
from dashboard.queries.items import Item
from dashboard.queries.sources import source_index
from dashboard.record import Record
from data.dates import in_words
from data.programme import Programme

# Rows that record the words of a body: the reference names that body and the date of its words.
_WORDS_OF_OTHERS: Final = frozenset({"statement", "concern", "recommendation", "source"})


def date_parts(text: str | None) -> dict[str, Any] | None:
    """A date of full or partial length as CSL holds it; None where there is none."""
    if not text:
        return None
    return {"date-parts": [[int(part) for part in text.split("-")]]}


def csl_item(
    item: Item,
    record: Record,
    programme: Programme,
    *,
    seen: dt.date | None = None,
    edition: str | None = None,
    path: str | None = None,
) -> dict[str, Any]:
    """The reference of a row's permanent page.

    A row that records the words of a body is cited under that body (a corporate author, kept whole) with the title of
    the document and its date; every other row is this record's own account, of the day on which the record was built.
    `seen` is the day of access (the day of the record where it is not given), `edition` the day of the edition that is
    cited, `path` the page's address where it is not the row's own.
    """
    subject = programme.programme
    address = subject.base_url.rstrip("/") + (path or permalink(item.table, item.row_id))
    publisher = subject.publisher or subject.title
    built = record.built_on.isoformat()
    cited: dict[str, Any] = {
        "id": re.sub(r"[^A-Za-z0-9.:_-]+", "-", f"{item.table}-{item.row_id}"),
        "type": "webpage",
        "title": item.title,
        "author": [{"literal": publisher}],
        "issued": date_parts(built),
        "container-title": f"{subject.title} (edition of {in_words(edition, 'day')})" if edition else subject.title,
        "version": f"edition of {edition}" if edition else f"record {record.number} of {built}",
        "URL": address,
        "accessed": date_parts((seen or record.built_on).isoformat()),
        "language": "en-GB",
    }
    if item.table in _WORDS_OF_OTHERS or item.author_id:
        _under_its_author(cited, item, record)
    return cited


def _under_its_author(cited: dict[str, Any], item: Item, record: Record) -> None:
    source = source_index(record).get(item.source_id or "")
    author = name_of(record, item.author_id) or (source.publisher if source else None)
    cited["title"] = source.title if source else item.title
    if author:
        cited["author"] = [{"literal": author}]
    else:
        del cited["author"]
    issued = date_parts(item.on_date if item.date_precision != "before" else None)
    if issued:
        cited["issued"] = issued
    else:
        del cited["issued"]
    if source and source.url:
        cited["note"] = f"Original page: {source.url}"
