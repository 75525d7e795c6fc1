"""The pages in a real browser, wide and light, narrow and dark: rules of accessibility, errors, requests, reading by key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dashboard.plain import ADDRESSES
from data.home import Home
from tests.conftest import need
from tests.support.browser import PAGE_MS, app_of, missing, open_browser, opened

PATHS = [
    *(address.path for address in ADDRESSES),
    "/?find=gloucestershire&since=2020-01-01",
    "/rollout?org=slam",
    "/rollout?status=Sources+disagree",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    need(not missing(), missing())
    with open_browser() as found:
        yield found


@pytest.fixture(scope="module")
def site(published_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app, started as a reader of the README starts it."""
    with app_of(published_home, tmp_path_factory.mktemp("server") / "log") as (address, _):
        yield address


@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (375, "dark")], ids=["wide and light", "narrow and dark"]
)
def test_every_page_is_clean(browser: Any, site: str, width: int, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    wrong: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    for path in PATHS:
        page = context.new_page()
        page.on("console", lambda m, p=path: wrong.append(f"{p}: console: {m.text}") if m.type == "error" else None)
        page.on(
            "request",
            lambda r, p=path: (
                wrong.append(f"{p}: asks {r.url}")
                if not r.url.startswith((site, "data:", "blob:", site.replace("http", "ws")))
                else None
            ),
        )
        opened(page, site + path)
        page.wait_for_timeout(300)
        if page.query_selector("[data-testid=stException]"):
            wrong.append(f"{path}: exception")
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 2"):
            wrong.append(f"{path}: scrolls sideways")
        if page.locator("[data-testid=stMain] h1").count() != 1:
            wrong.append(f"{path}: not one h1")
        for violation in Axe().run(page).response["violations"]:
            wrong.append(f"{path}: {violation['id']}: {violation['nodes'][0]['html'][:160]}")
        page.close()
    context.close()
    assert not wrong, "\n".join(wrong)


def test_the_plain_page_is_clean_too(browser: Any, site: str) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 900}, java_script_enabled=False)
    page = context.new_page()
    for path in PATHS:
        page.goto(site + path)
        assert page.locator("main#plain h1").count() == 1, path
        box = page.locator("main#plain").bounding_box()
        assert box and box["width"] <= 375
    context.close()


def test_the_first_paint_is_the_answer(browser: Any, site: str) -> None:
    page = browser.new_page()
    page.goto(site + "/petition", wait_until="commit")
    page.wait_for_selector("main#plain h1, [data-testid=stMain] h1", timeout=PAGE_MS)
    words = page.locator("h1").first.inner_text()
    opened(page, site + "/petition")
    assert page.locator("[data-testid=stMain] h1").inner_text() == words
    page.close()


def test_a_reader_who_types_is_not_interrupted(browser: Any, site: str) -> None:
    page = browser.new_page()
    page.route("**/_stcore/stream*", lambda route: route.continue_())
    page.goto(site + "/", wait_until="commit")
    box = page.locator("#plain input[name=find]")
    box.wait_for(timeout=PAGE_MS)
    box.focus()
    page.wait_for_selector("[data-testid=stMain] h1", state="attached", timeout=PAGE_MS)
    page.wait_for_timeout(700)
    assert page.locator("#plain").count() == 1
    page.keyboard.type("slam")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?find=slam", timeout=PAGE_MS)
    page.wait_for_selector("[data-testid=stMain] .results", timeout=PAGE_MS)
    page.close()


def test_a_named_trust_and_its_evidence_by_keyboard_alone(browser: Any, site: str) -> None:
    page = opened(browser.new_page(viewport={"width": 1280, "height": 900}), site + "/")
    presses = 0

    def press(key: str) -> None:
        nonlocal presses
        page.keyboard.press(key)
        presses += 1
        page.wait_for_timeout(60)

    press("Tab")
    press("Enter")  # skip to the main content
    while page.evaluate("document.activeElement.closest('.st-key-find')") is None:  # after the box of every page
        press("Tab")
        assert presses < 9
    page.keyboard.type("slam")
    press("Enter")
    page.wait_for_selector(".results a", timeout=PAGE_MS)
    press("Tab")
    assert "org=slam" in (page.evaluate("document.activeElement.getAttribute('href')") or "")
    press("Enter")
    page.wait_for_url("**/rollout?org=slam", timeout=PAGE_MS)
    page.wait_for_selector("[data-testid=stMain] td a[rel~=external]", timeout=PAGE_MS)
    assert presses <= 12, presses
    page.close()


def test_filters_stand_in_the_address_and_back_keeps_them(browser: Any, site: str) -> None:
    page = opened(browser.new_page(viewport={"width": 1280, "height": 900}), site + "/rollout?status=Used%2C+ended")
    box = page.get_by_role("combobox", name="Region")
    box.scroll_into_view_if_needed()
    page.wait_for_timeout(300)  # a list that is open closes when the page scrolls
    box.click()
    page.get_by_role("option", name="London").click()
    page.wait_for_url("**region=London**", timeout=PAGE_MS)
    page.wait_for_function(
        "[...document.querySelectorAll('#trusts tbody th')].every(c => !c.innerText.includes('Surrey'))"
    )
    listed = page.url
    page.locator("#trusts tbody th a").first.click()
    page.wait_for_selector("[data-testid=stMain] .back a", timeout=PAGE_MS)
    page.wait_for_selector("#plain", state="detached", timeout=PAGE_MS)
    page.locator("[data-testid=stMain] .back a").click()
    page.wait_for_url(listed, timeout=PAGE_MS)
    page.close()


def test_print_has_no_menus(browser: Any, site: str) -> None:
    page = opened(browser.new_page(), site + "/petition")
    page.emulate_media(media="print")
    assert not page.locator("header[data-testid=stHeader]").is_visible()
    assert not page.locator(".masthead .leave").is_visible()
    assert page.locator("[data-testid=stMain] h1").is_visible()
    page.close()
