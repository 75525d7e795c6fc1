"""Responses, review, timeline and petition: filters, details, odd addresses, empty and hostile registers."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from dashboard import server
from dashboard.pages import petition, responses, review, timeline
from dashboard.parts.params import Params
from dashboard.queries import chronology, reviews
from dashboard.queries import responses as said
from dashboard.record import Record
from dashboard.start import START, Context
from data.home import PACKAGE, Home
from scrapers.build import build

Contexts = Callable[[Home], Context]
PAGES = {"responses": responses, "review": review, "timeline": timeline, "petition": petition}
EACH = pytest.mark.parametrize("name", list(PAGES))
HOSTILE = """<script>alert(1)</script><img src=x onerror=alert(2)> "quoted" & {{7*7}} {0} %s"""


@pytest.fixture(autouse=True)
def closed_after() -> Iterator[None]:
    yield
    START.close()


def run(name: str, **query: str) -> AppTest:
    test = AppTest.from_string(f"from dashboard.pages import {name}\n{name}.page()\n", default_timeout=30)
    for key, value in query.items():
        test.query_params[key] = value
    return test.run()


def soup(test: AppTest) -> BeautifulSoup:
    assert not test.exception, [each.message for each in test.exception]
    return BeautifulSoup("\n".join(each.proto.body for each in test.get("html")), "html.parser")


def plain(name: str, context: Context, **query: str) -> BeautifulSoup:
    return BeautifulSoup(str(PAGES[name].plain(context, Params.given(query))), "html.parser")


def text(page: BeautifulSoup) -> str:
    return " ".join(page.get_text(" ").split())


# --- all four -------------------------------------------------------------------------------------------------------


@EACH
def test_runs_on_the_real_register_and_on_an_empty_one(
    name: str, context_of: Contexts, published_home: Home, published_empty_home: Home
) -> None:
    context_of(published_home)
    real = soup(run(name))
    assert real.h1 and real.h1.get_text() == PAGES[name].QUESTION
    assert real.select_one(".answer") and real.select_one(".basis a")
    context = context_of(published_empty_home)
    empty = soup(run(name))
    assert empty.h1 and empty.select_one(".empty") and "Nothing is on record yet" in text(empty)
    assert text(plain(name, context)) == text(empty)


@pytest.mark.parametrize("name", ["responses", "timeline", "review"])
def test_filters_that_few_rows_or_none_answer_show_the_page(
    name: str, context_of: Contexts, published_home: Home
) -> None:
    context = context_of(published_home)
    filters = PAGES[name].choices(context)
    for one, other in itertools.pairwise(filters):
        for words, others in ((one.options[0][1], other.options[-1][1]), (one.options[-1][1], other.options[0][1])):
            page = soup(run(name, **{one.name: words, other.name: others}))
            assert page.h1 and page.h1.get_text() == PAGES[name].QUESTION


@EACH
def test_the_answer_leads_to_its_sources_and_says_of_which_day(
    name: str, context_of: Contexts, published_home: Home
) -> None:
    context = context_of(published_home)
    page = plain(name, context)
    basis = page.select_one(".basis")
    assert basis and basis.find("time", datetime=context.record.built_on.isoformat())
    places = {element["id"] for element in page.select("[id]")}
    for link in page.select('.basis a[href^="#"]'):
        assert link["href"][1:] in places


@EACH
def test_every_place_and_link_on_the_page_exists(name: str, context_of: Contexts, published_home: Home) -> None:
    context = context_of(published_home)
    page = plain(name, context)
    ids = [element["id"] for element in page.select("[id]")]
    assert len(ids) == len(set(ids))
    client = TestClient(Starlette(routes=server.ROUTES, middleware=server.MIDDLEWARE))
    rooms: dict[str, list[str]] = {}
    for link in page.select('a[href^="/"]'):
        path = urlsplit(str(link["href"])).path
        rooms.setdefault(path.split("/")[1], []).append(path)
    assert rooms
    for paths in rooms.values():
        for path in sorted(set(paths))[::25]:
            assert client.get(path).status_code == 200, path


ODD = ("", "0", "-1", "9" * 40, "١٢", "x", "1e3", "../../etc/passwd", "\x00", "<script>", "𝟙")


@EACH
def test_odd_words_in_the_address_fall_back(name: str, context_of: Contexts, published_home: Home) -> None:
    context = context_of(published_home)
    names = ("page", "statement", "review", "entry", "kind", "asks", "position", "state", "by", "year", "body", "order")
    for odd in ODD:
        for query in ({key: odd} for key in names):
            assert f"<h1>{PAGES[name].QUESTION}</h1>" in PAGES[name].plain(context, Params.given(query)), query
        raw = str(PAGES[name].plain(context, Params.given(dict.fromkeys(names, odd))))
        assert "<script>" not in raw
    assert soup(run(name, **dict.fromkeys(names, "<script>"))).h1


def test_an_unknown_filter_or_row_is_named(context_of: Contexts, published_home: Home) -> None:
    context = context_of(published_home)
    for name, key, words in (
        ("responses", "statement", "There is no statement “nothing”"),
        ("review", "review", "There is no review “nothing”"),
        ("timeline", "entry", "There is no entry “nothing”"),
        ("timeline", "kind", "There is no kind “nothing”"),
        ("timeline", "page", "There is no page “nothing”"),
        ("responses", "page", "There is no page “nothing”"),
        ("review", "by", "There is no commissioned by “nothing”"),
    ):
        page = plain(name, context, **{key: "nothing"})
        notes = [text(one) for one in page.select(".note.is-warning")]
        assert any(words in one for one in notes), (name, key, notes)


@pytest.mark.parametrize(
    ("name", "key", "list_rows"),
    [("responses", "statement", "#statements tbody th a"), ("review", "review", "#reviews tbody th a"),
     ("timeline", "entry", ".entries .title a")],
)  # fmt: skip
def test_a_row_opens_and_goes_back_with_its_filters(
    name: str, key: str, list_rows: str, context_of: Contexts, published_home: Home
) -> None:
    context = context_of(published_home)
    filters = {"responses": {"kind": "Charity"}, "review": {"by": "NHS England"}, "timeline": {"year": "2021"}}[name]
    link = plain(name, context, **filters).select_one(list_rows)
    assert link
    query = {k: v[0] for k, v in parse_qs(urlsplit(str(link["href"])).query).items()}
    assert query.items() >= filters.items() and key in query
    opened = plain(name, context, **query)
    assert opened.h1 and opened.h1.get_text() != PAGES[name].QUESTION
    back = opened.select_one(".back a")
    assert back and {k: v[0] for k, v in parse_qs(urlsplit(str(back["href"])).query).items()} == filters
    assert text(soup(run(name, **query))) == text(opened)


def test_rows_have_details(context_of: Contexts, published_home: Home) -> None:
    context = context_of(published_home)
    for statement_id in list(said.voice_index(context.record))[::4]:
        page = plain("responses", context, statement=statement_id)
        assert page.select_one(".citation") and page.select_one("dl.facts a[href*='source=']")
    for review_id in list(reviews.track_index(context.record))[::3]:
        assert plain("review", context, review=review_id).select_one(".track, .quiet")
    for entry in every_entry(context.record)[::15]:
        assert plain("timeline", context, entry=entry.moment.id).select_one(".citation")


def test_hostile_words_stay_words(home: Home, context_of: Contexts) -> None:
    quoted = HOSTILE.replace('"', '""')
    source = "acp-uk-2021-rapid-response"
    lines = {
        "statements.csv": f'hostile,acp-uk,2021-05,month,{source},other,other,"{quoted}",2026-11-23\n',
        "concerns.csv": f'hostile,acp-uk,"{quoted}","{quoted}","{quoted}",acp-uk,"{quoted}",{source},2026-11-23\n',
        "reviews.csv": f'hostile,"{quoted}",,,"{quoted}",called-for,{source},2026-11-23\n',
        "review_events.csv": f'hostile-step,hostile,2021,year,delayed,{source},"{quoted}",2026-11-23,2021\n',
        "recommendations.csv": f'hostile,acp-uk,{source},"{quoted}","{quoted}","{quoted}",,2026-11-23,not,{source},"{quoted}"\n',
        "petition_readings.csv": f"hostile-petition,,2022,year,12,exact,,{source},2026-11-23\n",
        "events.csv": f'hostile-event,2021-04-25,day,"{quoted}","{quoted}",acp-uk,campaign,{source},2026-11-23\n',
    }
    for name, line in lines.items():
        with (home.register / name).open("a", encoding="utf-8") as handle:
            handle.write(line)
    build(home)
    context = context_of(home)
    for name, query in (
        ("responses", {}), ("responses", {"statement": "hostile"}), ("review", {}), ("review", {"review": "hostile"}),
        ("timeline", {"year": "2021"}), ("timeline", {"entry": "event.hostile-event"}), ("petition", {}),
    ):  # fmt: skip
        raw = str(PAGES[name].plain(context, Params.given(query)))
        assert "<script>alert" not in raw and "onerror=alert(2)>" not in raw.replace("onerror=alert(2)&gt;", "")
        assert "alert(1)" in raw or name == "petition"


# --- responses ------------------------------------------------------------------------------------------------------


def test_each_mark_of_the_matrix_opens_its_statement(context_of: Contexts, published_home: Home) -> None:
    context = context_of(published_home)
    page = plain("responses", context)
    marks = page.select(".matrix .dot")
    asks = sum(len(voice.statement.asks) for voice in said.voices(context.record))
    assert len(marks) == asks > 50
    for mark in marks:
        statement_id = parse_qs(urlsplit(str(mark["href"])).query)["statement"][0]
        assert said.voice_index(context.record)[statement_id].statement.name in mark.get_text()
    assert len(page.select(".units .dot")) == len(said.voices(context.record))


def test_the_matrix_counts_bodies_not_statements(context_of: Contexts, published_home: Home) -> None:
    context = context_of(published_home)
    found = said.voices(context.record)
    asked = dict(said.bodies_asking(found))
    halts = {voice.statement.org_id for voice in found if "halt" in voice.statement.asks}
    assert asked["halt"] == len(halts) < sum("halt" in voice.statement.asks for voice in found)
    assert list(asked)[-1] == "other"
    first = plain("responses", context).select_one(".matrix tbody tr")
    assert first and str(asked["halt"]) in [cell.get_text() for cell in first.select("td")]


def test_filters_narrow_everything_but_the_concerns(context_of: Contexts, published_home: Home) -> None:
    context = context_of(published_home)
    every, some = plain("responses", context), plain("responses", context, kind="Charity", asks="A halt")
    assert 0 < len(some.select(".matrix tbody tr")) < len(every.select(".matrix tbody tr"))
    assert 0 < len(some.select(".units .dot")) < len(every.select(".units .dot"))
    assert len(some.select(".debate > li")) == len(every.select(".debate > li")) > 0
    none = plain("responses", context, kind="Police force", asks="A halt")
    assert "No statement on record is like that." in text(none)


def test_the_focus_bodys_concerns_stand_beside_the_replies(context_of: Contexts, published_home: Home) -> None:
    context = context_of(published_home)
    by = context.programme.focus.concerns_by
    first = [one for one in said.concerns(context.record) if one.raised_by == by]
    assert [one.number for one in first] == sorted(str(n) for n in range(1, len(first) + 1))
    shown = plain("responses", context).select(".debate > li")
    assert len(shown) == len(first)
    for one, box in zip(first, shown, strict=True):
        assert one.summary in text(box) and (one.reply_summary or "No reply on record") in text(box)


@pytest.mark.parametrize(
    ("note", "summary", "read"),
    [
        ("Read whole.", "Says a thing.", "whole"),
        ("Cited elsewhere (reference 6). read whole.", "Says a thing.", "whole"),
        ("Only the opening of the page has been read.", "Says a thing.", "part"),
        ("Only the opening has been read; its detailed recommendations have not.", "Says a thing.", "part"),
        ("Also dates a page that has not been read.", "Says a thing; the rest has not been read.", "part"),
        ("Undated.", "Says a thing.", "part"),
        (None, "Says a thing.", "part"),
        ("", "", "part"),
        ("Cited elsewhere. Not read.", "Says a thing.", "unread"),
        ("Home page not read; inner pages have rows of their own.", "Says a thing.", "unread"),
        ("Read whole.", "Known only from a reference list. Content not read.", "unread"),
        ("Read whole.", "Known from the next statement, its own page not read.", "unread"),
    ],
)
def test_how_far_a_page_was_read(note: str | None, summary: str, read: str) -> None:
    assert said.how_read(note, summary) == read


def test_an_unread_statement_says_so(context_of: Contexts, published_home: Home) -> None:
    context = context_of(published_home)
    unread = [voice for voice in said.voices(context.record) if voice.read == "unread"]
    assert unread
    page = plain("responses", context, statement=unread[0].statement.statement_id)
    assert "has not been read" in text(page)
    label = page_marks(plain("responses", context), unread[0].statement.statement_id)
    assert label and all("not been read" in one for one in label)


def page_marks(page: BeautifulSoup, statement_id: str) -> list[str]:
    return [str(m["title"]) for m in page.select(".dot") if str(m["href"]).endswith(f"statement={statement_id}")]


def every_entry(record: Record) -> tuple[chronology.Entry, ...]:
    return chronology.some(record, "", "", "", start=0, stop=100_000)


# --- timeline -------------------------------------------------------------------------------------------------------


def test_pages_of_the_timeline_hold_every_entry_once(context_of: Contexts, published_home: Home) -> None:
    context = context_of(published_home)
    seen: list[str] = []
    for number in range(1, 99):
        page = plain("timeline", context, page=str(number))
        if page.select(".note.is-warning"):
            break
        links = page.select(".entries .title a")
        assert len(links) <= timeline.ROWS
        seen += [parse_qs(urlsplit(str(link["href"])).query)["entry"][0] for link in links]
    assert sorted(seen) == sorted(entry.moment.id for entry in every_entry(context.record))
    assert len(seen) == len(set(seen))


def test_the_timeline_can_be_read_from_its_beginning(context_of: Contexts, published_home: Home) -> None:
    context = context_of(published_home)
    latest = plain("timeline", context, year="2021").select(".entries .title a")
    oldest = plain("timeline", context, year="2021", order="Oldest first").select(".entries .title a")
    assert latest[0].get_text() != oldest[0].get_text() and len(latest) == len(oldest)


def test_years_and_kinds_add_up(context_of: Contexts, published_home: Home) -> None:
    context = context_of(published_home)
    found = chronology.counted(context.record)
    total = len(every_entry(context.record))
    assert sum(one.total for one in chronology.by_year(found)) == chronology.total(found) == total
    assert sum(size for _, size in chronology.kinds_of(found)) == total
    years = [int(one.year) for one in chronology.by_year(found)]
    assert years == list(range(years[0], years[-1] + 1))
    assert chronology.by_year(()) == ()


def test_each_entry_has_a_permanent_page_and_a_citation(context_of: Contexts, published_home: Home) -> None:
    context = context_of(published_home)
    base = context.programme.programme.base_url
    for row in plain("timeline", context).select(".entries > li"):
        cited = text(row.select_one(".citation"))  # type: ignore[arg-type]
        perma = row.select_one('a[href^="/timeline/"]')
        assert perma and f"{base}{perma['href']}" in cited and context.programme.programme.publisher in cited


def test_uncertain_dates_are_drawn_as_what_they_are(context_of: Contexts, published_home: Home) -> None:
    context = context_of(published_home)
    kinds = {entry.moment.date_precision: entry for entry in every_entry(context.record)}
    for precision, words in (("day", "Known to the day."), ("month", "some day from"), ("before", "some day up to")):
        page = plain("timeline", context, entry=kinds[precision].moment.id)
        band = page.select_one(".strip .band")
        assert band and words in text(page)
        assert ("is-day" in band["class"]) == (precision == "day")
        assert ("is-open" in band["class"]) == (precision == "before")


# --- petition -------------------------------------------------------------------------------------------------------


def test_counts_stay_what_they_are(context_of: Contexts, published_home: Home) -> None:
    context = context_of(published_home)
    page = plain("petition", context)
    amounts = [text(one) for one in page.select(".gauges li .amount")]
    assert any(one.startswith("more than ") for one in amounts)
    last = [row for row in page.select("section[id^=table] tbody tr") if "no date" in text(row)]
    assert len(last) == 1 and last[0].find_next_sibling("tr") is None
    assert not page.select("section[id^=beside] .quiet")


def build_readings(home: Home, rows: str) -> None:
    """A record whose register holds these rows of petition_readings.csv, and the sources and bodies of this project."""
    for name in ("sources.csv", "organisations.csv"):
        shutil.copyfile(PACKAGE / "register" / name, home.register / name)
    head = "petition_id,url,on_date,date_precision,signatures,bound,target,source_id,recorded_on\n"
    (home.register / "petition_readings.csv").write_text(head + rows, encoding="utf-8")
    build(home)


def test_a_petition_without_goal_date_or_page(empty_home: Home, context_of: Contexts) -> None:
    build_readings(
        empty_home,
        "one,,,,0,exact,,bps-2021-05-12-statement,2026-11-23\n"
        "two,,2021,before,7,at-least,5,bps-2021-05-12-statement,2026-11-23\n"
        "two,,2021,before,7,at-least,5,acp-uk-2021-rapid-response,2026-11-23\n",
    )
    context = context_of(empty_home)
    page = plain("petition", context)
    assert len(page.select("section[id^=counts]")) == 1
    assert "more than 140" in text(plain("petition", context, petition="two"))
    assert petition.describe(context)


def test_one_petition_is_shown_and_the_others_are_a_link_away(empty_home: Home, context_of: Contexts) -> None:
    build_readings(
        empty_home,
        "test-a,https://a.example/a,2021-05-01,day,111,exact,,bps-2021-05-12-statement,2026-11-23\n"
        "test-b,https://a.example/b,2021-05-02,day,222,exact,500,bps-2021-05-12-statement,2026-11-23\n",
    )
    context = context_of(empty_home)
    first = plain("petition", context)
    assert "111 people had signed" in text(first) and "222 people" not in text(first)
    (other,) = [str(a["href"]) for a in first.select("#others a")]
    assert parse_qs(urlsplit(other).query) == {"petition": ["test-b"]}
    for page in (plain("petition", context, petition="test-b"), soup(run("petition", petition="test-b"))):
        assert "222 people had signed" in text(page) and "111 people" not in text(page)
    unknown = plain("petition", context, petition="test-c")
    assert "There is no petition “test-c” on this record" in text(unknown) and "111 people had signed" in text(unknown)
