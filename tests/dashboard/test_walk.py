"""A reader's walk in a real browser: menu, back button, a link sent to somebody else, the keyboard alone, the way out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from dashboard.plain import ADDRESSES
from data.home import PACKAGE, Home
from scrapers.build import build
from tests.conftest import need
from tests.support.browser import PAGE_MS, app_of, missing, open_browser, opened, settled
from tests.support.loopback import serving

WIDE = {"width": 1280, "height": 900}
NEUTRAL = "127.0.0.9"
ICON = {"/favicon.ico": ("image/x-icon", b"")}


@pytest.fixture(scope="module")
def neutral() -> Iterator[str]:
    """The site to which "Leave this page" leads here."""
    with serving(
        {"/weather": ("text/html", b"<title>Weather</title><h1>Weather</h1>"), **ICON}, host=NEUTRAL
    ) as address:
        yield address + "/weather"


@pytest.fixture(scope="module")
def site(neutral: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app on the real register, with a neutral site on loopback."""
    need(not missing(), missing())
    root = tmp_path_factory.mktemp("walk") / "home"
    shutil.copytree(PACKAGE / "register", root / "register")
    words = (PACKAGE / "programme.toml").read_text(encoding="utf-8")
    (root / "programme.toml").write_text(words.replace("https://www.bbc.co.uk/weather", neutral), encoding="utf-8")
    home = Home(root.resolve())
    build(home)
    with app_of(home, tmp_path_factory.mktemp("server") / "log") as (address, _):
        yield address


@pytest.fixture(scope="module")
def browser(site: str) -> Iterator[Any]:
    with open_browser() as found:
        yield found


@pytest.fixture
def page(browser: Any, site: str) -> Iterator[Any]:
    """A reader of their own. What goes wrong in the console or asks beyond loopback fails the test at its end."""
    wrong: list[str] = []
    context = browser.new_context(viewport=WIDE)
    found = context.new_page()
    found.on("console", lambda m: wrong.append(f"console: {m.text} {m.location}") if m.type == "error" else None)
    found.on("pageerror", lambda error: wrong.append(f"script: {error}"))
    here = (site, site.replace("http", "ws"), f"http://{NEUTRAL}:", "data:", "blob:")
    context.on("request", lambda r: wrong.append(f"asks {r.url}") if not r.url.startswith(here) else None)
    yield found
    context.close()
    assert not wrong, "\n".join(wrong)


def heading(page: Any) -> str:
    return str(page.locator("[data-testid=stMain] h1").first.inner_text())


def arrived(page: Any, site: str, path: str, before: str) -> str:
    """Wait for the page at `path`; gives its heading, which is another one than before."""
    page.wait_for_url(f"{site}{path}", timeout=PAGE_MS)
    page.wait_for_function(
        "before => { const h = document.querySelector('[data-testid=stMain] h1'); return h && h.innerText !== before }",
        arg=before,
        timeout=PAGE_MS,
    )
    settled(page)
    return heading(page)


def test_every_page_from_the_menu_and_back(page: Any, site: str) -> None:
    opened(page, site + "/")
    headings = [heading(page)]
    for address in ADDRESSES[1:]:
        page.locator("[data-testid=stTopNavLink]", has_text=address.title).click()
        headings.append(arrived(page, site, address.path, headings[-1]))
        assert not page.query_selector("[data-testid=stException]"), address.path
        assert page.locator("a.leave").count() == 1 and page.locator("#support").count() == 1, address.path
        assert page.locator(".note.is-quiet").count() == 1, address.path
        assert page.title().startswith(f"{address.title} · ")
    assert len(set(headings)) == len(ADDRESSES)
    for address, wanted in list(zip(ADDRESSES, headings, strict=True))[-2:-5:-1]:
        before = heading(page)
        page.go_back()
        assert arrived(page, site, address.path, before) == wanted


@pytest.mark.parametrize(
    ("path", "chosen"),
    [
        ("/rollout?kind=Police+forces&region=London", "Metropolitan Police Service"),
        ("/timeline?year=2023", "2023"),
        ("/documents?view=absent", "vanished"),
    ],
)
def test_what_one_reader_sees_another_sees(page: Any, browser: Any, site: str, path: str, chosen: str) -> None:
    opened(page, site + path)
    address = page.url
    assert "?" in address, "the choice stands in the address"
    other = browser.new_context(viewport=WIDE)
    second = opened(other.new_page(), address)
    words = [one.locator("[data-testid=stMain]").inner_text() for one in (page, second)]
    other.close()
    assert words[0] == words[1] and chosen.casefold() in words[0].casefold()


def test_a_named_trust_and_its_evidence_within_twelve_presses(page: Any, site: str) -> None:
    opened(page, site + "/")
    pressed: list[str] = []

    def press(key: str) -> None:
        page.keyboard.press(key)
        pressed.append(key)
        page.wait_for_timeout(60)

    def focused(what: str) -> str:
        return str(page.evaluate(f"document.activeElement && document.activeElement.{what} || ''"))

    press("Tab")
    press("Enter")  # the link that skips to the content
    while focused("tagName") != "INPUT":
        press("Tab")
        assert len(pressed) < 8, pressed
    page.keyboard.type("South London and Maudsley")  # a name is typed, not pressed through
    press("Enter")
    page.wait_for_selector(".results a", timeout=PAGE_MS)
    press("Tab")
    assert "South London and Maudsley" in focused("innerText")
    press("Tab")
    assert focused("innerText") == "3 sources"
    press("Enter")
    page.wait_for_url("**/rollout?org=slam#evidence", timeout=PAGE_MS)
    settled(page)
    assert "South London and Maudsley" in heading(page) and focused("id") == "evidence"
    while "external" not in focused("rel"):
        press("Tab")
        assert len(pressed) <= 12, pressed
    assert page.evaluate("!!document.activeElement.closest('td')") and focused("href").startswith("https://")


def test_leaving_leaves_no_step_back(page: Any, site: str, neutral: str) -> None:
    told: list[str | None] = []
    page.on("request", lambda r: told.append(r.headers.get("referer")) if r.url == neutral else None)
    opened(page, site + "/about")
    opened(page, site + "/petition")
    page.locator("a.leave").click()
    page.wait_for_url(neutral, timeout=PAGE_MS)
    assert told == [None], "the neutral site is not told from where"
    page.go_back()
    page.wait_for_url("**/about", timeout=PAGE_MS)
    page.goto(site + "/statements/acp-uk-2021-05")
    for _ in range(3):
        page.keyboard.press("Escape")
    page.wait_for_url(neutral, timeout=PAGE_MS)


def test_leaving_works_without_javascript(browser: Any, site: str, neutral: str) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 700}, java_script_enabled=False)
    page = context.new_page()
    for path in ("/petition", "/statements/acp-uk-2021-05", "/no-such-page"):
        page.goto(site + path)
        page.locator("a.leave").click()
        page.wait_for_url(neutral, timeout=PAGE_MS)
    context.close()


def test_a_picture_stands_in_a_page_of_somebody_else(page: Any, site: str) -> None:
    frame = '<iframe src="{}" width="600" height="700" title="picture"></iframe>'
    pages = {**ICON, "/good": ("text/html", frame.format(site + "/embed/map").encode())}
    with serving(pages, host=NEUTRAL) as host:
        page.goto(host + "/good")
        tiles = page.frame_locator("iframe").locator(".tiles .tile")
        tiles.first.wait_for(timeout=PAGE_MS)
        assert tiles.count() == 43
        first, last = tiles.first.bounding_box(), tiles.last.bounding_box()
        assert first and last and first["width"] < 100 and last["y"] > first["y"]
