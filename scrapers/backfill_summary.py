"""What a backfill came to, for programs and for people."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scrapers.report import Cause


@dataclass
class ArchiveCount:
    """What one archive gave: copies listed, rows of its lists that made no sense, copies fetched; why it was left in
    the middle of the run, and for how many sources it was not asked then."""

    name: str
    listed: int = 0
    senseless: int = 0
    fetched: int = 0
    left: str | None = None
    unasked: int = 0


@dataclass(frozen=True)
class BackfillSummary:
    """What a backfill came to. `captured` copies were stored now, `present` were here before, `missed` could not be had
    this time, `remembered` not before and so not asked for; `verdicts` counts the gate's words on those captured."""

    run_id: str
    state: str
    sources: int
    done: int
    captured: int
    present: int
    missed: int
    remembered: int
    verdicts: dict[str, int]
    archives: dict[str, ArchiveCount]
    failures: tuple[Cause, ...]
    seconds: float
    requests: int
    started_at: dt.datetime
    published: Path | None
    notes: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether every archive answered for every source and every copy wanted was had."""
        return self.state == "finished" and not self.failures

    def to_json(self) -> dict[str, Any]:
        """The summary as the one JSON object of the command."""
        return {
            "ok": self.clean,
            "run_id": self.run_id,
            "state": self.state,
            "sources": self.sources,
            "done": self.done,
            "copies": {
                "captured": self.captured, "present": self.present, "missed": self.missed, "remembered": self.remembered
            },
            "verdicts": self.verdicts,
            "archives": {name: asdict(count) for name, count in self.archives.items()},
            "failures": [cause.to_json() for cause in self.failures],
            "seconds": round(self.seconds, 3),
            "requests": self.requests,
            "started_at": self.started_at.isoformat(timespec="seconds"),
            "published": self.published.name if self.published else None,
            "notes": list(self.notes),
        }  # fmt: skip

    def to_text(self) -> str:
        """The summary for a person."""
        told = [f"{self.captured} captured", f"{self.present} here already", f"{self.missed} not to be had"]
        told += [f"{self.remembered} left alone (not to be had before)"] if self.remembered else []
        done = f"{self.done} of {self.sources} sources in {self.seconds:.1f} s"
        lines = [f"Backfill {self.run_id}: {done}; copies: {', '.join(told)}."]
        if self.state != "finished":
            lines.append("It was ended before it was through. To go on: run the same command again.")
        for count in self.archives.values():
            odd = f", {count.senseless} rows made no sense" if count.senseless else ""
            left = f"; not asked for {count.unasked} sources, because: {count.left}" if count.left else ""
            lines.append(f"{count.name}: {count.listed} copies listed{odd}, {count.fetched} fetched{left}")
        for cause in self.failures:
            lines += ["", f"{cause.words[:1].upper()}{cause.words[1:]} ({cause.outcome}, {len(cause.sources)})"]
            lines += [f"  {source_id}: {detail}" for source_id, detail in cause.sources[:20]]
            lines += [f"  … and {len(cause.sources) - 20} more"] if len(cause.sources) > 20 else []
        lines += [f"Note: {note}" for note in self.notes]
        lines.append(f"Published {self.published.name}." if self.published else "Nothing was published.")
        return "\n".join(lines)
