"""The page of data: every table with its meaning and downloads, its rows, questions in SQL, search, citing, checksums."""

from __future__ import annotations

import hashlib
import re
import shlex
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import duckdb
import feedparser
import pytest
from bs4 import BeautifulSoup, Tag
from lxml import etree
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from dashboard.api import model as model_api
from dashboard.api import sql as sql_api
from dashboard.api import tables as table_api
from dashboard.api.catalogue import tables
from dashboard.api.filters import select
from dashboard.feeds import searches as feeds
from dashboard.pages import data as page
from dashboard.pages import data_table
from dashboard.parts import console
from dashboard.parts.cells import cell
from dashboard.parts.few import Few
from dashboard.parts.params import Params
from dashboard.queries import dictionary
from dashboard.sql import engine
from dashboard.sql.questions import QUESTIONS
from dashboard.start import Context
from data.home import PACKAGE, Home
from data.register_spec import BY_TABLE
from data.search import index_path
from scrapers.build import build
from tests.support import collected_home as collected

Contexts = Callable[[Home], Context]
NOT_KEYS = frozenset({"row_id", "old_id", "new_id", "warc_record_id"})
"""Columns that name a row of a table which another column names, or nothing of this record."""


@pytest.fixture(scope="module")
def read_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    root: Path = tmp_path_factory.mktemp("collected-data") / "home"
    shutil.copytree(PACKAGE / "register", root / "register")
    shutil.copyfile(PACKAGE / "programme.toml", root / "programme.toml")
    home = Home(root.resolve())
    collected.fill(home)
    build(home)
    return home


def soup(markup: object) -> BeautifulSoup:
    return BeautifulSoup(str(markup), "html.parser")


def plain(ctx: Context, *pairs: tuple[str, str], **query: str) -> BeautifulSoup:
    return soup(page.plain(ctx, Params((*query.items(), *pairs))))


def words_of(found: Tag) -> str:
    return " ".join(found.get_text().split())


def part(found: BeautifulSoup, name: str) -> Tag:
    section = found.select_one(f"section#{name}")
    assert section is not None, f"no part {name}"
    return section


def run(**query: str) -> AppTest:
    test = AppTest.from_string("from dashboard.pages import data\ndata.page()\n", default_timeout=60)
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


def shown(test: AppTest) -> str:
    assert not test.exception, [each.message for each in test.exception]
    return "\n".join(each.proto.body for each in test.get("html"))


def test_every_table_is_there_with_its_meaning_rows_and_files(context_of: Contexts, read_home: Home) -> None:
    ctx = context_of(read_home)
    rows = part(plain(ctx), "tables").select("h3 + .table-box tbody tr")
    assert len(rows) == len(tables(ctx.record))
    client = TestClient(Starlette(routes=table_api.routes()))
    for row in rows:
        name = row.select_one("th a").get_text()  # type: ignore[union-attr]
        cells = [each.get_text() for each in row.select("td")]
        counted = ctx.record.rows(f'SELECT count(*) FROM "{name}"')[0][0]
        assert cells[0] == f"{counted:,}" and cells[1] == tables(ctx.record)[name].comment
        links = [str(link["href"]) for link in row.select("td a")]
        assert [link.rpartition(".")[2] for link in links] == ["csv", "json", "ndjson", "parquet", "xlsx"]
    for link in links:
        assert client.get(link).status_code == 200, link


def test_the_answer_adds_up(context_of: Contexts, read_home: Home, published_empty_home: Home) -> None:
    ctx = context_of(read_home)
    kept = [one for one in dictionary.all_tables(ctx.record) if one.group == "register"]
    assert {one.info.name for one in kept} == set(BY_TABLE), "the timeline and the state of a source are computed"
    assert f"{sum(one.rows for one in kept):,} rows kept by hand in {len(kept)} tables" in page.describe(ctx)
    assert "0 rows kept by hand" in page.describe(context_of(published_empty_home))


def test_the_dictionary_tells_every_column(context_of: Contexts, read_home: Home) -> None:
    ctx = context_of(read_home)
    for name, info in tables(ctx.record).items():
        rows = part(plain(ctx, table=name), "columns").select("tbody > tr")
        assert [row.select_one("th code").get_text() for row in rows] == [c.name for c in info.columns]  # type: ignore[union-attr]
    facts = {one.column.name: one for one in dictionary.columns_of(ctx.record, "adoption")}
    total, empty = ctx.record.rows("SELECT count(*), count(*) FILTER (trust_id IS NULL) FROM adoption")[0]
    assert facts["trust_id"].empty == empty / total and facts["trust_id"].points_to == ("organisation", "org_id")
    assert dict(facts["status"].values)["planned"] == "planned it"
    assert "ran it" in words_of(part(plain(ctx, table="adoption"), "columns"))
    with pytest.raises(KeyError):
        dictionary.columns_of(ctx.record, "nothing")


def test_no_column_lacks_its_meaning_and_no_number_its_unit(context_of: Contexts, read_home: Home) -> None:
    ctx = context_of(read_home)
    for name, info in tables(ctx.record).items():
        assert len(info.comment) > 20 and info.comment.endswith("."), name
        origin = dictionary.origin(ctx.record, name)
        assert len(origin) > 15 and origin in words_of(part(plain(ctx, table=name), "columns")), name
        for one in dictionary.columns_of(ctx.record, name):
            assert len(one.column.comment) > 8, f"{name}.{one.column.name} has no meaning"
            if one.column.type not in ("VARCHAR", "VARCHAR[]", "BOOLEAN"):
                assert one.unit, f"{name}.{one.column.name}: its meaning names no unit ({one.column.comment})"
            if one.column.name.endswith(("_id", "_ids")) and one.column.name not in info.key:
                named = one.points_to or one.column.name in NOT_KEYS
                assert named, f"{name}.{one.column.name} does not say whose row it names"
    assert dictionary.origin(ctx.record, "adoption").endswith("register/adoptions.csv.")
    assert dictionary.origin(ctx.record, "source_state") == "Computed from attempt, capture, source."


def test_the_picture_of_the_tables_shows_every_key(context_of: Contexts, read_home: Home) -> None:
    ctx = context_of(read_home)
    client = TestClient(Starlette(routes=model_api.routes()))
    for name in ("model", "model-narrow"):
        answer = client.get(f"/api/v1/{name}.svg")
        assert answer.headers["content-type"] == "image/svg+xml"
        svg = etree.fromstring(answer.content)
        words = [text.text for text in svg.iter("{*}text")]
        assert {text.text for text in svg.iterfind(".//{*}text[@class='name']")} == set(tables(ctx.record))
        assert words.count("passage_id") >= 4 and words.count("review_id") == 2
        again = client.get(f"/api/v1/{name}.svg", headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304
    lines = len(list(etree.fromstring(client.get("/api/v1/model.svg").content).iter("{*}path")))
    assert lines >= 20
    shown = part(plain(ctx), "tables").select_one("figure.model img")
    assert shown is not None and "Named most: source" in str(shown["alt"])
    rows = part(plain(ctx), "tables").select("details tbody tr")
    assert len(rows) == len(tables(ctx.record))


@pytest.mark.parametrize(
    ("share", "words"),
    [(None, "–"), (0, "none"), (1, "all"), (0.004, "under 1 %"), (0.996, "over 99 %"), (0.125, "12 %")],
)
def test_shares_are_words(share: float | None, words: str) -> None:
    assert data_table.share_words(share) == words


def test_rows_come_in_pages_with_links(context_of: Contexts, read_home: Home) -> None:
    ctx = context_of(read_home)
    first = part(plain(ctx, table="source"), "rows").select("tbody tr")
    second = part(plain(ctx, table="source", page="2"), "rows").select("tbody tr")
    assert len(first) == len(second) == 25 and first[0] != second[0]
    assert first[0].a is not None and str(first[0].a["href"]).startswith("/documents/")
    assert "no page “99”" in words_of(plain(ctx, table="source", page="99"))
    captures = part(plain(ctx, table="capture"), "rows").select("tbody tr")
    assert captures[0].a is not None and str(captures[0].a["href"]).startswith("/data?table=capture&capture_id=")


def test_filters_order_and_facets_are_in_the_address(context_of: Contexts, read_home: Home) -> None:
    ctx = context_of(read_home)
    live = ctx.record.rows("SELECT count(*) FROM adoption WHERE status = 'live'")[0][0]
    found = part(plain(ctx, table="adoption", status="live", _sort="-adoption_id"), "rows")
    assert f"{live} rows like that" in words_of(found)
    names = [row.get_text() for row in found.select("tbody th")]
    assert names == sorted(names, reverse=True)
    off = found.select_one(".filtered a")
    assert off is not None and off["href"] == "/data?table=adoption&_sort=-adoption_id#rows"
    facets = part(plain(ctx, table="adoption"), "rows").select_one("dl.narrowed")
    assert facets is not None
    counted = dict(ctx.record.rows("SELECT status, count(*) FROM adoption GROUP BY 1"))
    assert f"ran it {counted['live']}" in words_of(facets)
    assert facets.select_one("a[href='/data?table=adoption&status=live#rows']") is not None
    asked = part(plain(ctx, table="organisation", _facet="region"), "rows").select_one("dl.narrowed")
    assert asked is not None and "London" in asked.get_text()
    assert "__null=true" in str(asked)


def test_a_column_called_like_a_parameter_can_be_filtered(context_of: Contexts, read_home: Home) -> None:
    ctx = context_of(read_home)
    facets = part(plain(ctx, table="evidence", _facet="table"), "rows").select_one("dl.narrowed")
    assert facets is not None
    link = facets.select_one("a[href*='table__in=adoption']")
    assert link is not None
    found = plain(ctx, table="evidence", table__in="adoption")
    assert "table__in = adoption" in words_of(part(found, "rows"))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"colour": "red"}, "'colour' is no column of adoption"),
        ({"status__like": "x"}, "is no filter"),
        ({"recorded_on": "soon"}, "is not a day"),
        ({"_sort": "nothing"}, "is no column"),
        ({"status": "a\0b"}, "NUL"),
    ],
)
def test_a_wrong_filter_is_said_and_all_rows_are_shown(
    context_of: Contexts, read_home: Home, query: dict[str, str], words: str
) -> None:
    found = plain(context_of(read_home), *query.items(), table="adoption")
    assert words in words_of(found) and "So all rows are shown." in words_of(found)
    assert len(part(found, "rows").select("tbody tr")) == 25


def test_one_row_alone_shows_all_of_it_and_what_names_it(context_of: Contexts, read_home: Home) -> None:
    ctx = context_of(read_home)
    capture = ctx.record.rows(
        "SELECT capture_id, body_sha256 FROM capture WHERE source_id = ? LIMIT 1", [collected.GONE]
    )
    found = part(plain(ctx, table="capture", capture_id=capture[0][0]), "rows")
    facts = found.select_one("dl.row")
    assert facts is not None and capture[0][1] in facts.get_text()
    assert found.select_one("a[href^='/data?table=passage&capture_id=']") is not None
    nothing = part(plain(ctx, table="capture", capture_id="none"), "rows")
    assert "No row is like that." in words_of(nothing)
    assert "This table has no rows yet." in words_of(part(plain(ctx, table="correction"), "rows"))


def test_the_sql_behind_the_rows_gives_them(context_of: Contexts, read_home: Home) -> None:
    ctx = context_of(read_home)
    for name, pairs in [
        ("adoption", [("status", "live"), ("trust_id__null", "false"), ("_sort", "-on_date")]),
        ("organisation", [("name__contains", "o'?x"), ("recorded_on__gte", "2020-01-01")]),
        ("statement", [("asks", "halt"), ("asks", "evidence")]),
        ("evidence", [("table__in", "adoption,statement")]),
        ("capture", [("is_revisit", "true"), ("status__gte", "200")]),
        ("timeline", []),
    ]:
        chosen = select(tables(ctx.record)[name], pairs)
        answer = engine.ask(ctx.record.path, data_table.written(chosen))
        assert len(answer.rows) == min(25, dictionary.count_of(ctx.record, chosen)), name
        first = [str(row[0]) for row in dictionary.rows_of(ctx.record, chosen, 0, 25)]
        assert sorted(str(row[0]) for row in answer.rows) == sorted(first), name


@pytest.mark.parametrize("saved", QUESTIONS, ids=lambda saved: saved.words)
def test_every_saved_question_has_an_answer(context_of: Contexts, read_home: Home, saved: object) -> None:
    ctx = context_of(read_home)
    outcome = console.asked(ctx, saved.sql)  # type: ignore[attr-defined]
    assert outcome.answer is not None, outcome.trouble


def test_saved_questions_answer_what_they_say(context_of: Contexts, read_home: Home) -> None:
    ctx = context_of(read_home)
    by_words = {saved.words: saved.sql for saved in QUESTIONS}
    assert len(by_words) >= 8
    disputed = console.asked(ctx, by_words["Of which bodies do the sources disagree?"]).answer
    counted = ctx.record.rows("SELECT count(*) FROM organisation_status WHERE status = 'disputed'")[0][0]
    assert disputed is not None and len(disputed.rows) == counted
    vanished = console.asked(ctx, by_words["Which pages vanished, and what did they answer instead?"]).answer
    assert vanished is not None and [row[-1] for row in vanished.rows] == [collected.GONE, collected.BACK]


def test_the_five_questions_of_the_readme_are_answered_by_the_examples(
    context_of: Contexts, read_home: Home, tmp_path: Path
) -> None:
    ctx = context_of(read_home)
    readme = (PACKAGE.parent / "README.md").read_text(encoding="utf-8")
    listed = readme.partition("Five questions to begin with.")[2].partition("Any answer")[0]
    asked = [" ".join(line.split()) for line in re.findall(r"^- (.+)$", listed, re.MULTILINE)]
    by_words = {saved.words: saved.sql for saved in QUESTIONS}
    assert len(asked) == 5 and set(asked) <= set(by_words)
    linked = {link.get_text() for link in part(plain(ctx), "questions").select("a")}
    assert set(asked) <= linked

    def rows(words: str) -> list[tuple[object, ...]]:
        answer = console.asked(ctx, by_words[words]).answer
        assert answer is not None
        return list(answer.rows)

    disputed, review, vanished, totals, unpublished = asked
    statuses = dict(ctx.record.rows("SELECT name, status FROM organisation_status"))
    assert {row[0] for row in rows(disputed)} == {name for name, status in statuses.items() if status == "disputed"}

    published = {
        day: scope
        for day, scope in ctx.record.rows(
            "SELECT e.on_date, r.scope FROM review_event e JOIN review r USING (review_id) WHERE e.state = 'published'"
        )
        if scope.startswith("national")
    }
    asking = ctx.record.rows(
        "SELECT o.name, s.published_on, s.asks FROM statement s JOIN organisation o USING (org_id)"
    )
    left = {
        name
        for name, day, asks in asking
        if "independent-review" in asks and not any(when >= (day or "") for when in published)
    }
    assert left and {row[0] for row in rows(review)} == left

    assert len(rows(totals)) == ctx.record.rows("SELECT count(*) FROM claimed_total")[0][0]
    steps = ctx.record.rows("SELECT review_id FROM review_event WHERE state = 'published'")
    without = ctx.record.rows("SELECT review_id, title FROM review WHERE state NOT IN ('published', 'implemented')")
    assert {row[0] for row in rows(unpublished)} == {title for name, title in without if (name,) not in steps}

    assert rows(vanished) == [], "the made-up pages of this home vanish years later"
    copy = tmp_path / "copy.duckdb"
    shutil.copyfile(ctx.record.path, copy)
    with duckdb.connect(str(copy)) as connection:
        for number, day in ((7, "2021-05-30"), (8, "2021-07-30"), (9, "2021-03-01")):
            connection.execute(
                """INSERT INTO disappearance BY NAME SELECT 'x' || $1 AS disappearance_id, 'example-gone' AS source_id,
                   $1 AS number, '2021-01-01'::TIMESTAMP AS present_at, $2::TIMESTAMP AS absent_at,
                   $2::TIMESTAMP AS confirmed_at, 'gone' AS outcome""",
                [number, day],
            )
        found = connection.execute(by_words[vanished]).fetchall()
    assert [str(row[2])[:10] for row in found] == ["2021-03-01", "2021-05-30"]


def test_an_answer_is_a_table_with_links_and_files(context_of: Contexts, read_home: Home) -> None:
    question = "SELECT org_id, name, kind, length(name) AS letters, note FROM organisation ORDER BY org_id LIMIT 3"
    found = part(plain(context_of(read_home), q=question), "answer")
    assert [head.get_text() for head in found.select("thead th")] == ["org_id", "name", "kind", "letters", "note"]
    assert len(found.select("tbody tr")) == 3
    assert found.select_one("tbody th a[href^='/organisations/']") is not None
    assert "3 rows, from record 1" in words_of(found)
    files = [str(link["href"]) for link in found.select("a[href^='/api/v1/sql']")]
    client = TestClient(Starlette(routes=sql_api.routes()))
    answers = [client.get(link) for link in files]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert answers[0].text.startswith("org_id,name,kind")
    editor = plain(context_of(read_home), q=question).select_one("textarea#q")
    assert editor is not None and editor.get_text() == question


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("SELECT nam FROM organisation", "Line 1, column 8"),
        ("DROP TABLE organisation", "This question is not answered."),
        ("SELECT * FROM read_csv('/etc/passwd')", "This question is not answered."),
        ("SELECT 1; SELECT 2", "This question is not answered."),
        ("SELEC", "Line 1"),
        ("SELECT 1 WHERE false", "No row answers to this."),
        ("SELECT * FROM range(5000)", "At least 1,000 rows, of which the first 200 are shown"),
        ("SELECT '<img src=x onerror=alert(1)>' AS \"<b>\"", "<img src=x onerror=alert(1)>"),
        ("SELECT NULL AS a, '' AS b, [1, 2] AS c, {'x': 1} AS d, 0.1 AS e, true AS f", "1;2"),
    ],
)
def test_what_a_stranger_asks_is_answered_in_words(
    context_of: Contexts, read_home: Home, question: str, words: str
) -> None:
    found = part(plain(context_of(read_home), q=question), "answer")
    assert words in words_of(found)
    assert not found.select("img, b, script")


@pytest.mark.parametrize("question", ["SELECT * FROM disappearance", "SELECT count(*) FROM change"])
def test_an_empty_table_is_not_said_to_mean_that_nothing_happened(
    context_of: Contexts, read_home: Home, published_home: Home, question: str
) -> None:
    said = "Nothing was collected yet"
    assert said in words_of(part(plain(context_of(published_home), q=question), "answer"))
    assert said not in words_of(part(plain(context_of(read_home), q=question), "answer"))
    assert said not in words_of(part(plain(context_of(published_home), q="SELECT * FROM source"), "answer"))


def test_an_answer_is_drawn_by_one_click_and_the_link_holds_it(context_of: Contexts, read_home: Home) -> None:
    ctx = context_of(read_home)
    question = "SELECT status, count(*) AS n FROM organisation_status GROUP BY 1 ORDER BY 2 DESC"
    bare = part(plain(ctx, q=question), "answer")
    assert bare.select_one("figure.drawn") is None
    choices = {link.get_text(): str(link["href"]) for link in bare.select(".views a")}
    assert list(choices) == ["Table", "Bars", "Line", "Map tiles"]
    asked = dict(parse_qsl(urlsplit(choices["Bars"]).query))
    found = part(plain(ctx, **asked), "answer")
    counted = ctx.record.rows("SELECT count(DISTINCT status) FROM organisation_status")[0][0]
    assert len(found.select(".drawn-bars li")) == counted == len(found.select("tbody tr"))
    link = next(link for link in found.select("a") if link.get_text() == "Link to this question")
    assert dict(parse_qsl(urlsplit(str(link["href"])).query)) == {"q": question, "chart": "Bars"}
    in_app = shown(run(q=question, chart="Bars"))
    assert "drawn-bars" in in_app and 'class="views"' not in in_app


def test_a_question_as_long_as_an_address_may_hold_is_said_to_be_cut(context_of: Contexts, read_home: Home) -> None:
    params = Params.of([("q", "SELECT 1 -- " + "x" * 9_000)])
    assert "the first 8,000 characters are read" in str(page.plain(context_of(read_home), params))


def test_blank_questions_ask_nothing(context_of: Contexts, read_home: Home) -> None:
    assert plain(context_of(read_home), q=" \n ").select_one("section#answer") is None


def test_a_busy_engine_and_a_lost_file_are_said(
    context_of: Contexts, read_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx = context_of(read_home)

    def busy(*_: object, **__: object) -> engine.Answer:
        raise engine.Busy(7)

    def lost(*_: object, **__: object) -> engine.Answer:
        raise engine.Unreadable("It has gone.")

    monkeypatch.setattr(engine, "ask", busy)
    assert "ask again in 7 seconds" in console.asked(ctx, "SELECT 77").trouble
    monkeypatch.setattr(engine, "ask", lost)
    assert "cannot be asked just now. It has gone." in console.asked(ctx, "SELECT 77").trouble


def test_the_plain_page_and_the_app_ask_once(
    context_of: Contexts, read_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx = context_of(read_home)
    asked = []
    real = engine.ask

    def counting(*args: object, **kwargs: object) -> engine.Answer:
        asked.append(args)
        return real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(engine, "ask", counting)
    for _ in range(3):
        console.answered(ctx, "SELECT 'only once'")
    assert len(asked) == 1


HARD = "SELECT name, 'it''s \"so\"' AS x\nFROM organisation -- a remark\nORDER BY name LIMIT 2;"


def test_copies_for_other_tools_are_the_same_question(
    context_of: Contexts, read_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx = context_of(read_home)
    wanted = [list(row) for row in engine.ask(ctx.record.path, HARD).rows]
    client = TestClient(Starlette(routes=[*sql_api.routes(), *table_api.routes()]))

    curl = shlex.split(console.as_curl(ctx, HARD).replace("\\\n", ""))
    sent = dict(part.split("=", 1) for part in curl if part.startswith(("q=", "format=")))
    assert client.get("/api/v1/sql", params=sent).text.splitlines()[0] == "name,x" and sent["q"] == HARD

    import urllib.request

    monkeypatch.setattr(
        urllib.request, "urlopen", lambda address: __import__("io").BytesIO(client.get(address).content)
    )
    base = ctx.programme.programme.base_url
    space: dict[str, list[dict[str, object]]] = {}
    exec(console.as_python(ctx, HARD).replace(base, "http://testserver"), space)  # noqa: S102
    assert [list(row.values()) for row in space["rows"]] == wanted

    shell = console.as_duckdb(ctx, HARD).split("\n", 1)[1]
    for name in console.named_tables(ctx, HARD):
        file = tmp_path / f"{name}.parquet"
        file.write_bytes(client.get(f"/api/v1/{name}.parquet").content)
        shell = shell.replace(f"{base}/api/v1/{name}.parquet", str(file))
    with duckdb.connect() as connection:
        assert [list(row) for row in connection.execute(shell).fetchall()] == wanted


def test_search_leads_to_rows_and_passages(context_of: Contexts, read_home: Home) -> None:
    ctx = context_of(read_home)
    if not index_path(read_home).is_file():
        assert "sim-record build" in words_of(plain(ctx, search="police"))
        return
    found = plain(ctx, search="shared response plan").select_one(".found")
    assert found is not None and found.select(".results li")
    assert found.select("mark") and "for “shared response plan”" in words_of(found)
    assert "Nothing on record holds" in words_of(plain(ctx, search="zzzzqqqxxy"))
    second = plain(ctx, search="police", page="2").select_one(".found")
    first = plain(ctx, search="police").select_one(".found")
    assert (
        first is not None and second is not None and first.select(".results li")[0] != second.select(".results li")[0]
    )
    assert "no page “900”" in words_of(plain(ctx, search="police", page="900"))


def test_a_passage_found_names_its_copy_and_has_an_address(context_of: Contexts, read_home: Home) -> None:
    ctx = context_of(read_home)
    found = plain(ctx, search="nineteen shared response plan").select(".results li")
    assert len(found) == 1 and "copy of 9 September 2026, 06:00 UTC" in words_of(found[0])
    own = next(link for link in found[0].select("a") if link.get_text() == "passage")
    row = plain(ctx, **dict(parse_qsl(urlsplit(str(own["href"])).query))).select_one("dl.row")
    assert row is not None and "Nineteen people had a shared response plan." in row.get_text()


def test_any_search_is_a_feed(context_of: Contexts, read_home: Home) -> None:
    ctx = context_of(read_home)
    followed = plain(ctx, search="response plan").select_one('a[href^="/feeds/search.atom"]')
    assert followed is not None
    client = TestClient(Starlette(routes=feeds.routes()))
    answer = client.get(str(followed["href"]))
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = feedparser.parse(answer.content)
    assert not feed.bozo and "“response plan”" in feed.feed.title
    titles = [entry.title for entry in feed.entries]
    assert any(title.startswith("Passage of a page: ") for title in titles)
    assert len({entry.id for entry in feed.entries}) == len(feed.entries)
    days = [entry.updated for entry in feed.entries]
    assert days == sorted(days, reverse=True)
    back = next(entry for entry in feed.entries if "board papers" in entry.title)
    assert back.updated.startswith("2026-03-03"), "seen again in November, on record since March"
    again = client.get(str(followed["href"]), headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    as_json = client.get("/feeds/search.json", params={"q": "response plan"}).json()
    assert [item["title"] for item in as_json["items"]] == titles
    assert "<mark>" in as_json["items"][0]["content_html"]


@pytest.mark.parametrize("text", ["", "   ", "-police", "()", "x" * 501])
def test_a_feed_of_nothing_says_what_to_type(context_of: Contexts, read_home: Home, text: str) -> None:
    context_of(read_home)
    answer = TestClient(Starlette(routes=feeds.routes())).get("/feeds/search.atom", params={"q": text})
    assert answer.status_code == 400 and answer.text.endswith((".", "plan"))


def test_a_feed_keeps_what_is_typed_apart(context_of: Contexts, read_home: Home) -> None:
    context_of(read_home)
    client = TestClient(Starlette(routes=feeds.routes()))
    for text in ('"<script>" OR police', "org:nobody police", "kind:passage before:1900", "a\0b\x1b police"):
        answer = client.get("/feeds/search.atom", params={"q": text})
        assert answer.status_code == 200 and not feedparser.parse(answer.content).bozo, text


def test_search_without_an_index_says_what_to_do(context_of: Contexts, home: Home) -> None:
    build(home)
    index_path(home).unlink(missing_ok=True)
    assert "sim-record build" in words_of(plain(context_of(home), search="police"))


def test_citation_and_checksum_name_this_record(context_of: Contexts, read_home: Home) -> None:
    ctx = context_of(read_home)
    found = plain(ctx)
    cited = words_of(part(found, "cite"))
    assert cited.count(f"record {ctx.record.number}") >= 4 and "@misc" in cited
    digest = hashlib.sha256(ctx.record.path.read_bytes()).hexdigest()
    checks = part(found, "checksums")
    assert digest in checks.get_text() and ctx.record.path.name in checks.get_text()


def test_the_app_shows_what_the_plain_page_shows(context_of: Contexts, read_home: Home) -> None:
    ctx = context_of(read_home)
    for query in ({}, {"q": "SELECT 1 AS one"}, {"table": "adoption"}, {"table": "nothing"}):
        in_app = [head.get_text() for head in soup(shown(run(**query))).select("h1, h2, h3")]
        assert in_app == [head.get_text() for head in plain(ctx, **query).select("h1, h2, h3")]
    test = run()
    test.text_area(key="q").set_value("SELECT 'typed here' AS words").run()
    assert "typed here" in shown(test)
    assert "no table “nothing”" in shown(run(table="nothing"))


def test_a_long_question_is_read_whole(context_of: Contexts, read_home: Home) -> None:
    question = "SELECT 1 AS one" + " -- and more" * 300 + "\n, 2 AS two"
    params = Params.of([("q", question), ("search", "x" * 500)])
    assert params.get("q") == question and len(params.get("search")) == 200
    assert "two" in str(page.plain(context_of(read_home), params))


def test_cells_link_only_to_what_is_there(context_of: Contexts, read_home: Home) -> None:
    record = context_of(read_home).record
    assert 'href="/documents/example-live"' in str(cell(record, "source_id", collected.LIVE))
    assert cell(record, "source_id", "nowhere") == "nowhere"
    assert cell(record, "source_id", "<b>") == "<b>", "plain text, escaped where it is shown"
    assert "href" not in str(cell(record, "url", "javascript:alert(1)"))
    assert re.search(r"12,345", str(cell(record, "anything", 12345)))
    assert "(5,000 characters)" in str(cell(record, "text", "x" * 5000))
    assert "empty" in str(cell(record, "text", None))


def test_few_things_are_kept_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: Few[str] = Few(2, 10)
    for name in "abc":
        assert kept.put(name, name.upper()) == name.upper()
    assert kept.get("a") is None and kept.get("b") == "B" and kept.get("c") == "C"
    kept.get("b")
    kept.put("d", "D")
    assert kept.get("b") == "B" and kept.get("c") is None
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 11)
    assert kept.get("b") is None
