/** Notebooks: cells, what their runs wrote, and the forms in which they travel. */
export { firstLineOf } from './first-line';
export { writeIpynb } from './ipynb';
export {
  isLesson,
  type Lesson,
  type LessonBlock,
  parseLesson,
} from './lesson';
export {
  checkCode,
  currentStep,
  isFinished,
  isOpen,
  isPassed,
  LARGEST_PROGRESS,
  LESSON_FILE,
  type LessonProgress,
  LONGEST_LESSON,
  PROGRESS_FILE,
  readProgress,
  UNTRIED,
  writeProgress,
} from './lesson-progress';
export { type Cell, type CellResult, keyOf, Notebook } from './notebook';
export {
  type CellNotes,
  type CellRun,
  type CellStatus,
  type Cursor,
  type LogEntry,
  type LoggedRun,
  NO_NOTES,
  type NotebookNotes,
  type NotebookView,
  readNotes,
  readOutput,
  writeNotes,
} from './notes';
export { LARGEST_ORIGIN, ORIGIN_FILE, type Origin, type OriginFile, readOrigin, writeOrigin } from './origin';
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
export { BESIDE_PART, type CodePlace, failedLine, partName, readPlace } from './place';
export { readIpynb } from './read-ipynb';
export { RunLog } from './run-log';
export { writeOver } from './stream-text';
