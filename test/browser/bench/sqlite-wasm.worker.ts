/** SQLite's own build for browsers, with its fastest durable file system: what Python's sqlite3 is measured beside. */
import sqlite3InitModule from '@sqlite.org/sqlite-wasm';
import { answer } from './answer';

export interface SqliteRequest {
  /** Carried out on the empty database, such as `journal_mode=wal`. */
  pragmas: readonly string[];
  /** How many transactions of one insert. */
  count: number;
  /** What is inserted. */
  text: string;
}

const NAME = '/bench.db';

// `opfs-sahpool` holds its files open, as Dormouse's keeper does: https://sqlite.org/wasm/doc/trunk/persistence.md
const pool = sqlite3InitModule().then((sqlite3) => sqlite3.installOpfsSAHPoolVfs({ clearOnInit: true }));

/** Commits per second. */
async function measure({ pragmas, count, text }: SqliteRequest): Promise<number> {
  const files = await pool;
  const db = new files.OpfsSAHPoolDb(NAME);
  for (const pragma of pragmas) db.exec(`pragma ${pragma}`);
  db.exec('create table t (id integer primary key, text text)');
  // Prepared once, as Python's statement cache does.
  const [begin, insert, commit] = ['begin', 'insert into t values (?, ?)', 'commit'].map((sql) => db.prepare(sql)) as [
    ReturnType<typeof db.prepare>,
    ReturnType<typeof db.prepare>,
    ReturnType<typeof db.prepare>,
  ];
  const start = performance.now();
  for (let n = 0; n < count; n++) {
    begin.stepReset();
    insert.bind([n, text]).stepReset();
    commit.stepReset();
  }
  const seconds = (performance.now() - start) / 1000;
  for (const statement of [begin, insert, commit]) statement.finalize();
  db.close();
  files.unlink(NAME);
  return count / seconds;
}

answer(measure);
