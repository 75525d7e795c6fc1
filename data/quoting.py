"""A text as SQL writes it.

The first bound parameter makes DuckDB's client load pandas and Arrow: half a second and a hundred megabytes for
commands and processes that need neither. DuckDB's quoted texts know no escapes but the doubled quote.
"""

from __future__ import annotations


def quoted(text: str) -> str:
    """The text between quotes, its own doubled."""
    return "'" + text.replace("'", "''") + "'"
