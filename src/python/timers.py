"""What the event loop still has to call: kept here as well, so that it is called in the instance that goes on with this memory."""

import asyncio
import contextvars
import math
from collections.abc import Callable
from typing import Any

from pyodide import webloop
from pyodide.ffi import create_once_callable

_MOST_TIME_MS = 2**31 - 1
# In the order in which they were asked for, with the time of the loop's clock at which each is due.
_due: dict[asyncio.Handle, float] = {}


def prepare() -> None:
    """Makes the event loop tell this module of every call."""
    webloop.WebLoop.call_later = _call_later


def resume() -> None:
    """Has everything that is due called in this instance: what the one before had asked its browser for is gone."""
    for handle, when in sorted(_due.items(), key=lambda item: item[1]):
        loop = handle._loop  # type: ignore[attr-defined]
        _schedule(loop, handle, max(0.0, when - loop.time()))


def tidy() -> None:
    """Forgets what was cancelled: without this its callbacks would be kept with the memory."""
    for handle in [handle for handle in _due if handle.cancelled()]:
        del _due[handle]


def _call_later(
    self: webloop.WebLoop, delay: float, callback: Callable[..., Any], *args: Any, context: contextvars.Context | None = None
) -> asyncio.Handle:
    """WebLoop.call_later, which also takes note."""
    if delay < 0:
        raise ValueError("Can't schedule in the past")
    handle = asyncio.Handle(callback, args, self, context=context)
    if delay != math.inf:
        _due[handle] = self.time() + delay
        _schedule(self, handle, delay)
    return handle


def _schedule(loop: webloop.WebLoop, handle: asyncio.Handle, delay: float) -> None:
    def run_handle() -> None:
        _due.pop(handle, None)
        loop._install_running_loop()
        loop._install_asyncgen_hooks()
        if handle.cancelled():
            return
        try:
            handle._run()
        except SystemExit as error:
            if not loop._system_exit_handler:
                raise
            loop._system_exit_handler(error.code)
        except KeyboardInterrupt:
            if not loop._keyboard_interrupt_handler:
                raise
            loop._keyboard_interrupt_handler()

    webloop.scheduleCallback(create_once_callable(run_handle, _may_syncify=True), min(delay * 1000, _MOST_TIME_MS))
