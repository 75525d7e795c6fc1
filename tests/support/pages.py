"""Captured pages put straight into a published database, for tests of what is made from them."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb

from data.home import Home
from data.published import current_path


def copy_of(home: Home, root: Path) -> tuple[Home, Path]:
    """A home of its own with the same published record, and its database."""
    shutil.copytree(home.root, root)
    copied = Home(root.resolve())
    return copied, current_path(copied)


def add_page(
    database: Path,
    source_id: str,
    capture_id: str,
    passages: Sequence[str],
    *,
    day: dt.date = dt.date(2026, 3, 1),
    verdict: str = "good",
    extractor: str = "test",
    mentions: Sequence[tuple[int, str]] = (),
) -> None:
    """One capture of a source with its passages; one that begins with "# " is a heading. Mentions are (position, body)."""
    at = dt.datetime.combine(day, dt.time(12))
    extraction_id = f"{capture_id}-{extractor}"
    digest = hashlib.sha256("\n".join(passages).encode()).hexdigest()
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            """INSERT INTO capture BY NAME SELECT ? AS capture_id, ? AS source_id, 'r' AS run_id, 'live' AS origin,
                 'http://x/' AS requested_url, 'http://x/' AS final_url, ?::TIMESTAMP AS captured_at,
                 captured_at AS fetched_at, 200 AS status, '[]' AS headers, 'x' AS body_sha256, 1 AS body_bytes,
                 'w' AS warc_file, 0 AS warc_offset, 'w' AS warc_record_id, false AS is_revisit, ? AS verdict,
                 'test' AS fetcher""",
            [capture_id, source_id, at, verdict],
        )
        connection.execute(
            """INSERT INTO extraction BY NAME SELECT ? AS extraction_id, ? AS capture_id, ? AS source_id,
                 ? AS extractor, '' AS text, ? AS text_sha256""",
            [extraction_id, capture_id, source_id, extractor, digest],
        )
        for position, text in enumerate(passages, 1):
            connection.execute(
                """INSERT INTO passage BY NAME SELECT ? AS passage_id, ? AS extraction_id, ? AS capture_id,
                     ? AS source_id, ? AS position, ? AS kind, ? AS text, 0 AS char_start, 0 AS char_end""",
                [
                    f"{extraction_id}.{position}",
                    extraction_id,
                    capture_id,
                    source_id,
                    position,
                    "heading" if text.startswith("# ") else "paragraph",
                    text.removeprefix("# "),
                ],
            )
        for position, org_id in mentions:
            connection.execute(
                """INSERT INTO mention BY NAME SELECT ? AS mention_id, ? AS passage_id, ? AS capture_id,
                     ? AS source_id, ? AS org_id, '' AS words, 0 AS char_start, 0 AS char_end, 'passage' AS near""",
                [f"{extraction_id}.{position}.{org_id}", f"{extraction_id}.{position}", capture_id, source_id, org_id],
            )


def remove_capture(database: Path, capture_id: str) -> None:
    """Take a capture and all that was read from it away again."""
    with duckdb.connect(str(database)) as connection:
        for table in ("mention", "passage", "extraction", "capture"):
            connection.execute(f"DELETE FROM {table} WHERE capture_id = ?", [capture_id])
