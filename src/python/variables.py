"""
The variables of a session as the page lists them, level by level, and how one is deleted. Whatever is told is bounded, and nothing that a
user wrote is called for it: what an object is comes from kinds.py, its text from cells.py.
"""

# What any object may be is not known, and here it is about any object.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false, reportUnknownLambdaType=false

import itertools
import sys
import time
import types
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from . import cells, frames, images, kinds

# What one list holds at most, and how long it may take, in seconds: what comes later is told by its type alone.
MOST_LISTED = 1000
LONGEST_LOOK = 0.5
LONGEST_TEXT = 160
LONGEST_NAME = 200
# Columns of a frame that its text names, and values of an array.
MOST_COLUMNS = 12
MOST_VALUES = 8
# Children of one level that are told at once; a path that leads deeper leads nowhere.
MOST_CHILDREN = 100
DEEPEST = 50
# How many deleted variables can be brought back, until the next run begins.
MOST_DELETED = 20

_deleted: OrderedDict[str, tuple[str, Any]] = OrderedDict()
_numbers = itertools.count(1)


def listed(*, wanted: str, sort: str, descending: bool, pinned: list[str], code: bool, count: int) -> dict[str, Any]:
    """The look `variables`: those whose name or type contains `wanted`, pinned ones first; functions, classes and modules with `code`."""
    end = time.monotonic() + LONGEST_LOOK
    namespace = _namespace()
    names = [name for name in namespace if type(name) is str and images.is_shown(name) and (code or not _is_code(namespace[name]))]
    total = len(names)
    wanted = wanted.lower()
    if wanted:
        names = [name for name in names if wanted in name.lower() or wanted in kinds.name_of(type(namespace[name])).lower()]
    if sort == 'name':
        names.sort(key=lambda name: (name.lower(), name), reverse=descending)
    elif sort == 'type':
        names.sort(key=lambda name: (kinds.name_of(type(namespace[name])).lower(), name.lower()), reverse=descending)
    elif sort == 'size':
        names.sort(key=lambda name: _size(namespace[name]) or 0, reverse=descending)
    elif descending:
        names.reverse()
    found = len(names)
    first = set(pinned)
    names.sort(key=lambda name: name not in first)
    rows = [_variable(name, namespace[name], time.monotonic() < end) for name in names[: min(count, MOST_LISTED)]]
    return {'variables': rows, 'found': found, 'total': total}


def table(*, name: str) -> dict[str, Any] | None:
    """The look `variableTable`: a variable as a table for the grid; None when it is none (any more)."""
    value = _namespace().get(name)
    return frames.register_variable(value) if _view(value) == 'grid' else None


def tree(*, name: str, path: list[int], start: int) -> dict[str, Any] | None:
    """The look `variableTree`: what lies directly in a variable, or where `path` leads in it, place by place; None: nothing is there."""
    namespace = _namespace()
    if name not in namespace:
        return None
    value = namespace[name]
    for place in path[:DEEPEST]:
        found = next(itertools.islice(_children(value), place, None), None) if place >= 0 else None
        if found is None:
            return None
        value = found[1]
    start = max(0, start)
    items = itertools.islice(_children(value), start, start + MOST_CHILDREN)
    return {'count': _count(value), 'children': [_child(key, item, len(path) < DEEPEST - 1) for key, item in items]}


def delete(*, name: str) -> dict[str, Any]:
    """The act `deleteVariable`. Until the next run begins `restore` brings it back."""
    namespace = _namespace()
    if name not in namespace or not images.is_shown(name):
        return {'token': None}
    token = f'deleted-{time.time_ns():x}-{next(_numbers)}'
    _deleted[token] = (name, namespace.pop(name))
    while len(_deleted) > MOST_DELETED:
        _deleted.popitem(last=False)
    return {'token': token}


def restore(*, token: str) -> dict[str, Any]:
    """The act `restoreVariable`. A variable that has come under the name meanwhile stays."""
    name, value = _deleted.get(token, (None, None))
    namespace = _namespace()
    if name is None or name in namespace:
        return {'restored': False}
    del _deleted[token]
    namespace[name] = value
    return {'restored': True}


def forget() -> None:
    """A run begins: what was deleted goes, and with it what its end sets off."""
    _deleted.clear()


def _is_code(value: Any) -> bool:
    return kinds.is_one_of(type(value), types.FunctionType, types.BuiltinFunctionType, types.ModuleType) or kinds.is_type(value)


def _namespace() -> dict[Any, Any]:
    return sys.modules['__main__'].__dict__


def _variable(name: str, value: Any, in_time: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        'name': name[:LONGEST_NAME],
        'type': kinds.name_of(type(value))[:LONGEST_NAME],
        'shape': None,
        'length': kinds.length_of(value),
        'size': None,
        'text': '',
        'view': None,
    }
    if in_time:
        try:
            row |= {'shape': _shape(value), 'size': _size(value), 'text': _text(value), 'view': _view(value)}
        except Exception:  # A library's object in a state that the library itself does not expect.
            row['text'] = f'<{row["type"]} object>'
    return row


def _shape(value: Any) -> list[int] | None:
    return list(value.shape) if kinds.is_array(value) or _is_frame(value) or _is_series(value) else None


def _size(value: Any) -> int | None:
    """Bytes without what it refers to; of arrays and frames those of their values."""
    try:
        if kinds.is_array(value):
            return value.nbytes
        if kinds.is_class(value, 'pandas', 'DataFrame') and value.shape[1] <= 1000:
            return int(value.memory_usage(deep=False).sum())
        if kinds.is_class(value, 'pandas', 'Series'):
            return int(value.memory_usage(deep=False))
        if kinds.is_class(value, 'polars', 'DataFrame', 'Series'):
            return int(value.estimated_size())
    except Exception:  # As above.
        return None
    return kinds.size_of(value)


def _text(value: Any) -> str:
    if kinds.is_array(value):
        first = [cells.short_repr(each, 20) for each in value.flat[:MOST_VALUES].tolist()]
        return f'{value.dtype} [{", ".join(first)}{", …" if value.size > MOST_VALUES else ""}]'[:LONGEST_TEXT]
    if _is_frame(value):
        names = list(value.columns[:MOST_COLUMNS])
        more = value.shape[1] - len(names)
        return (', '.join(cells.label_of(name)[:40] for name in names) + (f', … {more:,} more' if more > 0 else ''))[:LONGEST_TEXT]
    if _is_series(value):
        return f'{value.dtype} {"" if value.name is None else cells.label_of(value.name)}'.strip()[:LONGEST_TEXT]
    return cells.short_repr(value, LONGEST_TEXT)


def _is_frame(value: Any) -> bool:
    return kinds.is_class(value, 'pandas', 'DataFrame') or kinds.is_class(value, 'polars', 'DataFrame')


def _is_series(value: Any) -> bool:
    return kinds.is_class(value, 'pandas', 'Series') or kinds.is_class(value, 'polars', 'Series')


def _view(value: Any) -> str | None:
    """How it can be opened."""
    kind = type(value)
    if _is_frame(value) or kinds.is_class(value, 'pandas', 'Series'):
        return 'grid'
    if kinds.is_array(value):
        return 'grid' if value.ndim in (1, 2) else None
    if kind is list and value and all(type(each) is dict and each for each in value[:MOST_CHILDREN]):
        return 'grid'
    return 'tree' if _count(value) else None


def _count(value: Any) -> int:
    """How many children a level has."""
    kind = type(value)
    if kinds.is_one_of(kind, list, tuple, set, frozenset) or kinds.items_of(value) is not None:
        return kinds.length_of(value) or 0
    # What C types keep there (a module, a function) is no data.
    attributes = None if kinds.is_static(kind) else kinds.attributes_of(value)
    return len(attributes) if attributes else 0


def _children(value: Any) -> Iterator[tuple[str, Any]]:
    kind = type(value)
    items = kinds.items_of(value)
    if items is not None:
        yield from ((cells.short_repr(key, LONGEST_NAME), item) for key, item in items)
    elif kinds.is_one_of(kind, list, tuple):
        yield from ((str(at), item) for at, item in enumerate(value))
    elif kinds.is_one_of(kind, set, frozenset):
        yield from (('·', item) for item in value)
    elif _count(value):
        attributes = kinds.attributes_of(value) or {}
        yield from ((f'.{key}' if type(key) is str else '…', item) for key, item in attributes.items())


def _child(key: str, value: Any, open_further: bool) -> dict[str, Any]:
    return {
        'key': key[:LONGEST_NAME],
        'type': kinds.name_of(type(value))[:LONGEST_NAME],
        'text': cells.short_repr(value, LONGEST_TEXT),
        'count': _count(value) if open_further else 0,
    }
