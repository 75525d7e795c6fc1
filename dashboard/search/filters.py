"""Field filters of a query, made ready to be asked of short rows and of sources."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from dashboard.search.catalogue import Catalogue, Dated, Fact, Rows, Source, day_number
from dashboard.search.language import Filter, Query
from dashboard.search.spelling import bodies_called, nearest_body
from data.labels import LABELS
from data.search import SOURCE_SHIFT

PASSAGE: Final = "passage"
NOT_FACTS: Final = frozenset({"organisation", "source"})
_SAME_KIND: Final = {
    "body": "organisation", "org": "organisation", "bodies": "organisation", "organisations": "organisation",
    "document": "source", "page": "source", "text": PASSAGE, "passages": PASSAGE, "facts": "fact",
    "statements": "statement",
}  # fmt: skip


@dataclass
class Chosen:
    """What the filters let through, and what had to be said about them."""

    facts: list[Callable[[Fact], bool]] = field(default_factory=list)
    sources: list[Callable[[Source], bool]] = field(default_factory=list)
    bodies: list[tuple[frozenset[str], bool]] = field(default_factory=list)
    """(ids, negative) of each org: filter."""
    notes: list[str] = field(default_factory=list)
    meant: dict[str, str] = field(default_factory=dict)
    """What was typed for a body that is not known, and the name it may stand for."""

    def lets_fact(self, fact: Fact) -> bool:
        """Whether a short row is let through."""
        return all(test(fact) for test in self.facts)

    def sources_let_through(self, catalogue: Catalogue) -> list[int] | None:
        """Numbers of the sources whose passages are let through; None where all are. Bodies are left to `rows`."""
        if not self.sources:
            return None
        return sorted(
            number for number, source in catalogue.sources.items() if all(test(source) for test in self.sources)
        )

    def rows(self, catalogue: Catalogue, rows: Rows) -> Rows:
        """The rows of passages that org: filters let through: the body published the page, or is named there."""
        for org_ids, negative in self.bodies:
            publishers = [number for number, each in enumerate(catalogue.org_ids) if each in org_ids]
            concerned = np.isin(catalogue.publishers[rows >> SOURCE_SHIFT], publishers)
            concerned |= np.isin(rows, catalogue.rows_naming(org_ids))
            rows = rows[~concerned if negative else concerned]
        return rows


def choose(query: Query, catalogue: Catalogue) -> Chosen:
    """The filters of a query. A value that means nothing finds nothing, and a note says so."""
    chosen = Chosen()
    for each in query.filters:
        _ADD[each.field](chosen, each, catalogue)
    return chosen


def _both(chosen: Chosen, each: Filter, fact: Callable[[Fact], bool], source: Callable[[Source], bool]) -> None:
    if each.negative:
        chosen.facts.append(lambda row: not fact(row))
        chosen.sources.append(lambda row: not source(row))
    else:
        chosen.facts.append(fact)
        chosen.sources.append(source)


def _word(value: str) -> str:
    return re.sub(r"[\s_]+", "-", value.strip().lower())


def _org(chosen: Chosen, each: Filter, catalogue: Catalogue) -> None:
    found: set[str] = set()
    for value in each.values:
        ids = bodies_called(value, catalogue.names)
        if not ids:
            near = nearest_body(value, catalogue.names)
            if near is not None:
                chosen.meant[value] = catalogue.names[near][0]
            chosen.notes.append(
                f"No body of this record is called {value}."
                + (f" Did you mean {catalogue.names[near][0]} (org:{near})?" if near else "")
            )
        found.update(ids)
    wanted = frozenset(found)
    chosen.facts.append(lambda fact: (not wanted.isdisjoint(fact.org_ids)) is not each.negative)
    chosen.bodies.append((wanted, each.negative))


def _kind(chosen: Chosen, each: Filter, _catalogue: Catalogue) -> None:
    wanted = {_SAME_KIND.get(value, value.replace("-", "_") if value.replace("-", "_") in _KNOWN else value)
              for value in map(_word, each.values)}  # fmt: skip
    known = {PASSAGE, "fact", "review", "concern", "recommendation", *NOT_FACTS}
    for name in ("timeline.kind", "source.kind", "event.kind", "organisation.kind"):
        known |= LABELS[name].keys()
    for value in sorted(wanted - known):
        chosen.notes.append(f"Nothing here is of the kind {value}. Known: {', '.join(sorted(known))}.")

    def fact_is(fact: Fact) -> bool:
        return bool(
            wanted & fact.kinds
            or (fact.source is not None and fact.source.kind in wanted)
            or ("fact" in wanted and fact.kind not in NOT_FACTS)
        )

    _both(chosen, each, fact_is, lambda source: bool(wanted & {PASSAGE, source.kind}))


_KNOWN: Final = frozenset({"claimed_total", "review_event"})


def _standing(chosen: Chosen, each: Filter, _catalogue: Catalogue) -> None:
    wanted = {_word(value) for value in each.values}
    known: set[str] = set()
    for name in ("organisation_status.status", "adoption.status", "statement.position", "review.state"):
        known |= LABELS[name].keys()
    known |= LABELS["source_state.state"].keys()
    for value in sorted(wanted - known):
        chosen.notes.append(f"Nothing here has the status {value}. Known: {', '.join(sorted(known))}.")
    _both(
        chosen,
        each,
        lambda fact: fact.status in wanted or (fact.source is not None and fact.source.state in wanted),
        lambda source: source.state in wanted,
    )


def _source(chosen: Chosen, each: Filter, catalogue: Catalogue) -> None:
    wanted = [value.lower() for value in each.values]
    exact = {source.source_id for source in catalogue.sources.values()} & set(wanted)

    def is_it(source: Source | None) -> bool:
        if source is None:
            return False
        return any(value == source.source_id or (value not in exact and value in source.source_id) for value in wanted)

    if not any(is_it(source) for source in catalogue.sources.values()):
        chosen.notes.append(f"No source of this record has the id {', '.join(each.values)}.")
    _both(chosen, each, lambda fact: is_it(fact.source), is_it)


def _dates(chosen: Chosen, each: Filter, test: Callable[[Dated], bool]) -> None:
    _both(chosen, each, lambda fact: test(fact.when), lambda source: test(source.when))


def _days(chosen: Chosen, each: Filter) -> list[int]:
    days = []
    for value in each.values:
        day = day_number(value, end=False)
        if day is None:
            chosen.notes.append(f"{value} is not a date; write 2021, 2021-06 or 2021-06-30.")
        else:
            days.append(day)
    return days


def _before(chosen: Chosen, each: Filter, _catalogue: Catalogue) -> None:
    days = _days(chosen, each)
    _dates(chosen, each, lambda when: bool(days) and 0 < when.last < max(days))


def _after(chosen: Chosen, each: Filter, _catalogue: Catalogue) -> None:
    days = _days(chosen, each)
    _dates(chosen, each, lambda when: bool(days) and when.first >= min(days))


def _year(chosen: Chosen, each: Filter, _catalogue: Catalogue) -> None:
    years: set[int] = set()
    for value in each.values:
        found = re.fullmatch(r"(\d{4})(?:(?:-|–|\.\.)(\d{4}))?", value)
        if found is None:
            chosen.notes.append(f"{value} is not a year; write 2021 or 2019-2021.")
        else:
            years.update(range(int(found[1]), int(found[2] or found[1]) + 1))
    _dates(chosen, each, lambda when: when.year in years)


_ADD: Final[dict[str, Callable[[Chosen, Filter, Catalogue], None]]] = {
    "org": _org,
    "kind": _kind,
    "status": _standing,
    "state": _standing,
    "source": _source,
    "before": _before,
    "after": _after,
    "year": _year,
}
