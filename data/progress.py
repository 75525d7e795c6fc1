"""How far the run under way is: a small file that the collector writes and the dashboard reads."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass
from pathlib import Path

STALE_SECONDS = 60.0


@dataclass(frozen=True)
class Progress:
    """One moment of a run. Times are ISO 8601, UTC. `state` is "collecting", "publishing" or "ended"."""

    run_id: str
    state: str
    started_at: str
    updated_at: str
    sources: int
    hosts: int
    done: int
    captured: int
    failed: int
    delay: float
    pid: int = 0

    def is_stale(self, now: dt.datetime) -> bool:
        """Whether the writer has fallen silent: it was ended from outside, or its machine was."""
        then = dt.datetime.fromisoformat(self.updated_at)
        # either way: a time to come was written by a clock that has been put right since
        return self.state != "ended" and abs((now - then).total_seconds()) > STALE_SECONDS


def write_progress(path: Path, progress: Progress) -> None:
    """Replace the file in one step, so that a reader never sees half of it."""
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps(asdict(progress)), encoding="utf-8")
    temporary.replace(path)


def read_progress(path: Path) -> Progress | None:
    """What was last written, or None where there is nothing to read or it is not whole."""
    try:
        return Progress(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
