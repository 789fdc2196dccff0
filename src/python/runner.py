"""Runs one piece of the user's code at a time, in the namespace of `__main__`."""

import ast
import asyncio
import builtins
import io
import json
import linecache
import platform
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from pyodide.code import CodeRunner

from . import displays, errors, frames, images, ipython, network, objects, packages, suspension, variables

_current: asyncio.Task[str] | None = None


class NoInput(io.TextIOBase):
    """sys.stdin where Python cannot wait for the page."""

    reason = (
        'input() cannot wait for an answer here: this page is not cross-origin isolated '
        '(its server sends no COOP and COEP headers). Put the value into a variable or a file instead.'
    )

    def readable(self) -> bool:
        return True

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
        raise OSError(self.reason)

    def read(self, size: int | None = -1, /) -> str:
        raise OSError(self.reason)


_no_input = NoInput()
_stdin = sys.stdin


def prepare() -> None:
    """Connects the streams as a terminal would: what is printed goes out at each line's end, and Stop ends what waits."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    suspension.prepare()
    images.prepare()
    ipython.prepare()
    network.prepare()
    signal.signal(signal.SIGINT, _on_signal)


def version() -> str:
    """CPython's, such as 3.14.2."""
    return platform.python_version()


def connect(can_wait: bool) -> None:
    """Says whether Python can wait for the page where it is now: a session may be resumed where that is another answer."""
    if sys.stdin is _stdin or sys.stdin is _no_input:
        sys.stdin = _stdin if can_wait else _no_input


def run(code: str, filename: str, listen: Callable[[bool], None]) -> asyncio.Future[str]:
    """
    Runs `code`; shows the value of a last expression, or the error that ended it. Results in JSON: [status, exit code].
    `listen` is told when a signal for this run may be raised: in the user's code, never in the code around it.
    """
    global _current
    # So that tracebacks can quote the user's own lines, also later.
    linecache.cache[filename] = (len(code), None, code.splitlines(keepends=True), filename)
    # Known before its first step, so that it can be cancelled from the moment that it was asked for.
    _current = asyncio.ensure_future(_run(code, filename, listen))
    return asyncio.ensure_future(_ended(_current))


async def _ended(task: asyncio.Task[str]) -> str:
    global _current
    try:
        return await task
    except asyncio.CancelledError:
        return json.dumps(['interrupted', None])
    finally:
        _current = None


def interrupt() -> bool:
    """Cancels a run that has not begun or is waiting for something, and says whether; one that computes gets a signal instead."""
    return _current is not None and suspension.interrupt(_current)


def _on_signal(_number: int, _frame: FrameType | None) -> None:
    """Outside of every task it has hit the event loop: an exception there would only lose what wakes the run."""
    if _current is not None and asyncio.current_task(_current.get_loop()) is None and interrupt():
        return
    raise KeyboardInterrupt


async def _run(code: str, filename: str, listen: Callable[[bool], None]) -> str:
    namespace: dict[str, Any] = sys.modules['__main__'].__dict__
    status: str = 'finished'
    exit_code: int | None = None
    frames.forget()
    variables.forget()
    try:
        code = await packages.prepare(code)
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        runner = CodeRunner(code, filename=filename, return_mode='last_expr', flags=flags).compile()
        try:
            listen(True)
            value = await runner.run_async(namespace)
            if value is not None:
                builtins._ = value  # type: ignore[attr-defined]
                displays.show_value(value)
            objects.show_figures()
        finally:
            listen(False)
    except SystemExit as error:
        status, exit_code = 'exited', _exit_code(error)
    except (KeyboardInterrupt, asyncio.CancelledError) as error:
        status = 'interrupted'
        displays.send_error(errors.report(KeyboardInterrupt().with_traceback(error.__traceback__), filename))
    except BaseException as error:
        status = 'failed'
        packages.explain(error)
        displays.send_error(errors.report(error, filename))
    _flush()
    return json.dumps([status, exit_code])


def _exit_code(error: SystemExit) -> int:
    """What a process would have ended with: sys.exit() and None are 0, text is printed and is 1."""
    if error.code is None:
        return 0
    if isinstance(error.code, int):
        return error.code
    print(error.code, file=sys.stderr)
    return 1


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # The user's code has closed or replaced it: nothing is left to flush.
            continue
