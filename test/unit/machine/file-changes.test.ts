/** Changes of files that the page asks for, in a real Pyodide that cannot wait. */
import { afterEach, describe, expect, test } from 'vitest';
import { INODE } from '../../../src/base/file-operation';
import { ARRIVING_FOLDER, type FileChange, type FileChanged } from '../../../src/protocol/file-change';

import { startMachine, type TestMachine } from '../../fixtures/machine-on-node';

const encode = (text: string) => new TextEncoder().encode(text);
const TEXT = encode('day,mm\n1,4.5\n');
const OTHER = encode('other');
const MIB = 2 ** 20;
/** More than is written in one turn. */
const SLICE = new Uint8Array(4 * MIB).fill(7);
const REST = new Uint8Array(MIB + 3).fill(9);
const LARGE = new Blob([SLICE, REST]);

let machine: TestMachine;
afterEach(() => machine.close());

async function start(options: Parameters<typeof startMachine>[0] = {}): Promise<void> {
  machine = await startMachine({ blobs: [TEXT, OTHER, SLICE, REST], ...options });
}

async function change(asked: FileChange): Promise<FileChanged> {
  const changed = await machine.call<FileChanged>((call) => ({ type: 'changeFile', call, change: asked }));
  // The disk port is another queue than the one that brought the answer.
  while (machine.operations.length < changed.sequence) await new Promise((resolve) => setTimeout(resolve, 1));
  return changed;
}
const write = (path: string, bytes: BlobPart, replace = false): FileChange => ({
  type: 'write',
  path,
  content: bytes instanceof Blob ? bytes : new Blob([bytes]),
  replace,
  modified: null,
});

async function printed(code: string): Promise<string> {
  machine.events.length = 0;
  await machine.run(code);
  return machine.output().trim();
}

describe('a change of files', () => {
  test('writes a file with the folders that it needs, which Python reads', async () => {
    await start();
    const { open } = await change(write('home/pyodide/data/2026/rain.csv', TEXT));
    expect(open).toBe(false);
    expect(await printed('print(open("data/2026/rain.csv").read(), end="")')).toBe('day,mm\n1,4.5');
  });

  test('puts a file under its name when all of it is there, and not before', async () => {
    await start();
    await change(write('home/pyodide/large.bin', LARGE));
    const names = machine.operations.flatMap((operation) => (operation.type === 'make' ? [operation.name] : []));
    expect(names).not.toContain('large.bin');
    const last = machine.operations.findLast(({ type }) => type === 'write' || type === 'rename');
    expect(last).toMatchObject({ type: 'rename', newParent: INODE.home, newName: 'large.bin' });
    expect(machine.events.filter(({ type }) => type === 'progress')).toMatchObject([{ done: 4 * MIB }, { done: LARGE.size }]);
    expect(await printed('b = open("large.bin", "rb").read()\nprint(len(b), b[0], b[-1])')).toBe(`${LARGE.size} 7 9`);
    expect(await printed('import os\nprint(os.listdir("/tmp"))')).toBe('[]');
  });

  test('replaces a file only when that is meant, and keeps its mode', async () => {
    await start();
    await machine.run('import os\nopen("a.txt", "w").write("mine")\nos.chmod("a.txt", 0o600)');
    await expect(change(write('home/pyodide/a.txt', OTHER))).rejects.toMatchObject({ message: expect.stringContaining('already') });
    expect(await printed('print(open("a.txt").read())')).toBe('mine');
    await change(write('home/pyodide/a.txt', OTHER, true));
    expect(await printed('print(open("a.txt").read(), oct(os.stat("a.txt").st_mode & 0o777))')).toBe('other 0o600');
  });

  test('says when Python has the old file open, which goes on with it', async () => {
    await start();
    await machine.run('f = open("a.txt", "w+")\nf.write("old"); f.flush()');
    expect(await change(write('home/pyodide/a.txt', OTHER, true))).toMatchObject({ open: true });
    expect(await printed('f.seek(0)\nprint(f.read(), open("a.txt").read())')).toBe('old other');
  });

  test('moves, makes folders and links, and removes a folder in one step', async () => {
    await start();
    await change({ type: 'makeFolder', path: 'home/pyodide/a' });
    await change(write('home/pyodide/a/b/one.txt', OTHER));
    await change({ type: 'link', path: 'home/pyodide/a/link', target: '/etc' });
    await change({ type: 'move', from: 'home/pyodide/a/b/one.txt', to: 'tmp/two.txt', replace: false });
    expect(await printed('import os\nprint(sorted(os.listdir("a")), os.readlink("a/link"), open("/tmp/two.txt").read())')).toBe(
      "['b', 'link'] /etc other",
    );
    const before = machine.operations.length;
    await change({ type: 'remove', path: 'home/pyodide/a' });
    const kinds = machine.operations.slice(before).map(({ type }) => type);
    expect(kinds.indexOf('rename')).toBeLessThan(kinds.indexOf('unlink'));
    expect(await printed('print(os.listdir("."), os.listdir("/tmp"), os.path.exists("/etc"))')).toMatch(/^\[\] \['two.txt'\]/);
  });

  test.each<[string, FileChange, string]>([
    ['a folder into itself', { type: 'move', from: 'home/pyodide/a', to: 'home/pyodide/a/b/c', replace: false }, 'into itself'],
    ['onto a file', { type: 'move', from: 'home/pyodide/a', to: 'home/pyodide/x', replace: false }, 'already'],
    ['a folder onto a file', { type: 'move', from: 'home/pyodide/a', to: 'home/pyodide/x', replace: true }, 'already'],
    ['what is not there', { type: 'remove', path: 'home/pyodide/none' }, 'not there any more'],
    ['out of the disk', { type: 'remove', path: 'lib/python3.14' }, 'outside of what the session keeps'],
    ['the mount itself', { type: 'remove', path: 'home/pyodide' }, 'outside of what the session keeps'],
    ['through a link out of the disk', write('home/pyodide/out/x.txt', OTHER), 'outside of what the session keeps'],
    ['upwards', write('home/pyodide/../x.txt', OTHER), 'not allowed'],
    ['below a file', write('home/pyodide/x/y.txt', OTHER), 'folder is a file'],
    ['over a folder', write('home/pyodide/a', OTHER, true), 'already'],
  ])('refuses to move, write or remove %s', async (_name, asked, message) => {
    await start();
    await machine.run('import os\nos.makedirs("a/b")\nopen("x", "w").write("x")\nos.symlink("/lib", "out")');
    const before = machine.operations.length;
    await expect(change(asked)).rejects.toMatchObject({ message: expect.stringContaining(message) });
    expect(await printed('print(sorted(os.listdir(".")), os.listdir("a"), open("x").read(), os.listdir("/tmp"))')).toBe(
      "['a', 'out', 'x'] ['b'] x []",
    );
    // What was written beside has gone again.
    const left = new Set<number>();
    for (const operation of machine.operations.slice(before)) {
      if (operation.type === 'make' && operation.kind === 'file') left.add(operation.inode);
      if (operation.type === 'unlink') left.clear();
    }
    expect(left.size).toBe(0);
  });

  test('removes what has a name that the page would not give', async () => {
    await start();
    await machine.run('open("a\\\\b", "w").write("x")');
    await change({ type: 'remove', path: 'home/pyodide/a\\b' });
    expect(await printed('import os\nprint(os.listdir("."))')).toBe('[]');
  });

  test('waits for the run that goes on, and lets one begin in the middle', async () => {
    await start();
    const run = machine.run('import asyncio, os\nawait asyncio.sleep(0.05)\nseen = os.listdir(".")');
    const changed = change(write('home/pyodide/late.txt', OTHER));
    await run;
    await changed;
    expect(await printed('print(seen, os.listdir("."))')).toBe("[] ['late.txt']");
    const large = change(write('home/pyodide/large.bin', LARGE));
    expect(await printed('print("large.bin" in os.listdir("."))')).toBe('False');
    await large;
    expect(await printed('print(os.path.getsize("large.bin"))')).toBe(String(LARGE.size));
  });

  test('that is cancelled leaves nothing behind', async () => {
    await start();
    const changed = change(write('home/pyodide/large.bin', LARGE));
    machine.post({ type: 'cancelChange', change: machine.lastCall() });
    await expect(changed).rejects.toMatchObject({ message: expect.stringContaining('cancelled') });
    expect(await printed('import os\nprint(os.listdir("."), os.listdir("/tmp"))')).toBe('[] []');
  });

  test('asks for more room, and without any leaves everything as it was', async () => {
    await start({ credit: 3 * MIB });
    await machine.run('open("a.txt", "w").write("mine")');
    const answered = setInterval(() => {
      if (machine.requests.some(({ type }) => type === 'credit')) machine.reply({ type: 'credit', bytes: 0 });
    }, 5);
    await expect(change(write('home/pyodide/a.txt', LARGE, true))).rejects.toMatchObject({ message: expect.stringContaining('no room') });
    clearInterval(answered);
    expect(await printed('import os\nprint(open("a.txt").read(), os.listdir("/tmp"))')).toBe('mine []');
    machine.requests.length = 0;
    const granted = setInterval(() => {
      if (machine.requests.some(({ type }) => type === 'credit')) machine.reply({ type: 'credit', bytes: 16 * MIB });
    }, 5);
    await change(write('home/pyodide/a.txt', LARGE, true));
    clearInterval(granted);
    expect(await printed('print(os.path.getsize("a.txt"))')).toBe(String(LARGE.size));
  });

  test('what did not arrive before the end of a machine is gone with the next', async () => {
    const name = ARRIVING_FOLDER.slice('tmp/'.length);
    const node = { mode: 0o755, modified: 0, accessed: 0 };
    await start({
      entries: [
        { ...node, inode: INODE.firstFree, parent: INODE.tmp, name, kind: 'directory' },
        { ...node, inode: INODE.firstFree + 1, parent: INODE.firstFree, name: '1', kind: 'file', content: new Blob(['half']) },
      ],
    });
    expect(await printed('import os\nprint(os.listdir("/tmp"))')).toBe('[]');
    expect(machine.operations.map(({ type }) => type)).toEqual(['unlink', 'rmdir']);
  });
});
