/** What is written is what is read. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkWritable, STATE_LIMITS, type StateContent, writeStateFile } from '../../../src/capsule';
import { contentWith, fileEntry, NOW, read, states } from './documents';

/** Without what cannot be written, as the keeper does it. */
function fitting(state: StateContent): StateContent {
  const leftOut = new Set(checkWritable(state)?.leaveOut.map(({ path }) => path));
  return { ...state, files: state.files.filter(({ path }) => !leftOut.has(path)) };
}

async function written(state: StateContent): Promise<Record<string, never>> {
  return JSON.parse(await writeStateFile(state).text());
}

describe('any state', () => {
  test('is the same after writing and reading', async () => {
    await fc.assert(
      fc.asyncProperty(states, async (state) => {
        const content = fitting(state);
        expect(await read(writeStateFile(content))).toEqual(content);
      }),
      { numRuns: 300 },
    );
  });

  test('can be written without what checkWritable lists', () => {
    fc.assert(fc.property(states, (state) => checkWritable(fitting(state)) === null));
  });

  test('gives the same bytes every time, and they are JSON that any program reads', async () => {
    await fc.assert(
      fc.asyncProperty(states, async (state) => {
        const content = fitting(state);
        const text = await writeStateFile(content).text();
        expect(await writeStateFile(structuredClone(content)).text()).toBe(text);
        expect(JSON.parse(text).files.map(({ path }: { path: string }) => path)).toEqual(content.files.map(({ path }) => path));
      }),
    );
  });
});

describe('a written file', () => {
  test('is laid out for people', async () => {
    const state: StateContent = {
      created: NOW,
      runtime: { pyodide: '314.0.7', python: '3.14.2' },
      runs: { count: 12, history: [{ run: 12, started: NOW, ended: NOW + 1500, status: 'finished', firstLine: 'import sqlite3' }] },
      code: 'import sqlite3\nprint("é")\n',
      files: [
        fileEntry('home/pyodide/notes.txt', 'one "two"\n'),
        { path: 'home/pyodide/run.sh', modified: NOW, mode: 0o4755, kind: 'file', content: new Uint8Array([0xff, 0, 1]) },
        { path: 'home/pyodide/empty', modified: NOW, mode: 0o755, kind: 'directory' },
        { path: 'tmp/link', modified: NOW, mode: 0o777, kind: 'symlink', target: '/home/pyodide/notes.txt' },
      ],
    };
    await expect(await writeStateFile(state).text()).toMatchFileSnapshot('../../fixtures/state-files/version-1.json');
  });

  test('without files is one, too', async () => {
    const state: StateContent = { runtime: null, runs: { count: 0, history: [] }, code: null, files: [] };
    expect(await writeStateFile(state).text()).toBe(
      '{\n  "format": "dormouse-state",\n  "version": 1,\n  "runtime": null,\n  "runs": {\n    "count": 0,\n    "history": []\n  },\n  "code": null,\n  "files": []\n}\n',
    );
  });

  test('says UTF-8 as text and everything else as base64', async () => {
    const bytes = (...values: number[]) => new Uint8Array(values);
    const { files } = (await written(
      contentWith([
        fileEntry('tmp/1', '\ufeffa\r\n\0"'),
        fileEntry('tmp/2', ''),
        fileEntry('tmp/3', bytes(0xff)),
        fileEntry('tmp/4', bytes(0xed, 0xa0, 0x80)),
        fileEntry('tmp/5', bytes(0xc0, 0x80)),
        fileEntry('tmp/6', bytes(0xe2, 0x82)),
        fileEntry('tmp/7', '\u0001\u0002'),
      ]),
    )) as unknown as { files: { text?: string; base64?: string }[] };
    expect(files.map(({ text }) => text)).toEqual(['\ufeffa\r\n\0"', '', undefined, undefined, undefined, undefined, undefined]);
    expect(files.map(({ base64 }) => base64)).toEqual([undefined, undefined, '/w==', '7aCA', 'wIA=', '4oI=', 'AQI=']);
  });

  test('has times that can be said, whatever Python set', async () => {
    const at = (path: string, modified: number) => ({ ...fileEntry(path), modified });
    const content = contentWith([at('tmp/1', 1e300), at('tmp/2', -1e300), at('tmp/3', 0.75), at('tmp/4', -0.25)]);
    const { files } = await read(writeStateFile(content));
    expect(files.map(({ modified }) => new Date(modified).toISOString())).toEqual([
      '9999-12-31T23:59:59.999Z',
      '0000-01-01T00:00:00.000Z',
      '1970-01-01T00:00:00.000Z',
      '1969-12-31T23:59:59.999Z',
    ]);
  });

  test('has no half characters, whatever the editor had', async () => {
    const content = {
      ...contentWith(),
      code: 'a\ud83d',
      runs: { count: 1, history: [{ run: 1, started: NOW, ended: null, status: 'running' as const, firstLine: '\udc2d' }] },
    };
    expect(await read(writeStateFile(content))).toMatchObject({ code: 'a\ufffd', runs: { history: [{ firstLine: '\ufffd' }] } });
  });

  test('keeps characters whole where a large text is worked on in pieces', async () => {
    const text = `a${'🐭漢é"\n'.repeat(150_000)}`;
    const { files } = await read(writeStateFile(contentWith([fileEntry('tmp/large', text)])));
    expect(files[0]).toMatchObject({ kind: 'file' });
    expect(new TextDecoder().decode((files[0] as { content: Uint8Array }).content) === text).toBe(true);
  });
});

describe('much content', () => {
  /** Random bytes, but the same ones every time. */
  function noise(size: number): Uint8Array {
    const words = new Uint32Array(size / 4);
    let state = 1;
    for (let index = 0; index < words.length; index += 1) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      words[index] = state;
    }
    return new Uint8Array(words.buffer);
  }

  test('as much as a state file holds goes through, as text and as base64', async () => {
    const encoder = new TextEncoder();
    const text = encoder.encode('Zeile 1: "ä"\n'.repeat(3_000_000));
    const binary = noise(100_000_000);
    // Twice as long as text: more than there is room for.
    const lines = new Uint8Array(STATE_LIMITS.content - text.length - binary.length - 3).fill(0x0a);
    const contents = [encoder.encode('\n\n\n'), lines, text, binary];
    const blob = writeStateFile(contentWith(contents.map((content, index) => fileEntry(`tmp/${index}`, content))));
    expect(blob.size).toBeLessThanOrEqual(STATE_LIMITS.document);
    expect(await blob.slice(0, 600).text()).toContain('"text": "\\n\\n\\n"');
    const { files } = await read(blob);
    for (const [index, file] of files.entries())
      expect(Buffer.compare((file as { content: Uint8Array }).content, contents[index] as Uint8Array)).toBe(0);
    expect(files.length).toBe(4);
  });
});
