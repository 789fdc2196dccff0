"""An exception as data: ErrorReport in base/mime-bundle.ts."""

import traceback
from types import TracebackType
from typing import Any

from . import objects

LONGEST_TEXT = 100_000
LONGEST_LINE = 500
# Of a deep recursion the beginning and the end are told.
MOST_FRAMES = 60
MOST_PARTS = 10
HOME = '/home/pyodide/'
_FOLDER = __file__.removesuffix('errors.py')


def report(error: BaseException, filename: str) -> dict[str, Any]:
    """Begins and ends in the user's own code, not in the code that runs it."""
    trace = _own_part(error.__traceback__, filename)
    parts: list[dict[str, Any]]
    last: dict[str, Any]
    try:
        text = ''.join(traceback.format_exception(type(error), error, trace))
        parts = _parts(traceback.TracebackException(type(error), error, trace, compact=True))
        last = parts[-1]
    except BaseException as second:  # A hostile __str__, or no stack left.
        text = f'{type(error).__name__} (its traceback could not be written: {type(second).__name__})\n'
        last = {'name': type(error).__name__, 'message': '', 'relation': None, 'frames': []}
        parts = [last]
    return {'name': last['name'], 'message': last['message'], 'text': objects.shortened(text, LONGEST_TEXT), 'parts': parts}


def _parts(error: traceback.TracebackException) -> list[dict[str, Any]]:
    """What led to it first, as Python prints them."""
    parts: list[dict[str, Any]] = []
    # How the one that came after it came about.
    relation: str | None = None
    at: traceback.TracebackException | None = error
    while at is not None and len(parts) < MOST_PARTS:
        parts.append({'relation': relation, **_part(at)})
        relation = 'cause' if at.__cause__ is not None else 'context'
        at = at.__cause__ if at.__cause__ is not None else None if at.__suppress_context__ else at.__context__
    parts.reverse()
    return parts


def _part(error: traceback.TracebackException) -> dict[str, Any]:
    lines = list(error.format_exception_only())
    name = error.exc_type_str.removeprefix('builtins.') if error.exc_type_str else 'Exception'
    frames = [_frame(frame) for frame in error.stack]
    if getattr(error, 'filename', None) and getattr(error, 'lineno', None):  # A SyntaxError: the place that it names.
        source = str(getattr(error, 'text', '') or '').strip('\n')
        frames.append(_place(str(error.filename), int(error.lineno or 0), '', source))
        message = str(getattr(error, 'msg', '') or '')
    else:
        message = ''.join(lines).strip('\n').removeprefix(name).removeprefix(': ')
    left_out = max(0, len(frames) - MOST_FRAMES)
    if left_out:
        frames = frames[: MOST_FRAMES // 2] + frames[-MOST_FRAMES // 2 :]
    return {'name': name[:LONGEST_LINE], 'message': message[:LONGEST_TEXT], 'frames': frames, 'leftOut': left_out}


def _frame(frame: traceback.FrameSummary) -> dict[str, Any]:
    return _place(frame.filename, frame.lineno or 0, frame.name, frame.line or '')


def _place(file: str, line: int, name: str, source: str) -> dict[str, Any]:
    return {
        'file': file[:LONGEST_LINE],
        'line': line,
        'name': name[:LONGEST_LINE],
        'source': source[:LONGEST_LINE],
        # The user's code is what was run, and modules among the user's files; all else is a library's.
        'library': file.startswith('<frozen') or not (file.startswith('<') or (file.startswith(HOME) and '/site-packages/' not in file)),
    }


def _own_part(trace: TracebackType | None, filename: str) -> TracebackType | None:
    while trace is not None and trace.tb_frame.f_code.co_filename != filename:
        trace = trace.tb_next
    # Where Stop or input() raise in Dormouse's own code is nobody's concern either.
    last = trace
    while last is not None and last.tb_next is not None:
        if last.tb_next.tb_frame.f_code.co_filename.startswith(_FOLDER):
            last.tb_next = None
        last = last.tb_next
    return trace
