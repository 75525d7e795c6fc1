"""Log lines for whoever runs this: off unless SIM_RECORD_LOG asks for them, one line an event, on stderr.

    SIM_RECORD_LOG=json         one JSON object a line
    SIM_RECORD_LOG=text         time, level, logger, event, then name=value
    SIM_RECORD_LOG_LEVEL=debug  debug, info (the default), warning or error

Both forms are made from what the standard library's logging hands over: a library for it would save ten lines. What
comes from outside (addresses, titles, paths) can neither begin a line of its own nor move a terminal's cursor.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import sys
import traceback
from typing import Any, Final

VARIABLE: Final = "SIM_RECORD_LOG"
LEVEL_VARIABLE: Final = "SIM_RECORD_LOG_LEVEL"
FORMS: Final = ("json", "text")
LEVELS: Final = ("debug", "info", "warning", "error")
OWN: Final = ("sim_record", "scrapers", "dashboard", "data")
"""Loggers that the level is for; libraries speak up only to warn."""


class LogError(Exception):
    """A setting is not one of those allowed; the message says which are."""


def event(logger: logging.Logger, level: int, name: str, **fields: Any) -> None:
    """Log one event with what belongs to it: source_id, url, outcome, seconds … Nothing where no log was asked for,
    though logging itself would print a warning then."""
    if logger.isEnabledFor(level) and logger.hasHandlers():
        logger.log(level, name, extra={"fields": fields})


def form() -> str | None:
    """ "json", "text", or None where no log is asked for. Raises LogError."""
    return _one_of(VARIABLE, FORMS)


def _one_of(variable: str, allowed: tuple[str, ...]) -> str | None:
    told = os.environ.get(variable, "").strip().lower()
    if told and told not in allowed:
        raise LogError(f"{variable} is {told!r}; allowed: {', '.join(allowed)}. Leave it out for no log.")
    return told or None


def begin() -> logging.Handler | None:
    """Set logging up as the environment asks. Gives the one handler, or None where no log is asked for; beginning again
    changes nothing. Raises LogError."""
    wanted, level = form(), _one_of(LEVEL_VARIABLE, LEVELS)
    if wanted is None:
        return None
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, (JsonLines, TextLines)):
            return handler
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if wanted == "json" else TextLines())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for name in OWN:
        logging.getLogger(name).setLevel((level or "info").upper())
    logging.captureWarnings(True)
    return handler


def is_json() -> bool:
    """Whether stderr is for programs: then what is said to a person is an event as well."""
    return any(isinstance(handler.formatter, JsonLines) for handler in logging.getLogger().handlers)


def facts_of(record: logging.LogRecord) -> dict[str, Any]:
    """An event as names and values, the same in both forms; `time` is UTC, ISO 8601."""
    moment = dt.datetime.fromtimestamp(record.created, tz=dt.UTC)
    facts: dict[str, Any] = {
        "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": record.getMessage(),
    }
    for name, value in getattr(record, "fields", {}).items():
        if value is not None:
            facts[name] = round(value, 3) if isinstance(value, float) else value
    return facts


def _trace(record: logging.LogRecord) -> str | None:
    return "".join(traceback.format_exception(*record.exc_info)).rstrip() if record.exc_info else None


class JsonLines(logging.Formatter):
    """One JSON object a line, ASCII: no character in it can end the line or act on a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        facts = facts_of(record)
        if trace := _trace(record):
            facts["exception"] = trace
        return json.dumps(facts, default=str)


class TextLines(logging.Formatter):
    """A line for people. Values that hold spaces or anything unprintable stand in quotes, escaped; the lines of a
    traceback follow behind a bar."""

    def format(self, record: logging.LogRecord) -> str:
        facts = facts_of(record)
        head = " ".join([facts.pop("time"), facts.pop("level"), facts.pop("logger"), plain(facts.pop("event"))])
        line = " ".join([head, *(f"{name}={_quoted(str(value))}" for name, value in facts.items())])
        return "\n".join([line, *(f"  | {plain(each)}" for each in (_trace(record) or "").split("\n") if each)])


def plain(text: str) -> str:
    """The text with everything escaped that is not printable, line breaks and marks of direction among it."""
    return "".join(each if each.isprintable() else json.dumps(each)[1:-1] for each in text)


def plain_lines(text: str) -> str:
    """The same of each line of a text; tabs stay."""
    return "\n".join("\t".join(map(plain, line.split("\t"))) for line in text.split("\n"))


def _quoted(text: str) -> str:
    if text and text.isprintable() and not any(each in text for each in ' "='):
        return text
    return json.dumps(text)
