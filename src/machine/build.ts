/** Names what has made a memory: only the same can go on with it. */
import { xxh32 } from '../base/xxh32';
import imagesSource from '../python/images.py?raw';
import looksSource from '../python/looks.py?raw';
import micropipSource from '../python/micropip.py?raw';
import packageInstallSource from '../python/package_install.py?raw';
import packagesSource from '../python/packages.py?raw';
import runnerSource from '../python/runner.py?raw';
import suspensionSource from '../python/suspension.py?raw';
import tablesSource from '../python/tables.py?raw';
import timersSource from '../python/timers.py?raw';

/** Dormouse's own modules in Python, which are part of every memory. */
export const PYTHON_SOURCES = {
  __init__: '',
  images: imagesSource,
  looks: looksSource,
  micropip: micropipSource,
  package_install: packageInstallSource,
  packages: packagesSource,
  runner: runnerSource,
  suspension: suspensionSource,
  tables: tablesSource,
  timers: timersSource,
};

/** To be raised when the JavaScript side changes in such a way that it cannot go on with memory that was made before. */
const MACHINE_VERSION = 1;

/** @param pyodide its version */
export function buildOf(pyodide: string): string {
  const sources = xxh32(new TextEncoder().encode(Object.values(PYTHON_SOURCES).join('\0')));
  return `pyodide ${pyodide}, machine ${MACHINE_VERSION}, modules ${sources.toString(16)}`;
}
