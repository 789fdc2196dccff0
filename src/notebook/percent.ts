/**
 * The percent format: `# %%` at the beginning of a line begins a Python cell, `# %% [markdown]` a Markdown cell whose lines are comments.
 * Jupytext, VS Code and Spyder read it too. Any text is a notebook: one without such lines has one cell.
 */

export type CellKind = 'python' | 'markdown' | 'raw';

/** One cell as the text has it. All `header`s and `body`s one after the other are the text. */
export interface CellText {
  readonly kind: CellKind;
  /** The line that begins it, with its line end; empty for what comes before the first such line. */
  readonly header: string;
  readonly body: string;
}

/** `# %%` with nothing, a title, or `[markdown]` behind; `# %%time` and the like are no cells but magics that were commented out. */
const MARKER = /^#[ \t]*%%(?:[ \t[%].*|)$/;
const KIND = /\[(markdown|md|raw)\]/;
const KINDS = new RegExp(KIND, 'g');
/** A line of a cell that the text could not hold as it is, for it would begin a cell; it stands there behind one more `# `, as Jupytext has it. */
const ESCAPED = /^(?=(?:# )*#[ \t]*%%(?:[ \t[%].*|)\r?$)/gm;
const UNESCAPED = /^# (?=(?:# )*#[ \t]*%%(?:[ \t[%].*|)\r?$)/gm;
/** What separates a cell from the next one and is not part of what a person wrote in it. */
const SEPARATION = /(?:\r?\n){0,2}$/;

/** Whether a line, without its end, begins a cell. */
export const isMarker = (line: string): boolean => MARKER.test(line);

/** At least one cell; white space before the first marker belongs to that marker. */
export function parsePercent(text: string): CellText[] {
  const cells: CellText[] = [];
  let kind: CellKind = 'python';
  let header = '';
  let from = 0;
  const close = (to: number) => cells.push({ kind, header, body: text.slice(from, to) });
  for (let at = 0; at < text.length; ) {
    const feed = text.indexOf('\n', at);
    const end = feed === -1 ? text.length : feed + 1;
    const line = text.slice(at, end).replace(/\r?\n$/, '');
    if (isMarker(line)) {
      const leading = cells.length === 0 && header === '' && text.slice(0, at).trim() === '';
      if (!leading) close(at);
      header = text.slice(leading ? 0 : at, end);
      kind = kindOf(line);
      from = end;
    }
    at = end;
  }
  close(text.length);
  return cells;
}

/** The text of cells: exactly the one that `parsePercent` read them from, and one that it reads back into as many cells. */
export function printPercent(cells: readonly CellText[]): string {
  return cells
    .map(({ kind, header, body }, index) => {
      const last = index === cells.length - 1;
      const needed = index > 0 || kind !== 'python' || (!last && body.trim() === '');
      // White space at the beginning of the text does not move along.
      const own = index > 0 ? header.trimStart() : header;
      const marker = own === '' && needed ? headerFor(kind) : own;
      const line = marker === '' || marker.endsWith('\n') || (last && body === '') ? marker : `${marker}\n`;
      return line + (last || (body === '' ? line : body).endsWith('\n') ? body : `${body}\n\n`);
    })
    .join('');
}

/** What a person reads and edits of a cell: Python as it is, Markdown without the comment signs. */
export function sourceOf({ kind, body }: CellText): string {
  const inner = body.replace(SEPARATION, '').replace(UNESCAPED, '');
  if (kind === 'python') return inner;
  return inner.replace(/^#(?: |(?=\r?$))/gm, '');
}

/** The cell with another source; the white space behind it stays. */
export function withSource(cell: CellText, source: string): CellText {
  const separation = SEPARATION.exec(cell.body)?.[0] ?? '';
  return { ...cell, body: encoded(cell.kind, source) + separation };
}

/** The cell as another kind, with its source and the title in its header. */
export function withKind(cell: CellText, kind: CellKind): CellText {
  if (kind === cell.kind) return cell;
  const title = /^\s*#[ \t]*%%(.*)/.exec(cell.header)?.[1]?.replaceAll(KINDS, '').trim() ?? '';
  const header = [`# %%`, title, kind === 'python' ? '' : `[${kind}]`].filter((part) => part !== '').join(' ');
  return withSource({ ...cell, kind, header: `${header}\n` }, sourceOf(cell));
}

/** A cell for a place in the middle of a notebook. */
export function newCell(kind: CellKind, source: string): CellText {
  return { kind, header: headerFor(kind), body: `${encoded(kind, source)}\n\n` };
}

function kindOf(line: string): CellKind {
  const named = KIND.exec(line)?.[1];
  return named === undefined ? 'python' : named === 'raw' ? 'raw' : 'markdown';
}

const headerFor = (kind: CellKind): string => (kind === 'python' ? '# %%\n' : `# %% [${kind}]\n`);

function encoded(kind: CellKind, source: string): string {
  if (source === '') return source;
  const lines = kind === 'python' ? source : source.replace(/^.*$/gm, (line) => (line === '' || line === '\r' ? `#${line}` : `# ${line}`));
  return lines.replace(ESCAPED, '# ');
}
