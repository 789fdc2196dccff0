"""What `import micropip` gives: what Pyodide's own package of that name is mostly called for, carried out by Dormouse."""

import sys
from collections.abc import Iterable
from typing import Any

from . import package_install, packages


async def install(requirements: str | Iterable[str], *unused: object, **options: object) -> None:
    """Installs packages from those that come with Dormouse and, when the person agrees, from the package index."""
    if unused or options.keys() - {'keep_going', 'deps', 'pre', 'verbose', 'reinstall'}:
        print('micropip in Dormouse passes over options of install() but the requirements.', file=sys.stderr)
    await package_install.install([requirements] if isinstance(requirements, str) else requirements)


async def uninstall(names: str | Iterable[str]) -> None:
    """Takes packages out of the session."""
    await package_install.uninstall([names] if isinstance(names, str) else names)


def freeze() -> str:
    """What is installed, as requirements with exact versions."""
    return '\n'.join(package_install.frozen())


def list() -> dict[str, Any]:
    """What is installed: versions by name."""
    return {name: package['version'] for name, package in packages.mounted().items()}
