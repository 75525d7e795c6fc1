"""Contact details go, figures stay."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.extract.html import extract
from scrapers.extract.mask import EMAIL, NAME, PHONE, mask, requester_names


@pytest.mark.parametrize(
    "address",
    [
        "first.last@trust.nhs.uk", "o'neil+foi@example.co.uk", "mailto:team@example.org", "jane [at] example.org",
        "jane (at) example (dot) org", "UPPER_CASE@EXAMPLE.ORG",
    ],
)  # fmt: skip
def test_addresses_are_masked(address: str) -> None:
    assert mask(f"Write to {address}, please.") == f"Write to {EMAIL}, please."


@pytest.mark.parametrize(
    "number",
    [
        "020 7946 0000", "(01632) 960 001", "01632 960001", "07700 900123", "07700-900-123", "+44 20 7946 0000",
        "+44 (0)20 7946 0018", "0044 20 7946 0000", "0300 123 4567", "0800 116 1234", "+353 1 234 5678",
        "+1 555-010-0199", "(555) 010-0199", "020 7946 0000 ext 12",
    ],
)  # fmt: skip
def test_numbers_are_masked(number: str) -> None:
    assert mask(f"Telephone: {number}.") == f"Telephone: {PHONE}."


@pytest.mark.parametrize(
    "text",
    [
        "12 May 2021", "01/02/2021 at 03:04", "2013-2021", "2019 03 26", "RV5 and R1L", "£1,234,567", "£0.5 million",
        "63,412 signatures", "section 136(2) of the 1983 Act", "2005 c. 9", "ISBN 0-19-852663-6", "ISBN 0198526636",
        "ISSN 0140-6736", "charity 1234567", "company 01234567", "call 116 123, 111 or 999", "doi 10.1136/bmj.n1234567",
        "https://example.org/0207946000012/07700900123?id=02079460000", "FOI 2021/0345/0012", "@campaign on social media",
        "1 in 3", "23 Mental Health Trusts and 18 Police Forces", "10,000,000,000", "reference 0123456789",
        "look at the page", "3.14159265358979",
    ],
)  # fmt: skip
def test_figures_codes_and_short_public_numbers_stay(text: str) -> None:
    assert mask(text) == text


def test_a_name_goes_in_all_the_forms_of_a_letter() -> None:
    text = "Dear Morgan, Ms Fairweather asked. MORGAN FAIRWEATHER signed; a fairweather friend and Morgan Street stay."
    masked = mask(text, ("Morgan Fairweather",))
    assert masked == f"Dear {NAME}, {NAME} asked. {NAME} signed; a fairweather friend and Morgan Street stay."


def test_the_requester_is_found_where_the_page_says_who_asked() -> None:
    assert requester_names(["Robin A. Sample made this Freedom of Information request to Example Trust"]) == (
        "Robin A. Sample",
    )
    assert requester_names(["Requested by: Robin Sample"]) == ("Robin Sample",)
    assert requester_names(["Dear Mr Sample,"]) == ("Mr Sample",)


def test_the_requester_is_the_first_who_signs_where_nobody_says_it() -> None:
    letter = [
        "Dear Example Police,",
        "Please send me the figures.",
        "Yours faithfully,",
        "Robin Sample",
        "Dear Robin Sample,",
    ]
    answer = ["Here they are.", "Yours sincerely, Alex Officer"]
    assert requester_names(letter + answer) == ("Robin Sample",)


@pytest.mark.parametrize(
    "text",
    ["Dear Sir or Madam,", "Dear Freedom of Information Team,", "Dear Example NHS Foundation Trust,", "Dear all,", ""],
)
def test_bodies_are_not_taken_for_people(text: str) -> None:
    assert requester_names([text]) == ()


@given(st.text(max_size=300))
def test_masking_never_fails_and_done_twice_changes_nothing(text: str) -> None:
    once = mask(text, ("Robin Sample",))
    assert mask(once, ("Robin Sample",)) == once


def test_masking_a_long_line_of_marks_is_quick() -> None:
    for piece in ("0 ", "a.", "@", "0123 ", "(0", "+4", "at [", "x@y."):
        mask(piece * 20_000, ("Robin Sample",))


@pytest.mark.parametrize(
    "text", ["office at place dot example", "office＠place.example", "07700.900.123", "call 0161 496 0000"]
)
def test_other_ways_of_writing_them_are_masked_too(text: str) -> None:
    assert mask(text) != text
    assert "496" not in mask(text)


def test_a_request_that_says_so_itself_hides_its_writer_everywhere() -> None:
    body = (
        "<html><body><main><h1>Mentoring scheme</h1><p>Robin Q Sample made this Freedom of Information request to a force</p>"
        "<p>Dear force, does the scheme run in your area, and since which year has it been running there?</p>"
        "<p>Yours faithfully,</p><p>Robin Q Sample</p><p><a href='/user/robin_q_sample'>Robin Q Sample</a> "
        "<a href='/mail?to=office%40place.example'>write</a> <a href='/answer'>the answer</a></p></main></body></html>"
    )
    found = extract(body.encode(), "https://requests.example/request/scheme")
    shown = json.dumps(asdict(found)).lower()
    assert "sample" not in shown
    assert "office" not in shown
    assert [link.url for link in found.links] == ["https://requests.example/answer"]
