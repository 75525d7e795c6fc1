"""A few inputs of each target that is not fuzzed elsewhere in the suite; `run.py` goes on for as long as it is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.start import START
from data.home import HOME_VARIABLE
from tests.fuzz import targets

SOME = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@pytest.fixture(scope="module", autouse=True)
def _home_put_back() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(HOME_VARIABLE, "")
        patch.delenv(HOME_VARIABLE)
        yield
        START.close()
    targets._read_home.cache_clear()


@pytest.mark.parametrize("name", list(targets.TARGETS))
def test_good_inputs_pass(name: str) -> None:
    for seed in targets.seeds(name):
        targets.TARGETS[name](seed)


_CELLS = st.text(st.characters(codec="utf-8"), max_size=30)
_ROWS = st.lists(st.lists(_CELLS, min_size=1, max_size=16).map(",".join), max_size=4).map("\n".join)


@given(st.integers(0, 14), st.sampled_from([0, 255]), st.one_of(_ROWS.map(str.encode), st.binary(max_size=300)))
@SOME
def test_no_register_file_breaks_its_reader(which: int, header: int, rest: bytes) -> None:
    targets.of_register(bytes([which, header]) + rest)


_NAMES = st.sampled_from(
    [
        "on_date",
        "title",
        "org_ids",
        "value",
        "captured_at",
        "number",
        "_sort",
        "_fields",
        "_limit",
        "_facet",
        "_cursor",
        "no",
    ]
)
_OPERATORS = st.sampled_from(["", "__gte", "__in", "__contains", "__null", "__ne", "__lt", "__no", "__"])
_VALUES = st.one_of(
    st.text(max_size=20), st.integers().map(str), st.dates().map(str), st.floats().map(str),
    st.sampled_from(["true", "-on_date,title", "title", "null", "1_0", "١", "W251bGxd", "WyJcdWQ4MDAiXQ", "WzFlOTk5XQ"]),
)  # fmt: skip


@given(st.integers(0, 5), st.integers(0, 4), st.lists(st.tuples(_NAMES, _OPERATORS, _VALUES), max_size=4))
@SOME
def test_no_query_breaks_the_api(table: int, form: int, asked: list[tuple[str, str, str]]) -> None:
    query = "&".join(f"{name}{operator}={value}" for name, operator, value in asked)
    targets.of_filters(bytes([table, form]) + query.encode("utf-8", "replace"))


@given(st.lists(st.text(max_size=60), max_size=3))
@SOME
def test_no_words_break_a_reference(words: list[str]) -> None:
    targets.of_citations("\x1e".join(words).encode("utf-8", "replace"))


@given(st.binary(max_size=200))
@SOME
def test_no_order_of_elements_breaks_a_word_file(data: bytes) -> None:
    targets.of_docx(b"\x00" + data)


FOUND = {
    "half a character in a cursor was answered with 500": ("filters", b"\x00\x00_cursor=WyJcdWQ4MDAiXQ"),
    "a line feed in a title made a reference of two lines": ("citations", b"ER  - \nTY  - BOOK\x1ea\r\nb\x1ea b"),
    "a line feed in a header made a finding of two lines": (
        "register",
        b'\x05\xffadoption_id,"forged\nline:1",\x1b[31m\n',
    ),
    "a control character after a head of unknown tags ended the reading": (
        "html",
        b"<html><head><tit>a</tit></head><body>\x08Words that are read.<p>x</p>",
    ),
}


@pytest.mark.parametrize("what", list(FOUND))
def test_what_fuzzing_found_stays_mended(what: str) -> None:
    name, data = FOUND[what]
    targets.TARGETS[name](data)
