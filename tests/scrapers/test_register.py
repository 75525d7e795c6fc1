"""The register is read as it is, and everything wrong with it is said at once, with its place."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from data.home import PACKAGE, Home
from data.register_spec import BY_TABLE, FILES
from scrapers.register import read_register
from tests.support.synthetic import KEPT, synthetic_home


def edit(home: Home, name: str, row: int, column: str, value: str) -> None:
    """Put a value into one cell of row `row` (from 1) of a register file."""
    path = home.register / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        header, *rows = list(csv.reader(handle))
    rows[row - 1][header.index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows([header, *rows])


def change_text(home: Home, name: str, old: str, new: str) -> None:
    path = home.register / f"{name}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def findings(home: Home) -> list[str]:
    return [str(finding) for finding in read_register(home).findings]


def test_real_register_is_clean_and_whole(home: Home) -> None:
    register = read_register(home)
    assert register.findings == []
    for spec in FILES:
        with (home.register / f"{spec.name}.csv").open(encoding="utf-8", newline="") as handle:
            assert len(register.tables[spec.table]) == sum(1 for _ in csv.DictReader(handle)), spec.name


def test_every_fact_has_a_day_of_recording_and_every_adoption_a_basis(home: Home) -> None:
    tables = read_register(home).tables
    for spec in FILES:
        if spec.table != "correction":
            assert all(row["recorded_on"] for row in tables[spec.table]), spec.name
    assert all(row["basis"] and row["matched"] for row in tables["adoption"])


def test_the_43_territorial_forces_have_each_a_tile_of_their_own(home: Home) -> None:
    rows = [row for row in read_register(home).tables["organisation"] if row["tile_x"] is not None]
    assert len(rows) == 43
    assert len({(row["tile_x"], row["tile_y"]) for row in rows}) == 43
    assert all(row["kind"] == "police-force" and row["tile_label"] for row in rows)


def test_missing_files_count_as_empty(empty_home: Home) -> None:
    register = read_register(empty_home)
    assert register.findings == []
    assert all(rows == [] for rows in register.tables.values())


CORRUPTIONS = [
    ("adoptions", 1, "status", "running", "adoptions.csv:2: status: 'running' is not in the vocabulary; allowed: planned"),
    ("adoptions", 1, "status", "", "adoptions.csv:2: status: is empty; allowed: planned"),
    ("adoptions", 2, "adoption_id", "Isle Of Wight", "adoptions.csv:3: adoption_id: 'Isle Of Wight' is no id; allowed: lower-case"),
    ("adoptions", 2, "adoption_id", "a" * 61, "adoptions.csv:3: adoption_id: 'aaa"),
    ("adoptions", 2, "adoption_id", "isle-of-wight-hsj-2017", "adoptions.csv:3: adoption_id: 'isle-of-wight-hsj-2017' stands already at adoptions.csv:2"),
    ("adoptions", 3, "trust_id", "no-such-trust", "adoptions.csv:4: trust_id: 'no-such-trust' stands in no row of organisations.csv"),
    ("adoptions", 3, "trust_id", "bps", "adoptions.csv:4: trust_id: 'bps' is of kind 'professional-body'; allowed: mental-health-trust"),
    ("adoptions", 3, "source_id", "", "adoptions.csv:4: source_id: is empty; allowed: a value (it is required)"),
    ("adoptions", 3, "source_id", "nowhere", "adoptions.csv:4: source_id: 'nowhere' stands in no row of sources.csv"),
    ("adoptions", 1, "other_ids", "wessex-ahsn;;slam", "adoptions.csv:2: other_ids: has an empty item"),
    ("adoptions", 1, "other_ids", "wessex-ahsn;wessex-ahsn", "adoptions.csv:2: other_ids: names 'wessex-ahsn' twice"),
    ("adoptions", 1, "on_date", "2013-13", "adoptions.csv:2: on_date: '2013-13' is no date; allowed: YYYY, YYYY-MM or YYYY-MM-DD"),
    ("adoptions", 1, "on_date", "June 2013", "adoptions.csv:2: on_date: 'June 2013' is no date"),
    ("adoptions", 1, "on_date", "2013-02-30", "adoptions.csv:2: on_date: '2013-02-30' is no date"),
    ("adoptions", 1, "date_precision", "day", "adoptions.csv:2: date_precision: 'day' does not fit '2013-06'; allowed with it: YYYY-MM-DD"),
    ("adoptions", 1, "date_precision", "", "adoptions.csv:2: date_precision: is empty beside on_date '2013-06'"),
    ("adoptions", 1, "on_date", "", "adoptions.csv:2: date_precision: is 'month' beside an empty on_date"),
    ("adoptions", 1, "on_date", "2031-06", "adoptions.csv:2: on_date: '2031-06' lies after recorded_on 2026-11-23"),
    ("adoptions", 1, "recorded_on", "23/11/2026", "adoptions.csv:2: recorded_on: '23/11/2026' is no day; allowed: YYYY-MM-DD"),
    ("adoptions", 1, "recorded_on", "2021-W01-1", "adoptions.csv:2: recorded_on: '2021-W01-1' is no day; allowed: YYYY-MM-DD"),
    ("adoptions", 1, "on_date", "0213-06", "adoptions.csv:2: on_date: '0213-06' lies outside the years of this record; allowed: 1800 to 2199"),
    ("organisations", 1, "longitude", "", "organisations.csv:2: longitude: is empty beside latitude 51.86; allowed: both or neither"),
    ("organisations", 59, "tile_y", "", "organisations.csv:60: tile_y: is empty beside tile_x 2; allowed: both or neither"),
    ("organisations", 1, "ods_code", "r t q", "organisations.csv:2: ods_code: 'r t q' is no code; allowed: 3 to 8 capital letters and digits"),
    ("organisations", 1, "aliases", "British Psychological Society", "organisations.csv:2: aliases: 'British Psychological Society' is the name of bps; allowed: other names"),
    ("sources", 2, "url", "HTTP://acpuk.org.uk/rapid-response-concerns-about-the-high-intensity-network-hin-and-serenity-integrated-mentoring-sim-2#top", "sources.csv:3: url: 'HTTP://acpuk.org.uk/"),
    ("adoptions", 1, "basis", "hearsay", "adoptions.csv:2: basis: 'hearsay' is not in the vocabulary; allowed: own-word"),
    ("adoptions", 1, "matched", "guess", "adoptions.csv:2: matched: 'guess' is not in the vocabulary; allowed: name, team, area"),
    ("adoptions", 1, "summary", "word " * 41, "adoptions.csv:2: summary: has 41 words; allowed: at most 40"),
    ("adoptions", 1, "summary", "", "adoptions.csv:2: summary: is empty; allowed: a value (it is required)"),
    ("adoptions", 1, "summary", " led by a blank", "adoptions.csv:2: summary: begins or ends with a blank"),
    ("adoptions", 1, "team", "reversed \u202e text", "adoptions.csv:2: team: holds the invisible character U+202E"),
    ("adoptions", 1, "team", "a\x07bell", "adoptions.csv:2: team: holds the invisible character U+0007"),
    ("claimed_totals", 1, "value", "twenty-three", "claimed_totals.csv:2: value: 'twenty-three' is no whole number; allowed: digits only"),
    ("claimed_totals", 1, "value", "-5", "claimed_totals.csv:2: value: '-5' is no whole number"),
    ("claimed_totals", 1, "value", "²³", "claimed_totals.csv:2: value: '²³' is no whole number"),
    ("organisations", 1, "latitude", "5.186", "organisations.csv:2: latitude: 5.186 is out of range; allowed: 49.8 to 60.9"),
    ("organisations", 1, "longitude", "west", "organisations.csv:2: longitude: 'west' is no number"),
    ("organisations", 1, "successor_id", "2gether", "organisations.csv:2: successor_id: '2gether' leads back to '2gether'"),
    ("statements", 1, "asks", "halt;money", "statements.csv:2: asks: 'money' is not in the vocabulary; allowed: halt"),
    ("sources", 1, "url", "ftp://example.org/x", "sources.csv:2: url: 'ftp://example.org/x' is no address; allowed: http:// or https://"),
    ("sources", 1, "url", "javascript:alert(1)", "sources.csv:2: url: 'javascript:alert(1)' is no address"),
    ("sources", 1, "url", "https://user:pw@example.org/", "sources.csv:2: url: 'https://user:pw@example.org/' is no address"),
    ("sources", 1, "url", "https://example.org:99999/", "sources.csv:2: url: 'https://example.org:99999/' is no address"),
    ("sources", 1, "url", "https://[::1/", "sources.csv:2: url: 'https://[::1/' is no address"),
    ("sources", 1, "url", "", "sources.csv:2: url: is empty, and the note does not say why"),
    ("review_events", 1, "review_id", "no-review", "review_events.csv:2: review_id: 'no-review' stands in no row of reviews.csv"),
    ("review_events", 1, "expected_on", "in autumn", "review_events.csv:2: expected_on: 'in autumn' is no date"),
    ("recommendations", 1, "outcome", "maybe", "recommendations.csv:2: outcome: 'maybe' is not in the vocabulary"),
    ("recommendations", 1, "outcome", "not", "recommendations.csv:2: outcome_source_id: is empty beside the other cells"),
    ("recommendations", 1, "outcome_source_id", "no-page", "recommendations.csv:2: outcome_source_id: 'no-page' stands in no row"),
    ("events", 1, "event_id", "nhse-sim-review-2020-letter", "review_events.csv:2: event_id: 'nhse-sim-review-2020-letter' stands already"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "row", "column", "value", "wanted"), CORRUPTIONS)
def test_a_corrupted_cell_gets_its_finding(
    home: Home, name: str, row: int, column: str, value: str, wanted: str
) -> None:
    edit(home, name, row, column, value)
    found = findings(home)
    if name == "events":  # the id is taken by a later file: either place may be named first
        assert any("'nhse-sim-review-2020-letter' stands already" in line for line in found)
    else:
        assert any(line.startswith(wanted) for line in found), found


def test_a_tile_taken_twice_is_a_finding(home: Home) -> None:
    rows = [row for row in read_register(home).tables["organisation"] if row["tile_x"] is not None]
    lines = read_register(home).tables["organisation"]
    first, second = rows[0], rows[1]
    number = lines.index(second) + 1
    edit(home, "organisations", number, "tile_x", str(first["tile_x"]))
    edit(home, "organisations", number, "tile_y", str(first["tile_y"]))
    assert any("tile_x, tile_y: repeat those of line" in line for line in findings(home))


def test_a_reading_of_the_same_petition_day_and_source_is_a_finding(home: Home) -> None:
    path = home.register / "petition_readings.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + text.splitlines()[1] + "\n", encoding="utf-8")
    assert any("petition_id, on_date, source_id: repeat those of line 2" in line for line in findings(home))


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (
            "status,on_date",
            "state,on_date",
            "adoptions.csv:1: state: is no column of this file; allowed: adoption_id",
        ),
        ("status,on_date", "state,on_date", "adoptions.csv:1: status: is missing from the header"),
        ("team,status", "status,status", "adoptions.csv:1: status: stands twice in the header"),
        (
            "piloting,2013-06",
            "piloting,extra,2013-06",
            "adoptions.csv:2: recorded_on: the row has 15 cells; allowed: 14, as the header names",
        ),
        (
            '"award entry, second paragraph"',
            '"award entry, "second paragraph"',
            "adoptions.csv:2: (row): is not CSV from here on",
        ),
    ],
)
def test_a_corrupted_file_gets_its_finding(home: Home, old: str, new: str, wanted: str) -> None:
    change_text(home, "adoptions", old, new)
    assert any(line.startswith(wanted) for line in findings(home)), findings(home)


def test_a_file_that_is_not_utf8_is_named_with_its_line(home: Home) -> None:
    path = home.register / "events.csv"
    path.write_bytes(path.read_bytes() + b"caf\xe9,2021,year,t,s,,media,x,2026-11-23\n")
    lines = path.read_bytes().count(b"\n")
    assert any(line.startswith(f"events.csv:{lines}: (row): byte ") for line in findings(home))


def test_an_unknown_file_is_a_finding(home: Home) -> None:
    (home.register / "adoption.csv").write_text("adoption_id\n", encoding="utf-8")
    assert any(
        line.startswith("adoption.csv:1: (file): is no file of the register; allowed: adoptions.csv")
        for line in findings(home)
    )


def test_all_findings_come_at_once(home: Home) -> None:
    edit(home, "adoptions", 1, "status", "running")
    edit(home, "adoptions", 60, "on_date", "soon")
    edit(home, "sources", 5, "url", "nope")
    assert len(findings(home)) >= 3
    assert {line.split(":")[0] for line in findings(home)} == {"adoptions.csv", "sources.csv"}


def test_a_byte_order_mark_and_cells_with_line_breaks_are_read(empty_home: Home) -> None:
    path: Path = empty_home.register / "sources.csv"
    path.write_bytes(
        "\ufeffsource_id,url,title,publisher_id,published_on,date_precision,format,kind,note\r\n"
        'a,https://example.org/,"Two\nlines",,,,html,news,\r\n'
        "b,https://example.org/b,Third,,2021-02-30,day,html,news,\r\n".encode()
    )
    register = read_register(empty_home)
    assert register.tables["source"][0]["title"] == "Two\nlines"
    assert [str(finding) for finding in register.findings] == [
        "sources.csv:4: published_on: '2021-02-30' is no date; allowed: YYYY, YYYY-MM or YYYY-MM-DD"
    ]


def test_corrections_name_tables_of_the_register(home: Home) -> None:
    path = home.register / "corrections.csv"
    path.write_text(path.read_text(encoding="utf-8") + "2026-11-23,facts,x,summary,a,b,typing slip\n", encoding="utf-8")
    assert any(
        line.startswith("corrections.csv:2: table: 'facts' is no table of the register") for line in findings(home)
    )


def test_a_file_that_breaks_off_is_one_mistake_not_hundreds(home: Home) -> None:
    """Rows of other files name ids that stand in the part that could not be read."""
    path = home.register / "organisations.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    path.write_text("\n".join([*lines[:29], '"' + lines[29], *lines[30:]]), encoding="utf-8")
    edit(home, "adoptions", 1, "status", "running")
    found = findings(home)
    assert [line.split(": ")[:2] for line in found] == [
        ["adoptions.csv:2", "status"],
        ["organisations.csv:30", "(row)"],
    ]


def test_a_row_that_is_too_short_is_one_mistake(home: Home) -> None:
    path = home.register / "sources.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[1] = lines[1].rpartition(",")[0]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert findings(home) == ["sources.csv:2: recorded_on: the row has 9 cells; allowed: 10, as the header names"]


def test_a_file_that_was_cut_to_nothing_is_a_finding(home: Home) -> None:
    (home.register / "events.csv").write_bytes(b"")
    assert findings(home)[0].startswith("events.csv:1: (header): is missing: the file is empty; allowed: event_id,")
    (home.register / "events.csv").unlink()
    assert findings(home) == []


def test_every_finding_names_file_line_and_column_and_says_what_is_allowed(home: Home) -> None:
    for name, row, column, value, _ in CORRUPTIONS[::3]:
        edit(home, name, row, column, value)
    (home.register / "Adoptions.CSV").write_text("x\n", encoding="utf-8")
    (home.register / "concerns.csv").write_bytes(b"")
    found = findings(home)
    assert len(found) > 10
    assert [line for line in found if not re.match(r"\w+\.(csv|CSV):\d+: [\w, ()]+: .+; allowed: .", line)] == []


def corrected(home: Home, *rows: str) -> list[str]:
    path = home.register / "corrections.csv"
    path.write_text("corrected_on,table,row_id,column,was,is,why\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return findings(home)


def test_a_correction_names_file_or_table_and_a_row_taken_out_names_no_column(home: Home) -> None:
    assert corrected(
        home,
        "2026-11-24,statements,acp-uk-2021-05,summary,a,b,typing slip",
        "2026-11-24,statement,acp-uk-2021-05,asks,a,b,typing slip",
        "2026-11-24,events,a-row-of-before,summary,a,b,typing slip",
        "2026-11-25,events,a-row-of-before,,It happened.,,the page does not say so",
        "2026-11-25,petition_readings,change-org-stopsim.2021-06-17.stopsim-2021-06-17-update,signatures,1,2,typing slip",
    ) == []  # fmt: skip
    assert {row["table"] for row in read_register(home).tables["correction"]} == {
        "statement",
        "event",
        "petition_reading",
    }


def test_a_correction_of_nothing_is_a_finding(home: Home) -> None:
    found = corrected(
        home,
        "2026-11-24,statements,no-such-row,summary,a,b,typing slip",
        "2026-11-24,statements,acp-uk-2021-05,colour,a,b,typing slip",
    )
    assert [line.split(";")[0] for line in found] == [
        "corrections.csv:2: row_id: 'no-such-row' stands in no row of statements.csv",
        "corrections.csv:3: column: 'colour' is no column of statements.csv",
    ]


def test_a_register_many_times_as_large_is_whole(tmp_path: Path) -> None:
    made = read_register(synthetic_home(tmp_path / "large", 2))
    real = read_register(Home(PACKAGE))
    assert not made.findings
    assert {name: len(rows) for name, rows in made.tables.items()} == {
        name: len(rows) * (1 if BY_TABLE[name].name in KEPT else 2) for name, rows in real.tables.items()
    }
