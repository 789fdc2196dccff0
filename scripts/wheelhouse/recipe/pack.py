"""Packs an installed package into a wheel; the same files give the same bytes.

    pack.py SITE SOURCE TAG OUT

SITE is what would be in site-packages, SOURCE the source archive, unpacked: its PKG-INFO becomes METADATA. What a browser has no
use for is left out: tests, type stubs, static libraries.
"""

import base64
import hashlib
import sys
import tomllib
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

# The earliest moment that a zip can say.
TIMESTAMP = (1980, 1, 1, 0, 0, 0)
LEFT_OUT_FOLDERS = {'tests', '__pycache__'}
LEFT_OUT_FILES = {'conftest.py'}
LEFT_OUT_SUFFIXES = {'.a', '.c', '.pyc', '.pyi'}


def package_files(site: Path) -> dict[str, bytes]:
    """The files of a package that run."""
    files = {}
    for path in sorted(site.rglob('*')):
        relative = path.relative_to(site)
        if not path.is_file() or LEFT_OUT_FOLDERS & set(relative.parts) or relative.parts[0].endswith('.egg-info'):
            continue
        if path.name not in LEFT_OUT_FILES and path.suffix not in LEFT_OUT_SUFFIXES:
            files[relative.as_posix()] = path.read_bytes()
    return files


def licence_files(metadata: Message, source: Path) -> list[Path]:
    """The licence files that the metadata lists; where it lists none, those at the usual places."""
    listed = [source / name for name in metadata.get_all('License-File', [])]
    return listed or sorted(path for pattern in ('LICENSE*', 'LICENSES/*') for path in source.glob(pattern) if path.is_file())


def entry_points(source: Path) -> str:
    """entry_points.txt; empty without any. Commands are left out: there is no shell to call them from."""
    project = tomllib.loads((source / 'pyproject.toml').read_text(encoding='utf-8')).get('project', {})
    groups = project.get('entry-points', {})
    return '\n'.join(f'[{group}]\n' + ''.join(f'{name} = {value}\n' for name, value in each.items()) for group, each in groups.items())


def record(files: dict[str, bytes], info: str) -> bytes:
    """RECORD: every file with its sha256 and size."""
    lines = []
    for name, content in sorted(files.items()):
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b'=').decode()
        lines.append(f'{name},sha256={digest},{len(content)}\n')
    return ''.join([*lines, f'{info}/RECORD,,\n']).encode()


def write_zip(path: Path, files: dict[str, bytes]) -> None:
    """A zip of files in order, without anything of this machine in it."""
    with zipfile.ZipFile(path, 'w') as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, TIMESTAMP)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED, 9)


def pack(site: Path, source: Path, tag: str, out: Path) -> Path:
    """Packs a wheel and returns its path."""
    text = (source / 'PKG-INFO').read_text(encoding='utf-8')
    metadata = Parser().parsestr(text)
    name = f'{metadata["Name"].lower().replace("-", "_")}-{metadata["Version"]}'
    info = f'{name}.dist-info'
    files = package_files(site)
    files[f'{info}/METADATA'] = text.encode()
    pure = 'true' if tag.endswith('-none-any') else 'false'
    files[f'{info}/WHEEL'] = f'Wheel-Version: 1.0\nGenerator: dormouse\nRoot-Is-Purelib: {pure}\nTag: {tag}\n'.encode()
    for licence in licence_files(metadata, source):
        files[f'{info}/licenses/{licence.relative_to(source).as_posix()}'] = licence.read_bytes()
    if points := entry_points(source):
        files[f'{info}/entry_points.txt'] = points.encode()
    files[f'{info}/RECORD'] = record(files, info)
    path = out / f'{name}-{tag}.whl'
    write_zip(path, files)
    return path


if __name__ == '__main__':
    print(pack(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4])).name)
