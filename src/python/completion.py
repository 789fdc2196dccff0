"""
What could be written next, and how something is called, from what there is in the interpreter. Nothing that a user wrote is called for it:
no property, no `__getattr__`, no `__dir__` and no `keys` of their classes. An expression is followed as far as names, attributes, constant
keys and the classes that it calls lead; anything else is not known.
"""

# What any object may be is not known, and here it is about any object.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false, reportUnknownLambdaType=false

import ast
import builtins
import itertools
import os
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from . import images, kinds, packages
from .signatures import Signature, signature_of

MOST_OPTIONS = 1000
LONGEST_LABEL = 200
LONGEST_EXPRESSION = 1000
# Of a folder, a dict or a list of columns so many are looked at.
MOST_LOOKED_AT = 5000

Option = dict[str, Any]
_scandir = os.scandir
_standard = sorted(name for name in sys.stdlib_module_names if not name.startswith('_'))
# What C keeps of arrays that says how they are to be gone on with, and costs nothing.
_OF_ARRAYS = ('T', 'dtype', 'shape', 'flat')


class Found(NamedTuple):
    """What an expression leads to."""

    # The object; None with `known` false.
    value: Any
    kind: type
    known: bool = True
    # It was found through an instance or a class that becomes its first argument.
    bound: bool = False


def complete(*, what: str, expression: str, prefix: str, call: str) -> list[Option]:
    """The look `complete`."""
    options = _SOURCES[what](expression, prefix)
    if what == 'name' and call:
        options = itertools.chain(_keywords(call), options)
    found = {option['label']: option for option in options if len(option['label']) <= LONGEST_LABEL}
    if len(found) > MOST_OPTIONS:
        lower = prefix.lower()
        found = dict(sorted(found.items(), key=lambda item: not item[0].lower().startswith(lower)))
    return list(itertools.islice(found.values(), MOST_OPTIONS))


def signature(*, expression: str) -> dict[str, Any] | None:
    """The look `signature`: None for what is not known, or cannot be called as far as can be told."""
    found = _resolve(expression)
    if found is None or not found.known:
        return None
    called = _signature(found)
    if called is None:
        return None
    name = expression.strip().rpartition('.')[2].strip()
    return {'name': name[-LONGEST_LABEL:], 'parameters': called.parameters, 'doc': called.doc}


def _signature(found: Found) -> Signature | None:
    return signature_of(found.value, found.bound)


def _keywords(call: str) -> Iterator[Option]:
    found = _resolve(call)
    called = _signature(found) if found and found.known else None
    for name in called.keywords if called else ():
        yield _option(f'{name}=', 'property')


def _option(label: str, kind: str, detail: str = '') -> Option:
    return {'label': label, 'type': kind, 'detail': detail[:LONGEST_LABEL]}


def _names(_expression: str, prefix: str) -> Iterator[Option]:
    for name, value in list(_namespace().items()):
        if type(name) is str and name.isidentifier() and (images.is_shown(name) or prefix.startswith('_')):
            yield _describe(name, value, kinds.name_of(type(value)))
    for name, value in builtins.__dict__.items():
        if type(name) is str and (not name.startswith('_') or prefix.startswith('_')):
            yield _describe(name, value)


def _describe(name: str, value: Any, detail: str = '') -> Option:
    kind = type(value)
    if kinds.is_type(value):
        return _option(name, 'class')
    if kinds.is_one_of(kind, types.FunctionType, types.BuiltinFunctionType):
        return _option(name, 'function')
    if kind is types.ModuleType:
        return _option(name, 'namespace')
    return _option(name, 'variable', detail)


def _attributes(expression: str, prefix: str) -> Iterator[Option]:
    found = _resolve(expression)
    if found is None:
        return
    private = prefix.startswith('_')
    for name, option in _attributes_of(found):
        if type(name) is str and name.isidentifier() and (private or not name.startswith('_')):
            yield option


def _attributes_of(found: Found) -> Iterator[tuple[Any, Option]]:
    value = found.value
    if found.known:
        for name in _columns(value):
            yield name, _option(name, 'property', 'column')
        for name, item in list((kinds.attributes_of(value) or {}).items()):
            if type(name) is str:
                yield name, _describe(name, item, kinds.name_of(type(item)))
        if kinds.is_type(value):
            yield from _class_attributes(value)
            return
        if type(value) is types.ModuleType:
            return
    yield from _class_attributes(found.kind)


def _class_attributes(kind: type) -> Iterator[tuple[str, Option]]:
    for base in kinds.bases_of(kind):
        for name, item in list(kinds.dict_of(base).items()):
            if type(name) is str:
                method = kinds.is_one_of(type(item), *_METHODS)
                yield name, _option(name, 'method' if method else 'class' if kinds.is_type(item) else 'property')


def _items(expression: str, _prefix: str) -> Iterator[Option]:
    found = _resolve(expression)
    if found is None or not found.known:
        return
    items = kinds.items_of(found.value)
    if items is not None:
        for key, item in itertools.islice(items, MOST_LOOKED_AT):
            if type(key) is str:
                yield _option(key, 'text', kinds.name_of(type(item)))
    for name in _columns(found.value):
        yield _option(name, 'text', 'column')


def _columns(value: Any) -> list[str]:
    """Names of the columns of a frame, or the fields of an array."""
    try:
        if kinds.is_class(value, 'pandas', 'DataFrame') or kinds.is_class(value, 'polars', 'DataFrame'):
            return [name for name in value.columns[:MOST_LOOKED_AT] if type(name) is str]
        if kinds.is_array(value):
            return list(value.dtype.names or ())
    except Exception:  # A library's object in a state that the library itself does not expect.
        return []
    return []


def _paths(_expression: str, prefix: str) -> Iterator[Option]:
    folder, slash, start = prefix.rpartition('/')
    try:
        with _scandir((folder or '/') if slash else '.') as entries:
            for entry in itertools.islice(entries, MOST_LOOKED_AT):
                if entry.name.startswith('.') and not start.startswith('.'):
                    continue
                directory = entry.is_dir()
                yield _option(entry.name + ('/' if directory else ''), 'text', 'folder' if directory else 'file')
    except OSError, ValueError:  # There is no such folder.
        return


def _imports(expression: str, _prefix: str) -> Iterator[Option]:
    """Modules; of `a.b` what lies below it. Nothing is imported to know."""
    if not expression:
        loaded = [name for name in list(sys.modules) if type(name) is str and '.' not in name and not name.startswith('_')]
        for name in itertools.chain(_modules_in(sys.path), packages.modules(), loaded, _standard):
            yield _option(name, 'namespace')
        return
    module = sys.modules.get(expression)
    names = kinds.attributes_of(module) if type(module) is types.ModuleType else None
    folders = names.get('__path__') if names else [os.path.join(path, *expression.split('.')) for path in _texts(sys.path)]
    for name in _modules_in(folders):
        yield _option(name, 'namespace')


def _members(expression: str, prefix: str) -> Iterator[Option]:
    """What `from` that module can be imported."""
    module = sys.modules.get(expression)
    if type(module) is types.ModuleType:
        for name, value in list((kinds.attributes_of(module) or {}).items()):
            if type(name) is str and name.isidentifier() and (not name.startswith('_') or prefix.startswith('_')):
                yield _describe(name, value)
    yield from _imports(expression, prefix)


def _texts(values: Any) -> list[str]:
    return [value for value in list(values) if type(value) is str] if kinds.is_one_of(type(values), list, tuple) else []


def _modules_in(folders: Any) -> Iterator[str]:
    for folder in _texts(folders):
        try:
            with _scandir(folder or '.') as entries:
                for entry in itertools.islice(entries, MOST_LOOKED_AT):
                    name, _, ending = entry.name.partition('.')
                    if name.isidentifier() and name != '__pycache__' and (ending == 'py' or ending.endswith('so') or entry.is_dir()):
                        yield name
        except OSError:  # An archive, or nothing at all.
            continue


_SOURCES: dict[str, Callable[[str, str], Iterable[Option]]] = {
    'name': _names,
    'attribute': _attributes,
    'item': _items,
    'path': _paths,
    'import': _imports,
    'member': _members,
}
_METHODS = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodDescriptorType,
    types.ClassMethodDescriptorType,
    types.WrapperDescriptorType,
    classmethod,
    staticmethod,
)
_LITERALS: dict[type, type] = {ast.List: list, ast.Dict: dict, ast.Set: set, ast.Tuple: tuple, ast.JoinedStr: str, ast.ListComp: list}


def _namespace() -> dict[Any, Any]:
    return sys.modules['__main__'].__dict__


def _resolve(expression: str) -> Found | None:
    if len(expression) > LONGEST_EXPRESSION:
        return None
    try:
        return _find(ast.parse(expression.strip(), mode='eval').body)
    except SyntaxError, ValueError, RecursionError, MemoryError:
        return None


def _find(node: ast.expr) -> Found | None:
    match node:
        case ast.Constant(value=value):
            return _known(value)
        case ast.Name(id=name):
            for names in (_namespace(), builtins.__dict__):
                if name in names:
                    return _known(names[name])
            return None
        case ast.Attribute(value=inner, attr=name):
            found = _find(inner)
            return None if found is None else _attribute(found, name)
        case ast.Subscript(value=inner, slice=ast.Constant(value=key)):
            found = _find(inner)
            return _item(found.value, key) if found and found.known else None
        case ast.Call(func=called):
            found = _find(called)
            return Found(None, found.value, known=False) if found and found.known and kinds.is_type(found.value) else None
        case _:
            kind = _LITERALS.get(type(node))
            return None if kind is None else Found(None, kind, known=False)


def _known(value: Any, bound: bool = False) -> Found:
    return Found(value, type(value), bound=bound)


def _attribute(found: Found, name: str) -> Found | None:
    value = found.value
    if found.known:
        attributes = kinds.attributes_of(value)
        if attributes and name in attributes:
            return _known(attributes[name])
        if type(value) is types.ModuleType:
            return None
        if kinds.is_type(value):
            member = kinds.found_in(value, name)
            if kinds.is_one_of(type(member), staticmethod, classmethod):
                return _known(member.__func__, bound=type(member) is classmethod)
            return None if member is None or type(member) is property else _known(member)
        if kinds.is_array(value) and name in _OF_ARRAYS:
            return _known(getattr(value, name))
        if name in _columns(value):
            return _item(value, name)
    member = kinds.found_in(found.kind, name)
    if kinds.is_one_of(type(member), staticmethod, classmethod):
        return _known(member.__func__, bound=type(member) is classmethod)
    if kinds.is_one_of(type(member), *_METHODS):
        return _known(member, bound=True)
    if type(member) is types.MemberDescriptorType and found.known:
        try:
            return _known(member.__get__(value))
        except AttributeError:
            return None
    return _known(member) if kinds.is_type(member) else None


def _item(value: Any, key: Any) -> Found | None:
    if kinds.is_one_of(type(value), list, tuple) and type(key) is int and 0 <= key < len(value):
        return _known(value[key])
    if not kinds.is_one_of(type(key), str, int):
        return None
    if kinds.items_of(value) is not None:
        # Looking it up would ask keys whether they are equal.
        items = itertools.islice(dict.items(value), MOST_LOOKED_AT)
        return next((_known(item) for each, item in items if type(each) is type(key) and each == key), None)
    if key in _columns(value):
        try:
            return _known(value[key])
        except Exception:  # As in _columns.
            return None
    return None
