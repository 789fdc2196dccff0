/** Whatever stands at any place of a good document in its stead, it is read or refused with a sentence: never anything else. */
import { expect, test } from 'vitest';
import { isDormouseError } from '../../../src/base/errors';
import { zipOf } from '../../fixtures/zip-archives';
import { FULL, forger, readBack } from './capsules';
import { documentWith, read } from './documents';

/** Objects that pass for something else by one of their names, and values of every type. */
const ODD: readonly unknown[] = [
  { length: {} },
  { length: [{}] },
  { length: 1 },
  { size: {} },
  { toString: 1, valueOf: 1, toJSON: 1 },
  [],
  [[{}]],
  {},
  null,
  true,
  -1,
  0.5,
  1e300,
  '',
  '\0',
  '../..',
];

/** The document once for every place in it, its beginning too, and every odd value there. */
function* everyPlace(document: unknown): Generator<unknown> {
  for (const odd of ODD) yield odd;
  if (Array.isArray(document)) {
    for (const [index, item] of document.entries()) for (const changed of everyPlace(item)) yield document.with(index, changed);
  } else if (typeof document === 'object' && document !== null) {
    for (const [name, value] of Object.entries(document)) for (const changed of everyPlace(value)) yield { ...document, [name]: changed };
  }
}

async function readOrRefused(reading: Promise<unknown>, document: unknown): Promise<'read' | 'refused'> {
  return reading.then(
    () => 'read' as const,
    (error) => {
      expect(isDormouseError(error), `${JSON.stringify(document)}: ${error?.stack}`).toBe(true);
      expect(error.message).toMatch(/^Th(e|is) .*\.$/s);
      return 'refused' as const;
    },
  );
}

test('a state file', async () => {
  const document = documentWith({
    created: '2026-01-01T00:00:00Z',
    runtime: { pyodide: '314.0.7', python: '3.14.2' },
    runs: { count: 3, history: [{ run: 3, started: '2026-01-01T00:00:00Z', ended: null, status: 'failed', firstLine: 'x' }] },
    code: 'x = 1',
    files: [
      { path: 'tmp/a', text: 'é\n', mode: '0644', modified: '2026-01-01T00:00:00Z' },
      { path: 'tmp/b', base64: 'AAA=' },
      { path: 'tmp/c', link: '/tmp/a' },
      { path: 'tmp/d', directory: true },
    ],
  });
  expect(await readOrRefused(read(document), document)).toBe('read');
  const seen = { read: 0, refused: 0 };
  for (const changed of everyPlace(JSON.parse(document))) seen[await readOrRefused(read(JSON.stringify(changed)), changed)] += 1;
  expect(seen.refused).toBeGreaterThan(seen.read);
});

test("a capsule's manifest", async () => {
  const { manifest, forge } = await forger(FULL);
  const seen = { read: 0, refused: 0 };
  for (const changed of everyPlace(manifest)) {
    seen[await readOrRefused(readBack(zipOf(forge(JSON.stringify(changed)))), changed)] += 1;
  }
  expect(seen.refused).toBeGreaterThan(seen.read);
});
