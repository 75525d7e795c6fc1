"""A site that changes between two runs: every real change is found; a nonce, a weak ETag and our own reading are none."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import httpx
import pytest

from data.home import Home
from data.programme import Programme, read_programme
from scrapers import work
from scrapers.collect import CollectOptions, collect
from scrapers.derive import derive
from scrapers.register import read_register
from scrapers.reread import reread
from tests.conftest import ROOT
from tests.scrapers.test_collect_faults import free_ports

HOSTS = 8
EVERY = 5


def serve(pages: int, kilobytes: int) -> Iterator[str]:
    port = free_ports()
    command = [sys.executable, str(ROOT / "tests" / "support" / "faulty_site.py"), "--port", str(port), "--no-tls"]
    command += ["--hosts", str(HOSTS), "--pages", str(pages), "--page-kb", str(kilobytes), "--bad", "1"]
    command += ["--change-every", str(EVERY), "--huge-mb", "1", "--bomb-mb", "1", "--max-seconds", "580"]
    site = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert site.stdout is not None
        assert json.loads(site.stdout.readline())["ready"]
        yield f"http://127.0.0.2:{port}"
    finally:
        site.terminate()
        site.wait(20)


def changed(home: Home, programme: Programme) -> dict[int, int]:
    """Numbers of changes by the number of the page."""
    with work.open_work(home) as connection:
        derive(connection, read_register(home), programme)
        found = connection.execute("SELECT source_id, count(*) FROM change GROUP BY 1").fetchall()
    return {int(name.removeprefix("s")): count for name, count in found}


@pytest.mark.parametrize(
    ("pages", "kilobytes", "epochs"),
    [(32, 3, (1, 2)), pytest.param(240, 40, (1, 2, 3), marks=pytest.mark.slow)],
    ids=["some", "many"],
)
def test_every_real_change_and_no_other(
    pages: int,
    kilobytes: int,
    epochs: tuple[int, ...],
    home_with_sources: Callable[[dict[str, str]], Home],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    numbers = [number for number in range(pages) if number % HOSTS > 1]  # the first asks for a delay, the second fails
    assert {3, 4} <= {number % 7 for number in numbers if number % EVERY}
    assert any(number % 11 == 5 and number % 7 != 3 and number % EVERY for number in numbers)
    real = {number for number in numbers if number % EVERY == 0}
    for site in serve(pages, kilobytes):
        port = site.rsplit(":", 1)[1]
        home = home_with_sources({f"s{n}": f"http://127.0.0.{2 + n % HOSTS}:{port}/p/{n}.html" for n in numbers})
        text = re.sub(r"(?m)^delay *=.*", "delay = 0", home.programme_file.read_text(encoding="utf-8"))
        home.programme_file.write_text(text, encoding="utf-8")
        programme = read_programme(home.programme_file)
        monkeypatch.setattr("scrapers.collect._publish", lambda home, _: home.root / "unpublished")
        for epoch in epochs:
            httpx.get(f"{site}/__epoch/{epoch}", trust_env=False)
            collect(home, programme, CollectOptions(allow_private=True, use_archives=False, quiet=True))
            expected = dict.fromkeys(real, epoch - 1) if epoch > 1 else {}
            assert changed(home, programme) == expected, f"epoch {epoch}"
    with work.open_work(home) as connection:  # as an older extractor might have read them
        connection.execute("UPDATE extraction SET extractor = 'html/0', extraction_id = 'old-' || extraction_id")
        connection.execute(
            "UPDATE passage SET extraction_id = 'old-' || extraction_id, passage_id = 'old-' || passage_id"
        )
        connection.execute("UPDATE passage SET text = text || ' once' WHERE position = 2")
    assert reread(home, programme, everything=True, processes=1).new > 0
    assert changed(home, programme) == dict.fromkeys(real, epochs[-1] - 1)
