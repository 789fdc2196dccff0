/** SQLite's ledgers as the keeper hears of them, and what a power loss may leave of them. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadPyodide, type PyodideInterface } from 'pyodide';
import type { FileOperation } from '../../../src/base/file-operation';
import type { DiskRequest } from '../../../src/protocol/disk';
import { type FileView, Volume, type VolumeOptions } from '../../../src/volume';
import { FaultyStore } from '../../fixtures/faulty-store';
import { startMachine } from '../../fixtures/machine-on-node';
import type { Change } from '../../fixtures/unflushed';

export interface Mode {
  name: string;
  journal: 'delete' | 'truncate' | 'persist' | 'wal';
  locking: 'normal' | 'exclusive';
  /** Whether each transaction changes a second database too. */
  attached: boolean;
}

/** What the machine says of one mode's ledger; a number is that of a transaction whose COMMIT has just returned. */
export type Stream = (FileOperation | 'sync' | number)[];

const source = readFileSync(new URL('../../fixtures/ledger.py', import.meta.url), 'utf8');
const folderOf = ({ name }: Mode) => `/home/pyodide/${name.replaceAll(' ', '-')}`;
const python = (value: unknown) => (typeof value === 'boolean' ? (value ? 'True' : 'False') : JSON.stringify(value));
const callOf = (name: string, ...values: unknown[]) => `${name}(${values.map(python).join(', ')})`;

/** Runs the ledgers in a real machine, one mode after the other. */
export async function recordLedgers(modes: readonly Mode[]): Promise<Map<Mode, Stream>> {
  const machine = await startMachine({ credit: 2 ** 32 });
  try {
    await machine.run(source);
    const streams = new Map<Mode, Stream>();
    for (const mode of modes) {
      const from = machine.requests.length;
      await machine.run(callOf('keep', folderOf(mode), mode.journal, mode.locking, mode.attached));
      if (machine.output() !== '') throw new Error(machine.output());
      streams.set(mode, streamOf(machine.requests.slice(from)));
    }
    return streams;
  } finally {
    machine.close();
  }
}

function streamOf(requests: DiskRequest[]): Stream {
  let marks = 0;
  const stream: Stream = [];
  for (const request of requests) {
    if (request.type !== 'operations') continue;
    for (const operation of request.operations) {
      if (operation.type === 'make' && operation.name === 'marks') marks = operation.inode;
      stream.push(operation.type === 'write' && operation.inode === marks ? Number(new TextDecoder().decode(operation.data)) : operation);
    }
    if (request.sync) stream.push('sync');
  }
  return stream;
}

/** A stream without the syncs that follow operations on files of such a name. */
export function withoutSyncs(stream: Stream, ending: string, ofType: FileOperation['type']): Stream {
  const names = new Map<number, string>();
  const nameOf = (operation: FileOperation) =>
    'inode' in operation ? (names.get(operation.inode) ?? '') : 'name' in operation ? operation.name : '';
  return stream.filter((request, index) => {
    if (typeof request === 'object' && request.type === 'make') names.set(request.inode, request.name);
    const before = stream[index - 1];
    return request !== 'sync' || typeof before !== 'object' || before.type !== ofType || !nameOf(before).endsWith(ending);
  });
}

/** The ledger's files by their names. */
export type Files = Map<string, Uint8Array>;

export function filesOf(volume: FileView, mode: Mode): Files {
  const folder = volume.lookup(folderOf(mode).slice(1));
  const files: Files = new Map();
  for (const { inode, parent, kind, name } of volume.entries()) {
    if (parent === folder?.inode && kind === 'file' && name !== 'marks') files.set(name, volume.read(inode));
  }
  return files;
}

export function digestOf(files: Files): string {
  const hash = createHash('sha1');
  for (const [name, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(`${name}\n${bytes.length}\n`).update(bytes);
  return hash.digest('base64');
}

export interface Replayed {
  changes: Change[];
  /** What the ledger's files were after each operation, and how many changes of the store there were then. */
  states: { digest: string; changes: number; flushed: boolean }[];
  /** When each COMMIT had returned. */
  commits: { number: number; changes: number }[];
}

/** Does with a stream what the keeper does, tidying included. */
export async function replay(mode: Mode, stream: Stream, options: VolumeOptions): Promise<Replayed> {
  const replayed: Replayed = { changes: [], states: [], commits: [] };
  const { changes, states, commits } = replayed;
  const volume = await Volume.open(new FaultyStore({ onChange: (change) => changes.push(change) }), options);
  const reach = (flushed: boolean) => states.push({ digest: digestOf(filesOf(volume, mode)), changes: changes.length, flushed });
  reach(true);
  for (const [index, request] of stream.entries()) {
    if (typeof request === 'number') {
      commits.push({ number: request, changes: changes.length });
    } else if (request === 'sync') {
      volume.flush();
      reach(true);
    } else {
      volume.apply(request);
      reach(false);
    }
    if (index % 40 === 39) {
      await volume.replenish();
      volume.clean(4096);
    }
  }
  return replayed;
}

/** A real SQLite on plain memory files. */
export class Auditor {
  readonly #pyodide: PyodideInterface;
  readonly #known = new Map<string, number | string>();

  private constructor(pyodide: PyodideInterface) {
    this.#pyodide = pyodide;
  }

  static async open(): Promise<Auditor> {
    const pyodide = await loadPyodide({ indexURL: `${fileURLToPath(new URL('../../../node_modules/pyodide', import.meta.url))}/` });
    pyodide.runPython(source);
    return new Auditor(pyodide);
  }

  /** Different sets of files that were looked at. */
  get looks(): number {
    return this.#known.size;
  }

  /** The last transaction of a ledger, -1 when there is none, or what is wrong with it. */
  look(mode: Mode, files: Files): number | string {
    const key = `${mode.name} ${digestOf(files)}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const folder = folderOf(mode);
    const { FS } = this.#pyodide;
    FS.mkdirTree(folder);
    for (const [name, bytes] of files) FS.writeFile(`${folder}/${name}`, bytes);
    const found = JSON.parse(this.#pyodide.runPython(callOf('look', folder, mode.attached))) as number | string;
    this.#known.set(key, found);
    return found;
  }
}
