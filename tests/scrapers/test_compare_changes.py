"""What is a change of a page, what is noise, and how much a change matters."""

from __future__ import annotations

import datetime as dt
import json
import time

import pytest

from scrapers.compare.changes import Difference, differ
from scrapers.compare.noise import Line, clean, lines_of
from scrapers.find.names import build_matcher

MATCHER = build_matcher(
    [
        {
            "org_id": "northvale", "name": "Northvale Partnership NHS Foundation Trust", "kind": "mental-health-trust", "region": None,
            "aliases": ["Northvale Partnership"], "website": None,
        }
    ],
    ["Serenity Integrated Mentoring"],
    ["SIM"],
)  # fmt: skip
BODY = [
    "The scheme began on the coast and was later offered in three towns.",
    "Nurses meet people at home and write a plan with them.",
    "The evaluation looked at the first year of the work in detail.",
]
MONDAY, TUESDAY = dt.date(2024, 1, 1), dt.date(2024, 1, 2)


def compare(
    before: list[str], after: list[str], *, petition: bool = False, title: tuple[str, str] = ("", "")
) -> Difference | None:
    old = lines_of(((i, "paragraph", None, text) for i, text in enumerate(before, 1)), title[0], petition=petition)
    new = lines_of(((i, "paragraph", None, text) for i, text in enumerate(after, 1)), title[1], petition=petition)
    return differ(old, new, MONDAY, TUESDAY, MATCHER)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Today is Monday 1 January 2024", "Today is Tuesday 2 January 2024"),
        ("Last viewed 1 January 2024 at 10:41", "Last viewed 2 January 2024 at 23:05"),
        ("1,204 views", "1,377 views"),
        ("Comments (12)", "Comments (15)"),
        ("Share this on Facebook Twitter", "Share this on Facebook X LinkedIn"),
        ("We use cookies to make this site work. Accept all cookies", "This site uses cookies. Manage cookies"),
        ("© 2023 Northvale Partnership", "© 2024 Northvale Partnership"),
        ("Posted 3 days ago by the press office", "Posted 4 days ago by the press office"),
        ("Request 7f3c9a1e22b04d6f88aa served", "Request 91bb02c7de5541f3a0c4 served"),
        ("See https://a.example/page?nonce=1a for more", "See https://a.example/page?nonce=2b for more"),
        ("It’s a “plan” – shared", 'It\'s a "plan" - shared'),
        ("A word\u00adbreak and\u200b a space", "A wordbreak and a  space"),
        ("Page generated in 0.03 seconds", "Page generated in 0.19 seconds"),
    ],
)
def test_noise_is_no_change(before: str, after: str) -> None:
    assert compare([*BODY, before], [*BODY, after]) is None


def test_related_links_are_no_change_but_a_page_of_links_is_its_links() -> None:
    old = ["Related articles", "A new clinic opens", "Staff awards"]
    new = ["Related articles", "Roadworks in spring", "Choir at the hospital"]
    assert compare(BODY + old, BODY + new) is None
    assert compare(["Latest news", *old[1:]], ["Latest news", *new[1:]]) is not None


def test_a_publication_date_on_the_day_of_capture_stays() -> None:
    assert compare([*BODY, "Published 1 January 2024"], [*BODY, "Published 1 January 2024"]) is None
    assert compare([*BODY, "Published 1 January 2024"], [*BODY, "Published 1 March 2022"]) is not None


def test_signatures_count_as_change_except_on_the_petition_itself() -> None:
    before, after = [*BODY, "64,001 signatures"], [*BODY, "64,002 signatures"]
    assert compare(before, after, petition=True) is None
    found = compare(before, after)
    assert found is not None
    assert found.level == "substance"


def test_figures_in_a_sentence_are_no_counters() -> None:
    found = compare(
        ["In the year before there were 40 visits to the emergency department by people in the group."],
        ["In the year before there were 14 visits to the emergency department by people in the group."],
    )
    assert found is not None


def test_a_passage_that_only_moved_is_no_change() -> None:
    assert compare(BODY, [BODY[1], BODY[0], BODY[2]]) is None


@pytest.mark.parametrize(
    ("before", "after", "level"),
    [
        ("They met in the old hall by the river.", "They met in the small hall by the river.", "wording"),
        (
            "They met in the old hall by the river.",
            "They met in the old hall by the river with 23 others.",
            "substance",
        ),
        ("The plan is kept.", "The plan is kept by Northvale Partnership.", "substance"),
        ("The plan is kept.", "The plan is kept. It was ended on 3 May 2021.", "substance"),
        ("The plan is kept.", "The plan is kept. The board decided to stop.", "substance"),
    ],
)
def test_levels(before: str, after: str, level: str) -> None:
    found = compare([*BODY, before], [*BODY, after])
    assert found is not None
    assert found.level == level


def test_a_typing_error_beside_a_figure_in_another_sentence_is_wording() -> None:
    figure = "In all there were 23 trusts."
    found = compare([*BODY, f"{figure} They met in the hal."], [*BODY, f"{figure} They met in the hall."])
    assert found is not None
    assert found.level == "wording"


def test_a_new_page_at_the_same_address() -> None:
    found = compare(BODY, ["Nothing of what stood here is left.", "Welcome to our new site, built by other people."])
    assert found is not None
    assert found.level == "whole-page"
    assert found.share >= 0.5


def test_steps_say_what_stood_and_what_stands() -> None:
    found = compare(
        [*BODY, "The team has four nurses."],
        [*BODY[:2], "A new line about something else altogether.", "The team has five nurses."],
    )
    assert found is not None
    told = json.loads(found.passages_json())
    assert {step["op"] for step in told} >= {"altered"}
    altered = next(step for step in told if step["after"] == "The team has five nurses.")
    assert altered["before"] == "The team has four nurses."
    assert set(altered) == {"op", "before", "after", "heading"}
    assert found.added and found.removed
    assert 0 < found.share < 0.5


def test_a_changed_title_is_a_change() -> None:
    assert compare(BODY, BODY, title=("Trust backs scheme", "Trust ends scheme")) is not None


def test_cleaning_twice_gives_the_same() -> None:
    for text in ["12 views", "Posted 2 hours ago", "See https://a.example/?x=1", "Share this"]:
        once = clean(text)
        assert clean(once) == once


def test_a_text_of_one_word_over_and_over_is_compared_in_time() -> None:
    start = time.process_time()
    old = [Line("1 " * 9_000, "1 " * 9_000, None, n) for n in range(3)]
    new = [Line("1 2 " * 4_500, "1 2 " * 4_500, None, n) for n in range(3)]
    found = differ(old, new, MONDAY, TUESDAY, MATCHER)
    assert found is not None
    assert time.process_time() - start < 8
