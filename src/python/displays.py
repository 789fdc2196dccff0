"""What user code shows beside text: values in their richest form, displays that can be updated, errors as data.

Each goes to the page as one message in JSON: DisplayMessage in protocol/display.ts. Data are MIME bundles as Jupyter's are.
"""

# What any object may be is not known, and here it is about any object.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false, reportUnknownLambdaType=false

import base64
import itertools
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from . import frames, objects

# In characters of JSON: what is longer is left out of a bundle. protocol/display.ts has the same limits.
LONGEST_DATA = 8 * 1024 * 1024
LONGEST_TEXT = 100_000
MOST_TYPES = 30
TEXT = 'text/plain'
# Jupyter's methods, and what they give. Those of binary formats give bytes.
_METHODS = {
    '_repr_html_': 'text/html',
    '_repr_markdown_': 'text/markdown',
    '_repr_svg_': 'image/svg+xml',
    '_repr_png_': 'image/png',
    '_repr_jpeg_': 'image/jpeg',
    '_repr_latex_': 'text/latex',
    '_repr_json_': 'application/json',
}
_numbers = itertools.count(1)

Bundle = dict[str, Any]


def display(
    *values: Any,
    raw: bool = False,
    metadata: Bundle | None = None,
    display_id: str | bool | None = None,
    transient: Bundle | None = None,
    clear: bool = False,
    **_ignored: Any,
) -> DisplayHandle | None:
    """Shows values, as IPython.display.display does. With a `display_id` (True makes one up) they can be updated later."""
    if clear:
        clear_output(wait=True)
    name = _name(display_id if display_id is not None else (transient or {}).get('display_id'))
    for value in values:
        publish(*(_raw(value, metadata) if raw else bundle_of(value, metadata)), display_id=name)
    return DisplayHandle(name) if name is not None else None


def update_display(value: Any, *, display_id: str, raw: bool = False, metadata: Bundle | None = None, **_ignored: Any) -> None:
    """Shows `value` in the place of what was displayed under that id."""
    publish(*(_raw(value, metadata) if raw else bundle_of(value, metadata)), display_id=display_id, update=True)


def clear_output(wait: bool = False) -> None:
    """Takes away what this run has shown so far; with `wait` only when something new is shown."""
    _send({'kind': 'clear', 'wait': bool(wait)})


class DisplayHandle:
    """Something that was displayed and can be updated."""

    def __init__(self, display_id: str | None = None) -> None:
        self.display_id = display_id or _name(True)

    def __repr__(self) -> str:
        return f'<DisplayHandle display_id={self.display_id}>'

    def display(self, value: Any, **options: Any) -> None:
        display(value, display_id=self.display_id, **options)

    def update(self, value: Any, **options: Any) -> None:
        update_display(value, display_id=str(self.display_id), **options)


def progress[Item](values: Iterable[Item], total: int | None = None, label: str = '') -> Iterator[Item]:
    """Goes through `values` and shows how far it is, in one place."""
    if total is None:
        try:
            total = len(values)  # type: ignore[arg-type]
        except TypeError:
            total = None
    handle = DisplayHandle()
    began = shown = time.monotonic()
    publish(*_progress(label, 0, total, 0.0), display_id=handle.display_id)
    done = 0
    for value in values:
        yield value
        done += 1
        now = time.monotonic()
        if now - shown > 0.1:
            shown = now
            publish(*_progress(label, done, total, now - began), display_id=handle.display_id, update=True)
    publish(*_progress(label, done, done, time.monotonic() - began), display_id=handle.display_id, update=True)


def _progress(label: str, done: int, total: int | None, seconds: float) -> tuple[Bundle, Bundle]:
    text = f'{label + ": " if label else ""}{done:,}{f" of {total:,}" if total is not None else ""}'
    state = {'label': str(label)[:200], 'done': done, 'total': total, 'seconds': seconds}
    return {'application/vnd.dormouse.progress+json': state, TEXT: text}, {}


def show_value(value: Any) -> None:
    """The value of a last expression."""
    shown = _by_itself(value)
    if shown is None:
        data, metadata = bundle_of(value)
        _send({'kind': 'value', 'data': data, 'metadata': metadata})


def publish(data: Bundle, metadata: Bundle | None = None, *, display_id: str | None = None, update: bool = False) -> None:
    """Sends a bundle that is ready. An empty one was shown by the object itself."""
    if data:
        _send({'kind': 'display', 'id': display_id, 'update': update, 'data': data, 'metadata': metadata or {}})


def send_error(report: dict[str, Any]) -> None:
    """An error that has ended a run: ErrorReport in base/mime-bundle.ts."""
    _send({'kind': 'error', **report})


def bundle_of(value: Any, metadata: Bundle | None = None) -> tuple[Bundle, Bundle]:
    """A value in all the forms that it has, and what is said of them."""
    if _by_itself(value) is not None:
        return {}, {}
    data: Bundle = {}
    told: Bundle = dict(metadata or {})
    maker = objects.maker_of(value)
    made = maker(value) if maker else None
    if made:
        data.update(made)
    elif not isinstance(value, type):
        _ask(value, data, told)
    table = frames.snapshot(value)
    if table is not None:
        data[frames.MIME] = table
    if TEXT not in data:
        data[TEXT] = objects.text_of(value)
    return _bounded(data), told


def _ask(value: Any, data: Bundle, metadata: Bundle) -> None:
    """What the object's own methods give. One that fails is passed over: there is always its text."""
    answer = _call(value, '_repr_mimebundle_', include=None, exclude=None)
    if isinstance(answer, tuple) and len(answer) == 2:
        answer, about = answer
        metadata.update(about or {})
    if isinstance(answer, dict):
        data.update({str(kind): content for kind, content in answer.items()})
    for method, kind in _METHODS.items():
        if kind in data:
            continue
        content = _call(value, method)
        if isinstance(content, tuple) and len(content) == 2:
            content, about = content
            metadata[kind] = about
        if content is not None:
            data[kind] = content


def _call(value: Any, method: str, **arguments: Any) -> Any:
    try:
        function = getattr(value, method, None)
        # An object that answers to every name would answer to this one too.
        if not callable(function) or callable(getattr(value, '_this_method_is_not_there_', None)):
            return None
        return function(**arguments)
    except NotImplementedError:
        return None
    except Exception as error:
        print(f'{type(value).__name__}.{method} failed: {type(error).__name__}', file=sys.stderr)
        return None


def _by_itself(value: Any) -> bool | None:
    """True for an object that has shown itself, as Jupyter's `_ipython_display_` does."""
    if isinstance(value, type) or objects.maker_of(value) is not None:
        return None
    try:
        function = getattr(value, '_ipython_display_', None)
        if not callable(function) or callable(getattr(value, '_this_method_is_not_there_', None)):
            return None
        function()
        return True
    except NotImplementedError:
        return None


def _raw(value: Any, metadata: Bundle | None) -> tuple[Bundle, Bundle]:
    if not isinstance(value, dict):
        raise TypeError(f'display(raw=True) takes a dict of MIME types, got {type(value).__name__}')
    return _bounded({str(kind): content for kind, content in value.items()}), dict(metadata or {})


def _bounded(data: Bundle) -> Bundle:
    """Only what JSON can say and what is not too long for the page."""
    kept: Bundle = {}
    left_out: list[str] = []
    for kind, content in itertools.islice(data.items(), MOST_TYPES):
        ready = _written(kind, content)
        if ready is None:
            left_out.append(kind)
        else:
            kept[kind] = ready
    if left_out:
        note = f'\n({", ".join(left_out)}: too large or not readable, left out)'
        kept[TEXT] = str(kept.get(TEXT, '')) + note
    return kept


def _written(kind: str, content: Any) -> Any:
    if isinstance(content, (bytes, bytearray, memoryview)):
        if len(content) > LONGEST_DATA * 3 // 4:
            return None
        return bytes(content).decode('utf-8', 'replace') if kind == 'image/svg+xml' else base64.b64encode(content).decode()
    if kind == 'application/json' or kind.endswith('+json'):
        try:
            text = json.dumps(content, default=objects.json_default)
        except TypeError, ValueError, RecursionError:
            return None
        return json.loads(text) if len(text) <= LONGEST_DATA else None
    if isinstance(content, (list, tuple)):
        content = ''.join(map(str, content))
    text = content if isinstance(content, str) else str(content)
    if kind == TEXT:
        return objects.shortened(text, LONGEST_TEXT)
    return text if len(text) <= LONGEST_DATA else None


def _name(display_id: Any) -> str | None:
    if display_id is None or display_id is False:
        return None
    return f'display-{time.time_ns():x}-{next(_numbers)}' if display_id is True else str(display_id)[:200]


def _send(message: dict[str, Any]) -> None:
    # What was printed before comes before.
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # The user's code has closed or replaced it.
            continue
    post = _post()
    if post is not None:
        post(json.dumps(message, default=objects.json_default))


def _post() -> Callable[[str], None] | None:
    """The page's end. Asked for anew each time: it is another one after a resume."""
    import pyodide_js  # type: ignore[import-not-found]

    return getattr(pyodide_js, 'dormouseDisplay', None)
