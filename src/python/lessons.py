"""Checks of lessons: Python that a lesson's author wrote, run when the learner asks for it. docs/lesson.md says how."""

import contextlib
import json
import linecache
import os
import sys
from datetime import UTC, datetime
from typing import Any

_FOLDER = '/home/pyodide/.dormouse'
_PROGRESS = f'{_FOLDER}/progress.json'
_FORMAT = 'dormouse-lesson-progress'
_LONGEST = 2000


def check(step: int, source: str, about: str) -> None:
    """
    Runs the check of step number `step`, counted from 0, and notes what came of it in the progress file.
    `about` is JSON: title and steps of the lesson.
    """
    message = _attempt(step, source)
    lesson = json.loads(about)
    known = _read()
    untried = {'passed': None, 'tries': 0, 'message': None}
    steps = [each | untried | _kept(known, index) for index, each in enumerate(lesson['steps'])]
    now = datetime.now(UTC).isoformat(timespec='seconds')
    steps[step] |= {
        'passed': now if message is None else steps[step]['passed'],
        'tries': steps[step]['tries'] + 1,
        'message': message,
    }
    done = all(each['passed'] is not None for each in steps if each['checked'])
    _write(
        {
            'format': _FORMAT,
            'version': 1,
            'lesson': lesson['title'],
            'finished': max(each['passed'] for each in steps if each['passed']) if done else None,
            'steps': steps,
        }
    )
    print(f'Step {step + 1}: passed.' if message is None else f'Step {step + 1}: not yet. {message}')


def _attempt(step: int, source: str) -> str | None:
    """What a failing check says; None when it passes. It sees the learner's variables, and its own stay with it."""
    filename = f'<check of step {step + 1}>'
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    try:
        exec(compile(source, filename, 'exec'), dict(sys.modules['__main__'].__dict__))
    except AssertionError as error:
        return str(error)[:_LONGEST] or 'What the check looked for is not there yet.'
    except Exception as error:
        return f'The check ended with {type(error).__name__}: {error}'[:_LONGEST]
    return None


def _read() -> list[Any]:
    try:
        with open(_PROGRESS, encoding='utf-8') as file:
            value: Any = json.load(file)
        return list(value['steps']) if value['format'] == _FORMAT else []
    except OSError, ValueError, TypeError, KeyError:
        # There is none yet, or it is somebody else's.
        return []


def _kept(known: list[Any], index: int) -> dict[str, Any]:
    """What the file says of a step, as far as it makes sense."""
    try:
        passed, tries = known[index]['passed'], known[index]['tries']
    except IndexError, TypeError, KeyError:
        return {}
    return {'passed': passed if isinstance(passed, str) else None, 'tries': max(0, tries) if isinstance(tries, int) else 0}


def _write(progress: dict[str, Any]) -> None:
    os.makedirs(_FOLDER, exist_ok=True)
    new = f'{_PROGRESS}.new'
    try:
        with open(new, 'w', encoding='utf-8') as file:
            json.dump(progress, file, indent=2, ensure_ascii=False)
            file.write('\n')
        os.replace(new, _PROGRESS)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(new)
        raise
