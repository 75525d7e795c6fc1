"""Pictures of every page: wide, on a phone, dark, and on paper.

    python tests/screenshots.py [--home H] [--out DIR] [--collected] [--only WORD] [--readme]

Without --home a home is made from the register of this project; --collected adds made-up pages in every state to it.
--readme makes the four small pictures of the README instead, in dashboard/static/readme/.
"""

from __future__ import annotations

import argparse
import io
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from dashboard.parts.permalinks import permalink  # noqa: E402
from dashboard.plain import ADDRESSES  # noqa: E402
from dashboard.queries import items  # noqa: E402
from dashboard.record import Store  # noqa: E402
from data.home import PACKAGE, Home  # noqa: E402
from data.programme import read_programme  # noqa: E402
from scrapers.build import build  # noqa: E402
from tests.support import collected_home  # noqa: E402
from tests.support.browser import PAGE_MS, app_of, missing, open_browser, opened  # noqa: E402

README = PACKAGE.parent / "dashboard" / "static" / "readme"
MOST_BYTES = 120_000


@dataclass(frozen=True)
class Way:
    """One way to look at a page. Sizes in CSS pixels."""

    name: str
    width: int
    height: int
    scheme: str = "light"


WAYS = (Way("desktop", 1280, 860), Way("phone", 375, 780), Way("dark", 1280, 860, "dark"), Way("print", 1000, 860))
SMALL = (("overview", "/", WAYS[0]), ("rollout", "/rollout", WAYS[0]), ("rollout-phone", "/rollout", Way("phone", 375, 1180)),
         ("review", "/review", Way("desktop", 1280, 1000)))  # fmt: skip


@contextmanager
def home_for(given: str | None, collected: bool) -> Iterator[Home]:
    """The home that was named, or one made for the pictures; published either way."""
    with tempfile.TemporaryDirectory(prefix="screenshots-") as folder:
        home = Home(Path(given).resolve() if given else Path(folder).resolve())
        if not given:
            shutil.copytree(PACKAGE / "register", home.root / "register")
            shutil.copyfile(PACKAGE / "programme.toml", home.root / "programme.toml")
            if collected:
                collected_home.fill(home)
            build(home)
        yield home


def addresses(home: Home, collected: bool) -> dict[str, tuple[str, bool]]:
    """Name: (path, whether the app draws it) of the nine pages, their details and four permanent pages."""
    found = {each.url_path or "overview": (each.path, True) for each in ADDRESSES}
    store = Store(home)
    record, focus = store.current(), read_programme(home.programme_file).focus

    def one(table: str, wanted: str = "") -> str:
        known = [row_id for row_id, _ in items.ids(record, table)]
        return wanted if wanted in known or not known else known[0]

    body = one("organisation", "slam")
    found["rollout-one"] = (f"/rollout?org={quote(body)}", True)
    found["review-one"] = (f"/review?review={quote(one('review', focus.review))}", True)
    if collected:
        for view in ("changes", "disappearances", "candidates"):
            found[f"documents-{view}"] = (f"/documents?view={view}", True)
        found["documents-one"] = (f"/documents?source={collected_home.LIVE}", True)
    for table, row_id in (
        ("organisation", body),
        ("statement", one("statement", focus.statement)),
        ("review", one("review", focus.review)),
        ("timeline", one("timeline", f"review_event.{focus.ended_event}")),
    ):
        found[f"permanent-{table}"] = (permalink(table, row_id), False)
    for name in ("map", "gap", "review"):
        found[f"embed-{name}"] = (f"/embed/{name}", False)
    found["not-found"] = ("/no-such-page", False)
    store.close()
    return found


def show(page: Any, address: str, is_app: bool) -> None:
    """Open a page and wait until it stands still."""
    if is_app:
        opened(page, address)
    else:
        page.goto(address, timeout=PAGE_MS)
        page.wait_for_load_state("networkidle", timeout=PAGE_MS)


def whole(page: Any, way: Way) -> bytes:
    """The whole page, however long (up to 12,000 CSS pixels)."""
    length = page.evaluate(
        "Math.max(document.documentElement.scrollHeight,"
        " ...[...document.querySelectorAll('[data-testid=stMain]')].map((one) => one.scrollHeight))"
    )
    page.set_viewport_size({"width": way.width, "height": min(max(length, way.height), 12_000)})
    page.wait_for_timeout(250)
    return page.screenshot()  # type: ignore[no-any-return]


def paper(page: Any) -> list[bytes]:
    """The first three sheets as PNG, as they leave a printer."""
    import pypdfium2

    document = pypdfium2.PdfDocument(page.pdf(format="A4", print_background=False, prefer_css_page_size=True))
    sheets = []
    for number in range(min(3, len(document))):
        out = io.BytesIO()
        document[number].render(scale=1.4).to_pil().save(out, "PNG", optimize=True)
        sheets.append(out.getvalue())
    document.close()
    return sheets


def take(browser: Any, site: str, pages: dict[str, tuple[str, bool]], out: Path) -> None:
    """Every page in every way."""
    out.mkdir(parents=True, exist_ok=True)
    for way in WAYS:
        context = browser.new_context(
            viewport={"width": way.width, "height": way.height}, color_scheme=way.scheme, reduced_motion="reduce"
        )
        for name, (path, is_app) in pages.items():
            page = context.new_page()
            show(page, site + path, is_app)
            if way.name == "print":
                page.emulate_media(media="print")
                for number, sheet in enumerate(paper(page), 1):
                    (out / f"{name}.print-{number}.png").write_bytes(sheet)
            else:
                (out / f"{name}.{way.name}.png").write_bytes(whole(page, way))
            page.close()
            print(f"{name} {way.name}", flush=True)
        context.close()


def small(png: bytes) -> bytes:
    """The same as lossless WebP, narrower where that is still too much for a README."""
    from PIL import Image

    picture = Image.open(io.BytesIO(png)).convert("RGB")
    while True:
        out = io.BytesIO()
        picture.save(out, "WEBP", lossless=True, quality=100, method=6)
        if out.tell() <= MOST_BYTES:
            return out.getvalue()
        picture = picture.resize((picture.width * 9 // 10, picture.height * 9 // 10), Image.Resampling.LANCZOS)


def take_for_readme(browser: Any, site: str) -> None:
    """The four pictures of the README."""
    README.mkdir(parents=True, exist_ok=True)
    for name, path, way in SMALL:
        context = browser.new_context(
            viewport={"width": way.width, "height": way.height}, color_scheme=way.scheme, reduced_motion="reduce"
        )
        page = context.new_page()
        show(page, site + path, True)
        (README / f"{name}.webp").write_bytes(small(page.screenshot()))
        context.close()


def main() -> int:
    """Make the pictures that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", help="a home that is published already")
    parser.add_argument("--out", default="screenshots", help="folder for the pictures")
    parser.add_argument("--collected", action="store_true", help="with made-up captures, changes and candidates")
    parser.add_argument("--only", default="", help="pages whose name holds this word")
    parser.add_argument("--readme", action="store_true", help="the four small pictures of the README")
    asked = parser.parse_args()
    if missing():
        print(missing(), file=sys.stderr)
        return 2
    with home_for(asked.home, asked.collected) as home, tempfile.TemporaryDirectory() as logs:
        pages = {k: v for k, v in addresses(home, asked.collected).items() if asked.only in k}
        with app_of(home, Path(logs) / "log") as (site, _), open_browser() as browser:
            if asked.readme:
                take_for_readme(browser, site)
            else:
                take(browser, site, pages, Path(asked.out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
