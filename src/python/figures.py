"""A backend of matplotlib: figures are shown when a run ends, or when `show()` asks for it."""

# What any object may be is not known, and here it is about any object.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false, reportUnknownLambdaType=false

from typing import Any

from matplotlib._pylab_helpers import Gcf  # type: ignore[import-not-found]
from matplotlib.backends.backend_agg import FigureCanvasAgg  # type: ignore[import-not-found]

from . import displays

FigureCanvas = FigureCanvasAgg


def show(*_values: Any, **_options: Any) -> None:
    """Shows what pyplot has drawn, and begins anew."""
    try:
        for manager in Gcf.get_all_fig_managers():
            displays.display(manager.canvas.figure)
    finally:
        Gcf.destroy_all()
