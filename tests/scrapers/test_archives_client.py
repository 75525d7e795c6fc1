"""An archive that answers as web.archive.org does, played on loopback from recorded answers."""

from __future__ import annotations

import datetime as dt
import gzip
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from data.programme import Programme
from scrapers.archives import (
    ArchiveClient,
    ArchiveFailed,
    Present,
    Recovered,
    archive_hook,
    find_in_archives,
    open_archives,
)
from scrapers.archives.limits import ArchiveLimits
from scrapers.archives.memento import Held, copy_address, read_stamp, stamp
from scrapers.capture import Failure, Response, Verdict
from scrapers.fetch import Fetcher
from scrapers.gate import judge
from scrapers.hooks import Source
from scrapers.work import NOTHING

PAGES = Path(__file__).parent.parent / "pages" / "archives"
URL = "http://www.trust.example/news/mentoring"
TEXT = b"<html><head><title>Mentoring</title></head><body><h1>Mentoring</h1><p>" + b"A plain page of the trust. " * 90
TEXT += b"</p></body></html>"
Headers = dict[str, str]
Answer = tuple[int, Headers, bytes]


def moment(text: str) -> dt.datetime:
    return read_stamp(text)


@dataclass
class Archive:
    """Answers by path and query; a list is used up one by one. Paths asked for are kept."""

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    url: str = ""

    def answer(self, path: str, status: int, body: bytes = b"", **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.setdefault(path, []).append((status, named, body))

    def copy(
        self, when: str, status: int = 200, body: bytes = TEXT, url: str = URL, at: str | None = None, **more: str
    ) -> None:
        """A copy asked for at `when`, captured at `at`."""
        headers = {"memento_datetime": f"{moment(at or when):%a, %d %b %Y %H:%M:%S GMT}", "content_type": "text/html"}
        self.answer(f"/web/{when}id_/{url}", status, body, **(headers | more))


@pytest.fixture
def archive() -> Iterator[Archive]:
    told = Archive()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            told.asked.append(self.path)
            told.agents.add(self.headers["User-Agent"] or "")
            path = urlsplit(self.path).path if self.path.startswith("/cdx") else self.path
            listed = told.answers.get(path, [(404, {"content-type": "text/html"}, b"<html>Not here</html>")])
            status, headers, body = listed.pop(0) if len(listed) > 1 else listed[0]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()


def programme(**archives: object) -> Programme:
    return Programme.model_validate(
        {
            "programme": {"title": "T", "short_name": "T"},
            "collect": {"delay": 1, "deadline": 5, "tries": 2},
            "archives": archives,
        }
    )


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    made = Fetcher(programme().collect, "Test/1 (+test@example.org)", allow_private=True)
    yield made
    made.close()


@pytest.fixture
def client(archive: Archive, fetcher: Fetcher) -> ArchiveClient:
    limits = ArchiveLimits(wait=lambda _seconds: None)
    return ArchiveClient("ia", "The Archive", archive.url, "wayback", fetcher, limits)


def listed(archive: Archive, when: str, url: str = URL) -> Held:
    return Held(url, moment(when), copy_address(f"{archive.url}/web/", moment(when), url))


def good(response: Response) -> Verdict:
    return judge(response, "html")


def recorded(name: str) -> bytes:
    return (PAGES / name).read_bytes()


# -- lists


def test_list_over_pages_with_resume_key(archive: Archive, client: ArchiveClient) -> None:
    archive.answer("/cdx/search/cdx", 200, recorded("ia-cdx-page-1.json"), content_type="application/json")
    archive.answer("/cdx/search/cdx", 200, recorded("ia-cdx-page-2.json"), content_type="application/json")
    found = client.list(URL, start=moment("20190101000000"), end=moment("20211231235959"))
    assert [stamp(one.at) for one in found.held] == [
        "20190304050607",
        "20190412101112",
        "20200101000000",
        "20210506070809",
    ]
    assert (found.skipped, found.cut) == (4, False)
    queries = [parse_qs(urlsplit(path).query) for path in archive.asked]
    assert len(queries) == 2
    assert queries[0]["url"] == [URL]
    assert (queries[0]["from"], queries[0]["to"]) == (["20190101000000"], ["20211231235959"])
    assert "resumeKey" not in queries[0]
    assert queries[1]["resumeKey"] == ["com%2Cexample%29%2Fnews%2Fmentoring+20200203040507"], (
        "as it came, encoded once more"
    )
    assert archive.agents == {"Test/1 (+test@example.org)"}


def test_a_resume_key_that_comes_again_ends_the_list(archive: Archive, client: ArchiveClient) -> None:
    archive.answer("/cdx/search/cdx", 200, recorded("ia-cdx-page-1.json"))
    found = client.list(URL)
    assert found.cut
    assert len(archive.asked) == 2


@pytest.mark.parametrize("body", [b"[]", b"", b"\n"])
def test_nothing_held(archive: Archive, client: ArchiveClient, body: bytes) -> None:
    archive.answer("/cdx/search/cdx", 200, body, content_type="application/json")
    assert client.list(URL).held == ()


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (403, recorded("ia-blocked.txt"), "blocked"),
        (403, b"org.archive.wayback.exception.RobotAccessControlException: Blocked By Robots", "robots"),
        (503, b"busy", "server-error"),
        (400, b"bad", "protocol-error"),
        (200, b"<html>Welcome</html>", "protocol-error"),
        (200, b'[["urlkey","timest', "protocol-error"),
    ],
)
def test_refused_lists(archive: Archive, client: ArchiveClient, status: int, body: bytes, outcome: str) -> None:
    archive.answer("/cdx/search/cdx", status, body)
    with pytest.raises(ArchiveFailed) as caught:
        client.list(URL)
    assert caught.value.failure.outcome == outcome
    assert "The Archive" in caught.value.failure.detail or outcome == "protocol-error"
    assert client.closed is None


def test_blocked_site_told_by_a_header(archive: Archive, client: ArchiveClient) -> None:
    headers = {"X-Archive-Wayback-Runtime-Error": "AdministrativeAccessControlException: Blocked Site Error"}
    archive.answers["/cdx/search/cdx"] = [(500, headers, b"")]
    with pytest.raises(ArchiveFailed) as caught:
        client.list(URL)
    assert caught.value.failure.outcome == "blocked"


def test_429_is_waited_out_once_for_every_thread(archive: Archive, fetcher: Fetcher) -> None:
    waits: list[float] = []
    now = [100.0]

    def wait(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    limits = ArchiveLimits(clock=lambda: now[0], wait=wait)
    client = ArchiveClient("ia", "The Archive", archive.url, "wayback", fetcher, limits)
    archive.answer("/cdx/search/cdx", 429, b"slow down", retry_after="7")
    archive.answer("/cdx/search/cdx", 200, b"[]")
    assert client.list(URL).held == ()
    assert waits == [7]

    archive.answers.clear()
    archive.answer("/cdx/search/cdx", 429, b"slow down")
    with pytest.raises(ArchiveFailed) as caught:
        client.list(URL)
    assert caught.value.failure.outcome == "rate-limited"
    assert waits == [7, 60], "a minute where the archive does not say how long"
    before = len(archive.asked)
    with pytest.raises(ArchiveFailed):
        client.list(URL)
    assert len(archive.asked) == before, "left alone for the rest of the run"


def test_a_long_pause_is_not_waited_for(archive: Archive, client: ArchiveClient) -> None:
    archive.answer("/cdx/search/cdx", 429, b"slow down", retry_after="86400")
    with pytest.raises(ArchiveFailed):
        client.list(URL)
    assert len(archive.asked) == 1
    assert client.closed is not None


# -- copies


def test_a_copy_in_the_original_terms(archive: Archive, client: ArchiveClient) -> None:
    archive.copy(
        "20190304050607",
        x_archive_orig_etag='"abc"',
        x_archive_orig_server="Apache",
        x_archive_orig_content_length=str(len(TEXT)),
        x_archive_src="part-1.warc.gz",
        server="nginx",
        link=f'<{URL}>; rel="original", <{archive.url}/web/timemap/link/{URL}>; rel="timemap"',
    )
    found = client.take(listed(archive, "20190304050607"), URL)
    assert found.captured_at == moment("20190304050607")
    assert found.response.body == TEXT
    assert found.response.final_url == URL
    assert found.response.status == 200
    assert {name.lower(): value for name, value in found.response.headers} == {
        "content-type": "text/html",
        "etag": '"abc"',
        "server": "Apache",
        "content-length": str(len(TEXT)),
    }
    own = {name.lower(): value for name, value in found.archive_headers}
    assert own["x-archive-src"] == "part-1.warc.gz"
    assert "memento-datetime" in own
    assert found.memento_url == f"{archive.url}/web/20190304050607/{URL}"
    assert found.source_url == f"{archive.url}/web/20190304050607id_/{URL}"
    assert found.response.ip is None, "the address that answered is the archive's, not the site's"
    assert archive.asked == [f"/web/20190304050607id_/{URL}"], "no robots.txt is asked for"


def test_the_time_is_what_the_archive_gave(archive: Archive, client: ArchiveClient) -> None:
    target = f"{archive.url}/web/20190412101112id_/https://www.trust.example/news/mentoring"
    archive.answer(f"/web/20190304050607id_/{URL}", 302, b"", location=target)
    archive.copy("20190412101112", url="https://www.trust.example/news/mentoring")
    found = client.take(listed(archive, "20190304050607"), URL)
    assert found.captured_at == moment("20190412101112")
    assert found.response.final_url == "https://www.trust.example/news/mentoring"
    assert found.response.redirects == (), "the archive's own redirect is none of the site's"


def test_the_time_of_a_copy_served_without_a_redirect(archive: Archive, client: ArchiveClient) -> None:
    archive.copy("20190304050607", at="20190301000000", content_location=f"/web/20190301000000id_/{URL}")
    found = client.take(listed(archive, "20190304050607"), URL)
    assert found.captured_at == moment("20190301000000")
    assert found.memento_url.endswith(f"/web/20190301000000/{URL}")


@pytest.mark.parametrize("place", ["{archive}/web/20200101000001id_/{target}", "{target}"])
def test_an_archived_redirect_is_followed_within_the_archive(
    archive: Archive, client: ArchiveClient, place: str
) -> None:
    target = "https://www.trust.example/new"
    archive.copy("20200101000000", 301, b"moved", location=place.format(archive=archive.url, target=target))
    when = "20200101000001" if "archive" in place else "20200101000000"
    archive.answer(
        f"/web/{when}id_/{target}",
        200,
        TEXT,
        memento_datetime="Sat, 01 Feb 2020 00:00:00 GMT",
        content_type="text/html",
    )
    if when == "20200101000001":
        archive.answers[f"/web/20200101000000id_/{target}"] = archive.answers[f"/web/{when}id_/{target}"]
    found = client.take(listed(archive, "20200101000000"), URL)
    assert found.captured_at == moment("20200201000000")
    assert found.response.final_url == target
    assert [(hop.status, hop.url, hop.location) for hop in found.response.redirects] == [(301, URL, target)]
    assert found.response.hops[0].started_at == moment("20200101000000")
    assert found.redirect_sources == (f"{archive.url}/web/20200101000000id_/{URL}",)


def test_redirects_never_lead_out_of_the_archive(archive: Archive, client: ArchiveClient) -> None:
    archive.answer(f"/web/20200101000000id_/{URL}", 302, b"", location="http://127.0.0.1:9/elsewhere")
    with pytest.raises(ArchiveFailed) as caught:
        client.take(listed(archive, "20200101000000"), URL)
    assert caught.value.failure.outcome == "not-found"
    archive.copy("20200102000000", 301, b"", location="http://127.0.0.1:9/elsewhere")
    with pytest.raises(ArchiveFailed) as caught:
        client.take(listed(archive, "20200102000000"), URL)
    assert "of which it holds none" in caught.value.failure.detail
    assert archive.asked[-1] == "/web/20200102000000id_/http://127.0.0.1:9/elsewhere", (
        "asked of the archive, not of the site"
    )


def test_copies_that_redirect_in_a_circle(archive: Archive, client: ArchiveClient) -> None:
    archive.copy("20200101000000", 301, b"", location=URL)
    with pytest.raises(ArchiveFailed) as caught:
        client.take(listed(archive, "20200101000000"), URL)
    assert caught.value.failure.outcome == "redirect-loop"


@pytest.mark.parametrize("status", [404, 410, 403, 429, 500, 503])
def test_an_archived_error_is_an_observation(archive: Archive, client: ArchiveClient, status: int) -> None:
    archive.copy("20210506070809", status, b"<p>No such page")
    found = client.take(listed(archive, "20210506070809"), URL)
    assert found.response.status == status
    assert found.captured_at == moment("20210506070809")
    assert len(archive.asked) == 1, "an archived error is not asked for again"
    assert client.closed is None


def test_404_without_a_time_is_not_archived(archive: Archive, client: ArchiveClient) -> None:
    with pytest.raises(ArchiveFailed) as caught:
        client.take(listed(archive, "20210506070809"), URL)
    assert caught.value.failure.outcome == "not-found"


def test_a_page_of_the_archives_own_is_no_copy(archive: Archive, client: ArchiveClient) -> None:
    archive.answer(
        f"/web/20210506070809id_/{URL}", 200, b"<html>Welcome to the archive</html>", content_type="text/html"
    )
    with pytest.raises(ArchiveFailed) as caught:
        client.take(listed(archive, "20210506070809"), URL)
    assert caught.value.failure.outcome == "protocol-error"


def test_a_copy_cut_short_is_told(archive: Archive, client: ArchiveClient) -> None:
    archive.copy("20210506070809", x_archive_orig_content_length=str(len(TEXT) + 5))
    with pytest.raises(ArchiveFailed) as caught:
        client.take(listed(archive, "20210506070809"), URL)
    assert caught.value.failure.outcome == "truncated"


@pytest.mark.parametrize(
    ("headers", "kept", "coded"),
    [
        ({"content_encoding": "gzip", "x_archive_orig_content_encoding": "gzip"}, gzip.compress(TEXT), True),
        ({"content_encoding": "gzip"}, gzip.compress(TEXT), True),
        ({"x_archive_orig_content_encoding": "gzip"}, gzip.compress(TEXT), True),
        ({"x_archive_orig_content_encoding": "gzip", "x_archive_orig_transfer_encoding": "chunked"}, TEXT, False),
    ],
    ids=["passed on", "not said of the original", "passed on and not said", "undone by the archive"],
)
def test_content_coding_as_archives_treat_it(
    archive: Archive, client: ArchiveClient, headers: dict[str, str], kept: bytes, coded: bool
) -> None:
    archive.copy("20210506070809", 200, kept, **headers)
    found = client.take(listed(archive, "20210506070809"), URL)
    assert found.response.body == TEXT
    assert found.response.raw == kept
    names = {name.lower(): value for name, value in found.response.headers}
    assert ("content-encoding" in names) is coded
    assert names["content-length"] == str(len(kept))
    assert "transfer-encoding" not in names


# -- reaching them


def test_an_archive_whose_name_fails_is_not_asked_again(fetcher: Fetcher) -> None:
    client = ArchiveClient("x", "X", "http://no-such-archive.invalid", "wayback", fetcher, ArchiveLimits())
    for _ in range(3):
        with pytest.raises(ArchiveFailed) as caught:
            client.list(URL)
        assert caught.value.failure.outcome == "dns-error"
    assert fetcher.requests == 1


def test_private_addresses_stay_refused_unless_allowed(archive: Archive) -> None:
    fetcher = Fetcher(programme().collect, "Test/1")
    client = ArchiveClient("x", "X", archive.url, "wayback", fetcher, ArchiveLimits())
    with pytest.raises(ArchiveFailed) as caught:
        client.list(URL)
    assert caught.value.failure.outcome == "refused-address"
    assert archive.asked == []


def test_a_time_map_over_pages(archive: Archive, fetcher: Fetcher) -> None:
    place = f"{archive.url}/timemap/link"
    copies = [f'<{archive.url}/web/2021050{day}000000mp_/{URL}>; rel="memento"; datetime="x"' for day in (1, 2, 3)]
    index = f'<{URL}>; rel="original",\n' + ",\n".join(
        f'<{place}/{number}/{URL}>; rel="timemap"; type="application/link-format"' for number in (1, 2)
    )
    archive.answer(f"/timemap/link/{URL}", 200, index.encode(), content_type="application/link-format")
    archive.answer(
        f"/timemap/link/1/{URL}",
        200,
        f"{index},\n{copies[0]},\n{copies[1]}".encode(),
        content_type="application/link-format",
    )
    archive.answer(
        f"/timemap/link/2/{URL}", 200, f"{copies[1]},\n{copies[2]}".encode(), content_type="application/link-format"
    )
    client = ArchiveClient("m", "M", archive.url, "memento", fetcher, ArchiveLimits())
    found = client.list(URL, start=moment("20210502000000"))
    assert [stamp(one.at)[:8] for one in found.held] == ["20210502", "20210503"]
    assert len(archive.asked) == 3
    assert client.list("http://www.trust.example/none").held == ()


# -- the search


@pytest.mark.parametrize("kind", ["pywb", "wayback", "memento"])
def test_the_dialect_of_an_unknown_archive_is_found_out(archive: Archive, fetcher: Fetcher, kind: str) -> None:
    if kind == "pywb":
        line = b'{"timestamp": "20210506070809", "url": "%s", "status": "200"}\n' % URL.encode()
        archive.answer("/cdx", 200, line, content_type="text/x-ndjson")
    elif kind == "wayback":
        archive.answer("/cdx/search/cdx", 200, recorded("ia-cdx-page-2.json"))
    else:
        body = f'<{archive.url}/20210506070809mp_/{URL}>; rel="memento"; datetime="Thu, 06 May 2021 07:08:09 GMT"'
        archive.answer(f"/timemap/link/{URL}", 200, body.encode(), content_type="application/link-format")
    archives = open_archives(fetcher, programme(), [f"{archive.url}/"])
    client = archives.clients[0]
    assert client.dialect is None
    assert stamp(client.list(URL).held[-1].at) == "20210506070809"
    assert client.dialect == kind
    assert client.id == archive.url.removeprefix("http://")


def test_archives_by_address_come_first_and_known_ones_keep_their_id(archive: Archive, fetcher: Fetcher) -> None:
    known = programme(
        use=["one", "two"], one={"name": "One", "url": "https://one.example"}, two={"name": "Two", "url": archive.url}
    )
    archives = open_archives(fetcher, known, [archive.url, "http://127.0.0.1:9/coll"])
    assert [client.id for client in archives.clients] == ["two", "127.0.0.1:9/coll", "one"]


def test_the_newest_good_copy_is_found_behind_bad_ones(archive: Archive, fetcher: Fetcher) -> None:
    rows = [["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]]
    rows += [["k", when, URL, "text/html", status, "D", "9"] for when, status in
             (("20190304050607", "200"), ("20200304050607", "200"), ("20210304050607", "404"))]  # fmt: skip
    archive.answer("/cdx/search/cdx", 200, str(rows).replace("'", '"').encode())
    archive.copy(
        "20200304050607",
        200,
        b"<html><head><title>Page not found</title></head><body><h1>Page not found</h1></body></html>",
    )
    archive.copy("20190304050607")
    known = programme(use=["down", "ia"], down={"name": "Down", "url": "http://no-such-archive.invalid"}, ia={"name": "The Archive", "kind": "wayback", "url": archive.url})  # fmt: skip
    archives = open_archives(fetcher, known)
    found = find_in_archives(archives, URL, good)
    assert isinstance(found, Recovered)
    assert found.captured_at == moment("20190304050607")
    assert (found.archive, found.response.body) == ("ia", TEXT)
    query = parse_qs(urlsplit(archive.asked[0]).query)
    assert query["limit"] == ["-50"]

    have = find_in_archives(archives, URL, good, present=lambda _archive, at: at == moment("20200304050607"))
    assert have == Present("ia", moment("20200304050607"))


def test_nothing_good_is_told_with_each_archives_word(archive: Archive, fetcher: Fetcher) -> None:
    archive.answer("/cdx/search/cdx", 200, b"[]")
    known = programme(use=["down", "ia"], down={"name": "Down", "url": "http://no-such-archive.invalid"}, ia={"name": "The Archive", "kind": "wayback", "url": archive.url})  # fmt: skip
    found = find_in_archives(open_archives(fetcher, known), URL, good)
    assert isinstance(found, Failure)
    assert found.outcome == "not-found"
    assert "Down:" in found.detail
    assert "The Archive holds no copy" in found.detail


def test_the_hook_of_a_run(archive: Archive, fetcher: Fetcher) -> None:
    archive.answer("/cdx/search/cdx", 200, b"[]")
    find = archive_hook(programme(), [archive.url])(fetcher)
    assert find is not None
    assert find(Source("a", URL, "html"), NOTHING) is None
    assert find(Source("b", None), NOTHING) is None
    assert archive_hook(programme())(fetcher) is None, "a home without archives has none to ask"
