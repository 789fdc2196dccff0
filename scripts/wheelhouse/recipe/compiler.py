#!/usr/bin/env python3
"""What Meson takes for a C or C++ compiler: Emscripten's, with the options of a side module for Pyodide.

Called as `cc` or `c++`. The main module's exception handling (wasm, legacy encoding, longjmp included) has to be ours.
"""

import os
import sys
from pathlib import Path

ALWAYS = ['-fPIC', '-fwasm-exceptions', '-sSUPPORT_LONGJMP=wasm']
# wasm-ld knows none of these, and a side module has no threads.
DROPPED = (
    '-pthread',
    '-Wl,--start-group',
    '-Wl,--end-group',
    '-Wl,--as-needed',
    '-Wl,--no-undefined',
    '-Wl,-O1',
    '-Wl,--allow-shlib-undefined',
)
DROPPED_PREFIXES = ('-Wl,-soname', '-Wl,-rpath', '-Wl,--version-script')


def arguments(given: list[str]) -> list[str]:
    """The arguments for Emscripten."""
    kept = [each for each in given if each not in DROPPED and not each.startswith(DROPPED_PREFIXES)]
    if '-shared' in kept:
        kept.remove('-shared')
        module = Path(kept[kept.index('-o') + 1]).name.split('.')[0]
        return [*ALWAYS, *kept, '-sSIDE_MODULE=2', '-sWASM_BIGINT', f'-sEXPORTED_FUNCTIONS=_PyInit_{module}', '-O2', '-g0']
    links = any(not each.startswith('-') and each.endswith(('.c', '.cpp', '.cc', '.o')) for each in kept) and not {'-c', '-E', '-S'} & set(
        kept
    )
    # Configure links hundreds of tiny programs only to see whether that works: no optimising, no JavaScript beside it.
    return [*ALWAYS, *kept, '-O0', '--oformat=bare', '-Wno-experimental'] if links else [*ALWAYS, *kept]


if __name__ == '__main__':
    compiler = 'em++' if Path(sys.argv[0]).name == 'c++' else 'emcc'
    os.execvp(compiler, [compiler, *arguments(sys.argv[1:])])
