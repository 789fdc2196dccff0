#!/usr/bin/env python3
"""Cython, with NumPy's declarations at hand.

The code that modules share (--generate-shared) carries the path of a temporary folder: it gets one whose name does not change.
"""

import os
import sys
import tempfile
from pathlib import Path

BUILD = Path(os.environ['BUILD'])


def fixed_folder(suffix: str | None = None, prefix: str | None = None, dir: str | None = None) -> str:
    """Stands in for tempfile.mkdtemp."""
    folder = BUILD / 'work' / 'shared-code'
    folder.mkdir()
    return str(folder)


if __name__ == '__main__':
    sys.path[:0] = [str(BUILD / 'cython'), str(BUILD / 'numpy')]
    if any(each.startswith('--generate-shared') for each in sys.argv):
        tempfile.mkdtemp = fixed_folder
    from Cython.Compiler.Main import main

    main(command_line=1)
