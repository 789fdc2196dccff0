"""Objects of well-known libraries and of Python itself, brought into forms that the page can show."""

# What any object may be is not known, and here it is about any object.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false, reportUnknownLambdaType=false

import base64
import io
import json
import sys
from collections.abc import Callable
from typing import Any

Maker = Callable[[Any], dict[str, Any] | None]


def text_of(value: Any, longest: int = 100_000) -> str:
    """`repr`, cut."""
    return shortened(repr(value), longest)


def shortened(text: str, longest: int) -> str:
    left_out = len(text) - longest
    return text if left_out <= 0 else f'{text[:longest]}… ({left_out:,} more characters)'


def json_default(value: Any) -> Any:
    """What json.dumps makes of numbers and arrays of NumPy, dates and sets."""
    for method in ('tolist', 'item', 'isoformat'):
        function = getattr(value, method, None)
        if callable(function):
            return function()
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=repr)
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    raise TypeError(f'{type(value).__name__} is no JSON')


def maker_of(value: Any) -> Maker | None:
    """How Dormouse shows objects that would rather start a script or a browser."""
    module = type(value).__module__
    for prefix, name, maker in _MAKERS:
        if module.startswith(prefix) and (name is None or any(base.__name__ == name for base in type(value).__mro__)):
            return maker
    return None


def _plotly(figure: Any) -> dict[str, Any]:
    return {'application/vnd.plotly.v1+json': json.loads(figure.to_json()), 'text/plain': f'{type(figure).__name__} (Plotly)'}


def _altair(chart: Any) -> dict[str, Any]:
    version = str(getattr(sys.modules.get('altair'), 'SCHEMA_VERSION', 'v5')).split('.')[0]
    return {f'application/vnd.vegalite.{version}+json': chart.to_dict(), 'text/plain': f'{type(chart).__name__} (Altair)'}


def _figure(figure: Any) -> dict[str, Any]:
    """A figure of matplotlib, also without pyplot."""
    file = io.BytesIO()
    figure.savefig(file, format='png', bbox_inches='tight')
    width, height = (round(size) for size in figure.get_size_inches() * figure.dpi)
    return {'image/png': file.getvalue(), 'text/plain': f'<Figure size {width}x{height}>'}


def show_figures() -> None:
    """At a run's end: what pyplot has drawn and nobody has shown."""
    backend = sys.modules.get('dormouse.figures')
    if backend is not None:
        backend.show()


_MAKERS: list[tuple[str, str | None, Maker]] = [
    ('plotly.', 'BaseFigure', _plotly),
    ('altair.', 'TopLevelMixin', _altair),
    ('matplotlib.', 'Figure', _figure),
]
