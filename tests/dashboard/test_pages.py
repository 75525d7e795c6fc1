"""Every page runs in Streamlit on the real register and on an empty one, and says what the plain page says."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator

import pytest
from bs4 import BeautifulSoup
from streamlit.testing.v1 import AppTest

from dashboard.pages import about, overview, responses
from dashboard.parts.params import Params
from dashboard.plain import ADDRESSES, Address
from dashboard.queries import state
from dashboard.start import START, Context
from data.home import HOME_VARIABLE, PACKAGE, Home
from data.progress import Progress, write_progress
from scrapers.build import build
from tests.support import collected_home

APP = PACKAGE.parent / "streamlit_app.py"
EACH = pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.title)
Contexts = Callable[[Home], Context]


@pytest.fixture(autouse=True)
def closed_after() -> Iterator[None]:
    yield
    START.close()


def run(address: Address, **query: str) -> AppTest:
    test = AppTest.from_string(
        "from dashboard.plain import ADDRESSES\n"
        f"next(each for each in ADDRESSES if each.path == {address.path!r}).page()\n",
        default_timeout=30,
    )
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


def shown(test: AppTest) -> str:
    assert not test.exception, [each.message for each in test.exception]
    return "\n".join(each.proto.body for each in test.get("html"))


def headings(text: str) -> list[str]:
    return [heading.get_text() for heading in BeautifulSoup(text, "html.parser").select("h1, h2")]


@EACH
@pytest.mark.parametrize("kind", ["real", "empty"])
def test_every_page_runs_and_says_what_the_plain_page_says(
    address: Address,
    kind: str,
    context_of: Contexts,
    published_home: Home,
    published_empty_home: Home,
) -> None:
    context = context_of(published_home if kind == "real" else published_empty_home)
    page = headings(shown(run(address)))
    plain = headings(str(address.plain(context, Params())))
    assert len([heading for heading in page if heading]) >= 1
    assert page[0] == plain[0]
    assert set(plain) == set(page)


@EACH
def test_every_page_has_a_sentence_for_search_engines(
    address: Address, context_of: Contexts, published_home: Home, published_empty_home: Home
) -> None:
    for home in (published_home, published_empty_home):
        words = address.describe(context_of(home))
        assert 10 < len(words) < 500 and words.endswith((".", "?", "!")) and "<" not in words


def test_the_front_door_draws_frame_and_overview(published_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(published_home.root))
    text = shown(AppTest.from_file(str(APP), default_timeout=30).run())
    assert "Leave this page" in text and "Samaritans" in text and "record 1" in text
    assert re.search(r"<h1>.+</h1>", text)


def test_trouble_is_drawn_in_words(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(home.root))
    with (home.register / "events.csv").open("a", encoding="utf-8") as handle:
        handle.write("BAD ID,2021,year,T,S,,context,acp-uk-2021-rapid-response,2026-11-23\n")
    text = shown(AppTest.from_file(str(APP), default_timeout=30).run())
    assert "has to be mended" in text and "events.csv:" in text


def test_a_home_is_found_by_name(context_of: Contexts, published_home: Home) -> None:
    context_of(published_home)
    test = run(ADDRESSES[0], find="slam")
    assert "South London and Maudsley" in shown(test)
    assert test.text_input(key="find").value == "slam"
    test.text_input(key="find").set_value("zzzzqq").run()
    assert "No body on record" in shown(test)


def test_what_is_new_follows_the_day(context_of: Contexts, published_home: Home) -> None:
    context = context_of(published_home)
    assert "Nothing new since" in shown(run(ADDRESSES[0], since=context.today.isoformat())) or (
        context.record.built_on == context.today
    )
    for asked in ("yesterday", "9999-12-31", "0001-01-01"):
        assert f"“{asked}” is no date from 2000 to today" in shown(run(ADDRESSES[0], since=asked))
        words = overview.plain(context, Params.given({"since": asked}))
        assert f"“{asked}” is no date from 2000 to today" in words and "9999</h2>" not in words


def test_filters_narrow_the_tables(context_of: Contexts, published_home: Home) -> None:
    context_of(published_home)
    rollout = ADDRESSES[1]
    test = run(rollout, kind="Police forces", region="London")
    rows = BeautifulSoup(shown(test), "html.parser").select("section#police tbody tr")
    assert rows and "section#trusts" not in shown(test)
    test.selectbox(key="region").set_value("All regions").run()
    assert len(BeautifulSoup(shown(test), "html.parser").select("section#police tbody tr")) > len(rows)
    assert "no status “Nonsense”" in shown(run(rollout, status="Nonsense"))


def test_one_body_has_its_rule_and_its_evidence(context_of: Contexts, published_home: Home) -> None:
    context = context_of(published_home)
    text = shown(run(ADDRESSES[1], org="slam", region="London"))
    assert "The rule that decided" in text and 'href="/rollout?' in text
    count = context.record.rows("SELECT count(*) FROM adoption_body WHERE org_id = 'slam'")[0][0]
    assert len(BeautifulSoup(text, "html.parser").select("tbody tr")) == count
    assert "no body “nobody”" in shown(run(ADDRESSES[1], org="nobody"))


@pytest.mark.parametrize(
    ("state", "seconds_ago", "words"),
    [
        ("collecting", 1, "12 of 147 pages asked"),
        ("publishing", 1, "being published"),
        ("ended", 1, ""),
        ("collecting", 3600, ""),
    ],
)
def test_a_run_under_way_is_a_quiet_line(
    state: str, seconds_ago: int, words: str, home: Home, context_of: Contexts
) -> None:
    build(home)
    context_of(home)
    then = (dt.datetime.now(dt.UTC) - dt.timedelta(seconds=seconds_ago)).isoformat()
    write_progress(home.progress_file, Progress("r", state, then, then, 147, 80, 12, 10, 2, 1.0))
    text = shown(AppTest.from_file(str(APP), default_timeout=30).run())
    line = BeautifulSoup(text, "html.parser").select_one("p.progress")
    assert (line is not None) == bool(words)
    assert line is None or words in line.get_text()


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(1, 394, "under 1 %"), (0, 394, "0 %"), (393, 394, "over 99 %"), (394, 394, "100 %"), (197, 394, "50 %")],
)
def test_a_share_never_tells_few_as_none(part: int, whole: int, words: str) -> None:
    assert overview.share(part, whole) == words


def test_the_first_page_counts_people_apart_and_names_each_source(context_of: Contexts, published_home: Home) -> None:
    ctx = context_of(published_home)
    people = str(responses.plain(ctx, Params.given({"kind": "Individual"})))
    assert re.search(r"<p class=\"lead\">\d+ people asked for something", people), "no bodies where there are none"
    review, petition = str(overview.review_cell(ctx)), str(overview.petition_cell(ctx))
    assert re.search(r"\d+ bodies and \d+ people</strong> are on record", str(overview.responses_cell(ctx)))
    assert "had decided not to publish the report" in review and ">March 2023</time>)." in review
    assert "source=centre-mh-2023-03" in review, "who says so stands under it"
    assert "75,000" in petition and "source=change-org-stopsim-petition" in petition, "so does who shows the goal"


def test_a_page_that_was_never_asked_for_is_not_one_that_could_not_be_captured(
    context_of: Contexts, published_home: Home, home: Home
) -> None:
    never = str(overview.evidence(context_of(published_home)))
    assert "could not be captured" not in never and "<table" not in never and "supporting words" not in never
    START.close()
    collected_home.fill(home)
    declined = home.register / "adoptions.csv"
    rows = declined.read_text(encoding="utf-8").replace(collected_home.LIVE, collected_home.BLOCKED)
    declined.write_text(rows, encoding="utf-8")
    build(home)
    counts = {one.state: one.facts for one in state.evidence_counts(context_of(home).record)}
    assert counts["no-capture"] == 1, "the one row whose page was asked for and did not let itself be read"
    assert counts["not-looked"] > 300


def test_about_names_what_the_browser_keeps(context_of: Contexts, published_home: Home) -> None:
    words = " ".join(
        BeautifulSoup(str(about.plain(context_of(published_home), Params())), "html.parser").get_text().split()
    )
    assert "one technical cookie" in words and "a note of the look, light or dark" in words
