"""Bytes as served → bytes of the page → text: content coding undone in small steps, and the charset found."""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from charset_normalizer import from_bytes

from scrapers.outcomes import CutShort, TooLarge, Undecodable

STEP: Final = 64 * 1024
KEPT: Final = 8 * 1024 * 1024
"""Decoded bytes kept while their full length is not known yet; a longer body is decoded a second time, so that a
bomb costs this much and no more."""
MAX_CODINGS: Final = 4
HARMLESS: Final = frozenset({"", "identity", "none", "binary", "utf-8", "utf8", "iso-8859-1", "8bit"})
ACCEPTED: Final = "gzip, deflate"
"""Sent as Accept-Encoding: nothing is asked for that cannot be undone."""


def codings(header: str | None) -> tuple[str, ...]:
    """The content codings to undo, outermost first. Raises Undecodable for one that is not known."""
    names = [name.strip().lower() for name in (header or "").split(",")]
    wanted = [name for name in names if name not in HARMLESS]
    if len(wanted) > MAX_CODINGS:
        raise Undecodable(f"The body is coded {len(wanted)} times over.")
    for name in wanted:
        if name not in ("gzip", "x-gzip", "deflate"):
            raise Undecodable("The body is compressed in a way that was not asked for and cannot be undone here.")
    return tuple(reversed(wanted))


def _gunzip(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Undo gzip, member after member; padding after the last is passed over, as browsers do."""
    engine = zlib.decompressobj(31)
    begun = False
    for chunk in chunks:
        data = chunk
        while data:
            if engine.eof:
                if data[:1] != b"\x1f":
                    return
                engine = zlib.decompressobj(31)
            begun = True
            try:
                piece = engine.decompress(data, STEP)
            except zlib.error as error:
                raise Undecodable("The body is not the gzip that its headers say.") from error
            if piece:
                yield piece
            data = engine.unused_data if engine.eof else engine.unconsumed_tail
            if not piece and not engine.eof and not data:
                break
    while begun and not engine.eof:
        piece = engine.decompress(engine.unconsumed_tail, STEP)
        if not piece:
            raise CutShort("The compressed body ends before its end.")
        yield piece


def _inflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Undo deflate, with or without the zlib frame: servers send both under that name."""
    engine = None
    for chunk in chunks:
        data = chunk
        while data:
            if engine is None:
                framed = (data[0] & 0x0F) == 8 and (len(data) < 2 or (data[0] * 256 + data[1]) % 31 == 0)
                engine = zlib.decompressobj(15 if framed else -15)
            if engine.eof:
                return
            try:
                piece = engine.decompress(data, STEP)
            except zlib.error as error:
                raise Undecodable("The body is not the deflate that its headers say.") from error
            if piece:
                yield piece
            data = b"" if engine.eof else engine.unconsumed_tail
    while engine is not None and not engine.eof:
        piece = engine.decompress(engine.unconsumed_tail, STEP)
        if not piece:
            raise CutShort("The compressed body ends before its end.")
        yield piece


def decoded(chunks: Iterable[bytes], names: tuple[str, ...]) -> Iterator[bytes]:
    """The body in pieces of at most 64 KiB, whatever the codings unfold to. Raises Undecodable, CutShort."""
    stream: Iterable[bytes] = chunks
    for name in names:
        stream = _inflate(stream) if name == "deflate" else _gunzip(stream)
    return iter(stream)


def decode_body(raw: bytes, header: str | None, cap: int | None = None) -> bytes:
    """The body after content decoding. Raises TooLarge over `cap` bytes, Undecodable, CutShort.

    Memory stays near len(raw) + 8 MiB until it is sure that the body is within the cap.
    """
    names = codings(header)
    if not names:
        if cap is not None and len(raw) > cap:
            raise TooLarge(f"The body is larger than {cap // 1_000_000} MB.")
        return raw
    if not raw:
        return b""
    if len(names) == 1 and len(raw) < STEP:
        whole = _at_once(raw, names[0], cap)
        if whole is not None:
            return whole
    pieces: list[bytes] = []
    size = 0
    for piece in decoded(_steps(raw), names):
        size += len(piece)
        if cap is not None and size > cap:
            raise TooLarge(f"The body unfolds to more than {cap // 1_000_000} MB.")
        if size <= KEPT:
            pieces.append(piece)
        else:
            pieces.clear()
    if size <= KEPT:
        return b"".join(pieces)
    return b"".join(decoded(_steps(raw), names))


def _at_once(raw: bytes, name: str, cap: int | None) -> bytes | None:
    """The ordinary case in one call: a small body, one coding, one member, within bounds; else None."""
    engine = zlib.decompressobj(15 if name == "deflate" else 31)
    limit = min(KEPT, cap) if cap is not None else KEPT
    try:
        whole = engine.decompress(raw, limit + 1)
    except zlib.error:
        return None
    return whole if engine.eof and not engine.unused_data and len(whole) <= limit else None


def _steps(raw: bytes) -> Iterator[bytes]:
    view = memoryview(raw)
    for start in range(0, len(raw), STEP):
        yield bytes(view[start : start + STEP])


# -- charset

_META: Final = re.compile(rb"""<meta[^>]{0,400}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.\-]{2,40})""", re.IGNORECASE)
_XML: Final = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_:.\-]{2,40})["']""", re.IGNORECASE)
_PARAMETER: Final = re.compile(r"""charset\s*=\s*["']?\s*([^\s"';,]{2,40})""", re.IGNORECASE)
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_LATIN: Final = frozenset({"iso8859-1", "ascii", "cp1252"})
HEAD: Final = 4096


@dataclass(frozen=True)
class Charset:
    """A character encoding by Python's name, and how it was found: bom, header, meta, bytes or guess."""

    name: str
    how: str


def _known(name: str) -> str | None:
    """Python's name of an encoding that a web page may be in, or None. As in browsers, latin-1 is windows-1252."""
    try:
        found = codecs.lookup(name.strip().strip("\"'"))
        b"".decode(found.name)  # codecs such as rot13 or zip are none of text and say so here
    except (LookupError, ValueError):
        return None
    return "cp1252" if found.name in ("iso8859-1", "ascii") else found.name


def _fits(body: bytes, name: str) -> bool:
    try:
        body.decode(name)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def find_charset(body: bytes, content_type: str | None) -> Charset:
    """Which encoding a text is in: by byte order mark, header, meta, and then by the bytes themselves.

    A stated encoding that the bytes contradict is not believed: UTF-8 that does not decode, or a one-byte encoding
    stated for bytes that are UTF-8 throughout. Always answers; the last word is windows-1252.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return Charset(name, "bom")
    stated: list[Charset] = []
    header = _PARAMETER.search(content_type or "")
    if header and (found := _known(header[1])):
        stated.append(Charset(found, "header"))
    head = body[:HEAD]
    meta = _XML.search(head) or _META.search(head)
    if meta and (found := _known(meta[1].decode("ascii"))) and not found.startswith(("utf-16", "utf-32")):
        stated.append(Charset(found, "meta"))
    is_utf8: bool | None = None
    for charset in stated:
        if charset.name == "utf-8" or charset.name in _LATIN:
            if is_utf8 is None:
                is_utf8 = _fits(body, "utf-8")
            if charset.name == "utf-8" and is_utf8:
                return charset
            if charset.name != "utf-8":
                if is_utf8 and not body.isascii():
                    return Charset("utf-8", "bytes")
                return charset
        elif _fits(body, charset.name):
            return charset
    if is_utf8 is None:
        is_utf8 = b"\x00" not in body[:HEAD] and _fits(body, "utf-8")
    if is_utf8:
        return Charset("utf-8", "bytes")
    if body[:HEAD].count(b"\x00") > len(body[:HEAD]) // 4:
        odd = body[1:HEAD:2].count(b"\x00")
        even = body[0:HEAD:2].count(b"\x00")
        wide = "utf-16-le" if odd > even else "utf-16-be"
        if _fits(body[: len(body) // 2 * 2], wide):
            return Charset(wide, "bytes")
    best = from_bytes(body[: 16 * 1024], cp_exclusion=["utf_16", "utf_32"]).best()
    guess = _known(best.encoding) if best is not None else None
    if guess is None or guess == "utf-8" or guess.startswith(("iso8859", "mac", "cp")):
        guess = _one_byte(body, guess)
    return Charset(guess, "guess")


def _one_byte(body: bytes, guess: str | None) -> str:
    """Among encodings of one byte a guess on little text is a coin's throw: take the Western one where it fits."""
    if guess in (None, "utf-8") or _fits(body, "cp1252"):
        return "cp1252"
    return str(guess)


def to_text(body: bytes, charset: str) -> str:
    """The text; bytes that do not fit become U+FFFD. Raises nothing: an unknown charset is read as windows-1252."""
    try:
        text = body.decode(charset, "replace")
    except LookupError:
        text = body.decode("cp1252", "replace")
    return text.removeprefix("﻿")
