"""What is fuzzed: each target takes any bytes and must come to an end, by a good answer or a refusal in words.

Whatever else it raises is a find. `tests/fuzz/run.py` runs them for long; `tests/fuzz/test_targets.py` a few of each.
"""

from __future__ import annotations

import functools
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlencode

from starlette.requests import Request

from dashboard.api import catalogue, tables
from dashboard.api.filters import OPERATORS, OPTIONS
from dashboard.api.problem import Problem
from dashboard.citations import formats
from dashboard.start import START, Context
from data.home import HOME_VARIABLE, PACKAGE, Home
from data.register_spec import FILES
from scrapers.build import build
from scrapers.extract import html, office, pdf, sniff
from scrapers.extract.model import Extraction
from scrapers.register import read_register
from tests.support.small_home import small_home

URL = "https://example.org/page"
PAGES = PACKAGE.parent / "tests" / "pages"


def of_html(data: bytes) -> None:
    """A captured page."""
    _whole(html.extract(data, URL))


def of_pdf(data: bytes) -> None:
    """A captured PDF."""
    _whole(pdf.extract(data, URL, seconds=5))


def of_docx(data: bytes) -> None:
    """A captured Word file: the bytes are a package, its main part, or what `_document` makes one of."""
    body = data if data.startswith(b"PK") else _package(data if data.startswith(b"<") else _document(data))
    _whole(office.extract(body, URL, kind=sniff.DOCX))


def _whole(found: Extraction) -> None:
    assert all(found.text[one.char_start : one.char_end] == one.text for one in found.passages)
    assert found.text or found.problem
    json.dumps([found.title, found.text, [one.text for one in found.passages]]).encode()
    found.text.encode()  # a lone surrogate could not be stored


_ELEMENTS = (
    "p", "r", "t", "tbl", "tr", "tc", "pPr", "tcPr", "trPr", "sdt", "sdtContent", "hyperlink", "ins", "del", "fldSimple",
    "smartTag", "footnoteReference", "br", "tab", "numPr", "drawing", "txbxContent", "sectPr", "body",
)  # fmt: skip
_ATTRIBUTES = (
    "", ' w:val="Heading1"', ' w:val="-1"', ' w:val="99999999999"', ' r:id="rId1"', ' r:id="rIdNone"', ' w:anchor="a"',
    ' w:id="x"', ' w:val="on"', ' w:ilvl="9"', ' w:instr="HYPERLINK x"', ' xml:space="preserve"',
)  # fmt: skip


def _document(data: bytes) -> bytes:
    """Elements of a Word file in any order and depth: a byte opens one, closes the innermost, or stands for words."""
    out, opened = [], []
    for place, byte in enumerate(data[:4000]):
        if byte < 96 and len(opened) < 200:
            name = _ELEMENTS[byte % len(_ELEMENTS)]
            for part in ("p", "r") if byte >= 72 else ():  # as they stand in whole documents
                opened.append(part)
                out.append(f"<w:{part}>")
            opened.append(name)
            out.append(f"<w:{name}{_ATTRIBUTES[data[place - 1] % len(_ATTRIBUTES)]}>")
        elif byte < 192 and opened:
            out.append(f"</w:{opened.pop()}>")
        else:
            out.append(f"<w:t>word {byte} </w:t>")
    out += [f"</w:{name}>" for name in reversed(opened)]
    spaces = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    body = "".join(out)
    return f'<w:document xmlns:w="{spaces}" xmlns:r="{links}"><w:body>{body}</w:body></w:document>'.encode()


@functools.cache
def _parts() -> dict[str, bytes]:
    """A Word file with a paragraph, part by part."""
    import docx

    out = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("Some words.")
    document.save(out)
    with zipfile.ZipFile(out) as package:
        return {name: package.read(name) for name in package.namelist()}


def _package(main: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, body in _parts().items():
            package.writestr(name, main if name == "word/document.xml" else body)
    return out.getvalue()


@functools.cache
def _register_home() -> Home:
    root = Path(tempfile.mkdtemp(prefix="fuzz-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))  # noqa: S108
    return small_home(root / "home", {"statements": 1})


def of_register(data: bytes) -> None:
    """A file of the register: the first byte chooses which; a second of 0 puts its header before the rest."""
    home = _register_home()
    spec = FILES[data[0] % len(FILES)] if data else FILES[0]
    path = home.register / f"{spec.name}.csv"
    before = path.read_bytes() if path.exists() else None
    header = ",".join(column.name for column in spec.columns).encode() + b"\n" if data[1:2] < b"\x80" else b""
    path.write_bytes(header + data[2:])
    try:
        for finding in read_register(home).findings:
            line = str(finding)
            assert finding.line >= 1 and finding.text and line.isprintable(), repr(line)
    finally:
        path.unlink() if before is None else path.write_bytes(before)


@functools.cache
def _read_home() -> Home:
    home = small_home(Path(tempfile.mkdtemp(prefix="fuzz-")) / "home", {"statements": 3, "events": 2, "reviews": 2})
    build(home)
    os.environ[HOME_VARIABLE] = str(home.root)
    return home


_TABLES = ("statement", "timeline", "claimed_total", "capture", "organisation", "adoption")
_FORMS = ("json", "csv", "ndjson", "parquet", "xlsx")


def _part(table: str, part: bytes) -> str:
    state = START.state()
    assert isinstance(state, Context)
    names = [*(column.name for column in catalogue.tables(state.record)[table].columns), *OPTIONS]
    column, operator = names[part[0] % len(names) if part else 0], ("", *OPERATORS)[part[1] % 9 if part[1:] else 0]
    told = f"{column}__{operator}" if operator and not column.startswith("_") else column
    return f"{told}={quote(part[2:])}"


def of_filters(data: bytes) -> None:
    """The query of an address of the API: two bytes choose table and format, the rest is the query as sent; or, where
    the second is large, parts between 0x1e, of which two bytes choose column and filter."""
    _read_home()
    first, second = data[:1] or b"\0", data[1:2] or b"\0"
    name, form = _TABLES[first[0] % len(_TABLES)], _FORMS[second[0] % len(_FORMS)]
    if second[0] >= 128:
        data = b"  " + "&".join(_part(name, part) for part in data[2:].split(b"\x1e")).encode()
    query = quote(data[2:], safe="&=+%,;:-_.~").encode()  # servers refuse a request line that is not ASCII
    request = Request(
        {
            "type": "http", "method": "GET", "path": f"/api/v1/{name}.{form}", "query_string": query, "headers": [],
            "path_params": {"table": name, "format": form}, "server": ("testserver", 80), "scheme": "http",
        }
    )  # fmt: skip
    try:
        answer = tables._answer(request)
    except Problem as problem:
        assert 400 <= problem.status < 500, problem.detail
        answer = problem.response()
    assert answer.status_code < 500
    for field, value in answer.headers.items():
        assert "\n" not in value and "\r" not in value, field


def of_citations(data: bytes) -> None:
    """A row's words: title, author and note of its reference, parted by line feeds where there are."""
    import rispy
    from pybtex.database import parse_string

    words = data.decode("utf-8", "replace").replace("\0", "").split("\x1e")
    title, author, note = [*words, "", "", ""][:3]
    cited = {
        "id": "statement-a", "type": "webpage", "title": title, "author": [{"literal": author}],
        "issued": {"date-parts": [[2021, 5, 12]]}, "container-title": "A record", "version": "record 1 of 2021-05-12",
        "URL": "https://example.org/statements/a", "accessed": {"date-parts": [[2021, 6, 1]]}, "language": "en-GB",
    }  # fmt: skip
    if note.strip():
        cited["note"] = f"Original page: https://example.org/{note.split()[0]}"
    if not author.strip():
        del cited["author"]
    assert json.loads(formats.as_json(cited)) == [cited]
    written = parse_string(formats.as_bibtex(cited), "bibtex")
    assert list(written.entries) == ["statement-a"] and written.entries["statement-a"].fields["year"] == "2021"
    assert written.entries["statement-a"].fields["url"] == cited["URL"]
    ris = formats.as_ris(cited)
    assert len(rispy.loads(ris)) == 1 and ris.count("ER  -") == 1
    assert all(line[2:6] == "  - " for line in ris.splitlines() if line.strip()), ris
    for style in formats.STYLES:
        assert len(formats.formatted(cited, style).splitlines()) <= 1


TARGETS: dict[str, Callable[[bytes], None]] = {
    "html": of_html,
    "pdf": of_pdf,
    "docx": of_docx,
    "register": of_register,
    "filters": of_filters,
    "citations": of_citations,
}


def seeds(name: str) -> list[bytes]:
    """Good inputs from which a fuzzer starts."""
    if name == "html":
        return [file.read_bytes() for file in sorted((PAGES / "extract").glob("*.html"))]
    if name == "pdf":
        from fpdf import FPDF

        paper = FPDF()
        paper.add_page()
        paper.set_font("helvetica", size=12)
        paper.multi_cell(0, text="Minutes of a meeting\n\nThe trust told staff to stop on 12 May 2021.")
        return [bytes(paper.output())]
    if name == "docx":
        words = bytes([0, 1, 2, 255, 100, 100, 100, 3, 4, 5, 72, 250, 100, 100, 100, 5, 200, 100, 100, 100, 11, 1, 201])
        return [_parts()["word/document.xml"], _package(_parts()["word/document.xml"]), words, bytes(range(256))]
    if name == "register":
        files = sorted((PACKAGE / "register").glob("*.csv"))
        order = {spec.name: place for place, spec in enumerate(FILES)}
        return [
            bytes([order[file.stem], 255]) + b"".join(file.read_bytes().splitlines(keepends=True)[:3])
            for file in files
            if file.stem in order
        ]
    if name == "filters":
        queries = [
            {"_sort": "-on_date", "_limit": "2", "_facet": "position"}, {"on_date__gte": "2021-05-12"},
            {"org_ids__in": "slam,acp-uk"}, {"summary__contains": "stop", "_fields": "statement_id,title"},
            {"value__gt": "3.5", "_cursor": "WyIyMDIxLTA1LTEyIiwiYSJd"}, {"captured_at__lt": "2021-05-12T10:00:00Z"},
            {"source_id__null": "true", "number__ne": "1"},
        ]  # fmt: skip
        parts = [
            b"\x00\xff\x05\x012021-05-12",
            b"\x01\x80\x02\x07a\x1e\x03\x00b\x1e\xff\x00x",
            b"\x02\x81\x01\x011.5\x1e\x04\x08true",
        ]
        return [bytes([place, place]) + urlencode(query).encode() for place, query in enumerate(queries)] + parts
    return [
        b"A title\x1eA body\x1epage", b"{Stop} \\SIM & 100% of_it\x1eA, B; C and D\x1e{x}",
        b"ER  - \nTY  - BOOK\x1ea\r\nb\x1ea b", "“Quoted”?\x1eÆ Ø\x1e".encode(),
    ]  # fmt: skip
