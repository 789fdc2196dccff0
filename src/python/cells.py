"""Values as cells of a table, in JSON: Cell in base/mime-bundle.ts says how. Nothing of the user's code runs."""

# What any object may be is not known, and here it is about any object.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false, reportUnknownLambdaType=false

import itertools
import math
import types
from typing import Any

from . import kinds

LONGEST_CELL = 1000
_LARGEST_EXACT = 2**53 - 1
# Types whose text says all, by module and name: to import them here would cost every session memory.
_ZONED = {('datetime', 'datetime'), ('datetime', 'time'), ('pandas._libs.tslibs.timestamps', 'Timestamp')}
_ZONES = (('datetime', 'timezone'), ('zoneinfo', 'ZoneInfo'))
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
    if kinds.is_one_of(kind, bytes, bytearray, memoryview):
        return {'bytes': len(value)}
    if kinds.is_static(kind) and kinds.module_of(kind) == 'numpy' and hasattr(kind, 'item') and getattr(value, 'ndim', 1) == 0:
        item = value.item()
        # Of nanoseconds NumPy gives bare integers.
        return cell_of(item) if kinds.module_of(type(item)) != 'numpy' and 'time64' not in kinds.name_of(kind) else str(value)
    if kinds.name_of(kind) in _MISSING and kinds.module_of(kind).startswith('pandas.'):
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
    if _is_written(value):
        return str(value)[:longest]
    return short_repr(value, longest)


def label_of(name: Any) -> str:
    """A text for what names a column."""
    return name if type(name) is str else short_repr(name, LONGEST_CELL)


def _is_written(value: Any) -> bool:
    """Whether its text says all, and no code but Python's and its library's makes that: a time zone can be anybody's."""
    kind = type(value)
    named = (kinds.module_of(kind), kinds.name_of(kind))
    if named not in _WRITTEN or (named[0] != 'builtins' and not kinds.is_named(kind, *named)):
        return False
    zone = value.tzinfo if named in _ZONED else None
    return zone is None or any(kinds.is_class(zone, *each) for each in _ZONES)


def short_repr(value: Any, longest: int, depth: int = 0) -> str:
    """`repr` of what is made of Python's own types; of anything else its type's name."""
    text = _repr(value, longest, depth)
    return text if len(text) <= longest else text[: longest - 1] + '…'


def _repr(value: Any, longest: int, depth: int) -> str:
    kind = type(value)
    if kind is int:
        return _long(value)
    if kinds.is_one_of(kind, str, bytes, bytearray):
        return repr(value[:longest]) + ('…' if len(value) > longest else '')
    if value is None or kinds.is_one_of(kind, bool, float, complex, range, type(...)):
        return repr(value)
    if _is_written(value):
        return repr(value)
    if kinds.is_one_of(kind, list, tuple, set, frozenset, dict):
        return _container(value, longest, depth)
    if kinds.is_type(value):
        return f'<class {kinds.name_of(value)}>'
    if kinds.is_one_of(kind, types.FunctionType, types.BuiltinFunctionType):
        return f'<function {str.__str__(value.__qualname__)}>'
    if kind is types.ModuleType:
        name = (kinds.attributes_of(value) or {}).get('__name__')
        return f'<module {name if type(name) is str else "?"}>'
    return f'<{kinds.name_of(kind)} object>'


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
