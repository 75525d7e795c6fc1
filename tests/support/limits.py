"""Homes without limits on their clients: for loads that come from one address."""

from __future__ import annotations

import re

from data.home import Home


def without_limits(home: Home) -> Home:
    """The same home, whose programme.toml now sets no limits."""
    return with_limits(home, "on = false")


def with_limits(home: Home, settings: str) -> Home:
    """The same home, in whose programme.toml `settings` stand under [limits] in place of what was there."""
    text = home.programme_file.read_text(encoding="utf-8")
    rest = re.sub(r"^\[limits\]\n(?:(?![\[#]).*\n)*", "", text, flags=re.MULTILINE)
    home.programme_file.write_text(f"{rest}\n[limits]\n{settings}\n", encoding="utf-8")
    return home
