"""Looks into SQLite files without touching them: what Check state shows of databases."""

import os
import shutil
import sqlite3
import time
from typing import Any

# Outside the session's disk, so that looking writes nothing to it.
FOLDER = '/run/dormouse'
# A larger file would be copied for longer than a look is worth.
LARGEST_FILE = 256 * 1024 * 1024
LONGEST_LOOK = 1.0  # seconds for each file
MOST_TABLES = 100
FIRST_ROWS = 5
LONGEST_TEXT = 200


def databases(paths: list[str]) -> list[dict[str, Any]]:
    """Reports on databases by their absolute paths (DatabaseReport in protocol/looks.ts)."""
    return [_report(path) for path in paths]


def _report(path: str) -> dict[str, Any]:
    report: dict[str, Any] = {'path': path, 'tables': [], 'problem': None}
    try:
        if os.path.getsize(path) > LARGEST_FILE:
            report['problem'] = 'Too large to be looked into here; query it from Python.'
            return report
        _look(_copy(path), report)
    except sqlite3.Error as error:
        report['problem'] = f'SQLite says: {error}.'
    except OSError as error:
        report['problem'] = f'It could not be read: {error}.'
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
    return report


def _copy(path: str) -> str:
    """A copy with its journal: SQLite rolls an unfinished transaction back in the copy, and the original is left alone."""
    os.makedirs(FOLDER, exist_ok=True)
    copy = os.path.join(FOLDER, 'look.db')
    shutil.copyfile(path, copy)
    for suffix in ('-journal', '-wal'):
        if os.path.exists(path + suffix):
            shutil.copyfile(path + suffix, copy + suffix)
    return copy


def _look(copy: str, report: dict[str, Any]) -> None:
    end = time.monotonic() + LONGEST_LOOK
    connection = sqlite3.connect(copy)
    try:
        # There is no shared memory here, so a WAL needs the exclusive mode; and a file from elsewhere may carry hostile SQL.
        connection.execute('PRAGMA locking_mode=EXCLUSIVE')
        connection.execute('PRAGMA trusted_schema=OFF')
        connection.text_factory = _decode
        # Every 1,000 virtual machine steps: a true answer ends the query.
        connection.set_progress_handler(lambda: time.monotonic() > end, 1000)
        query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
        names = [name for (name,) in connection.execute(query)]
        for name in names[:MOST_TABLES]:
            report['tables'].append(_table(connection, name))
        if len(names) > MOST_TABLES:
            report['problem'] = f'{len(names) - MOST_TABLES} more tables are not shown.'
    finally:
        connection.close()


def _decode(data: bytes) -> str:
    return data.decode('utf-8', 'replace')


def _table(connection: sqlite3.Connection, name: str) -> dict[str, Any]:
    quoted = '"' + name.replace('"', '""') + '"'
    cursor = connection.execute(f'SELECT * FROM {quoted} LIMIT {FIRST_ROWS}')
    columns = [column[0] for column in cursor.description]
    first = [[_text(value) for value in row] for row in cursor]
    try:
        rows = connection.execute(f'SELECT count(*) FROM {quoted}').fetchone()[0]
    except sqlite3.OperationalError:  # It took longer than allowed.
        rows = None
    return {'name': name, 'rows': rows, 'columns': columns, 'first': first}


def _text(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + '…'
