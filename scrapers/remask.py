"""Earlier readings masked by the present rules: what is no longer shown is shown in none of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from scrapers.extract.layout import between
from scrapers.extract.mask import mask, names_to_mask
from scrapers.rules import rules_digest
from scrapers.statements import filled
from scrapers.work import Connection, Inserter, Row

AT_ONCE: Final = 300
"""Readings whose passages are held at once: for each so many all passages are gone through."""
_MAY_TELL: Final = r"(?i)[@＠]|[\[({<]\s*at\b|\sdot\s|\d[\d\s().–‑/-]{4,}\d|\b(made|sent|submitted) this\b"
"""What a passage has in which something may be masked, cheaply told by the database."""


_STATE: Final = "CREATE TABLE IF NOT EXISTS masked_by (digest VARCHAR NOT NULL)"
_PASSAGES: Final = """SELECT * FROM passage WHERE extraction_id IN (SELECT unnest(?))
                      ORDER BY extraction_id, position"""
_HEADS: Final = """SELECT extraction_id, source_id, title, author FROM extraction
                   WHERE extraction_id IN (SELECT unnest(?))"""
_RULES: Final = ("extract/mask.py", "extract/layout.py", "remask.py")
_Told = tuple[str | None, str | None, str, str]


def mask_earlier(connection: Connection, inserter: Inserter, kinds: Mapping[str, str]) -> int:
    """Mask, by the rules of now, the readings that have a later one of the same capture; how many were altered.

    `kinds` are the kinds of sources in the register (source_id: kind). What follows from the readings is to be derived
    again afterwards.
    """
    altered = 0
    names = _worth_a_look(connection, [name for name, kind in kinds.items() if kind == "foi"])
    for start in range(0, len(names), AT_ONCE):
        chosen = names[start : start + AT_ONCE]
        held: dict[str, list[Row]] = {}
        for row in _fetch(connection, _PASSAGES, chosen):
            held.setdefault(row["extraction_id"], []).append(row)
        heads = _fetch(connection, _HEADS, chosen)
        masked = {row["extraction_id"]: told for row in heads if (told := _masked(row, held, kinds))}
        if not masked:
            continue
        connection.execute("BEGIN")
        connection.execute(filled("DELETE FROM passage WHERE extraction_id IN (SELECT unnest(?))", sorted(masked)))
        inserter.insert("passage", [row for name in masked for row in held[name]])
        for name, told in masked.items():
            connection.execute(
                filled(
                    "UPDATE extraction SET title = ?, author = ?, text = ?, text_sha256 = ? WHERE extraction_id = ?",
                    *told, name,
                )
            )  # fmt: skip
        connection.execute("COMMIT")
        altered += len(masked)
    return altered


def masked_by_these_rules(connection: Connection) -> bool:
    """Whether the rules of now have gone through all earlier readings already."""
    connection.execute(_STATE)
    row = connection.execute("SELECT digest FROM masked_by").fetchone()
    return row is not None and row[0] == _rules_digest()


def note_masked(connection: Connection) -> None:
    """Remember that the rules of now have gone through every reading that is not of now."""
    connection.execute(_STATE)
    connection.execute("DELETE FROM masked_by")
    connection.execute(filled("INSERT INTO masked_by VALUES (?)", _rules_digest()))


def _rules_digest() -> str:
    return rules_digest(Path(__file__).resolve().parent / name for name in _RULES)


def _fetch(connection: Connection, sql: str, names: list[str]) -> list[Row]:
    cursor = connection.execute(filled(sql, names))
    columns = [column[0] for column in cursor.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _worth_a_look(connection: Connection, foi: list[str]) -> list[str]:
    rows = connection.execute(
        filled(
            """SELECT DISTINCT extraction_id FROM passage
            WHERE extraction_id IN (
                SELECT extraction_id FROM extraction
                QUALIFY row_number() OVER (PARTITION BY capture_id ORDER BY rowid DESC) > 1)
              AND (regexp_matches(text, ?) OR source_id IN (SELECT unnest(?)))
            ORDER BY 1""",
            _MAY_TELL,
            foi,
        )
    ).fetchall()
    return [row[0] for row in rows]


def _masked(head: Row, held: Mapping[str, list[Row]], kinds: Mapping[str, str]) -> _Told | None:
    """Title, author, text and its SHA-256 of a reading whose passages, masked in place, told something; else None."""
    passages = held.get(head["extraction_id"], [])
    hidden = names_to_mask([row["text"] for row in passages], kinds.get(head["source_id"]))
    title = mask(head["title"], hidden) if head["title"] else head["title"]
    author = mask(head["author"], hidden) if head["author"] else head["author"]
    differs = (title, author) != (head["title"], head["author"])
    parts: list[str] = []
    at = 0
    before: str | None = None
    for row in passages:
        text = mask(row["text"], hidden)
        heading = mask(row["heading"], hidden) if row["heading"] else row["heading"]
        differs = differs or text != row["text"] or heading != row["heading"]
        gap = "" if before is None else between(before, row["kind"])
        at += len(gap)
        row |= {"text": text, "heading": heading, "char_start": at, "char_end": at + len(text)}
        parts += [gap, text]
        at += len(text)
        before = row["kind"]
    text = "".join(parts)
    return (title, author, text, hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()) if differs else None
