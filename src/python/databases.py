"""Looks into one SQLite file: its schema, rows of its tables, and what a query gives. Nothing of the file is changed."""

import math
import os
import shutil
import sqlite3
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

# Outside the session's disk, so that looking writes nothing to it.
_FOLDER = '/run/dormouse'
# A larger file with a journal would be copied for longer than a look is worth.
_LARGEST_COPY = 256 * 1024 * 1024
_LONGEST_LOOK = 2.0  # seconds
_LONGEST_QUERY = 10.0
_LONGEST_COUNT = 0.5
_MOST_OBJECTS = 500
_MOST_ROWS = 1000
# Of a text, characters; of bytes, shown in hex.
_LONGEST_TEXT = 2000
_LONGEST_HEAD = 16
_MOST_CHARACTERS = 4_000_000


def quoted(name: str) -> str:
    """A name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def cell(value: Any) -> Any:
    """A value as JSON can carry it: what it cannot is an object that says what it is (DatabaseCell in protocol/looks.ts)."""
    if isinstance(value, int) and abs(value) > 2**53 - 1:
        return {'integer': str(value)}
    if isinstance(value, float) and not math.isfinite(value):
        return {'real': str(value)}
    if isinstance(value, bytes):
        return {'bytes': len(value), 'head': value[:_LONGEST_HEAD].hex(' ')}
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return {'text': value[:_LONGEST_TEXT], 'length': len(value)}
    return value


def prepare(connection: sqlite3.Connection, seconds: float) -> None:
    """A file from elsewhere may carry hostile SQL, and a query may never end."""
    # There is no shared memory here, so a WAL needs the exclusive mode.
    connection.execute('PRAGMA locking_mode=EXCLUSIVE')
    connection.execute('PRAGMA trusted_schema=OFF')
    connection.text_factory = _decode
    limit(connection, seconds)


def limit(connection: sqlite3.Connection, seconds: float) -> None:
    end = time.monotonic() + seconds
    # Every 1,000 virtual machine steps: a true answer ends the query.
    connection.set_progress_handler(lambda: time.monotonic() > end, 1000)


def problem_of(error: Exception) -> str:
    """What a person is told of an error."""
    text = str(error)
    if text == 'interrupted':
        return 'It took too long and was stopped.'
    if text == 'database is locked':
        return (
            'A connection in your code has this database in use (a transaction that is still open, or the exclusive mode). '
            'Commit or close it, then try again.'
        )
    if 'not a database' in text or 'malformed' in text:
        return f'The file is damaged, or it is no SQLite database ({text}).'
    if isinstance(error, sqlite3.Error):
        return f'SQLite says: {text}.'
    return f'It could not be read: {text}.'


def _decode(data: bytes) -> str:
    return data.decode('utf-8', 'replace')


def _has_content(path: str) -> bool:
    return os.path.exists(path) and os.path.getsize(path) > 0


@contextmanager
def _opened(path: str, seconds: float) -> Generator[sqlite3.Connection]:
    """The file as it was committed last. Where a journal lies beside it that is read from a copy, in which SQLite puts it in order."""
    if not os.path.exists(path):
        # SQLite would make a new one.
        raise OSError('it is not there any more')
    if _has_content(path + '-journal') or _has_content(path + '-wal'):
        if os.path.getsize(path) > _LARGEST_COPY:
            raise OSError('it is too large to be looked into while a transaction is open')
        target = _copied(path)
    else:
        # Nobody writes while this looks.
        escaped = path.replace('%', '%25').replace('?', '%3f').replace('#', '%23')
        target = f'file:{escaped}?mode=ro&immutable=1'
    connection = sqlite3.connect(target, uri=True, isolation_level=None)
    try:
        prepare(connection, seconds)
        connection.execute('PRAGMA query_only=ON')
        yield connection
    finally:
        connection.close()
        shutil.rmtree(_FOLDER, ignore_errors=True)


def _copied(path: str) -> str:
    os.makedirs(_FOLDER, exist_ok=True)
    copy = os.path.join(_FOLDER, 'look.db')
    shutil.copyfile(path, copy)
    for suffix in ('-journal', '-wal'):
        if os.path.exists(path + suffix):
            shutil.copyfile(path + suffix, copy + suffix)
    return f'file:{copy}'


def schema(path: str) -> dict[str, Any]:
    """DatabaseSchema in protocol/looks.ts."""
    found: dict[str, Any] = {'tables': [], 'problem': None}
    try:
        with _opened(path, _LONGEST_LOOK) as connection:
            query = (
                "SELECT name, type, sql FROM sqlite_schema WHERE type IN ('table', 'view') "
                "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name"
            )
            objects = connection.execute(query).fetchmany(_MOST_OBJECTS + 1)
            for name, kind, sql in objects[:_MOST_OBJECTS]:
                found['tables'].append(_table(connection, name, kind, sql))
            if len(objects) > _MOST_OBJECTS:
                found['problem'] = f'Only the first {_MOST_OBJECTS} tables and views are shown.'
    except (sqlite3.Error, OSError) as error:
        found['problem'] = problem_of(error)
    return found


def _table(connection: sqlite3.Connection, name: str, kind: str, sql: str | None) -> dict[str, Any]:
    table: dict[str, Any] = {'name': name, 'kind': kind, 'sql': sql or '', 'columns': [], 'indexes': [], 'foreignKeys': [], 'problem': None}
    try:
        for _, column, declared, required, default, key, hidden in connection.execute(f'PRAGMA table_xinfo({quoted(name)})'):
            table['columns'].append(
                {
                    'name': column,
                    'type': declared,
                    'required': bool(required),
                    'default': default,
                    'key': key,
                    # 2 and 3: generated; 1: of a virtual table.
                    'generated': hidden != 0,
                }
            )
        for _, index, unique, origin, partial in connection.execute(f'PRAGMA index_list({quoted(name)})'):
            columns = [column for _, _, column in connection.execute(f'PRAGMA index_info({quoted(index)})')]
            table['indexes'].append(
                {
                    'name': index,
                    'unique': bool(unique),
                    'made': origin == 'c',
                    'partial': bool(partial),
                    # Null stands for an expression.
                    'columns': [column or '(…)' for column in columns],
                }
            )
        for row in connection.execute(f'PRAGMA foreign_key_list({quoted(name)})'):
            table['foreignKeys'].append({'from': row[3], 'table': row[2], 'to': row[4] or ''})
    except sqlite3.Error as error:  # A view of what is not there.
        table['problem'] = problem_of(error)
    return table


def key_columns(connection: sqlite3.Connection, table: str) -> list[str]:
    """What tells the rows of a table apart: a name of its row number that no column has, or its primary key. None for a view."""
    row = connection.execute("SELECT type FROM sqlite_schema WHERE name = ? AND type = 'table'", (table,)).fetchone()
    if row is None:
        return []
    columns = connection.execute(f'PRAGMA table_xinfo({quoted(table)})').fetchall()
    taken = {column[1].lower() for column in columns}
    for name in ('rowid', '_rowid_', 'oid'):
        if name in taken:
            continue
        try:
            connection.execute(f'SELECT {name} FROM {quoted(table)} LIMIT 0')
            return [name]
        except sqlite3.OperationalError:  # WITHOUT ROWID.
            break
    return [column[1] for column in sorted(columns, key=lambda column: column[5]) if column[5] > 0]


def rows(path: str, table: str, start: int, count: int, order: list[dict[str, Any]], wanted: str) -> dict[str, Any]:
    """Some rows of a table or view, in an order, of those in which any cell contains `wanted` (DatabaseRows in protocol/looks.ts)."""
    found: dict[str, Any] = {'columns': [], 'rows': [], 'keys': [], 'total': None, 'problem': None}
    try:
        with _opened(path, _LONGEST_LOOK) as connection:
            keys = key_columns(connection, table)
            names = [column[0] for column in connection.execute(f'SELECT * FROM {quoted(table)} LIMIT 0').description]
            found['columns'] = names
            where = ''
            parameters: list[Any] = []
            if wanted:
                tests = [f"CAST({quoted(name)} AS TEXT) LIKE ? ESCAPE '\\'" for name in names]
                where = f' WHERE {" OR ".join(tests)}'
                escaped = wanted.replace('\\', '\\\\').replace('%', '\\%').replace('_', '\\_')
                parameters = [f'%{escaped}%'] * len(names)
            by = [f'{quoted(names[entry["column"]])}{" DESC" if entry["descending"] else ""}' for entry in order]
            ordered = f' ORDER BY {", ".join(by + keys)}' if by else ''
            selected = ', '.join([*(quoted(key) if key in names else key for key in keys), '*'])
            sql = f'SELECT {selected} FROM {quoted(table)}{where}{ordered} LIMIT ? OFFSET ?'
            for row in _bounded(connection.execute(sql, (*parameters, min(count, _MOST_ROWS), start))):
                found['keys'].append([cell(value) for value in row[: len(keys)]])
                found['rows'].append([cell(value) for value in row[len(keys) :]])
            try:
                limit(connection, _LONGEST_COUNT)
                found['total'] = connection.execute(f'SELECT count(*) FROM {quoted(table)}{where}', parameters).fetchone()[0]
            except sqlite3.OperationalError:  # It took longer than allowed.
                found['total'] = None
    except (sqlite3.Error, OSError) as error:
        found['problem'] = problem_of(error)
    return found


def query(path: str, sql: str, count: int) -> dict[str, Any]:
    """
    What one statement that only reads gives (DatabaseAnswer in protocol/looks.ts). `changes`: it would change the database, and was not
    carried out.
    """
    began = time.monotonic()
    found: dict[str, Any] = {'columns': [], 'rows': [], 'more': False, 'changes': False, 'problem': None, 'seconds': 0}
    try:
        with _opened(path, _LONGEST_QUERY) as connection:
            # What is only explained is not carried out.
            refused = [] if sql.lstrip().upper().startswith('EXPLAIN') else _refuse_others(connection)
            try:
                cursor = connection.execute(sql)
                found['columns'] = [column[0] for column in cursor.description or []]
                most = min(count, _MOST_ROWS)
                got = list(_bounded(cursor, most + 1))
                found['rows'] = [[cell(value) for value in row] for row in got[:most]]
                found['more'] = len(got) > most
            except sqlite3.Error as error:
                # More than one statement is for those that change something, too.
                several = isinstance(error, sqlite3.ProgrammingError) and 'one statement' in str(error)
                found['changes'] = bool(refused) or several or 'readonly database' in str(error)
                if not found['changes']:
                    raise
    except (sqlite3.Error, OSError) as error:
        found['problem'] = problem_of(error)
    found['seconds'] = time.monotonic() - began
    return found


# What a statement that only reads does; see https://www.sqlite.org/c3ref/c_alter_table.html
_READING = {sqlite3.SQLITE_READ, sqlite3.SQLITE_SELECT, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE, sqlite3.SQLITE_PRAGMA}


def _refuse_others(connection: sqlite3.Connection) -> list[int]:
    """Lets nothing but reading through; fills the list with what was refused."""
    refused: list[int] = []

    def authorize(action: int, first: str | None, second: str | None, *_: str | None) -> int:
        # A pragma that sets something is a change.
        if action in _READING and not (action == sqlite3.SQLITE_PRAGMA and second is not None and first not in _ASKING):
            return sqlite3.SQLITE_OK
        refused.append(action)
        return sqlite3.SQLITE_DENY

    connection.set_authorizer(authorize)
    return refused


# Pragmas whose argument says what is asked.
_ASKING = {
    'table_info',
    'table_xinfo',
    'table_list',
    'index_list',
    'index_info',
    'index_xinfo',
    'foreign_key_list',
    'foreign_key_check',
    'integrity_check',
    'quick_check',
}


def _bounded(cursor: sqlite3.Cursor, most: int = _MOST_ROWS) -> Iterator[tuple[Any, ...]]:
    """Rows, until they are so many, or so long together, that showing them would take too long."""
    length = 0
    for index, row in enumerate(cursor):
        length += sum(len(value) if isinstance(value, (str, bytes)) else 8 for value in row)
        yield row
        if index + 1 >= most or length > _MOST_CHARACTERS:
            return
