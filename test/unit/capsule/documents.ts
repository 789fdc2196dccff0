/** Makes documents and contents for the tests of state files. */
import fc from 'fast-check';
import type { InvalidInputError } from '../../../src/base/errors';
import { readStateFile, type StateContent, type StateFileEntry } from '../../../src/capsule';
import { RUN_STATUSES } from '../../../src/capsule/content';

/** A time for what has none. */
export const NOW = Date.UTC(2026, 10, 23, 14, 3);

const encoder = new TextEncoder();

/** The text of a minimal document with other fields on top. */
export function documentWith(rest: object = {}): string {
  return JSON.stringify({ format: 'dormouse-state', version: 1, files: [], ...rest });
}

/** A document with these entries below `files`. */
export function documentOf(...files: object[]): string {
  return documentWith({ files });
}

export function read(document: BlobPart): Promise<StateContent> {
  return readStateFile(new Blob([document]), NOW);
}

/** Reads what has to be refused; returns why. */
export async function refusal(document: BlobPart): Promise<InvalidInputError> {
  return read(document).then(
    (content) => {
      throw new Error(`Was read: ${JSON.stringify(content).slice(0, 200)}`);
    },
    (error) => error,
  );
}

export function fileEntry(path: string, content: string | Uint8Array = ''): StateFileEntry {
  const bytes = typeof content === 'string' ? encoder.encode(content) : content;
  return { path, modified: NOW, mode: 0o644, kind: 'file', content: bytes };
}

export function contentWith(files: StateFileEntry[] = []): StateContent {
  return { created: NOW, runtime: null, runs: { count: 0, history: [] }, code: null, files };
}

const times = fc
  .date({ min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
  .map(Number);

/** Text as people and programs write it: also empty, with a byte order mark, with all line ends, with NUL. */
const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('\ufeff', 'a', '"', '\\', '/', '\r\n', '\n', '\0', '\u001b[1m', '\u2028', 'é', '漢', '🐭', '\u007f'))
    .map((pieces) => pieces.join('')),
);

const contents = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  texts.map((text) => encoder.encode(text)),
);

/** Names that differ in more than case; letters with and without case, composed and decomposed. */
const names = fc
  .tuple(fc.nat({ max: 30 }), fc.constantFrom('', 'é', 'e\u0301', '漢字', 'ß', ' ', '.', 'A', '🐭', '\n', '"', 'x'.repeat(200)))
  .map(([number, text]) => `${number}-${text}-${number}`);

const paths = fc
  .tuple(fc.constantFrom('home/pyodide', 'tmp'), fc.array(names, { minLength: 1, maxLength: 4 }))
  .map(([mount, segments]) => [mount, ...segments].join('/'));

const runs = fc
  .array(
    fc.record({
      started: times,
      ended: fc.option(times),
      status: fc.constantFrom(...RUN_STATUSES),
      firstLine: fc.string({ unit: 'binary', maxLength: 90 }),
    }),
    { maxLength: 5 },
  )
  .chain((history) =>
    fc.record({
      count: fc.integer({ min: history.length, max: Number.MAX_SAFE_INTEGER }),
      history: fc.constant(history.map((run, index) => ({ run: index + 1, ...run }))),
    }),
  );

const entries: fc.Arbitrary<StateFileEntry> = fc
  .record({ path: paths, modified: times, mode: fc.integer({ min: 0, max: 0o7777 }) })
  .chain((common) =>
    fc.oneof(
      { weight: 4, arbitrary: contents.map((content) => ({ ...common, kind: 'file' as const, content })) },
      { weight: 1, arbitrary: fc.constant({ ...common, kind: 'directory' as const }) },
      {
        weight: 1,
        arbitrary: texts
          .filter((text) => text !== '' && !text.includes('\0'))
          .map((target) => ({ ...common, kind: 'symlink' as const, target })),
      },
    ),
  );

/** Any state; its entries may be in each other's way. */
export const states: fc.Arbitrary<StateContent> = fc
  .record({
    created: fc.option(times, { nil: undefined }),
    runtime: fc.option(fc.record({ pyodide: texts, python: texts })),
    runs,
    code: fc.option(texts),
    files: fc.array(entries, { maxLength: 12 }),
  })
  .map(({ created, ...rest }) => ({ ...(created !== undefined && { created }), ...rest }));
