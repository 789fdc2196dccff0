/** The notebook of a session: its text, its view, and the queue of its cells' runs; for an element that renders it. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import {
  type Cursor,
  failedLine,
  isMarker,
  Notebook,
  type NotebookView,
  type Printed,
  partName,
  RunLog,
  readNotes,
  readPlace,
  writeNotes,
} from '../notebook';
import type { OutputPiece, RunRecord, Session } from '../session';

export class NotebookDesk implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  notebook = new Notebook('');
  /** What runs that are no cell's wrote. */
  log = new RunLog();
  /** Where the cursor was when the text was kept: in the selected cell, and in the script. */
  cursor: Cursor | null = null;
  scriptCursor: Cursor | null = null;
  view: NotebookView = 'script';
  /** The id of the selected cell; null for the first. */
  selected: string | null = null;
  /** How a cell's run has just ended, for who does not see it: its place, counted from 1, and how. Null once another begins. */
  ended: { number: number; status: RunRecord['status']; took: number } | null = null;
  /** Grows whenever something has changed that is shown. */
  revision = 0;
  #session: Session | null = null;
  #queue: string[] = [];
  /** The cell that runs, and its run once that has begun. */
  #running: { id: string; run: number | null } | null = null;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    // Everything begins with `attach`.
  }

  /** @param cursors where they are now */
  attach(session: Session, cursors: () => Pick<NotebookDesk, 'cursor' | 'scriptCursor'>): void {
    this.#session = session;
    session.notebook = () =>
      writeNotes(this.notebook.notes({ view: this.view, log: this.log.entries, selected: this.selected, ...cursors() }));
  }

  /** The cells whose runs come after others. */
  get waiting(): readonly string[] {
    return this.#queue;
  }

  /** Whether what runs now is a cell. */
  get runsCell(): boolean {
    return this.#running !== null;
  }

  /**
   * Shows a text with what was kept beside it.
   * @param log also the log; otherwise that stays
   */
  open(text: string, notes: string | null, log: boolean): void {
    const kept = readNotes(notes);
    this.notebook = new Notebook(text, kept);
    this.view = kept.view ?? (text.split('\n').some((line) => isMarker(line.trimEnd())) ? 'notebook' : 'script');
    this.selected = kept.selected;
    if (log) this.log = new RunLog(kept.log);
    this.cursor = kept.cursor;
    this.scriptCursor = kept.scriptCursor;
    this.changed();
  }

  /** The outputs are those of another moment, the text stays. */
  recall(notes: string | null): void {
    this.notebook.recall(readNotes(notes));
    this.changed();
  }

  changed(): void {
    this.revision += 1;
    this.#host.requestUpdate();
  }

  /** Puts cells behind those that wait already, and runs what is first. */
  run(ids: readonly string[]): void {
    for (const id of ids) if (!this.#queue.includes(id) && this.#running?.id !== id) this.#queue.push(id);
    this.changed();
    void this.#next();
  }

  /** Where a line of an error is: in a cell of this notebook, or in the script. Null when nobody knows any more. */
  locate({ file, line }: { file: string; line: number }): { cell: string | null; line: number } | null {
    const place = readPlace(file);
    if (!place || place.beside) return null;
    const at = line + place.from - 1;
    if (place.cell === null) return this.view === 'script' ? { cell: null, line: at } : null;
    // A cell's run is known by its number, wherever the cell is now; some of its lines ran a moment ago, where it was.
    const { cells } = this.notebook;
    const cell = place.part ? cells[place.cell - 1] : cells.find(({ id }) => this.notebook.result(id).run?.run === place.run);
    return cell ? { cell: cell.id, line: at } : null;
  }

  /** Nothing that waits is run any more. */
  empty(): void {
    this.#queue = [];
    this.changed();
  }

  /** Takes what a run wrote; says whether that run is a cell's. */
  print(printed: readonly Printed[]): boolean {
    if (!this.#running) {
      this.log.print(printed);
      return false;
    }
    this.notebook.print(this.#running.id, printed);
    this.changed();
    return true;
  }

  /** To be told of every change of the session. */
  follow(): void {
    const last = this.#session?.state.history.at(-1);
    const running = this.#running;
    if (!last || !running) return;
    if (running.run === null && last.status === 'running') {
      running.run = last.run;
      this.notebook.begin(running.id, last.run, last.started);
      this.ended = null;
      this.changed();
    } else if (running.run === last.run && last.status !== 'running' && this.notebook.result(running.id).run?.status === 'running') {
      const ended = last.ended ?? Date.now();
      this.notebook.end(running.id, last.status, ended, failedLine(this.notebook.result(running.id).outputs, last.run));
      this.ended = { number: this.notebook.indexOf(running.id) + 1, status: last.status, took: ended - last.started };
      this.changed();
    }
  }

  async #next(): Promise<void> {
    const session = this.#session;
    if (this.#running || !session || (session.state.phase !== 'idle' && session.state.phase !== 'starting')) return;
    const id = this.#queue.shift();
    const cell = id === undefined ? null : this.notebook.find(id);
    if (id === undefined || !cell) return;
    this.#running = { id, run: null };
    this.changed();
    try {
      await session.run(cell.source, { document: this.notebook.text, part: partName(this.notebook.indexOf(id) + 1, null) });
      // The rest builds on what did not come about.
      if (this.notebook.result(id).run?.status !== 'finished') this.#queue = [];
    } catch {
      // The session says why: it was replaced, closed, or went elsewhere.
      this.#queue = [];
    } finally {
      this.#running = null;
      this.changed();
    }
    await this.#next();
  }
}

/** A piece of output as notebooks and logs know it. */
export function outputOf(piece: OutputPiece): Printed {
  switch (piece.kind) {
    case 'value':
      return { type: 'value', data: piece.data, metadata: piece.metadata };
    case 'display':
      return { type: 'display', id: piece.id, data: piece.data, metadata: piece.metadata };
    case 'clear':
      return { type: 'clear', wait: piece.wait };
    case 'error':
      return { type: 'error', name: piece.name, message: piece.message, traceback: piece.text, parts: piece.parts };
    default:
      return { type: 'stream', stream: piece.kind, text: piece.text };
  }
}
