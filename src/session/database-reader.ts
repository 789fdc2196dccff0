/**
 * Databases of strangers, read by SQLite's own build in a sandbox of its own (src/sandbox/create-reader.ts). What comes back is checked and
 * bounded like everything that comes out of a sandbox; what takes too long is ended with it.
 */
import { ClosedError, DormouseError } from '../base/errors';
import {
  type DatabaseReader,
  FIRST_ROWS,
  LARGEST_READ,
  type LookedTable,
  MOST_TABLES,
  type ReaderCalls,
  type ReaderReply,
} from '../protocol/database-reader';
import { field, list, sentence, shortText, whole } from './received';
import { row } from './received-databases';

/** Starts a reader for one request. */
export type CreateReader = () => Promise<DatabaseReader>;

/** How long all of it may take, ms. */
const PATIENCE = 15_000;
const MOST_COLUMNS = 100;

/**
 * The tables of a database, with their first rows.
 * @param createReader starts a reader for this one database
 * @throws Error with a sentence
 */
export async function lookInto(database: Blob, createReader: CreateReader): Promise<LookedTable[]> {
  return list(await askReader(createReader, 'look', { database: await bytesOf(database) }), lookedTable, MOST_TABLES);
}

/** What a reader can take. @throws DormouseError when it is too large */
export async function bytesOf(database: Blob): Promise<Uint8Array<ArrayBuffer>> {
  if (database.size > LARGEST_READ)
    throw new DormouseError('unsupported', `It is too large to be looked into: more than ${LARGEST_READ / 1e6} MB.`);
  return new Uint8Array(await database.arrayBuffer());
}

/** Has a reader of its own answer one request. @throws Error with a sentence */
export async function askReader<Name extends keyof ReaderCalls>(
  createReader: CreateReader,
  type: Name,
  argument: ReaderCalls[Name]['argument'],
): Promise<unknown> {
  const reader = await createReader();
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const answer = new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(new ClosedError('This database takes too long to read.')), PATIENCE);
      reader.port.onmessage = ({ data }: MessageEvent<ReaderReply>) => {
        if (data?.type === 'result') resolve(data.result);
        else reject(new DormouseError('invalid', sentence(field(data, 'problem')) ?? 'This database cannot be read.'));
      };
      const buffers = Object.values(argument).flatMap((value) => (value instanceof Uint8Array ? [value.buffer] : []));
      reader.port.postMessage({ type, ...argument }, buffers);
    });
    return await Promise.race([answer, reader.failure]);
  } finally {
    clearTimeout(timer);
    reader.remove();
  }
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
