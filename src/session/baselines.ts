/** Baseline images, from the store that all sessions share; where nothing is stored, for as long as the page lives. */
import { sha256 } from '../base/sha256';
import type { Baseline } from '../protocol/catalogue';
import type { BaselineStore } from '../protocol/sandbox';
import type { Sessions } from './sessions';

/**
 * How long a start of Python waits for the store, ms: another tab may hold its lock and be asleep. Without the baseline of its build it initialises
 * itself, which takes as long; without a certain one a session's variables cannot be brought back.
 */
const PATIENCE = { build: 3000, sha256: 60_000 };

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
    const stored = this.#sessions.then((sessions) => {
      if (sessions) return sessions.getBaseline(which);
      if ('build' in which) return null;
      throw new Error('the browser refuses its storage');
    });
    const late = new Promise<null>((resolve, reject) => {
      if ('build' in which) setTimeout(resolve, PATIENCE.build, null);
      else setTimeout(reject, PATIENCE.sha256, new Error('the browser did not give it within a minute; another tab may be busy'));
    });
    return Promise.race([stored, late]);
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
