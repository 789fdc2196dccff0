/** The published documents are true: examples load, every field is explained, the schema is the one that is used. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { STATE_LIMITS } from '../../../src/capsule';
import { jsonSchemaText } from '../../../src/capsule/schema';
import { documentOf, documentWith, NOW, read } from './documents';

const docs = new URL('../../../docs/', import.meta.url);
const guide = readFileSync(new URL('state-file.md', docs), 'utf8');
const [smallest = '', full = ''] = Array.from(guide.matchAll(/```json\n(.*?)```/gs), ([, example]) => example as string);

const utf8 = (text: string) => new TextEncoder().encode(text);

test('the smallest example loads', async () => {
  expect(await read(smallest)).toEqual({
    runtime: null,
    runs: { count: 0, history: [] },
    code: null,
    files: [{ path: 'home/pyodide/notes.txt', modified: NOW, mode: 0o644, kind: 'file', content: utf8('Hello\n') }],
  });
});

test('the full example loads', async () => {
  const created = Date.UTC(2026, 10, 23, 14, 3);
  const at = (minute: number, second: number, millisecond = 0) => Date.UTC(2026, 10, 23, 14, minute, second, millisecond);
  expect(await read(full)).toEqual({
    created,
    runtime: { pyodide: '314.0.7', python: '3.14.2' },
    runs: {
      count: 2,
      history: [
        { run: 1, started: at(1, 10, 250), ended: at(1, 10, 900), status: 'finished', firstLine: 'import json' },
        { run: 2, started: at(2, 0), ended: null, status: 'unfinished', firstLine: 'while True: pass' },
      ],
    },
    code: "import json\nprint(json.load(open('app_state.json')))\n",
    files: [
      { path: 'home/pyodide/app_state.json', modified: at(1, 10, 880), mode: 0o644, kind: 'file', content: utf8('{"counter": 7}\n') },
      { path: 'home/pyodide/data/pixel.gif', modified: at(1, 10), mode: 0o600, kind: 'file', content: expect.any(Uint8Array) },
      { path: 'home/pyodide/latest.json', modified: created, mode: 0o777, kind: 'symlink', target: 'app_state.json' },
      { path: 'tmp/empty', modified: created, mode: 0o755, kind: 'directory' },
    ],
  });
});

test('the file of version 1 that is kept still loads', async () => {
  const kept = readFileSync(new URL('../../fixtures/state-files/version-1.json', import.meta.url));
  const content = await read(kept);
  expect(content.runs).toMatchObject({ count: 12, history: [{ run: 12, status: 'finished' }] });
  expect(content.files.map(({ path, kind, mode }) => [path, kind, mode])).toEqual([
    ['home/pyodide/notes.txt', 'file', 0o644],
    ['home/pyodide/run.sh', 'file', 0o4755],
    ['home/pyodide/empty', 'directory', 0o755],
    ['tmp/link', 'symlink', 0o777],
  ]);
  expect(content.files.map((file) => (file.kind === 'file' ? Array.from(file.content) : null))).toEqual([
    Array.from(utf8('one "two"\n')),
    [0xff, 0, 1],
    null,
    null,
  ]);
});

test('docs/state-file.schema.json is made from the schema', async () => {
  const remedy = 'The published schema is out of date. Make it anew: npx vitest run --project unit test/unit/capsule -u';
  await expect(jsonSchemaText(), remedy).toMatchFileSnapshot(new URL('state-file.schema.json', docs).pathname);
});

test('the published schema takes the examples and what is written, and refuses other things', () => {
  const published = z.fromJSONSchema(JSON.parse(readFileSync(new URL('state-file.schema.json', docs), 'utf8')));
  const takes = (text: string) => published.safeParse(JSON.parse(text)).success;
  for (const document of [smallest, full, readFileSync(new URL('../../fixtures/state-files/version-1.json', import.meta.url), 'utf8')])
    expect(takes(document)).toBe(true);
  const entry = (rest: object) => documentOf({ path: 'tmp/a', ...rest });
  for (const document of [
    entry({}),
    entry({ text: '', base64: '' }),
    entry({ text: 5 }),
    entry({ text: '', mode: '9' }),
    documentWith({ version: 2 }),
    documentWith({ extra: 1 }),
    documentWith({ files: {} }),
  ]) {
    expect(takes(document)).toBe(false);
  }
});

test('the guide explains every field and states the limits', () => {
  const names = new Set<string>();
  JSON.parse(jsonSchemaText(), (key, value) => {
    if (key === 'properties') for (const name of Object.keys(value)) names.add(name);
    return value;
  });
  for (const name of names) expect(guide).toMatch(new RegExp(`^\\| \`([a-z]+\\.)?${name.replace('$', '\\$')}\` \\|`, 'm'));
  const { content, document, entries, history, code, firstLine, target, depth, values } = STATE_LIMITS;
  const said = [
    `${content / 1e6} MB`,
    `${document / 1e6} MB`,
    `${code / 1e6} million`,
    ...[entries, history, firstLine, target, depth, values].map((limit) => limit.toLocaleString('en-US')),
  ];
  for (const limit of said) expect(guide).toContain(limit);
});

describe('is also read', () => {
  test.each<[string, string]>([
    ['a byte order mark at the beginning', `\ufeff${documentWith()}`],
    ['white space around', ` \r\n\t${documentWith()}\n\n`],
    ['numbers in other spellings', '{"format":"dormouse-state","version":1.0e0,"files":[],"runs":{"count":20E-1}}'],
    ['null where there is nothing', documentWith({ runtime: null, code: null })],
    ['names written with escapes', '{"\\u0066ormat":"dormouse-state","version":1,"files":[]}'],
    ['a mode of three digits', documentOf({ path: 'tmp/a', mode: '644', text: '' })],
    ['folders after what lies in them', documentOf({ path: 'tmp/a/b', text: '' }, { path: 'tmp/a', directory: true })],
    [
      'names that only look alike',
      documentOf({ path: 'tmp/Maße', text: '' }, { path: 'tmp/Masse', text: '' }, { path: 'tmp/ı', text: '' }, { path: 'tmp/i', text: '' }),
    ],
    ['names like those of JavaScript', documentOf({ path: 'tmp/__proto__/constructor', text: '' }, { path: 'tmp/toString', text: '' })],
  ])('%s', async (_, document) => {
    await expect(read(document)).resolves.toMatchObject({ code: null });
  });

  test('every escape of JSON, in text and in base64', async () => {
    const { files } = await read(
      '{"format":"dormouse-state","version":1,"files":[{"path":"tmp/\\ud83d\\uDC2D","text":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\u00e9\\u6f22\\ud83d\\udc2d"},{"path":"tmp/b","base64":"\\/w\\u003d="}]}',
    );
    expect(files).toMatchObject([
      { path: 'tmp/🐭', content: utf8('"\\/\b\f\n\r\t\0é漢🐭') },
      { path: 'tmp/b', content: new Uint8Array([0xff]) },
    ]);
  });

  test('a counter without a history, and a history without a counter', async () => {
    const run = { run: 7, started: '2026-01-01T00:00:00Z', ended: null, status: 'failed', firstLine: '' };
    expect((await read(documentWith({ runs: { count: 3 } }))).runs).toEqual({ count: 3, history: [] });
    expect((await read(documentWith({ runs: { history: [run] } }))).runs).toMatchObject({ count: 7 });
  });
});
