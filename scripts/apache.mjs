/** Finds the Apache for the tests of WebDAV, and installs it where that can be done without asking. */
import { installFromDebian, isProgram, onPath } from './programs.mjs';

const PLACES = ['/usr/sbin/apache2'];

/**
 * Debian's Apache: the program alone, without the service.
 * @returns {Promise<string | undefined>} its path, undefined when there is none: its tests are skipped then
 */
export async function findApache() {
  const find = () => (onPath(['openssl']) ? (onPath(['apache2']) ?? PLACES.find(isProgram)) : undefined);
  const found = find() ?? ((await installFromDebian('apache2-bin', 'openssl')) ? find() : undefined);
  if (!found) console.log('No Apache here: the test of WebDAV is skipped (install apache2-bin and openssl to run it).');
  return found;
}
