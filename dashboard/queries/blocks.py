"""What a page shows of one source, asked of the record for its neighbours at once where their pages are made after it.

The rows of neighbouring sources lie side by side in the record, so that a block of them costs little more than one
source does. A server makes the page of any source and asks for that alone.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from dashboard.record import Record, per_record


@dataclass(frozen=True)
class Block:
    """The sources named from `first` to `last`, both included."""

    first: str
    last: str

    @property
    def bounds(self) -> list[str]:
        """Values for `source_id BETWEEN ? AND ?`."""
        return [self.first, self.last]


@per_record
def _blocks(record: Record, size: int) -> tuple[Block, ...]:
    """All sources in blocks of `size`, in order."""
    found = record.rows(
        """SELECT min(source_id), max(source_id)
           FROM (SELECT source_id, (row_number() OVER (ORDER BY source_id) - 1) // ? AS block FROM source)
           GROUP BY block ORDER BY block""",
        [size],
    )
    return tuple(Block(first, last) for first, last in found)


def block_of(record: Record, source_id: str) -> Block:
    """The block in which a source lies; itself alone on a server, or where it is not declared."""
    if record.neighbours > 1:
        known = _blocks(record, record.neighbours)
        place = bisect_left(known, source_id, key=lambda block: block.last)
        if place < len(known) and known[place].first <= source_id:
            return known[place]
    return Block(source_id, source_id)
