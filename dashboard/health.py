"""Two addresses for whoever runs the server: /healthz (does it answer?) and /readyz (has it a record to show?).

Neither tells anything of readers, neither builds anything, and neither answer is kept.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import duckdb
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from dashboard.start import START
from dashboard.threads import run_in_threadpool
from data.home import HomeError
from data.published import NotPublished
from data.version import software_version

ALIVE: Final = "/healthz"
READY: Final = "/readyz"
ADDRESSES: Final = frozenset({ALIVE, READY})
"""What a watcher asks every few seconds, by whatever name it knows the machine: to be counted against nobody."""
_HEADERS: Final = {"Cache-Control": "no-store"}


async def alive(_request: Request) -> JSONResponse:
    """200 while this process answers at all."""
    return JSONResponse({"alive": True}, headers=_HEADERS)


async def ready(_request: Request) -> JSONResponse:
    """200 with number, age and version where a record is published and can be read, else 503 and why."""
    told = await run_in_threadpool(readiness)
    return JSONResponse(told, status_code=200 if told["ready"] else 503, headers=_HEADERS)


def readiness() -> dict[str, Any]:
    """Whether a record can be shown, and which. `age` is in seconds. Reasons name no folder of the machine."""
    version = software_version()
    try:
        record = START.published()
        record.rows("SELECT 1 FROM build")
    except HomeError:
        return {"ready": False, "version": version, "reason": "There is no home to read. Run: sim-record doctor"}
    except (NotPublished, duckdb.Error) as error:
        # a cause names files of the machine
        nothing = isinstance(error, NotPublished) and error.__cause__ is None
        why = str(error) if nothing else "The published record cannot be read. Run: sim-record doctor"
        return {"ready": False, "version": version, "reason": why}
    age = (dt.datetime.now(dt.UTC) - record.built_at).total_seconds()
    return {
        "ready": True, "version": version, "record": record.number,
        "published_at": record.built_at.isoformat(timespec="seconds"), "age": round(age),
    }  # fmt: skip


def routes() -> list[Route]:
    """Both addresses."""
    return [Route(ALIVE, alive), Route(READY, ready)]
