"""http.client, and what builds on it (urllib), and open_url ask the page, which fetches from the hosts that the person allows."""

import io
import sys
from collections.abc import Awaitable, Sequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any, cast

import js as _js  # type: ignore[import-not-found]
import pyodide.http
from pyodide import ffi

# Typed nowhere.
js: Any = _js
# The page's fetch sets these itself, or has no use for them; a name of the program's own would make browsers ask the host first.
_NOT_SENT = {'accept-encoding', 'connection', 'content-length', 'host', 'te', 'user-agent'}
# What the browser has undone already, or does not apply to an answer that is whole.
_NOT_RECEIVED = {'connection', 'content-encoding', 'content-length', 'keep-alive', 'transfer-encoding'}


def prepare() -> None:
    """Once in an interpreter's life."""
    sys.meta_path.insert(0, _Finder())
    pyodide.http.open_url = open_url
    if 'http.client' in sys.modules:
        _connect(sys.modules['http.client'])


def open_url(url: str) -> io.StringIO:
    """Takes the place of Pyodide's, which needs XMLHttpRequest."""
    _, _, body = _wait(_fetch(url, 'GET', {}, b''))
    return io.StringIO(body.decode('utf-8', 'replace'))


def _wait[Answer](answer: Awaitable[Answer]) -> Answer:
    if ffi.can_run_sync():
        return ffi.run_sync(answer)
    cast('Any', answer).close()
    raise OSError(
        'This browser cannot wait for an answer in the middle of Python. This line can: response = await pyodide.http.pyfetch(url)'
    )


async def _fetch(url: str, method: str, headers: dict[str, str], body: bytes) -> tuple[str, list[tuple[str, str]], bytes]:
    """The status line without its version, headers, and content. @raises OSError with what the page says"""
    options: dict[str, Any] = {'method': method, 'headers': headers}
    if body:
        options['body'] = body
    try:
        response = await js.fetch(url, ffi.to_js(options, dict_converter=js.Object.fromEntries))
        content = (await response.arrayBuffer()).to_bytes()
    except ffi.JsException as error:
        raise OSError(error.message) from None
    received = [(str(name), str(value)) for name, value in response.headers.entries()]
    return f'{response.status} {response.statusText}', received, content


class _Exchange:
    """Stands for the socket of one request: takes in what http.client sends, and gives back what the page got."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.sent = io.BytesIO()

    def sendall(self, data: bytes) -> None:
        self.sent.write(data)

    def makefile(self, _mode: str) -> io.BytesIO:
        head, _, body = self.sent.getvalue().partition(b'\r\n\r\n')
        self.sent = io.BytesIO()
        first, *lines = head.decode('latin-1').split('\r\n')
        method, path, _ = first.split(' ', 2)
        named = [line.partition(': ')[::2] for line in lines]
        if any(name.lower() == 'transfer-encoding' for name, _ in named):
            raise _error('A request whose length is not known cannot be sent: give its body as bytes.')
        headers = {name: value for name, value in named if name.lower() not in _NOT_SENT}
        try:
            status, received, content = _wait(_fetch(self.address + path, method, headers, body))
        except OSError as error:
            raise _error(str(error)) from None
        kept = [(name, value) for name, value in received if name.lower() not in _NOT_RECEIVED]
        kept += [('Content-Length', str(len(content))), ('Connection', 'close')]
        said = ''.join(f'{name}: {value}\r\n' for name, value in kept)
        return io.BytesIO(f'HTTP/1.1 {status}\r\n{said}\r\n'.encode('latin-1', 'replace') + content)

    def close(self) -> None:
        """There is nothing to close."""

    def settimeout(self, _seconds: float | None) -> None:
        """The page has times of its own."""


def _error(message: str) -> OSError:
    """As whoever asks by way of urllib expects it."""
    urllib = sys.modules.get('urllib.error')
    return urllib.URLError(message) if urllib else OSError(message)


def _connect(client: ModuleType) -> None:
    """Lets http.client's connections end at the page."""

    def connect(self: Any) -> None:
        secure = isinstance(self, getattr(client, 'HTTPSConnection', ()))
        host = f'[{self.host}]' if ':' in self.host else self.host
        port = '' if self.port in (None, 443 if secure else 80) else f':{self.port}'
        self.sock = _Exchange(f'{"https" if secure else "http"}://{host}{port}')

    client.HTTPConnection.connect = connect  # type: ignore[attr-defined]
    if hasattr(client, 'HTTPSConnection'):
        client.HTTPSConnection.connect = connect


class _Finder:
    """Finds http.client when it is first imported: few sessions need it, and it is not small."""

    @staticmethod
    def find_spec(fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path) if fullname == 'http.client' else None
        if spec and spec.loader:
            spec.loader = _Loader(spec.loader)
        return spec


class _Loader(Loader):
    def __init__(self, loader: Loader) -> None:
        self.loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self.loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self.loader
        if module.__spec__:
            module.__spec__.loader = self.loader
        self.loader.exec_module(module)
        _connect(module)
