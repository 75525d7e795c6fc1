"""`sim-record add URL`: fetches a page once, proposes its row for sources.csv, and writes it after a yes."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from data.dates import LENGTHS
from data.home import PACKAGE, Home, is_checkout
from data.programme import Programme
from data.register_spec import BY_NAME, MAX_ID
from scrapers import extract, gate
from scrapers.addresses import read_address
from scrapers.capture import Failure, Response
from scrapers.decode import find_charset
from scrapers.extract import sniff
from scrapers.fetch import Fetcher, user_agent
from scrapers.outcomes import FetchError
from scrapers.register import Register, read_register
from scrapers.sites import Reading, context_of, family_for, judge
from scrapers.sites.address import host_of, is_tracking, normalise, path_of
from scrapers.structure import cut

COLUMNS: Final = tuple(column.name for column in BY_NAME["sources"].columns)
NOTE: Final = "Declared from its address; not read yet."
MAX_TITLE: Final = 300
_FORMATS: Final = {
    sniff.HTML: "html", sniff.PDF: "pdf", sniff.DOCX: "docx", sniff.PPTX: "slideshow", sniff.PLAIN: "text",
}  # fmt: skip
_SOCIAL: Final = frozenset({"twitter.com", "x.com", "facebook.com", "instagram.com", "bsky.app", "linkedin.com"})
_FAMILY_KINDS: Final = {
    "change-org-petition": "petition",
    "uk-parliament-petition": "petition",
    "whatdotheyknow-request": "foi",
    "nhs-organisation": "reference",
    "police-forces": "reference",
    "slideshare": "programme-material",
}
_PUBLISHER_KINDS: Final = {"media": "news", "journal": "journal-article", "campaign": "campaign-page"}
# The words of an address and a title that say what a page is, surest first.
_KIND_WORDS: Final = (
    ("petition", r"petition"),
    ("foi", r"foi|freedom of information"),
    ("letter", r"(?:open )?letter"),
    ("statement", r"statement|responds?|response|position|concerns?"),
    ("policy", r"policy|guidance|guideline"),
    ("report", r"report|evaluation|review|paper"),
    ("blog", r"blog"),
    ("news", r"news"),
)
_HIDDEN: Final = re.compile("[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SMALL: Final = frozenset({"a", "an", "and", "at", "by", "for", "in", "of", "on", "the", "to", "with"})


class AddError(Exception):
    """The page cannot be declared; the message says why and what to do."""


class Duplicate(AddError):
    """The page is declared already; `source_id` names its row."""

    def __init__(self, source_id: str, url: str) -> None:
        super().__init__(f"This page is declared already: {source_id} ({url}).")
        self.source_id = source_id


class Declined(AddError):
    """The person said no. Nothing was written."""


@dataclass(frozen=True)
class AddOptions:
    """What the person knows better than the page. Empty values are proposed."""

    source_id: str = ""
    title: str = ""
    publisher_id: str = ""
    kind: str = ""
    published_on: str = ""
    allow_private: bool = False


@dataclass(frozen=True)
class Proposal:
    """A row for sources.csv, the page cut to its structure (None for files), and what to look at before saying yes."""

    row: dict[str, str]
    structure: str | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Added:
    """What was written: the row, and the recorded page where one was stored."""

    row: dict[str, str]
    page: Path | None
    notes: tuple[str, ...] = ()


def pages_folder(home: Home) -> Path | None:
    """Where recorded pages of added sources are kept: beside the project's tests, where the home is the checkout's own
    `data/`; None for any other home."""
    own = is_checkout() and home.root.resolve() == PACKAGE
    return PACKAGE.parent / "tests" / "pages" / "added" if own else None


def add(
    home: Home,
    programme: Programme,
    url: str,
    options: AddOptions = AddOptions(),
    *,
    confirm: Callable[[Proposal], bool] = lambda _: True,
    today: dt.date | None = None,
) -> Added:
    """Declare a page. Asks it once (robots.txt and delay obeyed), and writes only after `confirm` says yes.

    Raises Duplicate, Declined, or AddError where the page cannot be had or the register has findings.
    """
    proposal = propose(home, programme, url, options, today=today)
    if not confirm(proposal):
        raise Declined("Nothing was written.")
    return write(home, proposal)


def propose(
    home: Home, programme: Programme, url: str, options: AddOptions, *, today: dt.date | None = None
) -> Proposal:
    """Fetch the page and read a row out of it. Writes nothing."""
    register = _register(home)
    _check_options(register, options)
    try:
        asked = read_address(url.strip()).text
    except FetchError as error:
        raise AddError(f"{url!r} cannot be asked: {error.detail}") from error
    wanted = _tidy(asked)
    _refuse_duplicate(register, wanted)
    response = _fetch(programme, wanted, options)
    _refuse_duplicate(register, response.final_url)
    day = today or dt.datetime.now(dt.UTC).date()
    return _read(register, programme, wanted, response, options, day)


def _register(home: Home) -> Register:
    register = read_register(home)
    if register.findings:
        raise AddError(f"The register has findings, mend them first: {register.findings[0]}")
    return register


def _check_options(register: Register, options: AddOptions) -> None:
    columns = {column.name: column for column in BY_NAME["sources"].columns}
    if options.kind and options.kind not in columns["kind"].of:
        raise AddError(f"{options.kind!r} is no kind of source; allowed: {', '.join(columns['kind'].of)}.")
    if options.publisher_id and options.publisher_id not in {r["org_id"] for r in register.tables["organisation"]}:
        raise AddError(f"{options.publisher_id!r} stands in no row of organisations.csv.")
    if options.published_on and not _precision(options.published_on):
        raise AddError(f"{options.published_on!r} is no date; allowed: YYYY, YYYY-MM or YYYY-MM-DD.")
    if options.source_id:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", options.source_id) or len(options.source_id) > MAX_ID:
            raise AddError(f"{options.source_id!r} is no id; allowed: kebab-case, at most {MAX_ID} characters.")
        if options.source_id in {row["source_id"] for row in register.tables["source"]}:
            raise AddError(f"The id {options.source_id!r} is taken.")


def _tidy(url: str) -> str:
    """The address without its fragment and without parameters that only track readers."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [pair for pair in pairs if not is_tracking(pair[0])]
    query = parts.query if len(kept) == len(pairs) else urlencode(kept)
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, ""))


def _refuse_duplicate(register: Register, url: str) -> None:
    wanted = normalise(url)
    for row in register.tables["source"]:
        if row["url"] and normalise(row["url"]) == wanted:
            raise Duplicate(row["source_id"], row["url"])


def _fetch(programme: Programme, url: str, options: AddOptions) -> Response:
    subject = programme.programme
    fetcher = Fetcher(
        programme.collect,
        user_agent(subject.agent, subject.contact, subject.base_url),
        contact=subject.contact,
        allow_private=options.allow_private,
    )
    try:
        answer = fetcher.fetch(url)
    finally:
        fetcher.close()
    if isinstance(answer, Failure):
        raise AddError(f"The page could not be had ({answer.outcome}): {answer.detail}")
    verdict = gate.judge(answer)
    if verdict.word != "good":
        raise AddError(
            f"The page is not there to be declared ({verdict.outcome}): {verdict.why}. "
            "Where it is known to have been there, write its row by hand; the web archives will be asked for it."
        )
    return answer


def _read(
    register: Register, programme: Programme, url: str, response: Response, options: AddOptions, today: dt.date
) -> Proposal:
    notes: list[str] = []
    kind_of_file = sniff.kind_of(response.body, media_type=response.media_type, url=response.final_url)
    read = extract.read(
        response.body,
        url=response.final_url,
        media_type=response.media_type,
        charset=find_charset(response.body, response.header("content-type")).name,
    )
    if read.problem:
        notes.append(f"the page could not be read whole: {read.problem}")
    terms = programme.programme
    declared = [row["url"] or "" for row in register.tables["source"]]
    context = context_of(terms.terms, terms.weak_terms, declared)
    reading, changed = judge({"url": url}, response.body, response.final_url, response.media_type, context)
    if changed:
        notes.append(f"the page is of a known family and lacks what belongs to it: {changed}")
    family = family_for(response.final_url, response.media_type, response.body)
    told = _told(reading)
    title = _clean(options.title or told.get("title") or read.title or _from_address(url))
    publisher = options.publisher_id or _publisher(register, (url, response.final_url), notes)
    published = options.published_on or _date(told, read.published_on, today, notes)
    file_format = _format(url, kind_of_file, family.name if family else "")
    kinds = {row["org_id"]: row["kind"] for row in register.tables["organisation"]}
    kind = options.kind or _kind(family.name if family else "", kinds.get(publisher, ""), url, title, file_format)
    if not options.kind:
        notes.append(f"the kind {kind!r} is a guess from address, title and publisher")
    taken = {row["source_id"] for row in register.tables["source"]}
    row = dict.fromkeys(COLUMNS, "") | {
        "source_id": options.source_id or source_id_of(publisher or _site_name(url), published, title, taken),
        "url": url,
        "title": title,
        "publisher_id": publisher,
        "published_on": published,
        "date_precision": _precision(published),
        "format": file_format,
        "kind": kind,
        "note": NOTE,
        "recorded_on": today.isoformat(),
    }
    if normalise(response.final_url) != normalise(url):
        notes.append(f"the page answered at {response.final_url}")
    structure = cut(response.body, response.final_url) if kind_of_file == sniff.HTML else None
    return Proposal(row, structure, tuple(notes))


def _told(reading: Reading | None) -> dict[str, str]:
    """What the family read of the page itself."""
    if reading is None or not reading.facts:
        return {}
    return {key: value for key, value in reading.facts[0].values.items() if isinstance(value, str)}


def _date(told: dict[str, str], stated: str | None, today: dt.date, notes: list[str]) -> str:
    for value in (told.get("published_on"), told.get("started_on"), told.get("asked_on"), stated):
        if value and _precision(value):
            if value > today.isoformat()[: len(value)]:
                notes.append(f"the page bears the day {value}, which is to come; it was left out")
                continue
            return value
    notes.append("the page states no date that could be read")
    return ""


def _precision(value: str) -> str:
    """The precision of a date by its length, "" where it is none."""
    if not re.fullmatch(r"[12][0-9]{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?", value):
        return ""
    return next(name for name, lengths in LENGTHS.items() if len(value) in lengths)


def _publisher(register: Register, urls: tuple[str, ...], notes: list[str]) -> str:
    """The body on whose website the page stands: by the longest host, then the longest path."""
    found: list[tuple[int, int, str]] = []
    for row in register.tables["organisation"]:
        website = row["website"]
        host = host_of(website) if website else ""
        for url in urls:
            own, path = host_of(url), path_of(website or "").rstrip("/")
            if host and (own == host or own.endswith(f".{host}")) and f"{path_of(url)}/".startswith(f"{path}/"):
                found.append((len(host), len(path), row["org_id"]))
    best = {org_id for size, depth, org_id in found if (size, depth) == max(found)[:2]}
    if len(best) == 1:
        return best.pop()
    notes.append(
        f"the site belongs to several bodies: {', '.join(sorted(best))}; name one with --publisher"
        if best
        else "no body of organisations.csv has this website; add one, or name the publisher with --publisher"
    )
    return ""


def _format(url: str, kind: str, family: str) -> str:
    if family == "slideshare":
        return "slideshow"
    return "social" if host_of(url) in _SOCIAL else _FORMATS.get(kind, "html")


def _kind(family: str, publisher_kind: str, url: str, title: str, file_format: str) -> str:
    if family in _FAMILY_KINDS:
        return _FAMILY_KINDS[family]
    if publisher_kind in _PUBLISHER_KINDS:
        return _PUBLISHER_KINDS[publisher_kind]
    words = f"{title} {re.sub(r'[-_/.]+', ' ', path_of(url))}"
    for kind, pattern in _KIND_WORDS:
        if re.search(rf"\b(?:{pattern})\b", words, re.IGNORECASE):
            return kind
    return "report" if file_format in ("pdf", "docx") else "reference"


def _site_name(url: str) -> str:
    """The part of a host that tells sites apart: "example" of news.example.org.uk."""
    labels = [label for label in host_of(url).split(".") if label]
    general = {"co", "org", "ac", "gov", "nhs", "police", "com", "net", "uk"}
    telling = [label for label in labels[:-1] if label not in general] or labels[:1]
    return telling[-1] if telling and not host_of(url).replace(".", "").isdigit() else "page"


def _from_address(url: str) -> str:
    last = next((part for part in reversed(path_of(url).split("/")) if part), host_of(url))
    return re.sub(r"[-_+]+", " ", re.sub(r"\.\w{2,5}$", "", last)).strip().capitalize() or host_of(url)


def _clean(text: str) -> str:
    """A page's title for a cell: in one line, and without the marks at its beginning by which a spreadsheet, in which
    the register may be opened, takes a cell for a formula."""
    return " ".join(_HIDDEN.sub(" ", text).split()).lstrip("=+-@＝＋－＠ ")[:MAX_TITLE].strip()


def slug(text: str) -> str:
    """Lower-case words and numbers joined by hyphens; accents are taken off, other scripts left out."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "").replace("'", "")).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain.lower()))


def source_id_of(publisher: str, published_on: str, title: str, taken: set[str]) -> str:
    """publisher-date-slug in at most 60 characters, cut between words, numbered where it is taken."""
    start = "-".join(part for part in (slug(publisher), published_on) if part)
    words = [word for word in slug(title).split("-") if word and word not in _SMALL]
    words = [word for word in words if word not in start.split("-")] or words
    name = start[: MAX_ID - 4].strip("-")
    for word in words:
        if len(name) + 1 + len(word) > MAX_ID - 4:  # room for a number
            break
        name = f"{name}-{word}" if name else word
    name = name or "page"
    number, free = 2, name
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    return free


# -- writing


def as_line(row: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> str:
    """The row as one CSV line of the register's style, with its line end."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([row.get(column, "") for column in columns])
    return out.getvalue()


def write(home: Home, proposal: Proposal) -> Added:
    """Append the row to sources.csv and store the recorded page.

    The register is read again with the row in it; where that gives findings, the file is put back as it was.
    """
    row = proposal.row
    path = home.register / "sources.csv"
    before = path.read_bytes() if path.is_file() else None
    text = before.decode("utf-8") if before else ",".join(COLUMNS) + "\n"
    header = tuple(next(csv.reader(io.StringIO(text.lstrip("\ufeff")))))
    ending = "\r\n" if "\r\n" in text.partition("\n")[0] + "\n" else "\n"
    if not text.endswith("\n"):
        text += ending
    line = as_line(row, header)
    _put(path, (text + (line[:-1] + ending if ending != "\n" else line)).encode("utf-8"))
    findings = read_register(home).findings
    if findings:
        if before is None:
            path.unlink()
        else:
            _put(path, before)
        raise AddError(f"The row is not whole, so nothing was written: {findings[0]}")
    return Added(row, _store_page(home, row["source_id"], proposal.structure), proposal.notes)


def _put(path: Path, data: bytes) -> None:
    """Replace a file in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(data)
    part.replace(path)


def _store_page(home: Home, source_id: str, structure: str | None) -> Path | None:
    folder = pages_folder(home)
    if structure is None or folder is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / f"{source_id}.html"
    page.write_text(structure, encoding="utf-8")
    return page
