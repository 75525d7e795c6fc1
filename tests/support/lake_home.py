"""Homes that declare every page of some sites, and the lines of [store] by which machines share a lake."""

from __future__ import annotations

import re
from pathlib import Path

from data.home import PACKAGE, Home
from tests.support.slow_sites import Sites


def home_of(root: Path, sites: Sites, *store: str) -> Home:
    """A home that declares every page; `store` are the lines of [store]."""
    (root / "register").mkdir(parents=True)
    lines = ["source_id,url,title,publisher_id,published_on,date_precision,format,kind,note,recorded_on"]
    lines += [f"page-{n},{url},Page {n},,,,html,reference,,2026-11-23" for n, url in enumerate(sites.urls)]
    (root / "register" / "sources.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = (PACKAGE / "programme.toml").read_text(encoding="utf-8")
    told = re.sub(r"(?m)^delay *=.*", "delay = 0.1", told)
    told = told.replace('kind = "file"\n', "\n".join(store or ('kind = "file"',)) + "\n")
    (root / "programme.toml").write_text(told, encoding="utf-8")
    return Home(root.resolve())


def lake_lines(catalog: str, data: str, captures: str, endpoint: str = "") -> list[str]:
    lines = ['kind = "ducklake"', f'catalog = "{catalog}"', f'data = "{data}"', f'captures = "{captures}"']
    return [*lines, f's3_endpoint = "{endpoint}"', "share_every = 0.3"]
