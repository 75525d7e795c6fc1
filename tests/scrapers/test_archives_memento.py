"""TimeMaps in link format, good and broken, and addresses of copies."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.archives.memento import (
    copy_address,
    joined,
    read_copy_address,
    read_http_date,
    read_links,
    read_stamp,
    read_time_map,
    stamp,
)

PAGES = Path(__file__).parent.parent / "pages" / "archives"
ASKED = "http://www.trust.example/news/mentoring"


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def test_time_map_with_broken_entries_keeps_the_good_ones() -> None:
    text = (PAGES / "timemap-malformed.link").read_text(encoding="utf-8")
    found = read_time_map(text, "https://archive.example/timemap/link/x", ASKED)
    assert [one.at for one in found.held] == [
        moment("2019-03-04T05:06:07"),
        moment("2019-04-12T10:11:12"),
        moment("2020-01-01T00:00:00"),
        moment("2021-05-05T06:07:08"),
        moment("2022-02-03T04:05:06"),
    ]
    assert found.held[0].address == f"https://archive.example/20190304050607id_/{ASKED}"
    assert found.held[1].original == f"{ASKED}?a=1,2"
    assert found.held[3].address == "https://archive.example/copies/77", "an address without digits is asked as it is"
    assert found.held[3].original == ASKED
    assert found.skipped >= 5
    assert all(one.status is None for one in found.held)


def test_time_map_names_its_further_pages_in_its_own_format_only() -> None:
    text = (PAGES / "timemap-index.link").read_text(encoding="utf-8")
    found = read_time_map(text, "https://archive.example/timemap/link/x", ASKED)
    assert found.held == ()
    assert found.skipped == 0
    assert found.pages == (
        f"https://archive.example/timemap/link/1/{ASKED}",
        f"https://archive.example/timemap/link/2/{ASKED}",
    )


def test_header_with_several_links() -> None:
    text = '<http://a.example/x,y>; rel="original", <http://b.example/>; rel="timegate"; title="a \\"b\\", c"'
    links = [link for link in read_links(text) if link is not None]
    assert [(link.target, sorted(link.relations)) for link in links] == [
        ("http://a.example/x,y", ["original"]),
        ("http://b.example/", ["timegate"]),
    ]
    assert links[1].attributes["title"] == 'a "b", c'


def test_addresses_that_are_none_are_counted_never_fatal() -> None:
    text = (
        '<http://[]x/20210512101112/http://a.example/>; rel="memento"; datetime="Wed, 12 May 2021 10:11:12 GMT", '
        '<http://[x>; rel="timemap"; type="application/link-format"'
    )
    found = read_time_map(text, "https://archive.example/", ASKED)
    assert (found.held, found.pages, found.skipped) == ((), (), 1)
    assert joined("https://archive.example/", "//[") == ""
    assert joined("https://archive.example/a/", "b") == "https://archive.example/a/b"


@given(st.text(alphabet=st.sampled_from(list('<>;,="\\ \nrelmnto0123/:a_-')), max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    found = read_time_map(text, "https://archive.example/", ASKED)
    assert list(found.held) == sorted(found.held, key=lambda one: one.at)


def test_long_hostile_text_is_read_in_time() -> None:
    begun = time.monotonic()
    for piece in ("<", '<a>;x="', "<a>;;;;", "<a>;rel=memento,", "a,", '<a>;a="\\'):
        read_time_map(piece * 20_000, "https://archive.example/", ASKED)
    assert time.monotonic() - begun < 20, "a second or two; far more where it grows with the square"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2020",
        "20200011000000",
        "20200231000000",
        "20200101250000",
        "２０２００１０１００００００",
        "2020010100000a",
    ],
)
def test_impossible_times_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_stamp(text)


def test_addresses_of_copies_go_there_and_back() -> None:
    found = read_copy_address(
        "https://web.archive.org/web/20190304050607im_/http://www.trust.example/a?u=/20200101000000/b"
    )
    assert found is not None
    assert (found.root, found.mode) == ("https://web.archive.org/web/", "im_")
    assert found.original == "http://www.trust.example/a?u=/20200101000000/b"
    assert found.raw == copy_address("https://web.archive.org/web/", moment("2019-03-04T05:06:07"), found.original)
    assert found.view == f"https://web.archive.org/web/20190304050607/{found.original}"
    assert read_copy_address("https://archive.example/copies/77") is None
    assert read_copy_address("https://archive.example/20191304050607/http://x.example/") is None
    assert read_stamp(stamp(found.at)) == found.at


def test_http_dates() -> None:
    assert read_http_date("Mon, 04 Mar 2019 05:06:07 GMT") == moment("2019-03-04T05:06:07")
    assert read_http_date("Mon, 04 Mar 2019 06:06:07 +0100") == moment("2019-03-04T05:06:07")
    for broken in (None, "", "yesterday", "Mon, 99 Mar 2019 05:06:07 GMT"):
        assert read_http_date(broken) is None
