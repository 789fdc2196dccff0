#!/usr/bin/env python3
"""What Meson takes for the Python that is built for.

Asked about itself (Meson runs its script python_info.py) it answers for Pyodide's Python, from target.json; anything else that
the build runs with it (code generators) goes to the Python that is here.
"""

import os
import sys
from pathlib import Path

TARGET = Path(os.environ['BUILD']) / 'target'

if __name__ == '__main__':
    if len(sys.argv) > 1 and sys.argv[1].endswith('python_info.py'):
        print((TARGET / 'target.json').read_text(), end='')
    else:
        os.environ['PYTHONPATH'] = f'{TARGET / "stubs"}:{TARGET.parent / "cython"}'
        os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
