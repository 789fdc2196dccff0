/**
 * Files as CPython uses them: the same programs (test/fixtures/file-programs.py) on the session's disk and on plain MEMFS of the same
 * interpreter. Both have to say the same, and the journal has to rebuild exactly what Python sees on the disk afterwards.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkFileOperation, INODE } from '../../../src/base/file-operation';
import { openMemoryStore, Volume } from '../../../src/volume';
import type { WholeEntry } from '../../fixtures/disk-images';
import { startMachine, type TestMachine } from '../../fixtures/machine-on-node';

const source = readFileSync(new URL('../../fixtures/file-programs.py', import.meta.url), 'utf8');
const programs = (prefix: string) =>
  Array.from(source.matchAll(new RegExp(`^def (${prefix}_\\w+)\\(`, 'gm')), ([, name]) => name as string);

let machine: TestMachine;
/** Whether the machine was started on a disk that holds files. */
let restored = false;
/** The disk that the journal's operations make. */
let disk: Volume;
let applied = 0;
let runs = 0;

async function start(entries: WholeEntry[]): Promise<void> {
  machine = await startMachine({ credit: 2 ** 32, entries });
  restored = entries.length > 0;
  disk = await Volume.open(openMemoryStore(), { now: () => 0 });
  applied = 0;
  runs = 0;
  for (const entry of entries) for await (const operation of operationsFor(entry)) disk.apply(operation);
  await machine.run(`${source}\nrestored = ${restored ? 'True' : 'False'}`);
  expect(machine.output()).toBe('');
}

async function* operationsFor({ inode, parent, name, kind, mode, target = '', content, modified, accessed }: WholeEntry) {
  const time = modified;
  if (kind === 'symlink') yield { type: 'symlink', inode, parent, name, target, time } as const;
  else yield { type: 'make', inode, parent, name, kind, mode, time } as const;
  if (content) yield { type: 'write', inode, offset: 0, data: new Uint8Array(await content.arrayBuffer()), time } as const;
  yield { type: 'setattr', inode, modified, accessed } as const;
}

beforeAll(() => start([]));
afterAll(() => machine.close());

/** Runs one line of Python and returns the JSON that it prints. */
async function ask<Answer>(code: string): Promise<Answer> {
  machine.events.length = 0;
  await machine.run(code);
  const output = machine.output();
  try {
    return JSON.parse(output) as Answer;
  } catch (cause) {
    throw new Error(output, { cause });
  }
}

/** The nodes of the disk below its mounts, after the operations that were journalled by now; as `listing` in the programs. */
function kept(): unknown[] {
  for (; applied < machine.operations.length; applied++) {
    const operation = machine.operations[applied];
    disk.apply(checkFileOperation(operation));
  }
  // By code points, as Python sorts.
  const order = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  return disk
    .entries()
    .map((entry) => ({ ...entry, path: disk.pathOf(entry.inode) }))
    .filter(({ path }) => (restored ? path.match(`^(home/pyodide|tmp)/run-${runs}/`) : path.match('^(home/pyodide|tmp)/')))
    .map(({ path, inode, kind, mode, modified, accessed, target }) => {
      const content = kind === 'file' ? createHash('sha256').update(disk.read(inode)).digest('hex') : (target ?? '');
      return [path, inode, kind, mode, Math.trunc(modified), Math.trunc(accessed), content] as const;
    })
    .sort(([a], [b]) => order(a, b));
}

type Comparison = [plain: string[], home: string[], tmp: string[], listing: unknown[]];

/** Runs a program in all three places, holds the disk against the journal, and returns what the program said. */
async function compare(name: string, ...rest: unknown[]): Promise<Comparison> {
  const comparison = await ask<Comparison>(
    [`compare(`, JSON.stringify(name), ...rest.map((value) => `, json.loads(${JSON.stringify(JSON.stringify(value))})`), ')'].join(''),
  );
  runs += 1;
  const after = kept();
  const cleaned = await ask('clean()');
  expect(after).toEqual(comparison[3]);
  expect(cleaned).toEqual([]);
  expect(kept()).toEqual([]);
  return comparison;
}

describe('the disk does what plain MEMFS does:', () => {
  test.each(programs('case'))('%s', async (name) => {
    const [plain, home, tmp] = await compare(name);
    expect(plain.join('\n')).not.toContain('Traceback');
    expect(plain.length).toBeGreaterThan(0);
    expect(home).toEqual(plain);
    expect(tmp).toEqual(plain);
  });
});

test('what SQLite spills into temporary files is not journalled: they are removed as soon as they are open', async () => {
  const from = machine.operations.length;
  machine.events.length = 0;
  const sort =
    'for _ in db.execute("with n (i) as (select 1 union all select i + 1 from n limit 4000) select zeroblob(600), i from n order by 1, 2"): pass';
  await machine.run(
    `db = sqlite3.connect(":memory:"); db.execute("pragma temp_store = file"); db.execute("pragma cache_size = 10")\n${sort}`,
  );
  expect(machine.output()).toBe('');
  const types = machine.operations.slice(from).map(({ type }) => type);
  expect(new Set(types)).toEqual(new Set(['make', 'setattr', 'unlink']));
});

/** What they say that plain MEMFS gets wrong. */
const BETTER: Record<string, string[]> = {
  better_long_names: Array(4).fill("'ENAMETOOLONG' 'ENAMETOOLONG'"),
  better_a_name_of_javascript: ["['__proto__'] b'x'"],
  better_names_that_are_no_text: ["'EILSEQ' 'EILSEQ' 'EILSEQ' 0"],
  better_truncation_has_a_time: ['True'],
  better_a_folder_into_itself: [
    "'EINVAL' 'EINVAL'",
    "[('./dot', 'drwxrwxrwx'), ('./dot/.inner', 'drwxrwxrwx'), ('./self', 'drwxrwxrwx'), ('./way', 'lrwxrwxrwx', 'self')]",
  ],
  better_dots_are_no_names: ["'EEXIST' 'EEXIST' 'ENOTEMPTY' 'EBUSY'", "[('./d', 'drwxrwxrwx'), ('./f', '-rw-rw-rw-', 1, b'f')]"],
  better_map_of_a_file_that_shrank: ["b'abxxxxxxxx'"],
  better_an_unchanged_map_writes_nothing: ['1.0'],
};

describe('the disk does better than plain MEMFS:', () => {
  test.each(programs('better'))('%s', async (name) => {
    const [plain, home, tmp] = await compare(name);
    expect(home).toEqual(BETTER[name]);
    expect(tmp).toEqual(home);
    // Where upstream has learned it, the program becomes a case.
    expect(plain).not.toEqual(home);
  });
});

describe('programs of random file operations say the same on the disk as in plain MEMFS', () => {
  const name = fc.constantFrom('a', 'b', 'd', 'e');
  const path = fc.oneof(
    { weight: 3, arbitrary: name },
    { weight: 3, arbitrary: fc.tuple(name, name).map((names) => names.join('/')) },
    { weight: 1, arbitrary: fc.tuple(name, name, name).map((names) => names.join('/')) },
    { weight: 1, arbitrary: fc.constantFrom('.', 'd/', 'd/./a', './b', 'none/a', 'ü 😀') },
  );
  // Plain MEMFS makes and moves things to `.` too: see better_dots_are_no_names.
  const newPath = path.filter((text) => !text.endsWith('.'));
  const descriptor = fc.integer({ min: 0, max: 3 });
  const byte = fc.integer({ min: 1, max: 255 });
  const size = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom(255, 256, 257, 4096, 65_536, 70_000, (1 << 20) + 1));
  const mode = fc.constantFrom(0o644, 0o600, 0o755, 0o444, 0o1777);
  const flags = fc.tuple(
    fc.constantFrom('RDWR', 'RDWR', 'RDWR', 'RDONLY', 'WRONLY'),
    fc.subarray(['CREAT', 'CREAT', 'TRUNC', 'APPEND', 'EXCL', 'NOFOLLOW']),
  );
  const step = fc.oneof(
    fc.tuple(
      fc.constant('open'),
      descriptor,
      path,
      flags.map(([access, more]) => [access, ...more]),
      mode,
    ),
    fc.tuple(fc.constant('open'), descriptor, name, fc.constant(['RDWR', 'CREAT']), mode),
    fc.tuple(fc.constant('close'), descriptor),
    fc.tuple(fc.constant('write'), descriptor, byte, size),
    fc.tuple(fc.constant('pwrite'), descriptor, byte, size, size),
    fc.tuple(fc.constant('read'), descriptor, size),
    fc.tuple(fc.constant('seek'), descriptor, size, fc.integer({ min: 0, max: 2 })),
    fc.tuple(fc.constant('ftruncate'), descriptor, size),
    fc.tuple(fc.constant('fchmod'), descriptor, mode),
    fc.tuple(fc.constant('describe'), descriptor),
    fc.tuple(fc.constantFrom('mkdir', 'mkdir', 'rmdir', 'remove', 'remove', 'readlink', 'list', 'content'), path),
    fc.tuple(fc.constantFrom('rename', 'rename', 'symlink'), path, newPath),
    fc.tuple(fc.constant('truncate'), path, size),
    fc.tuple(fc.constant('map'), path, size, byte, fc.boolean()),
    fc.tuple(fc.constant('chmod'), path, mode),
    fc.tuple(fc.constant('utime'), path, fc.integer({ min: 0, max: 2 ** 33 }), fc.double({ min: 0, max: 2 ** 33, noNaN: true })),
    fc.tuple(fc.constant('stat'), path, fc.boolean()),
  );
  // Until the first failure: what it leaves would be in the way of others. SEED repeats one.
  const settings = (numRuns: number) => ({ numRuns, endOnFailure: true, ...(process.env.SEED && { seed: Number(process.env.SEED) }) });

  async function sameInAllPlaces(numRuns: number): Promise<void> {
    // The working folder itself has none of these names, so no step leaves it.
    const seen = { done: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), async (steps) => {
        const [plain, home, tmp] = await compare('random_program', steps);
        expect(plain.join('\n')).not.toContain('Traceback');
        expect(home).toEqual(plain);
        expect(tmp).toEqual(plain);
        for (const line of plain) seen[/'E[A-Z]+'$/.test(line) ? 'refused' : 'done'] += 1;
      }),
      settings(numRuns),
    );
    // Neither all nothing but errors nor without any.
    expect(seen.done).toBeGreaterThan(5 * numRuns);
    expect(seen.refused).toBeGreaterThan(numRuns);
  }

  test('that is new', () => sameInAllPlaces(40));

  test('that holds files which nobody has read yet', async () => {
    const count = 25;
    machine.close();
    let inode = INODE.firstFree;
    const entries: WholeEntry[] = [];
    const add = (parent: number, name: string, rest: Partial<WholeEntry> = {}) => {
      entries.push({
        inode,
        parent,
        name,
        kind: 'directory',
        mode: 0o777,
        modified: 1_700_000_000_123.5,
        accessed: 1_600_000_000_000,
        ...rest,
      });
      return inode++;
    };
    const content = (text: string) => ({ kind: 'file', mode: 0o666, content: new Blob([text]) }) as const;
    for (const mount of [INODE.home, INODE.tmp]) {
      for (let run = 1; run <= count; run++) {
        // As make_files in the programs.
        const folder = add(mount, `run-${run}`);
        add(folder, 'a', content('a '.repeat(10)));
        add(folder, 'b', content('b '.repeat(35_000)));
        add(add(folder, 'd'), 'a', content('d/a '.repeat(3)));
        add(folder, 'e', { kind: 'symlink', target: 'b' });
      }
    }
    await start(entries);
    await sameInAllPlaces(count);
  });
});
