/** What a state file cannot hold is named, with the least to leave out. */
import { describe, expect, test } from 'vitest';
import { checkWritable, STATE_LIMITS, type StateFileEntry, writeStateFile } from '../../../src/capsule';
import { contentWith, fileEntry, NOW, read } from './documents';

/** An entry of a size, without the memory: all share one. */
const zeros = new Uint8Array(STATE_LIMITS.content + 1);
const sized = (path: string, size: number) => fileEntry(path, zeros.subarray(0, size));

const leftOut = (...files: StateFileEntry[]) => checkWritable(contentWith(files))?.leaveOut;
const MEGABYTE = 1_000_000;

describe('size', () => {
  test('of exactly the limit fits', () => {
    expect(checkWritable(contentWith([sized('tmp/a', STATE_LIMITS.content - 1), sized('tmp/b', 1)]))).toBeNull();
  });

  test('above it: the largest are listed until the rest fits', () => {
    const problem = checkWritable(
      contentWith([
        sized('tmp/a', 10 * MEGABYTE),
        sized('tmp/b', 200 * MEGABYTE),
        sized('tmp/c', 230 * MEGABYTE),
        sized('tmp/d', 60 * MEGABYTE),
      ]),
    );
    expect(problem?.message).toBe(
      'A state file holds at most 256 MB, and this session has 500 MB. Leave out what is listed here to download the rest.',
    );
    expect(problem?.leaveOut).toEqual([
      { path: 'tmp/c', size: 230 * MEGABYTE, reason: 'Without it there is room for the rest.' },
      { path: 'tmp/b', size: 200 * MEGABYTE, reason: 'Without it there is room for the rest.' },
    ]);
  });

  test('above it by one byte', () => {
    expect(leftOut(sized('tmp/a', STATE_LIMITS.content), sized('tmp/b', 1))).toMatchObject([{ path: 'tmp/a' }]);
    expect(() => writeStateFile(contentWith([sized('tmp/a', STATE_LIMITS.content + 1)]))).toThrow('at most 256 MB');
  });

  test('of the names counts, too: a document has its limit', () => {
    // Control characters are six times as long in JSON.
    const folder = `tmp/${`${'\u0001'.repeat(250)}/`.repeat(15)}`;
    const files = Array.from({ length: 1900 }, (_, index) => sized(`${folder}${index}`, 0));
    expect(checkWritable(contentWith([...files, sized('tmp/large', STATE_LIMITS.content)]))?.leaveOut).toMatchObject([
      { path: 'tmp/large' },
    ]);
    expect(checkWritable(contentWith(files))).toBeNull();
  });

  test('of the editor’s text', () => {
    const problem = checkWritable({ ...contentWith(), code: 'x'.repeat(STATE_LIMITS.code + 1) });
    expect(problem).toEqual({
      message: 'The code in the editor is too long for a state file: it takes at most 4 million characters.',
      leaveOut: [],
    });
  });
});

describe('names', () => {
  test.each([
    ['tmp/a\\b', /backslash/],
    ['.dormouse/code.py', /not below/],
    ['home/pyodide', /not below/],
    ['tmp', /not below/],
    [`tmp/${'x/'.repeat(2100)}y`, /longer than 4096/],
  ])('%s', (path, reason) => {
    expect(leftOut(fileEntry('tmp/kept'), fileEntry(path))).toEqual([{ path, size: 0, reason: expect.stringMatching(reason) }]);
  });

  test('that collide: the first stays', () => {
    const problem = checkWritable(
      contentWith([
        fileEntry('tmp/Read.me', 'one'),
        fileEntry('tmp/README', 'two'),
        fileEntry('tmp/read.me', 'four'),
        fileEntry('tmp/e\u0301', ''),
        fileEntry('tmp/é', 'x'),
      ]),
    );
    expect(problem?.message).toBe(
      '2 names could not be loaded again from a state file. Leave out what is listed here to download the rest.',
    );
    expect(problem?.leaveOut).toEqual([
      {
        path: 'tmp/read.me',
        size: 4,
        reason: 'It differs from "tmp/Read.me" only in upper and lower case: many computers take the two for one.',
      },
      {
        path: 'tmp/é',
        size: 1,
        reason: `It differs from "tmp/e\u0301" only in how its letters are encoded (Unicode normalisation): many computers take the two for one.`,
      },
    ]);
  });

  test('that collide as folders: all that lies in the second', () => {
    const folder = (path: string): StateFileEntry => ({ path, modified: NOW, mode: 0o755, kind: 'directory' });
    expect(
      leftOut(folder('tmp/a'), folder('tmp/A'), fileEntry('tmp/A/x'), fileEntry('tmp/a/x'), fileEntry('tmp/A/y/z'))?.map(
        ({ path }) => path,
      ),
    ).toEqual(['tmp/A', 'tmp/A/x', 'tmp/A/y/z']);
  });

  test('beyond 100,000 files and folders', () => {
    const files = Array.from({ length: STATE_LIMITS.entries }, (_, index) => fileEntry(`home/pyodide/${index}`));
    expect(checkWritable(contentWith(files))).toBeNull();
    expect(checkWritable(contentWith([...files, fileEntry('tmp/last')]))?.leaveOut).toEqual([
      { path: 'tmp/last', size: 0, reason: 'It is more than a state file holds: 100,000 files and folders.' },
    ]);
  });
});

test.each(['', 'a\0b', '\ud800', 'x'.repeat(4097)])('links to what is no path: %j', (target) => {
  const link: StateFileEntry = { path: 'tmp/link', modified: NOW, mode: 0o777, kind: 'symlink', target };
  expect(leftOut(link)).toEqual([{ path: 'tmp/link', size: 0, reason: 'The link points to something that is no path.' }]);
});

test('as many files as are allowed are written and read', async () => {
  const files = Array.from({ length: STATE_LIMITS.entries }, (_, index) => fileEntry(`home/pyodide/${index}`, `${index}`));
  const content = await read(writeStateFile(contentWith(files)));
  expect(content.files.length).toBe(files.length);
  expect(content.files.at(-1)).toEqual(files.at(-1));
});
