"""A small home with a site to collect from, and what must hold of it after every fault."""

from __future__ import annotations

import gzip
import hashlib
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from dashboard.record import Store
from data.editions import check_editions
from data.home import Home
from data.published import current_path, number_of
from scrapers import warc
from scrapers.check import check_home
from tests.faults.injected import Ended, run
from tests.support.scripted import Answer, Ask, Scripted, answer
from tests.support.small_home import small_home

HOSTS, PAGES = 2, 4
COMMANDS = ("collect", "build", "publish", "edition")
ROWS = {"statements": 1, "reviews": 1, "events": 1}
COLLECT = ("collect", *(f"made-{n}" for n in range(HOSTS * PAGES)), "--allow-private", "--no-archive")
HTML = "Content-Type: text/html; charset=utf-8"


class Pages:
    """Pages in words of our own on several hosts of loopback. `edition` stands in each: where it moves on, every page
    says something else. `filler` are random letters, which no compression makes shorter."""

    def __init__(self) -> None:
        self.edition = 1
        self.filler = ""
        self.urls: list[str] = []
        self.asked = 0
        self.slow = 0.0
        """Seconds that an answer takes."""

    def page(self, ask: Ask) -> bytes:
        """The page at an address."""
        self.asked += 1
        time.sleep(self.slow)
        told = "".join(
            f"<p>Paragraph {n} of page {ask.path} in edition {self.edition} says what was done and by whom.</p>"
            for n in range(6)
        )
        title = f"Made page {ask.path}"
        text = f"<html lang=en><title>{title}</title><body><main><h1>{title}</h1>{told}<!--{self.filler}--></main></body></html>"
        return answer(text.encode(), "200 OK", HTML)


@contextmanager
def pages() -> Iterator[Pages]:
    """Serve them."""
    made = Pages()
    answers: dict[str, Answer] = {f"/p{n}": made.page for n in range(PAGES)}
    with ExitStack() as stack:
        for host in range(HOSTS):
            site = Scripted(answers, f"127.0.0.{host + 2}")
            stack.callback(site.stop)
            made.urls += [site.url(path) for path in answers]
        yield made


@dataclass
class Watched:
    """A home, and what was ever seen to be finished in it: SHA-256 of the body by capture, the number of the record
    that was in force last."""

    home: Home
    site: Pages
    out: Path
    finished: dict[str, str] = field(default_factory=dict)
    number: int = 0

    def words(self, command: str) -> tuple[str, ...]:
        """What a command is called with here."""
        return {"collect": COLLECT, "publish": ("publish", str(self.out))}.get(command, tuple(command.split()))

    def run(self, command: str, **environment: str) -> Ended:
        """A command to its end, on this home."""
        return run(self.home, *self.words(command), **environment)

    def look(self) -> None:
        """Remember what is finished, and that its bytes are there."""
        if self.home.work_database.is_file():
            with duckdb.connect(str(self.home.work_database), read_only=True) as work:
                rows = work.execute("SELECT capture_id, body_sha256, warc_file, warc_offset FROM capture").fetchall()
            for capture_id, sha, name, offset in rows:
                body = warc.read_body(self.home, {"warc_file": name, "warc_offset": offset})
                assert hashlib.sha256(body).hexdigest() == sha, capture_id
                self.finished[capture_id] = sha

    def served(self) -> int:
        """The number of the record that readers get now: never an older one than before, and it answers."""
        store = Store(self.home)
        try:
            record = store.current()
            assert record.rows("SELECT count(*) FROM source")[0][0] >= HOSTS * PAGES
            assert record.rows("SELECT count(*) FROM timeline")[0][0] >= 1
            assert record.number >= self.number, "an older record is served"
            self.number = record.number
            return record.number
        finally:
            store.close()

    def on_record(self) -> None:
        """Every capture that was ever finished is in the record that readers get, and its bytes are in a WARC."""
        with duckdb.connect(str(current_path(self.home)), read_only=True) as record:
            rows = record.execute("SELECT capture_id, body_sha256, warc_file, warc_offset FROM capture").fetchall()
        known = {row[0]: row for row in rows}
        lost = self.finished.keys() - known.keys()
        assert not lost, f"{len(lost)} finished capture(s) are not on record, the first {min(lost)}"
        for capture_id, sha in self.finished.items():
            _, told, name, offset = known[capture_id]
            body = warc.read_body(self.home, {"warc_file": name, "warc_offset": offset})
            assert told == sha == hashlib.sha256(body).hexdigest(), capture_id

    def torn(self) -> list[str]:
        """WARC files whose last record is not whole, as gzip sees it."""
        found = []
        for path in sorted(self.home.captures.glob("*.warc.gz")):
            try:
                gzip.decompress(path.read_bytes())
            except (EOFError, OSError):
                found.append(path.name)
        return found


INDEX_FIRST = r"search\.sqlite: was written for record \d+, not for record-\d+\.duckdb; run: sim-record build"
"""The search index is written just before a record is published: a build that ends in between leaves it ahead."""


def whole(place: Watched, *, wrong: str = "", may: str = "") -> None:
    """What must hold right after a fault: the last published record is served, what was finished has its bytes, and
    `check` tells the truth: `wrong` is what it must name (a pattern), else it finds nothing but torn WARC files, and
    what it `may` name."""
    place.served()
    place.look()
    said = "\n".join(one for one in check_home(place.home).findings if not (may and re.fullmatch(may, one)))
    torn = place.torn()
    assert bool(said) == bool(torn or wrong), (torn, said)
    for name in torn:
        assert name in said, said
    assert re.search(wrong, said), said


def mended(place: Watched, *commands: str, still: str = "") -> list[Ended]:
    """What must hold after the next run: it ends well, all that was finished is on record, and `check` finds nothing
    but what is `still` to be said (a pattern)."""
    done = [place.run(command) for command in commands]
    for one in done:
        assert one.code == 0, (one.code, one.said)
    place.served()
    place.look()
    place.on_record()
    assert not check_editions(place.home).findings
    told = place.run("check")
    assert told.code == bool(still) and (re.search(still, told.said) if still else "all is well" in told.said), (
        told.said
    )
    assert number_of(current_path(place.home)) == place.number
    return done


@contextmanager
def watched(root: Path) -> Iterator[Watched]:
    """A home of eight pages, collected and published once, in `root`; and the site that they are asked of."""
    home = small_home(root / "home", ROWS)
    told = home.programme_file.read_text(encoding="utf-8")
    for name, value in {"delay": "0.02", "deadline": "5"}.items():
        told = re.sub(rf"(?m)^{name} *=.*", f"{name} = {value}", told)
    home.programme_file.write_text(told, encoding="utf-8")
    with pages() as site:
        with (home.register / "sources.csv").open("a", encoding="utf-8") as file:
            for n, url in enumerate(site.urls):
                file.write(f"made-{n},{url},Made page {n},,,,html,reference,,2026-11-23\n")
        place = Watched(home, site, root / "out")
        mended(place, "collect")
        yield place
