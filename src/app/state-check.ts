/** What Check state shows, and how it is brought up to date: for an element that renders it. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Durability, Session, SessionReport } from '../session';
import { sentence } from './sentence';

export class StateCheck implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  report: SessionReport | null = null;
  /** When the report was made, milliseconds since 1970. */
  at = 0;
  loading = false;
  /** Why there is no newer report. */
  problem: string | null = null;
  /** The browser was asked to promise that it keeps the storage, and did not. */
  refused = false;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    // Nothing is needed before somebody looks.
  }

  async look(session: Session): Promise<void> {
    if (this.loading) return;
    this.loading = true;
    this.#host.requestUpdate();
    try {
      this.report = await session.report();
      this.at = Date.now();
      this.problem = null;
    } catch (error) {
      this.problem = sentence(error);
    } finally {
      this.loading = false;
      this.#host.requestUpdate();
    }
  }

  async setDurability(session: Session, durability: Durability): Promise<void> {
    try {
      await session.setDurability(durability);
    } catch (error) {
      this.problem = sentence(error);
      this.#host.requestUpdate();
      return;
    }
    await this.look(session);
  }

  async persist(session: Session): Promise<void> {
    this.refused = !(await navigator.storage.persist());
    await this.look(session);
  }
}
