"""Pictures of an answer: what is drawn of it, what is said where nothing can be, and that no cell breaks out."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from lxml import etree

from dashboard.parts import chart
from dashboard.queries.bodies import body_index
from dashboard.sql.engine import Answer, Column
from dashboard.start import Context
from data.home import Home

Contexts = Callable[[Home], Context]


def answer(columns: str, *rows: tuple[Any, ...]) -> Answer:
    """An answer whose columns are given as "name TYPE, name TYPE"."""
    made = tuple(Column(*one.split(" ", 1)) for one in columns.split(", "))
    return Answer(made, rows, "", 0.001, 0.0)


@pytest.fixture
def drawn(context_of: Contexts, published_home: Home) -> Callable[[Answer, str], BeautifulSoup]:
    ctx = context_of(published_home)
    return lambda given, kind: BeautifulSoup(str(chart.picture(ctx.record, given, kind)), "html.parser")


Drawn = Callable[[Answer, str], BeautifulSoup]


def svg_of(found: BeautifulSoup) -> etree._Element:
    image = found.select_one("img.drawn-line")
    assert image is not None and image["alt"]
    return etree.fromstring(base64.b64decode(str(image["src"]).partition("base64,")[2]))


def test_bars_are_as_long_as_their_numbers(drawn: Drawn) -> None:
    found = drawn(answer("status VARCHAR, n BIGINT", ("used", 8), ("ended", 4), (None, 0), ("odd", None)), "Bars")
    names = [each.get_text() for each in found.select(".name")]
    assert names == ["used", "ended", "(empty)"]
    assert [each.get_text() for each in found.select(".amount")] == ["8", "4", "0"]
    widths = [re.findall(r"width:([\d.]+)%", str(each["style"]))[0] for each in found.select(".filled")]
    assert widths == ["100.00", "50.00", "0.00"]
    assert "1 row without a number in n is left out." in found.get_text()


def test_bars_below_nothing_begin_at_nothing(drawn: Drawn) -> None:
    found = drawn(answer("a VARCHAR, d DOUBLE", ("down", -1.5), ("up", 4.5)), "Bars")
    styles = [str(each["style"]) for each in found.select(".filled")]
    assert styles == ["margin-left:0.00%;width:25.00%", "margin-left:25.00%;width:75.00%"]


def test_rows_of_the_same_name_are_told_apart(drawn: Drawn) -> None:
    given = answer("region VARCHAR, kind VARCHAR, n HUGEINT", ("London", "trust", 2), ("London", "force", 1))
    assert [each.get_text() for each in drawn(given, "Bars").select(".name")] == ["London · trust", "London · force"]
    numbered = drawn(answer("year BIGINT, n BIGINT", (2020, 3), (2021, 5)), "Bars")
    assert [each.get_text() for each in numbered.select(".name")] == ["2020", "2021"]
    alone = drawn(answer("count UBIGINT", (7,)), "Bars")
    assert [each.get_text() for each in alone.select(".name")] == ["row 1"]


def test_many_bars_are_cut_and_that_is_said(drawn: Drawn) -> None:
    found = drawn(answer("a VARCHAR, n INTEGER", *((f"x{n}", n) for n in range(90))), "Bars")
    assert len(found.select("li")) == chart.MOST_BARS and "The first 40 of 90 bars are shown." in found.get_text()


def test_a_line_goes_by_date_whatever_the_order_of_rows(drawn: Drawn) -> None:
    found = drawn(
        answer("on_date VARCHAR, signatures BIGINT", ("2023-05-18", 64_000), ("2021", 50_000), (None, 1)), "Line"
    )
    svg = svg_of(found)
    path = svg.find("{*}path").get("d")
    (x1, y1), (x2, y2) = [map(float, point.split(" ")) for point in path[1:].split("L")]
    assert x1 == chart.LEFT and x2 == chart.WIDTH - chart.RIGHT and y1 > y2
    assert "from 50,000 at 2021 to 64,000 at 2023-05-18" in found.get_text()
    assert "Years and months stand at their first day." in found.get_text() and "is left out" in found.get_text()


@pytest.mark.parametrize(
    ("low", "high", "steps"),
    [(0, 64_000, [0, 20_000, 40_000, 60_000, 80_000]), (0, 0, [0]), (-3, 4, [-4, -2, 0, 2, 4]), (0, 1e-9, None)],
)
def test_rules_stand_at_round_numbers(low: float, high: float, steps: list[float] | None) -> None:
    made = chart._steps(low, high)
    assert made[0] <= low and made[-1] >= high and len(made) <= 7
    assert steps is None or made == steps


def test_one_point_and_times_of_the_clock_make_a_line_too(drawn: Drawn) -> None:
    found = drawn(answer("at TIMESTAMP, n DOUBLE", ("2026-03-03T06:00:00", 0.5)), "Line")
    assert len(svg_of(found).findall("{*}circle")) == 1
    numbers = drawn(answer("year BIGINT, n BIGINT", (2021, 5), (2020, 3)), "Line")
    assert "from 3 at 2020 to 5 at 2021" in numbers.get_text()


def test_every_force_has_a_square(drawn: Drawn, context_of: Contexts, published_home: Home) -> None:
    forces = [b for b in body_index(context_of(published_home).record).values() if b.tile_x is not None]
    given = answer("org_id VARCHAR, status VARCHAR", (forces[0].org_id, "used"), (forces[1].org_id, "disputed"))
    found = drawn(given, "Map tiles")
    tiles = {str(tile["aria-label"]): tile for tile in found.select(".tile")}
    assert len(tiles) == len(forces) == 43
    assert "is-used" in tiles[f"{forces[0].name}: used it"]["class"]
    assert "is-disputed" in tiles[f"{forces[1].name}: sources disagree"]["class"]
    assert sum("is-absent" in tile["class"] for tile in tiles.values()) == 41


def test_squares_take_numbers_names_and_lists(drawn: Drawn, context_of: Contexts, published_home: Home) -> None:
    one, two = [b for b in body_index(context_of(published_home).record).values() if b.tile_x is not None][:2]
    by_name = drawn(answer("name VARCHAR, n BIGINT", (one.name, 10), (two.name, 2), (one.name, 99)), "Map tiles")
    told = [str(tile["aria-label"]) for tile in by_name.select(".tile:not(.is-absent)")]
    assert sorted(told) == sorted([f"{one.name}: 10", f"{two.name}: 2"])
    assert "Darker squares have more than 5." in by_name.get_text() and "shows the first" in by_name.get_text()
    lists = drawn(answer("org_ids VARCHAR[]", ([one.org_id, "nobody", two.org_id],)), "Map tiles")
    assert len(lists.select(".tile:not(.is-absent)")) == 2


@pytest.mark.parametrize(
    ("given", "kind", "words"),
    [
        (answer("a VARCHAR", ("x",)), "Bars", "needs a column of numbers"),
        (answer("a VARCHAR, n DOUBLE", ("x", "NaN")), "Bars", "no number that can be drawn"),
        (answer("a VARCHAR, n BIGINT"), "Bars", "no row to draw"),
        (answer("a VARCHAR, n BIGINT", ("x", 1)), "Line", "needs a column of dates"),
        (answer("a DATE, n VARCHAR", ("2021-01-01", "x")), "Line", "needs a column of numbers"),
        (answer("a DATE, n BIGINT", ("2021-01-01", None)), "Line", "No row has both"),
        (answer("a VARCHAR, n BIGINT", ("x", 1)), "Map tiles", "The squares are police forces"),
        (answer("length INTERVAL", ("3 days",)), "Bars", "needs a column of numbers"),
    ],
)
def test_what_cannot_be_drawn_is_said_with_what_to_ask_instead(
    drawn: Drawn, given: Answer, kind: str, words: str
) -> None:
    found = drawn(given, kind)
    assert words in found.get_text() and found.select_one("p.note.is-warning") is not None
    assert found.select_one("figure") is None


def test_a_picture_that_nobody_knows_is_none(drawn: Drawn) -> None:
    assert str(drawn(answer("a VARCHAR, n BIGINT", ("x", 1)), "<b>")) == ""


def test_hostile_cells_stay_text(drawn: Drawn) -> None:
    bad = "</title></svg><script>alert(1)</script>\x00\x1b"
    found = drawn(answer(f"{bad.replace(' ', '')} VARCHAR, n BIGINT", (bad, 1)), "Bars")
    assert not found.select("script") and "alert(1)" in found.get_text()
    svg = svg_of(drawn(Answer((Column("at", "DATE"), Column(bad, "BIGINT")), (("2021-01-01", 1),), "", 0, 0), "Line"))
    assert not svg.findall(".//{*}script") and "alert(1)" in svg.find("{*}title").text
