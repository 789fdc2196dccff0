/** What was run beside the cells of a notebook (a script, a line of Python), as it is shown below the code. */
import { type LogEntry, type LoggedRun, MOST_LOGGED_RUNS } from './notes';
import { type Printed, sizeOf } from './outputs';
import { Results } from './results';

/** What is kept of the log, UTF-16 units: it is part of every checkpoint. Of more, the oldest goes. */
export const LARGEST_LOG = 1 << 18;
/** So much of it is left then, so that what stands before the newest is mostly the same bytes from one checkpoint to the next. */
const LEFT = LARGEST_LOG / 2;

/** What was said before any run. */
const BEFORE = 'before';

export class RunLog {
  readonly #results = new Results<LoggedRun>();
  #newest = BEFORE;

  /** @param entries what was kept, oldest first */
  constructor(entries: readonly LogEntry[] = []) {
    for (const { run, outputs } of entries) {
      const id = run ? idOf(run) : BEFORE;
      this.#results.set(id, { run, outputs });
      this.#newest = id;
    }
  }

  /** Oldest first. */
  get entries(): readonly LogEntry[] {
    return this.#results.ids.map((id) => this.#results.get(id));
  }

  /** The entry that is printed into. */
  get newest(): LogEntry {
    return this.#results.get(this.#newest);
  }

  /** A run has begun, or how it goes has changed; what is printed next belongs to it. */
  show({ run, started, ended, status }: LoggedRun): void {
    const record = { run, started, ended, status };
    const id = idOf(record);
    if (id === this.#newest) this.#results.set(id, { ...this.#results.get(id), run: record });
    else this.#results.begin(id, record);
    this.#newest = id;
    this.#bound();
  }

  print(pieces: readonly Printed[]): void {
    this.#results.print(this.#newest, pieces);
    this.#bound();
  }

  /** Forgets everything but that something runs. */
  clear(): void {
    const { run } = this.#results.get(this.#newest);
    this.#results.clear();
    if (run?.status === 'running') this.#results.begin(this.#newest, run);
    else this.#newest = BEFORE;
  }

  #bound(): void {
    const { ids } = this.#results;
    const sizes = ids.map((id) => this.#results.get(id).outputs.list.reduce((sum, output) => sum + sizeOf(output), 0));
    let size = sizes.reduce((sum, each) => sum + each, 0);
    if (size <= LARGEST_LOG && ids.length <= MOST_LOGGED_RUNS) return;
    // The newest stays, within the bounds of one run's outputs.
    for (const [index, id] of ids.slice(0, -1).entries()) {
      if (size <= LEFT && ids.length - index <= MOST_LOGGED_RUNS / 2) break;
      this.#results.delete(id);
      size -= sizes[index] as number;
    }
  }
}

/** After an undo the same number is given again. */
const idOf = ({ run, started }: LoggedRun): string => `${run}, ${started}`;
