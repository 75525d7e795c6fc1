"""A home with as many pages as wanted, each captured often, to see what grows. Every page, body and word is made up.

The working database is written as a collection leaves it: runs, attempts, captures, readings, passages and links. The
bytes of the captures are not made: a build does not read them. One capture in three shows another text than the one
before, two of its passages altered, so there are versions, changes, mentions and candidates.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data import schema
from data.home import PACKAGE, Home
from scrapers.extract.html import EXTRACTOR
from scrapers.work import prepare

MARK = "synthetic"
BODIES = 40
SAME_FOR = 3
"""So many captures of a page in a row show one text."""
FIRST_DAY = "2016-01-01"


@dataclass(frozen=True)
class Size:
    """How many pages, captures of each, and passages of each capture."""

    sources: int
    captures: int
    passages: int


def source_id(number: int) -> str:
    """The id of the nth made-up page."""
    return f"{MARK}-{number:06d}"


def grown_home(root: Path, size: Size) -> Home:
    """A home in `root`: the register of this project, made-up bodies and pages, and what was collected of them."""
    register = root / "register"
    register.mkdir(parents=True)
    for file in (PACKAGE / "register").glob("*.csv"):
        shutil.copyfile(file, register / file.name)
    shutil.copyfile(PACKAGE / "programme.toml", root / "programme.toml")
    with (register / "organisations.csv").open("a", encoding="utf-8") as handle:
        handle.writelines(
            f"{MARK}-body-{n},Examplebury {_WORD[n % len(_WORD)].title()} {n} ({MARK}),other,,London,51.5,-0.1,,,,"
            f"Examplebury {n},,,,2026-11-23\n"
            for n in range(BODIES)
        )
    with (register / "sources.csv").open("a", encoding="utf-8") as handle:
        handle.writelines(
            f"{source_id(n)},https://{MARK}-{n // 50}.example/page-{n},Page {n} ({MARK}),{MARK}-body-{n % BODIES},"
            f"2016-01,month,html,news,,2026-11-23\n"
            for n in range(size.sources)
        )
    home = Home(root.resolve())
    with duckdb.connect(str(home.work_database), config={"threads": 2}) as connection:
        schema.create_collected(connection)
        prepare(connection)
        connection.execute("SET preserve_insertion_order = true")
        _write(connection, size.sources, 0, size.captures, size.passages)
    return home


def collect_again(home: Home, size: Size, every: int, turn: int) -> int:
    """Add one capture with a new text to one page in `every`, as a run would; gives the number of pages. `turn` counts
    from 0: the nth time that this is called."""
    with duckdb.connect(str(home.work_database), config={"threads": 2}) as connection:
        return _write(connection, size.sources, size.captures + turn, 1, size.passages, every, fresh=True)


_WORD = [
    "amber",
    "bramble",
    "cobalt",
    "dapple",
    "ember",
    "fathom",
    "garnet",
    "hazel",
    "indigo",
    "juniper",
    "kestrel",
    "larch",
    "meadow",
    "nettle",
    "orchard",
    "pebble",
    "quarry",
    "rowan",
    "saffron",
    "thistle",
    "umber",
    "violet",
    "willow",
    "yarrow",
    "zephyr",
    "harbour",
    "lantern",
    "marble",
]


def _write(
    connection: duckdb.DuckDBPyConnection,
    sources: int,
    first: int,
    captures: int,
    passages: int,
    every: int = 1,
    *,
    fresh: bool = False,
) -> int:
    """Rows of the captures numbered from `first` of one page in `every`. `fresh`: each has a text of its own."""
    for number in range(first, first + captures):
        version = f"{1000 + number}" if fresh else f"{number // SAME_FOR}"
        connection.execute("BEGIN")
        connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE page AS
            SELECT n, '{MARK}-' || printf('%06d', n) AS source_id, {number} AS k,
              TIMESTAMP '{FIRST_DAY}' + INTERVAL 1 DAY * {30 * number} + INTERVAL 1 SECOND * n AS day,
              '{number:05d}-' || printf('%06d', n) AS name
            FROM range(0, {sources}, {every}) t(n)"""
        )
        connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE said AS
            SELECT p.n, q AS position, CASE WHEN q % 10 = 1 THEN 'heading' ELSE 'paragraph' END AS kind,
              (hash(p.n, q, CASE WHEN {version} % {passages} + 1 IN (q, q - 1) THEN {version} ELSE 0 END) >> 1)::BIGINT AS h
            FROM page p, range(1, {passages + 1}) t(q)"""
        )
        words = "[" + ", ".join(f"'{word}'" for word in _WORD) + "]"
        picked = " || ' ' || ".join(
            f"w[1 + (h >> {3 * n}) % {len(_WORD)}] || (h >> {n + 20}) % {40 + 10 * n}" for n in range(9)
        )
        connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE told AS
            SELECT n, position, kind,
              CASE WHEN kind = 'heading' THEN 'Heading ' || (h % 1000)
                   WHEN h % 23 = 0 THEN 'In May 2019 Examplebury ' || n % {BODIES} || ' began the high intensity user scheme with '
                     || (2 + h % 90) || ' people. ' || {picked} || '.'
                   ELSE upper(w[1 + h % {len(_WORD)}]) || ' ' || {picked} || '.' END AS text
            FROM (SELECT *, {words} AS w FROM said)"""
        )
        run = f"{number:05d}-run"
        connection.execute(
            f"""INSERT INTO run BY NAME SELECT '{run}' AS run_id, min(day) AS started_at, max(day) AS ended_at,
              'finished' AS state, count(*) AS sources, '{{}}' AS options, '{MARK}' AS agent, '{MARK}' AS version FROM page"""
        )
        connection.execute(
            f"""INSERT INTO capture BY NAME SELECT 'c' || name AS capture_id, source_id, '{run}' AS run_id, 'live' AS origin,
              'https://{MARK}-' || n // 50 || '.example/page-' || n AS requested_url, requested_url AS final_url,
              day AS captured_at, day AS fetched_at, 200 AS status, '[["content-type", "text/html"]]' AS headers,
              'text/html' AS media_type, 'utf-8' AS charset, sha256(name) AS body_sha256, 20000 AS body_bytes,
              sha256(name) AS payload_sha256, '192.0.2.1' AS ip, '{run}.warc.gz' AS warc_file, n * 5000 AS warc_offset,
              '<urn:' || name || '>' AS warc_record_id, false AS is_revisit, 'good' AS verdict, '{MARK}' AS fetcher,
              'page' AS part FROM page ORDER BY n"""
        )
        connection.execute(
            f"""INSERT INTO attempt BY NAME SELECT 'a' || name AS attempt_id, '{run}' AS run_id, source_id, day AS started_at,
              day + INTERVAL 1 SECOND AS ended_at, 'captured' AS outcome, 'The page was captured.' AS detail,
              'captured' AS live_outcome, 200 AS http_status, 1 AS tries, 'c' || name AS capture_id FROM page ORDER BY n"""
        )
        connection.execute(
            f"""INSERT INTO extraction BY NAME SELECT 'e' || name AS extraction_id, 'c' || name AS capture_id, source_id,
              '{EXTRACTOR}' AS extractor, 'Page ' || n AS title, text, 'en' AS language, sha256(text) AS text_sha256
            FROM page JOIN (SELECT n, string_agg(text, chr(10) ORDER BY position) AS text FROM told GROUP BY n) USING (n)
            ORDER BY n"""
        )
        connection.execute(
            """INSERT INTO passage BY NAME SELECT 'e' || name || '.' || position AS passage_id, 'e' || name AS extraction_id,
              'c' || name AS capture_id, source_id, position, kind, CASE WHEN kind = 'heading' THEN NULL ELSE 'Heading' END
              AS heading, text, e - length(text) AS char_start, e AS char_end
            FROM (SELECT *, CAST(sum(length(text) + 1) OVER (PARTITION BY n ORDER BY position) - 1 AS INTEGER) AS e FROM told)
              JOIN page USING (n) ORDER BY n, position"""
        )
        connection.execute(
            f"""INSERT INTO link BY NAME SELECT 'c' || name AS capture_id, source_id, p AS position,
              'https://{MARK}-' || n // 50 || '.example/page-' || (n + p) AS url, 'Page' AS text
            FROM page, range(1, 4) t(p) ORDER BY n, p"""
        )
        connection.execute("COMMIT")
    return len(range(0, sources, every))
