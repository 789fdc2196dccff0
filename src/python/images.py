"""What Python does when its memory is captured, and when it goes on in another instance."""

import asyncio
import builtins
import gc
import io
import itertools
import json
import os
import random
import re
import sys
import types
from collections.abc import Callable, Iterator
from importlib.machinery import FileFinder
from typing import Any, cast

from pyodide.ffi import JsProxy

from . import suspension, timers

MOST_VARIABLES = 1000
LONGEST_NAME = 200
# Of each variable's own contents this many are looked at for what could be lost.
MOST_CONTENTS = 1000
MOST_LOST = 100
# Whether the collector was on when the capture began.
_collecting = True
# The builtins as Python made them, and what user code has put in their places (none: it has removed it).
_builtins = dict(builtins.__dict__)
_replaced: dict[str, tuple[Any, ...]] = {}
_own = {'_', '_pyodide_core', 'js', 'pyodide_js'}


def prepare() -> None:
    """Once, when Python has been initialised."""
    timers.prepare()


def freeze() -> None:
    """Leaves everything that is there now out of later collections: they would dirty all of its memory."""
    gc.collect()
    gc.freeze()


def begin() -> None:
    """A new session: what was random in the memory that it starts from is another's too."""
    random.seed()
    _renew_secrets()
    numpy = sys.modules.get('numpy.random')
    if numpy is not None:
        numpy.seed()
    # The folders that they know about were empty ones. (To read the standard library's archive again would cost time and memory.)
    for finder in sys.path_importer_cache.values():
        if isinstance(finder, FileFinder):
            finder.invalidate_caches()


def before_capture(is_lost: Callable[[Any], bool]) -> str:
    """
    Says as JSON what is there and what would be lost, or why nothing can be captured. From here to the resume no collection runs: a
    finalizer may want a file that is not open yet.
    """
    global _collecting
    _collecting = gc.isenabled()
    gc.disable()
    _use_own_builtins()
    timers.tidy()
    namespace = sys.modules['__main__'].__dict__
    problem = None
    if suspension.is_suspended():
        problem = (
            'A task is waiting in the middle of ordinary code (time.sleep, asyncio.run or run_sync): memory can be saved when it has ended.'
        )
    lost = [{'variable': name, 'reason': 'a JavaScript object'} for name, value in _proxies(namespace) if is_lost(value)]
    lost += [{'variable': _name_of(task, namespace), 'reason': f'what the task {task.get_name()} waits for'} for task in _hanging()]
    return json.dumps({'problem': problem, 'variables': _variables(namespace), 'lost': lost[:MOST_LOST]})


def after_capture() -> None:
    """Goes on in the instance that was captured."""
    _use_their_builtins()
    if _collecting:
        gc.enable()


def _use_own_builtins() -> None:
    """Until the resume has ended no code runs but Pyodide's and this, which what has become of `len` or `__import__` must not break."""
    namespace = builtins.__dict__
    for name, value in _builtins.items():
        if name not in namespace:
            _replaced[name] = ()
        elif namespace[name] is not value:
            _replaced[name] = (namespace[name],)
    namespace.update({name: _builtins[name] for name in _replaced})


def _use_their_builtins() -> None:
    for name, value in _replaced.items():
        if value:
            builtins.__dict__[name] = value[0]
        else:
            del builtins.__dict__[name]
    _replaced.clear()


def resume() -> None:
    """Goes on in another instance."""
    _renew_secrets()
    timers.resume()
    after_capture()


def _renew_secrets() -> None:
    """Two sessions that go on from the same memory must not have the same ones."""
    ssl = sys.modules.get('_ssl')
    if ssl is not None:
        ssl.RAND_add(os.urandom(32), 32.0)


def name_files(files: str) -> str:
    """Takes JSON: a list of descriptors and their paths. Gives JSON: the variable that holds each, null where none is found."""
    names: dict[int, str] = {}
    connections: dict[str, str] = {}
    for name, value in _contents(sys.modules['__main__'].__dict__):
        if isinstance(value, io.IOBase):
            try:
                names.setdefault(value.fileno(), name)
            except OSError, ValueError:  # It has no descriptor, or none any more.
                continue
        for path in _databases_of(value):
            connections.setdefault(path, name)
    database_of = re.compile('-(journal|wal)$')
    return json.dumps([names.get(fd) or connections.get(database_of.sub('', path)) for fd, path in json.loads(files)])


def _databases_of(value: object) -> list[str]:
    """The files that a connection of sqlite3 has open. To ask for them reads none, and calls nothing that is the user's (but a trace)."""
    sqlite3 = sys.modules.get('_sqlite3')
    if sqlite3 is None or not isinstance(value, sqlite3.Connection):
        return []
    try:
        # What a subclass has made of these stays out of it.
        if sqlite3.Connection.text_factory.__get__(value) is not str:
            return []
        return [path for _number, _name, path in sqlite3.Cursor(value).execute('pragma database_list') if path]
    except sqlite3.Error:  # It was closed, or never opened.
        return []


def _variables(namespace: dict[Any, Any]) -> list[dict[str, str]]:
    names = sorted(name for name in namespace if is_shown(name))[:MOST_VARIABLES]
    return [{'name': name[:LONGEST_NAME], 'type': type(namespace[name]).__qualname__[:LONGEST_NAME]} for name in names]


def is_shown(name: object) -> bool:
    """Whether it is a variable of the user: a namespace takes keys of any kind."""
    return isinstance(name, str) and not name.startswith('__') and name not in _own


def _proxies(namespace: dict[Any, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in _contents(namespace):
        if isinstance(value, JsProxy):
            yield name, value


def _contents(namespace: dict[Any, Any]) -> Iterator[tuple[str, Any]]:
    """Variables, and what lies directly in those that are containers or objects, by names such as `a`, `a[0]` and `a.b`."""
    for name, value in list(namespace.items()):
        if not is_shown(name):
            continue
        name = name[:LONGEST_NAME]
        yield name, value
        for place, item in _inside(value):
            yield f'{name}{place}'[:LONGEST_NAME], item


def _inside(value: Any) -> Iterator[tuple[str, Any]]:
    """What lies directly in a container or an object, without calling anything that is the user's."""
    kind = cast('type[object]', type(value))
    if kind in (list, tuple):
        yield from ((f'[{index}]', item) for index, item in enumerate(value[:MOST_CONTENTS]))
    elif kind is dict:
        items: list[tuple[Any, Any]] = list(itertools.islice(value.items(), MOST_CONTENTS))
        yield from ((f'[{key!r}]', item) for key, item in items if type(key) in (str, int))
    elif not issubclass(kind, (type, types.ModuleType)):
        try:
            attributes = object.__getattribute__(value, '__dict__')
        except Exception:  # It has none, or hides it.
            return
        if type(attributes) is dict:
            names = list(itertools.islice(cast('dict[Any, Any]', attributes).items(), MOST_CONTENTS))
            yield from ((f'.{key}', item) for key, item in names)


def _name_of(wanted: object, namespace: dict[Any, Any]) -> str | None:
    return next((name for name, value in _contents(namespace) if value is wanted), None)


def _hanging() -> list[asyncio.Task[Any]]:
    """Tasks that wait for a promise of JavaScript: nothing will ever wake them in another instance."""
    waiting: dict[int, asyncio.Task[Any]] = {}
    futures: list[Any] = []
    for task in asyncio.all_tasks(asyncio.get_event_loop()):
        future = getattr(task, '_fut_waiter', None)
        if future is not None and not isinstance(future, asyncio.Task):
            waiting[id(future)] = task
            futures.append(future)
    if not futures:
        return []
    # JavaScript holds the methods that are to end such a future, and nobody else does.
    methods = [holder for holder in gc.get_referrers(*futures) if getattr(holder, '__name__', None) in ('set_result', 'set_exception')]
    return list({id(task): task for method in methods if (task := waiting.get(id(getattr(method, '__self__', None))))}.values())
