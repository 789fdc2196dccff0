/** Medians with their spread, each beside its peer and its limit. */
import { cpus, loadavg } from 'node:os';

/** What was measured; empty where nothing could be. */
export type Samples = readonly number[];

export interface TableOptions {
  title: string;
  /** Of every number, such as `ms`. */
  unit: string;
  /** Default 0. */
  digits?: number;
  /** What `mean` is called; left out when the rows have none. */
  mean?: string;
  /** What `peer` is; left out when the rows have none. */
  peer?: string;
  /** What `limit` is: as much as the machine could do. */
  limit?: string;
}

export interface Row {
  name: string;
  samples: Samples;
  /** Where single samples go up and down by design, and only together say what it comes to. */
  mean?: number;
  peer?: Samples;
  limit?: Samples;
}

export function median(samples: Samples): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** A table as text, with the ratio to peer and limit behind each. */
function formatTable({ title, unit, digits = 0, mean, peer, limit }: TableOptions, rows: readonly Row[]): string {
  const number = (value: number) => value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const spread = (samples: Samples) =>
    samples.length === 0 ? '-' : `${number(median(samples))} (${number(Math.min(...samples))}–${number(Math.max(...samples))})`;
  const beside = (samples: Samples, other: Samples | undefined) =>
    other === undefined || other.length === 0 ? '' : `${spread(other)}  ×${(median(samples) / median(other)).toFixed(2)}`;
  const lines = [
    [title, unit, ...(mean ? [mean] : []), ...(peer ? [`peer: ${peer}`] : []), ...(limit ? [`limit: ${limit}`] : [])],
    ...rows.map((row) => [
      row.name,
      spread(row.samples),
      ...(mean ? [row.mean === undefined ? '' : number(row.mean)] : []),
      ...(peer ? [beside(row.samples, row.peer)] : []),
      ...(limit ? [beside(row.samples, row.limit)] : []),
    ]),
  ];
  const widths = lines.reduce<number[]>((most, cells) => cells.map((cell, column) => Math.max(cell.length, most[column] ?? 0)), []);
  const text = lines.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('   ')
      .trimEnd(),
  );
  const [head = '', ...body] = text;
  return [head, '-'.repeat(Math.max(...text.map(({ length }) => length))), ...body].join('\n');
}

/** The machine, and how busy it is: figures from a busy one are worth less. */
export function describeMachine(browser: string): string {
  const processors = cpus();
  const load = loadavg()
    .map((value) => value.toFixed(1))
    .join(', ');
  return `${processors.length} × ${processors[0]?.model}, ${browser}, Node ${process.version}; load average ${load}`;
}

/** Prints a table under a line that says on what it was measured. */
export function printTable(context: string, options: TableOptions, rows: readonly Row[]): void {
  console.log(`\n${context}\n\n${formatTable(options, rows)}\n`);
}
