/** The files of a session as they are listed: anew after every change, with a pause in between; for an element that renders them. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { FileReport, FileTask, Session } from '../../session';
import { allNodes, type FileNode, fileTree } from './file-nodes';

/** Between two lists while files change all the time, ms. */
const PAUSE = 250;

export class ListedFiles implements ReactiveController {
  /** Null before they were read. */
  reports: readonly FileReport[] | null = null;
  roots: FileNode[] = [];
  /** What is being written. */
  tasks: readonly FileTask[] = [];
  readonly #host: ReactiveControllerHost;
  readonly #failed: (error: unknown) => void;
  #session: Session | null = null;
  #connected = false;
  #listing: Promise<void> | null = null;
  #listAgain = false;

  /** @param failed is told why they could not be read */
  constructor(host: ReactiveControllerHost, failed: (error: unknown) => void) {
    this.#host = host;
    this.#failed = failed;
    host.addController(this);
  }

  hostConnected(): void {
    this.#connected = true;
  }

  hostDisconnected(): void {
    this.#connected = false;
    this.#leave();
  }

  /** Follows the files of a session. */
  follow(session: Session): void {
    if (this.#session === session) return;
    this.#leave();
    this.#session = session;
    session.files.addEventListener('change', this.#changed);
    session.files.addEventListener('tasks', this.#tasksChanged);
    this.#tasksChanged();
  }

  /** Lists them anew, after the list that is being made. */
  async list(): Promise<void> {
    if (this.#listing) {
      this.#listAgain = true;
      return this.#listing;
    }
    this.#listing = this.#read();
    await this.#listing;
  }

  /** Lists them at once: a change of one's own is to be seen. */
  async listNow(): Promise<void> {
    await this.#listing;
    if (this.#session) this.#take(await this.#session.files.list());
  }

  find(path: string): FileNode | null {
    for (const node of allNodes(this.roots)) if (node.path === path) return node;
    return null;
  }

  #leave(): void {
    this.#session?.files.removeEventListener('change', this.#changed);
    this.#session?.files.removeEventListener('tasks', this.#tasksChanged);
    this.#session = null;
  }

  async #read(): Promise<void> {
    try {
      if (this.#session) this.#take(await this.#session.files.list());
    } catch (error) {
      this.#failed(error);
    }
    setTimeout(() => {
      this.#listing = null;
      if (!this.#listAgain || !this.#connected) return;
      this.#listAgain = false;
      void this.list();
    }, PAUSE);
  }

  #take(reports: readonly FileReport[]): void {
    this.reports = reports;
    this.roots = fileTree(reports);
    this.#host.requestUpdate();
  }

  readonly #changed = (): void => void this.list();

  readonly #tasksChanged = (): void => {
    this.tasks = this.#session?.files.tasks ?? [];
    this.#host.requestUpdate();
  };
}
