"""What libraries that ask for IPython find where it is not installed: its display functions, and no shell.

The modules are found last of all, so that an installed IPython wins.
"""

# What any object may be is not known, and here it is about any object.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false, reportUnknownLambdaType=false

import builtins
import importlib.abc
import importlib.machinery
import os
import sys
import types
from collections.abc import Sequence
from typing import Any

from . import displays

_MODULES = (
    'IPython',
    'IPython.core',
    'IPython.core.display',
    'IPython.core.display_functions',
    'IPython.core.getipython',
    'IPython.display',
)


def prepare() -> None:
    """Once in an interpreter's life."""
    sys.meta_path.append(_Finder())
    # As in a notebook: a name that is simply there.
    builtins.display = displays.display  # type: ignore[attr-defined]
    os.environ.setdefault('MPLBACKEND', 'module://dormouse.figures')


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in _MODULES:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=fullname in ('IPython', 'IPython.core'))

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        # Libraries ask for the version before they use what is there.
        module.__dict__.update({'__version__': '8.0.0', 'version_info': (8, 0, 0), 'get_ipython': get_ipython})
        if 'display' in module.__name__:
            module.__dict__.update(_NAMES)
        elif module.__name__ == 'IPython':
            module.__dict__['display'] = importlib.import_module('IPython.display')


def get_ipython() -> None:
    """There is no shell: what it says outside of IPython."""
    return None


class DisplayObject:
    """Data that has a form already, as IPython.display has it."""

    kind = 'text/plain'

    def __init__(
        self, data: Any = None, url: str | None = None, filename: str | None = None, metadata: dict[str, Any] | None = None
    ) -> None:
        if url is not None:
            raise ValueError('Only data and files can be shown: give data or a filename')
        if filename is not None:
            with open(filename, 'rb') as file:
                data = file.read()
        self.data = data
        self.metadata = metadata or {}

    def __repr__(self) -> str:
        return f'<{type(self).__name__} object>'

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        data = self.data
        if isinstance(data, bytes) and not self.kind.startswith('image/'):
            data = data.decode('utf-8', 'replace')
        return {self.kind: data, 'text/plain': repr(self)}, {self.kind: self.metadata} if self.metadata else {}


class HTML(DisplayObject):
    kind = 'text/html'

    def __html__(self) -> str:
        return str(self.data)


class Markdown(DisplayObject):
    kind = 'text/markdown'


class Latex(DisplayObject):
    kind = 'text/latex'


class Math(DisplayObject):
    kind = 'text/latex'

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        return {'text/latex': f'$\\displaystyle {str(self.data).strip("$")}$', 'text/plain': repr(self)}, {}


class SVG(DisplayObject):
    kind = 'image/svg+xml'


class JSON(DisplayObject):
    kind = 'application/json'


class Pretty(DisplayObject):
    def __repr__(self) -> str:
        return str(self.data)


class Image(DisplayObject):
    """A PNG or JPEG, from bytes or a file."""

    def __init__(
        self,
        data: Any = None,
        url: str | None = None,
        filename: str | None = None,
        format: str | None = None,
        width: int | None = None,
        height: int | None = None,
        alt: str | None = None,
        **_ignored: Any,
    ) -> None:
        if isinstance(data, (str, os.PathLike)):
            filename, data = os.fspath(data), None
        super().__init__(data, url, filename)
        if not isinstance(self.data, bytes):
            raise TypeError('Image takes the bytes of a picture, or a filename')
        self.kind = 'image/jpeg' if self.data[:2] == b'\xff\xd8' else 'image/gif' if self.data[:4] == b'GIF8' else 'image/png'
        self.metadata = {name: value for name, value in (('width', width), ('height', height), ('alt', alt)) if value is not None}


def _display_as(kind: str) -> Any:
    def display_data(*values: Any, **options: Any) -> None:
        displays.display(*({kind: value} for value in values), raw=True, **options)

    return display_data


def _publish(data: dict[str, Any], metadata: dict[str, Any] | None = None, **options: Any) -> None:
    displays.display(data, metadata=metadata, raw=True, **options)


_NAMES: dict[str, Any] = {
    each.__name__: each for each in (DisplayObject, HTML, Markdown, Latex, Math, SVG, JSON, Pretty, Image, displays.DisplayHandle)
} | {
    'display': displays.display,
    'update_display': displays.update_display,
    'clear_output': displays.clear_output,
    'publish_display_data': _publish,
    'display_html': _display_as('text/html'),
    'display_markdown': _display_as('text/markdown'),
    'display_svg': _display_as('image/svg+xml'),
    'display_json': _display_as('application/json'),
    'display_latex': _display_as('text/latex'),
}
