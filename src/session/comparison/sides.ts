/** What can be compared: a moment of the session that is open, another session of this device, and files that a person chose. */
import { ClosedError } from '../../base/errors';
import type { ChosenFile, ChosenOutline } from '../../protocol/catalogue';
import type { FileReport, Moment } from '../../protocol/keeper';
import { readWhole } from '../files';
import { KeeperClient } from '../keeper-client';
import type { Session } from '../session';
import type { Sessions } from '../sessions';

/** A file, folder or link of one side. */
export interface SideEntry {
  path: string;
  kind: FileReport['kind'];
  /** Bytes. */
  size: number;
  database: boolean;
  /** Of a symbolic link. */
  target: string | null;
  /** Of the content, where it is known; null where nobody looks. Left out: it has to be read. */
  sha256?: string | null;
}

/** A variable of one side. `text`: its value in short; null where that is not known. */
export interface SideVariable {
  name: string;
  type: string;
  text: string | null;
}

/** What a side is beside its files. Null: there is nothing of that kind, or nothing is known of it. */
export interface SideAbout {
  code: string | null;
  variables: SideVariable[] | null;
}

/** One of the two that are compared. All reject with an Error whose message is a sentence. */
export interface ComparisonSide {
  /** What a person calls it. */
  readonly name: string;
  list(): Promise<SideEntry[]>;
  read(path: string): Promise<Blob>;
  about(): Promise<SideAbout>;
  /** Lets go of what it holds. */
  close(): void;
}

/** How many variables are compared. */
const MOST_VARIABLES = 1000;

const entryOf = ({ path, kind, size, database, target }: FileReport): SideEntry => ({ path, kind, size, database, target: target ?? null });
const aboutOf = ({ code, variables }: Moment): SideAbout => ({
  code,
  variables: variables?.map(({ name, type }) => ({ name, type, text: null })) ?? null,
});

/** The session that is open, at one of its checkpoints or (null) as it is now. */
export class MomentSide implements ComparisonSide {
  readonly name: string;
  readonly checkpoint: number | null;
  readonly session: Session;

  constructor(session: Session, checkpoint: number | null, name: string) {
    this.session = session;
    this.checkpoint = checkpoint;
    this.name = name;
  }

  async list(): Promise<SideEntry[]> {
    const { files } = this.session;
    return (this.checkpoint === null ? await files.list() : await files.listAt(this.checkpoint)).map(entryOf);
  }

  read(path: string): Promise<Blob> {
    return this.session.files.read(path, { checkpoint: this.checkpoint });
  }

  async about(): Promise<SideAbout> {
    const about = aboutOf(await this.session.checkpoints.moment(this.checkpoint));
    if (this.checkpoint !== null || this.session.state.phase !== 'idle') return about;
    // Values are known of what lives. Where Python cannot be asked now, names and types are.
    const view = { wanted: '', sort: 'made' as const, descending: false, pinned: [], code: true };
    const live = await this.session.variables.list(view, MOST_VARIABLES).catch(() => null);
    if (!live) return about;
    return { ...about, variables: live.variables.map(({ name, type, text }) => ({ name, type, text })) };
  }

  close(): void {
    // The session stays open.
  }
}

/** Another session of this device as it is now, read without having it: a tab may go on with it. */
export class SessionSide implements ComparisonSide {
  readonly name: string;
  readonly #keeper: KeeperClient;

  /** @throws Error with a sentence when it cannot be read */
  static async open(
    id: string,
    name: string,
    { directory, startKeeper }: { directory: FileSystemDirectoryHandle; startKeeper(): Worker },
  ): Promise<SessionSide> {
    const ignore = () => undefined;
    const keeper = new KeeperClient(startKeeper(), {
      onWaiting: ignore,
      onFiles: ignore,
      onFailed: ignore,
      onRejected: ignore,
      // Calls reject with it.
      onGone: ignore,
    });
    try {
      await keeper.call('look', { session: id, directory });
      return new SessionSide(keeper, name);
    } catch (error) {
      keeper.close(new ClosedError('The session could not be read.'));
      throw error;
    }
  }

  private constructor(keeper: KeeperClient, name: string) {
    this.#keeper = keeper;
    this.name = name;
  }

  async list(): Promise<SideEntry[]> {
    return (await this.#keeper.call('files', null)).map(entryOf);
  }

  read(path: string): Promise<Blob> {
    return readWhole((name, argument) => this.#keeper.call(name, argument), path);
  }

  async about(): Promise<SideAbout> {
    return aboutOf(await this.#keeper.call('moment', { checkpoint: null }));
  }

  close(): void {
    void this.#keeper.end(new ClosedError('The session is no longer looked at.'));
  }
}

/** Files of the person's computer, or what came from elsewhere: nothing of it is run. */
export class ChosenSide implements ComparisonSide {
  readonly name: string;
  readonly #sessions: Sessions;
  readonly #files: ChosenFile[];
  readonly #outline: ChosenOutline;

  /** @throws Error with a sentence when it cannot be read */
  static async open(sessions: Sessions, files: ChosenFile[], name: string): Promise<ChosenSide> {
    return new ChosenSide(sessions, files, name, await sessions.outlineChosen(files));
  }

  private constructor(sessions: Sessions, files: ChosenFile[], name: string, outline: ChosenOutline) {
    this.#sessions = sessions;
    this.#files = files;
    this.name = name;
    this.#outline = outline;
  }

  async list(): Promise<SideEntry[]> {
    return this.#outline.files;
  }

  read(path: string): Promise<Blob> {
    return this.#sessions.readChosen(this.#files, path);
  }

  async about(): Promise<SideAbout> {
    const { code, variables } = this.#outline;
    return aboutOf({ code, variables });
  }

  close(): void {
    // Nothing is held.
  }
}
