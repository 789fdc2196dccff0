"""How something is called, and the first line of its documentation, from what Python keeps of it: nothing that a user wrote is called."""

# What any object may be is not known, and here it is about any object.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false, reportUnknownLambdaType=false

import inspect
import types
from typing import Any, NamedTuple

from . import cells, kinds

MOST_PARAMETERS = 60
LONGEST_DEFAULT = 40
LONGEST_DOC = 200
# Functions around functions that are followed to the innermost.
DEEPEST = 10

_BUILTINS = (types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType, types.ClassMethodDescriptorType)
_type_signature = type.__dict__['__text_signature__'].__get__
_type_doc = type.__dict__['__doc__'].__get__


class Signature(NamedTuple):
    # As they are written: `a`, `b=1`, `/`, `*args`.
    parameters: list[str]
    # Those that can be given by name.
    keywords: list[str]
    doc: str


def signature_of(value: Any, bound: bool = False) -> Signature | None:
    """
    None for what cannot be called as far as can be told.
    :param bound: the first parameter is given already
    """
    kind = type(value)
    if kinds.is_type(value):
        return _of_class(value)
    if kind is types.MethodType:
        return signature_of(value.__func__, bound=True)
    value = _innermost(value)
    kind = type(value)
    if kind is types.FunctionType:
        return _of_function(value, bound)
    if kinds.is_one_of(kind, *_BUILTINS):
        return _of_text(value.__text_signature__, value.__doc__, value.__name__)
    if kinds.is_static(kind):
        # Such as the functions of NumPy: their own documentation begins with how they are called.
        doc = kinds.found_in(kind, '__doc__')
        text = doc.__get__(value) if type(doc) is types.GetSetDescriptorType else None
        name = kinds.found_in(kind, '__name__')
        named = name.__get__(value) if type(name) is types.GetSetDescriptorType else None
        return _of_text(None, text, named) if kinds.found_in(kind, '__call__') is not None and text and named else None
    called = kinds.found_in(kind, '__call__')
    return _of_function(called, bound=True) if type(called) is types.FunctionType else None


def _innermost(value: Any) -> Any:
    for _ in range(DEEPEST):
        inner = (kinds.attributes_of(value) or {}).get('__wrapped__')
        if inner is None:
            break
        value = inner
    return value


def _of_class(value: type) -> Signature | None:
    doc = kinds.dict_of(value).get('__doc__')
    for name in ('__init__', '__new__'):
        made = kinds.found_in(value, name)
        made = made.__func__ if type(made) is staticmethod else made
        if type(made) is types.FunctionType:
            called = _of_function(made, bound=True)
            return called._replace(doc=_first_line(doc, '') or called.doc)
    text = _type_signature(value)
    if text is None and not kinds.is_static(value):
        return Signature([], [], _first_line(doc, ''))
    return _of_text(text, _type_doc(value) if kinds.is_static(value) else doc, kinds.name_of(value))


def _of_function(function: types.FunctionType, bound: bool) -> Signature:
    code = function.__code__
    defaults = function.__defaults__ or ()
    named: dict[Any, Any] = function.__kwdefaults__ or {}
    count = code.co_argcount
    parameters: list[str] = []
    keywords: list[str] = []
    for at, name in enumerate(code.co_varnames[: count + code.co_kwonlyargcount]):
        if at == count and not code.co_flags & inspect.CO_VARARGS:
            parameters.append('*')
        elif at == count:
            parameters.append(f'*{code.co_varnames[count + code.co_kwonlyargcount]}')
        has, default = at - count + len(defaults) >= 0, None
        if at >= count:
            has, default = name in named, named.get(name)
        elif has:
            default = defaults[at - count + len(defaults)]
        if at > 0 or not bound:
            parameters.append(f'{name}={cells.short_repr(default, LONGEST_DEFAULT)}' if has else name)
            if at >= code.co_posonlyargcount:
                keywords.append(name)
        if at + 1 == code.co_posonlyargcount and parameters:
            parameters.append('/')
    after = count + code.co_kwonlyargcount
    if code.co_flags & inspect.CO_VARARGS:
        if not code.co_kwonlyargcount:
            parameters.append(f'*{code.co_varnames[after]}')
        after += 1
    if code.co_flags & inspect.CO_VARKEYWORDS:
        parameters.append(f'**{code.co_varnames[after]}')
    return Signature(parameters[:MOST_PARAMETERS], keywords, _first_line(function.__doc__, function.__name__))


def _of_text(text: Any, doc: Any, name: str) -> Signature | None:
    """@param text such as `($self, iterable=(), /)`; where there is none the documentation may begin with it"""
    if type(text) is not str and type(doc) is str:
        first = doc.lstrip().partition('\n\n')[0]
        text = first[len(name) :] if first.startswith(f'{name}(') else None
    parameters = _split(text) if type(text) is str else None
    line = _first_line(doc, name)
    if parameters is None:
        return Signature(['…'], [], line) if line else None
    last = parameters.index('/') + 1 if '/' in parameters else 0
    keywords = [each.partition('=')[0].partition(':')[0].strip() for each in parameters[last:] if not each.startswith('*')]
    return Signature(parameters[:MOST_PARAMETERS], [name for name in keywords if name.isidentifier()], line)


def _split(text: str) -> list[str] | None:
    """What stands between the outermost commas of the first brackets."""
    parts, depth, start = [], 0, 0
    for at, letter in enumerate(text[:2000]):
        if letter in '([{':
            depth += 1
            start = at + 1 if depth == 1 else start
        elif (letter == ',' and depth == 1) or (letter in ')]}' and depth == 1):
            parts.append(text[start:at].strip())
            start = at + 1
        if letter in ')]}':
            depth -= 1
            if depth == 0:
                given = [' '.join(part.split())[:100] for part in parts if part and not part.startswith('$')]
                return given[1:] if given[:1] == ['/'] else given
    return None


def _first_line(doc: Any, name: str) -> str:
    if type(doc) is not str:
        return ''
    for line in doc[:4000].splitlines():
        line = line.strip()
        if line and not (name and line.startswith(f'{name}(')):
            return line[:LONGEST_DOC]
    return ''
