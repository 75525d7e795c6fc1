"""The folder that a publication is written into: whole at every moment, and never anybody else's.

Everything new is written into `.sim-record/new/` first. Only when all of it is there is it moved to its place: files
that are new, then files that replace others, then what is no longer published goes. So a folder in which publishing was
cut off holds the pages of before, or some of them already exchanged for whole new ones, and no link in them leads to
nothing. `.sim-record/manifest.json` says what was put there, `journal.json` what was about to be.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from data.durable import sync_folder

OWN: Final = ".sim-record"
VERSION: Final = 1


class FolderError(Exception):
    """The folder cannot be used; the message says why and what to do."""


class Busy(FolderError):
    """Another publication is writing into the folder."""


@dataclass(frozen=True)
class Kept:
    """One file as it was put there. `stamp` is the record that it says it was made from: number, time (ISO 8601)."""

    digest: str
    size: int
    mtime_ns: int
    stamp: tuple[int, str]


@dataclass(frozen=True)
class Staged:
    """A file that waits for its place."""

    path: str
    kept: Kept


def digest_of(body: bytes) -> str:
    """What tells the content of a file from another."""
    return hashlib.sha256(body).hexdigest()[:40]


class Folder:
    """A folder opened for one publication; use it as a context manager."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.own = root / OWN
        self.kept: dict[str, Kept] = {}
        self.print = ""
        """What the last publication was made from; "" where it did not end, or its word is lost."""
        self._begun: set[str] = set()
        self._replaceable: set[str] = set()
        self._staged: dict[str, Staged] = {}
        self._number = 0
        self._lock: IO[str] | None = None

    def __enter__(self) -> Folder:
        try:
            self._open()
        except OSError as error:
            self._unlock()
            raise FolderError(
                f"{self.root}: cannot be written: {error.strerror}. See that it may be written, or name another folder."
            ) from error
        except BaseException:
            self._unlock()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.own / "new", ignore_errors=True)
        self._unlock()

    def _open(self) -> None:
        if self.root.exists() and not self.root.is_dir():
            raise FolderError(f"{self.root} is a file, not a folder.")
        if self.root.is_dir() and not self.own.is_dir():
            others = sorted(path.name for path in self.root.iterdir())
            if others:
                named = ", ".join(others[:5]) + (" …" if len(others) > 5 else "")
                raise FolderError(
                    f"{self.root} holds files that no publication put there ({named}). "
                    "Name an empty folder or a new one."
                )
        self.own.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        if not os.access(self.root, os.W_OK):
            raise FolderError(f"{self.root}: cannot be written. Give yourself the right to write there.")
        shutil.rmtree(self.own / "new", ignore_errors=True)
        (self.own / "new").mkdir()
        self.read()

    def _take_lock(self) -> None:
        handle = (self.own / "lock").open("a+", encoding="utf-8")
        self._lock = handle
        try:
            if os.name == "nt":
                import msvcrt

                msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
            else:
                import fcntl

                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Busy(f"Another publication is writing into {self.root}. Wait until it has ended.") from error

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def read(self) -> None:
        """Learn what stands in the folder by the word of the last publication, and what one that was cut off began."""
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            told = json.loads((self.own / "journal.json").read_text(encoding="utf-8"))
            self._begun = {str(name) for name in told["files"]}
        try:
            told = json.loads((self.own / "manifest.json").read_text(encoding="utf-8"))
            if told["version"] != VERSION:
                raise ValueError
            stamps = [(int(number), str(at)) for number, at in told["stamps"]]
            self.kept = {
                name: Kept(digest, size, mtime, stamps[stamp])
                for name, (digest, size, mtime, stamp) in told["files"].items()
            }
            self.print = "" if self._begun else str(told["print"])
        except FileNotFoundError:
            pass
        except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError):
            # its word is lost: every file is written anew, and none is taken away, as it is not known whose it is
            self._replaceable = set(self._files_there())

    def _files_there(self) -> Iterable[str]:
        for folder, folders, names in os.walk(self.root):
            if Path(folder) == self.root:
                folders[:] = [name for name in folders if name != OWN]
            for name in names:
                yield (Path(folder) / name).relative_to(self.root).as_posix()

    def stands(self, name: str) -> Kept | None:
        """The file as it was put there, if it is still so to the look (size and time); else None."""
        kept = self.kept.get(name)
        if kept is None:
            return None
        try:
            look = os.stat(f"{self.root}/{name}")  # noqa: PTH116 - thousands of times
        except OSError:
            return None
        return kept if (look.st_size, look.st_mtime_ns) == (kept.size, kept.mtime_ns) else None

    def all_stand(self) -> bool:
        """Whether every file that was put there is still so."""
        return all(self.stands(name) is not None for name in self.kept)

    def write_beside(self, body: bytes | Path, digest: str, stamp: tuple[int, str]) -> Staged:
        """Write a file (bytes, or a file to copy) that `commit` can put in a place; `digest` is that of its bytes."""
        self._number += 1
        path = f"{self.own}/new/{os.getpid()}-{self._number}"
        try:
            if isinstance(body, Path):
                shutil.copyfile(body, path)
                look = os.stat(path)  # noqa: PTH116 - thousands of times
            else:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
                try:
                    rest = memoryview(body)
                    while rest:
                        rest = rest[os.write(handle, rest) :]
                    look = os.fstat(handle)
                finally:
                    os.close(handle)
        except OSError as error:
            raise self.trouble(error) from error
        return Staged(path, Kept(digest, look.st_size, look.st_mtime_ns, stamp))

    def stage(self, name: str, staged: Staged) -> None:
        """What `write_beside` gave, here or in another process, goes to the place `name` at `commit`."""
        self._staged[name] = staged

    def trouble(self, error: OSError) -> FolderError:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return FolderError(
                f"The disk of {self.root} is full. Make room and publish again; what is published there is as it was."
            )
        return FolderError(f"{error.filename or self.root}: cannot be written: {error.strerror}")

    def commit(self, stays: set[str], made_from: str) -> tuple[int, int]:
        """Put what was staged in its place, and take away what is not in `stays` either: (files written, removed).

        Raises FolderError where a file of somebody else stands in the way; nothing was changed then.
        """
        goes = [name for name in {*self.kept, *self._begun} if name not in stays and name not in self._staged]
        root = str(self.root)
        goes = sorted(
            (name for name in goes if os.path.isfile(f"{root}/{name}")),  # noqa: PTH113
            key=lambda name: (not name.endswith(".html"), name),  # a page goes before the files that it leads to
        )
        new = [name for name in self._staged if not os.path.lexists(f"{root}/{name}")]
        known = set(new)
        ours = self._ours()
        others = [name for name in self._staged if name not in known and name not in ours]
        if others:
            raise FolderError(
                f"{self.root / others[0]} was put there by somebody else and is in the way"
                f"{f' (and {len(others) - 1} more)' if len(others) > 1 else ''}. Move it away, or name another folder."
            )
        kept = {name: self.kept[name] for name in stays if name in self.kept and name not in self._staged}
        kept |= {name: staged.kept for name, staged in self._staged.items()}
        if self._staged or goes or self.print != made_from:
            try:
                if self._staged or goes:
                    self._write("journal.json", {"files": sorted({*self._staged, *goes, *self._begun})})
                for name in [*new, *(name for name in self._staged if name not in known)]:
                    self._put(name)
                for name in goes:
                    self._take_away(name)
                self._write_manifest(kept, made_from)
            except OSError as error:
                raise FolderError(
                    f"{self.trouble(error)} Some pages are new already; publish again to have all of them."
                ) from error
        return len(self._staged), len(goes)

    def _ours(self) -> set[str]:
        return {*self.kept, *self._begun, *self._replaceable}

    def _put(self, name: str) -> None:
        staged = self._staged[name].path
        try:
            os.replace(staged, f"{self.root}/{name}")  # noqa: PTH105 - the same, without a Path for each
        except (FileNotFoundError, NotADirectoryError):
            target = self.root / name
            for parent in reversed(target.relative_to(self.root).parents):
                if (self.root / parent).is_file() and parent.as_posix() in self.kept:
                    (self.root / parent).unlink()
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(staged, target)  # noqa: PTH105

    def _take_away(self, name: str) -> None:
        path = self.root / name
        path.unlink(missing_ok=True)
        for parent in path.relative_to(self.root).parents:
            if parent == Path():
                break
            with contextlib.suppress(OSError):
                (self.root / parent).rmdir()  # only where it is empty now

    def _write_manifest(self, kept: dict[str, Kept], made_from: str) -> None:
        stamps: dict[tuple[int, str], int] = {}
        files = {
            name: [one.digest, one.size, one.mtime_ns, stamps.setdefault(one.stamp, len(stamps))]
            for name, one in sorted(kept.items())
        }
        self._write(
            "manifest.json",
            {"version": VERSION, "print": made_from, "stamps": [list(stamp) for stamp in stamps], "files": files},
        )
        (self.own / "journal.json").unlink(missing_ok=True)
        self.kept, self.print = kept, made_from

    def _write(self, name: str, value: dict[str, Any]) -> None:
        beside = self.own / f"{name}.new"
        with beside.open("w", encoding="utf-8") as handle:
            json.dump(value, handle, separators=(",", ":"))
            handle.flush()
            os.fsync(handle.fileno())
        beside.replace(self.own / name)
        sync_folder(self.own)
