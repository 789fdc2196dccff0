/**
 * `npm run wheelhouse:build` makes the wheels (NumPy, pandas and what belongs to them) unless this machine has them. `--from-source` does not ask
 * Pyodide's server. With a channel to a parent process (background.mjs) progress goes there.
 */
import { parseArgs } from 'node:util';
import { checkNode, fail, installDependencies, SetupError } from '../setup.mjs';
import { provideWheelhouse } from './provide.mjs';

/** @typedef {{ kind: 'progress', line: string, percent: number | null } | { kind: 'done', folder: string | null } | { kind: 'failed', reason: string }} Message */

/** @param {Message} message @param {() => void} [then] */
const tell = (message, then) => (process.send ? process.send(message, undefined, undefined, then) : then?.());

/** With the exit code that is set: open pipes keep nothing waiting. */
const end = () => process.exit();

// A signal ends a process without its exit handlers, which end what it started. So does a parent that is gone.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.once(signal, () => process.exit(130));
process.once('disconnect', () => process.exit(130));

try {
  checkNode();
  const { values } = parseArgs({ options: { 'from-source': { type: 'boolean', default: false } } });
  if (!process.send) await installDependencies();
  const began = Date.now();
  const found = await provideWheelhouse({
    fromSource: values['from-source'],
    say(line, percent) {
      const minutes = Math.round((Date.now() - began) / 6000) / 10;
      console.log(`packages: ${percent === undefined ? '' : `${percent}% `}${line} (${minutes} min)`);
      tell({ kind: 'progress', line, percent: percent ?? null });
    },
  });
  if (!process.send) console.log(found.folder ? `The packages are in ${found.folder}` : found.list.missing?.reason);
  tell({ kind: 'done', folder: found.folder }, end);
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  if (!process.send) fail(error instanceof Error ? new SetupError(reason, { cause: error }) : error);
  tell({ kind: 'failed', reason }, end);
}
