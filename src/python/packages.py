"""Packages: an import of one that comes with Dormouse loads it first; `%pip` lines are carried out before the code below them runs."""

import ast
import importlib
import json
import os
import re
import shlex
import sys
from collections.abc import Awaitable, Iterable, Iterator, Sequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any, Protocol

from pyodide import ffi

# More of the user's own modules than this are not looked into for what they import, nor are larger ones (bytes).
MOST_MODULES = 50
LARGEST_MODULE = 1_000_000
_PIP = re.compile(r'[%!]\s*pip3?\s+(?P<rest>.*)')
# Modules that are called otherwise than their packages.
_PROJECTS = {
    'bs4': 'beautifulsoup4',
    'cv2': 'opencv-python',
    'dateutil': 'python-dateutil',
    'dotenv': 'python-dotenv',
    'PIL': 'pillow',
    'skimage': 'scikit-image',
    'sklearn': 'scikit-learn',
    'yaml': 'PyYAML',
}


class PackageError(Exception):
    """Nothing has changed; the message says why."""


class Host(Protocol):
    """src/machine/packages/packages.ts. What is asked for and answered is JSON."""

    def mounted(self) -> str: ...
    async def index(self, name: str) -> str: ...
    async def metadata(self, sha256: str, file: str) -> str | None: ...
    async def mount(self, sha256s: str) -> None: ...
    async def unmount(self, names: str) -> None: ...


async def ask[Answer](answer: Awaitable[Answer]) -> Answer:
    """What the page answers, or its sentence as a PackageError."""
    try:
        return await answer
    except ffi.JsException as error:
        raise PackageError(error.message) from None


_host: Host | None = None
# What comes with Dormouse: by the package's name, and the package of each module.
_catalogue: dict[str, dict[str, Any]] = {}
_modules: dict[str, str] = {}
abi = ''


class _Micropip(Loader):
    """Gives the module of ours in place of Pyodide's."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return importlib.import_module('.micropip', __package__)

    def exec_module(self, module: ModuleType) -> None:
        """It has been carried out."""


class PackageFinder:
    """Comes after all others: finds modules of packages that are not loaded yet."""

    @staticmethod
    def find_spec(fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if path is not None or '.' in fullname:
            return None
        if fullname == 'micropip':
            return ModuleSpec('micropip', _Micropip())
        missing = _missing([fullname])
        # Python cannot wait for it here where the browser cannot suspend a stack; `explain` says so.
        if not missing or not ffi.can_run_sync():
            return None
        ffi.run_sync(load(missing))
        return PathFinder.find_spec(fullname, None)


_finder = PackageFinder()


def connect(host: Host, catalogue: str) -> None:
    """In each instance. `catalogue` is JSON: Catalogue of protocol/packages.ts."""
    global _host, abi
    _host = host
    known = json.loads(catalogue)
    abi = known['abi']
    _catalogue.clear()
    _catalogue.update((package['name'], package) for package in known['packages'])
    _modules.clear()
    _modules.update((module, name) for name, package in _catalogue.items() for module in package['imports'] if module != 'micropip')
    if _finder not in sys.meta_path:
        sys.meta_path.append(_finder)


def host() -> Host:
    """The page's end."""
    if _host is None:
        raise PackageError('Packages cannot be loaded here.')
    return _host


def mounted() -> dict[str, dict[str, Any]]:
    """What is loaded, by name: Mounted of src/machine/packages/package-mounts.ts."""
    return {package['name']: package for package in json.loads(host().mounted())}


def in_catalogue(name: str) -> dict[str, Any] | None:
    """CataloguePackage of protocol/packages.ts."""
    return _catalogue.get(name)


def modules() -> list[str]:
    """Names of the modules that packages of the catalogue bring."""
    return list(_modules)


async def load(names: Iterable[str]) -> None:
    """Loads packages of the catalogue, with what they need, unless one of that name is there."""
    here = mounted()
    wanted = [package for package in _with_dependencies(names) if package['name'] not in here]
    if wanted:
        await ask(host().mount(json.dumps([package['sha256'] for package in wanted])))
        importlib.invalidate_caches()


def _with_dependencies(names: Iterable[str]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}

    def add(name: str) -> None:
        package = _catalogue.get(name)
        if package is not None and name not in found:
            found[name] = package
            for needed in package['depends']:
                add(needed)

    for name in names:
        add(name)
    return list(found.values())


def _packages_of(modules: Iterable[str]) -> set[str]:
    """Packages of the catalogue that bring these modules."""
    return {package for module in modules if (package := _modules.get(module)) is not None}


def _missing(modules: Iterable[str]) -> list[str]:
    """Packages of these modules that come with Dormouse and are not loaded."""
    wanted = _packages_of(modules)
    if not wanted or _host is None:
        return []
    here = mounted()
    return sorted(name for name in wanted if name not in here)


async def prepare(code: str) -> str:
    """Carries out what stands before the code, and loads what it imports. Returns the code that is left, its lines where they were."""
    commands, code = _take_commands(code)
    for command in commands:
        await _pip(command)
    if _host is not None and (missing := _missing(_imports(code))):
        await load(missing)
    return code


def _take_commands(code: str) -> tuple[list[str], str]:
    """The `%pip` lines before anything but comments."""
    commands: list[str] = []
    lines = code.splitlines(keepends=True)
    for index, line in enumerate(lines):
        text = line.strip()
        if text and not text.startswith('#'):
            found = _PIP.fullmatch(text)
            if not found:
                break
            commands.append(found['rest'])
            lines[index] = '\n'
    return commands, ''.join(lines) if commands else code


def _imports(code: str) -> Iterator[str]:
    """Names of the modules that code imports, also by the user's own modules that it imports."""
    looked_into: set[str] = set()
    waiting = [code]
    while waiting:
        for name in _named_imports(waiting.pop()):
            yield name
            if name in sys.modules or name in _modules or name in looked_into or len(looked_into) >= MOST_MODULES:
                continue
            looked_into.add(name)
            if (source := _own_module(name)) is not None:
                waiting.append(source)


def _named_imports(code: str) -> Iterator[str]:
    try:
        tree = ast.parse(code)
    except SyntaxError, ValueError, RecursionError, MemoryError:  # Whoever compiles it says so.
        return
    # Not ast.walk(), which imports something at each call: the user's code may have replaced __import__.
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        waiting.extend(ast.iter_child_nodes(node))
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [node.module]
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, 'id', None)
            names = [node.args[0].value] if called in ('import_module', '__import__') else []
        yield from (name.partition('.')[0] for name in names)


def _own_module(name: str) -> str | None:
    """The text of a module of the user's, which is in the working directory."""
    for path in (f'{name}.py', f'{name}/__init__.py'):
        try:
            if os.path.getsize(path) <= LARGEST_MODULE:
                with open(path, encoding='utf-8') as file:
                    return file.read()
        except OSError, ValueError:
            continue
    return None


def imported(code: str) -> list[str]:
    """Packages of the catalogue that code imports: none where the user's own modules come before theirs, or lines install others."""
    commands, code = _take_commands(code)
    names = _packages_of(_imports(code))
    modules = {module for package in _with_dependencies(names) for module in package['imports']}
    if commands or any(_own_module(module) is not None for module in modules):
        return []
    return sorted(names)


async def import_package(name: str) -> None:
    """Loads a package of the catalogue and imports its modules."""
    await load([name])
    for module in _catalogue[name]['imports']:
        importlib.import_module(module)


async def _pip(command: str) -> None:
    from . import package_install

    await package_install.run(shlex.split(command, comments=True))


async def install(requirements: str) -> str:
    """What the page's own box installs. Takes and returns JSON: requirements; what came, or a sentence."""
    from . import package_install

    try:
        return json.dumps({'came': await package_install.install(json.loads(requirements)), 'problem': None})
    except PackageError as error:
        return json.dumps({'came': [], 'problem': str(error)})


async def uninstall(names: str) -> str:
    """What the person takes out. Takes and returns JSON: names; null, or a sentence."""
    from . import package_install

    try:
        await package_install.uninstall(json.loads(names))
    except PackageError as error:
        return json.dumps(str(error))
    return json.dumps(None)


def explain(error: BaseException) -> None:
    """Says of a module that is missing how to get it."""
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return
    name = error.name.partition('.')[0]
    if name in sys.stdlib_module_names or name in sys.modules:
        return
    package = _modules.get(name)
    if package is None:
        error.add_note(f'If it is a package, this line before the code installs it: %pip install {_PROJECTS.get(name, name)}')
    elif package not in mounted():
        error.add_note(
            f'It comes with Dormouse, but could not be loaded in the middle of the code. This line before it loads it: import {name}'
        )
