"""Answers written out: CSV, JSON, a table for a terminal."""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final, TextIO


def plain(value: Any) -> Any:
    """A value as JSON holds it: dates as ISO 8601, bytes as hexadecimal, decimals as numbers.

    What JSON has no word for (NaN, infinities, a length of time, a UUID) becomes text.
    """
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, (dt.date, dt.datetime, dt.time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return plain(float(value))
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).hex()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return str(value)


def as_cell(value: Any) -> str:
    """A value as one cell: nothing for NULL, list items joined by semicolons as the register does."""
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(not isinstance(item, (list, dict)) for item in value):
        return ";".join(as_cell(item) for item in value)
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")
"""What a spreadsheet may take for the beginning of a formula, in either width."""


def guarded(cell: str) -> str:
    """Text for a CSV that a spreadsheet may open: a leading apostrophe keeps it from being run as a formula.

    Text that begins with an apostrophe gets one too, so that taking away one apostrophe always gives the text.
    """
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def write_csv(out: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A header and rows, and nothing else. Text is guarded, also names of columns: who asks in SQL chooses them, and a
    link that holds the question is opened by others."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(map(guarded, columns))
    writer.writerows(map(_guarded_cell, row) for row in rows)


def _guarded_cell(value: Any) -> str:
    cell = as_cell(value)
    return guarded(cell) if isinstance(value, (str, list, tuple)) else cell
