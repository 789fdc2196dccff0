/** Notebooks: cells, what their runs wrote, and the forms in which they travel. */
export { writeIpynb } from './ipynb';
export { type Cell, type CellResult, keyOf, Notebook } from './notebook';
export {
  type CellNotes,
  type CellRun,
  type CellStatus,
  type Cursor,
  NO_NOTES,
  type NotebookNotes,
  type NotebookView,
  readNotes,
  readOutput,
  writeNotes,
} from './notes';
export {
  append,
  type Json,
  LARGEST_BUNDLE,
  type MimeBundle,
  MOST_CHARACTERS,
  NO_OUTPUTS,
  type Output,
  type Outputs,
  type Printed,
  sizeOf,
} from './outputs';
export { type CellKind, isMarker } from './percent';
export { type CodePlace, partName, readPlace } from './place';
export { type ReadNotebook, readIpynb } from './read-ipynb';
export { writeOver } from './stream-text';
