"""Describes Pyodide's Python for a cross build: its headers, its pyconfig.h, and what Meson wants to know of it.

    target.py STDLIB_ZIP HEADERS PLATFORM_PYCONFIG OUT

STDLIB_ZIP is Pyodide's own python_stdlib.zip, which says how its Python was configured. HEADERS are those of any CPython of the
same minor version, PLATFORM_PYCONFIG is the pyconfig.h of that one: the list of macros, whose values are replaced.
"""

import json
import re
import shutil
import sys
import zipfile
from pathlib import Path

DEFINE = re.compile(r'^#\s*define\s+(\w+)(?:\s+.*)?$')
UNDEFINED = re.compile(r'^/\*\s*#\s*undef\s+(\w+)\s*\*/$')


def configuration(stdlib: Path) -> dict[str, object]:
    """How Pyodide's Python was configured (its sysconfig variables)."""
    found: dict[str, dict[str, object]] = {}
    with zipfile.ZipFile(stdlib) as archive:
        exec(archive.read('_sysconfigdata__emscripten_wasm32-emscripten.py'), found)
    return found['build_time_vars']


def pyconfig(text: str, variables: dict[str, object]) -> str:
    """A pyconfig.h with the same macros and other values."""
    lines = []
    for line in text.splitlines():
        match = DEFINE.match(line) or UNDEFINED.match(line)
        # Macros like _GNU_SOURCE are not among the variables: they stay.
        if match is None or match[1].startswith('_') or match[1] == 'Py_PYCONFIG_H':
            lines.append(line)
            continue
        name = match[1]
        value = variables.get(name, 0)
        # 0 stands for "not defined", except where the macro is always defined.
        defined = value != 0 or name.startswith('HAVE_DECL_')
        lines.append(f'#define {name} {value}' if defined else f'/* #undef {name} */')
    return '\n'.join(lines) + '\n'


def patchlevel(text: str, version: str) -> str:
    """A patchlevel.h that says the version that will run, so that the same code comes out whichever patch the headers are of."""
    micro = version.split('.')[2]
    text = re.sub(r'(#define PY_MICRO_VERSION\s+)\d+', rf'\g<1>{micro}', text)
    return re.sub(r'(#define PY_VERSION\s+)"[^"]*"', rf'\g<1>"{version}"', text)


def meson_answer(variables: dict[str, object], include: Path, suffix: str, version: str) -> dict[str, object]:
    """What Meson's python_info.py would print when it ran in Pyodide."""
    site = '/site'
    paths = {
        'include': str(include),
        'platinclude': str(include),
        'purelib': site,
        'platlib': site,
        'stdlib': '/lib',
        'platstdlib': '/lib',
        'scripts': '/bin',
        'data': '/',
    }
    return {
        'variables': {**variables, 'base_prefix': '/', 'INCLUDEPY': str(include), 'CONFINCLUDEPY': str(include), 'Py_GIL_DISABLED': 0},
        'paths': paths,
        'sysconfig_paths': paths,
        'install_paths': paths,
        'version': '.'.join(version.split('.')[:2]),
        'platform': 'emscripten-wasm32',
        'is_pypy': False,
        'is_venv': False,
        'link_libpython': False,
        'suffix': suffix,
        'limited_api_suffix': '.abi3.so',
        'is_freethreaded': False,
    }


def main(stdlib: Path, headers: Path, platform_pyconfig: Path, version: str, out: Path) -> None:
    variables = configuration(stdlib)
    include = out / 'include'
    shutil.copytree(headers, include)
    (include / 'pyconfig.h').write_text(pyconfig(platform_pyconfig.read_text(), variables))
    (include / 'patchlevel.h').write_text(patchlevel((include / 'patchlevel.h').read_text(), version))
    answer = meson_answer(variables, include, str(variables['EXT_SUFFIX']), version)
    (out / 'target.json').write_text(json.dumps(answer) + '\n')


if __name__ == '__main__':
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4], Path(sys.argv[5]))
