/** The mirror over two sides in memory: whatever happens at either, nothing is lost, and in the end both are the same. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Base } from '../../../src/mirror/compare';
import { Mirror, type MirrorReport } from '../../../src/mirror/mirror';
import { MovedOnError, type OurSide, type SideFile, type TheirSide } from '../../../src/mirror/sides';

/** Files in memory; a version is a count of changes. */
class MemorySide implements OurSide, TheirSide {
  readonly files = new Map<string, { text: string; version: string }>();
  #count = 0;
  /** What happens at this side in the middle of the other's work, once. */
  meanwhile: (() => void) | null = null;
  failing: Error | null = null;

  set(path: string, text: string): SideFile {
    this.files.set(path, { text, version: `v${++this.#count}` });
    return this.#seen(path) as SideFile;
  }

  touch(path: string): void {
    const file = this.files.get(path);
    if (file) this.set(path, file.text);
  }

  async list(): Promise<Map<string, SideFile>> {
    if (this.failing) throw this.failing;
    return new Map([...this.files.keys()].map((path) => [path, this.#seen(path) as SideFile]));
  }

  async read(path: string): Promise<Blob> {
    this.meanwhile?.();
    this.meanwhile = null;
    const file = this.files.get(path);
    if (!file) throw new MovedOnError(path);
    return new Blob([file.text]);
  }

  async write(path: string, content: Blob, expected: string | boolean | null): Promise<SideFile> {
    const text = await content.text();
    const there = this.files.get(path);
    if (typeof expected === 'boolean' ? !expected && there : (there?.version ?? null) !== expected) throw new MovedOnError(path);
    return this.set(path, text);
  }

  async remove(path: string, expected?: string): Promise<void> {
    if (expected !== undefined && this.files.get(path)?.version !== expected) throw new MovedOnError(path);
    this.files.delete(path);
  }

  #seen(path: string): SideFile | null {
    const file = this.files.get(path);
    return file ? { size: file.text.length, version: file.version } : null;
  }

  texts(): Record<string, string> {
    return Object.fromEntries([...this.files].map(([path, { text }]): [string, string] => [path, text]).sort());
  }
}

async function open(ours = new MemorySide(), theirs = new MemorySide()) {
  let kept: Base = new Map();
  const store = {
    load: async () => kept,
    save: async (base: Base) => {
      kept = new Map(base);
    },
  };
  const reopen = () => Mirror.open(ours, theirs, store);
  return { ours, theirs, mirror: await reopen(), reopen };
}

const kinds = ({ waiting }: MirrorReport) => waiting.map(({ path, kind }) => `${kind} ${path}`);

test('what the session changes goes over by itself, what the other side changes is offered, and what both change waits', async () => {
  const { ours, theirs, mirror, reopen } = await open();
  ours.set('a.txt', 'one');
  ours.set('data/b.csv', '1,2');
  theirs.set('own.txt', 'of the folder');
  expect(await mirror.sync()).toMatchObject({ written: 2, removed: 0, problems: [] });
  expect(theirs.texts()).toEqual({ 'a.txt': 'one', 'data/b.csv': '1,2', 'own.txt': 'of the folder' });
  expect(ours.texts()).not.toHaveProperty('own.txt');

  ours.set('a.txt', 'two');
  theirs.set('data/b.csv', '3,4');
  const later = await reopen();
  const report = await later.sync();
  expect(report).toMatchObject({ written: 1 });
  expect(kinds(report)).toEqual(['offer data/b.csv', 'offer own.txt']);
  for (const waiting of report.waiting) await later.take(waiting);
  expect(ours.texts()).toEqual(theirs.texts());
  expect(await later.sync()).toMatchObject({ written: 0, waiting: [], same: 3 });

  ours.set('a.txt', 'ours');
  theirs.set('a.txt', 'theirs');
  const conflict = await later.sync();
  expect(kinds(conflict)).toEqual(['conflict a.txt']);
  expect([ours.texts()['a.txt'], theirs.texts()['a.txt']]).toEqual(['ours', 'theirs']);
  // What was shown is not what is there any more.
  theirs.set('a.txt', 'theirs, later');
  await expect(later.resolve(conflict.waiting[0] as never, 'theirs')).rejects.toThrow(/has changed meanwhile/);
  await expect(later.resolve(conflict.waiting[0] as never, 'ours')).rejects.toThrow(MovedOnError);
  expect(theirs.texts()['a.txt']).toBe('theirs, later');
  await later.resolve((await later.sync()).waiting[0] as never, 'both');
  await later.sync();
  expect(ours.texts()).toMatchObject({ 'a.txt': 'ours', 'a (theirs).txt': 'theirs, later' });
  expect(theirs.texts()).toEqual(ours.texts());
});

test('a session that was cleared empties no folder by itself, and one removal does go over', async () => {
  const { ours, theirs, mirror } = await open();
  for (const name of 'abcdefgh') ours.set(`${name}.txt`, name);
  await mirror.sync();
  ours.files.delete('a.txt');
  expect(await mirror.sync()).toMatchObject({ removed: 1, waiting: [] });
  for (const name of 'bcdefgh') ours.files.delete(`${name}.txt`);
  const report = await mirror.sync();
  expect(report.removed).toBe(0);
  expect(kinds(report)).toHaveLength(7);
  expect(theirs.files.size).toBe(7);
  await mirror.take(report.waiting[0] as never);
  expect(theirs.files.size).toBe(6);
});

test('names that a computer would obey, or take for another, go nowhere', async () => {
  const { ours, theirs, mirror } = await open();
  theirs.set('Readme.md', 'theirs');
  for (const name of [
    '.bashrc',
    '.git/hooks/post-commit',
    'con.txt',
    'README.md',
    'x/a',
    'X/b',
    'file',
    'File/c',
    'e\u0301',
    'é',
    'a\u202eb',
    'ok.txt',
  ])
    ours.set(name, 'x');
  const { problems, written } = await mirror.sync();
  expect(problems.map(({ path }) => path).sort()).toEqual(
    ['.bashrc', '.git/hooks/post-commit', 'README.md', 'a\u202eb', 'con.txt', 'file', 'x/a', 'é'].sort(),
  );
  expect(written).toBe(4);
  expect(theirs.texts()['Readme.md']).toBe('theirs');
});

const NAMES = ['a', 'b', 'c/d', 'c/e', 'f.txt'];
const edit = fc.record({
  side: fc.constantFrom('ours' as const, 'theirs' as const),
  what: fc.constantFrom('set', 'set', 'set', 'remove', 'touch'),
  path: fc.constantFrom(...NAMES),
  text: fc.constantFrom('x', 'y', 'z', ''),
});
const round = fc.record({
  edits: fc.array(edit, { maxLength: 6 }),
  /** In the middle of the comparison. */
  meanwhile: fc.option(edit, { freq: 3 }),
  /** Then: nothing, or what waits is settled one way. */
  choice: fc.constantFrom(null, null, 'ours' as const, 'theirs' as const, 'both' as const),
  reopened: fc.boolean(),
});

test('after any edits at both sides nothing is lost, and both come to be the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(round, { maxLength: 6 }), async (rounds) => {
      const { ours, theirs, reopen } = await open();
      let mirror = await reopen();
      let serial = 0;
      const apply = ({ side, what, path, text }: { side: 'ours' | 'theirs'; what: string; path: string; text: string }) => {
        const files = side === 'ours' ? ours : theirs;
        // Texts are all different but for the shortest, so that a lost one is noticed.
        if (what === 'set') files.set(path, text === '' ? '' : `${text}${++serial}`);
        else if (what === 'touch') files.touch(path);
        else files.files.delete(path);
      };
      for (const { edits, meanwhile, choice, reopened } of rounds) {
        if (reopened) mirror = await reopen();
        for (const each of edits) apply(each);
        const [ourBefore, theirBefore] = [ours.texts(), theirs.texts()];
        if (meanwhile) {
          ours.meanwhile = () => apply(meanwhile);
          theirs.meanwhile = null;
        }
        const report = await mirror.sync();
        ours.meanwhile = null;
        // The session is never changed by a comparison; what the folder alone had is still there or was the session's own before.
        for (const [path, text] of Object.entries(ourBefore)) {
          if (meanwhile?.path !== path) expect(ours.texts()[path]).toBe(text);
        }
        for (const { path, kind, theirs: there } of report.waiting) {
          if (kind !== 'removal' && there && meanwhile?.path !== path) expect(theirs.texts()[path]).toBe(theirBefore[path]);
        }
        if (choice === null) continue;
        for (const waiting of (await mirror.sync()).waiting) {
          const before = [ours.texts()[waiting.path], theirs.texts()[waiting.path]];
          if (waiting.kind === 'conflict') await mirror.resolve(waiting, choice);
          else await mirror.take(waiting);
          const now = [...Object.values(ours.texts()), ...Object.values(theirs.texts())];
          if (waiting.kind === 'conflict' && choice === 'both')
            for (const text of before) if (text !== undefined) expect(now).toContain(text);
        }
      }
      for (let turn = 0; turn < 2; turn++) {
        for (const waiting of (await mirror.sync()).waiting) {
          if (waiting.kind === 'conflict') await mirror.resolve(waiting, 'both');
          else await mirror.take(waiting);
        }
      }
      const last = await mirror.sync();
      expect(last).toMatchObject({ written: 0, removed: 0, waiting: [], problems: [] });
      expect(theirs.texts()).toEqual(ours.texts());
    }),
    { numRuns: 400 },
  );
});

test('what the folder alone changed is never overwritten, also in the middle of a write', async () => {
  const { ours, theirs, mirror } = await open();
  ours.set('a', 'ours 1');
  await mirror.sync();
  ours.set('a', 'ours 2');
  ours.meanwhile = () => theirs.set('a', 'theirs');
  expect(await mirror.sync()).toMatchObject({ written: 0, problems: [] });
  expect(theirs.texts()).toEqual({ a: 'theirs' });
  expect(kinds(await mirror.sync())).toEqual(['conflict a']);
  theirs.failing = new Error('The server is off.');
  await expect(mirror.sync()).rejects.toThrow('The server is off.');
  theirs.failing = null;
  expect(kinds(await mirror.sync())).toEqual(['conflict a']);
});
