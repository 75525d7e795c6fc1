"""Where the WARC files of a home lie: in its captures/, and where [store] names one in a place shared by machines.

A file is written here first. `keep` copies it to the shared place whole, and a file that is not here is read there. The
shared place is a folder, or an address that fsspec knows (s3://bucket/prefix). Credentials of S3 come from the
environment or ~/.aws, never from programme.toml.
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Protocol, cast
from urllib.parse import urlsplit

from data.home import Home

if TYPE_CHECKING:
    from data.programme import Store

SUFFIX: Final = ".warc.gz"
ATTEMPTS: Final = 8
"""Times that a request of a store is made before it is said that it does not answer."""
INSTALL: Final = "Install it: pip install 'sim-record[cluster]'"


class StoreTrouble(Exception):
    """The shared place cannot be used; the message names the line of programme.toml and says what to do next."""


class Bodies(Protocol):
    """The WARC files of a home."""

    def sizes(self) -> dict[str, int]:
        """Bytes of every file, by name. Raises StoreTrouble."""

    def open(self, name: str) -> BinaryIO:
        """A file to read and seek in. Raises OSError where it is not there, StoreTrouble."""

    def keep(self, name: str) -> None:
        """See that a file that was written here is where it is to be kept. Raises StoreTrouble."""


@dataclass(frozen=True)
class LocalBodies:
    """Files in the home's captures/ and nowhere else."""

    folder: Path

    def sizes(self) -> dict[str, int]:
        """Bytes of every file, by name."""
        files = self.folder.glob(f"*{SUFFIX}") if self.folder.is_dir() else ()
        return {path.name: path.stat().st_size for path in files}

    def open(self, name: str) -> BinaryIO:
        """A file to read and seek in. Raises OSError where it is not there."""
        return (self.folder / name).open("rb")

    def keep(self, name: str) -> None:
        """Nothing: it is where it is to be kept."""


@dataclass(frozen=True)
class SharedBodies:
    """Files in the home's captures/ that are kept in a shared place as well, beside those of other machines."""

    local: LocalBodies
    place: SharedPlace

    def sizes(self) -> dict[str, int]:
        """Bytes of every file here or there, by name: the larger where a file is in both."""
        found = self.place.sizes()
        for name, size in self.local.sizes().items():
            found[name] = max(size, found.get(name, 0))
        return found

    def open(self, name: str) -> BinaryIO:
        """A file to read and seek in, from here where it is here. Raises OSError where it is nowhere, StoreTrouble."""
        try:
            return self.local.open(name)
        except FileNotFoundError:
            return self.place.open(name)

    def keep(self, name: str) -> None:
        """Copy a file of this machine to the shared place, where that has not all of it. Raises StoreTrouble."""
        path = self.local.folder / name
        if path.is_file() and self.place.size(name) != path.stat().st_size:
            self.place.put(path)


class SharedPlace:
    """A folder, or a prefix of a bucket, that several machines use. `told` is what messages call it."""

    def __init__(self, url: str, told: str, options: dict[str, Any]) -> None:
        self.url = url.rstrip("/")
        self.told = told
        if "://" not in url:
            self._remote: Any = None
            self._root = str(Path(url).expanduser())
            return
        try:
            import fsspec
        except ImportError as error:
            raise StoreTrouble(f"{told} needs fsspec, which is not installed. {INSTALL}") from error
        try:
            self._remote, self._root = fsspec.core.url_to_fs(self.url, **options)
        except (ImportError, ValueError) as error:
            raise StoreTrouble(f"{told} cannot be used: {error}. {INSTALL}") from error

    @contextmanager
    def _saying(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise
        except StoreTrouble:
            raise
        except Exception as error:  # each kind of store has exceptions of its own
            first = next(iter(str(error).splitlines()), "") or type(error).__name__
            raise StoreTrouble(
                f"{self.told} cannot be reached or refuses: {first}. See that it is there, and that this machine may "
                "read and write it."
            ) from error

    def sizes(self) -> dict[str, int]:
        """Bytes of every WARC file, by name. Raises StoreTrouble."""
        with self._saying():
            if self._remote is None:
                return LocalBodies(Path(self._root)).sizes()
            self._remote.invalidate_cache()
            try:
                found = self._remote.ls(self._root, detail=True)
            except FileNotFoundError:
                return {}
            named = {str(each["name"]).rpartition("/")[2]: int(each["size"]) for each in found}
            return {name: size for name, size in named.items() if name.endswith(SUFFIX)}

    def size(self, name: str) -> int | None:
        """Bytes of one file, None where it is not there. Raises StoreTrouble."""
        with self._saying():
            try:
                if self._remote is None:
                    return (Path(self._root) / name).stat().st_size
                self._remote.invalidate_cache()
                return int(self._remote.info(f"{self._root}/{name}")["size"])
            except FileNotFoundError:
                return None

    def put(self, path: Path) -> None:
        """Copy a file there: readers see the old one or the new one, never a part. Raises StoreTrouble."""
        with self._saying():
            if self._remote is not None:
                self._remote.put_file(str(path), f"{self._root}/{path.name}")
                return
            folder = Path(self._root)
            folder.mkdir(parents=True, exist_ok=True)
            part = folder / f"{path.name}.{os.getpid()}.part"
            try:
                shutil.copyfile(path, part)
                with part.open("rb+") as handle:
                    os.fsync(handle.fileno())
                part.replace(folder / path.name)
            finally:
                part.unlink(missing_ok=True)

    def open(self, name: str) -> BinaryIO:
        """A file to read and seek in; only what is read is fetched. Raises FileNotFoundError, StoreTrouble."""
        with self._saying():
            if self._remote is None:
                return (Path(self._root) / name).open("rb")
            handle = self._remote.open(f"{self._root}/{name}", "rb", block_size=1 << 20, cache_type="readahead")
            return cast(BinaryIO, io.BufferedReader(handle))


def s3_options(store: Store) -> dict[str, Any]:
    """What s3fs is told beside the address."""
    client: dict[str, Any] = {"region_name": store.s3_region}
    if store.s3_endpoint:
        client["endpoint_url"] = store.s3_endpoint
    quick = {"retries": {"max_attempts": ATTEMPTS, "mode": "standard"}, "connect_timeout": 10, "read_timeout": 60}
    return {"client_kwargs": client, "config_kwargs": quick, "use_listings_cache": False}


def shared_place(home: Home, store: Store) -> SharedPlace | None:
    """The shared place that [store] names; None where captures are in the home alone. Raises StoreTrouble."""
    if not store.captures:
        return None
    from data.programme import place

    told = f"{place(home.programme_file, 'store', 'captures')}: store.captures = {store.captures!r}"
    options = s3_options(store) if urlsplit(store.captures).scheme == "s3" else {}
    return SharedPlace(store.captures, told, options)


_KEPT: dict[Path, tuple[tuple[int, int], Bodies]] = {}


def bodies_of(home: Home) -> Bodies:
    """The WARC files of a home, as its programme.toml says; looked at again when that changes. Raises StoreTrouble."""
    local = LocalBodies(home.captures)
    try:
        look = home.programme_file.stat()
        stamp = (look.st_mtime_ns, look.st_size)
        kept = _KEPT.get(home.root)
        if kept is not None and kept[0] == stamp:
            return kept[1]
        told = home.programme_file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return local
    bodies: Bodies = local
    if "captures" in told.partition("[store]")[2].partition("\n[")[0]:
        from data.programme import ProgrammeError, read_programme  # readers in processes of their own do without it

        try:
            there = shared_place(home, read_programme(home.programme_file).store)
        except ProgrammeError:
            return local  # said by whoever needs what it says
        bodies = local if there is None else SharedBodies(local, there)
    _KEPT[home.root] = (stamp, bodies)
    return bodies
