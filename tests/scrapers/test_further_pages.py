"""What is asked beside a page in a run: machine addresses, single items behind cut lists, and what comes of them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from data.home import Home
from data.programme import Programme, read_programme
from data.published import current_path, open_database
from scrapers import warc, work
from scrapers.capture import Response
from scrapers.collect import CollectOptions, collect
from scrapers.families import data_reader, machine_url, read_candidates, second_opinion
from scrapers.fetch import Fetcher
from scrapers.further import MAX_FURTHER
from scrapers.hooks import ArchiveCopy, Hooks, Source
from scrapers.report import RunSummary
from scrapers.sites import family_for
from scrapers.work import Past, open_work
from tests.support.named_hosts import Page, Sites, fetcher_for, playing

PAGES = Path(__file__).parents[1] / "pages" / "sites"
JSON = "application/json"
QUESTIONS = "questions-statements-api.parliament.uk/api/writtenquestions/questions"
PETITION = "petition.parliament.uk/petitions/500001"
REQUEST = "www.whatdotheyknow.com/request/use_of_the_night_bus_12"
PUBLICATION = "www.gov.uk/government/publications/night-bus-agreement"
CONTENT = "www.gov.uk/api/content/government/publications/night-bus-agreement"
CHANGE = "www.change.org/p/county-council-keep-the-night-bus"


def page(name: str) -> bytes:
    return (PAGES / name).read_bytes()


@pytest.fixture
def sites(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sites]:
    with playing() as played:
        monkeypatch.setattr("scrapers.collect.Fetcher", fetcher_for(played))
        yield played


class _NoReaders:
    """In place of the reading processes, where a test needs no text of a page: most of a short run is their start."""

    waiting = 0

    def __init__(self, *_: object) -> None:
        pass

    def put(self, job: object) -> None:
        pass

    def finish(self, tick: object) -> None:
        pass

    def stop(self) -> None:
        pass


@pytest.fixture(autouse=True)
def _quick(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "whole_run" not in request.fixturenames:
        monkeypatch.setattr("scrapers.collect.Readers", _NoReaders)
        monkeypatch.setattr("scrapers.collect._publish", lambda home, _connection: home.root)


@pytest.fixture
def whole_run() -> None:
    """Have the text of pages read and the record published as well."""


@dataclass
class Runs:
    """A home whose sources are collected again and again."""

    home: Home
    programme: Programme

    def collect(self, **hooks: Any) -> RunSummary:
        given = {"judge": second_opinion, "further": data_reader(self.programme)} | hooks
        options = CollectOptions(allow_private=True, use_archives="archives" in hooks, quiet=True)
        return collect(self.home, self.programme, options, hooks=Hooks(**given))

    def rows(self, query: str) -> list[Any]:
        with duckdb.connect(str(self.home.work_database), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def captures(self) -> list[tuple[str, str, str, bool]]:
        """(part, address without scheme, verdict, is_revisit) of each capture, in order."""
        return self.rows(
            "SELECT part, regexp_replace(requested_url, '^https://', ''), verdict, is_revisit FROM capture "
            "ORDER BY capture_id"
        )

    def attempt(self) -> tuple[str, str, str]:
        """(outcome, live_outcome, detail) of the last attempt."""
        found: tuple[str, str, str] = self.rows(
            "SELECT outcome, live_outcome, detail FROM attempt ORDER BY attempt_id DESC LIMIT 1"
        )[0]
        return found

    def observations(self, kind: str) -> list[dict[str, Any]]:
        found = self.rows(f"SELECT reading FROM observation WHERE kind = '{kind}' ORDER BY observation_id")
        return [json.loads(reading) for (reading,) in found]

    def candidates(self) -> list[tuple[str, dict[str, Any]]]:
        found = self.rows("SELECT kind, reading FROM candidate WHERE rule LIKE '%/%' ORDER BY found_at, candidate_id")
        return [(kind, json.loads(reading)) for kind, reading in found]


@pytest.fixture
def begin(home_with_sources: Callable[[dict[str, str]], Home]) -> Callable[..., Runs]:
    def make(*addresses: str) -> Runs:
        home = home_with_sources({f"source-{n}": f"https://{address}" for n, address in enumerate(addresses, 1)})
        programme = read_programme(home.programme_file)
        subject = programme.programme.model_copy(update={"terms": ("Lantern Scheme",), "weak_terms": ()})
        faster = programme.collect.model_copy(update={"delay": 0.0, "tries": 1, "deadline": 10.0})
        return Runs(home, programme.model_copy(update={"programme": subject, "collect": faster}))

    return make


Begin = Callable[..., Runs]


# -- each family


def test_a_change_org_petition_is_its_page_alone(sites: Sites, begin: Begin) -> None:
    sites.put(CHANGE, page("change-org-petition/2021-targeting-data.html"))
    runs = begin(CHANGE)
    assert runs.collect().outcomes == {"captured": 1}
    assert sites.pages_asked() == [CHANGE]
    assert runs.captures() == [("page", CHANGE, "good", False)]
    assert [told["signatures"] for told in runs.observations("petition_reading")] == [64851]


def test_a_request_and_its_json_are_one_candidate(sites: Sites, begin: Begin) -> None:
    sites.put(REQUEST, page("whatdotheyknow-request/page-very-late.html"))
    sites.put(f"{REQUEST}.json", page("whatdotheyknow-request/partially-successful.json"), JSON)
    runs = begin(REQUEST)
    assert runs.collect().outcomes == {"captured": 1}
    assert sites.pages_asked() == [REQUEST, f"{REQUEST}.json"]
    assert runs.captures() == [("page", REQUEST, "good", False), ("data", f"{REQUEST}.json", "good", False)]
    states = [told["state"] for told in runs.observations("foi")]
    assert states == ["waiting_response_very_overdue", "partially_successful"]
    [history] = runs.observations("foi_history")
    assert [row.get("state") for row in history["rows"]] == [
        "waiting_response", "waiting_clarification", None, "partially_successful",
    ]  # fmt: skip
    [(kind, told)] = runs.candidates()
    assert (kind, told["state"]) == ("foi", "partially_successful")
    assert told["authority"] == runs.observations("foi")[1]["authority"]
    assert set(runs.observations("foi")[0]) <= set(told)  # what only the page states is not lost
    [(capture_id,)] = runs.rows("SELECT capture_id FROM candidate")
    assert runs.rows(f"SELECT part FROM capture WHERE capture_id = '{capture_id}'") == [("data",)]


def test_a_declared_json_asks_for_its_page(sites: Sites, begin: Begin) -> None:
    sites.put(REQUEST, page("whatdotheyknow-request/page-very-late.html"))
    sites.put(f"{REQUEST}.json", page("whatdotheyknow-request/partially-successful.json"), JSON)
    runs = begin(f"{REQUEST}.json")
    assert runs.collect().outcomes == {"captured": 1}
    assert sites.pages_asked() == [f"{REQUEST}.json", REQUEST]
    assert [part for part, *_ in runs.captures()] == ["page", "data"]
    assert len(runs.candidates()) == 1


def test_a_page_in_another_language_is_asked_once(sites: Sites, begin: Begin) -> None:
    welsh = REQUEST.replace("/request/", "/cy/request/")
    sites.put(welsh, page("whatdotheyknow-request/page-very-late.html"))
    sites.put(f"{REQUEST}.json", page("whatdotheyknow-request/partially-successful.json"), JSON)
    assert begin(welsh).collect().outcomes == {"captured": 1}
    assert sites.pages_asked() == [welsh, f"{REQUEST}.json"]


def test_a_publication_has_its_history_of_changes(sites: Sites, begin: Begin) -> None:
    sites.put(PUBLICATION, page("govuk/page.html"))
    sites.put(CONTENT, page("govuk/published.json"), JSON)
    runs = begin(PUBLICATION)
    assert runs.collect().outcomes == {"captured": 1}
    assert [row[:3] for row in runs.captures()] == [("page", PUBLICATION, "good"), ("data", CONTENT, "good")]
    from_page, from_data = runs.observations("page")
    assert "changes" not in from_page
    assert (
        from_data["changes"] == json.loads(page("govuk/published.json.expected.json"))["facts"][0]["values"]["changes"]
    )
    assert runs.candidates() == []


def test_a_petition_makes_a_series(sites: Sites, begin: Begin) -> None:
    sites.put(PETITION, page("uk-parliament-petition/page.html"), etag='"p1"')
    sites.put(f"{PETITION}.json", page("uk-parliament-petition/open-2021.json"), JSON, etag='"j1"')
    runs = begin(PETITION)
    runs.collect()
    expected = json.loads(page("uk-parliament-petition/open-2021.json.expected.json"))["facts"]
    first = expected[0]["values"]["signatures"]
    assert {fact["kind"] for fact in expected} == {
        "petition_reading", "petition_by_country", "petition_by_constituency",
    }  # fmt: skip
    for fact in expected[1:]:
        assert runs.observations(fact["kind"]) == [fact["values"]]
    assert [(kind, told["signatures"]) for kind, told in runs.candidates()] == [("petition_reading", first)]

    assert runs.collect().outcomes == {"unchanged": 1}
    assert sites.answered[-2:] == [304, 304]
    assert [(part, revisit) for part, _, _, revisit in runs.captures()[2:]] == [("page", True), ("data", True)]

    more = page("uk-parliament-petition/open-2021.json").replace(str(first).encode(), str(first + 5).encode())
    sites.put(f"{PETITION}.json", more, JSON, etag='"j2"')
    assert runs.collect().outcomes == {"unchanged": 1}
    series = runs.rows(
        "SELECT o.found_at = c.captured_at, CAST(o.reading->>'signatures' AS INTEGER) FROM observation o "
        "JOIN capture c USING (capture_id) WHERE o.kind = 'petition_reading' AND c.part = 'data' ORDER BY o.found_at"
    )
    assert series == [(True, first), (True, first), (True, first + 5)]
    assert len(runs.candidates()) == 2
    assert warc.verify(runs.home).findings == []


def test_single_questions_behind_a_cut_list(sites: Sites, begin: Begin) -> None:
    listed = f"{QUESTIONS}?searchTerm=lantern&skip=0&take=20"
    sites.put(listed, page("uk-parliament-written-question/list.json"), JSON)
    sites.put(f"{QUESTIONS}/1400001", page("uk-parliament-written-question/answered.json"), JSON)
    sites.put(f"{QUESTIONS}/1400002", page("uk-parliament-written-question/not-answered.json"), JSON)
    runs = begin(listed)
    assert runs.collect().outcomes == {"captured": 1}
    assert sites.pages_asked() == [listed, f"{QUESTIONS}/1400001", f"{QUESTIONS}/1400002"]
    assert [part for part, *_ in runs.captures()] == ["page", "data", "data"]
    assert len(runs.observations("statement")) == 1
    assert len(runs.observations("written_question")) == 1
    assert "statement" in [kind for kind, _ in runs.candidates()]


def test_a_question_page_is_an_ordinary_page_with_data(sites: Sites, begin: Begin) -> None:
    address = "questions-statements.parliament.uk/written-questions/detail/2021-05-11/1234"
    sites.put(address, b"<html><title>Written question</title><p>" + b"Own words of a page. " * 90)
    sites.put(f"{QUESTIONS}/2021-05-11/1234", page("uk-parliament-written-question/answered.json"), JSON)
    runs = begin(address)
    assert runs.collect().outcomes == {"captured": 1}
    assert len(runs.observations("statement")) == 1
    sites.put(f"{QUESTIONS}/2021-05-11/1234", page("uk-parliament-written-question/without-uin.json"), JSON)
    summary = runs.collect()
    assert summary.outcomes == {"structure-changed": 1}  # nothing else holds what the family must read
    assert not summary.clean
    outcome, live, detail = runs.attempt()
    assert (outcome, live) == ("structure-changed", "unchanged")
    assert "uk-parliament-written-question" in detail
    assert len(runs.observations("statement")) == 1


def test_a_post_names_its_own_data(sites: Sites, begin: Begin) -> None:
    address, data = "news.example.org/night-bus", "news.example.org/wp-json/wp/v2/posts/71"
    link = '<link rel="alternate" type="application/json" href="https://{}">'
    body = page("wordpress/page.html").replace(b"</head>", link.format(data).encode() + b"</head>", 1)
    sites.put(address, body)
    sites.put(data, page("wordpress/post.json"), JSON)
    runs = begin(address)
    assert runs.collect().outcomes == {"captured": 1}
    asked = sites.pages_asked()
    assert asked[0] == address
    assert len(asked) == 2
    assert asked[1].startswith("news.example.org/wp-json/")


# -- manners


def test_robots_close_the_data_and_not_the_page(sites: Sites, begin: Begin) -> None:
    sites.put("www.gov.uk/robots.txt", b"User-agent: *\nDisallow: /api/\n", "text/plain")
    sites.put(PUBLICATION, page("govuk/page.html"))
    sites.put(CONTENT, page("govuk/published.json"), JSON)
    runs = begin(PUBLICATION)
    assert runs.collect().outcomes == {"captured": 1}
    assert sites.pages_asked() == [PUBLICATION]
    outcome, _, detail = runs.attempt()
    assert outcome == "captured"
    assert f"https://{CONTENT}" in detail
    assert "robots.txt" in detail


@pytest.mark.parametrize(
    "wrong",
    [
        Page(b"<h1>Not found</h1>", status=404),
        Page(b"<h1>Gone</h1>", status=410),
        Page(b"<h1>Error</h1>", status=500),
        Page(b"", JSON),
        Page(b"", status=302, location="http://169.254.169.254/latest/meta-data/"),
        Page(b"", status=302, location="http://127.0.0.2:1/"),
        Page(b"<title>Just a moment...</title>", status=403),
    ],
    ids=["404", "410", "500", "empty", "metadata", "nobody there", "challenge"],
)
def test_data_that_cannot_be_had_changes_nothing(sites: Sites, begin: Begin, wrong: Page) -> None:
    sites.put(PUBLICATION, page("govuk/page.html"))
    sites.pages[CONTENT] = wrong
    runs = begin(PUBLICATION)
    summary = runs.collect()
    assert summary.outcomes == {"captured": 1}
    assert summary.clean
    assert runs.captures() == [("page", PUBLICATION, "good", False)]
    outcome, live, detail = runs.attempt()
    assert (outcome, live) == ("captured", "captured")
    assert f"Further data at https://{CONTENT}: " in detail
    assert len(runs.rows("SELECT * FROM attempt")) == 1
    assert len(runs.observations("page")) == 1


@pytest.mark.parametrize("status", [403, 404, 410, 503])
def test_a_page_that_does_not_answer_well_is_not_followed_up(sites: Sites, begin: Begin, status: int) -> None:
    sites.put(PUBLICATION, b"")
    sites.pages[PUBLICATION] = Page(b"<title>Access denied</title>", status=status)
    sites.put(CONTENT, page("govuk/published.json"), JSON)
    runs = begin(PUBLICATION)
    assert not runs.collect().clean
    assert sites.pages_asked() == [PUBLICATION]


def _list_of(ids: range) -> bytes:
    one = json.loads(page("uk-parliament-written-question/list.json"))["results"][1]
    results = [one | {"value": one["value"] | {"id": number, "uin": str(number)}} for number in ids]
    return json.dumps({"totalResults": len(results), "results": results}).encode()


def test_further_addresses_are_few_and_the_rest_comes_later(sites: Sites, begin: Begin) -> None:
    listed = f"{QUESTIONS}?searchTerm=lantern"
    ids = range(1500001, 1500010)
    sites.put(listed, _list_of(ids), JSON)
    for number in ids:
        single = json.loads(page("uk-parliament-written-question/answered.json"))
        single["value"] |= {"id": number, "uin": str(number)}
        sites.put(f"{QUESTIONS}/{number}", json.dumps(single).encode(), JSON)
    runs = begin(listed)
    runs.collect()
    first = sites.pages_asked()[1:]
    assert len(first) == MAX_FURTHER
    assert "4 further addresses left for later runs." in runs.attempt()[2]
    runs.collect()
    second = sites.pages_asked()[1:]
    assert len(second) == MAX_FURTHER
    assert set(first) | set(second) == {f"{QUESTIONS}/{number}" for number in ids}
    assert len({told["uin"] for told in runs.observations("statement")}) == len(ids)


def test_a_page_cannot_send_a_run_to_another_site(sites: Sites, begin: Begin) -> None:
    address, other = "news.example.org/night-bus", "victim.example.com/wp-json/wp/v2/posts/71"
    link = f'<link rel="alternate" type="application/json" href="https://{other}">'
    head = '<meta name="generator" content="WordPress 6.4">'
    words = "Own words of a post about the night bus. " * 60
    sites.put(address, f"<html><head><title>Night bus</title>{head}{link}</head><body><p>{words}</body>".encode())
    sites.put(other, page("wordpress/post.json"), JSON)
    assert begin(address).collect().outcomes == {"captured": 1}
    assert sites.pages_asked() == [address]


def test_a_host_is_asked_by_one_at_a_time(sites: Sites, begin: Begin) -> None:
    sites.slow = 0.03
    details = "questions-statements.parliament.uk/written-questions/detail/2021-05-11"
    sources = [f"{details}/{number}" for number in (1, 2, 3)] + [f"{QUESTIONS}/{number}" for number in (4, 5, 6)]
    for address in sources[:3]:
        sites.put(address, b"<html><title>Question</title><p>" + b"Own words of a page. " * 90)
    for number in (1, 2, 3):
        sites.put(f"{QUESTIONS}/2021-05-11/{number}", page("uk-parliament-written-question/answered.json"), JSON)
    for address in sources[3:]:
        sites.put(address, page("uk-parliament-written-question/answered.json"), JSON)
    runs = begin(*sources)
    assert runs.collect().outcomes == {"captured": 6}
    assert set(sites.most_at_once.values()) == {1}
    assert len(sites.pages_asked()) == 9


# -- what a family must find


def test_data_makes_good_what_the_page_lacks(sites: Sites, begin: Begin) -> None:
    sites.put(PETITION, page("uk-parliament-petition/page-without-count.html"))
    sites.put(f"{PETITION}.json", page("uk-parliament-petition/open-2021.json"), JSON)
    runs = begin(PETITION)
    summary = runs.collect()
    assert summary.outcomes == {"captured": 1}
    assert any("uk-parliament-petition" in note for note in summary.notes)
    assert [(part, verdict) for part, _, verdict, _ in runs.captures()] == [("page", "wrong-type"), ("data", "good")]
    outcome, live, detail = runs.attempt()
    assert (outcome, live) == ("captured", "captured")
    assert "counts of signatures" in detail
    assert len(runs.observations("petition_reading")) == 1


@pytest.mark.parametrize("data", [None, "uk-parliament-petition/unknown-state.json"], ids=["no data", "data changed"])
def test_neither_page_nor_data_is_loud(sites: Sites, begin: Begin, data: str | None) -> None:
    sites.put(PETITION, page("uk-parliament-petition/page.html"))
    sites.put(f"{PETITION}.json", page("uk-parliament-petition/open-2021.json"), JSON)
    runs = begin(PETITION)
    runs.collect()
    before = (runs.observations("petition_reading"), runs.candidates())
    sites.put(PETITION, page("uk-parliament-petition/page-without-count.html"))
    del sites.pages[f"{PETITION}.json"]
    if data:
        sites.put(f"{PETITION}.json", page(data), JSON)
    summary = runs.collect()
    assert summary.outcomes == {"structure-changed": 1}
    assert not summary.clean
    assert (runs.observations("petition_reading"), runs.candidates()) == before
    assert {verdict for _, _, verdict, _ in runs.captures()[2:]} == {"wrong-type"}


def test_data_that_changed_is_told_where_the_page_is_well(sites: Sites, begin: Begin) -> None:
    sites.put(PETITION, page("uk-parliament-petition/page.html"))
    sites.put(f"{PETITION}.json", page("uk-parliament-petition/unknown-state.json"), JSON)
    runs = begin(PETITION)
    summary = runs.collect()
    assert summary.outcomes == {"captured": 1}
    assert any("uk-parliament-petition" in note for note in summary.notes)
    assert "uk-parliament-petition" in runs.attempt()[2]
    assert [verdict for _, _, verdict, _ in runs.captures()] == ["good", "wrong-type"]  # kept, and not read


@dataclass(frozen=True)
class _Copy:
    response: Response
    archive: str
    memento_url: str
    captured_at: dt.datetime
    fetched_at: dt.datetime


def test_an_archived_page_that_lacks_its_minimum_becomes_no_version(sites: Sites, begin: Begin) -> None:
    sites.put(CHANGE, b"")
    sites.pages[CHANGE] = Page(b"<h1>Not found</h1>", status=404)
    then = dt.datetime(2021, 6, 1, tzinfo=dt.UTC)
    body = page("change-org-petition/others-only.html")

    def find(source: Source, past: Past) -> ArchiveCopy:
        response = Response(
            f"https://{CHANGE}", f"https://{CHANGE}", 200, "OK", (("Content-Type", "text/html"),), body, body, then, then,
            None,
        )  # fmt: skip
        return _Copy(response, "an-archive", f"https://archive.example/{CHANGE}", then, dt.datetime.now(dt.UTC))

    runs = begin(CHANGE)
    assert runs.collect(archives=lambda _fetcher: find).outcomes == {"not-found": 1}
    kept = runs.rows("SELECT origin, verdict FROM capture ORDER BY origin")
    assert ("an-archive", "wrong-type") in kept
    assert runs.observations("petition_reading") == []


# -- the database


@pytest.mark.usefixtures("whole_run")
def test_only_the_page_counts_as_the_page(sites: Sites, begin: Begin) -> None:
    sites.put(PETITION, page("uk-parliament-petition/page.html"))
    sites.put(f"{PETITION}.json", page("uk-parliament-petition/open-2021.json"), JSON)
    runs = begin(PETITION)
    runs.collect()
    runs.collect()
    with open_database(current_path(runs.home)) as published:
        state = published.execute(
            "SELECT captures, good_captures, last_good_capture_id, state FROM source_state"
        ).fetchone()
        assert state is not None
        assert (state[0], state[1], state[3]) == (2, 2, "live")
        part = published.execute("SELECT part FROM capture WHERE capture_id = ?", [state[2]]).fetchone()
        assert part == ("page",)
        counts = published.execute("SELECT count(*) FROM observation WHERE kind = 'petition_reading'").fetchone()
        assert counts == (4,)
        read = published.execute("SELECT DISTINCT part FROM extraction JOIN capture USING (capture_id)").fetchall()
        assert read == [("page",)]
        told = published.execute(
            "SELECT column_name FROM duckdb_columns() WHERE table_name IN ('observation', 'capture') AND comment IS NULL"
        ).fetchall()
        assert told == []


def test_reading_again_replaces_observations(sites: Sites, begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    sites.put(CHANGE, page("change-org-petition/2021-targeting-data.html"))
    runs = begin(CHANGE)
    runs.collect()
    family = family_for(f"https://{CHANGE}")
    assert family is not None
    monkeypatch.setattr(type(family), "version", "2")
    with open_work(runs.home) as connection:
        found = read_candidates(runs.home, runs.programme, connection)
        assert (found.captures, found.observations) == (1, 1)
        assert connection.execute("SELECT version FROM observation").fetchall() == [("2",)]


def test_a_database_from_before_learns_of_parts(sites: Sites, begin: Begin) -> None:
    sites.put(PETITION, page("uk-parliament-petition/page.html"), etag='"p1"')
    runs = begin(PETITION)
    runs.collect(further=None)
    with duckdb.connect(str(runs.home.work_database)) as connection:
        connection.execute("ALTER TABLE capture DROP COLUMN part")
        connection.execute("DROP TABLE observation")
    sites.put(f"{PETITION}.json", page("uk-parliament-petition/open-2021.json"), JSON)
    assert runs.collect().outcomes == {"unchanged": 1}
    assert [part for part, *_ in runs.captures()] == ["page", "page", "data"]
    with open_work(runs.home) as connection:
        assert list(work.load_past_data(connection, {})) == []  # without its file nothing is asked conditionally


def test_machine_addresses_lead_to_nothing_further() -> None:
    assert machine_url(f"https://{PETITION}") == f"https://{PETITION}.json"
    assert machine_url(f"https://{PETITION}.json") is None
    assert machine_url("https://ordinary.example/") is None


def test_an_ordinary_page_is_not_read_for_further_addresses(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    look = data_reader(begin("a.example").programme)

    def never(*_: object) -> None:
        raise AssertionError("an ordinary page was read")

    monkeypatch.setattr("scrapers.families.judge", never)
    assert look("https://a.example/", "https://a.example/", "text/html", b"<html><title>x</title>") is None


def test_the_fetcher_of_these_tests_is_the_real_one(sites: Sites) -> None:
    assert issubclass(fetcher_for(sites), Fetcher)
