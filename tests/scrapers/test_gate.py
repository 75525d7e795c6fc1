"""The quality gate on recorded pages: each file in tests/pages/verdicts says what it should be called.

A file holds lines of `@name: value` (verdict, outcome, format, requested, final, redirect), then an HTTP answer: status
line, headers, an empty line, the body.
"""

from __future__ import annotations

import collections
import datetime as dt
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.vocabulary import OUTCOMES, VERDICTS
from scrapers.capture import Hop, Response
from scrapers.gate import judge, visible_text

FOLDER = Path(__file__).resolve().parents[1] / "pages" / "verdicts"
FILES = sorted(FOLDER.glob("*.http"))
NOW = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)


def recorded(path: Path) -> tuple[Response, dict[str, str]]:
    head, _, body = path.read_bytes().partition(b"\n\n")
    about: dict[str, str] = {}
    redirects, headers, status, reason = [], [], 0, ""
    for line in head.decode().splitlines():
        if line.startswith("@redirect: "):
            code, url = line.removeprefix("@redirect: ").split(" ", 1)
            redirects.append(Hop(int(code), url, "x"))
        elif line.startswith("@"):
            name, _, value = line[1:].partition(": ")
            about[name] = value
        elif line.startswith("HTTP/1.1 "):
            code, _, reason = line.removeprefix("HTTP/1.1 ").partition(" ")
            status = int(code)
        else:
            name, _, value = line.partition(": ")
            headers.append((name, value))
    asked = about["requested"]
    response = Response(
        asked, about.get("final", asked), status, reason, tuple(headers), body, body, NOW, NOW, None,
        redirects=tuple(redirects),
    )  # fmt: skip
    return response, about


def answer(
    body: bytes, *, status: int = 200, content_type: str = "text/html", url: str = "https://a.example/b"
) -> Response:
    return Response(url, url, status, "OK", (("Content-Type", content_type),), body, body, NOW, NOW, None)


def test_there_are_enough_recorded_pages_of_each_verdict() -> None:
    counted = collections.Counter(recorded(path)[1]["verdict"] for path in FILES)
    assert len(FILES) >= 40
    assert set(counted) == set(VERDICTS)
    assert min(counted.values()) >= 4
    assert counted["good"] >= 15


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_recorded_page_gets_its_verdict(path: Path) -> None:
    response, about = recorded(path)
    verdict = judge(response, about["format"])
    assert (verdict.word, verdict.outcome) == (about["verdict"], about["outcome"]), verdict.why
    assert path.name.startswith(verdict.word)
    assert verdict.outcome in OUTCOMES
    if verdict.word != "good":
        assert verdict.why


@pytest.mark.parametrize("path", [path for path in FILES if path.name.startswith("good-")], ids=lambda path: path.stem)
def test_a_good_page_is_not_good_under_an_error_status(path: Path) -> None:
    response, about = recorded(path)
    for status, outcome in (
        (403, "blocked"),
        (404, "not-found"),
        (410, "gone"),
        (418, "blocked"),
        (500, "server-error"),
    ):
        changed = Response(
            response.requested_url, response.final_url, status, "", response.headers, response.raw, response.body, NOW,
            NOW, None,
        )  # fmt: skip
        verdict = judge(changed, about["format"])
        asks = status == 403 and "captcha" in path.stem  # under 403 a captcha is what keeps the page back
        assert verdict.outcome == ("challenge" if asks else outcome)
        assert verdict.word != "good"


def test_partial_content_is_not_a_page() -> None:
    verdict = judge(answer(b"<p>" + b"word " * 500, status=206))
    assert (verdict.word, verdict.outcome) == ("empty", "truncated")


def test_pages_in_other_encodings_are_read_before_they_are_judged() -> None:
    text = "<html><head><title>Page not found</title></head><body><h1>Page not found</h1></body></html>"
    assert judge(answer(text.encode("utf-16"))).word == "soft-404"
    article = "<html><title>Café – statement</title><body>" + "<p>Ein Wort über die Sache.</p>" * 40
    assert judge(answer(article.encode("cp1252"), content_type="text/html; charset=utf-8")).word == "good"


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=2000),
    st.sampled_from([200, 202, 204, 302, 403, 404, 503]),
    st.sampled_from(["", "text/html", "application/pdf"]),
)
def test_no_bytes_make_it_fail(body: bytes, status: int, content_type: str) -> None:
    verdict = judge(answer(body, status=status, content_type=content_type), "html")
    assert verdict.word in VERDICTS
    assert verdict.outcome in OUTCOMES


@pytest.mark.parametrize(
    "piece",
    ["<svg><p>", "<script", "<!--", "<noscript>", "<title>", "<h1>", "<select><", "a cookie ", "<input type=", "< "],
)
def test_hostile_pages_are_judged_in_linear_time(piece: str) -> None:
    body = (piece * (1_000_000 // len(piece))).encode()
    begun = time.process_time()
    judge(answer(body), "html")
    assert time.process_time() - begun < 2


def test_visible_text_leaves_out_what_nobody_sees() -> None:
    page = (
        "<title>t</title><style>a{}</style><!-- c --><p>One <b>two</b></p><script>if (1 < 2) x()</script>"
        "<noscript>n</noscript><p>three &amp; four</p>"
    )
    assert visible_text(page, 100) == "One two three & four"
