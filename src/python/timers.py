"""What the event loop still has to call: kept here as well, so that it is called in the instance that goes on with this memory."""

import asyncio
import contextvars
import math
from collections.abc import Callable
from typing import Any

from pyodide import webloop

_call_later = webloop.WebLoop.call_later


class _Call:
    """Something that is to be called once."""

    __slots__ = ('args', 'callback', 'handle', 'loop', 'when')

    def __init__(self, loop: webloop.WebLoop, when: float, callback: Callable[..., Any], args: tuple[Any, ...]) -> None:
        self.loop = loop
        self.when = when
        self.callback = callback
        self.args = args
        self.handle: asyncio.Handle | None = None

    def __call__(self) -> None:
        _due.pop(self, None)
        # In an instance that goes on it is another handle that calls, and the program knows of this one only.
        if not self.cancelled:
            self.callback(*self.args)

    def __repr__(self) -> str:
        return repr(self.callback)

    @property
    def cancelled(self) -> bool:
        return self.handle is not None and self.handle.cancelled()


# In the order in which they were asked for.
_due: dict[_Call, None] = {}


def prepare() -> None:
    """Makes the event loop tell this module of every call."""
    webloop.WebLoop.call_later = call_later


def call_later(
    self: webloop.WebLoop, delay: float, callback: Callable[..., Any], *args: Any, context: contextvars.Context | None = None
) -> asyncio.Handle:
    """WebLoop.call_later, which also takes note."""
    call = _Call(self, self.time() + delay, callback, args)
    call.handle = _call_later(self, delay, call, context=context)
    if delay != math.inf:
        _due[call] = None
    return call.handle


def resume() -> None:
    """Has everything that is due called in this instance: what the one before had asked its browser for is gone."""
    for call in sorted(_due, key=lambda call: call.when):
        context = call.handle.get_context() if call.handle else None
        _call_later(call.loop, max(0.0, call.when - call.loop.time()), call, context=context)


def tidy() -> None:
    """Forgets what was cancelled: its callbacks would be kept with the memory."""
    for call in [call for call in _due if call.cancelled]:
        del _due[call]
