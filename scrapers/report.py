"""What a run came to: counts by outcome, and failures grouped by cause with what to do about each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from data.labels import label
from data.vocabulary import GOOD_OUTCOMES, OUTCOMES

WHAT_TO_DO: Final[dict[str, str]] = {
    "not-found": "Look for the page's new address and put it into sources.csv; a web archive may hold the old page.",
    "gone": "Nothing: the site says that it is gone for good. It is asked again after 30 days; an archive may hold it.",
    "blocked": "Open it in a browser. If people can read it, write to the publisher and ask that this record may too.",
    "challenge": "Write to the publisher and ask that this record may read it; never get round the question.",
    "robots": "Nothing, if the site asks not to be collected; where robots.txt could not be reached, try again later.",
    "rate-limited": "Run again later, or raise delay in programme.toml.",
    "timed-out": "Run again later; if it stays so, raise deadline in programme.toml or look whether the site moved.",
    "dns-error": "Check the connection of this machine. If others answer, the name is gone: look for a new address.",
    "tls-error": "The site must renew its certificate: write to the publisher. Nothing is read without a valid one.",
    "refused-address": "Correct the address in sources.csv: it leads to a private network, or is no web address.",
    "too-large": "If the file is wanted, raise max_raw_mb or max_decoded_mb in programme.toml.",
    "truncated": "Run again; if it stays so, the site serves it cut off: write to the publisher.",
    "undecodable": "Run again; if it stays so, the site serves it broken: write to the publisher.",
    "wrong-type": "Look at what the address serves now; correct the address or the format in sources.csv.",
    "empty": "Open it in a browser. A page made by scripts cannot be read here: look for another address of it.",
    "no-text": "Look at the file: a scan holds pictures of words. Ask the publisher for a text.",
    "structure-changed": "The page is built anew: the rules that read it must be looked at.",
    "server-error": "Run again later.",
    "connect-error": "Run again later; if it stays so, look whether the site has moved.",
    "redirect-loop": "Open it in a browser and put the address where it ends into sources.csv.",
    "protocol-error": "Run again later; if it stays so, write to the publisher.",
    "no-address": "Find an address and put it into sources.csv, or leave it: the note of the source says why.",
}


@dataclass(frozen=True)
class Cause:
    """All failures of a run by one cause: how it is called, what to do, and (source_id, detail) of each."""

    outcome: str
    words: str
    what_to_do: str
    sources: tuple[tuple[str, str], ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome,
            "words": self.words,
            "what_to_do": self.what_to_do,
            "sources": [{"source_id": source_id, "detail": detail} for source_id, detail in self.sources],
        }


@dataclass(frozen=True)
class RunSummary:
    """What a run came to. `sources` counts those it set out to ask, `done` those with an attempt; `seconds` is how long
    it took; `published` the database that readers now see, or None."""

    run_id: str
    state: str
    sources: int
    done: int
    outcomes: dict[str, int]
    failures: tuple[Cause, ...]
    seconds: float
    requests: int
    started_at: dt.datetime
    published: Path | None = None
    notes: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether every source was captured or found unchanged, and none was left unasked."""
        return self.done == self.sources and all(outcome in GOOD_OUTCOMES for outcome in self.outcomes)

    def to_json(self) -> dict[str, Any]:
        """The summary as the one JSON object of the command."""
        return {
            "ok": self.clean,
            "run_id": self.run_id,
            "state": self.state,
            "sources": self.sources,
            "done": self.done,
            "outcomes": self.outcomes,
            "failures": [cause.to_json() for cause in self.failures],
            "seconds": round(self.seconds, 3),
            "requests": self.requests,
            "started_at": self.started_at.isoformat(timespec="seconds"),
            "published": self.published.name if self.published else None,
            "notes": list(self.notes),
        }

    def to_text(self) -> str:
        """The summary for a person: a line of counts, then each cause with what to do and its sources."""
        told = ", ".join(f"{count} {outcome}" for outcome, count in self.outcomes.items()) or "nothing asked"
        lines = [f"Run {self.run_id}: {self.done} of {self.sources} sources in {self.seconds:.1f} s: {told}."]
        if self.state != "finished":
            lines.append("The run was ended before it was through. To go on with it: sim-record collect --resume")
        for cause in self.failures:
            lines.append("")
            lines.append(
                f"{cause.words[:1].upper()}{cause.words[1:]} ({cause.outcome}, {len(cause.sources)}). "
                f"{cause.what_to_do}"
            )
            lines += [f"  {source_id}: {detail}" for source_id, detail in cause.sources[:20]]
            if len(cause.sources) > 20:
                lines.append(f"  … and {len(cause.sources) - 20} more")
        lines += [f"Note: {note}" for note in self.notes]
        lines.append(f"Published {self.published.name}." if self.published else "Nothing was published.")
        return "\n".join(lines)


def group(failed: Sequence[tuple[str, str, str]]) -> tuple[Cause, ...]:
    """(outcome, source_id, detail) rows by cause, in the order of the vocabulary."""
    by_outcome: dict[str, list[tuple[str, str]]] = {}
    for outcome, source_id, detail in failed:
        by_outcome.setdefault(outcome, []).append((source_id, detail))
    return tuple(
        Cause(outcome, label("attempt.outcome", outcome), WHAT_TO_DO.get(outcome, ""), tuple(by_outcome[outcome]))
        for outcome in OUTCOMES
        if outcome in by_outcome
    )


def sentence(outcome: str, why: str = "", *, note: str = "") -> str:
    """An outcome and what it rests on, as a sentence for a person."""
    words = label("attempt.outcome", outcome)
    text = f"{words[:1].upper()}{words[1:]}" + (f": {why.rstrip('.')}" if why else "") + "."
    return f"{text} {note}".strip()
