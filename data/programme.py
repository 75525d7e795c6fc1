"""programme.toml: what the record is about, how it collects, what it shows."""

from __future__ import annotations

import ipaddress
import re
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator


class ProgrammeError(Exception):
    """programme.toml cannot be used; `findings` names each place and what is allowed there."""

    def __init__(self, findings: list[str]) -> None:
        super().__init__("\n".join(findings))
        self.findings = findings


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Subject(_Section):
    """[programme]: names, address and words."""

    title: str = Field(min_length=1)
    short_name: str = Field(min_length=1)
    name: str = ""
    headline: str = ""
    about: str = ""
    contact: str = ""
    agent: str = "SIMPublicRecord/0.1"
    base_url: str = "http://127.0.0.1:8501"
    publisher: str = ""
    terms: tuple[str, ...] = ()
    weak_terms: tuple[str, ...] = ()
    not_terms: tuple[str, ...] = ()


class Licence(_Section):
    """[licence]: under what terms the rows and the code may be used."""

    data: str = "CC BY 4.0"
    data_url: str = "https://creativecommons.org/licenses/by/4.0/"
    code: str = "MIT"


class Focus(_Section):
    """[focus]: the register rows that the first page leads with; each may be empty."""

    review: str = ""
    petition: str = ""
    claims: tuple[str, ...] = ()
    concerns_by: str = ""
    recommendations_by: str = ""
    statement: str = ""
    ended_event: str = ""
    ended_words: str = ""
    unpublished_event: str = ""


class Collect(_Section):
    """[collect]: seconds between requests to one host, seconds for one try, tries, caps in megabytes, hosts at once."""

    delay: float = Field(default=1, ge=0, le=3600)
    deadline: float = Field(default=30, gt=0, le=3600)
    tries: int = Field(default=3, ge=1, le=10)
    max_raw_mb: float = Field(default=64, gt=0, le=4096)
    max_decoded_mb: float = Field(default=128, gt=0, le=8192)
    workers: int = Field(default=16, ge=1, le=256)


class Archive(_Section):
    """One web archive: `kind` says which dialect of lookup it speaks."""

    name: str = Field(min_length=1)
    kind: Literal["memento", "wayback", "pywb"] = "memento"
    url: str = Field(pattern=r"^https?://")


class Archives(BaseModel):
    """[archives]: the ids in `use` are asked in that order; each has a table of its own."""

    model_config = ConfigDict(extra="allow", frozen=True)
    use: tuple[str, ...] = ()
    known: dict[str, Archive] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        use = value.get("use", [])
        tables = {k: v for k, v in value.items() if k not in ("use", "known")}
        missing = [name for name in use if name not in tables] if isinstance(use, list) else []
        if missing:
            raise ValueError(f"use names {missing[0]!r}, which has no table [archives.{missing[0]}]")
        return {"use": use, "known": tables}

    def in_order(self) -> list[tuple[str, Archive]]:
        """(id, archive) in the order in which they are asked."""
        return [(name, self.known[name]) for name in self.use]


class Public(_Section):
    """[public]: whether whole captured bodies are served; hosts beside that of base_url for which the server answers
    (names, *.names, or * for any); whether scripts of other sites may read what it answers."""

    captures: bool = False
    hosts: tuple[str, ...] = ()
    cross_origin: bool = True

    @field_validator("hosts")
    @classmethod
    def _names(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        for host in hosts:
            if not re.fullmatch(r"\*|(\*\.)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|[0-9A-Fa-f:]+", host):
                raise ValueError(f'{host!r} is no host: name it without scheme and port, as "record.example"')
        return hosts


class Store(_Section):
    """[store]: where rows and captures are kept.

    `file`: in the home. `ducklake`: in the home, and shared with other machines through a DuckLake: `catalog` names the
    PostgreSQL database (words as libpq takes them, without a password), `data` a folder or s3://bucket/prefix for its
    Parquet files, `captures` the same for the WARC files. `share_every` is the number of seconds between two sharings
    in a run.
    """

    kind: Literal["file", "ducklake"] = "file"
    catalog: str = ""
    data: str = ""
    captures: str = ""
    s3_endpoint: str = Field(default="", pattern=r"^(https?://.+)?$")
    s3_region: str = "us-east-1"
    share_every: float = Field(default=60, ge=0.1, le=86400)

    @model_validator(mode="after")
    def _whole(self) -> Store:
        if self.kind == "file":
            if self.catalog or self.data:
                raise ValueError('catalog and data belong to kind = "ducklake"')
            return self
        for name, example in (
            ("catalog", "host=db.example user=sim dbname=lake"),
            ("data", "/shared/lake or s3://bucket/lake"),
            ("captures", "/shared/captures or s3://bucket/captures"),
        ):
            if not getattr(self, name):
                raise ValueError(f'kind = "ducklake" needs {name}, for example {name} = "{example}"')
        if re.search(r"\bpassword\s*=", self.catalog) or re.match(r"postgres(ql)?://[^@/]*:[^@/]*@", self.catalog):
            raise ValueError("catalog must not hold a password: put it into ~/.pgpass or PGPASSWORD")
        return self


class Editions(_Section):
    """[edition]: the address of a stamping service (RFC 3161) that signs the hash of each edition; empty for none."""

    timestamp_url: str = Field(default="", pattern=r"^(https?://.+)?$")


class Budget(_Section):
    """How often one client may ask: `burst` times at once, and `per_minute` times a minute in the long run."""

    per_minute: int = Field(ge=1, le=1_000_000)
    burst: int = Field(ge=1, le=1_000_000)


class Limits(_Section):
    """[limits]: what one client may ask for, while `on`. A client is an IPv4 address or an IPv6 network of 64 bits.

    `trusted_proxies` are addresses or networks whose word is taken for whom they ask (X-Forwarded-For); what others say
    of that is not heeded. `sql` counts questions in SQL, `search` searches and their feeds, `api` everything else under
    /api/.
    """

    on: bool = True
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    sql: Budget = Budget(per_minute=120, burst=60)
    search: Budget = Budget(per_minute=300, burst=100)
    api: Budget = Budget(per_minute=6000, burst=1000)

    @field_validator("trusted_proxies")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            try:
                ipaddress.ip_network(one)
            except ValueError as error:
                raise ValueError(
                    f'{one!r} is neither an address nor a network; write "203.0.113.7" or "10.0.0.0/8"'
                ) from error
        return value


class Support(_Section):
    """A line of help for people in distress."""

    name: str
    how: str
    url: str = Field(pattern=r"^https?://")


class Leave(_Section):
    """Where "leave this page" goes."""

    name: str = "BBC Weather"
    url: str = Field(default="https://www.bbc.co.uk/weather", pattern=r"^https?://")


class Programme(_Section):
    """All of programme.toml."""

    programme: Subject
    licence: Licence = Licence()
    focus: Focus = Focus()
    collect: Collect = Collect()
    archives: Archives = Archives()
    public: Public = Public()
    store: Store = Store()
    edition: Editions = Editions()
    limits: Limits = Limits()
    support: tuple[Support, ...] = ()
    leave: Leave = Leave()


def read_programme(path: Path) -> Programme:
    """Read and check programme.toml. Raises ProgrammeError with every finding at once."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ProgrammeError([f"{path.name}: cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise ProgrammeError([f"{path.name}: is not UTF-8 (byte {error.start})"]) from error
    except tomllib.TOMLDecodeError as error:
        raise ProgrammeError([f"{path.name}: is not TOML: {error}"]) from error
    try:
        return Programme.model_validate(raw)
    except ValidationError as error:
        raise ProgrammeError(
            [
                f"{place(path, *e['loc'])}: {'.'.join(str(part) for part in e['loc'])}: {e['msg']}"
                for e in error.errors()
            ]
        ) from error


def place(path: Path, *loc: str | int) -> str:
    """`programme.toml:<line>` of a setting, of its table where it is not set, or the file's name alone."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return path.name
    names = [str(part) for part in loc if isinstance(part, str)]
    table, key = (names[0], names[1]) if len(names) > 1 else (names[0] if names else "", "")
    found = within = 0
    for number, line in enumerate(lines, 1):
        head = re.match(r"\s*\[+\s*([\w.-]+)\s*\]+", line)
        if head:
            within = number if head[1] == table else 0
            found = found or within
        elif within and key and re.match(rf"\s*{re.escape(key)}\s*=", line):
            return f"{path.name}:{number}"
    return f"{path.name}:{found}" if found else path.name
