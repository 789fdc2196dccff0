"""What Python does when its memory is captured, and when it goes on in another instance."""

import gc
import importlib
import json
import os
import random
import sys
from typing import Any

MOST_VARIABLES = 1000
LONGEST_NAME = 200
# Whether the collector was on when the capture began.
_collecting = True


def freeze() -> None:
    """Leaves everything that is there now out of later collections: they would dirty all of its memory."""
    gc.collect()
    gc.freeze()


def begin() -> None:
    """A new session: what was random in the memory that it starts from is another's too."""
    random.seed()
    # The folders that they know about were empty ones.
    importlib.invalidate_caches()


def before_capture() -> str:
    """Says what could be lost, as JSON. From here to the resume no collection runs: a finalizer may want a file that is not open yet."""
    global _collecting
    _collecting = gc.isenabled()
    gc.disable()
    namespace = sys.modules['__main__'].__dict__
    return json.dumps({'variables': _variables(namespace), 'lost': []})


def after_capture() -> None:
    """Goes on in the instance that was captured."""
    if _collecting:
        gc.enable()


def resume() -> None:
    """Goes on in another instance."""
    ssl = sys.modules.get('_ssl')
    if ssl is not None:
        # Two sessions that go on from the same memory must not have the same secrets.
        ssl.RAND_add(os.urandom(32), 32.0)
    after_capture()


def _variables(namespace: dict[str, Any]) -> list[dict[str, str]]:
    names = [name for name in namespace if isinstance(name, str) and not name.startswith('__')]
    return [
        {'name': name[:LONGEST_NAME], 'type': type(namespace[name]).__qualname__[:LONGEST_NAME]} for name in sorted(names)[:MOST_VARIABLES]
    ]
