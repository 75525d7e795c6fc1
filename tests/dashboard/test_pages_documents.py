"""The page of documents on a home that was collected: states, filters, comparison word by word, absences, candidates."""

from __future__ import annotations

import datetime as dt
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboard.feeds.choose import entries
from dashboard.feeds.write import content
from dashboard.pages import documents as page
from dashboard.parts import diff
from dashboard.parts.evidence import _lost as lost_words
from dashboard.parts.evidence import evidence
from dashboard.parts.params import Params
from dashboard.parts.passages import marked, places_of, reading_words
from dashboard.queries import documents, items
from dashboard.queries.sources import source_index
from dashboard.start import Context
from data.home import PACKAGE, Home
from scrapers.build import build
from tests.support import collected_home as collected

Contexts = Callable[[Home], Context]


@pytest.fixture(scope="module")
def read_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    root: Path = tmp_path_factory.mktemp("collected") / "home"
    shutil.copytree(PACKAGE / "register", root / "register")
    shutil.copyfile(PACKAGE / "programme.toml", root / "programme.toml")
    home = Home(root.resolve())
    collected.fill(home)
    build(home)
    return home


def soup(markup: object) -> BeautifulSoup:
    return BeautifulSoup(str(markup), "html.parser")


def text_of(markup: object) -> str:
    """Words as a reader sees them, without the blanks between elements that a parser adds."""
    return " ".join(soup(markup).get_text().split())


def plain(ctx: Context, **query: str) -> str:
    return str(page.plain(ctx, Params.given(query)))


def run(**query: str) -> AppTest:
    test = AppTest.from_string("from dashboard.pages import documents\ndocuments.page()\n", default_timeout=30)
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


def shown(test: AppTest) -> str:
    assert not test.exception, [each.message for each in test.exception]
    return "\n".join(each.proto.body for each in test.get("html"))


def test_the_answer_counts_what_the_tables_hold(context_of: Contexts, read_home: Home) -> None:
    ctx = context_of(read_home)
    rows = ctx.record.rows
    total = rows("SELECT count(*) FROM source")[0][0]
    read = rows("SELECT count(DISTINCT source_id) FROM capture WHERE verdict = 'good'")[0][0]
    assert page.describe(ctx) == (
        f"{total} pages and files are on record, and {read} of them have been read here. "
        "One page changed after the first reading, and one page vanished."
    )


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (
            collected.LIVE,
            "Still there when last asked, on 20 November 2026. It changed twice since it was first read here",
        ),
        (collected.GONE, "Present on 4 May 2026, absent on 9 September 2026, still absent on 12 September 2026."),
        (collected.BACK, "Still there when last asked, on 20 November 2026."),
        (collected.ARCHIVED, "Known here only from web archives; the latest copy is of 2 January 2018."),
        (
            collected.BLOCKED,
            "Asked once, last on 20 November 2026, and not read yet: the site asked for proof of a human.",
        ),
        (collected.SLOW, "The last try, on 20 November 2026, did not reach it: no answer in time."),
        ("acp-uk-2021-rapid-response", "On record, and not asked for yet."),
    ],
)
def test_each_state_is_a_sentence(context_of: Contexts, read_home: Home, source: str, words: str) -> None:
    ctx = context_of(read_home)
    found = soup(plain(ctx, source=source))
    assert words in " ".join(found.select_one("p.answer").get_text().split())  # type: ignore[union-attr]
    assert found.h1 is not None and found.h1.get_text() == source_index(ctx.record)[source].title
    assert len(found.select("h1")) == 1


def test_one_failed_try_is_not_yet_vanished(context_of: Contexts, home: Home) -> None:
    collected.fill(home)
    with duckdb.connect(str(home.work_database)) as work:
        work.execute("DELETE FROM disappearance WHERE source_id = ?", [collected.GONE])
        work.execute("DELETE FROM attempt WHERE source_id = ? AND run_id NOT IN ('run-1', 'run-3')", [collected.GONE])
    build(home)
    words = text_of(plain(context_of(home), source=collected.GONE))
    assert "Read on 1 April 2026, not there on 9 September 2026. That was seen once so far" in words


def test_absences_say_what_was_seen_and_no_more(context_of: Contexts, read_home: Home) -> None:
    ctx = context_of(read_home)
    table = soup(plain(ctx, view="absent")).select_one("section#absent")
    assert table is not None
    words = " ".join(table.get_text().split())
    assert "Present on 3 March 2026, absent on 4 May 2026, present again on 12 September 2026." in words
    assert "deleted" not in words and "removed" not in words
    archive = table.select_one("a[href*='archive.example']")
    assert archive is not None and archive.get_text() == "copy of 1 April 2026"


def test_neighbouring_versions_are_compared_word_by_word(context_of: Contexts, read_home: Home) -> None:
    ctx = context_of(read_home)
    both = soup(plain(ctx, source=collected.LIVE, **{"from": "1", "to": "2"})).select_one("#compare")
    assert both is not None
    old, new = both.select("tbody tr")[0].select("td")
    assert [gone.get_text() for gone in old.select("del")] == ["began", "in"]
    assert [come.get_text().strip() for come in new.select("ins")] == ["ran", "from", "until June 2021"]
    assert not old.select("ins") and not new.select("del")
    one = soup(plain(ctx, source=collected.LIVE, look="inline", **{"from": "1", "to": "2"})).select_one("#compare")
    assert one is not None and one.select_one(".is-inline") is not None
    assert "began" in one.get_text() and "ran" in one.get_text()
    assert "Ring the duty desk" not in one.get_text(), "what did not change is left out"


def test_versions_further_apart_are_compared_by_their_texts(context_of: Contexts, read_home: Home) -> None:
    ctx = context_of(read_home)
    found = soup(plain(ctx, source=collected.LIVE, **{"from": "3", "to": "1"})).select_one("#compare")
    assert found is not None and found.h3 is not None and found.h3.get_text() == "Version 1 and version 3"
    words = found.get_text()
    assert "Twelve people" in words and "being rewritten" in words and "Nineteen" not in words


def test_an_unknown_version_falls_back_with_a_remark(context_of: Contexts, read_home: Home) -> None:
    ctx = context_of(read_home)
    for asked in ({"from": "1", "to": "9"}, {"from": "x"}, {"from": "2", "to": "2"}, {"to": "²"}):
        words = text_of(plain(ctx, source=collected.LIVE, **asked))
        assert "to compare" in words and "Version 2 and version 3" in words


def test_hostile_words_of_a_page_stay_words(context_of: Contexts, read_home: Home) -> None:
    html = plain(context_of(read_home), source=collected.LIVE, **{"from": "1", "to": "2"})
    assert not soup(html).select("script, td b, [href^=javascript]")
    assert collected.HOSTILE in text_of(html)
    assert "Trap" in html


def test_what_rests_on_a_page_and_the_passage_that_carries_it(context_of: Contexts, read_home: Home) -> None:
    ctx = context_of(read_home)
    found = soup(plain(ctx, source=collected.LIVE))
    row = found.select_one("section#rests tbody tr")
    assert row is not None and "evidence found" in row.get_text()
    assert row.a is not None and row.a["href"] == "/adoptions/example-adoption"
    passages = found.select("section#passages figure")
    assert passages and any("Example Trust" in mark.get_text() for mark in passages[0].select("mark"))
    assert ":~:text=" in str(passages[0].select_one("figcaption a[href^=https]"))
    assert "not captured" in text_of(plain(ctx, source="acp-uk-2021-rapid-response"))


def test_copies_and_tries_are_the_latest_with_a_way_to_all(context_of: Contexts, read_home: Home) -> None:
    ctx = context_of(read_home)
    found = soup(plain(ctx, source=collected.LIVE))
    rows = found.select("section#captures tbody tr")
    assert len(rows) == 10
    held = ctx.record.rows("SELECT body_sha256 FROM capture WHERE source_id = ?", [collected.LIVE])
    assert {(code.get_text(),) for code in found.select("section#captures code")} <= set(held)
    more = found.select_one("section#captures p:last-child a")
    assert more is not None and more["href"] == "/api/v1/capture.csv?source_id=example-live"
    blocked = soup(plain(ctx, source=collected.BLOCKED))
    assert "asks whether the reader is human" in blocked.select("section#captures")[0].get_text()


def test_the_last_try_and_the_last_good_copy_are_two_dates(context_of: Contexts, read_home: Home) -> None:
    ctx = context_of(read_home)
    facts = soup(plain(ctx, source=collected.SLOW)).select_one("dl.facts")
    assert facts is not None
    told = dict(
        zip([t.get_text() for t in facts.select("dt")], [d.get_text() for d in facts.select("dd")], strict=True)
    )
    assert told["Last tried"].startswith("20 November 2026, 06:02 UTC: no answer in time")
    assert told["Last good copy"] == "3 March 2026, 06:00 UTC"


def test_candidates_are_shown_as_not_checked(context_of: Contexts, read_home: Home) -> None:
    ctx = context_of(read_home)
    waiting = ctx.record.rows("SELECT count(*) FROM candidate WHERE state IN ('open', 'reopened')")[0][0]
    assert waiting
    found = soup(plain(ctx, view="candidates"))
    assert len(found.select("section#candidates tbody tr")) == min(40, waiting)
    assert "None of them is part of the record" in found.get_text()
    assert "Example Trust" in found.select("section#candidates tbody tr")[0].get_text()


def test_links_out_are_links_only_where_they_lead_to_the_web(context_of: Contexts, read_home: Home) -> None:
    found = soup(plain(context_of(read_home), source=collected.LIVE)).select("section#links li")
    assert [item.get_text() for item in found] == ["Programme news · on record", "Trap"]
    assert [a["href"] for a in found[0].select("a")] == [
        "https://trust.example/example-gone",
        "/documents?source=example-gone",
    ]
    assert not found[1].select("a")


def test_filters_and_pages_are_in_the_address(context_of: Contexts, read_home: Home) -> None:
    ctx = context_of(read_home)
    gone = soup(plain(ctx, state="Was there, now absent", publisher="Example Trust"))
    rows = gone.select("section#list tbody tr")
    assert [row.th.a["href"] for row in rows if row.th and row.th.a] == [
        "/documents?state=Was+there%2C+now+absent&publisher=Example+Trust&source=example-gone"
    ]
    changed = soup(plain(ctx, state="Changed since first read")).select("section#list tbody tr")
    assert len(changed) == 1
    second = soup(plain(ctx, page="2")).select("section#list tbody tr")
    first = soup(plain(ctx)).select("section#list tbody tr")
    assert len(first) == len(second) == 40 and first[0] != second[0]
    assert "no page “9999”" in text_of(plain(ctx, page="9999"))
    assert "no state “Burnt”" in text_of(plain(ctx, state="Burnt"))
    assert "no document “nowhere”" in text_of(plain(ctx, source="nowhere"))
    assert "no view “sideways”" in text_of(plain(ctx, view="sideways"))
    nothing = text_of(plain(ctx, state="Was there, now absent", kind="Petition"))
    assert "No document on record is like that." in nothing


def test_the_way_back_keeps_the_filters(context_of: Contexts, read_home: Home) -> None:
    found = soup(plain(context_of(read_home), source=collected.GONE, kind="News"))
    back = found.select_one("p.back a")
    assert back is not None and back["href"] == "/documents?kind=News"


def test_the_app_shows_what_the_plain_page_shows(context_of: Contexts, read_home: Home) -> None:
    ctx = context_of(read_home)
    for query in ({}, {"view": "changes"}, {"source": collected.LIVE}, {"state": "Only in a web archive"}):
        in_app = [h.get_text() for h in soup(shown(run(**query))).select("h1, h2, h3")]
        assert in_app == [h.get_text() for h in soup(plain(ctx, **query)).select("h1, h2, h3")]
    test = run()
    test.selectbox(key="state").set_value("Was there, now absent").run()
    assert len(soup(shown(test)).select("section#list tbody tr")) == 1


def test_before_anything_was_collected(context_of: Contexts, published_home: Home, published_empty_home: Home) -> None:
    words = text_of(plain(context_of(published_home)))
    assert "None of them has been read here yet" in words
    assert "no absence can have been seen" in words and "no change can have been seen" in words
    assert "nothing can have been found" in text_of(plain(context_of(published_home), view="candidates"))
    assert "No source is in the register yet." in text_of(plain(context_of(published_empty_home), view="changes"))


def test_the_day_of_the_last_run_is_said(context_of: Contexts, read_home: Home, published_home: Home) -> None:
    assert "Pages were last asked for on 20 November 2026." in text_of(plain(context_of(read_home)))
    assert "No page has been asked for yet." in text_of(plain(context_of(published_home)))


def test_steps_that_cannot_be_read_are_none() -> None:
    for text in (None, "", "{", "3", '["a"]', '{"op": "added"}'):
        assert diff.steps_of_json(text) == ()


WORDS = st.text(alphabet="ab .’-é\n", max_size=60)


@given(before=WORDS, after=WORDS)
def test_the_pieces_give_both_texts_back(before: str, after: str) -> None:
    found = diff.pieces(before, after)
    assert "".join(piece.text for piece in found if piece.op != "removed") == after
    words_before = "".join(piece.text for piece in found if piece.op != "added").split()
    assert "".join(words_before) == "".join(before.split())


def test_long_passages_and_many_passages_end_soon() -> None:
    begun = time.perf_counter()
    long_one, other = "word " * 50_000, "other " * 50_000
    assert [piece.op for piece in diff.pieces(long_one, other)] == ["removed", "added"]
    many = [(f"passage {n} of the text", "") for n in range(2_000)]
    steps = diff.steps_between(many, [*many[:500], ("passage new", "Heading"), *many[501:]])
    assert [(step.op, step.after) for step in steps][-1] in [("added", "passage new"), ("altered", "passage new")]
    assert time.perf_counter() - begun < 5


def test_marks_join_where_they_overlap() -> None:
    assert str(marked("a <b> c", [(2, 5), (3, 7)])) == "a <mark>&lt;b&gt; c</mark>"
    assert str(marked("short", [(3, 99), (-5, 1)])) == "<mark>s</mark>ho<mark>rt</mark>"
    assert places_of("Trust and trusts and TRUST", ["trust", " "]) == [(0, 5), (21, 26)]


def test_a_reading_is_told_in_words() -> None:
    reading = {
        "status": "ended", "trust_id": "x", "on_date": "2021-06", "date_precision": "month", "signatures": 64000,
        "bound": "at-least", "url": "javascript:alert(1)", "asks": ["halt"], "org_ids": ["a", "b"], "odd": ["1", "2"],
    }  # fmt: skip
    words = text_of(reading_words(reading, lambda org_id: org_id.upper()))
    assert words.startswith("X; A and B; ended it; in June 2021; signatures: 64,000; at least; javascript:alert(1)")
    assert "asks for a halt" in words and "odd: 1, 2" in words
    assert text_of(reading_words({}, str)) == ""


def test_a_candidate_that_cannot_be_read_is_shown_as_such(read_home: Home) -> None:
    one = documents.Candidate("c", "adoption", None, "{", 1.0, "r", collected.RUNS[0], "open", None, None)
    assert documents.reading_of(one) == {}


def test_a_file_without_text_is_still_there_and_says_why_it_was_not_read(context_of: Contexts, home: Home) -> None:
    collected.fill(home)
    with duckdb.connect(str(home.work_database)) as work:
        for source, outcome in ((collected.BACK, "no-text"), (collected.LIVE, "structure-changed")):
            work.execute(
                "UPDATE attempt SET outcome = $1, live_outcome = $1 WHERE attempt_id = "
                "(SELECT max(attempt_id) FROM attempt WHERE source_id = $2)",
                [outcome, source],
            )
        work.execute(
            "UPDATE extraction SET problem = 'scanned pages without text' WHERE source_id = ?", [collected.BACK]
        )
    build(home)
    ctx = context_of(home)
    words = text_of(plain(ctx, source=collected.BACK))
    assert "Still there when last asked, on 20 November 2026: no text in it." in words
    assert "scanned pages without text" in words
    assert "did not reach it" not in words
    words = text_of(plain(ctx, source=collected.LIVE))
    assert "Still there when last asked, on 20 November 2026: the page is built in another way than expected." in words


def test_the_archives_copy_opens_at_the_passage(context_of: Contexts, home: Home) -> None:
    collected.fill(home)
    with duckdb.connect(str(home.work_database)) as work:
        work.execute(
            "UPDATE capture SET memento_url = 'https://archive.example/' || capture_id WHERE source_id = ?",
            [collected.LIVE],
        )
    build(home)
    found = soup(plain(context_of(home), source=collected.LIVE))
    links = [str(one["href"]) for one in found.select("figure.passage a") if "archive.example" in str(one["href"])]
    assert links and all("#:~:text=" in one for one in links)


def test_a_feed_says_that_evidence_was_lost(context_of: Contexts, read_home: Home) -> None:
    ctx = context_of(read_home)
    told = {
        entry.row_id: content(entry, ctx.record, "https://x.example")
        for entry in entries(ctx.record, "changes", collected.LIVE)
    }
    with_loss = [name for name, words in told.items() if "Evidence lost" in words]
    assert with_loss == [f"change.{collected.LIVE}.2"]
    assert "https://x.example/adoptions/example-adoption" in told[with_loss[0]]


def test_a_page_that_is_gone_is_not_called_live(context_of: Contexts, home: Home) -> None:
    collected.fill(home)
    with duckdb.connect(str(home.work_database)) as work:
        work.execute(
            "UPDATE attempt SET outcome = 'not-found', live_outcome = 'not-found' WHERE attempt_id = "
            "(SELECT max(attempt_id) FROM attempt WHERE source_id = ?)",
            [collected.LIVE],
        )
    build(home)
    ctx = context_of(home)
    for words in (
        text_of(plain(ctx, source=collected.LIVE)),
        str(evidence(ctx, "adoption", "example-adoption", collected.LIVE)),
    ):
        assert "the page's address, where it was not found when last asked" in words.replace("&#39;", "'")
        assert "on the live page" not in words


def test_evidence_that_came_back_is_not_told_as_lost() -> None:
    day = dt.datetime(2026, 3, 4, tzinfo=dt.UTC)
    lost = items.Lost(change_number=1, raised_at=day, cleared_at=None, source_id="page")
    assert "The page no longer holds the passage" in lost_words(lost)
    back = lost_words(replace(lost, cleared_at=day + dt.timedelta(days=2)))
    assert "The page did not hold the passage" in back and "again since" in back
