/** Names what has made a memory: only the same can go on with it. */
import { xxh32 } from '../base/xxh32';
import actsSource from '../python/acts.py?raw';
import cellsSource from '../python/cells.py?raw';
import completionSource from '../python/completion.py?raw';
import databaseChangesSource from '../python/database_changes.py?raw';
import databaseJoinSource from '../python/database_join.py?raw';
import databasesSource from '../python/databases.py?raw';
import displaysSource from '../python/displays.py?raw';
import errorsSource from '../python/errors.py?raw';
import figuresSource from '../python/figures.py?raw';
import framesSource from '../python/frames.py?raw';
import imagesSource from '../python/images.py?raw';
import ipythonSource from '../python/ipython.py?raw';
import kindsSource from '../python/kinds.py?raw';
import lessonsSource from '../python/lessons.py?raw';
import looksSource from '../python/looks.py?raw';
import micropipSource from '../python/micropip.py?raw';
import networkSource from '../python/network.py?raw';
import objectsSource from '../python/objects.py?raw';
import packageSource from '../python/package.py?raw';
import packageInstallSource from '../python/package_install.py?raw';
import packagesSource from '../python/packages.py?raw';
import runnerSource from '../python/runner.py?raw';
import signaturesSource from '../python/signatures.py?raw';
import suspensionSource from '../python/suspension.py?raw';
import tablesSource from '../python/tables.py?raw';
import timersSource from '../python/timers.py?raw';
import variablesSource from '../python/variables.py?raw';

/** Dormouse's own modules in Python, which are part of every memory. */
export const PYTHON_SOURCES = {
  __init__: packageSource,
  cells: cellsSource,
  completion: completionSource,
  displays: displaysSource,
  errors: errorsSource,
  figures: figuresSource,
  frames: framesSource,
  acts: actsSource,
  database_changes: databaseChangesSource,
  database_join: databaseJoinSource,
  databases: databasesSource,
  images: imagesSource,
  ipython: ipythonSource,
  kinds: kindsSource,
  lessons: lessonsSource,
  looks: looksSource,
  micropip: micropipSource,
  network: networkSource,
  objects: objectsSource,
  package_install: packageInstallSource,
  packages: packagesSource,
  runner: runnerSource,
  signatures: signaturesSource,
  suspension: suspensionSource,
  tables: tablesSource,
  timers: timersSource,
  variables: variablesSource,
};

/** To be raised when the JavaScript side changes in such a way that it cannot go on with memory that was made before. */
const MACHINE_VERSION = 1;

/** @param pyodide its version */
export function buildOf(pyodide: string): string {
  const sources = xxh32(new TextEncoder().encode(Object.values(PYTHON_SOURCES).join('\0')));
  return `pyodide ${pyodide}, machine ${MACHINE_VERSION}, modules ${sources.toString(16)}`;
}
