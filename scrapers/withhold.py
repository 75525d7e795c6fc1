"""Lawful removal: a captured body that is neither served nor shown any more. Its hash, its times and the reason stay.

The bytes in captures/ are not touched; whoever must also erase them does that by hand, and `check` then does not miss
them. What was read out of the body leaves the published record, the search and every page at the next build.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

import duckdb

from data.home import Home
from scrapers.decisions import append_rows
from scrapers.register import read_register
from scrapers.work import open_work

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class WithholdError(Exception):
    """Nothing was withheld; the message says why and what to do."""


@dataclass(frozen=True)
class Withheld:
    """What a removal takes out of sight: the body, its captures and the sources they belong to, and editions already
    issued, which may hold words of it and are not altered."""

    body_sha256: str
    captures: int
    sources: tuple[str, ...]
    editions: tuple[str, ...]


def withhold(home: Home, sha256: str, why: str, *, today: dt.date) -> Withheld:
    """Write the removal into withheld.csv; it takes effect with the next build.

    Raises WithholdError, scrapers.decisions.Refused where the register is not whole, WorkError where the captures
    cannot be looked up.
    """
    body = sha256.strip().lower()
    if not _SHA256.fullmatch(body):
        raise WithholdError(
            f"{sha256!r} is no SHA-256: give the 64 characters that stand beside the capture on its document's page."
        )
    if not why.strip():
        raise WithholdError("Say why it is withheld, in words that may be shown: --why TEXT")
    for row in read_register(home).tables["withheld"]:
        if row["body_sha256"] == body:
            raise WithholdError(f"It is withheld already, since {row['withheld_on']}: {row['why']}")
    found: list[tuple[str, int]] = []
    if home.work_database.is_file():
        with open_work(home, read_only=True) as connection:
            found = connection.execute(
                "SELECT source_id, count(*) FROM capture WHERE body_sha256 = ? GROUP BY source_id ORDER BY source_id",
                [body],
            ).fetchall()
    if not found:
        raise WithholdError(f"No capture here has a body with the SHA-256 {body}.")
    row = {"withheld_on": today.isoformat(), "body_sha256": body, "why": why.strip()}
    append_rows(home, {"withheld": [row]})
    editions = sorted(path.name for path in home.editions.iterdir() if path.is_dir()) if home.editions.is_dir() else []
    return Withheld(body, sum(count for _, count in found), tuple(name for name, _ in found), tuple(editions))


_TAKEN_OUT: Final = (
    """CREATE TEMP TABLE out_of_sight AS
       SELECT capture_id FROM capture WHERE body_sha256 IN (SELECT body_sha256 FROM withheld)""",
    """CREATE TEMP TABLE out_of_sight_version AS
       SELECT v.version_id FROM version v JOIN capture c ON c.source_id = v.source_id
         AND c.captured_at BETWEEN v.first_at AND v.last_at AND c.verdict = 'good' AND c.part = 'page'
       WHERE c.capture_id IN (SELECT capture_id FROM out_of_sight)""",
    "UPDATE evidence SET passage_id = NULL WHERE capture_id IN (SELECT capture_id FROM out_of_sight)",
    "UPDATE alarm SET passage_id = NULL WHERE from_capture_id IN (SELECT capture_id FROM out_of_sight)",
    """UPDATE change SET passages = NULL WHERE from_version_id IN (SELECT version_id FROM out_of_sight_version)
       OR to_version_id IN (SELECT version_id FROM out_of_sight_version)""",
    """UPDATE capture SET verdict_why = NULL, headers = '[]'
       WHERE capture_id IN (SELECT capture_id FROM out_of_sight)""",
    "DELETE FROM mention WHERE capture_id IN (SELECT capture_id FROM out_of_sight)",
    "DELETE FROM candidate WHERE capture_id IN (SELECT capture_id FROM out_of_sight)",
    "DELETE FROM observation WHERE capture_id IN (SELECT capture_id FROM out_of_sight)",
    "DELETE FROM link WHERE capture_id IN (SELECT capture_id FROM out_of_sight)",
    "DELETE FROM passage WHERE capture_id IN (SELECT capture_id FROM out_of_sight)",
    "DELETE FROM extraction WHERE capture_id IN (SELECT capture_id FROM out_of_sight)",
    "DROP TABLE out_of_sight_version",
    "DROP TABLE out_of_sight",
)


def take_out_withheld(connection: duckdb.DuckDBPyConnection) -> None:
    """Take what was read out of withheld bodies from a database that is about to be published. Captures, attempts,
    versions, and which rows of the register a body supported stay."""
    held = connection.execute("SELECT count(*) FROM withheld").fetchone()
    if held and held[0]:
        for statement in _TAKEN_OUT:
            connection.execute(statement)
