/** One run from its record to its checkpoint, and what goes on after it. */
import { DormouseError, messageOf } from '../base/errors';
import type { CaptureReport } from '../protocol/image';
import type { RunRecord } from '../protocol/keeper';
import { BackgroundChanges } from './background-changes';
import type { SessionDocument } from './document';
import type { KeeperClient } from './keeper-client';
import type { SessionPackages } from './packages';
import type { Python } from './python';
import { RunEnded } from './run-ended';
import type { SessionState } from './state';

/** How a run belongs to the document that is kept as the editor's text. */
export interface RunOptions {
  /** The whole document, when the code is a part of it. */
  document?: string;
  /** Says which part, such as `cell 3`: tracebacks name it before the number of the run. */
  part?: string;
}

export interface RunsHost {
  readonly state: SessionState;
  readonly keeper: KeeperClient;
  readonly python: Python | null;
  readonly document: SessionDocument;
  readonly packages: SessionPackages;
  readonly inMemory: boolean;
  /** This tab has let go of the session, or is about to. */
  readonly away: boolean;
  change(part: Partial<SessionState>): void;
  /** What to say when nothing can run now. */
  busy(): Error;
  /** Starts a new Python on the same disk. */
  restart(happened: string): Promise<void>;
  refreshCheckpoints(): Promise<void>;
}

export class SessionRuns {
  readonly #host: RunsHost;
  readonly #background = new BackgroundChanges(() => this.#keepChanges());
  #running: object | null = null;
  #end: Promise<void> = Promise.resolve();

  constructor(host: RunsHost) {
    this.#host = host;
  }

  /** The run that goes on, by its identity: a Stop must never hit a later one. */
  get running(): object | null {
    return this.#running;
  }

  /** The run that goes on, to its very end. */
  get end(): Promise<void> {
    return this.#end;
  }

  /** Runs code and resolves when it has ended and is saved, or was found not to be. */
  run(code: string, options: RunOptions): Promise<void> {
    const run = this.#run(code, options);
    this.#end = run.catch(() => undefined);
    return run;
  }

  /** Something that a run left behind has gone on. */
  noteChanges(): void {
    if (this.#host.state.changed && this.#host.state.phase === 'idle') this.#background.note();
  }

  /** Keeps at once what went on after a run. */
  async keepChangesNow(): Promise<void> {
    if (this.#host.state.changed) await this.#background.keepNow();
  }

  /** The same, and gives up on it after a while: the session is about to be let go of. */
  async keepChangesInTime(): Promise<void> {
    if (this.#host.state.changed) await this.#background.keepInTime();
  }

  /** Memory as it is now, when nothing else keeps it meanwhile; null without Python. */
  async captureNow(): Promise<CaptureReport | null> {
    await this.#background.giveWay();
    const { python } = this.#host;
    return python && this.#capture(python);
  }

  async #run(code: string, { document, part }: RunOptions): Promise<void> {
    const host = this.#host;
    const { python, keeper } = host;
    if (!python) throw host.busy();
    this.#running = {};
    host.packages.begin();
    host.change({ phase: 'running', notice: null, ...(!host.inMemory && { saved: { kind: 'saving' } }) });
    await this.#background.giveWay();
    const record = await this.#beginRun(code, document ?? code);
    host.change({ runs: record.run, history: [...host.state.history, record], undoable: null });
    let status: RunRecord['status'] | null = null;
    let sequence: number | null = null;
    let capture: CaptureReport | null = null;
    let restart: string | null = null;
    try {
      const running = python.run(code, part === undefined ? `<run ${record.run}>` : `<${part}, run ${record.run}>`);
      // Stop was pressed while the keeper took note of the run: now there is something that it can reach.
      if (host.state.phase === 'stopping') void python.interrupt();
      const result = await running;
      status = result.status;
      sequence = result.sequence;
      capture = await this.#capture(python);
    } catch (error) {
      // Otherwise Python died by itself, or the keeper did, and then the fence refuses; a second fence does no harm.
      const end = error instanceof RunEnded ? error : new RunEnded('crashed', `Python stopped and was restarted (${messageOf(error)})`);
      status ??= end.status;
      restart = end.message;
      await keeper.call('fence', null);
      python.end(end);
    }
    this.#running = null;
    host.packages.end();
    await this.#endRun(record, status, sequence, capture);
    // A run can end by itself in the very moment in which Stop loses patience.
    restart ??= python.ended?.message ?? null;
    if (host.away) return;
    if (restart === null) {
      host.change({ phase: 'idle' });
      this.noteChanges();
    } else await host.restart(restart);
  }

  /** Captures memory; what changes from then on is said anew. */
  async #capture(python: Python): Promise<CaptureReport> {
    const capture = await python.capture();
    if (capture.image !== null) this.#host.change({ changed: false });
    return capture;
  }

  /** Keeps what went on after a run, as part of the checkpoint that the run made. */
  async #keepChanges(): Promise<void> {
    const host = this.#host;
    const { python } = host;
    if (!python || !host.state.changed || host.state.phase !== 'idle') return;
    try {
      const capture = await this.#capture(python);
      const { saved: at, checkpoint } = await host.keeper.call('keepChanges', { capture });
      const { saved } = host.state;
      if (python !== host.python) return;
      if (saved.kind === 'saved' && checkpoint) host.change({ saved: { ...saved, at, checkpoint } });
      if (checkpoint === null || checkpoint.problem !== null) host.change({ changed: true });
      await host.refreshCheckpoints();
    } catch (error) {
      // The store that failed, or the Python that ended, says so by itself.
      if (python === host.python && host.state.saved.kind === 'saved') host.change({ changed: true });
      console.warn('What went on after the run was not kept.', error);
    }
    this.noteChanges();
  }

  /** Also a session that keeps nothing (a damaged or failed store) can run code: to look at what is there. The page says "Not saved". */
  async #beginRun(code: string, document: string): Promise<RunRecord> {
    const host = this.#host;
    try {
      const record = await host.keeper.call('beginRun', { code, document });
      host.document.kept(document);
      return record;
    } catch (error) {
      this.#requireOpen();
      host.change({ saved: { kind: 'unsaved', reason: messageOf(error) } });
      return {
        run: host.state.runs + 1,
        started: Date.now(),
        ended: null,
        status: 'running',
        firstLine: code.slice(0, code.search(/\n|$/)),
      };
    }
  }

  async #endRun(record: RunRecord, status: RunRecord['status'], sequence: number | null, capture: CaptureReport | null): Promise<void> {
    const host = this.#host;
    const ended = [...host.state.history.slice(0, -1), { ...record, status, ended: Date.now() }];
    // So that what is kept of the notebook says how the run ended.
    host.change({ history: ended });
    const { saved: before } = host.state;
    if (before.kind === 'unsaved') {
      host.change({ awaitsInput: false });
      return;
    }
    try {
      const argument = { run: record.run, status, sequence, capture, ...host.document.takeNotes() };
      const { saved: at, problem, history, checkpoint } = await host.keeper.call('endRun', argument);
      // The store may have failed while the answer was on its way.
      const { saved } = host.state;
      host.change({
        history,
        awaitsInput: false,
        saved: host.inMemory ? { kind: 'memory' } : saved.kind === 'unsaved' ? saved : { kind: 'saved', at, problem, checkpoint },
      });
      await host.refreshCheckpoints();
    } catch (error) {
      this.#requireOpen();
      host.change({ history: ended, awaitsInput: false, saved: { kind: 'unsaved', reason: messageOf(error) } });
    }
  }

  /** After a keeper's call failed: when it did so because everything ended, that is the reason to tell. */
  #requireOpen(): void {
    const { phase, error } = this.#host.state;
    if (phase === 'closed') throw error ?? new DormouseError('closed', 'The session is closed.');
  }
}
