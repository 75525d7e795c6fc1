"""PDF files made here, good and bad."""

from __future__ import annotations

import time

import pytest
from fpdf import FPDF
from PIL import Image

from scrapers.extract import Extraction, read
from scrapers.extract.pdf import extract

URL = "https://trust.example.org/papers/board-paper.pdf"
SENTENCE = "The board heard how people came to be placed on the scheme and what was known of their care. "


def paper(pages: int = 2) -> FPDF:
    pdf = FPDF()
    pdf.set_title("Microsoft Word - board paper final.docx")
    pdf.set_author("Northshire Partnership")
    for number in range(1, pages + 1):
        pdf.add_page()
        pdf.set_font("helvetica", "", 8)
        pdf.text(20, 8, f"Board paper page {number} of {pages}")
        pdf.set_y(20)
        if number == 1:
            pdf.set_font("helvetica", "B", 20)
            pdf.multi_cell(0, 9, "Bridge Mentoring: report to the board", new_x="LMARGIN", new_y="NEXT")
            pdf.set_font("helvetica", "", 11)
            pdf.cell(0, 8, "12 May 2021", new_x="LMARGIN", new_y="NEXT")
        pdf.set_font("helvetica", "B", 14)
        pdf.cell(0, 10, f"Part {number}", new_x="LMARGIN", new_y="NEXT")
        pdf.set_font("helvetica", "", 11)
        pdf.multi_cell(0, 6, SENTENCE * 4, new_x="LMARGIN", new_y="NEXT")
        pdf.ln(6)
        pdf.multi_cell(
            0,
            6,
            f"In part {number} the trust says that 17 people took part. " + SENTENCE * 3,
            new_x="LMARGIN",
            new_y="NEXT",
        )
    return pdf


def made(pdf: FPDF) -> bytes:
    return bytes(pdf.output())


def spans_hold(found: Extraction) -> bool:
    return all(found.text[one.char_start : one.char_end] == one.text for one in found.passages)


def test_a_paper_gives_title_date_pages_and_blocks() -> None:
    found = read(made(paper()), url=URL, media_type="application/pdf")
    assert found.title == "Bridge Mentoring: report to the board"
    assert (found.published_on, found.published_how) == ("2021-05-12", "label")
    assert (found.pages, found.problem, found.author) == (2, None, "Northshire Partnership")
    assert spans_hold(found)
    second = [one for one in found.passages if one.page_number == 2]
    assert "Part 2" in [one.text for one in second if one.kind == "heading"]
    block = next(one for one in second if "17 people" in one.text)
    assert block.kind == "block"
    assert block.heading is not None and block.heading.endswith("Part 2")
    assert block.text.startswith("In part 2 the trust says that 17 people took part.")


def test_running_heads_are_left_out_of_longer_papers() -> None:
    found = extract(made(paper(5)), URL)
    assert "Board paper page" not in found.text
    assert found.pages == 5


def test_what_a_program_noted_of_dates_is_a_candidate_only() -> None:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", "", 11)
    pdf.multi_cell(0, 6, SENTENCE * 5)
    found = extract(made(pdf), URL)
    assert found.published_on is None
    assert [(date.how, date.role) for date in found.dates] == [("meta", "candidate")]


def test_rows_of_a_table_are_passages_with_cells() -> None:
    pdf = paper(1)
    rows = [
        ("Trust", "Force", "Status"),
        ("Northshire", "Northshire Police", "Live"),
        ("Eastvale", "Eastvale Police", "Paused"),
    ]
    for number, row in enumerate(rows):
        pdf.set_font("helvetica", "B" if number == 0 else "", 11)
        for cell in row:
            pdf.cell(60, 8, cell)
        pdf.ln(8)
    found = extract(made(pdf), URL)
    table = [one for one in found.passages if one.kind == "table-row"]
    assert [one.text for one in table] == [
        "Trust | Force | Status",
        "Northshire | Northshire Police | Live",
        "Eastvale | Eastvale Police | Paused",
    ]
    assert table[1].heading is not None and table[1].heading.endswith("Trust | Force | Status")


def test_items_are_parted_and_links_are_read_from_areas_and_words() -> None:
    pdf = paper(1)
    pdf.set_font("helvetica", "", 11)
    for item in ("1. a plan was written without them", "2. nobody told their doctor", "- it is not known who decided"):
        pdf.cell(0, 6, item, new_x="LMARGIN", new_y="NEXT")
    pdf.ln(6)
    pdf.cell(0, 6, "the agreement", link="https://police.example.org/agreement?v=2", new_x="LMARGIN", new_y="NEXT")
    pdf.cell(0, 6, "See also https://campaign.example.org/bridge.", new_x="LMARGIN", new_y="NEXT")
    found = extract(made(pdf), URL)
    assert [one.text for one in found.passages if one.kind == "list-item"] == [
        "1. a plan was written without them",
        "2. nobody told their doctor",
        "it is not known who decided",
    ]
    assert [link.url for link in found.links] == [
        "https://police.example.org/agreement?v=2",
        "https://campaign.example.org/bridge",
    ]


def test_contact_details_in_a_paper_are_masked() -> None:
    pdf = paper(1)
    pdf.set_font("helvetica", "", 11)
    pdf.multi_cell(0, 6, "Questions to governance@trust.example.org or 020 7946 0000.")
    text = extract(made(pdf), URL).text
    assert "Questions to [e-mail address] or [phone number]." in text


def test_an_encrypted_paper_says_so() -> None:
    pdf = paper(1)
    pdf.set_encryption("owner", "reader")
    found = extract(made(pdf), URL)
    assert (found.problem, found.text, found.passages) == ("encrypted PDF", "", ())


def test_a_scanned_paper_says_so() -> None:
    def scan() -> FPDF:
        pdf = FPDF()
        pdf.add_page()
        pdf.image(Image.new("L", (300, 400), 200), 0, 0, 210)
        return pdf

    assert extract(made(scan()), URL).problem == "scanned pages without text"
    pdf = scan()
    pdf.add_page()
    pdf.set_font("helvetica", "", 11)
    pdf.multi_cell(0, 6, SENTENCE)
    found = extract(made(pdf), URL)
    assert found.problem == "1 of 2 pages scanned, without text"
    assert [one.page_number for one in found.passages] == [2]


def test_a_paper_of_blank_pages_says_so() -> None:
    pdf = FPDF()
    pdf.add_page()
    assert extract(made(pdf), URL).problem == "no text in the PDF"


@pytest.mark.parametrize(
    "body", [b"%PDF-1.7", b"%PDF-1.4\n%%EOF", b"%PDF-1.4" + b"\x00" * 5000, b"%PDF-" + bytes(range(256)) * 40]
)
def test_a_broken_paper_says_so(body: bytes) -> None:
    assert read(body, url=URL, media_type="application/pdf").problem == "broken PDF"


def test_a_cut_paper_is_read_or_called_broken() -> None:
    whole = made(paper(4))
    for share in (0.2, 0.5, 0.9, 0.99):
        found = extract(whole[: int(len(whole) * share)], URL)
        assert found.text or found.problem


def test_a_long_paper_stops_in_time_and_says_how_far_it_came() -> None:
    body = made(paper(60))
    start = time.monotonic()
    found = extract(body, URL, seconds=0.0)
    assert time.monotonic() - start < 5
    assert found.pages == 60
    assert found.problem == "only the first 1 of 60 pages read"
    assert found.text
