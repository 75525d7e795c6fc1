"""Pieces of pages: nothing from the record becomes markup, links lead only to the web, dates say what is known."""

from __future__ import annotations

import datetime as dt
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from dashboard.parts import dates, html, notes, status, tables
from dashboard.parts.filters import Choice, chosen, form
from dashboard.parts.head import page_head, section
from dashboard.parts.params import Params
from dashboard.parts.rules import DECIDED_IN_ORDER, RULES
from data.vocabulary import ORGANISATION_STATUSES

HOSTILE = "\"><script>alert(1)</script><img src=x onerror='alert(2)'> {0} {words} %s & \u202etxt"
ALLOWED = {
    "a", "p", "div", "h1", "h2", "section", "span", "strong", "table", "caption", "thead", "tbody", "tr", "th", "td",
    "form", "label", "select", "option", "button", "time", "ul", "li",
}  # fmt: skip


class Tags(HTMLParser):
    """The tags and attributes of some HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.extend(attrs)


def assert_harmless(piece: Markup) -> None:
    found = Tags(str(piece))
    assert set(found.tags) <= ALLOWED, found.tags
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    for name, value in found.attributes:
        if name in ("href", "src", "action"):
            assert html.safe_address(value) == value


@pytest.mark.parametrize(
    "piece",
    [
        html.link("https://example.org/?a=1&b=2", HOSTILE, label=HOSTILE),
        html.link(HOSTILE, HOSTILE),
        page_head(HOSTILE, HOSTILE, HOSTILE, kicker=HOSTILE),
        section(HOSTILE, Markup("<p>mine</p>"), name="here", lead=HOSTILE),
        tables.table([HOSTILE, "b"], [[HOSTILE, None]], HOSTILE),
        notes.note(HOSTILE),
        notes.empty_state(HOSTILE, HOSTILE),
        notes.content_note(HOSTILE),
        status.status_badge(HOSTILE),
        html.listing([HOSTILE, HOSTILE, "c"]),
        html.paragraphs(HOSTILE + "\n\n" + HOSTILE),
        form("/rollout", [Choice("kind", HOSTILE, ((HOSTILE, HOSTILE),))], Params.given({"kind": HOSTILE})),
        chosen([Choice("kind", "Kind", (("a", "A"),))], Params.given({"kind": HOSTILE}))[1],
    ],
)
def test_nothing_from_the_record_becomes_markup(piece: Markup) -> None:
    assert_harmless(piece)
    assert "<script" not in piece and "<img" not in piece


@settings(deadline=None)  # a machine that does much else is no fault of the text
@given(st.text(max_size=60))
def test_no_text_becomes_markup(text: str) -> None:
    assert_harmless(page_head(text, text, text))
    assert_harmless(tables.table(["a", "b"], [[text, text]], text))
    assert_harmless(html.link(text, text))


@pytest.mark.parametrize(
    "bad",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,x",
        "//evil.example/x", "/\\evil.example", "vbscript:x", "file:///etc/passwd", "ftp://example.org", "https://", "", None,
        "https://[", 'https://a.example/"onmouseover="x', "mailto:a@b.example", "\thttps://a b.example/",
    ],
)  # fmt: skip
def test_readers_are_not_sent_there(bad: str | None) -> None:
    assert html.safe_address(bad) is None
    assert str(html.link(bad, "words")) == "words"


@pytest.mark.parametrize("good", ["https://example.org/a?b=c#d", "http://example.org", "/rollout?org=slam", "#support"])
def test_readers_may_be_sent_there(good: str) -> None:
    assert html.safe_address(good) == good
    assert 'rel="noopener noreferrer external"' in html.link(good, "x") or good[0] in "/#"


def test_address_leaves_out_what_is_empty() -> None:
    assert html.address("/rollout", {"region": "South East", "kind": "", "a": None, "b": ("1", "2")}) == (
        "/rollout?region=South+East&b=1&b=2"
    )


def test_words_for_numbers_and_lists() -> None:
    assert html.many(1, "source") == "1 source"
    assert html.many(1234, "body", "bodies") == "1,234 bodies"
    assert html.count(0, "source") == "no sources"
    assert html.number(None) == "–"
    assert html.listing(["a"]) == "a"
    assert html.listing(["a", "b", "c"]) == "a, b and c"


def test_a_table_has_headings_caption_and_a_box_that_the_keyboard_reaches() -> None:
    made = tables.table(["Body", tables.Column("When", "when")], [["A", "2021"]], "Bodies")
    assert '<th scope="col"' in made and '<th scope="row"' in made
    assert 'tabindex="0"' in made and 'aria-label="Bodies"' in made
    assert 'data-label="When"' in made


def test_a_row_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError):
        tables.table(["a", "b"], [["only one"]], "t")


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ((2022, 9, 30), (2026, 11, 23), "4 years 1 month"),
        ((2022, 9, 30), (2022, 9, 30), "0 days"),
        ((2024, 2, 29), (2025, 2, 28), "11 months"),
        ((2024, 2, 29), (2025, 3, 1), "1 year"),
        ((2026, 11, 11), (2026, 11, 12), "1 day"),
        ((2026, 11, 12), (2026, 11, 11), ""),
    ],
)
def test_time_ago_counts_whole_months(start: tuple[int, int, int], end: tuple[int, int, int], words: str) -> None:
    assert dates.time_ago(dt.date(*start), dt.date(*end)) == words


def test_dates_keep_their_precision() -> None:
    assert dates.date_words("2021-05", "month") == '<time datetime="2021-05">May 2021</time>'
    assert "by 12 May 2021" in dates.date_words("2021-05-12", "before")
    assert "no date" in dates.date_words(None, None)


def test_every_status_has_shape_word_and_rule() -> None:
    assert set(status.SHAPES) == set(status.SHORT) == set(RULES) == set(DECIDED_IN_ORDER) == set(ORGANISATION_STATUSES)
    assert len(set(status.SHAPES.values())) == len(status.SHAPES)


def test_a_filter_takes_its_words_and_says_what_it_does_not_know() -> None:
    kind = Choice("kind", "Kind", (("mental-health-trust", "Trusts"),), "All kinds")
    assert chosen([kind], Params.given({"kind": "Trusts"})) == ({"kind": "mental-health-trust"}, "")
    assert chosen([kind], Params.given({"kind": "All kinds"})) == ({"kind": ""}, "")
    values, remark = chosen([kind], Params.given({"kind": "Ships"}))
    assert values == {"kind": ""} and "no kind “Ships”" in remark


def test_parameters_are_bounded() -> None:
    params = Params.of([(f"n{i}", "v" * 5000) for i in range(1000)])
    assert len(params.pairs) == 40 and len(params.get("n0")) == 200
    assert Params.of([("a", "1"), ("a", "2"), ("b", "3")]).without("b") == {"a": ("1", "2")}
