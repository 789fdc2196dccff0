"""Changes one SQLite file for the page, with a connection of its own: whole or not at all."""

import csv
import os
import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any, cast

from .databases import cell, key_columns, limit, prepare, problem_of, quoted

LONGEST_CHANGE = 30.0  # seconds
_LONGEST_IMPORT = 120.0
_MOST_ROWS = 1000
# SQLite's own limit, SQLITE_MAX_COLUMN.
_MOST_COLUMNS = 2000
_PROBE = 64 * 1024


@contextmanager
def changing(path: str, seconds: float, new: bool = False, foreign_keys: bool = True) -> Generator[sqlite3.Connection]:
    """A connection in a transaction, which is committed at the end and undone when something goes wrong."""
    if not new and not os.path.exists(path):
        raise OSError('it is not there any more')
    # It does not wait: nobody could let go of the database meanwhile.
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        prepare(connection, seconds)
        connection.execute(f'PRAGMA foreign_keys={"ON" if foreign_keys else "OFF"}')
        connection.execute('BEGIN IMMEDIATE')
        try:
            yield connection
        except BaseException:
            connection.set_authorizer(None)
            limit(connection, LONGEST_CHANGE)
            connection.rollback()
            raise
        connection.set_authorizer(None)
        connection.execute('COMMIT')
    finally:
        connection.close()


def nothing_done() -> dict[str, Any]:
    return {'columns': [], 'rows': [], 'more': False, 'changed': 0, 'problem': None}


def execute(path: str, sql: str) -> dict[str, Any]:
    """Carries out statements, all of them or none; gives the rows of the last that has any (DatabaseChanged in protocol/acts.ts)."""
    answer = nothing_done()
    try:
        with changing(path, LONGEST_CHANGE) as connection:
            connection.set_authorizer(authorize)
            before = connection.total_changes
            for statement in statements(sql):
                cursor = connection.execute(statement)
                if cursor.description:
                    answer['columns'] = [column[0] for column in cursor.description]
                    got = cursor.fetchmany(_MOST_ROWS + 1)
                    answer['rows'] = [[cell(value) for value in row] for row in got[:_MOST_ROWS]]
                    answer['more'] = len(got) > _MOST_ROWS
                cursor.close()
            answer['changed'] = connection.total_changes - before
    except (sqlite3.Error, OSError) as error:
        return {**nothing_done(), 'problem': sentence(error)}
    return answer


def sentence(error: Exception) -> str:
    text = str(error)
    if text == 'not authorized':
        return (
            'Statements run in one transaction here, so BEGIN, COMMIT, ROLLBACK, ATTACH, DETACH and settings are not possible. '
            'Use sqlite3 in your code for them. Nothing was changed.'
        )
    return f'{problem_of(error)} Nothing was changed.'


def authorize(action: int, _first: str | None, second: str | None, *_: str | None) -> int:
    if action in (sqlite3.SQLITE_TRANSACTION, sqlite3.SQLITE_SAVEPOINT, sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH):
        return sqlite3.SQLITE_DENY
    # Of the pragmas only those that ask.
    if action == sqlite3.SQLITE_PRAGMA and second is not None:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def statements(sql: str) -> Iterator[str]:
    """Takes a text apart where SQLite says that a statement is complete: after a semicolon that is in no string, comment or trigger."""
    statement = ''
    for part in sql.split(';'):
        statement += part
        if sqlite3.complete_statement(statement + ';'):
            if statement.strip():
                yield statement
            statement = ''
        else:
            statement += ';'
    # What is left has no semicolon behind it, or a string without an end: SQLite says so.
    if statement.rstrip('; \n\t'):
        yield statement.removesuffix(';')


def set_cell(path: str, table: str, key: list[Any], column: str, value: Any, before: Any) -> dict[str, Any]:
    """Sets one cell; `before` is what it has to be now."""

    def change(connection: sqlite3.Connection) -> int:
        where, parameters = _row(connection, table, key)
        named = quoted(column)
        sql = f'UPDATE {quoted(table)} SET {named} = ? WHERE {where} AND {named} IS ?'
        return connection.execute(sql, (_value(value), *parameters, _value(before))).rowcount

    return _one(path, change)


def insert_row(path: str, table: str, values: dict[str, Any]) -> dict[str, Any]:
    """Adds a row; columns that are not named get their default."""

    def change(connection: sqlite3.Connection) -> int:
        if not values:
            return connection.execute(f'INSERT INTO {quoted(table)} DEFAULT VALUES').rowcount
        names = ', '.join(quoted(name) for name in values)
        places = ', '.join('?' * len(values))
        sql = f'INSERT INTO {quoted(table)} ({names}) VALUES ({places})'
        return connection.execute(sql, [_value(value) for value in values.values()]).rowcount

    return _one(path, change)


def delete_rows(path: str, table: str, keys: list[list[Any]]) -> dict[str, Any]:
    """Removes rows by their keys."""

    def change(connection: sqlite3.Connection) -> int:
        removed = 0
        for key in keys:
            where, parameters = _row(connection, table, key)
            removed += connection.execute(f'DELETE FROM {quoted(table)} WHERE {where}', parameters).rowcount
        return removed

    return _one(path, change)


def _one(path: str, change: Callable[[sqlite3.Connection], int]) -> dict[str, Any]:
    answer = nothing_done()
    try:
        with changing(path, LONGEST_CHANGE) as connection:
            answer['changed'] = change(connection)
        if answer['changed'] == 0:
            answer['problem'] = 'The row is not as it was shown: it was changed or removed meanwhile. Nothing was changed.'
    except (sqlite3.Error, OSError, ValueError) as error:
        answer['problem'] = sentence(error)
    return answer


def _row(connection: sqlite3.Connection, table: str, key: list[Any]) -> tuple[str, list[Any]]:
    names = key_columns(connection, table)
    if not names or len(names) != len(key):
        raise ValueError('The rows of this cannot be told apart, so they cannot be changed here.')
    where = ' AND '.join(f'{name if name in ("rowid", "_rowid_", "oid") else quoted(name)} IS ?' for name in names)
    return where, [_value(value) for value in key]


def _value(value: Any) -> Any:
    """The reverse of `cell`, for what can be written."""
    if isinstance(value, dict):
        tagged = cast(dict[str, str], value)
        if 'integer' in tagged:
            return int(tagged['integer'])
        if 'real' in tagged:
            return float(tagged['real'])
        raise ValueError('Bytes and very long texts cannot be changed here.')
    return value


def import_table(path: str, source: str, table: str, delimiter: str) -> dict[str, Any]:
    """Makes a table of a CSV file, whose first line names the columns. A database that is not there is made."""
    answer = nothing_done()
    new = not os.path.exists(path)
    try:
        with open(source, encoding='utf-8-sig', newline='') as file:
            chosen = delimiter or _delimiter(file.read(_PROBE))
            file.seek(0)
            # Twice: types are known when all has been read.
            columns, kinds = _kinds(csv.reader(file, delimiter=chosen), _name(source))
            file.seek(0)
            with changing(path, _LONGEST_IMPORT, new) as connection:
                reader = csv.reader(file, delimiter=chosen)
                next(reader)
                declared = ', '.join(f'{quoted(name)} {kind}' for name, kind in zip(columns, kinds, strict=True))
                connection.execute(f'CREATE TABLE {quoted(table)} ({declared})')
                places = ', '.join('?' * len(columns))
                rows = (_converted(row, kinds) for row in reader if row)
                cursor = connection.executemany(f'INSERT INTO {quoted(table)} VALUES ({places})', rows)
                answer['changed'] = cursor.rowcount
    except UnicodeDecodeError:
        answer['problem'] = f'“{_name(source)}” is not UTF-8 text. Read it in Python with its own encoding. Nothing was changed.'
    except (sqlite3.Error, OSError, ValueError, csv.Error) as error:
        answer['problem'] = str(error) if isinstance(error, (ValueError, csv.Error)) else sentence(error)
    if answer['problem'] is not None and new and os.path.exists(path):
        os.remove(path)
    return answer


def _name(path: str) -> str:
    return path.rsplit('/', 1)[-1]


def _delimiter(text: str) -> str:
    """Of the usual ones the one that the first line has most often."""
    line = text.split('\n', 1)[0]
    return max(',;\t|', key=line.count)


def _kinds(reader: Any, name: str) -> tuple[list[str], list[str]]:
    """Names and types of the columns: INTEGER or REAL where every value is one, TEXT otherwise."""
    header = next(reader, None)
    if not header:
        raise ValueError(f'“{name}” is empty. Nothing was changed.')
    if any('\0' in title for title in header):
        raise ValueError(f'“{name}” is no text. Nothing was changed.')
    if len(header) > _MOST_COLUMNS:
        raise ValueError(f'“{name}” has {len(header):,} columns; an SQLite table can have {_MOST_COLUMNS:,}. Nothing was changed.')
    columns: list[str] = []
    taken: set[str] = set()
    for index, title in enumerate(header):
        plain = title.strip() or f'column {index + 1}'
        unique, number = plain, 2
        while unique.lower() in taken:
            unique, number = f'{plain} {number}', number + 1
        taken.add(unique.lower())
        columns.append(unique)
    kinds = ['INTEGER'] * len(columns)
    for row in reader:
        if len(row) > len(columns):
            raise ValueError(
                f'Line {reader.line_num:,} of “{name}” has {len(row):,} fields, the first line has {len(columns):,}. Nothing was changed.'
            )
        for index, text in enumerate(row):
            if text and kinds[index] != 'TEXT':
                kinds[index] = _wider(kinds[index], text)
    return columns, kinds


def _wider(kind: str, text: str) -> str:
    number = text.lstrip('+-')
    # A leading zero, as in a postal code, is part of a text; so is a word such as nan.
    if number[:1] not in '0123456789.' or (number.startswith('0') and number[1:2].isdigit()):
        return 'TEXT'
    if kind == 'INTEGER' and _is(int, text) and abs(int(text)) < 2**63:
        return 'INTEGER'
    return 'REAL' if _is(float, text) else 'TEXT'


def _is(kind: type[int] | type[float], text: str) -> bool:
    if '_' in text:  # As in 1_000, which is a number to Python alone.
        return False
    try:
        kind(text)
    except ValueError:
        return False
    return True


def _converted(row: list[str], kinds: list[str]) -> list[Any]:
    """Values of a row; an empty field of a number is NULL, and so is what is missing at the end."""
    values: list[Any] = []
    for text, kind in zip(row, kinds, strict=False):
        if kind == 'TEXT':
            values.append(text)
        elif not text:
            values.append(None)
        else:
            values.append(int(text) if kind == 'INTEGER' else float(text))
    return values + [None] * (len(kinds) - len(values))
