"""DOCX and PPTX made here, good and bad."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from pptx import Presentation
from pptx.util import Inches

from scrapers.extract import read

URL = "https://trust.example.org/papers/case.docx"


def saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def linked(paragraph: Any, url: str, words: str) -> None:
    relation = paragraph.part.relate_to(url, docx.opc.constants.RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), relation)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = words
    run.append(text)
    link.append(run)
    paragraph._p.append(link)


def case() -> Any:
    document = docx.Document()
    document.core_properties.author = "Bridge Network"
    document.add_heading("Business case for Bridge Mentoring", 0)
    document.add_paragraph("Version 4, 3 March 2019")
    document.add_heading("What it costs", 1)
    document.add_paragraph("Each team has one officer and one nurse, and costs about £86,000 a year.")
    document.add_paragraph("an officer", style="List Bullet")
    document.add_paragraph("a nurse", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(
        (c for row in table.rows for c in row.cells), ("Area", "Teams", "Northshire", "3"), strict=True
    ):
        cell.text = text
    linked(document.add_paragraph("Source: "), "https://network.example.org/results", "results")
    return document


def slides() -> Any:
    deck = Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[1])
    first.shapes.title.text = "What is Bridge Mentoring?"
    first.placeholders[1].text = "Begun in 2013\nNow in 14 trusts"
    first.notes_slide.notes_text_frame.text = "Say that the figures are our own."
    second = deck.slides.add_slide(deck.slide_layouts[5])
    second.shapes.title.text = "Where it runs"
    table = second.shapes.add_table(2, 2, Inches(1), Inches(2), Inches(5), Inches(1)).table
    for number, text in enumerate(("Area", "Teams", "Northshire", "3")):
        table.cell(number // 2, number % 2).text = text
    box = second.shapes.add_textbox(Inches(1), Inches(4), Inches(4), Inches(1)).text_frame
    run = box.paragraphs[0].add_run()
    run.text = "the network"
    run.hyperlink.address = "https://network.example.org/"
    return deck


def test_a_document_gives_title_date_passages_and_links() -> None:
    found = read(saved(case()), url=URL)
    assert found.title == "Business case for Bridge Mentoring"
    assert (found.published_on, found.published_how) == ("2019-03-03", "label")
    assert (found.author, found.problem) == ("Bridge Network", None)
    assert [(one.kind, one.text) for one in found.passages[2:8]] == [
        ("heading", "What it costs"),
        ("paragraph", "Each team has one officer and one nurse, and costs about £86,000 a year."),
        ("list-item", "an officer"),
        ("list-item", "a nurse"),
        ("table-row", "Area | Teams"),
        ("table-row", "Northshire | 3"),
    ]
    assert found.passages[7].heading == "Business case for Bridge Mentoring > What it costs > Area | Teams"
    assert [(link.url, link.text) for link in found.links] == [("https://network.example.org/results", "results")]
    assert all(found.text[one.char_start : one.char_end] == one.text for one in found.passages)


def test_slides_give_passages_with_their_number_tables_notes_and_links() -> None:
    found = read(saved(slides()), url="https://trust.example.org/talk.pptx")
    assert (found.title, found.pages, found.problem) == ("What is Bridge Mentoring?", 2, None)
    assert [(one.page_number, one.kind, one.text) for one in found.passages] == [
        (1, "heading", "What is Bridge Mentoring?"),
        (1, "list-item", "Begun in 2013"),
        (1, "list-item", "Now in 14 trusts"),
        (1, "paragraph", "Say that the figures are our own."),
        (2, "heading", "Where it runs"),
        (2, "table-row", "Area | Teams"),
        (2, "table-row", "Northshire | 3"),
        (2, "paragraph", "the network"),
    ]
    assert found.passages[3].heading == "What is Bridge Mentoring? > Notes"
    assert [link.url for link in found.links] == ["https://network.example.org/"]


def repacked(body: bytes, change: dict[str, bytes | None], extra: dict[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = change.get(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name, content in (extra or {}).items():
            new.writestr(name, content)
    return out.getvalue()


def test_a_document_with_macros_is_read_and_its_macros_are_not() -> None:
    body = saved(case())
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        types = archive.read("[Content_Types].xml").decode()
    plain = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    assert plain in types
    types = types.replace(plain, "application/vnd.ms-word.document.macroEnabled.main+xml")
    body = repacked(
        body, {"[Content_Types].xml": types.encode()}, {"word/vbaProject.bin": b"Sub AutoOpen() Shell evil"}
    )
    found = read(body, url="https://trust.example.org/case.docm")
    assert found.title == "Business case for Bridge Mentoring"
    assert "AutoOpen" not in found.text


def test_text_that_was_deleted_under_tracked_changes_is_left_out_and_footnotes_are_kept_apart() -> None:
    document = case()
    paragraph = document.add_paragraph("It is said to work. ")
    gone, run, text = OxmlElement("w:del"), OxmlElement("w:r"), OxmlElement("w:delText")
    text.text = "Nobody checked."
    run.append(text)
    gone.append(run)
    paragraph._p.append(gone)
    found = read(saved(document), url=URL).text
    assert "It is said to work." in found
    assert "Nobody checked." not in found


def test_an_overblown_file_is_refused_before_it_is_unpacked() -> None:
    bomb = b"<w:document>" + b" " * 30_000_000 + b"</w:document>"
    found = read(repacked(saved(case()), {"word/document.xml": bomb}), url=URL)
    assert found.problem == "Office file refused: it would unpack to far more than a document"
    many = repacked(saved(case()), {}, {f"word/x{n}.xml": b"" for n in range(5100)})
    assert read(many, url=URL).problem == "Office file refused: it would unpack to far more than a document"


def test_entities_are_not_expanded() -> None:
    lol = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c SYSTEM 'file:///etc/passwd'>]>"
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    xml = f"{lol}<w:document xmlns:w='{space}'><w:body><w:p><w:r><w:t>seen &b; &c;</w:t></w:r></w:p></w:body></w:document>"
    found = read(repacked(saved(case()), {"word/document.xml": xml.encode()}), url=URL)
    assert "root:" not in found.text
    assert "aaaaaaaaaaaa" not in found.text


@pytest.mark.parametrize("make", [case, slides])
def test_cut_and_broken_files_give_a_problem(make: Any) -> None:
    body = saved(make())
    for part in (body[: len(body) // 2], body[:200], b"PK\x03\x04" + b"\x00" * 400, body[:-30] + b"\x00" * 30):
        found = read(part, url=URL)
        assert found.problem
        assert found.text == ""


@pytest.mark.parametrize("name", ["word/document.xml", "[Content_Types].xml", "_rels/.rels"])
@pytest.mark.parametrize("content", [None, b"", b"<broken", b"<x/>"])
def test_files_with_a_part_gone_or_broken_give_a_problem(name: str, content: bytes | None) -> None:
    found = read(repacked(saved(case()), {name: content}), url=URL)
    assert found.problem
    assert found.text == ""


def test_an_empty_document_says_so() -> None:
    assert read(saved(docx.Document()), url=URL).problem == "no text in the file"


def test_other_archives_and_old_files_are_named() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("data.csv", "a,b")
    assert read(out.getvalue(), url="https://example.org/data.zip").problem == "a ZIP archive, not a document"
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
    assert read(old, url="https://example.org/old.doc").problem == "an old or encrypted Office file, which is not read"
