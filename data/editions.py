"""Editions: dated, hashed releases of the whole record, one folder each under editions/, never altered once issued.

`SHA256SUMS` in the folder lists every other file but `edition.json`; its own SHA-256 is the hash of the edition, which
`edition.json` states and a time stamp (`<name>.tsr` beside the folder) may cover. A folder that is still being made
bears another name (`.making-…`), so whoever lists editions sees only whole ones.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, Final

from data.home import Home

SUMS: Final = "SHA256SUMS"
FACTS: Final = "edition.json"
MAKING: Final = ".making-"
_NAME: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:-([2-9]|[1-9][0-9]{1,3}))?")
_LINE: Final = re.compile(r"([0-9a-f]{64})  (.+)")
_BLOCK: Final = 1 << 20


class EditionError(Exception):
    """An edition cannot be made or read; the message says what to do next."""


@dataclass(frozen=True)
class Edition:
    """One edition. `facts` is what its edition.json says: date, record, counts, software, `sha256` over everything."""

    name: str
    folder: Path
    facts: dict[str, Any] = field(compare=False)

    @property
    def date(self) -> dt.date:
        """The day it bears."""
        parsed = parse_name(self.name)
        assert parsed is not None  # noqa: S101 - editions are found by their names
        return parsed[0]

    @property
    def sha256(self) -> str:
        """The hash over everything in it."""
        return str(self.facts.get("sha256", ""))

    @property
    def stamp(self) -> Path:
        """Where its time stamp lies, if it has one."""
        return self.folder.with_name(f"{self.name}.tsr")

    @property
    def withheld(self) -> Path:
        """The file whose words say why it is not shown any more; there is none unless the law asked for it."""
        return self.folder.with_name(f"{self.name}.withheld")


def parse_name(name: str) -> tuple[dt.date, int] | None:
    """(day, number on that day) of an edition's name, or None where it is no name of an edition."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    try:
        return dt.date.fromisoformat(found[1]), int(found[2] or 1)
    except ValueError:
        return None


def name_of(day: dt.date, number: int) -> str:
    """`2026-11-23` for the first edition of a day, `2026-11-23-2` for the second."""
    return day.isoformat() if number == 1 else f"{day.isoformat()}-{number}"


def names(home: Home) -> list[str]:
    """Names of the folders under editions/ that are named as editions, oldest first; whether they are whole is not
    looked at."""
    try:
        found = [(parsed, path.name) for path in home.editions.iterdir() if (parsed := parse_name(path.name))]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [name for _, name in sorted(found)]


def editions(home: Home) -> list[Edition]:
    """Every edition that can be read, oldest first."""
    return [found for name in names(home) if (found := edition(home, name)) is not None]


def edition(home: Home, name: str) -> Edition | None:
    """The edition of that name, or None where there is none or its edition.json cannot be read."""
    if parse_name(name) is None:
        return None
    folder = home.editions / name
    try:
        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return Edition(name, folder, facts) if isinstance(facts, dict) else None


def newest_holding(home: Home, path: str) -> str | None:
    """The name of the newest edition that holds the file `path` (relative, with `/`), or None."""
    for name in reversed(names(home)):
        if (home.editions / name / path).is_file() and not (home.editions / f"{name}.withheld").exists():
            return name
    return None


def hash_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        while block := handle.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def files_of(folder: Path) -> Iterator[str]:
    """Every file under a folder as a relative path with `/`, in order."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
    return iter(sorted(found))


def page_name(row_id: str) -> str:
    """The id of a row as a name of a file and a part of an address: other characters than those of ids become `~xx`."""
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "-_.~") else _coded(c) for c in row_id)
    if not kept.strip("."):
        kept = kept.replace(".", "~2e") or "~"
    if len(kept) > 180:
        kept = f"{kept[:150]}~{hashlib.sha256(row_id.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
    return kept


def _coded(character: str) -> str:
    return "".join(f"~{byte:02x}" for byte in character.encode("utf-8", "surrogatepass"))


def read_sums(text: str) -> dict[str, str]:
    """{path: SHA-256} of a SHA256SUMS. Raises EditionError for a line that is none, or that leads out of the folder."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        parts = _LINE.fullmatch(line)
        path = PurePosixPath(parts[2]) if parts else PurePosixPath("/")
        if parts is None or path.is_absolute() or ".." in path.parts or "\\" in parts[2] or path.as_posix() != parts[2]:
            raise EditionError(f"{SUMS}, line {number}: is not a hash and the path of a file in this folder")
        found[parts[2]] = parts[1]
    return found


def sums_of(found: Edition) -> dict[str, str]:
    """{path: SHA-256} of everything in an edition. Raises EditionError where the list is missing or was altered."""
    path = found.folder / SUMS
    try:
        look = path.stat()
    except OSError as error:
        raise EditionError(f"editions/{found.name}/{SUMS}: {error.strerror}; the edition is not whole") from error
    return _sums(path, look.st_mtime_ns, look.st_size, found.name, found.sha256)


@lru_cache(maxsize=64)
def _sums(path: Path, _stamp: int, _size: int, name: str, sha256: str) -> dict[str, str]:
    body = path.read_bytes()
    if hashlib.sha256(body).hexdigest() != sha256:
        raise EditionError(
            f"editions/{name}/{SUMS}: its SHA-256 is not the one in {FACTS}; one of the two was altered after issue"
        )
    try:
        return read_sums(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise EditionError(f"editions/{name}/{SUMS}: is not UTF-8") from error


NEXT: Final = "put back the copy from a backup or from the published site; an edition is never made again"


def findings_of(found: Edition) -> list[str]:
    """Every byte of an edition hashed again: what differs, is missing or does not belong."""
    place = f"editions/{found.name}"
    try:
        sums = sums_of(found)
    except EditionError as error:
        return [f"{error}; {NEXT}"]
    findings = []
    there = set(files_of(found.folder)) - {SUMS, FACTS}
    for path, wanted in sums.items():
        if path not in there:
            findings.append(f"{place}/{path}: is missing; {NEXT}")
            continue
        try:
            is_same = hash_of(found.folder / path) == wanted
        except OSError as error:
            findings.append(f"{place}/{path}: cannot be read: {error.strerror}")
            continue
        if not is_same:
            findings.append(f"{place}/{path}: its bytes are not those that were issued; {NEXT}")
    findings += [f"{place}/{path}: was not there at issue; remove it" for path in sorted(there - set(sums))]
    return findings + _facts_findings(found)


def _facts_findings(found: Edition) -> list[str]:
    """edition.json says nothing else than the data package, whose bytes are hashed."""
    place = f"editions/{found.name}/{FACTS}"
    try:
        package = json.loads((found.folder / "datapackage.json").read_text(encoding="utf-8"))
        hashed = dict(package["edition"])
    except (OSError, ValueError, KeyError, TypeError):
        return []  # named above: the file is missing or altered
    said = {key: value for key, value in found.facts.items() if key != "sha256"}
    if said != hashed or found.facts.get("edition") != found.name:
        return [f"{place}: does not say what was issued (see edition in datapackage.json); {NEXT}"]
    return []


@dataclass(frozen=True)
class Checked:
    """How many editions were hashed again, and what was found."""

    editions: int
    findings: tuple[str, ...]


def check_editions(home: Home) -> Checked:
    """Hash every edition of a home again."""
    findings: list[str] = []
    known = names(home)
    for name in known:
        if not (home.editions / name).is_dir():
            findings.append(f"editions/{name}: is not a folder; {NEXT}")
            continue
        found = edition(home, name)
        if found is None:
            findings.append(f"editions/{name}/{FACTS}: is missing or cannot be read; {NEXT}")
            continue
        findings += findings_of(found)
    for path in sorted(home.editions.glob("*.tsr")) if known else []:
        if path.stem not in known:
            findings.append(f"editions/{path.name}: its edition has gone; {NEXT}")
    return Checked(len(known), tuple(findings))
