"""The reference of an edition: what a paper or a court document names."""

from __future__ import annotations

from typing import Any

from data.dates import in_words
from data.programme import Programme


def edition_item(programme: Programme, name: str, record: int, sha256: str = "") -> dict[str, Any]:
    """An edition as a CSL item; `name` is its name, `record` the number of the record, `sha256` its hash if known."""
    subject = programme.programme
    day = [int(part) for part in name[:10].split("-")]
    which = f", no. {name[11:]}" if name[11:] else ""
    cited: dict[str, Any] = {
        "id": f"edition-{name}",
        "type": "webpage",
        "title": f"{subject.title}: edition of {in_words(name[:10], 'day')}{which}",
        "author": [{"literal": subject.publisher or subject.title}],
        "issued": {"date-parts": [day]},
        "container-title": subject.title,
        "version": f"edition {name}, record {record}",
        "URL": f"{subject.base_url.rstrip('/')}/editions/{name}",
        "accessed": {"date-parts": [day]},
        "language": "en-GB",
    }
    if sha256:
        cited["note"] = f"SHA-256 of the edition: {sha256}"
    return cited
