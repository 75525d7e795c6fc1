"""Work beside the event loop: in a thread for readers on the web, at once where pages are made for files."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, ParamSpec, TypeVar

import anyio
import anyio.to_thread
from starlette import concurrency

from dashboard.start import START

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


async def run_in_threadpool(function: Callable[Given, Answer], *args: Given.args, **kwargs: Given.kwargs) -> Answer:
    """What `function(...)` gives, without holding up other requests.

    While START is held there are none: a change of threads would only cost time, some thousands of times.
    """
    if START.held is not None:
        return function(*args, **kwargs)
    return await concurrency.run_in_threadpool(function, *args, **kwargs)


FEW: Final = 3
"""Threads that make pages of rows: each is some milliseconds of the processor, and dozens at once only get in each
other's way."""
_few = anyio.CapacityLimiter(FEW)


async def run_in_few_threads(function: Callable[Given, Answer], *args: Given.args, **kwargs: Given.kwargs) -> Answer:
    """The same for what takes the processor alone and waits for nothing: whoever came first is done first."""
    if START.held is not None:
        return function(*args, **kwargs)
    return await anyio.to_thread.run_sync(partial(function, *args, **kwargs), limiter=_few)
