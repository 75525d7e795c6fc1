"""Families of sites: what is read out of a captured page whose kind is known. Never fetches.

Each module of this package holds one family and is found by being there. A page of no family is an ordinary page, for
which its row in the register is enough.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from typing import Any

from scrapers.sites.address import host_of, normalise
from scrapers.sites.base import (
    NO_CONTEXT,
    Context,
    Fact,
    Family,
    FoundSource,
    Rank,
    Reading,
    StructureChanged,
    candidates_of,
    registered,
)

__all__ = [
    "NO_CONTEXT",
    "Context",
    "Fact",
    "Family",
    "FoundSource",
    "Rank",
    "Reading",
    "StructureChanged",
    "candidates_of",
    "context_of",
    "families",
    "family_for",
    "judge",
]

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")


def families() -> tuple[Family, ...]:
    """Every family there is."""
    return registered()


def family_for(url: str, media_type: str | None = None, body: bytes = b"") -> Family | None:
    """The family of a page, or None for an ordinary one. Without a body only its address and type can tell."""
    host = host_of(url)
    asked = (family for family in registered() if not family.hosts or host in family.hosts)
    return next((family for family in asked if family.matches(url, media_type, body)), None)


def context_of(terms: Iterable[str], weak_terms: Iterable[str], declared: Iterable[str]) -> Context:
    """What families may know: programme.toml's terms, and the addresses that the register declares already."""
    return Context(tuple(terms), tuple(weak_terms), frozenset(normalise(url) for url in declared if url))


def judge(
    source: Mapping[str, Any],
    body: bytes,
    url: str,
    media_type: str | None = None,
    context: Context = NO_CONTEXT,
) -> tuple[Reading | None, StructureChanged | None]:
    """Read a good capture of a source by its family: (reading, None), (None, what is missing), or (None, None) for an
    ordinary page.

    `source` is the source's row: its declared address decides the family where the page answered at another one. `url`
    is the address that answered, for a copy from an archive the original one. The second value is the outcome
    `structure-changed`: the capture is kept, and nothing that was read before is to be overwritten.
    """
    declared = source.get("url") or ""
    family = family_for(url, media_type, body)
    at = url
    if family is None and declared and declared != url:
        # The declared address may name a family that the address after redirects does not show.
        family, at = family_for(declared, media_type, body), declared
    if family is None:
        return None, None
    try:
        return family.read(body, at, media_type=media_type, context=context), None
    except StructureChanged as changed:
        return None, changed
    except Exception as error:  # a body may break its reader in a way nobody thought of: that is one page's trouble
        told = f"{type(error).__name__}: {error}"[:200]
        return None, StructureChanged(family.name, f"its reader broke on this page ({told})", at)
