"""CDX answers in both dialects, with what goes wrong in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.archives.cdx import NotCdx, read_pywb, read_wayback, without_repeats
from scrapers.archives.memento import stamp

PAGES = Path(__file__).parent.parent / "pages" / "archives"
REPLAY = "https://archive.example/web/"


def page(name: str) -> str:
    return (PAGES / name).read_text(encoding="utf-8")


def test_internet_archive_pages_joined_by_resume_key() -> None:
    first = read_wayback(page("ia-cdx-page-1.json"), REPLAY)
    second = read_wayback(page("ia-cdx-page-2.json"), REPLAY)
    assert first.resume == "com%2Cexample%29%2Fnews%2Fmentoring+20200203040507"
    assert second.resume is None
    assert (first.skipped, second.skipped) == (4, 0), "month 00, 31 February, a data: address, a row cut short"
    held = without_repeats([*first.held, *second.held])
    assert [(stamp(one.at), one.status) for one in held] == [
        ("20190304050607", 200),
        ("20190412101112", 200),
        ("20200101000000", 301),
        ("20210506070809", 404),
    ]
    assert held[0].address == "https://archive.example/web/20190304050607id_/http://www.trust.example:80/news/mentoring"
    assert held[2].media_type is None


def test_a_repeat_says_no_status_and_no_type() -> None:
    repeat = read_wayback(page("ia-cdx-page-1.json"), REPLAY).held[1]
    assert repeat.is_repeat
    assert (repeat.status, repeat.media_type) == (None, None)
    assert repeat.digest == "A" * 32


def test_internet_archive_lines_without_json() -> None:
    found = read_wayback(page("ia-cdx-lines.txt"), REPLAY)
    assert [stamp(one.at) for one in found.held] == ["20190304050607", "20190412101112"]
    assert found.resume == "com%2Cexample%29%2Fnews%2Fmentoring+20200203040507"
    assert found.skipped == 1


@pytest.mark.parametrize("text", ["", "\n", "[]", "[]\n", page("ia-cdx-none.json")])
def test_none_is_none(text: str) -> None:
    assert read_wayback(text, REPLAY).held == ()
    if not text.strip():
        assert read_pywb(text, REPLAY).held == ()


@pytest.mark.parametrize(
    "text",
    [
        '[["urlkey","timestamp"',
        '["a"]',
        '[["urlkey","when"],["a","b"]]',
        "<html>Sorry</html>",
        "[1, 2]",
        '{"message": "no"}',
    ],
)
def test_something_else_is_no_list(text: str) -> None:
    with pytest.raises(NotCdx):
        read_wayback(text, REPLAY)


def test_pywb_lines() -> None:
    found = read_pywb(page("pywb-cdx.ndjson"), "http://127.0.0.1:1/coll/")
    assert [(stamp(one.at), one.status) for one in found.held] == [
        ("20190304050607", 200),
        ("20190412101112", None),
        ("20210506070809", 404),
    ]
    assert found.held[2].address == "http://127.0.0.1:1/coll/20210506070809id_/https://www.trust.example/news/mentoring"
    assert found.skipped == 2
    with pytest.raises(NotCdx):
        read_pywb("<!doctype html>\n<p>Not here", "http://127.0.0.1:1/coll/")


def test_names_that_are_no_names_are_passed_over() -> None:
    text = '[["timestamp", {}, "original", ["x"]], ["20210512101112", "a", "http://a.example/", "b"]]'
    assert [stamp(one.at) for one in read_wayback(text, REPLAY).held] == ["20210512101112"]


LISTS = (
    '[["urlkey","timestamp","original","statuscode"],["k","20210512101112","http://a.example/","200"],[],["more"]]',
    "org,a)/a 20210512101112 http://a.example/a text/html 200 ABC 123\n\nmore\n",
    '{"urlkey": "k", "timestamp": "20210512101112", "url": "http://a.example/", "status": "200"}',
)
ODD = ("null", "[]", "{}", "-1", "1e999", '"\\ud800"', '"20211345"', '"http://["', "true", '""', "\n", "\0", '"-"')


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(LISTS),
    st.lists(st.tuples(st.integers(0, 120), st.integers(0, 20), st.sampled_from(ODD)), max_size=4),
)
def test_a_list_with_anything_in_it_is_read_or_refused(text: str, cuts: list[tuple[int, int, str]]) -> None:
    for at, length, odd in cuts:
        text = text[:at] + odd + text[at + length :]
    for read in (read_wayback, read_pywb):
        try:
            held = read(text, REPLAY).held
        except NotCdx:
            continue
        assert all(stamp(one.at) for one in held)
