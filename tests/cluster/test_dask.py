"""Pages asked by the workers of a Dask cluster: the manners of one process, and no page lost with a worker."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest

from data.home import Home
from data.programme import read_programme
from scrapers.collect import CollectError, CollectOptions, collect
from scrapers.report import RunSummary
from tests.support.dask_cluster import Cluster, dask_cluster
from tests.support.slow_sites import Sites, slow_sites

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
MakeHome = Callable[[dict[str, str]], Home]
HOSTS, PAGES, DELAY = 4, 3, 0.2


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with dask_cluster(tmp_path_factory.mktemp("dask")) as made:
        yield made


@pytest.fixture
def sites() -> Iterator[Sites]:
    with slow_sites(HOSTS, PAGES) as made:
        yield made


@pytest.fixture(autouse=True)
def _unpublished(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scrapers.collect._publish", lambda home, _: home.root / "unpublished")


@pytest.fixture
def ready(home_with_sources: MakeHome, sites: Sites) -> Home:
    """A home that declares every page of the sites."""
    home = home_with_sources({f"page-{n}": url for n, url in enumerate(sites.urls)})
    told = home.programme_file.read_text(encoding="utf-8")
    told = re.sub(r"(?m)^delay *=.*", f"delay = {DELAY}", re.sub(r"(?m)^deadline *=.*", "deadline = 5", told))
    home.programme_file.write_text(told, encoding="utf-8")
    return home


def run(home: Home, **options: Any) -> RunSummary:
    given = CollectOptions(**{"allow_private": True, "quiet": True, "read": False, **options})
    return collect(home, read_programme(home.programme_file), given)


def outcomes(home: Home) -> list[tuple[str, str]]:
    with duckdb.connect(str(home.work_database), read_only=True) as work:
        return work.execute("SELECT source_id, outcome FROM attempt ORDER BY source_id").fetchall()


def gently(sites: Sites) -> None:
    """No host had two requests at once, and each was left alone for the delay."""
    assert set(sites.most_at_once.values()) == {1}
    for times in sites.times.values():
        gaps = [later - earlier for earlier, later in pairwise(times)]
        assert min(gaps) >= DELAY * 0.9, gaps


def test_a_killed_worker_loses_nothing_and_a_lost_scheduler_leaves_a_run_to_go_on_with(
    cluster: Cluster, ready: Home, sites: Sites, tmp_path: Path
) -> None:
    # half-way one worker is killed: its hosts go to the other one
    killer = threading.Thread(target=lambda: (sites.wait_for(HOSTS * PAGES // 2), cluster.workers[0].kill()))
    killer.start()
    summary = run(ready, cluster=cluster.address)
    killer.join()
    everything = [(f"page-{n}", "captured") for n in range(HOSTS * PAGES)]
    assert (summary.state, sorted(outcomes(ready))) == ("finished", sorted(everything))
    gently(sites)
    pages = {path: count for path, count in sites.asked.items() if not path.endswith("robots.txt")}
    assert len(pages) == HOSTS * PAGES
    assert sum(pages.values()) <= HOSTS * PAGES + HOSTS  # at most what was under way on the worker was asked again

    # then the scheduler: what is finished is kept, and the run is gone on with by this process alone
    before = sites.pages_asked()
    killer = threading.Thread(target=lambda: (sites.wait_for(before + 5), cluster.scheduler.kill()))
    killer.start()
    summary = run(ready, cluster=cluster.address)
    killer.join()
    assert summary.state == "interrupted"
    assert any("--resume" in note for note in summary.notes)
    done = len(outcomes(ready)) - HOSTS * PAGES
    assert 0 < done < HOSTS * PAGES
    summary = run(ready, resume=True)
    assert summary.state == "finished"
    assert len(outcomes(ready)) == 2 * HOSTS * PAGES
    gently(sites)


def test_a_cluster_that_is_not_there_is_said(ready: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scrapers.cluster.CONNECT_SECONDS", 0.5)
    with pytest.raises(CollectError, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:9 .*dask scheduler"):
        run(ready, cluster="tcp://127.0.0.1:9")
