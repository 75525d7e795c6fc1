"""CDX answers in both dialects, with what goes wrong in them."""

from __future__ import annotations

from pathlib import Path

import pytest

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
