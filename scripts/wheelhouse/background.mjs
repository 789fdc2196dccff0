/** Provides the wheelhouse beside other work: in a process of its own, which gives way to others and ends with this one. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { giveWay } from '../setup.mjs';
import { findWheelhouse, without } from './find.mjs';

/**
 * @typedef {import('./find.mjs').Found} Found
 * @typedef {import('./main.mjs').Message} Message
 */

/**
 * @typedef {object} Provision
 * @property {boolean} settled whether `done` is
 * @property {Promise<Found>} done never rejects: without wheels it says why
 */

/**
 * Begins to provide the wheels. What is there already is there at once.
 * @param {object} [options]
 * @param {(found: Found) => void} [options.onProgress] is given an empty wheelhouse whose reason says how far it is
 * @returns {Provision}
 * @throws Error when DORMOUSE_WHEELS names a folder that is not there
 */
export function beginWheelhouse({ onProgress = () => {} } = {}) {
  const ready = findWheelhouse();
  if (ready.folder || process.env.DORMOUSE_WHEELS) return { settled: true, done: Promise.resolve(ready) };
  const child = fork(fileURLToPath(new URL('./main.mjs', import.meta.url)), [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  giveWay(child, 5);
  const end = () => child.kill('SIGTERM');
  process.once('exit', end);
  /** @type {Provision} */
  const provision = { settled: false, done: Promise.resolve(ready) };
  provision.done = new Promise((/** @type {(found: Found) => void} */ settle) => {
    /** @type {string | null} */
    let reason = null;
    child.on('message', (/** @type {Message} */ message) => {
      if (message.kind === 'failed') reason = message.reason;
      if (message.kind === 'progress') onProgress(without(progressSentence(message.line, message.percent), 'building'));
    });
    child.once('close', () => {
      process.off('exit', end);
      provision.settled = true;
      const found = findWheelhouse();
      settle(found.folder || reason === null ? found : without(reason));
    });
  });
  return provision;
}

/** @param {string} line @param {number | null} percent */
const progressSentence = (line, percent) =>
  `The packages are being made on this machine${percent === null ? '' : ` (${percent}%)`}: ${line}.`;
