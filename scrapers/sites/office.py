"""What Word documents and slide decks have in common: a ZIP archive with known parts, opened within limits."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final

from scrapers.sites.base import StructureChanged

MAX_PARTS: Final = 20_000


def parts_of(body: bytes, family: str) -> list[str]:
    """The names of the archive's parts. Nothing is unpacked. Raises StructureChanged where it is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise StructureChanged(family, f"the file does not open: {error}") from error
    if len(names) > MAX_PARTS:
        raise StructureChanged(family, f"the file has {len(names)} parts, more than {MAX_PARTS}")
    return names


def count_parts(names: list[str], pattern: str) -> int:
    """How many parts have a name of that pattern."""
    return sum(1 for name in names if re.fullmatch(pattern, name))
