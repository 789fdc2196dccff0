/** A table of Python's as a source for the grid: what is kept with the output at once, the rest from the interpreter while it lives. */
import { isDormouseError } from '../../base/errors';
import type { Session } from '../../session';
import {
  type ColumnSummary,
  cellOf,
  type GridColumn,
  type GridSource,
  type GridView,
  type GridWindow,
  type TableSnapshot,
} from '../../table';
import { strings } from '../strings';

export class FrameSource implements GridSource {
  readonly columns: readonly GridColumn[];
  readonly rowCount: number;
  readonly #table: TableSnapshot;
  readonly #session: Session | null;

  /** @param session null where there is no interpreter: then there are the kept rows only */
  constructor(table: TableSnapshot, session: Session | null) {
    this.#table = table;
    this.#session = session;
    this.columns = table.columns;
    this.rowCount = table.rowCount;
  }

  async window(from: number, to: number, { sort = [], filter = '' }: GridView): Promise<GridWindow> {
    const { id, rows, rowCount, columns } = this.#table;
    const plain = sort.length === 0 && filter === '';
    // What is kept is enough, and there at once.
    if (plain && (to <= rows.length || rows.length === rowCount)) return { rows: rows.slice(from, to), rowCount };
    const wanted = { id, start: from, end: to, sort: [...sort], filter, columns: columns.length };
    const answer = await this.#ask((session) => session.ask('table', wanted));
    if (answer && !('problem' in answer)) return { rows: answer.rows.map((row) => row.map(cellOf)), rowCount: answer.rowCount };
    const words = strings.rich.table;
    if (answer?.problem === 'slow' || answer?.problem === 'changed') throw new Error(words[answer.problem]);
    if (plain && from < rows.length) return { rows: rows.slice(from, to), rowCount: rows.length };
    throw new Error(words.gone);
  }

  async summary(column: number, { sort = [], filter = '' }: GridView): Promise<ColumnSummary> {
    const wanted = { id: this.#table.id, column, sort: [...sort], filter };
    const answer = await this.#ask((session) => session.ask('tableSummary', wanted));
    if (!answer || 'problem' in answer) throw new Error(strings.rich.table[answer?.problem ?? 'gone']);
    return { ...answer, least: cellOf(answer.least), greatest: cellOf(answer.greatest) };
  }

  /** Asks once nothing runs; null where there is nobody to ask. */
  async #ask<Answer>(ask: (session: Session) => Promise<Answer>): Promise<Answer | null> {
    for (let session = await this.#idle(); session; session = await this.#idle()) {
      try {
        return await ask(session);
      } catch (error) {
        // The next of many cells may run before this gets its turn.
        if (!isDormouseError(error) || error.code !== 'busy') throw error;
      }
    }
    return null;
  }

  /** The session once nothing runs; null where nothing will. */
  async #idle(): Promise<Session | null> {
    const session = this.#session;
    if (!session || this.#table.id === '') return null;
    while (session.state.phase !== 'idle') {
      const { phase } = session.state;
      if (phase === 'closed' || phase === 'yielded' || phase === 'looking' || phase === 'waiting') return null;
      await new Promise((changed) => session.addEventListener('change', changed, { once: true }));
    }
    return session;
  }
}
