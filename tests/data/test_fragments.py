"""Links into a document."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.fragments import passage_link, pdf_page_link, text_fragment

URL = "https://example.org/page?x=1"


def test_a_short_passage_is_named_whole() -> None:
    assert text_fragment(URL, "There are now 23 trusts") == f"{URL}#:~:text=There%20are%20now%2023%20trusts"


def test_marks_with_a_meaning_in_the_directive_are_encoded() -> None:
    assert text_fragment(URL, "co-produced, safe & kind") == f"{URL}#:~:text=co%2Dproduced%2C%20safe%20%26%20kind"
    assert text_fragment(URL, "50% – ‘more’").endswith("text=50%25%20%E2%80%93%20%E2%80%98more%E2%80%99")


def test_a_long_passage_is_named_by_its_ends() -> None:
    words = [f"word{n}" for n in range(60)]
    link = text_fragment(URL, " ".join(words))
    first, last = link.split("text=")[1].split(",")
    assert unquote(first).split() == words[:5]
    assert unquote(last).split() == words[-5:]


def test_a_long_passage_of_few_words_is_named_by_halves_that_do_not_overlap() -> None:
    words = ["x" * 40, "y" * 40, "z" * 40]
    first, last = text_fragment(URL, " ".join(words)).split("text=")[1].split(",")
    assert [unquote(first), *unquote(last).split()] == words


def test_a_fragment_that_is_there_is_kept_and_a_directive_replaced() -> None:
    assert text_fragment("https://example.org/#part", "Two words") == "https://example.org/#part:~:text=Two%20words"
    assert (
        text_fragment("https://example.org/#part:~:text=old", "Two words")
        == "https://example.org/#part:~:text=Two%20words"
    )
    assert text_fragment("https://example.org/#:~:text=old", "Two words") == "https://example.org/#:~:text=Two%20words"


def test_masked_details_and_bars_between_cells_are_not_looked_for_on_the_page() -> None:
    assert text_fragment(URL, "Write to [e-mail address] for a copy").endswith("text=Write%20to,for%20a%20copy")
    assert text_fragment(URL, "Northshire | Live since 2018").endswith("text=Northshire,Live%20since%202018")


@pytest.mark.parametrize("passage", ["", "   ", "[name]", "—"])
def test_a_passage_without_words_gives_the_address(passage: str) -> None:
    assert text_fragment(URL, passage) == URL


@given(st.text(min_size=1, max_size=400))
def test_the_directive_is_ascii_without_spaces_and_has_at_most_two_parts(passage: str) -> None:
    link = text_fragment(URL, passage)
    directive = link.removeprefix(URL).removeprefix("#:~:text=")
    assert directive.isascii()
    assert directive.count(",") <= 1
    assert not any(mark in directive for mark in " -&#")


def test_a_page_of_a_pdf() -> None:
    assert pdf_page_link("https://example.org/a.pdf", 3) == "https://example.org/a.pdf#page=3"
    assert pdf_page_link("https://example.org/a.pdf#page=9&zoom=50", 3) == "https://example.org/a.pdf#page=3&zoom=50"
    with pytest.raises(ValueError, match="no page 0"):
        pdf_page_link("https://example.org/a.pdf", 0)


def test_a_passage_is_led_to_by_its_page_where_there_is_one() -> None:
    assert passage_link(URL, "Two words", None) == f"{URL}#:~:text=Two%20words"
    assert passage_link("https://example.org/a.pdf", "Two words", 3) == "https://example.org/a.pdf#page=3"
