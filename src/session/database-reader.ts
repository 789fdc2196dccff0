/**
 * Databases of strangers, read by SQLite's own build in a sandbox of its own (src/sandbox/create-reader.ts). What comes back is checked and
 * bounded like everything that comes out of a sandbox; what takes too long is ended with it.
 */
import { ClosedError, DormouseError } from '../base/errors';
import {
  type ComparedTable,
  type DatabaseReader,
  FIRST_ROWS,
  LARGEST_READ,
  type LookedTable,
  type ReaderCalls,
  type ReaderReply,
  SHOWN_ROWS,
} from '../protocol/database-reader';
import { field, list, sentence, shortText, whole } from './received';
import { row } from './received-databases';

/** How long one request may take, ms: of many tables each has its own limit, and there is this one for all. */
const PATIENCE = 15_000;
const MOST_TABLES = 200;
const MOST_COLUMNS = 100;

export class DatabaseReaders {
  readonly #create: () => Promise<DatabaseReader>;

  constructor(create: () => Promise<DatabaseReader>) {
    this.#create = create;
  }

  /** The tables of a database, with their first rows. @throws Error with a sentence */
  async look(database: Blob): Promise<LookedTable[]> {
    return list(await this.#ask('look', { database: await bytesOf(database) }), lookedTable, MOST_TABLES);
  }

  /** What differs between two databases, table by table. @throws Error with a sentence */
  async compare(before: Blob, after: Blob): Promise<ComparedTable[]> {
    const argument = { before: await bytesOf(before), after: await bytesOf(after) };
    return list(await this.#ask('compare', argument), comparedTable, 2 * MOST_TABLES);
  }

  /** `mine` with these tables as `theirs` has them. @throws Error with a sentence */
  async join(mine: Blob, theirs: Blob, tables: string[]): Promise<Blob> {
    const joined = await this.#ask('join', { mine: await bytesOf(mine), theirs: await bytesOf(theirs), tables });
    if (!(joined instanceof Uint8Array)) throw new DormouseError('invalid', 'The reader of databases gave no answer. Nothing was changed.');
    return new Blob([joined.slice()]);
  }

  async #ask<Name extends keyof ReaderCalls>(type: Name, argument: ReaderCalls[Name]['argument']): Promise<unknown> {
    const reader = await this.#create();
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      return await new Promise((resolve, reject) => {
        timer = setTimeout(() => reject(new ClosedError('This database takes too long to read.')), PATIENCE);
        reader.port.onmessage = ({ data }: MessageEvent<ReaderReply>) => {
          if (data?.type === 'result') resolve(data.result);
          else reject(new DormouseError('invalid', sentence(field(data, 'problem')) ?? 'This database cannot be read.'));
        };
        reader.port.postMessage(
          { type, ...argument },
          Object.values(argument).flatMap((value) => (value instanceof Uint8Array ? [value.buffer] : [])),
        );
      });
    } finally {
      clearTimeout(timer);
      reader.remove();
    }
  }
}

async function bytesOf(database: Blob): Promise<Uint8Array<ArrayBuffer>> {
  if (database.size > LARGEST_READ)
    throw new DormouseError(
      'unsupported',
      `This database is larger than ${LARGEST_READ / 1e6} MB, which is too much to be looked into here.`,
    );
  return new Uint8Array(await database.arrayBuffer());
}

function lookedTable(value: unknown): LookedTable {
  const kind = field(value, 'kind');
  return {
    name: shortText(field(value, 'name')),
    kind: kind === 'view' || kind === 'virtual' ? kind : 'table',
    columns: list(field(value, 'columns'), shortText, MOST_COLUMNS),
    rows: whole(field(value, 'rows')),
    first: list(field(value, 'first'), row, FIRST_ROWS),
    problem: sentence(field(value, 'problem')),
  };
}

const CHANGES: readonly unknown[] = ['added', 'removed', 'shape', 'changed'] satisfies ComparedTable['change'][];

function comparedTable(value: unknown): ComparedTable {
  const change = field(value, 'change');
  const count = (name: string) => Math.max(0, whole(field(field(value, 'counts'), name)) ?? 0);
  return {
    name: shortText(field(value, 'name')),
    change: CHANGES.includes(change) ? (change as ComparedTable['change']) : 'changed',
    columns: list(field(value, 'columns'), shortText, MOST_COLUMNS),
    counts: { added: count('added'), removed: count('removed'), changed: count('changed') },
    rows: list(field(value, 'rows'), comparedRow, 3 * SHOWN_ROWS),
    problem: sentence(field(value, 'problem')),
  };
}

function comparedRow(value: unknown): ComparedTable['rows'][number] {
  const change = field(value, 'change');
  const side = (name: string) => (field(value, name) === null ? null : row(field(value, name)));
  return { change: change === 'added' || change === 'removed' ? change : 'changed', before: side('before'), after: side('after') };
}
