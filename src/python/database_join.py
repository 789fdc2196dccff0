"""Makes tables of one SQLite file what they are in another: the page has found out which rows differ, and the other file is not opened."""

import base64
import re
import sqlite3
from collections import Counter
from typing import Any, cast

from .database_changes import LONGEST_CHANGE, authorize, changing, nothing_done, sentence
from .databases import quoted

# Of what the other database says only these are carried out.
_MAKES = re.compile(r'\s*create\s+(table|(unique\s+)?index)\s', re.IGNORECASE)


class _RefusedError(Exception):
    pass


def join_tables(path: str, tables: list[dict[str, Any]]) -> dict[str, Any]:
    """Carries out all of it in one transaction, or nothing (JoinedTable and DatabaseChanged in protocol/acts.ts)."""
    answer = nothing_done()
    try:
        # Off, so that nothing beside these tables changes: what their rows refer to is looked at in the end.
        with changing(path, LONGEST_CHANGE, foreign_keys=False) as connection:
            connection.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, False)
            dangling = _dangling(connection)
            connection.set_authorizer(authorize)
            answer['changed'] = sum(_join(connection, table) for table in tables)
            connection.set_authorizer(None)
            if _dangling(connection) - dangling:
                raise _RefusedError('Rows would refer to others that are not there: take the tables along that belong together.')
    except (sqlite3.Error, OSError) as error:
        return {**nothing_done(), 'problem': sentence(error)}
    except (_RefusedError, ValueError) as error:
        return {**nothing_done(), 'problem': f'{error} Nothing was changed.'}
    return answer


def _join(connection: sqlite3.Connection, table: dict[str, Any]) -> int:
    name = quoted(table['name'])
    changed = 0
    if table['make'] is not None:
        connection.execute(f'DROP TABLE IF EXISTS {name}')
        for sql in table['make']:
            if not _MAKES.match(sql):
                raise _RefusedError(f'“{table["name"]}” is made in a way that is not carried out here.')
            connection.execute(sql)
        if table['make'] and connection.execute('SELECT 1 FROM main.sqlite_schema WHERE name = ?', (table['name'],)).fetchone() is None:
            raise _RefusedError(f'“{table["name"]}” is made under another name.')
    elif table['remove'] is None:
        changed += connection.execute(f'DELETE FROM {name}').rowcount
    else:
        where = ' AND '.join(f'{quoted(column)} IS ?' for column in table['key'])
        for key in table['remove']:
            if connection.execute(f'DELETE FROM {name} WHERE {where}', [_value(value) for value in key]).rowcount != 1:
                raise _RefusedError(f'A row of “{table["name"]}” is not as it was shown: it was changed or removed meanwhile.')
            changed += 1
    if table['put']:
        columns = ', '.join(quoted(column) for column in table['columns'])
        places = ', '.join('?' * len(table['columns']))
        rows = ([_value(value) for value in row] for row in table['put'])
        changed += connection.executemany(f'INSERT INTO {name} ({columns}) VALUES ({places})', rows).rowcount
    return changed


def _dangling(connection: sqlite3.Connection) -> Counter[tuple[Any, ...]]:
    """How many rows refer to what is not there: by their table, the other one, and the foreign key."""
    try:
        rows = connection.execute('PRAGMA foreign_key_check').fetchall()
        return Counter((table, parent, number) for table, _row, parent, number in rows)
    except sqlite3.OperationalError:
        # A table that it refers to has no such key: nothing can be told, as SQLite itself would not.
        return Counter()


def _value(value: Any) -> Any:
    """WholeValue in protocol/acts.ts."""
    if not isinstance(value, dict):
        return value
    tagged = cast(dict[str, str], value)
    if 'integer' in tagged:
        return int(tagged['integer'])
    if 'real' in tagged:
        return float(tagged['real'])
    return base64.b64decode(tagged['base64'])
