"""What user code may import from Dormouse: `from dormouse import progress`."""

from .displays import DisplayHandle, clear_output, display, progress, update_display

__all__ = ['DisplayHandle', 'clear_output', 'display', 'progress', 'update_display']
