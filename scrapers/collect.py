"""One run: every chosen source asked once, judged, stored, read and published."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import logging
import queue
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

import httpx

from data import logs
from data.bodies import bodies_of
from data.home import Home
from data.programme import Programme
from data.version import software_version
from data.vocabulary import GOOD_OUTCOMES, SOURCE_KINDS
from scrapers import gate, warc, work
from scrapers.addresses import read_address
from scrapers.capture import Failure, Response, Verdict
from scrapers.display import Display
from scrapers.errors import RegisterError
from scrapers.families import may_have_data, read_candidates
from scrapers.fetch import Fetcher, user_agent
from scrapers.further import CHANGED, FurtherPages
from scrapers.hooks import NO_HOOKS, ArchiveCopy, FindInArchives, Hooks, Said, Source
from scrapers.outcomes import FetchError, Stopped
from scrapers.reading import Job, Readers, Result
from scrapers.register import read_register
from scrapers.report import RunSummary, group, sentence
from scrapers.rows import PAGE, capture_row, charset_of
from scrapers.share import Share, open_share
from scrapers.store import Finished, Read, Store, StoreFailed
from scrapers.transport import LiveStreams
from scrapers.work import NOTHING, Past, Row, naive, stamped

LOG: Final = logging.getLogger(__name__)
GONE_DAYS: Final = 30
"""A page that answered 410 is asked again after so many days."""
CLOCK_SLACK: Final = dt.timedelta(hours=1)
NO_ARCHIVE_FOR: Final = frozenset({"refused-address", "no-address"})
FOLLOWED_UP: Final = GOOD_OUTCOMES | {"no-text", CHANGED}
"""A page that answered so is followed up by its further addresses; one that was refused or is gone never is."""


class CollectError(Exception):
    """The run cannot begin or go on; the message says what to do next."""


@dataclass(frozen=True)
class CollectOptions:
    """What a run is asked to do. Empty `sources` and `kinds` mean all; `limit` is the largest number of sources;
    `archive_urls` name web archives beside those of programme.toml. `read` switches the reading of captures. `cluster`
    is the address of a Dask scheduler whose workers ask the pages."""

    sources: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    limit: int | None = None
    allow_private: bool = False
    use_archives: bool = True
    archive_urls: tuple[str, ...] = ()
    resume: bool = False
    quiet: bool = False
    read: bool = True
    cluster: str | None = None


def collect(
    home: Home,
    programme: Programme,
    options: CollectOptions = CollectOptions(),
    *,
    hooks: Hooks = NO_HOOKS,
    stop: threading.Event | None = None,
) -> RunSummary:
    """Ask every chosen source once, store what it answers, and publish.

    Setting `stop`, Ctrl-C or SIGTERM ends the run cleanly: what is finished is kept and published, and `resume` goes on
    with the rest. Raises RegisterError with the register's findings, CollectError, WorkBusy where another run holds the
    home.
    """
    register = read_register(home)
    if register.findings:
        raise RegisterError(register.findings)
    sources = [_source(row) for row in register.tables["source"]]
    del register
    with (
        work.opened(home) as connection,
        open_share(home, programme.store, connection) as share,
        signals(stop or threading.Event()) as stopping,
    ):
        share.take()
        return _Collection(home, programme, options, hooks, sources, connection, stopping, share).run()


def _source(row: Row) -> Source:
    return Source(row["source_id"], (row["url"] or "").strip() or None, row["format"], row["kind"])


def choose(sources: Sequence[Source], options: CollectOptions) -> list[Source]:
    """The sources that the options name, in the register's order. Raises CollectError for names that are not there."""
    known = {source.source_id for source in sources}
    missing = [name for name in options.sources if name not in known]
    if missing:
        raise CollectError(f"There is no source {missing[0]!r} in sources.csv.")
    strange = [kind for kind in options.kinds if kind not in SOURCE_KINDS]
    if strange:
        raise CollectError(f"{strange[0]!r} is no kind of source; allowed: {', '.join(SOURCE_KINDS)}.")
    wanted = set(options.sources)
    chosen = [
        source
        for source in sources
        if (not wanted or source.source_id in wanted) and (not options.kinds or source.kind in options.kinds)
    ]
    return chosen if options.limit is None else chosen[: options.limit]


@contextlib.contextmanager
def signals(stop: threading.Event) -> Iterator[threading.Event]:
    """Let Ctrl-C and SIGTERM set `stop`, the second time end the process as ever. Only the main thread may do that."""
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before: dict[int, Any] = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def ask(number: int, _frame: object) -> None:
        stop.set()
        signal.signal(number, before[number] or signal.SIG_DFL)

    for number in before:
        signal.signal(number, ask)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)


@dataclass
class _Live:
    """What the live page gave: the attempt's live outcome, and a capture where there is something to keep."""

    outcome: str
    detail: str
    status: int | None
    tries: int
    row: Row | None = None
    records: warc.Records | None = None
    to_read: bool = False
    page: Response | None = None


class _Collection:
    """One run under way."""

    def __init__(
        self,
        home: Home,
        programme: Programme,
        options: CollectOptions,
        hooks: Hooks,
        sources: list[Source],
        connection: work.Connection,
        stop: threading.Event,
        share: Share,
    ) -> None:
        self.share = share
        self.home = home
        self.programme = programme
        self.options = options
        self.hooks = hooks
        self.connection = connection
        self.stop = stop
        self.notes: list[str] = []
        self.fetcher_name = f"sim-record/{software_version()} httpx/{httpx.__version__}"
        self.agent = user_agent(programme.programme.agent, programme.programme.contact, programme.programme.base_url)
        self._begin(sources)

    # -- beginning

    def _begin(self, sources: list[Source]) -> None:
        """Mend what a killed run left, then begin a new run or go on with the last one."""
        last = work.last_run(self.connection)
        if self.options.resume:
            if last is None or last.state == "finished":
                raise CollectError("No run was cut off, so there is none to go on with. Run: sim-record collect")
            self.options = _options_of(last.options, self.options)
        chosen = choose(sources, self.options)
        if (ahead := work.run_to_come(self.connection, dt.datetime.now(dt.UTC) + CLOCK_SLACK)) is not None:
            self.notes.append(
                f"Run {ahead} bears a time to come: this machine's clock was ahead then, or is behind now. See "
                "that it is right."
            )
        self._mend()
        if self.options.resume and last is not None:
            self.run_id = last.run_id
            self.started_at = last.started_at
            done = work.finished_sources(self.connection, self.run_id)
            work.set_run(self.connection, self.run_id, "running", None)
        else:
            self.started_at = dt.datetime.now(dt.UTC)
            self.run_id = stamped(self.started_at)
            done = set()
            work.begin_run(self.connection, self._run_row(len(chosen)))
        self.total = len(chosen)
        self.done_before = sum(source.source_id in done for source in chosen)
        self.todo = [source for source in chosen if source.source_id not in done]

    def _mend(self) -> None:
        """Cut torn tails off the files of runs that did not finish, and note records that are gone."""
        self.torn: set[str] = set()
        for name, start in work.unfinished_files(self.connection).items():
            path = self.home.captures / name
            if path.is_file():
                cut = warc.repair(path, start)
                if start and warc.whole_length(path, start) <= start:
                    self.torn.add(name)
                if cut:
                    self.notes.append(f"{name}: {cut} bytes of an unfinished record were cut off its end.")
        self.sizes = bodies_of(self.home).sizes()
        self.torn |= {
            name for name, offset in work.last_offsets(self.connection).items() if self.sizes.get(name, 0) <= offset
        }
        self.notes += [f"{name}: bytes of captures are missing; run: sim-record check" for name in sorted(self.torn)]

    def _run_row(self, count: int) -> Row:
        return {
            "run_id": self.run_id,
            "started_at": naive(self.started_at),
            "ended_at": None,
            "state": "running",
            "sources": count,
            "options": json.dumps(asdict(self.options)),
            "agent": self.agent,
            "version": software_version(),
        }

    # -- the run

    def run(self) -> RunSummary:
        """Walk over the sources, then publish."""
        begun = time.monotonic()
        self.past = work.load_past(self.connection, self.sizes)
        self.live = LiveStreams()
        self.fetcher = self._fetcher()
        wants_archives = self.options.use_archives and self.hooks.archives is not None
        self.further: FurtherPages | None = None
        if self.hooks.further is not None:
            held = work.load_past_data(self.connection, self.sizes)
            self.further = FurtherPages(self.fetcher, self.hooks.further, held, self.run_id, self.fetcher_name)
        self.find: FindInArchives | None = (
            self.hooks.archives(self.fetcher) if wants_archives and self.hooks.archives else None
        )
        hosts = _by_host(self.todo)
        logs.event(LOG, logging.INFO, "run.started", run_id=self.run_id, sources=len(self.todo), sites=len(hosts))
        self.display = Display(
            self.home,
            self.run_id,
            self.started_at,
            sources=self.total,
            hosts=len(hosts),
            done=self.done_before,
            delay=self.programme.collect.delay,
            quiet=self.options.quiet,
        )
        file = warc.WarcFile(self.home.captures, warc.free_name(self.home, self.run_id, self.torn), self._info())
        try:
            left = work.unread(self.connection) if self.options.read else []
            left = [item for item in left if item.warc_file not in self.torn]  # to be read when its bytes are back
            self.store = Store(self.connection, file, self._stored)
            self.readers = Readers(self.home, self._was_read)
            formats = {source.source_id: source for source in self.todo}
            for item in left:
                self._read_later(item, formats.get(item.source_id))
            with self.share.going_on():
                self._walk(hosts)
            state = "interrupted" if self.stop.is_set() else "finished"
            work.set_run(self.connection, self.run_id, state, dt.datetime.now(dt.UTC))
            if self.options.read:
                self.notes += read_candidates(self.home, self.programme, self.connection).notes
            self.display.tick("publishing", "publishing")
            self.notes += self.share.give()
            published = _publish(self.home, self.connection)
        except StoreFailed as error:
            raise CollectError(
                f"The run was ended: {error}. What was finished before is kept. Make room, or see that "
                f"{self.home.root} may be written, then run: sim-record collect --resume"
            ) from error
        finally:
            file.close()
            self.fetcher.close()
            self.display.close()
        return self._summary(begun, state, published)

    def _fetcher(self) -> Fetcher:
        """What asks for pages: this process, or the workers of a cluster. Raises CollectError."""
        contact, private = self.programme.programme.contact, self.options.allow_private
        if not self.options.cluster:
            return Fetcher(self.programme.collect, self.agent, contact=contact, allow_private=private, live=self.live)
        from scrapers.cluster import ClusterError, ClusterFetcher  # Dask is asked for only here

        try:
            return ClusterFetcher(
                self.options.cluster, self.programme.collect, self.agent, contact=contact, allow_private=private,
                live=self.live, lost=self._lost,
            )  # fmt: skip
        except ClusterError as error:
            raise CollectError(str(error)) from error

    def _lost(self, why: str) -> None:
        """The cluster is gone: what is finished is kept and published, and `--resume` goes on with the rest."""
        self.notes.append(why)
        self.stop.set()

    def _summary(self, begun: float, state: str, published: Path) -> RunSummary:
        outcomes = work.count_outcomes(self.connection, self.run_id)
        logs.event(
            LOG, logging.INFO, f"run.{state}", run_id=self.run_id, seconds=time.monotonic() - begun, outcomes=outcomes,
            requests=self.fetcher.requests, record=published.name,
        )  # fmt: skip
        failed = work.failed_attempts(self.connection, self.run_id, GOOD_OUTCOMES)
        return RunSummary(
            run_id=self.run_id,
            state=state,
            sources=self.total,
            done=sum(outcomes.values()),
            outcomes=outcomes,
            failures=group(failed),
            seconds=time.monotonic() - begun,
            requests=self.fetcher.requests,
            started_at=self.started_at,
            published=published,
            notes=tuple(self.notes),
        )

    def _info(self) -> dict[str, str]:
        subject = self.programme.programme
        return {
            "software": self.fetcher_name,
            "format": "WARC File Format 1.1",
            "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "description": f"{subject.title}, run {self.run_id}",
            "operator": subject.publisher or subject.title,
            "http-header-user-agent": self.agent,
            "robots": "obey",
        }

    def _walk(self, hosts: list[list[Source]]) -> None:
        """Hosts in parallel, one thread each, until all are done or the run is ended."""
        waiting: queue.SimpleQueue[list[Source]] = queue.SimpleQueue()
        for host in hosts:
            waiting.put(host)
        errors: list[BaseException] = []
        count = min(self.fetcher.width, len(hosts))
        threads = [
            threading.Thread(target=self._work, args=(waiting, errors), name=f"fetch {n + 1}", daemon=True)
            for n in range(count)
        ]
        for thread in threads:
            thread.start()
        try:
            while alive := [thread for thread in threads if thread.is_alive()]:
                alive[0].join(0.2)
                self.display.tick()
                if (self.stop.is_set() or errors or self.store.failed) and not self.live.stopped.is_set():
                    self.live.stop()
            if errors:
                raise errors[0]
            self.store.drain(self._check_stop)
            if self.stop.is_set():
                self.readers.stop()
            self.readers.finish(self._check_stop)
        except BaseException:
            self.live.stop()
            self.readers.stop()
            for thread in threads:
                thread.join(5)
            with contextlib.suppress(StoreFailed):
                self.store.close()
            raise
        self.store.close()

    def _check_stop(self) -> None:
        self.display.tick(words=f"{self.readers.waiting} captures left to read" if self.readers.waiting else None)
        if self.stop.is_set():
            self.readers.stop()

    def _work(self, waiting: queue.SimpleQueue[list[Source]], errors: list[BaseException]) -> None:
        """One thread: takes hosts one after another and asks for all that is wanted of each."""
        try:
            while not self.live.stopped.is_set():
                try:
                    host = waiting.get_nowait()
                except queue.Empty:
                    return
                for source in host:
                    if self.live.stopped.is_set():
                        return
                    finished = self.attempt(source)
                    self._log(source, finished.attempt)
                    self.store.put(finished)
                    self.display.add(finished.attempt["outcome"])
                name = _host_of(host[0])
                if name:
                    self.fetcher.finish_host(name)
                self.display.host_done()
        except Stopped:
            return
        except BaseException as error:  # a bug in one thread ends the run, and is raised where it is seen
            errors.append(error)

    def _log(self, source: Source, attempt: Row) -> None:
        outcome, live = attempt["outcome"], attempt["live_outcome"]
        logs.event(
            LOG, logging.INFO if outcome in GOOD_OUTCOMES else logging.WARNING, "source.asked", run_id=self.run_id,
            source_id=source.source_id, url=source.url, outcome=outcome, live_outcome=live if live != outcome else None,
            status=attempt["http_status"], tries=attempt["tries"],
            seconds=(attempt["ended_at"] - attempt["started_at"]).total_seconds(), detail=attempt["detail"],
        )  # fmt: skip

    # -- one source

    def attempt(self, source: Source) -> Finished:
        """Ask one source and say what came of it. Raises Stopped where the run is ended meanwhile."""
        started = dt.datetime.now(dt.UTC)
        past = self.past.pop(source.source_id, NOTHING)
        live = self._ask(source, past, started)
        attempt: Row = {
            "attempt_id": stamped(started),
            "run_id": self.run_id,
            "source_id": source.source_id,
            "started_at": naive(started),
            "outcome": live.outcome,
            "detail": live.detail,
            "live_outcome": live.outcome,
            "http_status": live.status,
            "tries": live.tries,
            "capture_id": live.row["capture_id"] if live.row else None,
        }
        finished = Finished(attempt, to_read=live.to_read, extra=source)
        if live.row is not None and live.records is not None:
            finished.captures.append((live.row, live.records))
        if live.outcome in FOLLOWED_UP and live.page is not None:
            self._follow_up(source, past, live, finished)
        lost = attempt["live_outcome"] not in GOOD_OUTCOMES and live.outcome not in NO_ARCHIVE_FOR
        if lost and self.find is not None:
            self._try_archives(source, past, live, finished)
        attempt["ended_at"] = naive(dt.datetime.now(dt.UTC))
        return finished

    def _follow_up(self, source: Source, past: Past, live: _Live, finished: Finished) -> None:
        """Ask for the rest of a page that is there. What cannot be had is said in the attempt's detail and changes
        nothing; but where neither page nor data meets the family's minimum, the attempt is structure-changed."""
        said = self._said(source, past, live)
        if said is None or self.further is None or live.page is None:
            return
        if live.outcome == CHANGED and not said.data_counts:
            return
        gathered = self.further.ask(source, live.page.final_url, said)
        finished.captures += gathered.captures
        attempt = finished.attempt
        good = gathered.first_good
        if live.outcome == CHANGED and good is not None and good.row is not None:
            attempt |= {"outcome": "captured", "live_outcome": "captured", "capture_id": good.row["capture_id"]}
            attempt["detail"] = f"{sentence('captured', f'from {good.url}')} The page itself: {live.detail}"
            self.notes.append(f"{source.source_id}: {live.detail}")
        elif live.outcome in GOOD_OUTCOMES and said.missing is None and good is None and gathered.missing:
            attempt |= {"outcome": CHANGED, "detail": sentence(CHANGED, gathered.missing)}
        elif gathered.missing:
            self.notes.append(f"{source.source_id}: {gathered.missing}")
        if gathered.words:
            attempt["detail"] = f"{attempt['detail']} {gathered.words}"

    def _said(self, source: Source, past: Past, live: _Live) -> Said | None:
        """What the page's family says of it; a page that found itself unchanged is read where it was stored."""
        page = live.page
        if self.hooks.further is None or page is None or source.url is None:
            return None
        if page.status != 304:
            return self.hooks.further(source.url, page.final_url, page.media_type, page.body)
        if past.original is None or not may_have_data(source.url, page.final_url):
            return None
        place = {"warc_file": past.original.warc_file, "warc_offset": past.original.warc_offset}
        try:
            body = warc.read_body(self.home, place)
        except warc.WarcError:
            return None  # the check of captures says so
        return self.hooks.further(source.url, page.final_url, past.media_type, body)

    def _ask(self, source: Source, past: Past, now: dt.datetime) -> _Live:
        if source.url is None:
            return _Live("no-address", sentence("no-address"), None, 0)
        if past.gone_at is not None and abs(now - past.gone_at) < dt.timedelta(days=GONE_DAYS):
            why = f"answered 410 on {past.gone_at.day} {past.gone_at:%B %Y}; asked again {GONE_DAYS} days after"
            return _Live("gone", sentence("gone", why), None, 0)
        result = self.fetcher.fetch(source.url, past.conditions if past.original is not None else None)
        if isinstance(result, Failure):
            return _Live(result.outcome, result.detail, result.status, result.tries)
        live = self._unchanged_304(source, past, result) if result.status == 304 else self._judged(source, past, result)
        if self.further is not None:
            live.page = result
        return live

    def _unchanged_304(self, source: Source, past: Past, response: Response) -> _Live:
        if past.original is None or past.body_sha256 is None:
            detail = "The site answered “unchanged” though it was not asked that."
            return _Live("protocol-error", detail, 304, response.tries)
        row = self._row(source, response, Verdict("good"), "live", past.charset)
        row |= {
            "body_sha256": past.body_sha256,
            "body_bytes": past.body_bytes,
            "payload_sha256": past.original.payload_sha256,
            "media_type": past.media_type,
            "is_revisit": True,
        }
        records = warc.revisit_of(response, past.original)
        row["warc_record_id"] = records.record_id
        return self._unchanged(past, response, row, records, "the site says so (status 304)")

    def _unchanged(self, past: Past, response: Response, row: Row, records: warc.Records, why: str) -> _Live:
        if past.was_read and not past.has_text:
            detail = sentence("no-text", "unchanged since the last capture, which held none")
            return _Live("no-text", detail, response.status, response.tries, row, records)
        return _Live("unchanged", sentence("unchanged", why), response.status, response.tries, row, records)

    def _judged(self, source: Source, past: Past, response: Response) -> _Live:
        charset = charset_of(response)
        verdict = gate.judge(response, source.format, charset)
        if self.hooks.judge is not None:
            verdict = self.hooks.judge(source, response, verdict)
        detail = sentence(verdict.outcome, verdict.why)
        if not _worth_keeping(response, verdict):
            return _Live(verdict.outcome, detail, response.status, response.tries)
        row = self._row(source, response, verdict, "live", charset)
        payload = row["body_sha256"] if response.raw is response.body else hashlib.sha256(response.raw).hexdigest()
        same = verdict.outcome == "captured" and past.original is not None and row["body_sha256"] == past.body_sha256
        if same and past.original is not None and payload == past.original.payload_sha256:
            records = warc.revisit_of(response, past.original)
            row |= {"is_revisit": True, "payload_sha256": payload, "warc_record_id": records.record_id}
            return self._unchanged(past, response, row, records, "the same bytes as before")
        records = warc.records_of(response, payload_sha256=payload)
        row |= {"payload_sha256": payload, "warc_record_id": records.record_id}
        if same:
            live = self._unchanged(past, response, row, records, "the same page, compressed in another way")
        else:
            live = _Live(verdict.outcome, detail, response.status, response.tries, row, records)
        live.to_read = verdict.word == "good"
        return live

    def _row(self, source: Source, response: Response, verdict: Verdict, origin: str, charset: str | None) -> Row:
        return capture_row(
            source.source_id, self.run_id, response, verdict, origin=origin, fetcher=self.fetcher_name, charset=charset
        )

    # -- web archives

    def _try_archives(self, source: Source, past: Past, live: _Live, finished: Finished) -> None:
        """Look for a copy; where a good one is found the attempt ends with it, and live_outcome keeps what the page
        said."""
        if self.find is None:
            return
        copy = self.find(source, past)
        if copy is None:
            return
        attempt = finished.attempt
        when = f"{copy.captured_at.day} {copy.captured_at:%B %Y}"
        if past.archived_at == copy.captured_at and past.archived_id is not None:
            attempt |= {"outcome": "unchanged", "capture_id": past.archived_id}
            attempt["detail"] = f"{live.detail} The copy of {when} in {copy.archive} is held already."
            return
        verdict = gate.judge(copy.response, source.format)
        if self.hooks.judge is not None:
            verdict = self.hooks.judge(source, copy.response, verdict)
        if not _worth_keeping(copy.response, verdict):
            return
        row, records = self._archived(source, copy, verdict)
        finished.captures.append((row, records))
        if verdict.word != "good":
            return
        attempt |= {"outcome": "captured", "capture_id": row["capture_id"]}
        attempt["detail"] = f"{live.detail} Taken from {copy.archive}, as of {when}."
        finished.to_read = True

    def _archived(self, source: Source, copy: ArchiveCopy, verdict: Verdict) -> tuple[Row, warc.Records]:
        records = warc.records_of(copy.response, captured_at=copy.captured_at, memento_url=copy.memento_url)
        row = self._row(source, copy.response, verdict, copy.archive, charset_of(copy.response))
        row |= {
            "capture_id": stamped(copy.fetched_at),
            "memento_url": copy.memento_url,
            "captured_at": naive(copy.captured_at),
            "fetched_at": naive(copy.fetched_at),
            "payload_sha256": records.payload_sha256,
            "warc_record_id": records.record_id,
        }
        return row, records

    # -- reading

    def _stored(self, finished: Finished) -> None:
        """A capture is on disk: have it read."""
        if not (finished.to_read and self.options.read and finished.captures) or self.live.stopped.is_set():
            return
        row = next(row for row, _ in reversed(finished.captures) if row["part"] == PAGE)
        source: Source = finished.extra
        tag = (row["capture_id"], row["source_id"], finished.attempt["attempt_id"])
        self.readers.put(
            Job(
                row["warc_file"],
                row["warc_offset"],
                row["final_url"],
                row["media_type"],
                row["charset"],
                source.format,
                source.kind,
                tag,
            )
        )

    def _read_later(self, item: work.Unread, source: Source | None) -> None:
        tag = (item.capture_id, item.source_id, item.attempt_id)
        known = source or Source(item.source_id, None)
        self.readers.put(
            Job(
                item.warc_file, item.warc_offset, item.url, item.media_type, item.charset, known.format, known.kind, tag
            )
        )

    def _was_read(self, job: Job, result: Result) -> None:
        capture_id, source_id, attempt_id = job.tag
        rows = work.reading_rows(capture_id, source_id, result)
        has_text = bool((result.get("text") or "").strip())
        no_text = None if has_text else sentence("no-text", str(result.get("problem") or ""))
        size = 3 * len(result.get("text") or "") + 2000
        self.store.put(Read(rows, attempt_id, no_text, size))


def _publish(home: Home, connection: work.Connection) -> Path:
    from scrapers.build import publish  # its libraries are large, and fetching does without them

    return publish(home, work=connection)


def _options_of(stored: dict[str, Any], given: CollectOptions) -> CollectOptions:
    """The options of the run that is gone on with; how it is shown, and whether private addresses may be asked, is as
    given now."""
    names = {field.name for field in fields(CollectOptions)}
    kept: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in stored.items() if key in names
    }
    return replace(
        given,
        sources=kept.get("sources", ()),
        kinds=kept.get("kinds", ()),
        limit=kept.get("limit"),
        use_archives=given.use_archives and kept.get("use_archives", True),
        archive_urls=given.archive_urls or kept.get("archive_urls", ()),
    )


def _host_of(source: Source) -> str:
    """The host of a source's address; empty where there is none that can be asked."""
    if source.url is None:
        return ""
    try:
        return read_address(source.url).host
    except FetchError:
        return ""


def _by_host(sources: Sequence[Source]) -> list[list[Source]]:
    """The sources of each host together, the host with most first: it takes longest."""
    hosts: dict[str, list[Source]] = {}
    for source in sources:
        hosts.setdefault(_host_of(source), []).append(source)
    return sorted(hosts.values(), key=len, reverse=True)


def _worth_keeping(response: Response, verdict: Verdict) -> bool:
    """Whether an answer is stored: every one with a body, but for passing failures of the server and parts of a
    body."""
    if not response.body:
        return False
    return verdict.outcome not in ("rate-limited", "server-error", "truncated", "protocol-error")
