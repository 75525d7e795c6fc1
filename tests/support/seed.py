"""The statement this project began with, dressed at test time as the web page, PDF and DOCX it could have been.

The text itself is not part of the project: it is read from the folder named by SIM_RECORD_SHARED, or from `shared/`
beside the checkout.
"""

from __future__ import annotations

import html
import io
import os
import re
from dataclasses import dataclass
from pathlib import Path

from data.home import PACKAGE

FOLDER = Path(os.environ.get("SIM_RECORD_SHARED", PACKAGE.parent.parent / "shared"))
SEED = FOLDER / "seed" / "acp-uk-rapid-response-2021.txt"

URL = re.compile(r"https?://[^\s|\]]+|www\.[\w.-]+")
# The page linked these words; the text file keeps only the words.
LINKED_WORDS = {
    "BPS statement": "https://www.bps.org.uk/news/bps-statement-regarding-high-intensity-networks-serenity-integrated-mentoring"
}


@dataclass(frozen=True)
class Block:
    """One line of the text and what it was on the page: title, byline, heading, concern, item, reference, paragraph."""

    kind: str
    text: str


def blocks(text: str) -> list[Block]:
    """The lines of the text with what each was on the page."""
    found: list[Block] = []
    in_references = False
    for line in text.splitlines():
        words = line.strip()
        if not words:
            continue
        if not found:
            found.append(Block("title", words))
        elif words.startswith("•"):
            kind = "byline" if not any(block.kind == "heading" for block in found) else "item"
            found.append(Block(kind, words.lstrip("• ")))
        elif in_references:
            found.append(Block("reference", re.sub(r"^\d+\.\s*", "", words)))
        elif re.match(r"\d+\. ", words):
            found.append(Block("concern", words))
        elif len(words) < 40 and not words.endswith((".", ":", "’")):
            found.append(Block("heading", words))
            in_references = words == "References"
        else:
            found.append(Block("paragraph", words))
    return found


def links(text: str) -> list[tuple[str, str]]:
    """(words, address) of each link in a reference."""
    found = [
        (match[0], match[0] if match[0].startswith("http") else f"http://{match[0]}") for match in URL.finditer(text)
    ]
    return found + [(words, url) for words, url in LINKED_WORDS.items() if words in text]


def as_html(text: str) -> bytes:
    """The page: navigation, article, reference list with links, footer."""
    out: list[str] = []
    open_list = ""
    title = ""
    for block in blocks(text):
        wanted = {"byline": "ul", "item": "ul", "reference": "ol"}.get(block.kind, "")
        if open_list and wanted != open_list:
            out.append(f"</{open_list}>")
            open_list = ""
        if wanted and not open_list:
            out.append(f'<{wanted} class="entry-meta">' if block.kind == "byline" else f"<{wanted}>")
            open_list = wanted
        words = html.escape(block.text)
        for label, url in links(block.text) if block.kind == "reference" else []:
            words = words.replace(html.escape(label), f'<a href="{html.escape(url)}">{html.escape(label)}</a>', 1)
        if block.kind == "title":
            title = words
        tag = {"title": "h1", "heading": "h2", "concern": "h3", "paragraph": "p"}.get(block.kind, "li")
        out.append(f"<{tag}>{words}</{tag}>")
    if open_list:
        out.append(f"</{open_list}>")
    page = f"""<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{title} - ACP UK</title></head><body>
    <nav><ul><li><a href="/">Home</a></li><li><a href="/about/">About us</a></li><li><a href="/join/">Join</a></li></ul></nav>
    <main><article>{"".join(out)}</article></main>
    <footer><p>Registered company. <a href="/privacy/">Privacy policy</a></p></footer></body></html>"""
    return page.encode()


def as_docx(text: str) -> bytes:
    """The same as a Word file, with headings, lists and hyperlinks."""
    import docx
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    document = docx.Document()
    for block in blocks(text):
        if block.kind == "title":
            document.core_properties.title = block.text
            document.add_heading(block.text, level=0)
        elif block.kind in ("heading", "concern"):
            document.add_heading(block.text, level=1 if block.kind == "heading" else 2)
        elif block.kind == "reference":
            paragraph = document.add_paragraph(style="List Number")
            rest = block.text
            for words, url in links(block.text):
                before, _, rest = rest.partition(words)
                paragraph.add_run(before)
                link = OxmlElement("w:hyperlink")
                link.set(qn("r:id"), paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
                run, shown = OxmlElement("w:r"), OxmlElement("w:t")
                shown.text = words
                run.append(shown)
                link.append(run)
                paragraph._p.append(link)
            paragraph.add_run(rest)
        else:
            document.add_paragraph(block.text, style="List Bullet" if block.kind in ("byline", "item") else None)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def as_pdf(text: str) -> bytes:
    """The same as a PDF of several pages, with headings, lists and links."""
    from fpdf import FPDF

    plain = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "•": "-", "\u00a0": " "})
    pdf = FPDF()
    pdf.set_auto_page_break(True, margin=20)
    pdf.add_page()
    for block in blocks(text):
        words = block.text.translate(plain).encode("latin-1", "replace").decode("latin-1")
        if block.kind == "title":
            pdf.set_title(words)
        big = {"title": 18, "heading": 14, "concern": 12}.get(block.kind)
        pdf.set_font("Helvetica", "B" if big else "", big or 10)
        if block.kind == "reference":
            for label, url in links(block.text):
                pdf.set_text_color(0, 0, 200)
                pdf.write(5, label.translate(plain), link=url)
                pdf.set_text_color(0, 0, 0)
                words = words.replace(label.translate(plain), "", 1)
                pdf.write(5, " ")
            pdf.write(5, words)
            pdf.ln(8)
            continue
        pdf.multi_cell(0, 6, f"- {words}" if block.kind in ("byline", "item") else words, new_x="LMARGIN", new_y="NEXT")
        pdf.ln(3)
    return bytes(pdf.output())
