"""Bad input is normal input: nothing raises, nothing hangs, nothing live reaches a reader."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.extract import document, read
from scrapers.extract.characters import shown
from scrapers.extract.html import extract

URL = "https://example.org/page"
WORDS = "The trust says that seventeen people were placed on the scheme in that year. "


@pytest.mark.parametrize("body", [b"", b"   \n", b"\x00" * 100, b"\xef\xbb\xbf", b"\xff\xfe"])
@pytest.mark.parametrize("media_type", [None, "text/html", "application/pdf", "text/plain"])
def test_an_empty_body_says_so(body: bytes, media_type: str | None) -> None:
    assert read(body, url=URL, media_type=media_type).problem == "empty file"


@pytest.mark.parametrize(
    "body",
    [
        b"<html>", b"<html></html>", b"<!-- only a comment -->", b"<script>x</script>", b"<html><body><p></p></body></html>",
        b"<!DOCTYPE html>", b"<html><frameset><frame src=a></frameset></html>",
    ],
)  # fmt: skip
def test_a_page_without_text_says_so(body: bytes) -> None:
    found = extract(body, URL)
    assert found.text == ""
    assert found.problem == "no text in the page"


@pytest.mark.parametrize("tag", ["div", "span", "b", "ul><li", "table><tr><td", "blockquote", "a href=x"])
def test_deep_nesting_is_read_in_time(tag: str) -> None:
    start = time.process_time()
    found = extract(f"<html><body><p>{WORDS * 3}</p>{f'<{tag}>' * 100_000}deep</body></html>".encode(), URL)
    assert time.process_time() - start < 5
    assert "seventeen people" in found.text


def test_what_the_parser_left_out_for_its_depth_is_said() -> None:
    found = extract(f"<html><body><p>{WORDS * 3}</p>{'<div>' * 100_000}deep</body></html>".encode(), URL)
    assert found.problem == "nested too deeply; only the beginning was read"


def test_a_huge_page_is_cut_and_says_so() -> None:
    body = b"<html><body><article>" + f"<p>{WORDS * 4}</p>".encode() * 170_000 + b"</article></body></html>"
    assert len(body) > 50_000_000
    start = time.process_time()
    found = extract(body, URL)
    assert time.process_time() - start < 5
    assert found.problem is not None
    assert "seventeen people" in found.text


def test_one_huge_text_and_many_tiny_ones_are_read_in_time() -> None:
    for body in (
        "<p>" + "word " * 600_000,
        "<p>a" * 150_000,
        "<table>" + "<tr><td>a<td>b" * 60_000,
        "<br>" * 200_000 + "end",
        "<a href=x>y</a> " * 80_000,
        "&amp" * 500_000,
        "<" * 500_000,
    ):
        start = time.process_time()
        extract(f"<html><body>{body}</body></html>".encode(), URL)
        assert time.process_time() - start < 5


def test_scripts_events_and_hidden_markup_never_reach_the_text() -> None:
    body = (
        f"<html><body><h1 onclick='steal()'>Title<script>steal()</script></h1><p>{WORDS * 3}</p>"
        f"<img src=x onerror='steal()' alt='steal()'><svg><script>steal()</script><text>steal()</text></svg>"
        f"<iframe srcdoc='<p>steal()</p>'>steal()</iframe><template><p>steal()</p></template><textarea>steal()</textarea>"
        f"<style>steal()</style><!-- steal() --><p style='x:steal()' title='steal()'>{WORDS}</p><math><mtext>steal()</mtext></math>"
        "<noscript>steal()</noscript></body></html>"
    )
    found = extract(body.encode(), URL)
    assert "steal" not in found.text
    assert found.title == "Title"


def test_markup_written_as_text_stays_text() -> None:
    found = extract(f"<html><body><p>{WORDS}&lt;script&gt;x&lt;/script&gt; {WORDS}</p></body></html>".encode(), URL)
    assert "<script>x</script>" in found.text


@pytest.mark.parametrize(
    "mark", ["\u202e", "\u200b", "\u2066", "\ufeff", "\u00ad", "\x08", "\x1b", "\u2028", "\U000e0041"]
)
def test_marks_that_hide_or_turn_text_are_not_shown(mark: str) -> None:
    found = extract(
        f"<html><head><title>T{mark}itle</title></head><body><p>{mark}{WORDS}{mark}{WORDS}</p></body></html>".encode(),
        URL,
    )
    assert mark not in found.text
    assert mark not in (found.title or "")
    assert "seventeen people" in found.text


def test_right_to_left_script_keeps_its_letters_and_joiners() -> None:
    assert shown("\u202bمی\u200cخواهم\u202c") == "می\u200cخواهم"
    assert shown("family: 👨\u200d👩") == "family: 👨\u200d👩"
    assert shown("a\u200db") == "ab"


@pytest.mark.parametrize(
    ("body", "declared"),
    [
        (
            b"<meta charset=utf-8><p>{}".replace(
                b"{}", "Dŵr: in the report – naïve in places – they call ‘SIM’ a model of care. ".encode() * 20
            ),
            "iso-8859-1",
        ),
        (
            b"<p>{}".replace(
                b"{}", "In the report – naïve in places – they call ‘SIM’ a model of care. ".encode("cp1252") * 20
            ),
            "utf-8",
        ),
        (
            b"<p>{}".replace(
                b"{}", "In the report – naïve in places – they call ‘SIM’ a model of care. ".encode("cp1252") * 20
            ),
            "no-such-charset",
        ),
        (
            "<p>{}".replace(
                "{}", "Dŵr: in the report – naïve in places – they call ‘SIM’ a model of care. " * 20
            ).encode("utf-16"),
            None,
        ),
        (
            "<html><p>{}".replace(
                "{}", "Dŵr: in the report – naïve in places – they call ‘SIM’ a model of care. " * 20
            ).encode("utf-16-le"),
            None,
        ),
        (
            b"<meta charset='windows-1252'><p>"
            + "In the report – naïve in places – they call ‘SIM’ a model of care. ".encode("cp1252") * 20,
            None,
        ),
    ],
)
def test_the_bytes_outweigh_a_wrong_charset(body: bytes, declared: str | None) -> None:
    assert "– naïve in places – they call ‘SIM’" in read(body, url=URL, media_type="text/html", charset=declared).text


def test_a_nul_in_a_page_is_dropped() -> None:
    assert (
        "seventeen people"
        in extract(f"<html><body><p>{WORDS}</p></body></html>".replace("people", "peo\x00ple").encode(), URL).text
    )


@pytest.mark.parametrize(
    ("body", "media_type", "extractor"),
    [
        (b"%PDF-1.4 x", "text/html", "pdf/"),
        (b"<!DOCTYPE html><html><body><p>words</p>", "application/pdf", "html/"),
        (b"<!doctype html><p>words", "text/plain", "html/"),
        (b"PK\x03\x04 word/document.xml", "text/html", "office/"),
        (b"Plain words about <b>tags</b>.", "text/plain", "plain/"),
        (b"just words", None, "plain/"),
        (b"\x89PNG\r\n\x1a\n....", "text/html", "none/"),
        (b"a,b\n1,2\n", "text/csv", "plain/"),
    ],
)
def test_the_bytes_outweigh_the_declared_type(body: bytes, media_type: str | None, extractor: str) -> None:
    assert read(body, url=URL, media_type=media_type).extractor.startswith(extractor)


@given(st.binary(max_size=400), st.sampled_from([None, "text/html", "application/pdf", "text/plain", "text/csv"]))
@settings(max_examples=150, deadline=None)
def test_no_bytes_raise(body: bytes, media_type: str | None) -> None:
    found = read(body, url=URL, media_type=media_type, charset="utf-8")
    assert all(found.text[one.char_start : one.char_end] == one.text for one in found.passages)
    assert found.text or found.problem


@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<div>",
                "</div>",
                "<table>",
                "<tr>",
                "<td>",
                "<th>",
                "</table>",
                "<li>",
                "<ul>",
                "</ul>",
                "<h1>",
                "<h2>",
                "<a",
                "href=x>",
                "</a>",
                "<br>",
                "<b>",
                "</b>",
                "<time",
                "datetime=2021>",
                "<caption>",
                "word",
                "text.",
            ]
        ),
        max_size=60,
    )
)
@settings(max_examples=200, deadline=None)
def test_no_order_of_tags_raises(pieces: list[str]) -> None:
    found = extract(" ".join(pieces).replace("\u00a0", " ").encode(), URL)
    assert all(found.text[one.char_start : one.char_end] == one.text for one in found.passages)


@pytest.mark.parametrize(
    "url", ["", "not an address", "http://[", "file:///etc/passwd", "https://example.org/" + "x" * 5000]
)
def test_a_bad_address_is_no_error(url: str) -> None:
    assert "seventeen people" in extract(f"<p>{WORDS * 3}<a href='/x'>y</a></p>".encode(), url).text


@pytest.mark.parametrize(
    "start",
    ["<title>A paper</title>", "<html><head><title>A paper</title>", "<title>A paper</title><style>p{}</style>"],
)
def test_a_main_without_a_body_tag_is_read(start: str) -> None:
    page = f"{start}<main><h1>A paper</h1><p>The trust has paused the scheme.</p></main>Words after it. <p>The end.</p>"
    assert "The trust has paused the scheme." in extract(page.encode(), "https://a.example/paper").text
    root = document.parse(page.encode()).root
    assert root is not None and root.findtext("head/title") == "A paper"
    said = " ".join("".join(root.find("body").itertext()).split())
    assert said == "A paperThe trust has paused the scheme.Words after it. The end."
