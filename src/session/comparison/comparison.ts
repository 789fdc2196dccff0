/** What differs between two sides (before and after), and what is taken from the one before into the session that is open. */
import { DormouseError } from '../../base/errors';
import { sha256 } from '../../base/sha256';
import type { JoinedTable } from '../../protocol/acts';
import { LARGEST_HASHED, LONGEST_COMPARED } from '../../protocol/catalogue';
import type { ComparedTable } from '../../protocol/database-reader';
import type { CreateReader } from '../database-reader';
import type { FileUndo } from '../files';
import type { Session } from '../session';
import { type ComparisonSide, MomentSide, type SideEntry, type SideVariable } from './sides';
import type { TableDifference } from './table-difference';
import type { CellDifference, TextDifference } from './text-difference';

export interface ComparedFile {
  path: string;
  change: 'added' | 'removed' | 'changed';
  before: SideEntry | null;
  after: SideEntry | null;
  /** Both are of the same size, and too large to be looked into. */
  unsure: boolean;
  /** A connection has the database open, on either side: what is in the file is not all of it. */
  busy: boolean;
}

/** A variable that came, went, or is of another type or value. */
export interface ComparedVariable {
  name: string;
  change: 'added' | 'removed' | 'changed';
  before: SideVariable | null;
  after: SideVariable | null;
}

/** What differs in a file; `rows` can be made anew by another column. */
export type FileDetail =
  | { kind: 'text'; difference: TextDifference }
  | { kind: 'rows'; difference: TableDifference; by(key: string | null): TableDifference }
  | { kind: 'database'; tables: ComparedTable[] }
  | { kind: 'link'; before: string | null; after: string | null }
  /** `different`: texts that cannot be told line by line. */
  | { kind: 'none'; reason: 'binary' | 'large' | 'busy' | 'folder' | 'different' };

/** What is to be as before: whole files by their paths, and single tables of databases. */
export interface JoinChoice {
  files: string[];
  tables: { path: string; tables: string[] }[];
}

export interface CompareOptions {
  signal?: AbortSignal;
  /** Files that were looked into, of those that have to be. */
  onProgress?(done: number, total: number): void;
}

/** A larger file is not shown, bytes. */
const LARGEST_SHOWN = 4_000_000;
const LARGEST_CSV = 16_000_000;
/** What SQLite keeps beside a database while it is in use. */
const COMPANION = /-(journal|wal|shm)$/;

export class SessionComparison {
  readonly before: ComparisonSide;
  readonly after: ComparisonSide;
  /** In the order of their paths. */
  readonly files: readonly ComparedFile[];
  /** The cells that differ; null when they cannot be told, or there is no notebook on one side. */
  readonly cells: { cells: CellDifference[]; more: number } | null;
  /** By name; null when nothing is known of those of one side. */
  readonly variables: readonly ComparedVariable[] | null;
  readonly #createReader: CreateReader;

  /**
   * Compares two sides and holds on to both, until `close`. Also when it rejects they are let go of.
   * @param createReader looks into databases
   * @throws Error with a sentence, and the signal's reason
   */
  static async open(
    before: ComparisonSide,
    after: ComparisonSide,
    createReader: CreateReader,
    options: CompareOptions = {},
  ): Promise<SessionComparison> {
    try {
      const files = await compareFiles(before, after, options);
      const [was, is] = [await before.about(), await after.about()];
      options.signal?.throwIfAborted();
      const short = (code: string | null) => (code !== null && code.length <= LONGEST_COMPARED ? code : null);
      const [code, codeNow] = [short(was.code), short(is.code)];
      const cells = code === null || codeNow === null ? null : (await import('./text-difference')).cellDifferences(code, codeNow);
      const variables = was.variables && is.variables && compareVariables(was.variables, is.variables);
      return new SessionComparison({ before, after, files, cells, variables }, createReader);
    } catch (error) {
      before.close();
      after.close();
      throw error;
    }
  }

  private constructor(made: Pick<SessionComparison, 'before' | 'after' | 'files' | 'cells' | 'variables'>, createReader: CreateReader) {
    this.before = made.before;
    this.after = made.after;
    this.files = made.files;
    this.cells = made.cells;
    this.variables = made.variables;
    this.#createReader = createReader;
  }

  /** Whether something can be taken over: into the session that is open, as it is now. */
  get joinable(): Session | null {
    return this.after instanceof MomentSide && this.after.checkpoint === null ? this.after.session : null;
  }

  /** What differs in a file. @throws Error with a sentence */
  async detail({ path, before, after, busy }: ComparedFile): Promise<FileDetail> {
    const kinds = [before?.kind, after?.kind];
    if (kinds.includes('directory')) return { kind: 'none', reason: 'folder' };
    if (kinds.includes('symlink')) return { kind: 'link', before: before?.target ?? null, after: after?.target ?? null };
    if (busy) return { kind: 'none', reason: 'busy' };
    const largest = Math.max(before?.size ?? 0, after?.size ?? 0);
    const read = async (side: ComparisonSide, entry: SideEntry | null) => (entry ? await side.read(path) : new Blob([]));
    // A database of which there is nothing on the other side has all its tables on this one.
    if ((before?.database ?? true) && (after?.database ?? true)) {
      if (largest > LARGEST_HASHED) return { kind: 'none', reason: 'large' };
      const blobs = [await read(this.before, before), await read(this.after, after)] as const;
      const { compareDatabases } = await import('./databases');
      return { kind: 'database', tables: await compareDatabases(...blobs, this.#createReader) };
    }
    const csv = /\.(csv|tsv)$/i.test(path) && before !== null && after !== null;
    if (largest > (csv ? LARGEST_CSV : LARGEST_SHOWN)) return { kind: 'none', reason: 'large' };
    const blobs = [await read(this.before, before), await read(this.after, after)];
    const [was, is] = (await Promise.all(blobs.map((blob) => blob.arrayBuffer()))).map((buffer) => new Uint8Array(buffer)) as [
      Uint8Array,
      Uint8Array,
    ];
    const { readCsv, tableDifference } = await import('./table-difference');
    const tables = csv ? { before: readCsv(was), after: readCsv(is) } : null;
    if (tables?.before && tables.after) {
      const by = (key?: string | null) => tableDifference(tables.before as never, tables.after as never, key);
      const difference = by();
      const { counts, addedColumns, removedColumns } = difference;
      // Rows in another order, other quotes, other line ends: then the lines are what differs.
      if (counts.added + counts.removed + counts.changed + addedColumns.length + removedColumns.length > 0)
        return { kind: 'rows', difference, by };
    }
    const [text, textNow] = [textOf(was), textOf(is)];
    if (text === null || textNow === null) return { kind: 'none', reason: 'binary' };
    const { textDifference } = await import('./text-difference');
    const difference = textDifference(text, textNow);
    return difference ? { kind: 'text', difference } : { kind: 'none', reason: 'different' };
  }

  /**
   * Takes what was chosen from what is before into the session that is open, as one step with one checkpoint of that name; all of it or nothing.
   * @returns paths of files that Python has open and goes on with as they were
   * @throws Error with a sentence
   */
  async join(name: string, { files, tables }: JoinChoice): Promise<string[]> {
    const session = this.joinable;
    if (!session) throw new DormouseError('unsupported', 'Only the session that is open, as it is now, can take something over.');
    const chosen = this.files.filter((file) => files.includes(file.path) && canTake(file));
    // Read before anything is changed.
    const contents = new Map<string, Blob>();
    for (const { path, before } of chosen) if (before) contents.set(path, await this.before.read(path));
    const rows: { path: string; tables: JoinedTable[] }[] = [];
    for (const choice of tables) {
      const { takeTables } = await import('./databases');
      const blobs = [await this.after.read(choice.path), await this.before.read(choice.path)] as const;
      rows.push({ path: choice.path, tables: await takeTables(...blobs, choice.tables, this.#createReader) });
    }
    const open: string[] = [];
    await session.checkpoints.join(name, async (guard) => {
      const undos: FileUndo[] = [];
      try {
        for (const { path, after } of chosen) {
          const content = contents.get(path);
          const undo = content ? await session.files.write(path, content, { replace: after !== null }) : await session.files.remove(path);
          undos.push(undo);
          if (undo.open) open.push(path);
        }
        for (const each of rows) {
          await session.database.joinTables(each.path, each.tables);
          undos.push({ checkpoint: guard, steps: [{ type: 'restore', path: each.path }], open: false });
        }
      } catch (error) {
        for (const undo of undos.reverse()) await session.files.undo(undo);
        throw error;
      }
    });
    return open;
  }

  close(): void {
    this.before.close();
    this.after.close();
  }
}

/** Whether a whole file can be taken over: neither links nor folders, and no database that is in use. */
export const canTake = ({ before, after, busy }: ComparedFile): boolean =>
  !busy && (before === null || before.kind === 'file') && (after === null || after.kind === 'file');

async function compareFiles(
  before: ComparisonSide,
  after: ComparisonSide,
  { signal, onProgress }: CompareOptions,
): Promise<ComparedFile[]> {
  const [old, now] = [known(await before.list()), known(await after.list())];
  const same =
    before instanceof MomentSide && after instanceof MomentSide && before.session === after.session && before.checkpoint !== null;
  // Within one session the store knows what is shared.
  const told = same ? new Set(await before.session.checkpoints.compare(before.checkpoint as number, after.checkpoint)) : null;
  const differing: ComparedFile[] = [];
  const paths = [...new Set([...old.entries.keys(), ...now.entries.keys()])].sort();
  for (const [done, path] of paths.entries()) {
    signal?.throwIfAborted();
    onProgress?.(done, paths.length);
    const was = old.entries.get(path) ?? null;
    const is = now.entries.get(path) ?? null;
    const busy = old.busy.has(path) || now.busy.has(path);
    const file = { path, before: was, after: is, unsure: false, busy };
    if (!was) differing.push({ ...file, change: 'added' });
    else if (!is) differing.push({ ...file, change: 'removed' });
    else {
      const differ = told ? told.has(path) : await differs(before, was, after, is);
      const beside = [old.busy.get(path) ?? [], now.busy.get(path) ?? []];
      // What lies beside it is part of it, and is not looked into: of another size it is another.
      const besides = beside.map((entries) => entries.map((entry) => `${entry.path} ${entry.size}`).join()) as [string, string];
      const differBeside = besides[0] !== besides[1] || beside.flat().some((entry) => told?.has(entry.path) ?? true);
      if (differ !== false || differBeside) differing.push({ ...file, change: 'changed', unsure: differ === null });
    }
  }
  return differing;
}

/** Entries by path. What SQLite keeps beside a database is part of that: with something in it, a connection has it open. */
function known(list: readonly SideEntry[]): { entries: Map<string, SideEntry>; busy: Map<string, SideEntry[]> } {
  const entries = new Map(list.map((entry) => [entry.path, entry]));
  const busy = new Map<string, SideEntry[]>();
  for (const entry of list) {
    const { path, size } = entry;
    const database = path.replace(COMPANION, '');
    if (database === path || !entries.get(database)?.database) continue;
    entries.delete(path);
    if (size > 0) busy.set(database, [...(busy.get(database) ?? []), entry]);
  }
  return { entries, busy };
}

/** Null when nobody looks into files of that size. */
async function differs(before: ComparisonSide, was: SideEntry, after: ComparisonSide, is: SideEntry): Promise<boolean | null> {
  if (was.kind !== is.kind || was.size !== is.size || was.target !== is.target) return true;
  if (was.kind !== 'file' || was.size === 0) return false;
  if (was.size > LARGEST_HASHED) return null;
  const hash = async (side: ComparisonSide, { path, sha256: noted }: SideEntry) =>
    noted ?? sha256(await (await side.read(path)).arrayBuffer());
  return (await hash(before, was)) !== (await hash(after, is));
}

/** Also by value, where both are known. */
function compareVariables(before: readonly SideVariable[], after: readonly SideVariable[]): ComparedVariable[] {
  const old = new Map(before.map((variable) => [variable.name, variable]));
  const differing: ComparedVariable[] = [];
  for (const is of after) {
    const was = old.get(is.name) ?? null;
    old.delete(is.name);
    if (!was) differing.push({ name: is.name, change: 'added', before: null, after: is });
    else if (was.type !== is.type || (was.text !== null && is.text !== null && was.text !== is.text))
      differing.push({ name: is.name, change: 'changed', before: was, after: is });
  }
  for (const was of old.values()) differing.push({ name: was.name, change: 'removed', before: was, after: null });
  return differing.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Null for what is no text in UTF-8. */
function textOf(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}
