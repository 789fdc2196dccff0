/** What a session began with, when it came from a template or a lesson: which of its files are still as they came, and bringing them back. */
import { LARGEST_ORIGIN, ORIGIN_FILE, type Origin, type OriginFile, readOrigin } from '../notebook';
import { CompanionFiles } from './companion-files';
import type { FileUndo } from './files';
import type { Session } from './session';

export interface OriginalFile {
  readonly path: string;
  readonly status: 'original' | 'edited' | 'removed';
}

const known = new WeakMap<Session, SessionOrigin>();

/** Event: `change` when anything of it was replaced. */
export class SessionOrigin extends EventTarget {
  readonly #session: Session;
  readonly #companions: CompanionFiles;
  #text: string | null = null;
  #origin: Origin | null = null;
  #files: readonly OriginalFile[] = [];

  static of(session: Session): SessionOrigin {
    const origin = known.get(session) ?? new SessionOrigin(session);
    known.set(session, origin);
    return origin;
  }

  private constructor(session: Session) {
    super();
    this.#session = session;
    this.#companions = new CompanionFiles(session, () => this.#read());
  }

  /** Null where nobody knows of any. */
  get origin(): Origin | null {
    return this.#origin;
  }

  /** The files that came with it, in their order. */
  get files(): readonly OriginalFile[] {
    return this.#files;
  }

  /** Brings a file back as it came. */
  async reset(path: string): Promise<FileUndo> {
    const file = this.#origin?.files.find((each) => each.path === path);
    if (!file) throw new RangeError(`There is no original of ${path}.`);
    const undo = await this.#session.files.write(path, new Blob([file.content]), { replace: true });
    await this.#companions.refresh();
    return undo;
  }

  async #read(): Promise<void> {
    const text = await this.#companions.text(ORIGIN_FILE, LARGEST_ORIGIN);
    if (text !== this.#text) {
      this.#text = text;
      this.#origin = text === null ? null : await readOrigin(text);
    }
    this.#files = await Promise.all(
      (this.#origin?.files ?? []).map(async (file) => ({ path: file.path, status: await this.#statusOf(file) })),
    );
    this.dispatchEvent(new Event('change'));
  }

  async #statusOf({ path, content }: OriginFile): Promise<OriginalFile['status']> {
    try {
      // One byte more than there should be tells a longer one.
      const { bytes, size } = await this.#session.files.readPart(path, 0, content.length + 1);
      return size === content.length && bytes.every((byte, index) => byte === content[index]) ? 'original' : 'edited';
    } catch {
      return 'removed';
    }
  }
}
