/** Wheels from Pyodide's own distribution server, each checked against the lock of the npm package. */
import { readFileSync } from 'node:fs';
import { PROJECT } from '../setup.mjs';
import { runtime } from './folder.mjs';
import { normalise } from './wheel-file.mjs';

/** How long the server may take to say that it is there, in milliseconds. */
const PATIENCE = 4000;

/** How long one wheel may take. */
const WHEEL_PATIENCE = 120_000;

/**
 * @typedef {object} Distribution
 * @property {(name: string) => { version: string, file: string, sha256: string } | null} find what Pyodide's lock has under a name
 * @property {(file: string) => Promise<Uint8Array | null>} get null when the server does not give it
 */

/**
 * The distribution of the installed Pyodide. The first failure is the last attempt: nothing waits twice for a server that cannot be reached.
 * @param {typeof fetch} [request]
 * @returns {Distribution}
 */
export function distribution(request = fetch) {
  /** @type {{ packages: Record<string, { name: string, version: string, file_name: string, sha256: string }> }} */
  const lock = JSON.parse(readFileSync(`${PROJECT}/node_modules/pyodide/pyodide-lock.json`, 'utf8'));
  const packages = new Map(Object.values(lock.packages).map((each) => [normalise(each.name), each]));
  // Where Pyodide itself looks for them: see `cdnUrl` in its pyodide.mjs.
  const address = `https://cdn.jsdelivr.net/pyodide/v${runtime().pyodide}/full/`;
  /** @type {Promise<boolean> | null} */
  let reachable = null;
  const reach = () =>
    request(`${address}pyodide-lock.json`, { method: 'HEAD', signal: AbortSignal.timeout(PATIENCE) }).then(
      ({ ok }) => ok,
      () => false,
    );
  return {
    find(name) {
      const found = packages.get(name);
      return found ? { version: found.version, file: found.file_name, sha256: found.sha256 } : null;
    },
    async get(file) {
      reachable ??= reach();
      if (!(await reachable)) return null;
      try {
        const response = await request(`${address}${file}`, { signal: AbortSignal.timeout(WHEEL_PATIENCE) });
        if (response.ok) return new Uint8Array(await response.arrayBuffer());
      } catch {
        // As good as not being there.
      }
      reachable = Promise.resolve(false);
      return null;
    },
  };
}
