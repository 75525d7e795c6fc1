"""Search: from what a reader typed to what is shown.

    found = search(home, 'org:slam "crisis plan"', limit=20, offset=0)

Short rows come first (bodies, statements, dated facts, titles of sources), ranked by their words, those of the title
counting most; then passages: the words in their order, then near each other, then anywhere; headings before text, newer
pages before older ones. Nothing here is HTML: found words are given by place.
"""

from __future__ import annotations

import itertools
import json
import re
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final, Literal

import numpy as np

from dashboard.parts.permalinks import permalink
from dashboard.search.catalogue import Catalogue, Fact, Rows, Source
from dashboard.search.filters import PASSAGE, Chosen, choose
from dashboard.search.language import Query, expression, fts, read, stricter
from dashboard.search.opened import index_at
from dashboard.search.results import (
    Capture,
    Count,
    Hit,
    Marked,
    SearchResult,
    address_of,
    kind_in_words,
    marked,
    shortened,
)
from dashboard.search.spelling import nearest_word
from data.fragments import passage_link
from data.home import Home
from data.labels import label
from data.search import (
    CLOSED,
    OPENED,
    SOURCE_SHIFT,
    TOKENS,
    NotIndexed,
    index_path,
    rows_of_source,
)

MOST_PASSAGES: Final = 10_000
"""Passages that are looked at; beyond them the total is said to be "more than"."""
MOST_SHOWN: Final = 100
DEEPEST: Final = 10_000
FEW_SOURCES: Final = 64
FEW_ROWS: Final = 200
MOST_BODIES: Final = 40
_WEIGHTS: Final = "10.0, 2.0, 4.0"
_BOOST: Final = {"organisation": 3.0, "statement": 1.6, "adoption": 1.5, "source": 1.2, "change": 0.8, "petition": 0.8}

Order = Literal["relevance", "newest"]


class TooLong(Exception):
    """The search took too long; the message says what to do."""


def search(
    where: Home | Path, text: str, *, limit: int = 20, offset: int = 0, order: Order = "relevance"
) -> SearchResult:
    """Search the index of a home (or an index file). Raises NotIndexed, TooLong; no text is an error."""
    begun = time.perf_counter()
    path = index_path(where) if isinstance(where, Home) else where
    limit, offset = min(max(limit, 0), MOST_SHOWN), min(max(offset, 0), DEEPEST)
    query = read(text)
    try:
        with index_at(path).reading() as (connection, catalogue):
            result = _Search(connection, catalogue, query).run(limit, offset, order)
    except sqlite3.OperationalError as error:
        if "interrupt" in str(error):
            raise TooLong("This search took too long. Add a word, or a filter such as year:2021.") from error
        raise NotIndexed(f"The search index cannot be read ({error}). Run: sim-record build") from error
    except sqlite3.DatabaseError as error:
        raise NotIndexed(f"The search index cannot be read ({error}). Run: sim-record build") from error
    return replace(result, seconds=time.perf_counter() - begun)


# --- finding --------------------------------------------------------------------------------------------------------


class _Search:
    """One search, inside one read transaction."""

    def __init__(self, connection: sqlite3.Connection, catalogue: Catalogue, query: Query) -> None:
        self._connection = connection
        self._catalogue = catalogue
        self._query = query
        self._expression = expression(query)
        self._chosen: Chosen = choose(query, catalogue)
        self._exact = True

    def run(self, limit: int, offset: int, order: Order) -> SearchResult:
        asked = self._expression is not None or bool(self._query.filters)
        facts = self._facts() if asked else []
        rows = self._passages() if asked else np.zeros(0, dtype=np.int64)
        suggestion, notes = self._suggestion(len(facts) + len(rows))
        hits = self._hits(facts, rows, limit, offset, order)
        return SearchResult(
            self._query, tuple(hits), len(facts) + len(rows), self._exact, self._facets(facts, rows),
            (*self._query.notes, *self._chosen.notes, *notes), suggestion, limit, offset, self._catalogue.record, 0.0,
        )  # fmt: skip

    def _facts(self) -> list[tuple[float, Fact]]:
        """(rank, short row), best first; lower ranks are better."""
        known = self._catalogue.facts
        if self._expression is None:
            found = [(0.0, fact) for fact in known.values()]
            found = self._without_unwanted(found)
        else:
            found = [
                (rank * _BOOST.get(known[row].kind, 1.0), known[row])
                for row, rank in self._connection.execute(
                    f"SELECT rowid, bm25(facts, {_WEIGHTS}) FROM facts WHERE facts MATCH ?",  # noqa: S608
                    [self._expression],
                )
            ]
        kept = [(rank, fact) for rank, fact in found if self._chosen.lets_fact(fact)]
        return sorted(kept, key=lambda each: (each[0], -each[1].when.last, each[1].kind, each[1].id))

    def _without_unwanted(self, found: list[tuple[float, Fact]]) -> list[tuple[float, Fact]]:
        for node in self._query.unwanted:
            bad = {
                row for (row,) in self._connection.execute("SELECT rowid FROM facts WHERE facts MATCH ?", [fts(node)])
            }
            found = [each for each in found if each[1].row not in bad]
        return found

    def _passages(self) -> Rows:
        """Rows of the passages found, unordered, at most MOST_PASSAGES."""
        kept: list[Rows] = []
        size = 0
        for rows in self._candidates():
            rows = self._chosen.rows(self._catalogue, rows)
            kept.append(rows)
            size += len(rows)
            if size > MOST_PASSAGES:
                self._exact = False
                break
        found = np.concatenate(kept)[:MOST_PASSAGES] if kept else np.zeros(0, dtype=np.int64)
        if self._expression is None:
            for node in self._query.unwanted:
                found = found[~np.isin(found, self._matching(fts(node), found))]
        return found

    def _candidates(self) -> Iterator[Rows]:
        """Rows that hold the words in sources that are let through, in batches."""
        allowed = self._chosen.sources_let_through(self._catalogue)
        if self._expression is None:
            bodies = [org_ids for org_ids, negative in self._chosen.bodies if not negative]
            if bodies:
                rows = self._rows_of_bodies(bodies[0])
                yield rows if allowed is None else rows[np.isin(rows >> SOURCE_SHIFT, allowed)]
                return
            sql, parameters = "SELECT row FROM passage WHERE row BETWEEN ? AND ?", []
        else:
            sql = "SELECT rowid FROM passages WHERE passages MATCH ? AND rowid BETWEEN ? AND ?"
            parameters = [self._expression]
        ranges = self._ranges(allowed)
        if allowed is not None and len(ranges) == 1:
            sql += " AND rowid >> 32 IN (SELECT value FROM json_each(?))"
        for first, last in ranges:
            more = [json.dumps(allowed)] if "json_each" in sql else []
            cursor = self._connection.execute(sql, [*parameters, first, last, *more])
            while batch := cursor.fetchmany(MOST_PASSAGES + 1):
                yield _rows(batch)

    def _ranges(self, allowed: list[int] | None) -> list[tuple[int, int]]:
        """Where to look: at a few sources and rows by themselves, else everywhere."""
        bodies = [org_ids for org_ids, negative in self._chosen.bodies if not negative]
        rows: list[int] = []
        numbers = allowed
        if bodies and self._expression is not None:
            own = {number for number, source in self._catalogue.sources.items() if source.publisher_id in bodies[0]}
            numbers = sorted(own if allowed is None else own & set(allowed))
            named = self._catalogue.rows_naming(bodies[0])
            if allowed is not None:
                named = named[np.isin(named >> SOURCE_SHIFT, allowed)]
            rows = named[~np.isin(named >> SOURCE_SHIFT, numbers)].tolist()
        if numbers is None or (self._expression is not None and len(numbers) + len(rows) // 10 > FEW_SOURCES):
            return [(0, 1 << 62)]
        return [*map(rows_of_source, numbers), *((row, row) for row in rows)]

    def _rows_of_bodies(self, org_ids: frozenset[str]) -> Rows:
        own = [number for number, source in self._catalogue.sources.items() if source.publisher_id in org_ids]
        sql = "SELECT row FROM passage WHERE row BETWEEN ? AND ? LIMIT ?"
        parts = [
            _rows(self._connection.execute(sql, [*rows_of_source(number), MOST_PASSAGES + 1])) for number in sorted(own)
        ]
        return np.unique(np.concatenate([self._catalogue.rows_naming(org_ids), *parts]))

    def _matching(self, words: str, among: Rows) -> Rows:
        """Those of the rows that match. Few are looked at by themselves, which costs the same at any size."""
        if len(among) <= FEW_ROWS:
            listed = ", ".join(map(str, among.tolist()))
            with closing(sqlite3.connect(":memory:")) as few:
                few.execute(f"CREATE VIRTUAL TABLE shown USING fts5(text, tokenize = '{TOKENS}')")
                few.executemany(
                    "INSERT INTO shown (rowid, text) VALUES (?, ?)",
                    self._connection.execute(f"SELECT rowid, text FROM passages WHERE rowid IN ({listed})"),  # noqa: S608
                )
                return _rows(few.execute("SELECT rowid FROM shown WHERE shown MATCH ?", [words]))
        sql = """SELECT rowid FROM passages WHERE passages MATCH ? AND rowid BETWEEN ? AND ?
                 AND rowid >> 32 IN (SELECT value FROM json_each(?))"""
        sources = np.unique(among >> SOURCE_SHIFT).tolist()
        return _rows(self._connection.execute(sql, [words, int(among.min()), int(among.max()), json.dumps(sources)]))

    def _ordered(self, rows: Rows, order: Order) -> tuple[Rows, np.ndarray[tuple[int], np.dtype[np.int32]]]:
        """The rows in the order of showing, with the day of each."""
        tier = np.full(len(rows), 9, dtype=np.int8)
        if self._expression is not None and len(rows) > 1:
            for place, words in reversed(list(enumerate(stricter(self._query)))):
                tier[np.isin(rows, self._matching(words, rows))] = place
        days = self._catalogue.days[rows >> SOURCE_SHIFT]
        plain = 1 - (rows & 1)  # headings have the lowest bit
        keys = (rows, tier, -days) if order == "newest" else (rows, -days, plain, tier)
        places = np.lexsort(keys)
        return rows[places], days[places]

    # --- counting -----------------------------------------------------------------------------------------------

    def _facets(self, facts: Sequence[tuple[float, Fact]], rows: Rows) -> dict[str, tuple[Count, ...]]:
        kinds: Counter[str] = Counter(fact.kind for _, fact in facts)
        if len(rows):
            kinds[PASSAGE] = len(rows)
        documents: Counter[str] = Counter()
        years: Counter[str] = Counter()
        states: Counter[str] = Counter()
        orgs: Counter[str] = Counter()
        for _, fact in facts:
            orgs.update(set(fact.org_ids))
            if fact.when.year:
                years[str(fact.when.year)] += 1
            if fact.source is not None:
                documents[fact.source.kind] += 1
                states[fact.source.state] += 1
        numbers, counts = np.unique(rows >> SOURCE_SHIFT, return_counts=True)
        for number, count in zip(numbers.tolist(), counts.tolist(), strict=True):
            source = self._catalogue.sources[number]
            documents[source.kind] += count
            states[source.state] += count
            if source.when.year:
                years[str(source.when.year)] += count
            if source.publisher_id:
                orgs[source.publisher_id] += count
        if len(rows) and len(self._catalogue.mention_rows):
            named = self._catalogue.mention_orgs[np.isin(self._catalogue.mention_rows, rows)]
            for number, count in zip(*(part.tolist() for part in np.unique(named, return_counts=True)), strict=True):
                orgs[self._catalogue.org_ids[number]] += count
        names = self._catalogue.names
        return {
            "kind": _counts(kinds, kind_in_words),
            "document": _counts(documents, lambda value: label("source.kind", value)),
            "org": _counts(orgs, lambda value: names[value][0] if value in names else value)[:MOST_BODIES],
            "year": tuple(sorted(_counts(years, str), key=lambda count: count.value, reverse=True)),
            "state": _counts(states, lambda value: label("source_state.state", value)),
        }

    # --- showing ------------------------------------------------------------------------------------------------

    def _hits(
        self, facts: Sequence[tuple[float, Fact]], rows: Rows, limit: int, offset: int, order: Order
    ) -> list[Hit]:
        if order == "newest":
            facts = sorted(facts, key=lambda each: -each[1].when.last)
        elif offset + limit <= len(facts):
            return self._show([fact for _, fact in facts[offset : offset + limit]], [])
        ordered, days = self._ordered(rows, order)
        if order == "relevance":
            chosen = [fact for _, fact in facts[offset : offset + limit]]
            begin = max(0, offset - len(facts))
            return self._show(chosen, ordered[begin : begin + limit - len(chosen)].tolist())
        together = np.concatenate([np.array([fact.when.last for _, fact in facts], dtype=np.int64), days])
        places = np.argsort(-together, kind="stable")[offset : offset + limit].tolist()
        shown = self._show(
            [facts[place][1] for place in places if place < len(facts)],
            [int(ordered[place - len(facts)]) for place in places if place >= len(facts)],
        )
        short = iter(shown[: sum(place < len(facts) for place in places)])
        long = iter(shown[sum(place < len(facts) for place in places) :])
        return [next(short) if place < len(facts) else next(long) for place in places]

    def _show(self, facts: list[Fact], rows: list[int]) -> list[Hit]:
        listed = ", ".join(str(fact.row) for fact in facts)
        words = {
            row: (title, body)
            for row, title, body in self._connection.execute(
                f"SELECT rowid, title, body FROM facts WHERE rowid IN ({listed})"  # noqa: S608
            )
        }
        listed = ", ".join(map(str, rows))
        texts = dict(
            self._connection.execute(f"SELECT rowid, text FROM passages WHERE rowid IN ({listed})").fetchall()  # noqa: S608
        )
        shown = self._marked([*(words[fact.row] for fact in facts), *(("", texts[row]) for row in rows)])
        hits = [self._fact_hit(fact, *shown[place]) for place, fact in enumerate(facts)]
        return hits + [self._passage_hit(row, shown[len(facts) + place][1]) for place, row in enumerate(rows)]

    def _marked(self, texts: list[tuple[str, str]]) -> list[tuple[Marked, Marked]]:
        """(title, text) with found words marked: the few texts are matched again by themselves, which costs the same
        whatever the size of the index."""
        if self._query.wanted is None:
            return [(Marked(title), Marked(text)) for title, text in texts]
        made = [(Marked(title), Marked(text)) for title, text in texts]
        with closing(sqlite3.connect(":memory:")) as few:
            few.execute(f"CREATE VIRTUAL TABLE shown USING fts5(title, body, tokenize = '{TOKENS}')")
            few.executemany(
                "INSERT INTO shown (rowid, title, body) VALUES (?, ?, ?)", [(n, *t) for n, t in enumerate(texts)]
            )
            loose = " OR ".join(fts(word) for word in self._query.words())
            for words in (loose, self._expression):  # where all of it matches, only that is marked
                for place, title, body in few.execute(
                    "SELECT rowid, highlight(shown, 0, ?, ?), highlight(shown, 1, ?, ?) FROM shown WHERE shown MATCH ?",
                    [OPENED, CLOSED, OPENED, CLOSED, words],
                ):
                    made[place] = (marked(title), marked(body))
        return made

    def _fact_hit(self, fact: Fact, title: Marked, text: Marked) -> Hit:
        source = fact.source
        return Hit(
            kind=fact.kind, id=fact.id, title=title, text=shortened(text),
            address=address_of(fact.kind, fact.id),
            date=fact.when.text, date_precision=fact.when.precision, status=fact.status, org_ids=fact.org_ids,
            source_id=source.source_id if source else None, source_title=source.title if source else None,
            state=source.state if source else None, page_url=source.url if source else None,
        )  # fmt: skip

    def _passage_hit(self, row: int, text: Marked) -> Hit:
        source: Source = self._catalogue.sources[row >> SOURCE_SHIFT]
        kind, heading, page = self._connection.execute(
            "SELECT kind, heading, page_number FROM passage WHERE row = ?", [row]
        ).fetchone()
        last = self._connection.execute(
            """SELECT r.capture_id, r.captured_at, r.origin, r.memento_url, r.extraction_id || '.' || h.position,
                      min(r.captured_at) OVER ()
               FROM holds h JOIN reading r USING (text_no) WHERE h.row = ?
               ORDER BY r.captured_at DESC, h.position LIMIT 1""",
            [row],
        ).fetchone()
        seen = Capture(*last)
        if seen.memento_url:
            seen = replace(seen, memento_url=passage_link(seen.memento_url, text.text, page))
        named = self._catalogue.mention_orgs[self._catalogue.mention_rows == row].tolist()
        org_ids = dict.fromkeys(filter(None, [source.publisher_id, *(self._catalogue.org_ids[each] for each in named)]))
        return Hit(
            kind="heading" if kind == "heading" else PASSAGE, id=last[4], title=Marked(source.title),
            text=shortened(text), address=permalink("source", source.source_id), date=source.when.text,
            date_precision=source.when.precision, status="", org_ids=tuple(org_ids), source_id=source.source_id,
            source_title=source.title, state=source.state,
            page_url=passage_link(source.url, text.text, page) if source.url else None, heading=heading,
            page_number=page,
            capture=seen,
        )  # fmt: skip

    # --- helping ------------------------------------------------------------------------------------------------

    def _suggestion(self, total: int) -> tuple[str | None, list[str]]:
        """Another text to try, where a word occurs nowhere and comes close to one of a name; and what else to say."""
        text, notes = self._query.text, []
        for typed, name in self._chosen.meant.items():
            text = text.replace(f'"{typed}"', typed).replace(typed, f'"{name}"', 1)
        missing = []
        for word in dict.fromkeys(w for words in self._query.words() for w in re.findall(r"[^\W\d_]+", words.text)):
            if self._occurs(f'"{word}" *' if self._is_prefix(word) else f'"{word}"'):
                continue
            missing.append(word)
            near = nearest_word(word, self._catalogue.words)
            if near is not None:
                text = near.join(re.split(rf"\b{re.escape(word)}\b", text, maxsplit=1))
        if missing:
            notes.append(f"Nowhere in the record: {', '.join(missing)}.")
        if not self._query.filters and self._query.wanted is None:
            excluding = "Words to leave out were given, but none to find." if self._query.unwanted else ""
            notes.append(excluding or "Type a word, a name, or a filter such as year:2021.")
        elif not total and not missing and len(self._query.words()) > 1:
            notes.append("Nothing holds all these words together. Fewer words, or OR between them, may find more.")
        elif not total and not missing and self._query.filters and not self._chosen.notes:
            notes.append("Nothing passes all of this together. Take a filter off, or widen its dates.")
        return (text if text != self._query.text else None), notes

    def _is_prefix(self, word: str) -> bool:
        return any(words.prefix and words.text.endswith(word) for words in self._query.words())

    def _occurs(self, words: str) -> bool:
        return any(
            self._connection.execute(f"SELECT 1 FROM {table} WHERE {table} MATCH ? LIMIT 1", [words]).fetchone()  # noqa: S608
            for table in ("facts", "passages")
        )


def _rows(batch: Iterable[tuple[int]]) -> Rows:
    return np.fromiter(itertools.chain.from_iterable(batch), dtype=np.int64)


def _counts(counter: Counter[str], words: Callable[[str], str]) -> tuple[Count, ...]:
    made = [Count(value, words(value), count) for value, count in counter.items() if value]
    return tuple(sorted(made, key=lambda count: (-count.count, count.label)))
