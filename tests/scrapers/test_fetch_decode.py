"""Charsets found, and what is made of the bytes."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.decode import decode_body, find_charset, to_text
from scrapers.outcomes import FetchError, TooLarge

TEXT = "Prime Minister’s café – £5 “naïve” coöperation"


def page(text: str, meta: str = "") -> str:
    return f"<html><head>{meta}<title>x</title></head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("body", "header", "how"),
    [
        (page(TEXT).encode(), "text/html; charset=utf-8", "header"),
        (page(TEXT).encode(), None, "bytes"),
        (page(TEXT).encode("cp1252"), "text/html; charset=windows-1252", "header"),
        (page(TEXT).encode("cp1252"), "text/html; charset=ISO-8859-1", "header"),
        (page(TEXT).encode("cp1252"), "text/html; charset=utf-8", "guess"),
        (page(TEXT).encode(), "text/html; charset=iso-8859-1", "bytes"),
        (page(TEXT).encode("utf-16"), "text/html", "bom"),
        (page(TEXT).encode("utf-16-le"), "text/html", "bytes"),
        (b"\xef\xbb\xbf" + page(TEXT).encode(), "text/html; charset=iso-8859-1", "bom"),
        (page(TEXT, '<meta charset="windows-1252">').encode("cp1252"), "text/html", "meta"),
        (
            page(TEXT, "<meta http-equiv=Content-Type content='text/html; charset=cp1252'>").encode("cp1252"),
            None,
            "meta",
        ),
        (page(TEXT, '<meta charset="utf-16">').encode(), None, "bytes"),
        (page(TEXT, '<meta charset="nonsense">').encode("cp1252"), "text/html; charset=more-nonsense", "guess"),
        (page(TEXT, '<meta charset="rot13">').encode(), None, "bytes"),
    ],
)
def test_charset_is_found(body: bytes, header: str | None, how: str) -> None:
    found = find_charset(body, header)
    assert found.how == how
    assert TEXT in to_text(body, found.name)


def test_other_scripts_are_read_by_what_they_state() -> None:
    text = "日本語のページです。" * 5
    assert text in to_text(page(text, '<meta charset="shift_jis">').encode("shift_jis"), "shift_jis")
    found = find_charset(page(text, '<meta charset="shift_jis">').encode("shift_jis"), None)
    assert (found.name, found.how) == ("shift_jis", "meta")


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([None, "text/html; charset=utf-8", "text/html; charset=iso-8859-1", "x; charset=''"]),
)
def test_any_bytes_have_some_charset(body: bytes, header: str | None) -> None:
    to_text(body, find_charset(body, header).name).encode("utf-8", "replace")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "gzip, deflate", "deflate, deflate"]))
def test_any_bytes_decode_or_are_refused_by_name(raw: bytes, coding: str) -> None:
    try:
        decode_body(raw, coding, 10_000)
    except FetchError as error:
        assert error.outcome in ("undecodable", "truncated", "too-large")


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=300_000), st.booleans(), st.integers(1, 9))
def test_what_was_compressed_comes_back(body: bytes, framed: bool, level: int) -> None:
    assert decode_body(gzip.compress(body, level), "gzip") == body
    packed = zlib.compress(body, level)
    assert decode_body(packed if framed else packed[2:-4], "deflate") == body
    assert decode_body(gzip.compress(packed), "deflate, gzip") == body


def test_the_cap_is_exact() -> None:
    body = bytes(20_000_000)
    packed = gzip.compress(body)
    assert len(decode_body(packed, "gzip", 20_000_000)) == 20_000_000
    with pytest.raises(TooLarge):
        decode_body(packed, "gzip", 19_999_999)
    with pytest.raises(TooLarge):
        decode_body(body, None, 19_999_999)
