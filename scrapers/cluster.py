"""Pages asked by the workers of a Dask cluster, under the manners of one process.

The run stays where it was begun: there each host has its turn, its delay, its pauses and its robots.txt, and there what
comes back is judged and stored. Only the request itself is made elsewhere, by the worker that the host belongs to. So
no site is asked more often for there being more machines, and a source that is finished stays finished whatever becomes
of a worker: the request that was under way is made again by another one, after the host's delay.

    dask scheduler                       # anywhere
    dask worker ADDRESS --nthreads 32    # on each machine, with the same version of this program
    sim-record collect --cluster ADDRESS
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import httpx

from data.programme import Collect
from data.version import software_version
from scrapers.addresses import Address, read_address
from scrapers.capture import Exchange
from scrapers.causes import LIBRARY_ERRORS, named
from scrapers.fetch import Fetcher, Host
from scrapers.outcomes import FetchError, Stopped
from scrapers.transport import LiveStreams

CONNECT_SECONDS: Final = 10
WAIT_SECONDS: Final = 30.0
"""So long a run waits for a worker where none is left."""
LOOK_SECONDS: Final = 0.5
GRACE_SECONDS: Final = 30.0
"""So much longer than a request may take is waited for its answer, before the worker is given up."""
INSTALL: Final = "Install it: pip install 'sim-record[cluster]'"


class ClusterError(Exception):
    """The cluster cannot be used; the message says what to do next."""


@dataclass(frozen=True)
class Errand:
    """One request for a worker: what a process must know to make it as this one would."""

    settings: Collect
    agent: str
    allow_private: bool
    host: str
    url: str
    headers: tuple[tuple[str, str], ...]
    seconds: float
    cap: int | None


# -- on a worker

_FETCHERS: dict[tuple[str, bool, str], Fetcher] = {}
_LOCK = threading.Lock()


def _fetcher_of(errand: Errand) -> Fetcher:
    """The worker's own Fetcher for such errands: it keeps connections, and none of the manners."""
    key = (errand.agent, errand.allow_private, errand.settings.model_dump_json())
    with _LOCK:
        if key not in _FETCHERS:
            _FETCHERS[key] = Fetcher(errand.settings, errand.agent, allow_private=errand.allow_private)
        return _FETCHERS[key]


def run_errand(errand: Errand) -> Exchange | tuple[type[FetchError], str, int | None]:
    """Make the request; an Exchange, or which FetchError it came to. Runs on a worker."""
    fetcher = _fetcher_of(errand)
    host = fetcher.host(errand.host)
    with host.lock:
        try:
            address = read_address(errand.url)
            request = httpx.Request("GET", address.url, headers=list(errand.headers))
            exchange, _ = fetcher.exchange(host, address, request, errand.seconds, dt.datetime.now(dt.UTC), errand.cap)
            return exchange
        except (FetchError, *LIBRARY_ERRORS) as error:
            found = named(error)
            return type(found), found.detail, found.status


def close_host(name: str) -> None:
    """Give back this process's connections to a host. Runs on a worker."""
    with _LOCK:
        fetchers = list(_FETCHERS.values())
    for fetcher in fetchers:
        fetcher.finish_host(name)


def _version() -> str:
    return software_version()


# -- where the run is


class ClusterFetcher(Fetcher):
    """A Fetcher whose requests are made by the workers of the Dask scheduler at `address`.

    `lost` is called once, with a sentence, where the cluster is gone; every fetch then raises Stopped. Raises
    ClusterError where there is no such scheduler, no worker, or a worker of another version.
    """

    def __init__(
        self,
        address: str,
        settings: Collect,
        agent: str,
        *,
        contact: str = "",
        allow_private: bool = False,
        live: LiveStreams | None = None,
        lost: Callable[[str], object] = lambda _: None,
    ) -> None:
        super().__init__(settings, agent, contact=contact, allow_private=allow_private, live=live)
        try:
            import distributed
        except ImportError as error:
            raise ClusterError(f"--cluster needs Dask, which is not installed. {INSTALL}") from error
        self.address = address
        self._allow_private = allow_private
        self._lost = lost
        self._is_lost = threading.Event()
        self._owner: dict[str, str] = {}
        self._owner_lock = threading.Lock()
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is said in the run's notes
        try:
            dask: Any = distributed  # it has no types
            self._client: Any = dask.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise ClusterError(
                f"No Dask scheduler answers at {address} ({_first_line(error)}). Start one with: dask scheduler"
            ) from error
        try:
            self._workers = self._wait_for_workers()
            self._check_versions()
        except BaseException:
            self._client.close()
            raise

    @property
    def width(self) -> int:
        """How many hosts can be asked at once: as many as the workers have threads, or as one process would."""
        return max(self.settings.workers, sum(self._workers.values()))

    # -- workers

    def _wait_for_workers(self) -> dict[str, int]:
        """Threads by worker. Raises ClusterError where none comes."""
        ends = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                found: dict[str, int] = dict(self._client.nthreads())
            except Exception as error:  # whatever Dask says of a scheduler that is gone
                raise ClusterError(f"The Dask scheduler at {self.address} is gone ({_first_line(error)}).") from error
            if found:
                return found
            if time.monotonic() > ends or self.live.stopped.is_set():
                raise ClusterError(
                    f"The Dask scheduler at {self.address} has no worker. Start some with: dask worker {self.address}"
                )
            time.sleep(LOOK_SECONDS)

    def _check_versions(self) -> None:
        try:
            versions: dict[str, str] = self._client.run(_version)
        except Exception as error:  # a worker that cannot load this program says so in words of its own
            raise ClusterError(
                f"A worker of {self.address} cannot run this program ({_first_line(error)}). Install the same version "
                "of sim-record there."
            ) from error
        strange = {worker: version for worker, version in versions.items() if version != software_version()}
        if strange:
            worker, version = next(iter(strange.items()))
            raise ClusterError(
                f"The worker {worker} has version {version} of this program, here it is {software_version()}. Install "
                "the same version on both."
            )

    def _worker_of(self, host: str, not_this: str | None = None) -> str:
        """The worker that a host belongs to; another one where that is gone or is `not_this`. Raises ClusterError."""
        with self._owner_lock:
            owner = self._owner.get(host)
            if owner is None or owner == not_this or owner not in self._workers:
                self._workers = self._wait_for_workers()
                count = Counter(self._owner.values())
                able = {w: n for w, n in self._workers.items() if w != not_this} or self._workers
                owner = min(able, key=lambda worker: (count[worker] / able[worker], worker))
                self._owner[host] = owner
            return owner

    def _is_there(self, worker: str) -> bool:
        """Whether a worker still is one. Raises ClusterError where the scheduler is gone."""
        workers = self._wait_for_workers()
        with self._owner_lock:
            self._workers = workers
        return worker in workers

    # -- requests

    def exchange(
        self, host: Host, address: Address, request: httpx.Request, seconds: float, started: dt.datetime,
        cap: int | None,
    ) -> tuple[Exchange, httpx.Response]:  # fmt: skip
        """The request made by the host's worker. A worker that is gone meanwhile is replaced after the host's delay."""
        headers = tuple(request.headers.multi_items())
        errand = Errand(
            self.settings, self.agent, self._allow_private, host.name, address.text, headers, seconds, cap
        )  # fmt: skip
        try:
            answer = self._have_run(errand, host)
        except ClusterError as error:
            self._say_lost(str(error))
            raise Stopped from error
        if not isinstance(answer, Exchange):
            kind, detail, status = answer
            raise kind(detail, status)
        told = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
        answer = replace(answer, started_at=started)  # by one clock for the whole run
        return answer, httpx.Response(answer.status, headers=told, request=request)

    def _have_run(self, errand: Errand, host: Host) -> Exchange | tuple[type[FetchError], str, int | None]:
        worker = self._worker_of(errand.host)
        while True:
            future = self._submit(errand, worker)
            answer = self._wait_for(future, worker, errand.seconds)
            if answer is not None:
                return answer
            self._pass(max(host.delay, 1.0))  # the request may have been made before its worker went
            worker = self._worker_of(errand.host, not_this=worker)

    def _submit(self, errand: Errand, worker: str) -> Any:
        if self.live.stopped.is_set():
            raise Stopped
        try:
            return self._client.submit(
                run_errand, errand, workers=[worker], allow_other_workers=False, pure=False, retries=0
            )
        except Exception as error:  # a client that was closed under us
            raise ClusterError(f"The Dask scheduler at {self.address} is gone ({_first_line(error)}).") from error

    def _wait_for(
        self, future: Any, worker: str, seconds: float
    ) -> Exchange | tuple[type[FetchError], str, int | None] | None:
        """What the errand came to; None where its worker is gone."""
        ends = time.monotonic() + seconds + GRACE_SECONDS
        try:
            while True:
                try:
                    answer: Exchange | tuple[type[FetchError], str, int | None] = future.result(timeout=LOOK_SECONDS)
                    return answer
                except TimeoutError:
                    pass
                except Exception as error:  # a lost worker, a cancelled future, a scheduler that is gone
                    if future.status == "error" and self._is_there(worker):
                        raise  # a bug on the worker is raised where it is seen
                    if not self._is_there(worker):
                        return None
                    if future.status in ("cancelled", "lost"):
                        raise ClusterError(f"The Dask scheduler at {self.address} is gone.") from error
                if self.live.stopped.is_set():
                    raise Stopped
                if not self._is_there(worker) or time.monotonic() > ends:
                    return None
        finally:
            future.release()

    def _say_lost(self, why: str) -> None:
        if not self._is_lost.is_set():
            self._is_lost.set()
            self.live.stop()
            self._lost(f"{why} What was finished is kept; go on with: sim-record collect --resume")

    def finish_host(self, name: str) -> None:
        """Let the host's worker give its connection back."""
        super().finish_host(name)
        with self._owner_lock:
            owner = self._owner.get(name)
        if owner is not None and not self._is_lost.is_set():
            try:
                self._client.submit(close_host, name, workers=[owner], allow_other_workers=True, pure=False)
            except Exception:
                return

    def close(self) -> None:
        """Leave the cluster; its workers stay for others."""
        super().close()
        self._client.close(timeout=5)


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__
