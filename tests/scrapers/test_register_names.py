"""Rows that are renamed or taken out: said in the register, checked, and never in silence."""

from __future__ import annotations

import pytest

from data.home import Home
from scrapers.build import build
from scrapers.check import check_home
from scrapers.register import read_register


def append(home: Home, name: str, *lines: str) -> None:
    with (home.register / f"{name}.csv").open("a", encoding="utf-8") as handle:
        handle.writelines(f"{line}\n" for line in lines)


def findings(home: Home) -> list[str]:
    return [str(finding) for finding in read_register(home).findings]


def test_a_renamed_and_a_withdrawn_row_are_no_findings(home: Home) -> None:
    append(home, "redirects", "2026-11-24,statements,acp-2021,acp-uk-2021-05,named by its body's id now")
    append(
        home,
        "corrections",
        "2026-11-24,statement,acp-2021,summary,old words,new words,a slip made under the former name",
        "2026-11-24,adoptions,gone-2020,,the trust ran it in 2020,,the page is about another scheme",
        "2026-11-25,adoptions,gone-2020,summary,a,b,corrected before it went",
    )
    register = read_register(home)
    assert register.findings == []
    assert {row["table"] for row in register.tables["correction"]} == {"statement", "adoption"}, "by table, not by file"
    assert register.tables["redirect"][0]["table"] == "statement"
    assert build(home).rows["redirect"] == 1


def test_check_names_a_published_row_that_went_in_silence(home: Home) -> None:
    build(home)
    assert check_home(home).findings == []
    path = home.register / "concerns.csv"
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(rows[:1] + rows[3:]), encoding="utf-8")
    found = check_home(home).findings
    assert len(found) == 2 and found[0].startswith("concerns.csv: acp-uk-1 is published and stands there no more")
    append(home, "corrections", "2026-11-24,concern,acp-uk-1,,it said this,,a reason")
    append(home, "redirects", "2026-11-24,concern,acp-uk-2,acp-uk-3,one concern in two rows")
    assert check_home(home).findings == []


@pytest.mark.parametrize(
    ("file", "line", "finding"),
    [
        ("redirects", "2026-11-24,facts,a,b,c", "redirects.csv:2: table: 'facts' is no table of the register; allowed"),
        ("redirects", "2026-11-24,statement,a,no-such,c", "redirects.csv:2: new_id: 'no-such' stands in no row of statements.csv"),
        ("redirects", "2026-11-24,statement,acp-uk-2021-05,bps-2021,c", "redirects.csv:2: old_id: 'acp-uk-2021-05' still stands"),
        ("redirects", "2026-11-24,statement,a,b,c\n2026-11-24,statement,b,a,c", "redirects.csv:2: new_id: 'b' leads back to"),
        ("redirects", "2026-11-24,statement,a,acp-uk-2021-05,", "redirects.csv:2: why: is empty"),
        ("redirects", "2026-11-24,correction,a,acp-uk-2021-05,c", "redirects.csv:2: table: 'correction' is no table"),
        ("corrections", "2026-11-24,statement,acp-uk-2021-05,colour,a,b,c", "corrections.csv:2: column: 'colour' is no column of statements.csv"),
        ("corrections", "2026-11-24,statement,never-was,summary,a,b,c", "corrections.csv:2: row_id: 'never-was' stands in no row of statements.csv"),
        ("corrections", "2026-11-24,statement,acp-uk-2021-05,,it said,,c", "corrections.csv:2: column: is empty, which says that the row was taken out"),
        ("corrections", "2026-11-24,statement,gone,,,,c", "corrections.csv:2: was: is empty beside an empty column"),
        ("corrections", "2026-11-24,statement,gone,,it said,now,c", "corrections.csv:2: is: is filled beside an empty column"),
        ("withheld", "2026-11-24,abc,order", "withheld.csv:2: body_sha256: 'abc' is no SHA-256; allowed: 64"),
        ("withheld", f"2026-11-24,{'a' * 64},", "withheld.csv:2: why: is empty"),
    ],
)  # fmt: skip
def test_each_slip_is_named_with_its_place(home: Home, file: str, line: str, finding: str) -> None:
    append(home, file, line)
    assert any(found.startswith(finding) for found in findings(home)), findings(home)
