/**
 * Reads Jupyter's notebook format, versions 4 (https://nbformat.readthedocs.io/en/latest/format_description.html) and 3. Cells are what a person
 * wrote: one that is not as it should be refuses the file. Outputs can be made again: one that nobody understands is left out, and counted.
 */
import { InvalidInputError } from '../base/errors';
import { type MimeBundle, mimeBundle } from '../base/mime-bundle';
import { keyOf, Notebook } from './notebook';
import { type CellNotes, ID, NO_NOTES, type NotebookNotes } from './notes';
import { append, NO_OUTPUTS, type Output } from './outputs';
import { type CellKind, newCell, printPercent } from './percent';

export interface ReadNotebook {
  /** In the percent format. */
  readonly text: string;
  readonly notes: NotebookNotes;
  /** What was left out, a sentence each. */
  readonly leftOut: readonly string[];
}

interface ReadCell {
  readonly id: string | null;
  readonly kind: CellKind;
  readonly source: string;
  readonly outputs: readonly unknown[];
}

type Fields = Record<string, unknown>;

const MOST_CELLS = 10_000;
/** UTF-16 units of what is said about one output. */
const LONGEST_METADATA = 100_000;
/** Version 3 has these under short names. */
const SHORT_TYPES: readonly (readonly [string, string])[] = [
  ['text', 'text/plain'],
  ['html', 'text/html'],
  ['svg', 'image/svg+xml'],
  ['png', 'image/png'],
  ['jpeg', 'image/jpeg'],
  ['latex', 'text/latex'],
  ['json', 'application/json'],
];

/**
 * The notebook in a document that was parsed from JSON. What ran when and how often is not taken over: those runs were another Python's.
 * @throws InvalidInputError a sentence that says what is wrong, and where
 */
export function readIpynb(document: unknown): ReadNotebook {
  if (!isObject(document)) throw wrong(`it is ${described(document)} instead of an object`);
  const version = document.nbformat;
  if (typeof version !== 'number' || !Number.isInteger(version)) throw wrong('it does not say its version ("nbformat")');
  if (version < 3)
    throw new InvalidInputError(
      `The notebook is of version ${version}, which is older than what Dormouse reads (3 and 4): save it with a newer Jupyter.`,
    );
  if (version > 4) throw new InvalidInputError(`The notebook is of version ${version}: a later one than what Dormouse reads (3 and 4).`);
  const cells = version === 4 ? list(document.cells, 'cells').map(cellOf) : cellsOfVersion3(document);
  if (cells.length > MOST_CELLS) {
    throw new InvalidInputError(
      `The notebook has ${cells.length.toLocaleString('en-US')} cells: at most ${MOST_CELLS.toLocaleString('en-US')} can be opened.`,
    );
  }
  const leftOut: string[] = [];
  const language = languageOf(document.metadata);
  if (language !== null) leftOut.push(`It was written for ${language}: its code is shown, and Python will not understand it.`);
  if (cells.some(({ kind }) => kind === 'markdown') && hasAttachments(document)) leftOut.push('Pictures that are attached to text cells.');
  return { ...assembled(cells, leftOut), leftOut };
}

/** The text of the cells, and beside it their ids and outputs. */
function assembled(cells: readonly ReadCell[], leftOut: string[]): { text: string; notes: NotebookNotes } {
  const text = printPercent(cells.map(({ kind, source }) => newCell(kind, source)));
  const ids = new Set<string>();
  let unknown = 0;
  const notes = cells.map(({ id, kind, source, outputs }, index): CellNotes => {
    const own = id !== null && !ids.has(id) ? id : free(ids, `cell-${index + 1}`);
    ids.add(own);
    const known = outputs.map(outputOf).filter((output) => output !== null);
    unknown += outputs.length - known.length;
    return { id: own, key: keyOf({ kind, source }), run: null, outputs: append(NO_OUTPUTS, known) };
  });
  if (unknown > 0)
    leftOut.push(`${unknown === 1 ? 'One output' : `${unknown.toLocaleString('en-US')} outputs`} of a kind that Dormouse does not know.`);
  // Ids and outputs find their cells by content and order: let the notebook itself say how.
  const notebook = new Notebook(text, { ...NO_NOTES, cells: notes });
  return { text: notebook.text, notes: notebook.notes({ view: 'notebook', log: [], selected: null, cursor: null, scriptCursor: null }) };
}

function free(taken: ReadonlySet<string>, wanted: string): string {
  let id = wanted;
  while (taken.has(id)) id += '-';
  return id;
}

function cellOf(cell: unknown, index: number): ReadCell {
  const where = `cell ${index + 1}`;
  if (!isObject(cell)) throw wrong(`${where} is ${described(cell)} instead of an object`);
  const id = typeof cell.id === 'string' && ID.test(cell.id) ? cell.id : null;
  const source = textOf(cell.source, `${where}, "source"`);
  switch (cell.cell_type) {
    case 'code':
      return { id, kind: 'python', source, outputs: cell.outputs === undefined ? [] : list(cell.outputs, `${where}, "outputs"`) };
    case 'markdown':
      return { id, kind: 'markdown', source, outputs: [] };
    case 'raw':
      return { id, kind: 'raw', source, outputs: [] };
    default:
      throw wrong(`${where} is of the unknown type ${shown(cell.cell_type)}`);
  }
}

/** Its cells lie in worksheets, code in `input`; headings are cells of their own. */
function cellsOfVersion3({ worksheets }: Fields): ReadCell[] {
  const cells = list(worksheets, 'worksheets').flatMap((sheet, index) => {
    if (!isObject(sheet)) throw wrong(`worksheet ${index + 1} is ${described(sheet)} instead of an object`);
    return list(sheet.cells, `worksheet ${index + 1}, "cells"`);
  });
  return cells.map((cell, index) => {
    if (!isObject(cell)) return cellOf(cell, index);
    if (cell.cell_type === 'heading') {
      const level = typeof cell.level === 'number' && cell.level >= 1 && cell.level <= 6 ? Math.floor(cell.level) : 1;
      const source = textOf(cell.source, `cell ${index + 1}, "source"`);
      return { id: null, kind: 'markdown', source: `${'#'.repeat(level)} ${source}`, outputs: [] };
    }
    if (cell.cell_type === 'html') return cellOf({ ...cell, cell_type: 'markdown' }, index);
    return cellOf(cell.cell_type === 'code' ? { ...cell, source: cell.input } : cell, index);
  });
}

/** Null for what is not known. */
function outputOf(output: unknown): Output | null {
  if (!isObject(output)) return null;
  const text = (value: unknown) => joined(value) ?? '';
  switch (output.output_type) {
    case 'stream':
      return {
        type: 'stream',
        stream: output.name === 'stderr' || output.stream === 'stderr' ? 'stderr' : 'stdout',
        text: text(output.text),
      };
    case 'display_data':
      return { type: 'display', id: null, data: bundleOf(output), metadata: metadataOf(output) };
    case 'execute_result':
    case 'pyout':
      return { type: 'value', data: bundleOf(output), metadata: metadataOf(output) };
    case 'error':
    case 'pyerr': {
      const traceback = Array.isArray(output.traceback) ? output.traceback.filter((line) => typeof line === 'string').join('\n') : '';
      return { type: 'error', name: text(output.ename), message: text(output.evalue), traceback, parts: [] };
    }
    default:
      return null;
  }
}

function bundleOf(output: Fields) {
  if (isObject(output.data)) return mimeBundle(output.data);
  return mimeBundle(
    Object.fromEntries(SHORT_TYPES.flatMap(([short, type]) => (output[short] === undefined ? [] : [[type, output[short]]]))),
  );
}

const metadataOf = ({ metadata }: Fields): MimeBundle =>
  isObject(metadata) && JSON.stringify(metadata).length <= LONGEST_METADATA ? (metadata as MimeBundle) : {};

/** The language when it is not Python; null when it is, or nobody says. */
function languageOf(metadata: unknown): string | null {
  if (!isObject(metadata)) return null;
  const [info, kernel] = [metadata.language_info, metadata.kernelspec];
  const name = (isObject(info) ? info.name : undefined) ?? (isObject(kernel) ? kernel.language : undefined);
  return typeof name !== 'string' || /python/i.test(name) || name === '' ? null : name.slice(0, 40);
}

const hasAttachments = ({ cells }: Fields): boolean =>
  Array.isArray(cells) && cells.some((cell) => isObject(cell) && isObject(cell.attachments) && Object.keys(cell.attachments).length > 0);

/** Multi-line text is a list of lines, or one text. */
function joined(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return Array.isArray(value) && value.every((line) => typeof line === 'string') ? value.join('') : null;
}

function textOf(value: unknown, where: string): string {
  const text = joined(value);
  if (text === null) throw wrong(`${where} is ${described(value)} instead of text`);
  return text.replace(/\r\n?/g, '\n');
}

function list(value: unknown, where: string): unknown[] {
  if (!Array.isArray(value)) throw wrong(`${where} is ${described(value)} instead of a list`);
  return value;
}

const wrong = (what: string) => new InvalidInputError(`This is not a notebook of Jupyter: ${what}.`);
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const shown = (value: unknown) => (typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : described(value));

function described(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
