"""Calls that wait for an awaitable in the middle of ordinary code: run_sync(), and what Pyodide builds on it: asyncio.run(), time.sleep().

They suspend the whole stack. Neither does a signal reach it there, nor does cancelling the task: what it waits for has to be cancelled.
"""

import asyncio
from collections.abc import Awaitable
from typing import Any

from pyodide import ffi, webloop

_run_sync = ffi.run_sync
# What each suspended task waits for.
_awaited: dict[asyncio.Future[Any], asyncio.Future[Any]] = {}
# Of those, what was cancelled by `interrupt`.
_interrupted: set[asyncio.Future[Any]] = set()
# How many others there are: of callbacks, which no task runs.
_suspended_callbacks = 0


def prepare() -> None:
    """Makes every such call one that `interrupt` can end."""
    ffi.run_sync = webloop.run_sync = run_sync


def is_suspended() -> bool:
    """Whether a stack is suspended now: it is no part of Python's memory, so that would not be whole without it."""
    return bool(_awaited) or _suspended_callbacks > 0


def run_sync(x: Awaitable[Any]) -> Any:
    """Pyodide's run_sync(), which raises KeyboardInterrupt when it is interrupted, as any call that blocks does."""
    task = asyncio.current_task()
    if not ffi.can_run_sync():
        return _run_sync(x)
    if task is None:
        return _run_in_callback(x)
    future = asyncio.ensure_future(x)
    _awaited[task] = future
    try:
        return _run_sync(future)
    except asyncio.CancelledError:
        if future not in _interrupted:
            raise
        raise KeyboardInterrupt from None
    finally:
        del _awaited[task]
        _interrupted.discard(future)


def _run_in_callback(x: Awaitable[Any]) -> Any:
    global _suspended_callbacks
    _suspended_callbacks += 1
    try:
        return _run_sync(x)
    finally:
        _suspended_callbacks -= 1


def interrupt(task: asyncio.Task[Any]) -> bool:
    """Cancels `task`, or what it is suspended for; false when it has ended."""
    innermost: asyncio.Future[Any] = task
    while innermost in _awaited:
        innermost = _awaited[innermost]
        _interrupted.add(innermost)
    return innermost.cancel()
