"""Tables among the user's values (pandas, polars, lists of dicts, rows of SQLite, arrays of NumPy): first rows, and windows into them."""

# What any object may be is not known, and here it is about any object.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false, reportUnknownLambdaType=false

import itertools
import sqlite3
import sys
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from .cells import cell_of

MIME = 'application/vnd.dormouse.table+json'
# What a snapshot holds at most.
SNAPSHOT_ROWS = 50
SNAPSHOT_CELLS = 10_000
MOST_COLUMNS = 10_000
# What one window may hold.
MOST_ROWS = 1000
MOST_CELLS = 200_000
# How long sorting or filtering may take, in seconds; rows are looked at in pieces of this many.
LONGEST_LOOK = 15.0
_PIECE = 20_000
# A list keeps its rows alive as long as it can be looked at: only the newest few can.
MOST_LISTS = 8
MOST_TABLES = 200
# Dicts are a table when so many of the first have text as keys.
_LOOKED_AT = 100

_tables: OrderedDict[str, Callable[[], Any]] = OrderedDict()
# The order of the rows of a view: (id, view) and positions. Of the newest view only.
_order: tuple[Any, Any] | None = None
_numbers = itertools.count(1)


def snapshot(value: Any) -> dict[str, Any] | None:
    """The first rows of a table, and a name under which windows into it can be had; None for anything else."""
    table = _table(value, shown=True)
    if table is None:
        return None
    rows = min(SNAPSHOT_ROWS, max(1, SNAPSHOT_CELLS // max(1, len(table.columns))), table.count)
    return {'id': _register(value), **_heading(table), 'rows': table.rows(range(rows))}


def forget() -> None:
    """A run begins: what is in tables may change."""
    global _order
    _order = None


def window(*, id: str, start: int, end: int, sort: list[dict[str, Any]], filter: str, columns: int) -> dict[str, Any]:
    """The look `table`: rows of a view. `columns` is how many there were when it was shown: another number is another table."""
    table = _known(id)
    if table is None or len(table.columns) != columns:
        return {'problem': 'gone' if table is None else 'changed'}
    try:
        positions = _positions(id, table, sort, filter)
    except TimeoutError:
        return {'problem': 'slow'}
    start = max(0, start)
    end = min(end, start + MOST_ROWS, start + max(1, MOST_CELLS // max(1, columns)), len(positions))
    return {'rows': table.rows(positions[start:end]) if end > start else [], 'rowCount': len(positions)}


def summary(*, id: str, column: int, sort: list[dict[str, Any]], filter: str) -> dict[str, Any]:
    """The look `tableSummary`: one column of a view in figures."""
    table = _known(id)
    if table is None or not 0 <= column < len(table.columns):
        return {'problem': 'gone'}
    try:
        positions = _positions(id, table, sort, filter)
        return _summary(table.column(column, positions), time.monotonic() + LONGEST_LOOK)
    except TimeoutError:
        return {'problem': 'slow'}


def register_variable(value: Any) -> dict[str, Any] | None:
    """As `snapshot`, also for what is not shown as a table by itself: arrays, lists and dicts."""
    table = _table(value, shown=False)
    return None if table is None else {'id': _register(value), **_heading(table), 'rows': []}


def _heading(table: Table) -> dict[str, Any]:
    return {'columns': [{'name': name[:200], 'type': kind[:50]} for name, kind in table.columns], 'rowCount': table.count}


def _register(value: Any) -> str:
    name = f'table-{time.time_ns():x}-{next(_numbers)}'
    try:
        _tables[name] = weakref.ref(value)
    except TypeError:
        _tables[name] = lambda: value
        strong = [each for each, held in _tables.items() if not isinstance(held, weakref.ref)]
        for each in strong[:-MOST_LISTS]:
            del _tables[each]
    while len(_tables) > MOST_TABLES:
        _tables.popitem(last=False)
    return name


def _known(name: str) -> Table | None:
    held = _tables.get(name)
    value = held() if held else None
    return None if value is None else _table(value, shown=False)


def _positions(name: str, table: Table, sort: list[dict[str, Any]], wanted: str) -> Sequence[int]:
    """Which rows of the table a view has, in its order."""
    global _order
    if not sort and not wanted:
        return range(table.count)
    key = (name, table.count, [(each['column'], each['descending']) for each in sort], wanted)
    if _order is None or _order[0] != key:
        end = time.monotonic() + LONGEST_LOOK
        positions = table.matching(wanted.lower(), end) if wanted else range(table.count)
        for each in reversed(sort):
            if 0 <= each['column'] < len(table.columns):
                positions = table.sorted(positions, each['column'], bool(each['descending']))
        _order = (key, positions)
    return _order[1]


class Table:
    """Rows of plain values; others know it better."""

    def __init__(self, columns: list[tuple[str, str]], values: Sequence[Any], get: Callable[[Any, int], Any]) -> None:
        self.columns = columns
        self.count = len(values)
        self._values = values
        self._get = get

    def rows(self, positions: Sequence[int]) -> list[list[Any]]:
        return [[cell_of(self._get(self._values[at], column)) for column in range(len(self.columns))] for at in positions]

    def column(self, column: int, positions: Sequence[int]) -> Sequence[Any]:
        return [self._get(self._values[at], column) for at in positions]

    def matching(self, wanted: str, end: float) -> Sequence[int]:
        found: list[int] = []
        for at in range(self.count):
            if at % 1000 == 0 and time.monotonic() > end:
                raise TimeoutError
            if any(wanted in _text(cell) for cell in self.rows([at])[0]):
                found.append(at)
        return found

    def sorted(self, positions: Sequence[int], column: int, descending: bool) -> Sequence[int]:
        def key(at: int) -> tuple[int, Any]:
            cell = cell_of(self._get(self._values[at], column))
            return (1, _text(cell)) if isinstance(cell, (str, dict)) else (0, cell)

        empty = [at for at in positions if cell_of(self._get(self._values[at], column)) is None]
        missing = set(empty)
        return [*sorted((at for at in positions if at not in missing), key=key, reverse=descending), *empty]


def _text(cell: Any) -> str:
    if isinstance(cell, dict):
        return ' '.join(str(value) for value in cell.values()).lower()
    return '' if cell is None else str(cell).lower()


class PandasTable(Table):
    """A DataFrame. Its index comes first, unless it only counts the rows."""

    def __init__(self, frame: Any) -> None:
        pandas = sys.modules['pandas']
        counted = (
            isinstance(frame.index, pandas.RangeIndex) and frame.index.name is None and frame.index.start == 0 and frame.index.step == 1
        )
        self._index = [] if counted else [frame.index.get_level_values(level) for level in range(frame.index.nlevels)]
        self._frame = frame
        levels = [(str(index.name) if index.name is not None else 'index', str(index.dtype)) for index in self._index]
        names = [_name(name) for name in frame.columns[:MOST_COLUMNS]]
        self.columns = levels + list(zip(names, map(str, frame.dtypes[:MOST_COLUMNS]), strict=True))
        self.count = len(frame)

    def _series(self, column: int) -> Any:
        """By position: names need not be unique."""
        if column < len(self._index):
            return self._index[column].to_series(index=range(self.count))
        return self._frame.iloc[:, column - len(self._index)].reset_index(drop=True)

    def rows(self, positions: Sequence[int]) -> list[list[Any]]:
        wanted = positions if isinstance(positions, range) else list(positions)
        part = self._frame.iloc[wanted, :MOST_COLUMNS]
        columns = [index[wanted] for index in self._index] + [part.iloc[:, at] for at in range(part.shape[1])]
        return [list(row) for row in zip(*([cell_of(value) for value in column] for column in columns), strict=True)]

    def column(self, column: int, positions: Sequence[int]) -> Sequence[Any]:
        series = self._series(column)
        return series if isinstance(positions, range) else series.iloc[list(positions)]

    def matching(self, wanted: str, end: float) -> Sequence[int]:
        found: list[int] = []
        series = [self._series(column) for column in range(len(self.columns))]
        for start in range(0, self.count, _PIECE):
            hit = None
            for each in series:
                if time.monotonic() > end:
                    raise TimeoutError
                part = each.iloc[start : start + _PIECE]
                has = (part.astype(str).str.lower().str.contains(wanted, regex=False) & part.notna()).to_numpy(dtype=bool)
                hit = has if hit is None else hit | has
            if hit is not None:
                found.extend((hit.nonzero()[0] + start).tolist())
        return found

    def sorted(self, positions: Sequence[int], column: int, descending: bool) -> Sequence[int]:
        series = self._series(column)
        if not isinstance(positions, range):
            series = series.iloc[list(positions)]
        options = {'ascending': not descending, 'kind': 'stable', 'na_position': 'last'}
        try:
            ordered = series.sort_values(**options)
        except TypeError:  # Values of several kinds.
            ordered = series.sort_values(key=lambda values: values.astype(str), **options)
        return ordered.index.to_numpy()


def _name(name: Any) -> str:
    return ' · '.join(map(str, name)) if isinstance(name, tuple) else str(name)


def _table(value: Any, shown: bool) -> Table | None:
    kind = type(value)
    pandas = sys.modules.get('pandas')
    if pandas is not None and isinstance(value, pandas.DataFrame):
        return PandasTable(value)
    if pandas is not None and isinstance(value, pandas.Series):
        return PandasTable(value.to_frame(value.name if value.name is not None else 'value'))
    if kind.__module__.startswith('polars.') and kind.__name__ == 'DataFrame':
        return _polars(value)
    if kind is list and value:
        return _list(value, shown)
    if not shown and kind.__module__ == 'numpy' and kind.__name__ == 'ndarray':
        return _array(value)
    if not shown and kind is dict:
        items = list(value.items())
        return Table([('key', ''), ('value', '')], items, lambda item, column: item[column])
    if not shown and kind in (tuple, set, frozenset):
        return Table([('value', '')], list(value), lambda item, _: item)
    return None


def _polars(frame: Any) -> Table:
    columns = list(zip(map(str, frame.columns), map(str, frame.dtypes), strict=True))[:MOST_COLUMNS]
    return Table(columns, range(frame.height), lambda at, column: frame[at, column])


def _list(values: list[Any], shown: bool) -> Table | None:
    first = values[:_LOOKED_AT]
    if all(type(each) is dict and each and all(type(key) is str for key in each) for each in first):
        names = list(dict.fromkeys(key for each in first for key in each))[:MOST_COLUMNS]
        columns = [(name, _kind(each.get(name) for each in first)) for name in names]
        return Table(columns, values, lambda row, column: row.get(names[column]) if type(row) is dict else row if column == 0 else None)
    if all(type(each) is sqlite3.Row for each in first) and len({tuple(each.keys()) for each in first}) == 1:
        columns = [(name, _kind(each[at] for each in first)) for at, name in enumerate(first[0].keys())]
        return Table(columns, values, lambda row, column: row[column] if type(row) is sqlite3.Row and column < len(row) else None)
    if shown:
        return None
    if all(type(each) is tuple and len(each) == len(first[0]) for each in first) and first[0]:
        columns = [(str(at), _kind(each[at] for each in first)) for at in range(len(first[0]))]
        return Table(columns, values, lambda row, column: row[column] if type(row) is tuple and column < len(row) else None)
    return Table([('value', _kind(first))], values, lambda item, _: item)


def _array(array: Any) -> Table | None:
    if array.ndim == 1:
        return Table([('value', str(array.dtype))], array, lambda item, _: item)
    if array.ndim == 2:
        columns = [(str(at), str(array.dtype)) for at in range(min(array.shape[1], MOST_COLUMNS))]
        return Table(columns, array, lambda row, column: row[column])
    return None


def _kind(values: Any) -> str:
    """The types of values in a word; None counts for nothing."""
    kinds = sorted({type(value).__name__ for value in values if value is not None})
    return ' | '.join(kinds[:3])


def _summary(values: Sequence[Any], end: float) -> dict[str, Any]:
    if hasattr(values, 'to_numpy'):
        return _pandas_summary(values)
    cells: list[Any] = []
    for at, value in enumerate(values):
        if at % 1000 == 0 and time.monotonic() > end:
            raise TimeoutError
        cells.append(cell_of(value))
    present = [cell for cell in cells if cell is not None]
    numbers = [cell for cell in present if isinstance(cell, (int, float)) and not isinstance(cell, bool)]
    texts = [cell for cell in present if isinstance(cell, str)]
    ordered = numbers if len(numbers) == len(present) else texts if len(texts) == len(present) else []
    return {
        'values': len(present),
        'empty': len(cells) - len(present),
        'distinct': len({_text(cell) for cell in present}),
        'least': min(ordered, default=None),
        'greatest': max(ordered, default=None),
        'mean': sum(numbers) / len(numbers) if numbers and len(numbers) == len(present) else None,
    }


def _pandas_summary(series: Any) -> dict[str, Any]:
    present = series.dropna()
    kind = series.dtype.kind if hasattr(series.dtype, 'kind') else 'O'

    def attempt(function: Callable[[], Any]) -> Any:
        try:
            return function()
        except TypeError, ValueError:
            return None

    return {
        'values': len(present),
        'empty': len(series) - len(present),
        'distinct': attempt(lambda: int(present.nunique())),
        'least': cell_of(attempt(present.min)) if len(present) else None,
        'greatest': cell_of(attempt(present.max)) if len(present) else None,
        'mean': float(present.mean()) if kind in 'iuf' and len(present) else None,
    }
