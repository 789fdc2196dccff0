"""Values as cells of a table, in JSON: Cell in base/mime-bundle.ts says how. Nothing of the user's code runs."""

# What any object may be is not known, and here it is about any object.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false, reportUnknownLambdaType=false

import itertools
import math
import types
from typing import Any

LONGEST_CELL = 1000
_LARGEST_EXACT = 2**53 - 1
# Types whose text says all, by module and name: to import them here would cost every session memory.
_WRITTEN = {
    ('builtins', 'complex'),
    ('datetime', 'date'),
    ('datetime', 'datetime'),
    ('datetime', 'time'),
    ('datetime', 'timedelta'),
    ('decimal', 'Decimal'),
    ('fractions', 'Fraction'),
    ('uuid', 'UUID'),
    ('pandas._libs.tslibs.timestamps', 'Timestamp'),
    ('pandas._libs.tslibs.timedeltas', 'Timedelta'),
    ('pandas._libs.tslibs.period', 'Period'),
    ('pandas._libs.interval', 'Interval'),
}
_MISSING = {'NaTType', 'NAType'}
# Of a container this many things are told, so deep.
_MOST_TOLD = 8
_DEEPEST = 3


def cell_of(value: Any) -> Any:
    kind = type(value)
    if value is None or kind is bool or (kind is str and len(value) <= LONGEST_CELL):
        return value
    if kind is int:
        return value if -_LARGEST_EXACT <= value <= _LARGEST_EXACT else {'int': _long(value)}
    if kind is float:
        return None if math.isnan(value) else value if math.isfinite(value) else {'float': str(value)}
    if kind in (bytes, bytearray, memoryview):
        return {'bytes': len(value)}
    if kind.__module__ == 'numpy' and hasattr(kind, 'item') and getattr(value, 'ndim', 1) == 0:
        item = value.item()
        # Of nanoseconds NumPy gives bare integers.
        return cell_of(item) if type(item).__module__ != 'numpy' and 'time64' not in kind.__name__ else str(value)
    if kind.__name__ in _MISSING and kind.__module__.startswith('pandas.'):
        return None
    return text_of(value)


def _long(value: int) -> str:
    # Python refuses to write integers of more than 4,300 digits.
    return str(value) if value.bit_length() < 10_000 else f'{value.bit_length():,} bits'


def text_of(value: Any, longest: int = LONGEST_CELL) -> str:
    """A short text for anything, made without calling what the user wrote."""
    kind = type(value)
    if kind is str:
        return value if len(value) <= longest else value[:longest] + '…'
    if (kind.__module__, kind.__name__) in _WRITTEN:
        return str(value)[:longest]
    return short_repr(value, longest)


def short_repr(value: Any, longest: int, depth: int = 0) -> str:
    """`repr` of what is made of Python's own types; of anything else its type's name."""
    text = _repr(value, longest, depth)
    return text if len(text) <= longest else text[: longest - 1] + '…'


def _repr(value: Any, longest: int, depth: int) -> str:
    kind = type(value)
    if kind is int:
        return _long(value)
    if kind in (str, bytes, bytearray):
        return repr(value[:longest]) + ('…' if len(value) > longest else '')
    if value is None or kind in (bool, float, complex, range, slice, type(...)):
        return repr(value)
    if (kind.__module__, kind.__name__) in _WRITTEN:
        return repr(value)
    if kind in (list, tuple, set, frozenset, dict):
        return _container(value, longest, depth)
    if isinstance(value, type):
        return f'<class {type.__dict__["__qualname__"].__get__(value)}>'
    if kind in (types.FunctionType, types.BuiltinFunctionType, types.MethodType):
        return f'<function {getattr(value, "__qualname__", "?")}>'
    if kind is types.ModuleType:
        return f'<module {object.__getattribute__(value, "__dict__").get("__name__", "?")}>'
    return f'<{kind.__qualname__}>'


def _container(value: Any, longest: int, depth: int) -> str:
    kind = type(value)
    opening, closing = {list: '[]', tuple: '()', set: '{}', dict: '{}', frozenset: ('frozenset({', '})')}[kind]
    if depth == _DEEPEST:
        return f'{opening}…{closing}' if value else f'{opening}{closing}'
    if kind is dict:
        items = [
            f'{short_repr(key, longest, depth + 1)}: {short_repr(item, longest, depth + 1)}'
            for key, item in itertools.islice(value.items(), _MOST_TOLD)
        ]
    else:
        items = [short_repr(item, longest, depth + 1) for item in itertools.islice(value, _MOST_TOLD)]
    if len(value) > _MOST_TOLD:
        items.append('…')
    if kind is tuple and len(value) == 1:
        items.append('')
        return f'({items[0]},)'
    if kind is set and not value:
        return 'set()'
    return f'{opening}{", ".join(items)}{closing}'
