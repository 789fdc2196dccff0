/** The parts of a session's disk that a state file carries. */
import { InvalidInputError } from '../base/errors';

/**
 * Checks that a path is below one of the folders that Python sees of the disk.
 * @param segments those of `path`
 * @throws InvalidInputError naming the folders
 */
export function checkPlace(path: string, segments: readonly string[]): void {
  const [first, second] = segments;
  if ((first === 'home' && second === 'pyodide' && segments.length > 2) || (first === 'tmp' && segments.length > 1)) return;
  const shown = JSON.stringify(path.length > 120 ? `${path.slice(0, 120)}…` : path);
  throw new InvalidInputError(`The path ${shown} is not below "home/pyodide/" or "tmp/", where the files of a session are.`);
}
