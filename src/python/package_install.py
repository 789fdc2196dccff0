"""
Chooses packages and their versions, by PyPA's own library `packaging`. Nothing is fetched here: the page is asked by name and sha256,
and asks the person before it asks an index.
"""

import email.parser
import importlib
import json
import re
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import packages
from .packages import PackageError

if TYPE_CHECKING:
    from packaging.requirements import Requirement
    from packaging.version import Version

# How often the choice begins anew because something that was chosen does not go with what came later.
MOST_ATTEMPTS = 50
MOST_PACKAGES = 500
_PLAIN = re.compile(r'[A-Za-z0-9][A-Za-z0-9._-]*')
_OPTIONS = {'-q', '-qq', '--quiet', '-y', '--yes', '--user', '--no-cache-dir', '--disable-pip-version-check', '--upgrade', '-U'}


@dataclass
class Candidate:
    """One file that could be chosen."""

    name: str
    version: Version
    sha256: str
    # Names of what it needs, where no metadata has to be read for that.
    depends: list[str] | None = None


@dataclass
class Wish:
    """A requirement, and who has it: '' is the person."""

    requirement: Requirement
    by: str = ''
    by_version: str = ''

    def __str__(self) -> str:
        return f'{self.by} {self.by_version} needs {self.requirement}' if self.by else f'{self.requirement} was asked for'


async def run(arguments: list[str]) -> None:
    """A `%pip` line, without its first word."""
    command, *rest = arguments or ['']
    wanted: list[str] = []
    words = iter(rest)
    for word in words:
        if word in ('-r', '--requirement'):
            wanted += _read_requirements(next(words, ''))
        elif word in _OPTIONS:
            continue
        elif word.startswith('-'):
            raise PackageError(f'%pip in Dormouse has no option {word}.')
        else:
            wanted.append(word)
    upgrade = '--upgrade' in rest or '-U' in rest
    match command:
        case 'install' if wanted:
            await install(wanted, upgrade=upgrade)
        case 'uninstall' if wanted:
            await uninstall(wanted)
        case 'list' | 'freeze':
            print('\n'.join(frozen()))
        case _:
            raise PackageError('%pip in Dormouse can: install NAME…, install -r FILE, uninstall NAME…, list, freeze.')


def frozen() -> list[str]:
    """What is loaded, as requirements with exact versions."""
    return sorted(f'{package["name"]}=={package["version"]}' for package in packages.mounted().values())


async def install(requirements: Iterable[str], *, upgrade: bool = False) -> list[str]:
    """Installs packages and what they need: all, or nothing. Returns what came, as `name version`."""
    wanted = [text.strip() for text in requirements if text.strip()]
    names = [_normalized(text) for text in wanted]
    before = packages.mounted()
    if all(_PLAIN.fullmatch(text) for text in wanted) and all(packages.in_catalogue(name) for name in names):
        # Nothing has to be chosen.
        await packages.load(names)
    else:
        if 'packaging' not in before and packages.in_catalogue('packaging') is None:
            raise PackageError('Nothing can be installed here: this copy of Dormouse was made without the packages that installing needs.')
        await packages.load(['packaging'])
        before = packages.mounted()
        chosen = await _Choice(upgrade).choose(wanted)
        await packages.ask(packages.host().mount(json.dumps([candidate.sha256 for candidate in chosen])))
    importlib.invalidate_caches()
    after = packages.mounted()
    came = [package for name, package in after.items() if before.get(name, {}).get('sha256') != package['sha256']]
    for package in came:
        old = before.get(package['name'])
        if old and old['version'] != package['version'] and _is_imported(package['name']):
            print(
                f'{package["name"]} {old["version"]} is still in use: {package["version"]} is used once Python begins anew.',
                file=sys.stderr,
            )
    text = [f'{package["name"]} {package["version"]}' for package in came]
    print(f'Installed: {", ".join(text)}' if text else 'All of that is there already.')
    return text


async def uninstall(names: Iterable[str]) -> None:
    """Takes packages out of the session. What was imported stays in memory."""
    wanted = [_normalized(name) for name in names]
    here = packages.mounted()
    missing = [name for name in wanted if name not in here]
    if missing:
        raise PackageError(f'Not installed: {", ".join(missing)}. Nothing was removed.')
    await packages.ask(packages.host().unmount(json.dumps(wanted)))
    importlib.invalidate_caches()
    print(f'Removed: {", ".join(wanted)}')


class _Choice:
    """Chooses versions: the newest that fits what is known, and anew when something turns up that it does not fit."""

    def __init__(self, upgrade: bool) -> None:
        self.upgrade = upgrade
        self.environment = _environment()
        self.tags = _tags()
        self.indexed: dict[str, list[dict[str, Any]]] = {}
        self.needs: dict[str, list[Requirement]] = {}
        # Everything that was ever wished of a package, by its name.
        self.wishes: dict[str, list[Wish]] = {}
        self.chosen: dict[str, Candidate] = {}

    async def choose(self, texts: Iterable[str]) -> list[Candidate]:
        from packaging.requirements import InvalidRequirement, Requirement

        asked: list[Wish] = []
        for text in texts:
            try:
                requirement = Requirement(text)
            except InvalidRequirement as error:
                raise PackageError(f'{text!r} is no name of a package, with or without a version: {str(error).splitlines()[0]}.') from None
            if requirement.url:
                raise PackageError(f'{requirement.name}: only packages of the index can be installed, by name, not files by their address.')
            asked.append(Wish(requirement))
        for _ in range(MOST_ATTEMPTS):
            if await self._attempt(asked):
                return list(self.chosen.values())
        raise PackageError('No versions were found that go together.')

    async def _attempt(self, asked: list[Wish]) -> bool:
        """False when a choice turned out wrong: the next attempt knows more."""
        self.chosen = {}
        done: dict[str, frozenset[str]] = {}
        waiting = list(asked)
        while waiting:
            wish = waiting.pop(0)
            name = _normalized(wish.requirement.name)
            self._remember(name, wish)
            candidate = self.chosen.get(name)
            if candidate is None:
                if len(self.chosen) >= MOST_PACKAGES:
                    raise PackageError(f'More than {MOST_PACKAGES} packages would be needed.')
                candidate = self.chosen[name] = await self._candidate(name)
            elif not wish.requirement.specifier.contains(candidate.version, prereleases=True):
                # Says which wishes cannot be met together, if it is that.
                await self._candidate(name)
                return False
            extras = frozenset(wish.requirement.extras)
            if name in done and extras <= done[name]:
                continue
            done[name] = done.get(name, frozenset()) | extras
            waiting += await self._dependencies(candidate, done[name])
        return True

    def _remember(self, name: str, wish: Wish) -> None:
        known = self.wishes.setdefault(name, [])
        if all(str(other) != str(wish) for other in known):
            known.append(wish)

    def _valid(self, name: str) -> list[Wish]:
        """Of what was wished, what is not of another version than the one that is chosen now."""

        def counts(wish: Wish) -> bool:
            chosen = self.chosen.get(wish.by)
            return not wish.by or chosen is None or str(chosen.version) == wish.by_version

        return [wish for wish in self.wishes[name] if counts(wish)]

    async def _candidate(self, name: str) -> Candidate:
        from packaging.version import Version

        wishes = self._valid(name)

        def fits(version: Version) -> bool:
            return all(wish.requirement.specifier.contains(version, prereleases=True) for wish in wishes)

        here = packages.mounted().get(name)
        pinned = packages.in_catalogue(name)
        if here and not self.upgrade and fits(Version(here['version'])):
            return Candidate(name, Version(here['version']), here['sha256'])
        if pinned and fits(Version(pinned['version'])):
            return Candidate(name, Version(pinned['version']), pinned['sha256'], pinned['depends'])
        files = await self._files(name)
        runnable = [file for file in files if self._rank(file) is not None]
        if not runnable:
            why = (
                'has no wheel'
                if not files
                else 'has no wheel that runs in a browser with this Python: it holds compiled code, or wants another Python'
            )
            raise PackageError(f'{name} {why}. Nothing was installed.')
        exact = any(part.operator in ('==', '===') for wish in wishes for part in wish.requirement.specifier)
        usable = [file for file in runnable if (exact or not file['yanked']) and fits(file['parsed'])]
        finished = [file for file in usable if not file['parsed'].is_prerelease]
        if finished and not any(wish.requirement.specifier.prereleases for wish in wishes):
            usable = finished
        # Files of one version differ in how well they fit.
        best = max(usable, key=lambda file: (file['parsed'], -(self._rank(file) or 0)), default=None)
        if best is None:
            there = ', '.join(sorted({file['version'] for file in runnable}, key=Version)[-5:])
            reasons = '; '.join(str(wish) for wish in wishes)
            raise PackageError(f'No version of {name} fits: {reasons}. There are: {there}. Nothing was installed.')
        return Candidate(name, best['parsed'], best['sha256'])

    async def _files(self, name: str) -> list[dict[str, Any]]:
        from packaging.version import InvalidVersion, Version

        if name not in self.indexed:
            self.indexed[name] = []
            for file in json.loads(await packages.ask(packages.host().index(name))):
                try:
                    self.indexed[name].append({**file, 'parsed': Version(file['version'])})
                except InvalidVersion:  # Of a time when there were no rules.
                    continue
        return self.indexed[name]

    def _rank(self, file: dict[str, Any]) -> int | None:
        """How well a wheel fits this Python, 0 best; None: not at all."""
        from packaging.specifiers import InvalidSpecifier, SpecifierSet
        from packaging.utils import InvalidWheelFilename, parse_wheel_filename

        try:
            tags = parse_wheel_filename(file['file'])[3]
            if file['requiresPython'] and not SpecifierSet(file['requiresPython']).contains(self.environment['python_full_version']):
                return None
        except InvalidWheelFilename, InvalidSpecifier:
            return None
        return min((self.tags[str(tag)] for tag in tags if str(tag) in self.tags), default=None)

    async def _dependencies(self, candidate: Candidate, extras: frozenset[str]) -> list[Wish]:
        from packaging.requirements import Requirement

        if candidate.depends is not None and not extras:
            return [Wish(Requirement(name), candidate.name, str(candidate.version)) for name in candidate.depends]
        if candidate.sha256 not in self.needs:
            self.needs[candidate.sha256] = await self._read_needs(candidate)
        environments = [{**self.environment, 'extra': extra} for extra in extras or ['']]
        return [
            Wish(requirement, candidate.name, str(candidate.version))
            for requirement in self.needs[candidate.sha256]
            if requirement.marker is None or any(requirement.marker.evaluate(environment) for environment in environments)
        ]

    async def _read_needs(self, candidate: Candidate) -> list[Requirement]:
        from packaging.requirements import InvalidRequirement, Requirement
        from packaging.version import InvalidVersion, Version

        text = await packages.ask(packages.host().metadata(candidate.sha256, 'METADATA'))
        message = email.parser.HeaderParser().parsestr(text or '')
        said = f'{message["Name"]} {message["Version"]}'
        try:
            if _normalized(str(message['Name'])) != candidate.name or Version(str(message['Version'])) != candidate.version:
                raise PackageError(f'The wheel of {candidate.name} {candidate.version} says that it is {said}. Nothing was installed.')
            return [Requirement(line) for line in message.get_all('Requires-Dist') or []]
        except (InvalidVersion, InvalidRequirement) as error:
            raise PackageError(
                f'The wheel of {candidate.name} {candidate.version} cannot be understood: {error}. Nothing was installed.'
            ) from None


def _environment() -> dict[str, str]:
    from packaging.markers import default_environment

    return {name: str(value) for name, value in default_environment().items()}


def _tags() -> dict[str, int]:
    """What wheels may be tagged with to run here, best first: by tag its rank."""
    from packaging.tags import Tag

    major, minor = sys.version_info[:2]
    version = sysconfig.get_config_var('PYODIDE_ABI_VERSION')
    platforms = list(dict.fromkeys(filter(None, [packages.abi, f'pyemscripten_{version}_wasm32', f'pyodide_{version}_wasm32', 'any'])))
    interpreters = [f'cp{major}{minor}', f'py{major}{minor}', f'py{major}', *(f'py{major}{older}' for older in range(minor - 1, -1, -1))]
    abis = [f'cp{major}{minor}', 'abi3', 'none']
    older = [f'cp{major}{before}' for before in range(minor - 1, 1, -1)]
    tags = [Tag(interpreter, abi, platform) for platform in platforms for abi in abis for interpreter in interpreters]
    tags += [Tag(interpreter, 'abi3', platform) for platform in platforms[:-1] for interpreter in older]
    return {str(tag): rank for rank, tag in enumerate(tags)}


def _normalized(name: str) -> str:
    return re.sub(r'[-_.]+', '-', name.strip()).lower()


def _is_imported(name: str) -> bool:
    return name.replace('-', '_') in sys.modules


def _read_requirements(path: str) -> list[str]:
    with open(path, encoding='utf-8') as file:
        lines = [line.partition(' #')[0].strip() for line in file]
    options = [line for line in lines if line.startswith('-')]
    if options:
        raise PackageError(f'{path}: only names with or without versions can be read from it, not {options[0]!r}.')
    return [line for line in lines if line and not line.startswith('#')]
