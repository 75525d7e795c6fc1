"""Work beside the event loop: in a thread for readers on the web, at once where pages are made for files."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

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
