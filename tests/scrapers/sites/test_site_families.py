"""Every family is read on recorded pages. A family without one fails; a new page writes its golden file and fails once."""

from __future__ import annotations

import dataclasses
import json
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from scrapers.sites import Context, Family, StructureChanged, families, family_for, judge
from scrapers.sites.address import normalise
from scrapers.sites.page import parse, title_of

PAGES = Path(__file__).parents[2] / "pages" / "sites"
LONGEST = 5.0
"""Seconds for one recorded page; more is a parser that will hang on a real one."""
CONTEXT = Context(
    terms=("Lantern Scheme",),
    weak_terms=("LS",),
    known=frozenset({normalise("https://www.declared.example.org/lantern")}),
)
NOT_PAGES = {"pages.toml"}


def recorded(family: str) -> list[Path]:
    """The recorded pages of a family, without golden files."""
    found = sorted(path for path in (PAGES / family).glob("*") if path.name not in NOT_PAGES)
    return [path for path in found if not path.name.endswith(".expected.json")]


def request_of(page: Path) -> dict[str, str]:
    """The address and type that the page is read under."""
    listed = tomllib.loads((page.parent / "pages.toml").read_text(encoding="utf-8"))
    assert page.name in listed, f"{page.parent.name}/pages.toml does not say under which address {page.name} is read"
    return dict(listed[page.name])


def read(family: Family, page: Path) -> dict[str, Any]:
    """What the family makes of the page, as JSON."""
    request = request_of(page)
    try:
        reading = family.read(page.read_bytes(), request["url"], media_type=request.get("media_type"), context=CONTEXT)
    except StructureChanged as changed:
        return {"structure_changed": changed.missing, "where": changed.where}
    value = dataclasses.asdict(reading)
    del value["version"]
    return json.loads(json.dumps(value))


ALL = [
    pytest.param(family, page, id=f"{family.name}/{page.name}")
    for family in families()
    for page in recorded(family.name)
]


@pytest.mark.parametrize("family", families(), ids=lambda family: family.name)
def test_each_family_has_a_good_and_a_bad_recorded_page(family: Family) -> None:
    pages = recorded(family.name)
    assert pages, f"record a page for {family.name} in tests/pages/sites/{family.name}/ and name it in pages.toml"
    outcomes = {"structure_changed" in read(family, page) for page in pages}
    assert outcomes == {True, False}, f"{family.name} needs a page that meets its minimum and one that does not"
    assert family.minimum
    assert family.__doc__


def test_no_recorded_page_is_of_no_family() -> None:
    folders = {path.name for path in PAGES.iterdir() if path.is_dir()}
    assert folders == {family.name for family in families()}


@pytest.mark.parametrize(("family", "page"), ALL)
def test_reading_is_the_golden_one(family: Family, page: Path) -> None:
    golden = page.parent / f"{page.name}.expected.json"
    began = time.perf_counter()
    got = read(family, page)
    assert time.perf_counter() - began < LONGEST
    if not golden.exists():
        golden.write_text(json.dumps(got, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        pytest.fail(f"{golden.name} did not exist and was written: review it before committing")
    assert got == json.loads(golden.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("family", "page"), ALL)
def test_page_finds_its_own_family(family: Family, page: Path) -> None:
    request = request_of(page)
    found = family_for(request["url"], request.get("media_type"), page.read_bytes())
    got = read(family, page)
    if family.rank == 0 or "structure_changed" not in got:
        assert found is family


@pytest.mark.parametrize(("family", "page"), ALL)
def test_any_cut_of_a_page_is_read_or_refused_and_nothing_else(family: Family, page: Path) -> None:
    body, request = page.read_bytes(), request_of(page)
    for share in (0, 1, len(body) // 3, len(body) // 2, len(body) - 2):
        for cut in (body[:share], body[share:]):
            try:
                family.read(cut, request["url"], media_type=request.get("media_type"), context=CONTEXT)
            except StructureChanged as changed:
                assert changed.family == family.name
                assert changed.missing


@pytest.mark.parametrize(("family", "page"), [row for row in ALL if "whatdotheyknow" in str(row.id)])
def test_the_one_who_asked_is_not_read(family: Family, page: Path) -> None:
    told = json.dumps(read(family, page), ensure_ascii=False).casefold()
    assert "quentin" not in told
    assert "zebedee" not in told


@pytest.mark.parametrize(("family", "page"), ALL)
def test_no_person_but_the_account_of_a_publisher_is_read(family: Family, page: Path) -> None:
    told = json.dumps(read(family, page))
    for name in ("Pat Example", "A. Member", "someone@example.gov.uk"):
        assert name not in told


def test_an_encoding_that_nobody_can_look_up_is_read_all_the_same() -> None:
    page = b'<html><head><meta charset="\x01\xff"><title>Lantern</title></head><body><p>Words</p></body></html>'
    assert title_of(parse(page)) == "Lantern"


def test_a_page_that_breaks_its_reader_is_that_pages_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends as structure-changed, loudly, and the run goes on."""
    page = next(page for page in recorded("change-org-petition") if page.suffix == ".html")
    url = request_of(page)["url"]
    family = family_for(url)
    assert family is not None

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by nought")

    monkeypatch.setattr(type(family), "read", broken)
    reading, changed = judge({"url": url}, page.read_bytes(), url, "text/html", CONTEXT)
    assert reading is None
    assert str(changed) == (
        f"change-org-petition: its reader broke on this page (ZeroDivisionError: by nought) (at {url})"
    )
