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

  /** @param sessions resolves with null where the browser refuses storage */
  constructor(sessions: Promise<Sessions | null>) {
    this.#sessions = sessions;
  }

  async find(which: { build: string } | { sha256: string }): Promise<Baseline | null> {
    const known =
      'build' in which ? this.#known.get(which.build) : [...this.#known.values()].find((baseline) => baseline.sha256 === which.sha256);
    if (known) return known;
    const stored = this.#sessions.then((sessions) => sessions?.getBaseline(which) ?? null);
    const found = await Promise.race([stored, new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE))]);
    if (found && 'build' in which) this.#known.set(which.build, found);
    return found;
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
