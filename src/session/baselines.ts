/** Baseline images, from the store that all sessions share; where nothing is stored, for as long as the page lives. */
import { sha256 } from '../base/sha256';
import type { Baseline } from '../protocol/catalogue';
import type { BaselineStore } from '../protocol/sandbox';
import type { Sessions } from './sessions';

/** How long a start of Python waits for the store, ms: another tab may hold its lock and be asleep. */
const PATIENCE = 3000;

export class Baselines implements BaselineStore {
  readonly #sessions: Promise<Sessions | null>;
  /** By build: a second sandbox of this page need not ask. */
  readonly #known = new Map<string, Baseline>();
  /** Questions that are not answered yet, by build. */
  readonly #asked = new Map<string, Promise<Baseline | null>>();

  /** @param sessions resolves with null where the browser refuses storage */
  constructor(sessions: Promise<Sessions | null>) {
    this.#sessions = sessions;
  }

  async find(which: { build: string } | { sha256: string }): Promise<Baseline | null> {
    if ('sha256' in which) return [...this.#known.values()].find(({ sha256 }) => sha256 === which.sha256) ?? this.#ask(which);
    const known = this.#known.get(which.build);
    if (known) return known;
    const asked = this.#asked.get(which.build) ?? this.#ask(which);
    this.#asked.set(which.build, asked);
    try {
      const found = await asked;
      if (found) this.#known.set(which.build, found);
      return found;
    } finally {
      this.#asked.delete(which.build);
    }
  }

  #ask(which: { build: string } | { sha256: string }): Promise<Baseline | null> {
    const stored = this.#sessions.then((sessions) => sessions?.getBaseline(which) ?? null);
    return Promise.race([stored, new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE))]);
  }

  async keep(build: string, bytes: Blob): Promise<Baseline> {
    const sessions = await this.#sessions;
    const baseline = sessions
      ? await sessions.putBaseline(build, bytes)
      : { sha256: await sha256(new Uint8Array(await bytes.arrayBuffer())), bytes };
    this.#known.set(build, baseline);
    return baseline;
  }
}
