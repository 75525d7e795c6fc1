"""Pages in the shape of real ones: what must be read of each, and what must not."""

from __future__ import annotations

from pathlib import Path

import pytest

from scrapers.extract import Extraction, read
from scrapers.extract.html import extract

PAGES = Path(__file__).parents[2] / "pages" / "extract"
SITE = "https://college.example.org/statements/bridge"


def page(name: str, url: str = SITE, page_kind: str | None = None) -> Extraction:
    return read((PAGES / f"{name}.html").read_bytes(), url=url, media_type="text/html", page_kind=page_kind)


def texts(found: Extraction, kind: str) -> list[str]:
    return [passage.text for passage in found.passages if passage.kind == kind]


@pytest.mark.parametrize("name", sorted(path.stem for path in PAGES.glob("*.html")))
def test_spans_cut_the_passages_out_of_the_text(name: str) -> None:
    found = page(name)
    assert found.passages
    assert [passage.position for passage in found.passages] == list(range(1, len(found.passages) + 1))
    assert all(found.text[one.char_start : one.char_end] == one.text for one in found.passages)
    assert all(a.char_end < b.char_start for a, b in zip(found.passages, found.passages[1:], strict=False))


@pytest.mark.parametrize("name", sorted(path.stem for path in PAGES.glob("*.html")))
def test_reading_twice_gives_the_same(name: str) -> None:
    assert page(name) == page(name)


def test_a_statement_gives_title_month_and_author_list() -> None:
    found = page("statement")
    assert found.title == "Position on the Bridge Mentoring scheme"
    assert (found.published_on, found.published_how) == ("2021-05", "label")
    assert found.language == "en-GB"
    assert found.problem is None


def test_a_statement_keeps_figures_and_each_concern_in_a_passage_of_its_own() -> None:
    found = page("statement")
    assert any("14 Mental Health Trusts and 9 Police Forces" in text for text in texts(found, "paragraph"))
    assert "1. Plans may deny people treatment" in texts(found, "heading")
    assert "2. People are not asked" in texts(found, "heading")
    items = texts(found, "list-item")
    assert "what was recorded about them, and who could read it" in items
    under = next(one for one in found.passages if one.text.startswith("Nobody we spoke to"))
    assert under.heading is not None
    assert under.heading.endswith("Concerns > 2. People are not asked")


def test_a_statement_gives_each_reference_once_as_an_absolute_link() -> None:
    urls = [link.url for link in page("statement").links]
    assert urls[:3] == [
        "https://campaign.example.org/bridge",
        "https://petitions.example.org/p/bridge?x=1&y=2",
        "https://college.example.org/files/business-case_(final)_v4.docx",
    ]
    assert len(urls) == len(set(urls))
    assert not any("privacy" in url or url.startswith("mailto") for url in urls)


def test_scripts_styles_attributes_menus_and_notices_are_no_text() -> None:
    text = page("statement").text
    for unwanted in (
        "do not show this",
        "written by a script",
        "color: red",
        "alert(",
        "We use cookies",
        "Privacy policy",
        "Annual meeting",
    ):
        assert unwanted not in text


def test_contact_details_are_masked_where_the_references_name_them() -> None:
    found = page("statement")
    assert "policy@college" not in found.text
    assert "7946" not in found.text
    assert "[e-mail address], telephone [phone number]" in found.text


def test_a_table_keeps_every_row_under_the_names_of_its_columns() -> None:
    found = page("adoption-list", "https://network.example.org/teams")
    rows = [one for one in found.passages if one.kind == "table-row"]
    assert [row.text for row in rows] == [
        "Trust | Force | Status",
        "Northshire Partnership | Northshire Constabulary | Live since 2018",
        "Eastvale Mental Health | Eastvale Police | Paused",
        "Southmere Care | Southmere Police | Planned for April",
        "Westbrook Health | Westbrook Police | Never began",
    ]
    assert rows[1].heading is not None
    assert rows[1].heading.endswith("Trust | Force | Status")
    assert "Tarnfield (pilot)" in texts(found, "list-item")
    assert (found.published_on, found.updated_on, found.updated_how) == (None, "2020-02-03", "label")


def test_a_log_of_requests_loses_no_row_and_has_no_date_of_its_own() -> None:
    found = page("listing", "https://trust.example.org/disclosure-log")
    for number in ("21-117", "21-109", "21-098", "21-090", "21-081", "21-077"):
        assert number in found.text
    assert "Waiting times for first appointments with the crisis team." in found.text
    assert found.published_on is None
    assert "https://trust.example.org/foi/21-117" in [link.url for link in found.links]


def test_the_requester_is_masked_on_a_request_and_only_there() -> None:
    asked = page("foi-request", "https://ask.example.org/request/bridge", page_kind="foi")
    assert "Fairweather" not in asked.text
    assert "Fairweather" not in " ".join(one.heading or "" for one in asked.passages)
    assert "[name] made this Freedom of Information request to Northshire Partnership NHS Trust" in asked.text
    assert "Dear [name]," in asked.text
    assert "[e-mail address]" in asked.text
    assert "[phone number]" in asked.text
    assert "the trust placed 17 people on the scheme" in asked.text
    assert "Between 1 January 2018 and 31 May 2021" in asked.text
    undeclared = page("foi-request", "https://ask.example.org/request/bridge")
    assert "Fairweather" not in undeclared.text  # the page says itself what it is
    letter = "<p>Dear board, we are concerned about the scheme and ask for a review of it.</p><p>Yours sincerely,</p>"
    signed = extract(
        f"<html><body><main>{letter}<p>Robin Sample</p></main></body></html>".encode(), "https://a.example/"
    )
    assert "Robin Sample" in signed.text


def test_news_takes_its_date_from_its_structured_data() -> None:
    found = page("news", "https://echo.example.org/news/trust-pauses")
    assert found.title == "Trust pauses mentoring scheme after complaints"
    assert (found.published_on, found.published_how) == ("2021-06-08", "json-ld")
    assert (found.updated_on, found.updated_how) == ("2021-06-10", "json-ld")
    assert {date.how for date in found.dates} >= {"json-ld", "meta", "label"}
    assert found.author == "Staff reporter"
    assert found.language == "en-GB"
    assert "School wins prize" not in found.text
    assert not any("share" in link.url for link in found.links)


def test_a_page_drawn_by_scripts_is_read_from_its_noscript_text() -> None:
    posts = "".join(
        f"<div class='post'><p>{'Reply number ' + str(n) + ' says that the scheme was stopped here. ' * 3}</p></div>"
        for n in range(8)
    )
    body = f"<html><body><div id='app'></div><noscript><h1>Thread</h1>{posts}</noscript></body></html>"
    assert "Reply number 5" in extract(body.encode(), "https://forum.example.org/t/1").text


def test_a_page_drawn_by_scripts_is_read_from_its_structured_data() -> None:
    words = "The trust has ended the scheme and will publish what it learned from it. " * 5
    body = (
        '<html><head><script type="application/ld+json">{"@type":"NewsArticle","headline":"Ended","articleBody":"'
        + words
    )
    found = extract((body + '"}</script></head><body><div id="app">Loading</div></body></html>').encode(), SITE)
    assert "will publish what it learned" in found.text


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("<title>Our answer | Example Trust</title></head><body><h1>Our answer</h1>", "Our answer"),
        ("<title>Our answer - Example Trust</title></head><body><h1>Example Trust</h1>", "Our answer"),
        ("<title>Our answer – news – Example</title></head><body><h1>Welcome</h1>", "Our answer – news"),
        ("<title></title></head><body><h1>Only a heading</h1>", "Only a heading"),
        ('<meta property="og:title" content="From the head"></head><body>', "From the head"),
        ("</head><body><h2>Second rank</h2>", "Second rank"),
        ("</head><body>", None),
    ],
)
def test_titles_come_without_the_name_of_the_site(head: str, expected: str | None) -> None:
    body = f"<html><head>{head}<p>{'Some words that make up the text of this page. ' * 4}</p></body></html>"
    assert extract(body.encode(), "https://www.example.org/news/answer").title == expected


def test_bold_lines_lead_what_follows_and_breaks_part_paragraphs() -> None:
    body = (
        "<html><body><main><h1>Minutes</h1><p><b>Item 4: Mentoring scheme</b></p>"
        f"<p>{'The board heard that the scheme had ended. ' * 4}<br><br>{'The chair asked for a written report. ' * 4}</p>"
        "</main></body></html>"
    )
    found = extract(body.encode(), SITE)
    assert "Item 4: Mentoring scheme" in texts(found, "heading")
    first, second = (one for one in found.passages if one.kind == "paragraph")
    assert first.text.startswith("The board heard") and second.text.startswith("The chair asked")
    assert second.heading == "Minutes > Item 4: Mentoring scheme"


@pytest.mark.parametrize("wrapped", ["<a href='{}'>x</a>", "<p>See <a href='{}'>x</a></p>"])
@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "#part",
        "",
        "http://[bad",
        "http://host:99999999/",
        "ftp://example.org/x",
    ],
)
def test_links_that_lead_nowhere_are_left_out(wrapped: str, href: str) -> None:
    body = f"<html><body><article><p>{'Words of an article go here. ' * 10}</p>{wrapped.format(href)}</article></body></html>"
    assert extract(body.encode(), SITE).links == ()
