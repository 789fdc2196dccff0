/** `npm start`: installs what is missing, builds, and serves the app on http://localhost:8080 (`PORT` chooses another port). */
import { serve } from './server.mjs';
import { build, checkNode, fail, installDependencies, PROJECT, SetupError } from './setup.mjs';
import { beginWheelhouse } from './wheelhouse/background.mjs';
import { placeWheels } from './wheelhouse/folder.mjs';

/** @param {number} port */
async function open(port) {
  try {
    return await serve(`${PROJECT}/dist`, { port });
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'EADDRINUSE')
      throw new SetupError(`Port ${port} is taken: stop what uses it, or choose another one: PORT=${port + 1} npm start`);
    if (code === 'EACCES') throw new SetupError(`Port ${port} is not allowed for you: choose another one: PORT=8080 npm start`);
    throw error;
  }
}

try {
  const wanted = process.env.PORT || '8080';
  const port = Number(wanted);
  if (!/^\d+$/.test(wanted) || port > 65535)
    throw new SetupError(`PORT has to be a number from 0 to 65535, got ${JSON.stringify(wanted)}.`);
  console.log('[1/3] Checking Node, the port and the dependencies');
  checkNode();
  // Said now rather than after minutes of installing.
  await (await open(port)).close();
  await installDependencies();
  console.log('[2/3] Building the app into dist/');
  let built = false;
  /** @type {import('./wheelhouse/background.mjs').Found | null} */
  let latest = null;
  const place = () => built && latest && placeWheels(latest.folder, latest.list, `${PROJECT}/dist`);
  const wheelhouse = beginWheelhouse({
    onProgress(found) {
      latest = found;
      place();
    },
  });
  await build();
  built = true;
  place();
  console.log('[3/3] Starting the server');
  const { url } = await open(port);
  console.log(`Dormouse is ready at ${url} (Ctrl+C stops it)`);
  if (!wheelhouse.settled) console.log('NumPy, pandas and the other packages are still being made: it works without them meanwhile.');
  const found = await wheelhouse.done;
  latest = found;
  place();
  const missing = found.list.missing?.reason;
  console.log(missing ? `There are no packages: ${missing}` : `${found.list.packages.length} packages are ready.`);
} catch (error) {
  fail(error);
}
