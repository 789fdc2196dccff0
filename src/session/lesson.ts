/** The lesson that a session has with it, and how far its learner is. */
import { messageOf } from '../base/errors';
import {
  checkCode,
  LARGEST_PROGRESS,
  LESSON_FILE,
  type Lesson,
  type LessonProgress,
  LONGEST_LESSON,
  PROGRESS_FILE,
  readProgress,
  UNTRIED,
  writeProgress,
} from '../notebook';
import { CompanionFiles } from './companion-files';
import type { FileUndo } from './files';
import type { Session } from './session';

const known = new WeakMap<Session, SessionLesson>();

/** Event: `change` when one of the three was replaced. */
export class SessionLesson extends EventTarget {
  readonly #session: Session;
  readonly #files: CompanionFiles;
  #text: string | null = null;
  #lesson: Lesson | null = null;
  #progress: LessonProgress = [];
  #problem: string | null = null;

  static of(session: Session): SessionLesson {
    const lesson = known.get(session) ?? new SessionLesson(session);
    known.set(session, lesson);
    return lesson;
  }

  private constructor(session: Session) {
    super();
    this.#session = session;
    this.#files = new CompanionFiles(session, () => this.#read());
  }

  /** Null while there is none, or none that can be read. */
  get lesson(): Lesson | null {
    return this.#lesson;
  }

  get progress(): LessonProgress {
    return this.#progress;
  }

  /** A sentence when there is a lesson that cannot be read any more. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Resolves when what is there now has been read. */
  refresh(): Promise<void> {
    return this.#files.refresh();
  }

  /** The Python of a check, to be run as any other code. */
  checkCode(step: number): string {
    if (this.#lesson === null) throw new RangeError('There is no lesson.');
    return checkCode(this.#lesson, step);
  }

  /** The check of a step is open again. */
  async reset(step: number): Promise<FileUndo> {
    if (this.#lesson === null) throw new RangeError('There is no lesson.');
    const text = writeProgress(
      this.#lesson,
      this.#progress.map((each, index) => (index === step ? UNTRIED : each)),
    );
    const undo = await this.#session.files.write(PROGRESS_FILE, new Blob([text], { type: 'application/json' }), { replace: true });
    await this.refresh();
    return undo;
  }

  /** What a finished lesson exports. */
  export(): Blob {
    return new Blob([this.#lesson ? writeProgress(this.#lesson, this.#progress) : ''], { type: 'application/json' });
  }

  async #read(): Promise<void> {
    const text = await this.#files.text(LESSON_FILE, 3 * LONGEST_LESSON);
    const progress = text === null ? null : await this.#files.text(PROGRESS_FILE, LARGEST_PROGRESS);
    if (text !== this.#text) {
      this.#text = text;
      await this.#parse(text);
    }
    this.#progress = this.#lesson ? readProgress(progress, this.#lesson) : [];
    this.dispatchEvent(new Event('change'));
  }

  async #parse(text: string | null): Promise<void> {
    this.#lesson = null;
    this.#problem = null;
    if (text === null) return;
    try {
      // Most sessions have none.
      const { parseLesson } = await import('../notebook/lesson');
      this.#lesson = parseLesson(text);
    } catch (error) {
      this.#problem = messageOf(error);
    }
  }
}
