"""Families in a run: what they refuse, what becomes a candidate, and that nothing read before is overwritten."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import pytest

from data.home import Home
from data.programme import Programme, read_programme
from scrapers.capture import Response, Verdict
from scrapers.collect import CollectOptions, collect
from scrapers.families import read_candidates, second_opinion
from scrapers.hooks import Hooks, Source
from scrapers.sites import (
    Context,
    Fact,
    FoundSource,
    Reading,
    StructureChanged,
    candidates_of,
    context_of,
    families,
    family_for,
    judge,
)
from scrapers.sites.address import absolute, host_of, normalise
from scrapers.sites.base import Rank, register
from scrapers.sites.terms import terms_in
from scrapers.work import open_work

PAGES = Path(__file__).parents[2] / "pages" / "sites"
NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
PETITION = "https://www.change.org/p/county-council-keep-the-night-bus"
GOOD = Verdict("good")


def page(name: str) -> bytes:
    return (PAGES / name).read_bytes()


def answer(url: str, body: bytes, media_type: str = "text/html") -> Response:
    return Response(
        requested_url=url,
        final_url=url,
        status=200,
        reason="OK",
        headers=(("Content-Type", media_type),),
        raw=body,
        body=body,
        started_at=NOON,
        ended_at=NOON,
        ip="127.0.0.1",
    )


# -- which family


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.change.org/p/keep-the-bus", "change-org-petition"),
        ("http://change.org/en-GB/p/keep-the-bus?recruiter=1", "change-org-petition"),
        ("https://www.change.org/p/keep-the-bus/u/29000000", None),
        ("https://www.change.org/about", None),
        ("https://change.org.example.com/p/keep-the-bus", None),
        ("https://petition.parliament.uk/petitions/500001.json", "uk-parliament-petition"),
        ("https://petition.parliament.uk/archived/petitions/500001", "uk-parliament-petition"),
        ("https://petition.parliament.uk/petitions?state=open", None),
        ("https://www.whatdotheyknow.com/cy/request/use_of_the_bus", "whatdotheyknow-request"),
        ("https://www.whatdotheyknow.com/request/use_of_the_bus/response/1/attach/2/a.pdf", None),
        ("https://www.whatdotheyknow.com/feed/body/northtown", "whatdotheyknow-feed"),
        ("https://www.whatdotheyknow.com/user/someone", None),
        ("https://www.gov.uk/government/publications/x", "govuk"),
        ("https://www.gov.uk/", None),
        ("https://assets.publishing.service.gov.uk/x.pdf", None),
        ("https://data.police.uk/api/forces", "police-forces"),
        ("https://data.police.uk/about/", None),
        ("https://www.slideshare.net/Account/deck", "slideshare"),
        ("https://www.slideshare.net/Account", None),
        ("https://directory.spineservices.nhs.uk/ORD/2-0-0/organisations/RX0", "nhs-organisation"),
        ("https://directory.spineservices.nhs.uk/ORD/2-0-0/organisations?Name=x", None),
        ("https://an.ordinary.page/statement", None),
        ("http://[broken", None),
        ("", None),
    ],
)
def test_family_by_address(url: str, name: str | None) -> None:
    found = family_for(url)
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("url", "machine"),
    [
        ("https://petition.parliament.uk/petitions/5", "https://petition.parliament.uk/petitions/5.json"),
        (
            "https://petition.parliament.uk/archived/petitions/5",
            "https://petition.parliament.uk/archived/petitions/5.json",
        ),
        ("https://www.whatdotheyknow.com/cy/request/a_b#incoming-1", "https://www.whatdotheyknow.com/request/a_b.json"),
        ("https://www.whatdotheyknow.com/feed/search/x", "https://www.whatdotheyknow.com/feed/search/x.json"),
        ("https://www.gov.uk/guidance/night-buses/?x=1#y", "https://www.gov.uk/api/content/guidance/night-buses"),
        ("https://www.gov.uk/api/content/guidance/night-buses", None),
        ("https://www.change.org/p/keep-the-bus", None),
    ],
)
def test_machine_address(url: str, machine: str | None) -> None:
    family = family_for(url)
    assert family is not None
    assert family.api_url(url) == machine


def test_question_page_names_its_interface_but_is_an_ordinary_page() -> None:
    url = "https://questions-statements.parliament.uk/written-questions/detail/2021-05-11/1234"
    assert family_for(url, "text/html", b"<!DOCTYPE html><html>") is None
    family = next(family for family in families() if family.name == "uk-parliament-written-question")
    assert family.api_url(url) == (
        "https://questions-statements-api.parliament.uk/api/writtenquestions/questions/2021-05-11/1234"
    )


def test_a_name_is_taken_once() -> None:
    class Second(type(families()[0])):  # type: ignore[misc]
        """The same name again."""

    with pytest.raises(ValueError, match="two families"):
        register(Second)


def test_families_that_need_a_host_name_it_and_others_do_not() -> None:
    for family in families():
        assert bool(family.hosts) == (family.rank is Rank.ADDRESS), family.name


# -- addresses and terms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.example.org/a/", "https://example.org/a"),
        ("https://example.org/a?utm_source=x&b=1&a=2#top", "https://EXAMPLE.org:443/a?a=2&b=1"),
        ("https://example.org/%7Eme", "https://example.org/~me"),
        ("https://example.org/caf%c3%a9", "https://example.org/café"),
        ("https://münchen.example/", "https://xn--mnchen-3ya.example"),
    ],
)
def test_the_same_page(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    "other", ["https://example.org/a?b=2", "https://example.org:8080/a?b=1", "https://example.org/A?b=1"]
)
def test_another_page(other: str) -> None:
    assert normalise("https://example.org/a?b=1") != normalise(other)


def test_broken_addresses_are_no_addresses() -> None:
    assert normalise("http://[x") == "http://[x"
    assert host_of("http://[x") == ""
    for text in ("", "  ", "javascript:alert(1)", "mailto:a@b.example", "http://[x", "https://a.example/<b>", None):
        assert absolute(text, "https://base.example/") in (None, "https://base.example/")
    assert absolute("../x", "https://base.example/a/b") == "https://base.example/x"


def test_weak_terms_need_company() -> None:
    context = Context(terms=("Lantern Scheme",), weak_terms=("LS",))
    assert terms_in("LS in the town", context) == ()
    assert terms_in("LS in the town", context, about=True) == ("LS",)
    assert terms_in("the LANTERN-scheme (LS)", context) == ("Lantern Scheme", "LS")
    assert terms_in("the lantern scheme and its ls", context) == ("Lantern Scheme",)
    assert terms_in("lanternschemes, Lantern Schemer", context) == ()
    assert terms_in("C++ (a term)", Context(terms=("C++",))) == ("C++",)


# -- judging and candidates


def test_judge_says_what_is_missing() -> None:
    reading, changed = judge({"url": PETITION}, page("change-org-petition/challenge.html"), PETITION, "text/html")
    assert reading is None
    assert changed is not None
    assert changed.family == "change-org-petition"
    assert "no state" in str(changed)


def test_judge_leaves_an_ordinary_page_alone() -> None:
    assert judge({"url": "https://a.example/"}, b"<html><body>x</body></html>", "https://a.example/") == (None, None)


def test_declared_address_decides_where_the_final_one_does_not() -> None:
    body = page("change-org-petition/2021-targeting-data.html")
    reading, changed = judge({"url": PETITION}, body, "https://www.change.org/x", "text/html")
    assert changed is None
    assert reading is not None
    assert reading.facts[0].values["signatures"] == 64851


def test_petition_reading_becomes_a_candidate_of_its_day() -> None:
    reading, _ = judge({"url": PETITION}, page("change-org-petition/2021-targeting-data.html"), PETITION)
    assert reading is not None
    first = candidates_of(reading, "the-petition", "c1", NOON)
    again = candidates_of(reading, "the-petition", "c2", NOON + dt.timedelta(days=9))
    assert [row["candidate_id"] for row in first] == [row["candidate_id"] for row in again]
    row = first[0]
    assert row["kind"] == "petition_reading"
    assert row["confidence"] == 1.0
    assert row["rule"] == "change-org-petition/1"
    assert row["state"] == "open"
    assert row["found_at"] == dt.datetime(2026, 11, 23, 12)  # noqa: DTZ001 - as DuckDB keeps it
    told = json.loads(row["reading"])
    assert (told["signatures"], told["displayed"], told["target"]) == (64851, 64828, 75000)
    assert (told["on_date"], told["date_precision"], told["bound"]) == ("2026-11-23", "day", "exact")
    assert told["where"].endswith("petition.signatureCount")


def test_facts_about_a_page_are_not_asked_about() -> None:
    reading = Reading("x", "1", facts=(Fact("page", {"title": "x"}, "head"), Fact("foi", {"state": "y"}, "p")))
    assert [row["kind"] for row in candidates_of(reading, "s", "c", NOON)] == ["foi"]


def test_a_page_found_by_two_feeds_is_one_candidate_and_no_source() -> None:
    def found(url: str) -> Reading:
        return Reading("feed", "1", found=(FoundSource(url, "T", "2021-06-16", ("Lantern Scheme",), "entry[0]", 0.9),))

    one = candidates_of(found("https://www.a.example/x/?utm_source=rss"), "feed-one", "c1", NOON)
    two = candidates_of(found("http://a.example/x"), "feed-two", "c2", NOON)
    assert one[0]["candidate_id"] == two[0]["candidate_id"]
    assert one[0]["kind"] == "source"
    assert json.loads(one[0]["reading"])["date_precision"] == "day"


def test_context_knows_declared_pages() -> None:
    context = context_of(["A"], ["B"], ["https://www.example.org/a/", "", "http://x.example"])
    assert context.known == {"example.org/a", "x.example"}


# -- in a run


def test_second_opinion_refuses_only_what_its_family_refuses() -> None:
    source = Source("s", PETITION)
    good = answer(PETITION, page("change-org-petition/2021-targeting-data.html"))
    assert second_opinion(source, good, GOOD) == GOOD
    bad = second_opinion(source, answer(PETITION, page("change-org-petition/others-only.html")), GOOD)
    assert (bad.word, bad.outcome) == ("wrong-type", "structure-changed")
    assert "change-org-petition" in bad.why
    blocked = Verdict("challenge", "x", "challenge")
    assert second_opinion(source, answer(PETITION, b"x"), blocked) == blocked
    ordinary = Source("s", "https://a.example/")
    assert second_opinion(ordinary, answer("https://a.example/", b"<html><p>x"), GOOD) == GOOD
    untitled = page("wordpress/page-without-title.html")
    assert second_opinion(ordinary, answer("https://a.example/", untitled), GOOD).outcome == "structure-changed"
    broken = page("pdf/only-the-first-bytes.pdf")
    assert second_opinion(ordinary, answer("https://a.example/", broken, "application/pdf"), GOOD).outcome == (
        "structure-changed"
    )
    assert second_opinion(ordinary, answer("https://a.example/", page("pdf/two-pages.pdf")), GOOD) == GOOD


class _Site(BaseHTTPRequestHandler):
    bodies: ClassVar[dict[str, tuple[str, bytes]]] = {}

    def do_GET(self) -> None:
        media_type, body = self.bodies.get(self.path, ("text/plain", b""))
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def site() -> Iterator[str]:
    _Site.bodies = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def loopback_petitions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let petitions stand on loopback as well."""
    family: Any = next(family for family in families() if family.name == "change-org-petition")
    monkeypatch.setattr(type(family), "hosts", frozenset({"127.0.0.1"}))
    monkeypatch.setattr("scrapers.families._hosts", lambda: frozenset({"127.0.0.1"}))
    monkeypatch.setattr("scrapers.sites.change_org.host_of", lambda url: "change.org" if "127.0.0.1" in url else "")


def _programme(home: Home) -> Programme:
    programme = read_programme(home.programme_file)
    subject = programme.programme.model_copy(update={"terms": ("Lantern Scheme",), "weak_terms": ("LS",)})
    faster = programme.collect.model_copy(update={"delay": 0.0, "tries": 1, "deadline": 10.0})
    return programme.model_copy(update={"programme": subject, "collect": faster})


OPTIONS = CollectOptions(allow_private=True, use_archives=False, quiet=True)
HOOKS = Hooks(judge=second_opinion)


def _outcomes(home: Home) -> list[tuple[str, str]]:
    with duckdb.connect(str(home.work_database), read_only=True) as connection:
        return connection.execute("SELECT outcome, detail FROM attempt ORDER BY attempt_id").fetchall()


def _candidates(home: Home) -> list[dict[str, Any]]:
    with duckdb.connect(str(home.work_database), read_only=True) as connection:
        rows = connection.execute("SELECT kind, reading, state FROM candidate ORDER BY candidate_id").fetchall()
    return [json.loads(reading) | {"kind": kind, "state": state} for kind, reading, state in rows]


@pytest.mark.usefixtures("loopback_petitions")
def test_a_petition_built_anew_is_loud_and_overwrites_nothing(site: str, home_with_sources: Any) -> None:
    path = "/p/county-council-keep-the-night-bus"
    home = home_with_sources({"petition": site + path})
    programme = _programme(home)
    _Site.bodies[path] = ("text/html", page("change-org-petition/2019-without-window.html"))
    assert collect(home, programme, OPTIONS, hooks=HOOKS).outcomes == {"captured": 1}
    before = _candidates(home)
    assert [row["signatures"] for row in before] == [1204]

    _Site.bodies[path] = ("text/html", page("change-org-petition/others-only.html"))
    summary = collect(home, programme, OPTIONS, hooks=HOOKS)
    assert summary.outcomes == {"structure-changed": 1}
    assert not summary.clean
    assert "none beside this petition" in _outcomes(home)[-1][1]
    assert _candidates(home) == before
    with duckdb.connect(str(home.work_database), read_only=True) as connection:
        verdicts = connection.execute("SELECT verdict FROM capture ORDER BY capture_id").fetchall()
        assert verdicts == [("good",), ("wrong-type",)]  # the bytes are kept, but make no version

    _Site.bodies[path] = ("text/html", page("change-org-petition/2021-targeting-data.html"))
    assert collect(home, programme, OPTIONS, hooks=HOOKS).outcomes == {"captured": 1}
    assert sorted(row["signatures"] for row in _candidates(home)) == [1204, 64851]


def test_a_feed_gives_candidate_sources_once(site: str, home_with_sources: Any) -> None:
    home = home_with_sources({"the-feed": f"{site}/feed/"})
    source = (home.register / "sources.csv").read_text(encoding="utf-8")
    (home.register / "sources.csv").write_text(source.replace(",html,", ",text,"), encoding="utf-8")
    programme = _programme(home)
    _Site.bodies["/feed/"] = ("application/rss+xml", page("feed/rss.xml"))
    collect(home, programme, OPTIONS, hooks=HOOKS)
    found = _candidates(home)
    assert {row["kind"] for row in found} == {"source"}
    assert len(found) == 4  # the declared page of the golden file's context is not declared here
    _Site.bodies["/feed/"] = ("application/rss+xml", page("feed/rss.xml") + b"\n")
    collect(home, programme, OPTIONS, hooks=HOOKS)
    assert _candidates(home) == found
    register = (home.register / "sources.csv").read_text(encoding="utf-8")
    assert "news.example.org" not in register


@pytest.mark.usefixtures("loopback_petitions")
def test_reading_again_adds_nothing_and_keeps_decisions(
    site: str, home_with_sources: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/p/county-council-keep-the-night-bus"
    home = home_with_sources({"petition": site + path})
    programme = _programme(home)
    _Site.bodies[path] = ("text/html", page("change-org-petition/2021-targeting-data.html"))
    collect(home, programme, OPTIONS, hooks=HOOKS)
    with open_work(home) as connection:
        assert read_candidates(home, programme, connection).captures == 0
        connection.execute("UPDATE candidate SET state = 'accepted', decided_by = 'somebody'")
        family = family_for(site + path)
        assert family is not None
        monkeypatch.setattr(type(family), "version", "2")
        again = read_candidates(home, programme, connection)
        assert (again.captures, again.candidates) == (1, 0)
        assert connection.execute("SELECT state, decided_by FROM candidate").fetchall() == [("accepted", "somebody")]
        connection.execute("UPDATE candidate SET state = 'open'")
        monkeypatch.setattr(type(family), "version", "3")
        assert read_candidates(home, programme, connection).candidates == 1
        assert connection.execute("SELECT rule FROM candidate").fetchall() == [("change-org-petition/3",)]


def test_error_names_family_what_and_where() -> None:
    assert str(StructureChanged("x", "no count", "a.b")) == "x: no count (at a.b)"
    assert str(StructureChanged("x", "no count")) == "x: no count"
