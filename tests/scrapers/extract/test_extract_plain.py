"""Plain text and comma-separated values."""

from __future__ import annotations

from scrapers.extract import read

URL = "https://example.org/statement.txt"
STATEMENT = """Concerns about the Bridge Mentoring scheme

  • College Council
  • May, 2021

Background

There are now 14 Mental Health Trusts and 9 Police Forces
using the scheme. Write to policy@college.example.org.

1. Plans can lead to people being denied treatment

We recommend a review of:

  - how people were chosen
  - what was recorded

References

  1. Campaign: https://campaign.example.org/bridge.
  2. www.petitions.example.org/p/bridge (accessed 12.05.21)
"""


def test_a_statement_in_plain_text() -> None:
    found = read(STATEMENT.encode(), url=URL, media_type="text/plain")
    assert found.title == "Concerns about the Bridge Mentoring scheme"
    assert (found.published_on, found.published_how) == ("2021-05", "label")
    assert [(one.kind, one.text) for one in found.passages] == [
        ("heading", "Concerns about the Bridge Mentoring scheme"),
        ("list-item", "College Council"),
        ("list-item", "May, 2021"),
        ("heading", "Background"),
        (
            "paragraph",
            "There are now 14 Mental Health Trusts and 9 Police Forces using the scheme. Write to [e-mail address].",
        ),
        ("heading", "1. Plans can lead to people being denied treatment"),
        ("paragraph", "We recommend a review of:"),
        ("list-item", "how people were chosen"),
        ("list-item", "what was recorded"),
        ("heading", "References"),
        ("list-item", "1. Campaign: https://campaign.example.org/bridge."),
        ("list-item", "2. www.petitions.example.org/p/bridge (accessed 12.05.21)"),
    ]
    assert [link.url for link in found.links] == [
        "https://campaign.example.org/bridge",
        "https://www.petitions.example.org/p/bridge",
    ]
    assert all(found.text[one.char_start : one.char_end] == one.text for one in found.passages)


def test_rows_of_comma_separated_values_have_the_names_of_their_columns() -> None:
    found = read(b'Trust,Status\n"North, East",live\n\nSouth,ended\n', url=URL, media_type="text/csv")
    assert [(one.kind, one.heading, one.text) for one in found.passages] == [
        ("table-row", None, "Trust | Status"),
        ("table-row", "Trust | Status", "North, East | live"),
        ("table-row", "Trust | Status", "South | ended"),
    ]


def test_a_huge_text_is_cut_and_says_so() -> None:
    found = read(b"Some words of a long log.\n\n" * 700_000, url=URL, media_type="text/plain")
    assert found.problem == "only the first 25,000 pieces read"
    found = read(b"Some words of a long line. " * 700_000, url=URL, media_type="text/plain")
    assert found.problem == "only the first 8 MB read"
