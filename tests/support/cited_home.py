"""A home whose rows and captures try everything on whoever shows them, beside old ids, a withdrawn row and a withheld
body. Bodies, pages and words are made up; see collected_home.py."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
from pathlib import Path

import duckdb

from data import schema
from data.home import PACKAGE, Home
from tests.support import collected_home
from tests.support.collected_home import LIVE, RUNS

MARKUP = (
    """<script>alert(1)</script><img src=x onerror=alert(2)><a href="javascript:alert(3)">x</a> "quoted" 'single' """
    """& &lol; ]]> <!ENTITY x SYSTEM "file:///etc/passwd"> {{7*7}} ${7*7} {unbalanced"""
)
"""What a register row may hold: markup, event attributes, script addresses, entities, templates, a loose brace."""
FORMULAS = ("=1+1", "+SUM(A1)", "-2+3", "@SUM(A1)", "＝1+1")
TURNED = "\u202egnp.exe\u202c \u2066x\u2069 \u200b\ufeff"
"""Marks that turn the reading direction or hide text: the extractors drop them; here they come as if one had not."""
TAGGED = '<script>alert(4)</script></script><svg onload=alert(5)>\x0b "><b>bold</b>'
PAGE = f"=cmd|'/c calc'!A1 {MARKUP} {TAGGED} {TURNED}"
"""What a captured page may hold."""
WITHHELD = "The words of this page may no longer be shown to anybody: crocodile."
OLD, NEW = "acp-2021-statement", "acp-uk-2021-05"
GONE = "example-withdrawn-2020"
REREAD = "reread.example"


def append(home: Home, name: str, *rows: tuple[str, ...]) -> None:
    """Add rows to a file of the register, quoted as CSV needs it."""
    with (home.register / f"{name}.csv").open("a", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows(rows)


def make(root: Path) -> Home:
    """Everything but the build."""
    import shutil

    shutil.copytree(PACKAGE / "register", root / "register")
    shutil.copyfile(PACKAGE / "programme.toml", root / "programme.toml")
    home = Home(root.resolve())
    collected_home.fill(home)
    day = "2026-11-23"
    append(
        home, "organisations", ("hostile-body", MARKUP[:90], "other", *[""] * 6, MARKUP, MARKUP[:60], "", "", "", day)
    )
    append(home, "sources", ("hostile-page", f"https://hostile.example/{'a' * 20}?q='--", MARKUP, "hostile-body", "2021",
                             "year", "html", "news", MARKUP, day))  # fmt: skip
    append(home, "events", ("hostile", "2021", "year", MARKUP, MARKUP, "hostile-body", "context", "hostile-page", day))
    append(
        home,
        "statements",
        ("hostile-statement", "hostile-body", "2021-05", "month", "hostile-page", "other", "", MARKUP, day),
    )
    for number, formula in enumerate(FORMULAS):
        append(
            home, "events", (f"formula-{number}", "2021", "year", formula, formula, "", "context", "hostile-page", day)
        )
    append(home, "adoptions",
           ("example-denied", "example-trust", "", "", "", "never", "2021", "year", "hostile-page", "", "Says that the trust "
            "never took part.", "own-word", "name", day))  # fmt: skip
    append(home, "redirects", ("2026-11-20", "statements", OLD, NEW, "named after its body now"),
           ("2026-11-20", "source", "old-page", LIVE, "two rows for one page"))  # fmt: skip
    append(
        home,
        "corrections",
        ("2026-11-22", "statement", NEW, "asks", "evidence", "evidence;co-production", "a second ask was missed"),
        ("2026-11-21", "statement", OLD, "summary", "older words", "newer words", "a slip made under the old id"),
        ("2026-11-21", "event", GONE, "", f"it stated that {MARKUP}", "", "the page is about another scheme"),
        ("2026-11-22", "event", "hostile", "summary", MARKUP, "=1+1", MARKUP),
    )
    _captures(home)
    return home


def _captures(home: Home) -> None:
    """A hostile capture, one that is withheld, and a reading of the same bytes by a newer extractor."""
    rows = collected_home._Rows()
    at = collected_home.T(2026, 11, 19, 6)
    rows.add("run", "run-hostile", at, at, "finished", 2, "{}", "test", "0.1")
    with duckdb.connect(str(home.work_database)) as connection:
        schema.create_missing(connection)
        for name, text in (("hostile-page", PAGE), ("acp-uk-2021-rapid-response", WITHHELD)):
            _capture(rows, name, at, text)
        rows.add("evidence", "event", "hostile", "hostile-page", "hostile-page-1", "hostile-page-1.html-3.1", "found",
                 [MARKUP[:20]], [TAGGED])  # fmt: skip
        rows.add("link", "hostile-page-1", "hostile-page", 1, "javascript:alert(6)", MARKUP)
        rows.add("rereading", "hostile-page-1", "hostile-page", "html/2", f"html/3 {REREAD}", 40, 2)
        rows.write(connection)
    append(home, "withheld", ("2026-11-22", _sha(WITHHELD), "a court order of 2026-11-20"))


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _capture(rows: collected_home._Rows, source: str, at: dt.datetime, text: str) -> None:
    name, url = f"{source}-1", f"https://hostile.example/{source}"
    rows.add(
        "capture", name, source, "run-hostile", "live", url, url, None, None, at, at, 200, "[]", "text/html", "utf-8",
        _sha(text), len(text), _sha(text), "127.0.0.1", "hostile.warc.gz", 0, f"<urn:{name}>", False, "good", None, "test",
    )  # fmt: skip
    rows.add(
        "extraction", f"{name}.html-3", name, source, "html/3", text[:80], text, "2021", "meta", None, None, text[:40],
        "en-GB", None, None, _sha(text),
    )  # fmt: skip
    rows.add(
        "passage",
        f"{name}.html-3.1",
        f"{name}.html-3",
        name,
        source,
        1,
        "paragraph",
        text[:60],
        text,
        None,
        0,
        len(text),
    )
    rows.add(
        "attempt",
        f"20261119T0600-{source}",
        "run-hostile",
        source,
        at,
        at,
        "captured",
        text[:60],
        "captured",
        200,
        1,
        name,
    )


LAST_RUN = RUNS[-1]
