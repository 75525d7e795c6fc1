"""What the address of a page asks for, the same for the Streamlit page and the plain one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

LONGEST: Final = 200
LONGER: Final = {"q": 8_000}
"""Characters of a value that are read; a question in SQL may be longer than other values."""


@dataclass(frozen=True)
class Params:
    """The query of an address: names with one or more values, in order. Hashable, so that pages can be kept by it."""

    pairs: tuple[tuple[str, str], ...] = field(default=())

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Params:
        """From name and value pairs; at most 40, each at most 200 characters (8,000 for a question in SQL)."""
        return cls(tuple((name[:LONGEST], value[: LONGER.get(name, LONGEST)]) for name, value in list(pairs)[:40]))

    @classmethod
    def given(cls, values: Mapping[str, str | None]) -> Params:
        """From one value a name; the empty ones are left out."""
        return cls(tuple((name, value) for name, value in values.items() if value))

    def get(self, name: str, default: str = "") -> str:
        """The last value of `name`, without spaces around it."""
        found = self.all(name)
        return found[-1] if found else default

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of `name`."""
        return tuple(value.strip() for key, value in self.pairs if key == name)

    def without(self, *names: str) -> dict[str, tuple[str, ...]]:
        """The other parameters, for a link that keeps them."""
        kept: dict[str, tuple[str, ...]] = {}
        for name, value in self.pairs:
            if name not in names:
                kept[name] = (*kept.get(name, ()), value)
        return kept
