"""The rest of a page: its machine address and the further addresses that its family names, asked after the page itself.

Never a way around anything: only a page that answered well is followed up, robots.txt and delays hold for each address
as for any other, and one that cannot be had is said and changes nothing else.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from scrapers import gate, warc
from scrapers.capture import Failure, Response, Verdict
from scrapers.families import machine_url
from scrapers.fetch import Fetcher
from scrapers.hooks import Look, Said, Source
from scrapers.report import sentence
from scrapers.rows import DATA, capture_row, charset_of
from scrapers.sites.address import normalise
from scrapers.work import NOTHING, Past, Row

MAX_FURTHER: Final = 5
"""Further addresses asked of one source in one run, beside the page's machine address."""
CHANGED: Final = "structure-changed"


@dataclass(frozen=True)
class Part:
    """What one further address gave. `good` where it holds what its family asks for; `row` and `records` where there is
    something to keep."""

    url: str
    good: bool
    detail: str = ""
    row: Row | None = None
    records: warc.Records | None = None
    said: Said | None = None


@dataclass
class Gathered:
    """All that was had beside a page, and how many addresses were left for later runs."""

    parts: list[Part] = field(default_factory=list)
    left: int = 0

    @property
    def captures(self) -> list[tuple[Row, warc.Records]]:
        return [(part.row, part.records) for part in self.parts if part.row is not None and part.records is not None]

    @property
    def missing(self) -> str | None:
        """What the first body lacks that came and is not what its family knows; None where none is so."""
        return next((part.said.missing for part in self.parts if part.said and part.said.missing), None)

    @property
    def first_good(self) -> Part | None:
        """The first part that holds what its family asks for."""
        return next((part for part in self.parts if part.good), None)

    @property
    def words(self) -> str:
        """What could not be had, in sentences; empty where there is nothing to say."""
        told = [f"Further data at {part.url}: {part.detail}" for part in self.parts if part.detail]
        if self.left:
            told.append(f"{self.left} further address{'' if self.left == 1 else 'es'} left for later runs.")
        return " ".join(told)


class FurtherPages:
    """Asks for the rest of pages in one run. Safe to share between threads."""

    def __init__(
        self, fetcher: Fetcher, look: Look, past: Mapping[tuple[str, str], Past], run_id: str, fetcher_name: str
    ) -> None:
        self._fetcher = fetcher
        self._look = look
        self._past = past
        self._run_id = run_id
        self._fetcher_name = fetcher_name

    def ask(self, source: Source, url: str, said: Said) -> Gathered:
        """Ask for what `said` names of the page that answered at `url`, one address after another. Addresses that were
        never had come first, then those had longest ago. Raises Stopped where the run is ended."""
        gathered = Gathered()
        seen = {_same(address) for address in (url, source.url or url)}
        waiting: deque[str] = deque()
        if said.machine_url:
            seen.add(_same(said.machine_url))
            gathered.parts.append(self._one(source, said.machine_url))
            waiting += self._in_turn(source, [*said.ask, *_named(gathered.parts)], seen)
        else:
            waiting += self._in_turn(source, said.ask, seen)
        for _ in range(MAX_FURTHER):
            if not waiting:
                break
            part = self._one(source, waiting.popleft())
            gathered.parts.append(part)
            waiting += self._in_turn(source, _named([part]), seen)
        gathered.left = len(waiting)
        return gathered

    def _in_turn(self, source: Source, urls: Iterable[str], seen: set[str]) -> list[str]:
        """The addresses that were not asked yet, in the order in which they are."""
        fresh = []
        for url in urls:
            name = _same(url)
            if name not in seen:
                seen.add(name)
                fresh.append(url)
        return sorted(fresh, key=lambda url: self._held(source, url).capture_id or "")

    def _held(self, source: Source, url: str) -> Past:
        return self._past.get((source.source_id, url), NOTHING)

    def _one(self, source: Source, url: str) -> Part:
        past = self._held(source, url)
        result = self._fetcher.fetch(url, past.conditions if past.original is not None else None)
        if isinstance(result, Failure):
            return Part(url, good=False, detail=result.detail)
        if result.status == 304:
            return self._unchanged(source, url, past, result)
        charset = charset_of(result)
        verdict = gate.judge(result, None, charset)
        if verdict.word != "good":
            return Part(url, good=False, detail=sentence(verdict.outcome, verdict.why))
        said = self._look(url, result.final_url, result.media_type, result.body)
        if said is None or said.missing is None:
            return Part(url, good=False, detail="What came is nothing that can be read for its figures.")
        if said.missing:
            verdict = Verdict("wrong-type", said.missing, CHANGED)
        row = self._row(source, result, verdict, charset)
        payload = row["body_sha256"] if result.raw is result.body else hashlib.sha256(result.raw).hexdigest()
        row["payload_sha256"] = payload
        if past.original is not None and not said.missing and payload == past.original.payload_sha256:
            records = warc.revisit_of(result, past.original)
            row["is_revisit"] = True
        else:
            records = warc.records_of(result, payload_sha256=payload)
        row["warc_record_id"] = records.record_id
        detail = sentence(CHANGED, said.missing) if said.missing else ""
        return Part(url, not said.missing, detail, row, records, said)

    def _unchanged(self, source: Source, url: str, past: Past, response: Response) -> Part:
        if past.original is None:
            return Part(url, good=False, detail="The site answered “unchanged” though it was not asked that.")
        records = warc.revisit_of(response, past.original)
        row = self._row(source, response, Verdict("good"), past.charset)
        row |= {
            "body_sha256": past.body_sha256,
            "body_bytes": past.body_bytes,
            "payload_sha256": past.original.payload_sha256,
            "media_type": past.media_type,
            "is_revisit": True,
            "warc_record_id": records.record_id,
        }
        return Part(url, good=True, row=row, records=records)

    def _row(self, source: Source, response: Response, verdict: Verdict, charset: str | None) -> Row:
        return capture_row(
            source.source_id, self._run_id, response, verdict, origin="live", fetcher=self._fetcher_name,
            charset=charset, part=DATA,
        )  # fmt: skip


def _named(parts: Iterable[Part]) -> list[str]:
    return [url for part in parts if part.said is not None for url in part.said.ask]


def _same(url: str) -> str:
    """A name by which two addresses of one page are equal, be they spelled or translated differently."""
    machine = machine_url(url)
    return f"page of {normalise(machine)}" if machine else normalise(url)
