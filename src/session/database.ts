/**
 * The databases of a session. Only Python opens them, between two runs: looks change nothing, changes are whole or not done, are preceded by
 * a checkpoint of the files, and can be taken back.
 */
import { COMPANIONS } from '../base/companions';
import { DormouseError } from '../base/errors';
import type { DatabaseActs, DatabaseChanged, JoinedTable } from '../protocol/acts';
import type { LookName, Looks } from '../protocol/looks';
import type { FilesHost, FileUndo } from './files';

export interface DatabaseHost extends FilesHost {
  ask<Name extends LookName>(name: Name, argument: Looks[Name]['argument']): Promise<Looks[Name]['result']>;
  /** What Python holds no longer goes with the files as they are: open connections to what was changed. */
  onChanged(): void;
}

/** What was done, and how it is taken back. */
export interface DatabaseChange extends DatabaseChanged {
  undo: FileUndo;
}

/** Paths are as in lists of files: `home/pyodide/app.db`. All reject with `busy` unless nothing runs. */
export class SessionDatabase {
  readonly #host: DatabaseHost;

  constructor(host: DatabaseHost) {
    this.#host = host;
  }

  schema(path: string): Promise<Looks['databaseSchema']['result']> {
    return this.#host.ask('databaseSchema', { path: `/${path}` });
  }

  /** Some rows of a table or view, at most 1,000. */
  rows(path: string, view: Omit<Looks['databaseRows']['argument'], 'path'>): Promise<Looks['databaseRows']['result']> {
    return this.#host.ask('databaseRows', { ...view, path: `/${path}` });
  }

  /** What one statement gives that only reads; one that would change something is not carried out, which is said. */
  query(path: string, sql: string, count = 1000): Promise<Looks['databaseQuery']['result']> {
    return this.#host.ask('databaseQuery', { path: `/${path}`, sql, count });
  }

  /** Statements in one transaction. @throws an Error with a sentence; then nothing was changed */
  execute(path: string, sql: string): Promise<DatabaseChange> {
    return this.#change('executeSql', { path, sql });
  }

  /** `key` and `before` as `rows` told them. */
  setCell(path: string, cell: Omit<DatabaseActs['setCell']['argument'], 'path'>): Promise<DatabaseChange> {
    return this.#change('setCell', { ...cell, path });
  }

  insertRow(path: string, row: Omit<DatabaseActs['insertRow']['argument'], 'path'>): Promise<DatabaseChange> {
    return this.#change('insertRow', { ...row, path });
  }

  deleteRows(path: string, rows: Omit<DatabaseActs['deleteRows']['argument'], 'path'>): Promise<DatabaseChange> {
    return this.#change('deleteRows', { ...rows, path });
  }

  /** Makes a table of a CSV file of the session. A database that is not there is made. */
  importTable(path: string, { source, ...more }: Omit<DatabaseActs['importTable']['argument'], 'path'>): Promise<DatabaseChange> {
    return this.#change('importTable', { ...more, source: `/${source}`, path });
  }

  /** Puts rows and tables of another database in place, all or none; a part of `Session.join`, which sees to the checkpoints. */
  async joinTables(path: string, tables: JoinedTable[]): Promise<void> {
    const python = await this.#host.idle();
    const { result, sequence } = await python.act('joinTables', { path: `/${path}`, tables });
    this.#host.onSettled(await this.#host.call('settleFiles', { sequence, keep: false }));
    if (result.problem !== null) throw new DormouseError('invalid', result.problem);
  }

  async #change<Name extends keyof DatabaseActs>(act: Name, argument: DatabaseActs[Name]['argument']): Promise<DatabaseChange> {
    const { path } = argument;
    const checkpoint = await this.#host.call('precedeChange', { path });
    const before = checkpoint === null ? [] : await this.#host.call('filesAt', { checkpoint, path });
    const companions: FileUndo['steps'][number][] = [];
    for (const ending of COMPANIONS) {
      const found = checkpoint === null ? [] : await this.#host.call('filesAt', { checkpoint, path: path + ending });
      companions.push({ type: found.length > 0 ? 'restore' : 'clear', path: path + ending });
    }
    const python = await this.#host.idle();
    const { result, sequence } = await python.act(act, { ...argument, path: `/${path}` });
    // Also when nothing was changed: to open a database may have put it in order.
    this.#host.onSettled(await this.#host.call('settleFiles', { sequence, keep: result.problem === null }));
    if (result.problem !== null) throw new DormouseError('invalid', result.problem);
    this.#host.onChanged();
    const steps: FileUndo['steps'] = [...companions, { type: before.length > 0 ? 'restore' : 'remove', path }];
    return { ...result, undo: { checkpoint, steps, open: false } };
  }
}
