/** A file as tables, read in a worker of its own: however long that takes, the page goes on. */
import type { CsvReport } from './csv-source';
import type { TableKind } from './open-file';
import type { ColumnSummary, GridColumn, GridSource, GridView, GridWindow } from './source';

/** What the worker is asked. The first question is `open`. */
export type FileTableRequest =
  | { call: number; type: 'open'; file: Blob; kind: TableKind }
  | { call: number; type: 'window'; sheet: number; from: number; to: number; view: GridView }
  | { call: number; type: 'summary'; sheet: number; column: number; view: GridView };

export type FileTableReply =
  | { call: number; result: unknown }
  /** A sentence. */
  | { call: number; problem: string }
  /** Bytes read of all. */
  | { done: number; total: number };

/** What `open` answers. */
export interface FileTableReport {
  sheets: { name: string; columns: readonly GridColumn[]; rowCount: number; summary: boolean }[];
  report: CsvReport | null;
}

type WithoutCall<Request> = Request extends unknown ? Omit<Request, 'call'> : never;

export class FileTable {
  readonly #worker = new Worker(new URL('./table-worker.ts', import.meta.url), { type: 'module' });
  readonly #pending = new Map<number, { resolve(result: never): void; reject(error: Error): void }>();
  readonly #onProgress: ((done: number, total: number) => void) | undefined;
  #calls = 0;
  /** Why nothing more is answered. */
  #ended: string | null = null;
  #sheets: readonly { name: string; source: GridSource }[] = [];
  #report: CsvReport | null = null;

  /**
   * @param options `signal` gives it up
   * @throws Error with a sentence when the file cannot be read as that
   */
  static async open(
    file: Blob,
    kind: TableKind,
    { signal, onProgress }: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void } = {},
  ): Promise<FileTable> {
    const table = new FileTable(onProgress);
    const stop = () => table.close();
    signal?.addEventListener('abort', stop);
    try {
      signal?.throwIfAborted();
      const { sheets, report } = await table.#ask<FileTableReport>({ type: 'open', file, kind });
      table.#sheets = sheets.map(({ name, columns, rowCount, summary }, sheet) => ({
        name,
        source: table.#source(sheet, columns, rowCount, summary),
      }));
      table.#report = report;
      return table;
    } catch (error) {
      table.close();
      throw error;
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  private constructor(onProgress: ((done: number, total: number) => void) | undefined) {
    this.#onProgress = onProgress;
    this.#worker.onmessage = ({ data }: MessageEvent<FileTableReply>) => {
      if ('done' in data) {
        this.#onProgress?.(data.done, data.total);
        return;
      }
      const caller = this.#pending.get(data.call);
      this.#pending.delete(data.call);
      if ('problem' in data) caller?.reject(new Error(data.problem));
      else caller?.resolve(data.result as never);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#end('The file could not be read as a table: the worker that reads it has stopped, most likely for want of memory.');
    };
  }

  /** Of a workbook its sheets, of every other file one without a name. */
  get sheets(): readonly { name: string; source: GridSource }[] {
    return this.#sheets;
  }

  /** How a CSV file was read; null for others. */
  get report(): CsvReport | null {
    return this.#report;
  }

  /** Ends the worker; what is asked afterwards is refused. */
  close(): void {
    this.#end('The table was closed.');
  }

  #end(reason: string): void {
    this.#worker.terminate();
    for (const { reject } of this.#pending.values()) reject(new Error(reason));
    this.#pending.clear();
    this.#ended = reason;
  }

  #source(sheet: number, columns: readonly GridColumn[], rowCount: number, summary: boolean): GridSource {
    return {
      columns,
      rowCount,
      window: (from, to, view) => this.#ask<GridWindow>({ type: 'window', sheet, from, to, view }),
      ...(summary && { summary: (column: number, view: GridView) => this.#ask<ColumnSummary>({ type: 'summary', sheet, column, view }) }),
    };
  }

  #ask<Result>(request: WithoutCall<FileTableRequest>): Promise<Result> {
    if (this.#ended !== null) return Promise.reject(new Error(this.#ended));
    return new Promise<Result>((resolve, reject) => {
      const call = ++this.#calls;
      this.#pending.set(call, { resolve, reject });
      this.#worker.postMessage({ ...request, call } satisfies FileTableRequest);
    });
  }
}
