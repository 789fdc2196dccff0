/**
 * A session's runs, as lines of JSON in a hidden file: one line when a run begins, one when it ends, one that carries the
 * counter over when older lines are left out. Appending a line is one small write, whatever came before.
 *
 *     {"run":3,"event":"begin","at":1795464845000,"firstLine":"import sqlite3"}
 *     {"run":3,"event":"end","at":1795464846000,"status":"finished"}
 *     {"run":2,"event":"counter"}
 */
import type { RunRecord } from '../protocol/keeper';

/** Runs that are shown and carried in state files; older ones are only counted. */
export const MAX_RUNS = 1000;
/** The longest first line that a record keeps, in UTF-16 units. */
const MAX_FIRST_LINE = 200;
/** The file is written anew when it has more runs or bytes than this. */
const MAX_STORED_RUNS = 2000;
const MAX_STORED_BYTES = 512 * 1024;

const STATUSES: Record<Exclude<RunRecord['status'], 'running' | 'unfinished'>, true> = {
  finished: true,
  failed: true,
  interrupted: true,
  exited: true,
  stopped: true,
  crashed: true,
};

export class History {
  /** Oldest first; a run that goes on has the status `running`. */
  readonly #records = new Map<number, RunRecord>();
  #runs = 0;
  #brokenLines = 0;
  #storedRuns = 0;
  #storedBytes = 0;

  /** Reads the file's bytes. Lines that are not understood are left out and counted in `brokenLines`; never throws. */
  static parse(bytes: Uint8Array): History {
    const history = new History();
    history.#storedBytes = bytes.length;
    for (const line of new TextDecoder().decode(bytes).split('\n')) {
      if (line.trim() !== '' && !history.#read(line)) history.#brokenLines += 1;
    }
    // Nobody is left who could end them: the keeper that wrote them is gone.
    for (const record of history.#records.values()) if (record.status === 'running') record.status = 'unfinished';
    return history;
  }

  /** @param records oldest first, as a state file has them: runs that did not end there never will */
  static from(runs: number, records: readonly RunRecord[]): History {
    const history = new History();
    for (const record of records) {
      const ended = record.status !== 'running' && record.status !== 'unfinished';
      // A file made by hand may say that a run has ended and not when.
      const end = ended ? { ended: record.ended ?? record.started } : { ended: null, status: 'unfinished' as const };
      history.#records.set(record.run, { ...record, ...end });
    }
    history.#runs = Math.max(runs, ...history.#records.keys());
    history.#trim();
    return history;
  }

  /** How many runs there ever were: the number of the last one. */
  get runs(): number {
    return this.#runs;
  }

  get brokenLines(): number {
    return this.#brokenLines;
  }

  /** The last `MAX_RUNS` runs, oldest first: copies. */
  get records(): RunRecord[] {
    return Array.from(this.#records.values(), (record) => ({ ...record }));
  }

  /** The run with this number, when it is one of the last `MAX_RUNS`. */
  get(run: number): RunRecord | null {
    const record = this.#records.get(run);
    return record ? { ...record } : null;
  }

  /** Whether the file has grown so far that `serialize` should replace it. */
  get overgrown(): boolean {
    return this.#storedRuns > MAX_STORED_RUNS || this.#storedBytes > MAX_STORED_BYTES;
  }

  /** The line for the next run, not yet entered: `enter` it when it is stored. */
  beginLine(code: string, at: number): Uint8Array {
    return encode({ run: this.#runs + 1, event: 'begin', at, firstLine: firstLineOf(code) });
  }

  /** The line for a run's end, not yet entered. */
  endLine(run: number, status: RunRecord['status'], at: number): Uint8Array {
    return encode({ run, event: 'end', at, status });
  }

  /** Enters a line of `beginLine` or `endLine` after it was appended to the file. */
  enter(line: Uint8Array): void {
    this.#storedBytes += line.length;
    this.#read(new TextDecoder().decode(line));
  }

  /** The whole file, without the runs that are no longer shown. Tell `replaced` when it has taken the place of the old one. */
  serialize(): Uint8Array {
    const lines: object[] = [{ run: this.#runs, event: 'counter' }];
    for (const { run, started, ended, status, firstLine } of this.#records.values()) {
      lines.push({ run, event: 'begin', at: started, firstLine });
      if (status !== 'running' && status !== 'unfinished') lines.push({ run, event: 'end', at: ended, status });
    }
    return encode(...lines);
  }

  /** What `serialize` gave is now the file. */
  replaced(bytes: Uint8Array): void {
    this.#storedBytes = bytes.length;
    this.#storedRuns = this.#records.size;
  }

  #read(text: string): boolean {
    const line = parseLine(text);
    if (!line) return false;
    // A line about a run far behind is one that fell out of the list.
    this.#runs = Math.max(this.#runs, line.run);
    if (line.event === 'begin') {
      this.#storedRuns += 1;
      this.#records.set(line.run, { run: line.run, started: line.at, ended: null, status: 'running', firstLine: line.firstLine });
      this.#trim();
    } else if (line.event === 'end') {
      const record = this.#records.get(line.run);
      if (record) Object.assign(record, { ended: line.at, status: line.status });
    }
    return true;
  }

  #trim(): void {
    for (const run of this.#records.keys()) {
      if (this.#records.size <= MAX_RUNS) return;
      this.#records.delete(run);
    }
  }
}

type Line =
  | { run: number; event: 'begin'; at: number; firstLine: string }
  | { run: number; event: 'end'; at: number; status: RunRecord['status'] }
  | { run: number; event: 'counter' };

function parseLine(text: string): Line | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not JSON: the caller counts it.
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { run, event, at, firstLine, status } = value as Record<string, unknown>;
  if (!Number.isSafeInteger(run) || (run as number) < 0) return null;
  if (event === 'counter') return { run: run as number, event };
  if (!Number.isFinite(at)) return null;
  if (event === 'begin' && typeof firstLine === 'string') return { run: run as number, event, at: at as number, firstLine };
  if (event === 'end' && typeof status === 'string' && Object.hasOwn(STATUSES, status)) {
    return { run: run as number, event, at: at as number, status: status as RunRecord['status'] };
  }
  return null;
}

function encode(...lines: object[]): Uint8Array {
  return new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

function firstLineOf(code: string): string {
  const line = code.split('\n').find((text) => text.trim() !== '') ?? '';
  // A character of two units is not cut in half: half of one is no valid text.
  return line
    .trim()
    .slice(0, MAX_FIRST_LINE)
    .replace(/[\ud800-\udbff]$/, '');
}
