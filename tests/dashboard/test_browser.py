"""The pages in a real browser, on the real register with made-up pages in every state beside it.

One server, one browser and one reader serve all of it: what is checked on a page is checked while it is open, wide and
on a phone, light and dark. `pytest -m slow` walks every address in every look.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from dashboard.plain import ADDRESSES
from data.home import PACKAGE, Home
from scrapers.build import build
from tests.conftest import need
from tests.support import collected_home
from tests.support.browser import PAGE_MS, app_of, missing, open_browser, opened, settled
from tests.support.loopback import serving

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 375, "height": 900}
NEUTRAL = "127.0.0.9"
ICON = {"/favicon.ico": ("image/x-icon", b"")}
MAIN = "[data-testid=stMain]"
LOOKS = {"light": (WIDE, "light"), "dark": (WIDE, "dark"), "phone": (NARROW, "light"), "dark phone": (NARROW, "dark")}
# long.js tries WebAssembly and does without
BLOCKED = """document.addEventListener("securitypolicyviolation", (event) => {
  if (event.blockedURI !== "wasm-eval") console.error("blocked:", event.effectiveDirective, event.blockedURI);
});"""
FILTERED = (
    "/?find=gloucestershire&since=2020-01-01",
    "/?find=nothing+of+the+kind",
    "/rollout?kind=Police+forces&region=London&status=Used%2C+ended",
    "/rollout?status=Sources+disagree",
    "/responses?kind=Professional+body&asks=Evidence",
    "/review?state=Published&by=Medact",
    "/timeline?year=2023&kind=Review&order=Oldest+first",
    "/timeline?page=3",
    "/documents?state=Was+there%2C+now+absent",
    "/documents?view=changes",
    "/documents?view=absent",
    "/documents?view=candidates",
    "/data?table=organisation&page=2",
    "/data?search=crisis",
)
DETAILS = (
    "/rollout?org=slam",
    "/rollout?org=example-trust",
    "/responses?statement=acp-uk-2021-05",
    "/review?review=nhse-sim-review",
    "/timeline?entry=review_event.nhse-sim-review-2023-03-10-position",
    f"/documents?source={collected_home.LIVE}",
    f"/documents?source={collected_home.LIVE}&from=1&to=3&look=inline",
    f"/documents?source={collected_home.GONE}",
)
PLAIN = (*(address.path for address in ADDRESSES), *FILTERED[:3], *DETAILS[:2])


@dataclass
class Reader:
    """One browser context: its pages share what they have loaded. `wrong` is what no page should have done."""

    context: Any
    site: str
    wrong: list[str] = field(default_factory=list)

    def heed(self) -> None:
        self.context.add_init_script(BLOCKED)
        here = (self.site, self.site.replace("http", "ws"), f"http://{NEUTRAL}:", "data:", "blob:")
        self.context.on("console", lambda m: self.wrong.append(f"console: {m.text}") if m.type == "error" else None)
        self.context.on("weberror", lambda error: self.wrong.append(f"script: {error.error}"))
        self.context.on("request", lambda r: self.wrong.append(f"asks {r.url}") if not r.url.startswith(here) else None)


@pytest.fixture(scope="module")
def neutral() -> Iterator[str]:
    """The site to which "Leave this page" leads here."""
    with serving(
        {"/weather": ("text/html", b"<title>Weather</title><h1>Weather</h1>"), **ICON}, host=NEUTRAL
    ) as address:
        yield address + "/weather"


@pytest.fixture(scope="module")
def site(neutral: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app, started as a reader of the README starts it, with a neutral site on loopback."""
    need(not missing(), missing())
    root = tmp_path_factory.mktemp("browser") / "home"
    shutil.copytree(PACKAGE / "register", root / "register")
    words = (PACKAGE / "programme.toml").read_text(encoding="utf-8")
    (root / "programme.toml").write_text(words.replace("https://www.bbc.co.uk/weather", neutral), encoding="utf-8")
    home = Home(root.resolve())
    collected_home.fill(home)
    build(home)
    with app_of(home, tmp_path_factory.mktemp("server") / "log") as (address, _):
        yield address


@pytest.fixture(scope="module")
def browser(site: str) -> Iterator[Any]:
    with open_browser() as found:
        yield found


@pytest.fixture(scope="module")
def reader(browser: Any, site: str) -> Iterator[Reader]:
    context = browser.new_context(viewport=WIDE)
    found = Reader(context, site)
    found.heed()
    yield found
    context.close()


@pytest.fixture
def page(reader: Reader) -> Iterator[Any]:
    """A tab of the reader. An error in its console, or a request beyond loopback, fails the test at its end."""
    reader.wrong.clear()
    found = reader.context.new_page()
    yield found
    found.close()
    assert not reader.wrong, "\n".join(reader.wrong)


def heading(page: Any) -> str:
    return str(page.locator(f"{MAIN} h1").first.inner_text())


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


def look_at(page: Any, look: str) -> None:
    size, scheme = LOOKS[look]
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    page.wait_for_timeout(150)


def faults(page: Any, looks: tuple[str, ...]) -> list[str]:
    """What is wrong with the page that stands open: in each look its axe violations and whether it scrolls sideways."""
    from axe_playwright_python.sync_playwright import Axe

    found = []
    if page.query_selector("[data-testid=stException]"):
        found.append("exception")
    if page.locator(f"{MAIN} h1").count() != 1:
        found.append("not one h1")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    for look in looks:
        look_at(page, look)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 2"):
            found.append(f"{look}: scrolls sideways")
        for violation in Axe().run(page).response["violations"]:
            found.append(f"{look}: {violation['id']}: {violation['nodes'][0]['html'][:160]}")
    return found


def test_every_page_from_the_menu_and_back(page: Any, site: str) -> None:
    opened(page, site + "/")
    headings, wrong = [heading(page)], faults(page, ("light",))
    for address in ADDRESSES[1:]:
        page.locator("[data-testid=stTopNavLink]", has_text=address.title).click()
        headings.append(arrived(page, site, address.path, headings[-1]))
        wrong += [f"{address.path}: {one}" for one in faults(page, ("light",))]
        assert page.locator("a.leave").count() == 1 and page.locator("#support").count() == 1, address.path
        assert page.title().startswith(f"{address.title} · ")
    assert not wrong, "\n".join(wrong)
    assert len(set(headings)) == len(ADDRESSES)
    for address, wanted in list(zip(ADDRESSES, headings, strict=True))[-2:-5:-1]:
        before = heading(page)
        page.go_back()
        assert arrived(page, site, address.path, before) == wanted


@pytest.mark.parametrize(
    ("path", "look"),
    [("/rollout", "dark phone"), (f"/documents?source={collected_home.LIVE}", "dark"), ("/review", "phone")],
)
def test_a_page_is_clean_in_another_look(page: Any, site: str, path: str, look: str) -> None:
    opened(page, site + path)
    assert not faults(page, (look,))


@pytest.mark.slow
@pytest.mark.parametrize("path", [*(address.path for address in ADDRESSES), *FILTERED, *DETAILS])
def test_every_address_is_clean_in_every_look(page: Any, site: str, path: str) -> None:
    opened(page, site + path)
    assert not faults(page, tuple(LOOKS))


def test_the_plain_page_is_whole_without_javascript(browser: Any, site: str, neutral: str) -> None:
    context = browser.new_context(viewport=NARROW, java_script_enabled=False)
    page = context.new_page()
    for path in PLAIN:
        page.goto(site + path)
        assert page.locator("main#plain h1").count() == 1, path
        box = page.locator("main#plain").bounding_box()
        assert box and box["width"] <= NARROW["width"], path
    for path in ("/petition", "/statements/acp-uk-2021-05", "/no-such-page"):
        page.goto(site + path)
        page.locator("a.leave").click()
        page.wait_for_url(neutral, timeout=PAGE_MS)
    context.close()


def test_the_first_paint_is_the_answer(page: Any, site: str) -> None:
    page.goto(site + "/petition", wait_until="commit")
    page.wait_for_selector(f"main#plain h1, {MAIN} h1", timeout=PAGE_MS)
    words = page.locator("h1").first.inner_text()
    settled(page)
    assert heading(page) == words
    page.emulate_media(media="print")
    assert not page.locator("header[data-testid=stHeader]").is_visible()
    assert not page.locator(".masthead .leave").is_visible()
    assert page.locator(f"{MAIN} h1").is_visible()
    spelled = page.locator(f'{MAIN} .basis a[href^="/documents?source="]').first
    assert "/documents?source=" in spelled.evaluate("one => getComputedStyle(one, '::after').content"), (
        "links spelled out"
    )
    assert page.locator(f"{MAIN} .on-paper").is_visible()


def test_a_reader_who_types_is_not_interrupted(page: Any, site: str) -> None:
    page.goto(site + "/", wait_until="commit")
    box = page.locator("#plain input[name=find]")
    box.wait_for(timeout=PAGE_MS)
    box.focus()
    page.wait_for_selector(f"{MAIN} h1", state="attached", timeout=PAGE_MS)
    page.wait_for_timeout(700)
    assert page.locator("#plain").count() == 1
    page.keyboard.type("slam")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?find=slam", timeout=PAGE_MS)
    page.wait_for_selector(f"{MAIN} .results", timeout=PAGE_MS)


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


def test_the_place_of_the_keyboard_is_always_in_sight(page: Any, site: str) -> None:
    opened(page, site + "/rollout")
    drawn = "s => s.outlineStyle != 'none' && parseFloat(s.outlineWidth) >= 2 || s.boxShadow != 'none'"
    told = f"(() => {{ const e = document.activeElement; return [e.innerText.slice(0, 30), ({drawn})(getComputedStyle(e))] }})()"
    seen = []
    for _ in range(16):
        page.keyboard.press("Tab")
        page.wait_for_timeout(250)  # what fades in has faded in
        seen.append(page.evaluate(told))
    assert all(in_sight for _, in_sight in seen), seen


def test_filters_stand_in_the_address_and_back_keeps_them(page: Any, site: str) -> None:
    opened(page, site + "/rollout?status=Used%2C+ended")
    box = page.get_by_role("combobox", name="Region")
    box.scroll_into_view_if_needed()
    page.wait_for_timeout(300)  # a list that is open closes when the page scrolls
    box.click()
    page.get_by_role("option", name="London").click()
    page.wait_for_url("**region=London**", timeout=PAGE_MS)
    page.wait_for_function(
        "[...document.querySelectorAll('#trusts tbody th')].every(c => !c.innerText.includes('Surrey'))"
    )
    listed, before = page.url, heading(page)
    page.locator("#trusts tbody th a").first.click()
    page.wait_for_selector(f"{MAIN} .back a", timeout=PAGE_MS)
    settled(page)
    assert heading(page) != before
    page.go_back()  # the browser's own button
    page.wait_for_url(listed, timeout=PAGE_MS)
    settled(page)
    page.locator("#trusts tbody th a").first.click()
    page.wait_for_selector(f"{MAIN} .back a", timeout=PAGE_MS)
    settled(page)
    page.locator(f"{MAIN} .back a").click()  # the page's
    page.wait_for_url(listed, timeout=PAGE_MS)


@pytest.mark.parametrize(
    ("path", "chosen"),
    [
        ("/rollout?kind=Police+forces&region=London", "Metropolitan Police Service"),
        pytest.param("/timeline?year=2023&page=1", "2023", marks=pytest.mark.slow),
        pytest.param("/documents?view=absent", "vanished", marks=pytest.mark.slow),
        pytest.param(f"/documents?source={collected_home.LIVE}&from=1&to=3", "Version 1", marks=pytest.mark.slow),
    ],
)
def test_what_one_reader_sees_another_sees(page: Any, browser: Any, site: str, path: str, chosen: str) -> None:
    opened(page, site + path)
    address = page.url
    assert "?" in address, "the choice stands in the address"
    other = browser.new_context(viewport=WIDE)
    second = opened(other.new_page(), address)
    words = [one.locator(MAIN).inner_text() for one in (page, second)]
    other.close()
    assert words[0] == words[1] and chosen.casefold() in words[0].casefold()


def test_what_the_address_asks_for_in_vain_is_said(page: Any, site: str) -> None:
    opened(page, site + "/timeline?year=1850&kind=Nonsense&page=99&entry=no-such-row")
    remarks = page.locator(f"{MAIN} .note.is-warning").all_inner_texts()
    for asked in ("1850", "Nonsense", "99", "no-such-row"):
        assert any(f"“{asked}”" in remark and "shown" in remark for remark in remarks), (asked, remarks)
    opened(page, f"{site}/documents?source={collected_home.LIVE}&look=upside-down")
    assert "no look “upside-down”" in page.locator(f"{MAIN} .note.is-warning").first.inner_text()


def test_no_table_of_the_first_page_is_wider_than_a_phone(page: Any, site: str) -> None:
    page.set_viewport_size(NARROW)
    opened(page, site + "/")
    wide = "[...document.querySelectorAll('.table-box')].filter(b => b.scrollWidth > b.clientWidth + 1).map(b => b.ariaLabel)"
    assert page.locator(".table-box").count() and page.evaluate(wide) == []


def test_an_opened_fold_stands_in_the_address(page: Any, browser: Any, site: str) -> None:
    opened(page, site + "/review?by=NHS+England")
    fold = page.locator("#other-recommendations")
    fold.locator("> summary").focus()
    page.keyboard.press("Enter")
    assert fold.evaluate("one => one.open") and page.url == f"{site}/review?by=NHS+England#other-recommendations"
    other = browser.new_context(viewport=WIDE)
    second = opened(other.new_page(), page.url)
    assert second.locator("#other-recommendations").evaluate("one => one.open"), "whoever is sent it sees what is in it"
    other.close()
    fold.locator("> summary").click()
    assert not fold.evaluate("one => one.open") and page.url == f"{site}/review?by=NHS+England"


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
