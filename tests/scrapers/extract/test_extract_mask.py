"""Contact details go, figures stay."""

from __future__ import annotations

import json
import time
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.extract.html import extract
from scrapers.extract.mask import EMAIL, NAME, PHONE, mask, names_to_mask, requester_names


@pytest.mark.parametrize(
    "address",
    [
        "first.last@trust.nhs.uk", "o'neil+foi@example.co.uk", "mailto:team@example.org", "jane [at] example.org",
        "jane (at) example (dot) org", "UPPER_CASE@EXAMPLE.ORG", "jane [@] example.org", "jane @ trust.nhs.uk",
    ],
)  # fmt: skip
def test_addresses_are_masked(address: str) -> None:
    assert mask(f"Write to {address}, please.") == f"Write to {EMAIL}, please."


@pytest.mark.parametrize(
    "number",
    [
        "020 7946 0000", "(01632) 960 001", "01632 960001", "07700 900123", "07700-900-123", "+44 20 7946 0000",
        "+44 (0)20 7946 0018", "0044 20 7946 0000", "0300 123 4567", "0800 116 1234", "+353 1 234 5678",
        "+1 555-010-0199", "(555) 010-0199", "020 7946 0000 ext 12", "020.7946.0000", "07 700 900 123", "01632 96 01 23",
        "020 – 7946 – 0000", "(0)20 7946 0000", "(+44) 20 7946 0000", "44 20 7946 0000", "+44 [0]20 7946 0000", "960123",
        "946 0000", "01632/960123", "01632 960123 (ext. 12)", "01632 960123, extension 12", "0121 496 0123/4",
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
        "look at the page", "3.14159265358979", "by telephone 12/05/2021", "by telephone 12 05 2021", "phone 116 123",
        "01-02-2021 - 03-04-2021", "01 02 03 04 05", "44 2019 2020 2021", "mobile 2019 2020", "open 9 @ home. Then",
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
    for piece in ("a.", "+4", "x-", "12 ", "tel 1 "):
        for end in ("@", "@ b.example", "[at]"):
            began = time.monotonic()
            mask((piece * 10_000)[:20_000] + end, ("Robin Sample",))
            assert time.monotonic() - began < 5, (piece, end)


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


@pytest.mark.parametrize(
    "lines",
    [
        ["Requester | Robin Sample"],
        ["Name: Robin Sample", "Request: how many people?"],
        ["Re: Freedom of Information request from Robin Sample"],
        ["This request was made by Mr R. Sample on 3 May"],
        ["Submitted by Robin Sample on 3 May 2021"],
        ["Correspondence with Robin Sample"],
        ["To: Robin Sample", "From: FOI team"],
        ["Robin Sample requested information about the scheme."],
        ["Robin Sample left an annotation (3 May 2021)"],
        ["robin sample made this Freedom of Information request to Example Trust"],
        ["Dear R Sample,", "Here it is."],
        ["Dear Robin,", "Here it is."],
        ["Dear Example Trust,", "Yours sincerely,", "Robin"],
        ["Dear Example Trust,", "Cheers,", "Robin Sample"],
    ],
)
def test_the_requester_goes_in_every_layout(lines: list[str]) -> None:
    names = names_to_mask(lines, "foi")
    shown = " ".join(mask(line, names) for line in lines)
    assert NAME in shown
    assert "robin" not in shown.lower() and "sample" not in shown.lower()


@pytest.mark.parametrize(
    "line",
    [
        "Request from Example Police", "To: Example NHS Foundation Trust", "From: StopSIM Coalition", "Dear All,",
        "The StopSIM Coalition requested information about it", "Dear Sirs,", "Dear Colleagues,", "Who made this request?",
        "A Freedom of Information request made this week",
    ],
)  # fmt: skip
def test_a_request_of_nobody_in_particular_keeps_its_words(line: str) -> None:
    assert mask(line, names_to_mask([line], "foi")) == line


def test_a_first_name_that_is_also_a_word_goes_only_where_it_is_a_name() -> None:
    lines = ["Dear May,", "You asked in May 2021; it may be so.", "May made this Freedom of Information request"]
    names = names_to_mask(lines, "foi")
    assert [mask(line, names) for line in lines] == [
        f"Dear {NAME},",
        "You asked in May 2021; it may be so.",
        f"{NAME} made this Freedom of Information request",
    ]
