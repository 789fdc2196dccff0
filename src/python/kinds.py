"""
What can be told of any object without calling anything that a user wrote. `isinstance`, `type(x).__module__`, `len` and `x.__dict__` all
can end up in code of a class or a metaclass; what is here asks Python's own types only, and of a type only what its C structure holds.
"""

# What any object may be is not known, and here it is about any object.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false, reportUnknownLambdaType=false

import array
import sys
import types
from collections import deque
from typing import Any

_type_name = type.__dict__['__name__'].__get__
_type_qualname = type.__dict__['__qualname__'].__get__
_type_module = type.__dict__['__module__'].__get__
_type_mro = type.__dict__['__mro__'].__get__
_type_dict = type.__dict__['__dict__'].__get__
_type_flags = type.__dict__['__flags__'].__get__
# Py_TPFLAGS_HEAPTYPE: no statement of Python's makes a type without it.
_HEAP = 1 << 9
# What knows its own length, and tells it without asking what is in it.
_SIZED = (dict, list, tuple, str, set, frozenset, bytes, bytearray, range, memoryview, deque, array.array)
_MEASURED = (*_SIZED, int, float, complex, type(None))


def name_of(kind: type) -> str:
    """A class's name, whatever its metaclass makes of that."""
    return str.__str__(_type_qualname(kind))


def module_of(kind: type) -> str:
    module = _type_module(kind)
    return module if type(module) is str else ''


def is_one_of(kind: type, *types: type) -> bool:
    """Whether it is one of these: `in` would ask its metaclass."""
    return any(kind is each for each in types)


def is_type(value: Any) -> bool:
    """Whether it is a class: `isinstance` would believe an object's own word."""
    return any(base is type for base in bases_of(type(value)))


def bases_of(kind: type) -> tuple[type, ...]:
    """The class itself and those that it builds on, in order."""
    return _type_mro(kind)


def dict_of(kind: type) -> Any:
    """What a class defines itself."""
    return _type_dict(kind)


def is_static(kind: type) -> bool:
    """Whether C code made the type, before any Python ran."""
    return not _type_flags(kind) & _HEAP


def is_named(kind: type, module: str, name: str) -> bool:
    """Whether a class is this one of a library: the very one that the loaded module has under its name."""
    loaded = sys.modules.get(module)
    return type(loaded) is types.ModuleType and types.ModuleType.__getattribute__(loaded, '__dict__').get(name) is kind


def found_in(kind: type, name: str) -> Any:
    """What a class has under a name, itself or by inheritance, as it is written there; None when there is nothing."""
    for base in bases_of(kind):
        own = dict_of(base)
        if name in own:
            return own[name]
    return None


def attributes_of(value: Any) -> dict[Any, Any] | None:
    """The `__dict__` of an object; None when it has none, or makes it up."""
    kind = type(value)
    if kind is types.ModuleType:
        return types.ModuleType.__getattribute__(value, '__dict__')
    if is_type(value):
        return None
    for base in bases_of(kind):
        found = dict_of(base).get('__dict__')
        if found is None:
            continue
        if type(found) is not types.GetSetDescriptorType:
            return None
        attributes = found.__get__(value)
        return attributes if type(attributes) is dict else None
    return None


def length_of(value: Any) -> int | None:
    """How much is in a container, also of a class that builds on one of Python's own."""
    for base in bases_of(type(value)):
        if is_one_of(base, *_SIZED):
            try:
                return base.__len__(value)
            except ValueError, OverflowError:  # A view whose memory was released; a range longer than anything.
                return None
    return None


def size_of(value: Any) -> int | None:
    """Bytes that it takes itself, without what it refers to."""
    for base in bases_of(type(value)):
        if is_one_of(base, *_MEASURED):
            measure: Any = base.__sizeof__
            return measure(value)
    return None if is_type(value) else object.__sizeof__(value)


def items_of(value: Any) -> Any:
    """Keys and values of a dict, also of a class that builds on it, to be gone through; None for anything else."""
    return dict.items(value) if any(base is dict for base in bases_of(type(value))) else None


def is_class(value: Any, module: str, *names: str) -> bool:
    """Whether a value is exactly of one of these classes of a library."""
    kind = type(value)
    return any(is_named(kind, module, name) for name in names)


def is_array(value: Any) -> bool:
    """Whether it is an array of NumPy's, and of no class that builds on it."""
    kind = type(value)
    return is_static(kind) and module_of(kind) == 'numpy' and name_of(kind) == 'ndarray'
