/** How far a person is in a lesson: a file of the session like any other, so that undo, history and capsules have it. See docs/lesson.md. */
import type { Lesson } from './lesson';

/** Where a lesson and what belongs to it lie, in the session's files. */
export const LESSON_FILE = 'home/pyodide/.dormouse/lesson.md';
/** UTF-16 units of a lesson. */
export const LONGEST_LESSON = 1_000_000;
export const PROGRESS_FILE = 'home/pyodide/.dormouse/progress.json';

export const PROGRESS_FORMAT = 'dormouse-lesson-progress';
const VERSION = 1;
/** A longer message is cut, UTF-16 units. */
const LONGEST_MESSAGE = 4000;
/** A larger file is nobody's progress, bytes. */
export const LARGEST_PROGRESS = 1 << 20;

export interface StepProgress {
  /** When the check passed, ISO 8601; null while it has not. */
  readonly passed: string | null;
  /** How often it was tried. */
  readonly tries: number;
  /** What the last try said; null after one that passed. */
  readonly message: string | null;
}

/** By step, in the lesson's order. */
export type LessonProgress = readonly StepProgress[];

export const UNTRIED: StepProgress = { passed: null, tries: 0, message: null };

/** Reads the file; what it does not say, or says of other steps than the lesson has, counts as not tried. */
export function readProgress(text: string | null, lesson: Lesson): LessonProgress {
  const steps = stepsOf(text);
  return lesson.steps.map((_, index) => stepOf(steps[index]));
}

function stepsOf(text: string | null): readonly unknown[] {
  if (text === null) return [];
  try {
    const value = JSON.parse(text) as { format?: unknown; version?: unknown; steps?: unknown } | null;
    const ours = value?.format === PROGRESS_FORMAT && value.version === VERSION && Array.isArray(value.steps);
    return ours ? (value.steps as unknown[]) : [];
  } catch {
    // Python, or its owner, wrote something else there: then nothing is known to be done.
    return [];
  }
}

function stepOf(value: unknown): StepProgress {
  const { passed, tries, message } = (value ?? {}) as Record<string, unknown>;
  return {
    passed: typeof passed === 'string' && Number.isFinite(Date.parse(passed)) ? passed : null,
    tries: Number.isSafeInteger(tries) && (tries as number) > 0 ? (tries as number) : 0,
    message: typeof message === 'string' ? message.slice(0, LONGEST_MESSAGE) : null,
  };
}

/** The file, and what a finished lesson exports. */
export function writeProgress(lesson: Lesson, progress: LessonProgress): string {
  const steps = lesson.steps.map(({ title, check }, index) => ({ title, checked: check !== null, ...(progress[index] ?? UNTRIED) }));
  const finished = isFinished(lesson, progress) ? lastPassed(progress) : null;
  return `${JSON.stringify({ format: PROGRESS_FORMAT, version: VERSION, lesson: lesson.title, finished, steps }, null, 2)}\n`;
}

/** A step is open when every check before it has passed, or its own has. */
export function isOpen(lesson: Lesson, progress: LessonProgress, step: number): boolean {
  return isPassed(progress, step) || lesson.steps.slice(0, step).every(({ check }, index) => check === null || isPassed(progress, index));
}

export const isPassed = (progress: LessonProgress, step: number): boolean => (progress[step] ?? UNTRIED).passed !== null;

/** All checks have passed; a lesson without checks is never finished. */
export function isFinished(lesson: Lesson, progress: LessonProgress): boolean {
  const checked = lesson.steps.flatMap(({ check }, index) => (check === null ? [] : [index]));
  return checked.length > 0 && checked.every((step) => isPassed(progress, step));
}

/** Where to go on: the first open step whose check has not passed, else the last step. */
export function currentStep(lesson: Lesson, progress: LessonProgress): number {
  const next = lesson.steps.findIndex(({ check }, index) => check !== null && !isPassed(progress, index));
  return next === -1 ? lesson.steps.length - 1 : next;
}

function lastPassed(progress: LessonProgress): string | null {
  return (
    progress
      .flatMap(({ passed }) => (passed === null ? [] : [passed]))
      .sort()
      .at(-1) ?? null
  );
}

/** The Python of a check's run: it says in the history what it is, and leaves no name behind. */
export function checkCode(lesson: Lesson, step: number): string {
  const { title, check } = lesson.steps[step] as Lesson['steps'][number];
  // A JSON text is a Python literal as well.
  const [source, about] = [
    JSON.stringify(check),
    JSON.stringify(JSON.stringify({ title: lesson.title, steps: lesson.steps.map(aboutStep) })),
  ];
  return `# Check of step ${step + 1}: ${title}\n__import__('dormouse.lessons').lessons.check(${step}, ${source}, ${about})\n`;
}

const aboutStep = ({ title, check }: Lesson['steps'][number]) => ({ title, checked: check !== null });
