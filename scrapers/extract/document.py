"""Bytes to a tree: finds the encoding, keeps to a size, and parses whatever comes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from charset_normalizer import from_bytes
from lxml import etree

MOST_BYTES: Final = 8_000_000
"""Of a longer page only this beginning is read."""
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*>")
_BOMS: Final = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_READ_AS: Final = dict.fromkeys(("iso-8859-1", "latin-1", "latin1", "ascii", "us-ascii"), "cp1252")
"""Encodings that browsers read as another, wider one."""
_GUESSED_FROM: Final = 60_000
_RARE: Final = 6
"""Of so many bytes at most one is above ASCII in Western text, which is then read as browsers read it."""


@dataclass(frozen=True)
class Document:
    """A parsed page: its root element, or None where there was nothing to parse, its encoding, what was left out."""

    root: Any | None
    charset: str
    problem: str | None = None


def decode(body: bytes, declared: str | None = None) -> tuple[str, str]:
    """The text of a body and the encoding it was read by. Byte order mark, then UTF-8 where the bytes are valid UTF-8,
    then what the server or the page declares, then a guess; never fails."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace"), name.removesuffix("-sig")
    if b"\x00" in body[:200] and body[:200].count(b"\x00") >= len(body[:200]) // 3:
        name = "utf-16-be" if body[:1] == b"\x00" else "utf-16-le"
        return body.decode(name, "replace"), name
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        nearly = error.start >= len(body) - 4
    if nearly:
        return body.decode("utf-8", "replace"), "utf-8"
    stated = [declared or ""]
    for found in (_XML_CHARSET.search(body[:300]), _META_CHARSET.search(body[:4096])):
        if found:
            stated.append(found.group(1).decode("ascii", "replace"))
    for name in stated:
        lower = name.strip().strip("\"'").lower()
        if not lower:
            continue
        try:
            text = body.decode(_READ_AS.get(lower, lower), "replace")
        except (LookupError, UnicodeError, ValueError):
            continue
        if text.count("\ufffd") * 200 <= len(text):
            return text, lower
    high = sum(byte >= 0x80 for byte in body[:_GUESSED_FROM])
    if high * _RARE <= len(body[:_GUESSED_FROM]):
        try:
            return body.decode("cp1252"), "cp1252"
        except UnicodeDecodeError:
            pass
    guess = from_bytes(body[:_GUESSED_FROM]).best()
    name = guess.encoding if guess is not None else "cp1252"
    return body.decode(name, "replace"), name


_NOT_XML: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that the parser reads and the tree does not let itself be given."""
_OF_HEAD: Final = frozenset({"base", "link", "meta", "noscript", "script", "style", "template", "title"})


def parse(body: bytes, declared: str | None = None) -> Document:
    """The tree of an HTML page. Comments and processing instructions are left out."""
    problem = None
    if len(body) > MOST_BYTES:
        problem = f"only the first {MOST_BYTES // 1_000_000} MB read"
        body = body[:MOST_BYTES]
    text, charset = decode(body, declared)
    if "\x00" in text:
        text = text.replace("\x00", "")
    if text.lstrip()[:5] == "<?xml":
        text = _XML_DECLARATION.sub("", text, count=1)
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True, no_network=True
    )  # fmt: skip
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is not None:
        _take_out_of_head(root)
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        deep = "nested too deeply; only the beginning was read"
        problem = f"{problem}; {deep}" if problem else deep
    return Document(root, charset, problem)


def _take_out_of_head(root: etree._Element) -> None:
    """Move what a browser would show out of the head: where a page has no body tag, the parser leaves tags that it
    does not know, `main` among them, and all that follows, in it."""
    head = root.find("head")
    if head is None:
        return
    stray = next((at for at, child in enumerate(head) if child.tag not in _OF_HEAD), None)
    if stray is None:
        return
    body = root.find("body")
    if body is None:
        body = etree.SubElement(root, "body")
    moved = [*head][stray:]
    for at, child in enumerate(moved):
        body.insert(at, child)
    moved[-1].tail = _NOT_XML.sub("", (moved[-1].tail or "") + (body.text or ""))
    body.text = None
