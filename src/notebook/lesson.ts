/** Lessons: a Markdown file with steps, cells and checks. The format is docs/lesson.md. Reading one runs nothing. */
import { InvalidInputError } from '../base/errors';
import { LONGEST_LESSON } from './lesson-progress';

/** A piece of a step, in the order of the file. */
export type LessonBlock =
  /** Markdown, a stranger's: to be sanitised before it is shown. */
  | { readonly type: 'text'; readonly markdown: string }
  /** Python that a person may put into the notebook. */
  | { readonly type: 'code'; readonly source: string };

export interface LessonStep {
  readonly title: string;
  readonly blocks: readonly LessonBlock[];
  /** Python that passes or fails with a message; null for a step that is only read. */
  readonly check: string | null;
}

export interface LessonFile {
  /** Relative to the session's home. */
  readonly path: string;
  readonly content: string;
}

export interface Lesson {
  readonly title: string;
  /** About how long it takes; null where nobody said. */
  readonly minutes: number | null;
  readonly intro: readonly LessonBlock[];
  readonly steps: readonly LessonStep[];
  /** What the session begins with. */
  readonly files: readonly LessonFile[];
}

const MOST_STEPS = 100;
const MOST_BLOCKS = 1000;
const MOST_FILES = 50;
const LONGEST_TITLE = 200;
const VERSION = 1;

const FIELD = /^([a-z]+)[ \t]*:[ \t]*(.*?)[ \t]*$/;
/** CommonMark, section 4.5: at most three spaces, three or more of the same sign, and no back quote behind back quotes. */
const FENCE = /^( {0,3})(`{3,}(?=[^`]*$)|~{3,})[ \t]*(.*?)[ \t]*$/;
const STEP = /^##[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/;
/** A plain relative path: no way out, nothing hidden. */
const PATH = /^[\w][\w.-]{0,99}(?:\/[\w][\w.-]{0,99}){0,7}$/;

/** Whether a Markdown file says of itself that it is a lesson. */
export function isLesson(text: string): boolean {
  return /^---[ \t]*\r?\n(?:[^\n]*\n){0,20}?lesson[ \t]*:/.test(text.replace(/^\uFEFF/, '').slice(0, 10_000));
}

/** @throws InvalidInputError a sentence that names the line */
export function parseLesson(text: string): Lesson {
  if (text.length > LONGEST_LESSON) throw new InvalidInputError(`A lesson has at most ${LONGEST_LESSON / 1e6} million characters.`);
  const lines = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  const { fields, end } = readFields(lines);
  const reader = new Reader(lines, end);
  reader.read();
  if (reader.steps.length === 0)
    throw new InvalidInputError('The lesson has no steps: each begins with a line such as “## The first step”.');
  return {
    title: titleOf(
      fields.get('title') ?? '',
      'The lesson needs a title: a line such as “title: My lesson” between the two lines of “---”.',
    ),
    minutes: minutesOf(fields.get('minutes')),
    intro: reader.intro,
    steps: reader.steps,
    files: reader.files,
  };
}

function readFields(lines: readonly string[]): { fields: Map<string, string>; end: number } {
  const close = lines.findIndex((line, index) => index > 0 && line.trimEnd() === '---');
  if (lines[0]?.trimEnd() !== '---' || close === -1) {
    throw new InvalidInputError('This is no lesson: it has to begin with a line “---”, lines such as “lesson: 1”, and another line “---”.');
  }
  const fields = new Map<string, string>();
  for (const [index, line] of lines.slice(1, close).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const field = FIELD.exec(line);
    if (!field) throw at(index + 2, 'expected a name, a colon and a value, such as “title: My lesson”.');
    const [, name = '', value = ''] = field;
    if (fields.has(name)) throw at(index + 2, `“${name}” is there twice.`);
    fields.set(name, value);
  }
  const version = fields.get('lesson');
  if (version === undefined) throw new InvalidInputError('This is no lesson: between its lines of “---” there is no “lesson: 1”.');
  if (version !== String(VERSION)) {
    throw new InvalidInputError(`The lesson says “lesson: ${version.slice(0, 20)}”, and this Dormouse reads “lesson: ${VERSION}”.`);
  }
  return { fields, end: close + 1 };
}

/** Goes through the lines once. */
class Reader {
  readonly intro: LessonBlock[] = [];
  readonly steps: { title: string; blocks: LessonBlock[]; check: string | null }[] = [];
  readonly files: LessonFile[] = [];
  readonly #lines: readonly string[];
  #at: number;
  #text: string[] = [];
  #blocks = 0;

  constructor(lines: readonly string[], from: number) {
    this.#lines = lines;
    this.#at = from;
  }

  read(): void {
    for (; this.#at < this.#lines.length; this.#at += 1) {
      const line = this.#lines[this.#at] as string;
      const fence = FENCE.exec(line);
      if (fence) this.#fenced(fence);
      else if (STEP.test(line)) this.#begin(STEP.exec(line)?.[1] ?? '');
      else this.#text.push(line);
    }
    this.#closeText();
  }

  #begin(title: string): void {
    this.#closeText();
    if (this.steps.length === MOST_STEPS) throw at(this.#at + 1, `a lesson has at most ${MOST_STEPS} steps.`);
    this.steps.push({ title: titleOf(title, `Line ${this.#at + 1}: the step has no title.`), blocks: [], check: null });
  }

  #fenced([opening, indent = '', fence = '', info = '']: RegExpExecArray): void {
    const first = this.#at;
    const body: string[] = [];
    const end = new RegExp(`^ {0,3}${fence[0] === '~' ? '~' : '`'}{${fence.length},}[ \\t]*$`);
    for (this.#at += 1; ; this.#at += 1) {
      const line = this.#lines[this.#at];
      if (line === undefined) throw at(first + 1, 'the block that begins here has no end.');
      if (end.test(line)) break;
      body.push(line);
    }
    const [language = '', use = '', ...rest] = info.split(/[ \t]+/);
    const source = body.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line.trimStart())).join('\n');
    if (language === 'file') this.#file(use, source, first);
    else if (language !== 'python' || (use !== '' && use !== 'check'))
      this.#text.push(opening as string, ...body, this.#lines[this.#at] as string);
    else if (rest.length > 0) throw at(first + 1, 'behind “python check” nothing else is known.');
    else if (use === 'check') this.#check(source, first);
    else this.#add({ type: 'code', source });
  }

  #check(source: string, line: number): void {
    const step = this.steps.at(-1);
    if (!step) throw at(line + 1, 'a check has to stand in a step, and none has begun.');
    if (step.check !== null) throw at(line + 1, `the step “${step.title}” has a check already: put both into one block.`);
    step.check = source;
  }

  #file(path: string, content: string, line: number): void {
    if (!PATH.test(path)) {
      throw at(line + 1, 'behind “file” a plain name is needed, such as “file data/rain.csv”: letters, digits, “_”, “-” and “.”.');
    }
    if (this.files.length === MOST_FILES) throw at(line + 1, `a lesson brings at most ${MOST_FILES} files.`);
    const taken = this.files.some((other) => other.path === path || other.path.startsWith(`${path}/`) || path.startsWith(`${other.path}/`));
    if (taken) throw at(line + 1, `“${path}” is there twice, or is both a file and a folder.`);
    this.files.push({ path, content: `${content}\n` });
  }

  #closeText(): void {
    const markdown = this.#text.join('\n').trim();
    this.#text = [];
    if (markdown !== '') this.#put({ type: 'text', markdown });
  }

  #add(block: LessonBlock): void {
    this.#closeText();
    this.#put(block);
  }

  #put(block: LessonBlock): void {
    this.#blocks += 1;
    if (this.#blocks > MOST_BLOCKS) throw at(this.#at + 1, `a lesson has at most ${MOST_BLOCKS} pieces of text and code.`);
    (this.steps.at(-1)?.blocks ?? this.intro).push(block);
  }
}

/** One line of plain text. */
function titleOf(text: string, problem: string): string {
  const title = text.replace(/[\p{Cc}\p{Cf}\p{Z}]+/gu, ' ').trim();
  if (title === '') throw new InvalidInputError(problem);
  return title.length > LONGEST_TITLE ? `${title.slice(0, LONGEST_TITLE)}…` : title;
}

function minutesOf(value: string | undefined): number | null {
  if (value === undefined) return null;
  const minutes = /^\d{1,4}$/.test(value) ? Number(value) : 0;
  if (minutes < 1) throw new InvalidInputError('“minutes” has to be a whole number, such as “minutes: 20”.');
  return minutes;
}

const at = (line: number, problem: string) => new InvalidInputError(`The lesson is wrong in line ${line}: ${problem}`);
