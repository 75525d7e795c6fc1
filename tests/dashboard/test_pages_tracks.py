"""Dates as spans, days between steps, days past an expected date, conflicts, recommendations and trusts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup

from dashboard.pages import review
from dashboard.parts.paging import leaf, pager
from dashboard.parts.params import Params
from dashboard.parts.permalinks import detail
from dashboard.parts.spans import Mark, Scale, gap_words, line, year_strip
from dashboard.parts.topics import topic_words
from dashboard.queries import reviews
from dashboard.queries.spans import span_of
from dashboard.start import START, Context
from data.dates import Span
from data.home import Home
from data.labels import label
from scrapers.build import build

Contexts = Callable[[Home], Context]
HEADER = "event_id,review_id,on_date,date_precision,state,source_id,summary,recorded_on\n"
SOURCE = "acp-uk-2021-rapid-response"


def span(text: str, precision: str) -> Span:
    found = span_of(text, precision)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (("2021-05-07", "day"), ("2021-05-11", "day"), "4 days later"),
        (("2021-05-07", "day"), ("2021-05-08", "day"), "1 day later"),
        (("2021-05-07", "day"), ("2021-05-07", "day"), "the same day"),
        (("2021-05-07", "day"), ("2021-07", "month"), "55 to 85 days later"),
        (("2021-05-07", "day"), ("2021-05", "month"), "at most 24 days later"),
        (("2021-05", "month"), ("2021-05", "month"), "at most 30 days later"),
        (("2021-05-07", "day"), ("2021-05-13", "before"), "at most 6 days later"),
        (("2021-05-06", "before"), ("2021-05-07", "day"), "at least 1 day later"),
        (("2021-05-06", "before"), ("2021-05-13", "before"), ""),
        (("2023-05-07", "day"), ("2021", "year"), ""),
        (("2020", "year"), ("2024", "year"), "1,096 to 1,826 days later"),
    ],
)
def test_days_between_are_no_more_exact_than_the_dates(
    before: tuple[str, str], after: tuple[str, str], words: str
) -> None:
    assert gap_words(span(*before), span(*after)) == words


@pytest.mark.parametrize("text", [None, "", "soon", "2021-13", "2021-02-30", "20210507", "0000", "21"])
def test_a_date_that_cannot_be_read_has_no_days(text: str | None) -> None:
    assert span_of(text, None) is None


def test_a_precision_that_does_not_fit_has_no_days() -> None:
    assert span_of("2021-05", "day") is None
    assert span_of("2021-05", None) == Span(dt.date(2021, 5, 1), dt.date(2021, 5, 31))


def test_a_line_of_time_keeps_within_its_ends() -> None:
    scale = Scale.of_years([dt.date(2021, 5, 1), dt.date(2023, 2, 1)])
    assert (scale.place(dt.date(1999, 1, 1)), scale.place(dt.date(2050, 1, 1))) == (0.0, 100.0)
    drawn = line(
        scale,
        [Mark(span("2021", "year"), "○", "a"), Mark(span("2021-05-06", "before"), "●", "b & c")],
        'told "so"',
        waiting=(dt.date(2022, 9, 30), dt.date(2023, 1, 1)),
    )
    soup = BeautifulSoup(str(drawn), "html.parser")
    assert len(soup.select(".mark")) == len(soup.select(".band")) == 2 and soup.select_one(".late")
    assert soup.select_one(".line")["aria-label"] == 'told "so"'  # type: ignore[index]
    assert Scale(dt.date(2021, 1, 1), dt.date(2021, 1, 1)).place(dt.date(2021, 1, 1)) == 0.0


@pytest.mark.parametrize("text", ["2021-01-01", "2021-12-31", "2020-02-29"])
def test_a_day_stays_on_its_strip(text: str) -> None:
    style = BeautifulSoup(str(year_strip(span(text, "day"))), "html.parser").select_one(".band")["style"]  # type: ignore[index]
    left, width = (float(part.split(":")[1].strip("%;")) for part in str(style).split(";")[:2])
    assert left >= 0 and width >= 3 and left + width <= 100


@pytest.mark.parametrize(
    ("asked", "total", "number", "remark"),
    [("", 0, 1, False), ("", 100, 1, False), ("3", 100, 3, False), ("4", 100, 1, True), ("0", 100, 1, True),
     ("-1", 100, 1, True), ("²", 100, 1, True), ("٣", 100, 1, True), ("9" * 5000, 100, 1, True), ("1", 0, 1, False)],
)  # fmt: skip
def test_a_page_that_is_none_falls_back(asked: str, total: int, number: int, remark: bool) -> None:
    here, said = leaf(asked, total, 40)
    assert here.number == number and bool(said) == remark
    assert 0 <= here.start <= here.stop <= total


def test_the_pager_keeps_the_filters() -> None:
    here, _ = leaf("5", 1000, 40)
    links = BeautifulSoup(str(pager("/timeline", {"kind": "Event & more"}, here, "entries")), "html.parser").select("a")
    assert [link.get_text() for link in links] == ["1", "4", "6", "25"]
    assert all("kind=Event+%26+more" in str(link["href"]) for link in links)
    assert "page=" not in str(links[0]["href"])
    assert pager("/timeline", {}, leaf("", 10, 40)[0], "entries") == ""


def test_a_detail_keeps_its_filters_and_quotes() -> None:
    assert detail("review", "a&b", {"by": "NHS England", "state": ""}) == "/review?by=NHS+England&review=a%26b"


@pytest.mark.parametrize(
    ("topic", "words"),
    [("denial-of-treatment", "denial of treatment"), ("coercion-and-co-production", "coercion and co-production"),
     ("trauma-informed-care", "trauma-informed care"), ("re-traumatisation", "re-traumatisation"), ("halt", "halt"), ("", "")],
)  # fmt: skip
def test_topics_are_words(topic: str, words: str) -> None:
    assert topic_words(topic) == words


# --- reviews --------------------------------------------------------------------------------------------------------


def track_of(home: Home, context_of: Contexts, state: str, steps: str) -> reviews.Track:
    (home.register / "reviews.csv").write_text(
        "review_id,title,commissioner_id,subject_ids,scope,state,source_id,recorded_on\n"
        f"one,A review,nhs-england,,national,{state},{SOURCE},2026-11-23\n",
        encoding="utf-8",
    )
    (home.register / "review_events.csv").write_text(HEADER + steps, encoding="utf-8")
    build(home)
    return reviews.track_index(context_of(home).record)["one"]


@pytest.mark.parametrize(
    ("state", "steps", "days"),
    [
        ("completed", "late,one,2022-09,month,delayed,{s},It had been expected in September 2022.,2026-11-23\n", 31),
        ("completed", "late,one,2022-09-30,day,delayed,{s},The deadline was 30 September.,2026-11-23\n", 31),
        ("announced", "late,one,2022-10-07,day,delayed,{s},It was put back.,2026-11-23\n", None),
        ("announced", "late,one,2022-10-07,day,under-way,{s},It is expected soon.,2026-11-23\n", None),
        ("announced", "late,one,,,delayed,{s},It had been expected earlier.,2026-11-23\n", None),
        ("announced", "late,one,2022-11,month,delayed,{s},It is expected in November.,2026-11-23\n", None),
        ("published", "late,one,2022-09,month,delayed,{s},It had been expected in September 2022.,2026-11-23\n", None),
        ("abandoned", "late,one,2022-09,month,delayed,{s},It had been expected in September 2022.,2026-11-23\n", None),
        ("completed", "late,one,2022-09,month,delayed,{s},It had been expected then.,2026-11-23\n"
         "out,one,,,published,{s},It was published.,2026-11-23\n", None),
        ("called-for", "", None),
    ],
)  # fmt: skip
def test_only_a_stated_date_makes_a_review_overdue(
    state: str, steps: str, days: int | None, home: Home, context_of: Contexts
) -> None:
    track = track_of(home, context_of, state, steps.format(s=SOURCE))
    assert track.days_overdue(dt.date(2022, 10, 31)) == days
    assert str(review.plain(START.state(), Params()))  # type: ignore[arg-type]
    START.close()


def test_an_expected_date_has_a_column_of_its_own(home: Home, context_of: Contexts) -> None:
    def steps(*lines: str) -> reviews.Track:
        (home.register / "review_events.csv").write_text(
            HEADER.strip() + ",expected_on\n" + "".join(f"{line}\n" for line in lines), encoding="utf-8"
        )
        build(home)
        return reviews.track_index(context_of(home).record)["one"]

    (home.register / "reviews.csv").write_text(
        "review_id,title,commissioner_id,subject_ids,scope,state,source_id,recorded_on\n"
        f"one,A review,nhs-england,,national,under-way,{SOURCE},2026-11-23\n",
        encoding="utf-8",
    )
    first = f"a,one,2022-06-01,day,announced,{SOURCE},Promised.,2026-11-23,2022-09"
    second = f"b,one,2022-10-07,day,delayed,{SOURCE},It had been expected by now.,2026-11-23,2022-12-24"
    track = steps(first)
    assert track.days_overdue(dt.date(2022, 9, 30)) is None and track.days_overdue(dt.date(2022, 10, 2)) == 2
    track = steps(first, second, f"c,one,2023-01,month,under-way,{SOURCE},Went on.,2026-11-23,")
    assert track.expected and track.expected.expected_on == "2022-12-24", "the latest promise counts"
    assert track.days_overdue(dt.date(2022, 12, 31)) == 7
    words = BeautifulSoup(str(review.plain(context_of(home), Params())), "html.parser").get_text()
    assert "it had been expected on 24 December 2022" in words
    track = steps(first, f"d,one,2022-11,month,published,{SOURCE},Out.,2026-11-23,")
    assert track.days_overdue(dt.date(2026, 1, 1)) is None
    words = BeautifulSoup(str(review.plain(context_of(home), Params())), "html.parser").get_text()
    assert (
        "published 32 to 90 days after it was expected (September 2022)" in words
    )  # 30 September to 1 November; 1 September to 30
    START.close()


def test_days_are_counted_from_the_last_undisputed_step(home: Home, context_of: Contexts) -> None:
    track_of(
        home,
        context_of,
        "under-way",
        f"a,one,2021-05-01,day,announced,{SOURCE},Announced.,2026-11-23\n"
        f'b,one,2021-05-10,day,under-way,{SOURCE},"Conflicting date: others say April.",2026-11-23\n'
        f"c,one,2021-05-21,day,completed,{SOURCE},Done.,2026-11-23\n",
    )
    page = BeautifulSoup(str(review.plain(context_of(home), Params())), "html.parser")
    assert [one.get_text() for one in page.select(".track .gap")] == ["20 days after 1 May 2021"]
    START.close()


def test_conflicting_steps_stand_side_by_side(home: Home, context_of: Contexts) -> None:
    track = track_of(
        home,
        context_of,
        "under-way",
        f'a,one,2020,year,under-way,{SOURCE},"Conflicting date: one page says 2020; others say May 2021.",2026-11-23\n'
        f"b,one,2021-05-13,day,under-way,{SOURCE},Trusts were asked.,2026-11-23\n"
        f"c,one,2021-12,month,under-way,{SOURCE},Work went on.,2026-11-23\n"
        f"d,one,2021-05-14,day,announced,{SOURCE},It was announced.,2026-11-23\n"
        f"e,one,2023-03,month,abandoned,{SOURCE},The office refused. Compare the legal challenge of May.,2026-11-23\n"
        f"f,one,2023-05,month,abandoned,{SOURCE},It stopped for a legal challenge.,2026-11-23\n"
        f"g,one,2023-06,month,abandoned,{SOURCE},A draft came out.,2026-11-23\n",
    )
    assert [[step.step.event_id for step in one.steps] for one in track.conflicts] == [["a", "b"], ["e", "f"]]
    assert track.first and track.first.step.event_id == "b"
    START.close()


def test_a_lone_conflicting_step_makes_no_pair(home: Home, context_of: Contexts) -> None:
    track = track_of(
        home, context_of, "under-way", f"a,one,2020,year,under-way,{SOURCE},Conflicting date.,2026-11-23\n"
    )
    assert track.conflicts == ()
    START.close()


def test_the_real_tracks(context_of: Contexts, published_home: Home) -> None:
    context = context_of(published_home)
    tracks = reviews.tracks(context.record)
    assert sum(len(track.steps) for track in tracks) == context.record.rows("SELECT count(*) FROM review_event")[0][0]
    focus = reviews.track_index(context.record)[context.programme.focus.review]
    assert focus.expected and focus.days_overdue(dt.date(2022, 10, 1)) == 1 and focus.conflicts
    for track in tracks:
        ends = [step.days.last for step in track.dated if step.days]
        assert ends == sorted(ends)
        assert list(track.steps) == [*track.dated, *(step for step in track.steps if not step.days)]
    page = BeautifulSoup(str(review.plain(context, Params())), "html.parser")
    assert len(page.select(".track > .step:not(.is-waiting)")) == sum(len(track.steps) for track in tracks)
    assert len(page.select(".track > .is-waiting")) == sum(bool(t.days_overdue(context.today)) for t in tracks)
    START.close()


def test_nothing_is_answered_that_nobody_has_shown(context_of: Contexts, published_home: Home) -> None:
    context = context_of(published_home)
    found = reviews.recommendations(context.record)
    first = [one for one in found if one.made_by == context.programme.focus.recommendations_by]
    assert [one.number for one in first[:8]] == [str(n) for n in range(1, 9)]
    page = BeautifulSoup(str(review.plain(context, Params())), "html.parser")
    table = page.select_one("#recommendations table")
    assert table and len(table.select("tbody tr")) == len(first)
    assert table.get_text().count("nobody has shown this") == len(first)
    shown = [one for one in found if one.outcome]
    for one in shown:
        row = next(r for r in page.select("#recommendations tbody tr") if str(one.outcome_summary) in r.get_text())
        assert label("recommendation.outcome", one.outcome) in row.get_text()
        assert row.select_one(f'a[href*="source={one.outcome_source_id}"]'), (
            "an outcome leads to the page that shows it"
        )
    words = page.select_one("#recommendations").get_text()  # type: ignore[union-attr]
    later = [one for one in found if one.outcome == "unknown"]
    assert later and f"For {len(later)} more a later act is on record, and no page says whether" in words
    assert f"What became of {len(shown) - len(later)} of them a page shows" in words, "what is not known is not counted"
    assert words.count("nobody has shown this") == len(found) - len(shown)
    START.close()


def test_trusts_are_asked_known_or_not_known(context_of: Contexts, published_home: Home) -> None:
    context = context_of(published_home)
    found = reviews.trust_answers(context.record)
    trusts = {
        row[0] for row in context.record.rows("SELECT org_id FROM organisation WHERE kind = 'mental-health-trust'")
    }
    assert {one.standing.org_id for one in found} == trusts
    request = reviews.request_to_all_trusts(context.record)
    assert request and {one.asked for one in found} == {request.step.source_id}
    own = {one.standing.org_id: one for one in found if one.said}
    assert set(own) == {
        track.review.commissioner_id
        for track in reviews.tracks(context.record)
        if track.review.commissioner_id in trusts
    }
    assert not any(one.published for one in found if not one.said)
    START.close()


def test_an_assertion_that_a_trust_did_not_answer_is_shown(home: Home, context_of: Contexts) -> None:
    with (home.register / "adoptions.csv").open("a", encoding="utf-8") as handle:
        handle.write(
            f"silent,oxleas,,,,not-answered,2022,year,{SOURCE},,Was asked and did not answer.,news,name,2026-11-23\n"
            f"looked,slam,,,,reviewed,2022,year,{SOURCE},,Looked at it.,own-word,name,2026-11-23\n"
        )
    build(home)
    found = {one.standing.org_id: one for one in reviews.trust_answers(context_of(home).record)}
    assert found["oxleas"].silent == SOURCE and found["oxleas"].done is None
    assert found["slam"].done == SOURCE and found["slam"].published is None
    START.close()


def test_the_embedded_track_names_its_home(context_of: Contexts, published_home: Home) -> None:
    context = context_of(published_home)
    page = BeautifulSoup(
        str(review.embedded(context, Params.given({"review": "nhse-stopsim-joint-policy"}))), "html.parser"
    )
    link = page.select("a")[-1]
    assert link["href"] == f"{context.programme.programme.base_url}/reviews/nhse-stopsim-joint-policy"
    assert page.h1 and page.select(".track .step")
    fallback = review.embedded(context, Params.given({"review": "none"}))
    assert reviews.track_index(context.record)[context.programme.focus.review].review.title in str(fallback)
    START.close()
