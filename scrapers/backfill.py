"""A page's past, fetched from web archives as ordinary captures with their own time of capture.

Each copy becomes a WARC record under the page's own address, dated with the time that the archive gives (as other tools
that recover pages from archives write it), with the archive's address in WARC-Source-URI: so it replays as what was
seen then. What the archive itself said goes into a metadata record beside it. A backfill may be cut off at any moment
and started again: copies that are here are not fetched again, and those that cannot be had are remembered.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import queue
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Final

import httpx

from data import logs
from data.bodies import bodies_of
from data.home import Home
from data.programme import Programme
from data.version import software_version
from scrapers import gate, warc, work
from scrapers.archives import ArchiveFailed, Archives, Recovered, open_archives
from scrapers.archives.choose import Every, Offer, choose_copies
from scrapers.archives.limits import SharedLimits
from scrapers.backfill_summary import ArchiveCount, BackfillSummary
from scrapers.build import RegisterError, publish
from scrapers.capture import Failure, Verdict
from scrapers.collect import CollectError, CollectOptions, choose, signals
from scrapers.display import Display
from scrapers.families import read_candidates, second_opinion
from scrapers.fetch import Fetcher, user_agent
from scrapers.hooks import Source
from scrapers.outcomes import Stopped
from scrapers.reading import Job, Readers, Result
from scrapers.register import read_register
from scrapers.report import group
from scrapers.rows import capture_row
from scrapers.share import Share, open_share
from scrapers.work import Row, naive, stamped

LOG: Final = logging.getLogger(__name__)
THREADS: Final = 4
WAITING: Final = 8
"""Copies fetched and not yet written."""
ROUNDS: Final = 3
"""How often another copy of the same stretch of time is tried in place of one that cannot be had."""
REMEMBERED_DAYS: Final = 30
PASSING: Final = frozenset({"dns-error", "connect-error", "timed-out", "tls-error", "rate-limited", "server-error"})
"""Failures that may pass: they are not remembered."""

_MEMORY: Final = """
CREATE TABLE IF NOT EXISTS missed_copy (
  source_id VARCHAR NOT NULL, origin VARCHAR NOT NULL, captured_at TIMESTAMP NOT NULL, outcome VARCHAR NOT NULL,
  detail VARCHAR NOT NULL, tried_at TIMESTAMP NOT NULL
)
"""


@dataclass(frozen=True)
class BackfillOptions:
    """What a backfill is asked to do. Empty `sources` means all; `start` and `end` are days, both included; `every`
    says how many copies are wanted of each stretch of time; `limit` is the largest number of copies fetched."""

    sources: tuple[str, ...] = ()
    start: dt.date | None = None
    end: dt.date | None = None
    every: Every = "month"
    archive_urls: tuple[str, ...] = ()
    limit: int | None = None
    allow_private: bool = False
    quiet: bool = False


def backfill(
    home: Home,
    programme: Programme,
    options: BackfillOptions = BackfillOptions(),
    *,
    stop: threading.Event | None = None,
    limits: SharedLimits | None = None,
) -> BackfillSummary:
    """Fetch the past of the chosen sources from the archives, store it, and publish.

    Setting `stop`, Ctrl-C or SIGTERM ends it cleanly: what is stored is kept and published. `limits` are the archives'
    (default: 24 searches a minute, 8 copies a second each). Raises RegisterError, CollectError (a source that is not
    there, no archive), WorkBusy.
    """
    register = read_register(home)
    if register.findings:
        raise RegisterError(register.findings)
    rows = register.tables["source"]
    known = [Source(row["source_id"], (row["url"] or "").strip() or None, row["format"], row["kind"]) for row in rows]
    if options.start and options.end and options.start > options.end:
        raise CollectError("The first day is after the last: nothing lies between them.")
    chosen = [source for source in choose(known, CollectOptions(sources=options.sources)) if source.url]
    with (
        work.opened(home) as connection,
        open_share(home, programme.store, connection) as share,
        signals(stop or threading.Event()) as stopping,
    ):
        share.take()
        return _Backfill(home, programme, options, chosen, connection, stopping, limits, share).run()


@dataclass(frozen=True)
class _Copy:
    """A copy that an archive gave for an offer."""

    source: Source
    offer: Offer
    copy: Recovered


@dataclass(frozen=True)
class _Missed:
    """An offer that could not be had; `offer` None where the archive gave no list at all."""

    source: Source
    archive: int
    failure: Failure
    offer: Offer | None = None


@dataclass(frozen=True)
class _Done:
    source: Source


_Event = _Copy | _Missed | _Done | BaseException


@dataclass
class _Counts:
    captured: int = 0
    present: int = 0
    missed: int = 0
    remembered: int = 0
    verdicts: dict[str, int] = field(default_factory=dict)


class _Backfill:
    """One backfill under way: a few threads fetch, this one writes."""

    def __init__(
        self,
        home: Home,
        programme: Programme,
        options: BackfillOptions,
        sources: list[Source],
        connection: work.Connection,
        stop: threading.Event,
        limits: SharedLimits | None,
        share: Share,
    ) -> None:
        self.share = share
        self.home = home
        self.programme = programme
        self.options = options
        self.sources = sources
        self.connection = connection
        self.stop = stop
        subject = programme.programme
        self.agent = user_agent(subject.agent, subject.contact, subject.base_url)
        self.fetcher_name = f"sim-record/{software_version()} httpx/{httpx.__version__}"
        self.fetcher = Fetcher(
            programme.collect, self.agent, contact=subject.contact, allow_private=options.allow_private
        )
        self.archives: Archives = open_archives(self.fetcher, programme, options.archive_urls, limits=limits)
        if not self.archives:
            raise CollectError("No web archive is named: see [archives] in programme.toml, or give --archive URL.")
        self.counts = _Counts()
        self.told = {client.id: ArchiveCount(client.name) for client in self.archives.clients}
        self.failed: list[tuple[str, str, str]] = []
        self.notes: list[str] = []
        self.events: queue.Queue[_Event] = queue.Queue(WAITING)
        self.readings: queue.SimpleQueue[tuple[Job, Result]] = queue.SimpleQueue()
        self.left_to_fetch = options.limit
        self.lock = threading.Lock()

    # -- the run

    def run(self) -> BackfillSummary:
        """Walk over the sources, then publish."""
        begun = time.monotonic()
        self.started_at = dt.datetime.now(dt.UTC)
        self.run_id = stamped(self.started_at)
        self.connection.execute(_MEMORY)
        self._mend()
        self._load()
        self.inserter = work.Inserter(self.connection)
        work.begin_run(self.connection, self._run_row())
        display = Display(
            self.home, self.run_id, self.started_at, sources=len(self.sources), hosts=len(self.archives.clients),
            done=0, delay=self.programme.collect.delay, quiet=self.options.quiet,
        )  # fmt: skip
        file = warc.WarcFile(self.home.captures, self.run_id, self._info())
        self.readers = Readers(self.home, lambda job, result: self.readings.put((job, result)))
        try:
            with self.share.going_on():
                done = self._walk(file, display)
            state = "finished" if done == len(self.sources) and not self.stop.is_set() else "interrupted"
            work.set_run(self.connection, self.run_id, state, dt.datetime.now(dt.UTC))
            self.notes += read_candidates(self.home, self.programme, self.connection).notes
            display.tick("publishing", "publishing")
            self.notes += self.share.give()
            published = publish(self.home, work=self.connection)
        finally:
            self.fetcher.live.stop()
            self.readers.stop()
            file.close()
            self.fetcher.close()
            display.close()
        logs.event(
            LOG, logging.INFO, f"backfill.{state}", run_id=self.run_id, seconds=time.monotonic() - begun,
            captured=self.counts.captured, missed=self.counts.missed, record=published.name,
        )  # fmt: skip
        for client in self.archives.clients:
            self.told[client.id].left = client.closed.detail if client.closed else None
        return BackfillSummary(
            run_id=self.run_id,
            state=state,
            sources=len(self.sources),
            done=done,
            captured=self.counts.captured,
            present=self.counts.present,
            missed=self.counts.missed,
            remembered=self.counts.remembered,
            verdicts=dict(sorted(self.counts.verdicts.items())),
            archives=self.told,
            failures=group(sorted(set(self.failed))),
            seconds=time.monotonic() - begun,
            requests=self.fetcher.requests,
            started_at=self.started_at,
            published=published,
            notes=tuple(self.notes),
        )

    def _walk(self, file: warc.WarcFile, display: Display) -> int:
        """Write what the fetching threads hand over until all sources are done; gives their number."""
        waiting: queue.SimpleQueue[Source] = queue.SimpleQueue()
        for source in self.sources:
            waiting.put(source)
        threads = [
            threading.Thread(target=self._work, args=(waiting,), name=f"backfill {n + 1}", daemon=True)
            for n in range(min(THREADS, len(self.sources)))
        ]
        for thread in threads:
            thread.start()
        done = 0
        while done < len(self.sources):
            words = f"{self.counts.captured} copies captured"
            display.tick(words=words)
            self._take_readings()
            if self.stop.is_set():
                self.fetcher.live.stop()
                break
            try:
                event = self.events.get(timeout=0.2)
            except queue.Empty:
                continue
            if isinstance(event, BaseException):
                raise event
            self._log(event)
            if isinstance(event, _Copy):
                self._store(event, file)
            elif isinstance(event, _Missed):
                self._remember(event)
            else:
                done += 1
                display.add("captured")
        if self.stop.is_set():
            self.readers.stop()
        self.readers.finish(self._take_readings)
        self._take_readings()
        return done

    def _log(self, event: _Event) -> None:
        if isinstance(event, _Copy):
            copy = event.copy
            logs.event(
                LOG, logging.INFO, "copy.fetched", run_id=self.run_id, source_id=event.source.source_id,
                url=event.source.url, archive=copy.archive, captured_at=copy.captured_at.isoformat(),
            )  # fmt: skip
        elif isinstance(event, _Missed):
            logs.event(
                LOG, logging.WARNING, "copy.missed", run_id=self.run_id, source_id=event.source.source_id,
                url=event.source.url, archive=self.archives.clients[event.archive].id, outcome=event.failure.outcome,
                detail=event.failure.detail,
            )  # fmt: skip

    # -- fetching, in threads

    def _work(self, waiting: queue.SimpleQueue[Source]) -> None:
        try:
            while not self.fetcher.live.stopped.is_set():
                try:
                    source = waiting.get_nowait()
                except queue.Empty:
                    return
                for event in self._fetch(source):
                    self._tell(event)
                self._tell(_Done(source))
        except Stopped:
            return
        except BaseException as error:  # a bug in one thread ends the run, and is raised where it is seen
            self._tell(error)

    def _tell(self, event: _Event) -> None:
        while not self.fetcher.live.stopped.is_set():
            try:
                self.events.put(event, timeout=0.2)
                return
            except queue.Full:
                continue

    def _fetch(self, source: Source) -> Iterator[_Event]:
        """All that is wanted of one source, one after another."""
        offers: list[Offer] = []
        for number, client in enumerate(self.archives.clients):
            if client.closed is not None:
                with self.lock:
                    self.told[client.id].unasked += 1
                continue
            try:
                listing = client.list(source.url or "", start=_begin(self.options.start), end=_end(self.options.end))
            except ArchiveFailed as failed:
                yield _Missed(source, number, failed.failure)
                continue
            with self.lock:
                self.told[client.id].listed += len(listing.held)
                self.told[client.id].senseless += listing.skipped
            offers += [Offer(number, held) for held in listing.held]
        refused = {offer for offer in offers if self._key(source, offer) in self.missed}
        with self.lock:
            self.counts.remembered += len(refused & set(choose_copies(offers, self.options.every)))
        seen: set[Offer] = set()
        for _ in range(ROUNDS):
            wanted = [one for one in choose_copies(_without(offers, refused), self.options.every) if one not in seen]
            for offer in wanted:
                seen.add(offer)
                if self.archives.clients[offer.archive].closed is not None:
                    continue  # said once, with what closed it
                event = self._take(source, offer)
                if event is None:
                    continue
                if isinstance(event, _Missed):
                    refused.add(offer)
                yield event
            if not any(offer in refused for offer in wanted):
                return

    def _take(self, source: Source, offer: Offer) -> _Event | None:
        """One copy; None where it is here already or no more are wanted."""
        client = self.archives.clients[offer.archive]
        with self.lock:
            if self._key(source, offer) in self.present:
                self.counts.present += 1
                return None
            if self.left_to_fetch is not None:
                if self.left_to_fetch <= 0:
                    return None
                self.left_to_fetch -= 1
        try:
            copy = client.take(offer.held, source.url or "")
        except ArchiveFailed as failed:
            return _Missed(source, offer.archive, failed.failure, offer)
        return _Copy(source, offer, copy)

    def _key(self, source: Source, offer: Offer) -> tuple[str, str, dt.datetime]:
        return source.source_id, self.archives.clients[offer.archive].id, naive(offer.held.at)

    # -- writing, in the main thread

    def _store(self, event: _Copy, file: warc.WarcFile) -> None:
        """Bytes first, row after; a copy of another time than was asked is kept under its own, once."""
        source, copy = event.source, event.copy
        key = (source.source_id, copy.archive, naive(copy.captured_at))
        self.told[copy.archive].fetched += 1
        moved = key != self._key(source, event.offer)
        if key in self.present:
            self.counts.present += 1
        else:
            self._append(source, copy, file)
            self.present.add(key)
        if moved:
            when = f"{copy.captured_at.day} {copy.captured_at:%B %Y, %H:%M:%S}"
            self._note(self._key(source, event.offer), "captured", f"The archive gave its copy of {when} instead.")

    def _append(self, source: Source, copy: Recovered, file: warc.WarcFile) -> None:
        verdict = second_opinion(source, copy.response, gate.judge(copy.response, source.format))
        row = self._row(source, copy, verdict)
        original = self.originals.get((source.source_id, row["body_sha256"]))
        payload = hashlib.sha256(copy.response.raw).hexdigest()
        if original is not None and original.payload_sha256 == payload:
            records = warc.revisit_of(copy.response, original, memento_url=copy.source_url)
        else:
            original = None
            records = warc.records_of(copy.response, captured_at=copy.captured_at, memento_url=copy.source_url)
        start = file.append(records.data)
        file.append(warc.metadata_of(records.record_id, copy.response.final_url, copy.captured_at, _provenance(copy)))
        file.sync()
        row |= {
            "warc_file": file.name,
            "warc_offset": start + records.response_at,
            "warc_record_id": records.record_id,
            "payload_sha256": records.payload_sha256,
            "is_revisit": original is not None,
        }
        self.inserter.insert("capture", [row])
        self.counts.captured += 1
        self.counts.verdicts[verdict.word] = self.counts.verdicts.get(verdict.word, 0) + 1
        if original is not None:
            return
        self.originals[(source.source_id, row["body_sha256"])] = warc.Original(
            file.name, row["warc_offset"], records.record_id, copy.response.final_url, copy.captured_at, payload
        )
        if verdict.word == "good":
            self.readers.put(
                Job(
                    file.name, row["warc_offset"], row["final_url"], row["media_type"], row["charset"], source.format,
                    source.kind, (row["capture_id"], source.source_id),
                )
            )  # fmt: skip

    def _row(self, source: Source, copy: Recovered, verdict: Verdict) -> Row:
        row = capture_row(
            source.source_id, self.run_id, copy.response, verdict, origin=copy.archive, fetcher=self.fetcher_name
        )
        return row | {
            "capture_id": stamped(copy.fetched_at),
            "memento_url": copy.memento_url,
            "captured_at": naive(copy.captured_at),
            "fetched_at": naive(copy.fetched_at),
        }

    def _remember(self, event: _Missed) -> None:
        client = self.archives.clients[event.archive]
        failure = event.failure
        self.failed.append((failure.outcome, event.source.source_id, _dated(failure, event.offer)))
        if event.offer is None:
            return
        self.counts.missed += 1
        if failure.outcome not in PASSING and client.closed is None:
            self._note(self._key(event.source, event.offer), failure.outcome, failure.detail)

    def _note(self, key: tuple[str, str, dt.datetime], outcome: str, detail: str) -> None:
        self.connection.execute(
            "INSERT INTO missed_copy VALUES (?, ?, ?, ?, ?, ?)", [*key, outcome, detail, naive(dt.datetime.now(dt.UTC))]
        )

    def _take_readings(self) -> None:
        while not self.readings.empty():
            job, result = self.readings.get()
            capture_id, source_id = job.tag
            rows = work.reading_rows(capture_id, source_id, result)
            work.insert_readings(self.connection, self.inserter, rows)

    # -- before and after

    def _load(self) -> None:
        """What is here already, what was not to be had, and which bodies lie where."""
        ids = [source.source_id for source in self.sources]
        query = (
            "SELECT source_id, origin, captured_at FROM capture "
            "WHERE origin <> 'live' AND source_id IN (SELECT unnest(?))"
        )
        self.present = set(self.connection.execute(query, [ids]).fetchall())
        since = naive(self.started_at) - dt.timedelta(days=REMEMBERED_DAYS)
        query = "SELECT source_id, origin, captured_at FROM missed_copy WHERE tried_at >= ? AND outcome <> 'captured'"
        self.missed = set(self.connection.execute(query, [since]).fetchall())
        query = "SELECT source_id, origin, captured_at FROM missed_copy WHERE outcome = 'captured'"
        self.present |= set(self.connection.execute(query).fetchall())
        sizes = bodies_of(self.home).sizes()
        self.originals = {
            (source_id, sha): warc.Original(name, offset, record, url, at.replace(tzinfo=dt.UTC), payload)
            for source_id, sha, name, offset, record, url, at, payload in self.connection.execute(
                "SELECT source_id, body_sha256, warc_file, warc_offset, warc_record_id, final_url, captured_at, "
                "payload_sha256 FROM capture WHERE NOT is_revisit AND payload_sha256 IS NOT NULL "
                "AND source_id IN (SELECT unnest(?)) ORDER BY capture_id",
                [ids],
            ).fetchall()
            if sizes.get(name, 0) > offset
        }

    def _mend(self) -> None:
        for name, start in work.unfinished_files(self.connection).items():
            path = self.home.captures / name
            cut = warc.repair(path, start) if path.is_file() else 0
            if cut:
                self.notes.append(f"{name}: {cut} bytes of an unfinished record were cut off its end.")

    def _run_row(self) -> Row:
        return {
            "run_id": self.run_id,
            "started_at": naive(self.started_at),
            "ended_at": None,
            "state": "running",
            "sources": len(self.sources),
            "options": json.dumps({"command": "backfill", **asdict(self.options)}, default=str),
            "agent": self.agent,
            "version": software_version(),
        }

    def _info(self) -> dict[str, str]:
        subject = self.programme.programme
        return {
            "software": self.fetcher_name,
            "format": "WARC File Format 1.1",
            "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "description": f"{subject.title}, backfill {self.run_id}: copies from web archives under their own dates",
            "operator": subject.publisher or subject.title,
            "http-header-user-agent": self.agent,
        }


def _without(offers: Iterable[Offer], refused: set[Offer]) -> list[Offer]:
    return [offer for offer in offers if offer not in refused]


def _begin(day: dt.date | None) -> dt.datetime | None:
    return dt.datetime.combine(day, dt.time(0), dt.UTC) if day else None


def _end(day: dt.date | None) -> dt.datetime | None:
    return dt.datetime.combine(day, dt.time(23, 59, 59), dt.UTC) if day else None


def _dated(failure: Failure, offer: Offer | None) -> str:
    return f"{failure.detail} (copy of {offer.held.at:%Y-%m-%d %H:%M:%S})" if offer is not None else failure.detail


def _provenance(copy: Recovered) -> list[tuple[str, str]]:
    """Where and when the copy was had, and what the archive said of itself."""
    told = [
        ("archive", copy.archive),
        ("memento", copy.memento_url),
        ("fetched-from", copy.source_url),
        ("fetched-at", copy.fetched_at.isoformat(timespec="seconds")),
    ]
    told += [("redirect-fetched-from", url) for url in copy.redirect_sources]
    return told + [(f"archive-header-{name.lower()}", value) for name, value in copy.archive_headers]
