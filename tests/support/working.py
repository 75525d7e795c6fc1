"""A working database filled by hand: captures and what was read out of them, without fetching or parsing."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from data import schema
from scrapers import work

START = dt.datetime(2024, 1, 1, 12, tzinfo=dt.UTC).replace(tzinfo=None)


def day(number: int) -> dt.datetime:
    """Noon of the nth day."""
    return START + dt.timedelta(days=number - 1)


@dataclass
class Working:
    """Captures are put in with `capture`; `connection` is what derive works on."""

    connection: duckdb.DuckDBPyConnection
    count: int = 0
    names: list[str] = field(default_factory=list)

    def capture(
        self,
        source_id: str,
        passages: Sequence[str | tuple[str, str] | tuple[str, str, str]],
        on: int,
        *,
        extractor: str = "html/1",
        fetched: int | None = None,
        origin: str = "live",
        verdict: str = "good",
        title: str | None = None,
        body: str | None = None,
        part: str = "page",
    ) -> str:
        """One capture and its reading. A passage is a text, (kind, text) or (kind, text, heading). Gives the capture's id."""
        self.count += 1
        name = f"c{self.count:04}"
        text = "\n".join(_whole(passage)[1] for passage in passages)
        sha = hashlib.sha256((body if body is not None else text).encode()).hexdigest()
        row = {
            "capture_id": name, "source_id": source_id, "run_id": "r", "origin": origin, "requested_url": "https://a.example/",
            "final_url": "https://a.example/", "memento_url": None if origin == "live" else f"https://archive.example/{name}",
            "captured_at": day(on), "fetched_at": day(fetched if fetched is not None else on), "status": 200, "headers": "[]",
            "body_sha256": sha, "body_bytes": len(text), "warc_file": "r.warc.gz", "warc_offset": self.count,
            "warc_record_id": name, "is_revisit": False, "verdict": verdict, "part": part, "fetcher": "test",
        }  # fmt: skip
        inserter = work.Inserter(self.connection)
        inserter.insert("capture", [row])
        self.read(name, source_id, passages, extractor=extractor, title=title)
        return name

    def read(
        self,
        capture_id: str,
        source_id: str,
        passages: Sequence[str | tuple[str, str] | tuple[str, str, str]],
        *,
        extractor: str,
        title: str | None = None,
    ) -> None:
        """What an extractor read out of a capture."""
        at, rows = 0, []
        for position, passage in enumerate(passages, 1):
            kind, text, heading = _whole(passage)
            rows.append(
                {
                    "position": position, "kind": kind, "heading": heading, "text": text, "page_number": None,
                    "char_start": at, "char_end": at + len(text),
                }
            )  # fmt: skip
            at += len(text) + 1
        reading: dict[str, Any] = {
            "extractor": extractor, "title": title, "text": "\n".join(row["text"] for row in rows), "passages": rows,
        }  # fmt: skip
        work.insert_readings(
            self.connection, work.Inserter(self.connection), work.reading_rows(capture_id, source_id, reading)
        )

    def attempt(self, source_id: str, on: int, outcome: str) -> None:
        """One try at the live page."""
        self.count += 1
        work.Inserter(self.connection).insert(
            "attempt",
            [
                {
                    "attempt_id": f"a{self.count:04}", "run_id": "r", "source_id": source_id, "started_at": day(on),
                    "ended_at": day(on), "outcome": outcome, "detail": outcome, "live_outcome": outcome, "tries": 1,
                }
            ],
        )  # fmt: skip

    def rows(self, sql: str) -> list[dict[str, Any]]:
        cursor = self.connection.execute(sql)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _whole(passage: str | tuple[str, str] | tuple[str, str, str]) -> tuple[str, str, str | None]:
    if isinstance(passage, str):
        return "paragraph", passage, None
    return passage[0], passage[1], passage[2] if len(passage) > 2 else None


def working(path: Path) -> Working:
    """An empty working database."""
    connection = duckdb.connect(str(path))
    schema.create_collected(connection)
    return Working(connection)
