/**
 * Databases of strangers, read by SQLite's own build in a sandbox of its own (src/sandbox/create-reader.ts). What comes back is checked and
 * bounded like everything that comes out of a sandbox; what takes too long is ended with it.
 */
import { ClosedError, DormouseError } from '../base/errors';
import { type DatabaseReader, FIRST_ROWS, type LookedTable, type ReaderReply, type ReaderRequest } from '../protocol/database-reader';
import { field, list, sentence, shortText, whole } from './received';
import { row } from './received-databases';

/** How long all of it may take, ms. */
const PATIENCE = 15_000;
const MOST_TABLES = 200;
const MOST_COLUMNS = 100;

/**
 * The tables of a database, with their first rows.
 * @param createReader starts a reader for this one database
 * @throws Error with a sentence
 */
export async function lookInto(database: Blob, createReader: () => Promise<DatabaseReader>): Promise<LookedTable[]> {
  const request: ReaderRequest = { type: 'look', database: new Uint8Array(await database.arrayBuffer()) };
  const reader = await createReader();
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const tables = await new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(new ClosedError('This database takes too long to read.')), PATIENCE);
      reader.port.onmessage = ({ data }: MessageEvent<ReaderReply>) => {
        if (data?.type === 'result') resolve(data.result);
        else reject(new DormouseError('invalid', sentence(field(data, 'problem')) ?? 'This database cannot be read.'));
      };
      reader.port.postMessage(request, [request.database.buffer]);
    });
    return list(tables, lookedTable, MOST_TABLES);
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
