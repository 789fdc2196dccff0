/**
 * The files of one version of the app, kept in a cache of its own: loaded once, checked against the build's list whenever they are used (by the
 * page, where that says so). It touches the browser through `caches`, `fetch` and `locks` only.
 */
import { CHECKED_BY_PAGE, KEPT_CHECKSUM } from '../../sandbox/asset-headers';
import { APP_CACHE, versionLock } from './messages';

/** What the build wrote down (scripts/offline-files.ts). */
export interface Build {
  /** Another one whenever a file is. */
  version: string;
  /** SHA-256 in lower-case hex, by address relative to the app's folder. */
  files: Readonly<Record<string, string>>;
}

export interface AppFilesOptions {
  /** The app's folder: an address with a slash at its end. */
  scope: string;
  caches: CacheStorage;
  fetch: typeof fetch;
  locks: Pick<LockManager, 'request'>;
}

const INDEX = 'index.html';
/** The packages that the server has: not part of a version, since they may come later. Each wheel is checked against it by the page. */
const PACKAGE_LIST = 'wheels/wheelhouse.json';
const PACKAGE_CACHE = 'dormouse-package-list';
/** How many files are loaded at once. */
const AT_ONCE = 4;

export class AppFiles {
  readonly #build: Build;
  readonly #options: AppFilesOptions;

  constructor(build: Build, options: AppFilesOptions) {
    this.#build = build;
    this.#options = options;
  }

  get version(): string {
    return this.#build.version;
  }

  /**
   * The answer to a request for something in the app's folder; rejects as `fetch` does.
   * @param later is given what goes on behind the answer
   */
  async respond(request: Request, later: (work: Promise<unknown>) => void): Promise<Response> {
    const path = this.#pathOf(request);
    if (path === null) return this.#options.fetch(request);
    if (path === PACKAGE_LIST) return this.#packageList(request);
    const own = this.#build.files[path];
    if (own === undefined) return (await this.#ofOtherVersions(path, null)) ?? this.#options.fetch(request);
    const kept = request.cache === 'reload' ? null : await this.#kept(path, own, request.headers.has(CHECKED_BY_PAGE));
    if (kept) return kept;
    const response = await this.#options.fetch(path === INDEX ? this.#addressOf(path) : request);
    // It arrives bit by bit, so that progress is seen; what the server has of another version is not kept.
    const copy = response.clone();
    later(checked(copy, own).then((sound) => sound && this.#keep(path, sound).catch(ignoreNoRoom)));
    return response;
  }

  /** Loads what is missing. Rejects when something cannot be had, or is not what the build made; where there is no room, it goes without. */
  async fill(): Promise<void> {
    const missing = await this.#missing();
    const next = async (): Promise<void> => {
      for (let path = missing.pop(); path !== undefined; path = missing.pop()) await this.#load(path);
    };
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, next));
    } catch (error) {
      missing.length = 0;
      ignoreNoRoom(error);
    }
  }

  /** Whether all of the version is kept. */
  async complete(): Promise<boolean> {
    return (await this.#missing()).length === 0;
  }

  /** Removes other versions that no page is of. Not to be called while a newer one is coming. */
  async tidy(): Promise<void> {
    const { caches, locks } = this.#options;
    for (const name of await this.#otherCaches()) {
      const free = { mode: 'exclusive', ifAvailable: true } as const;
      await locks.request(versionLock(name.slice(APP_CACHE.length)), free, async (lock) => {
        if (lock) await caches.delete(name);
      });
    }
  }

  /** Relative to the app's folder; null for what is none of ours. */
  #pathOf({ method, url, mode }: Request): string | null {
    const { scope } = this.#options;
    const { origin, pathname, search } = new URL(url);
    const whole = origin + pathname;
    if (method !== 'GET' || !whole.startsWith(scope) || (search !== '' && mode !== 'navigate')) return null;
    return whole.slice(scope.length) || INDEX;
  }

  #addressOf(path: string): string {
    // Servers may answer `index.html` by sending the browser to the folder, and a redirected answer opens no page.
    return this.#options.scope + (path === INDEX ? '' : path);
  }

  #cache(): Promise<Cache> {
    return this.#options.caches.open(APP_CACHE + this.#build.version);
  }

  async #otherCaches(): Promise<string[]> {
    const own = APP_CACHE + this.#build.version;
    return (await this.#options.caches.keys()).filter((name) => name.startsWith(APP_CACHE) && name !== own);
  }

  async #missing(): Promise<string[]> {
    const cache = await this.#cache();
    const missing: string[] = [];
    for (const [path, sha256] of Object.entries(this.#build.files)) {
      const kept = await cache.match(this.#addressOf(path), { ignoreVary: true });
      if (kept?.headers.get(KEPT_CHECKSUM) !== sha256) missing.push(path);
    }
    return missing;
  }

  async #load(path: string): Promise<void> {
    const sha256 = this.#build.files[path] as string;
    const other = await this.#ofOtherVersions(path, sha256);
    if (other) {
      await this.#keep(path, other);
      return;
    }
    const address = this.#addressOf(path);
    // What the browser has may be of the version before: then it is asked for anew.
    for (const cache of ['default', 'reload'] as const) {
      const sound = await checked(await this.#options.fetch(address, { cache }), sha256);
      if (!sound) continue;
      await this.#keep(path, sound);
      return;
    }
    throw new Error(`${path} is not the file of this version.`);
  }

  async #keep(path: string, response: Response): Promise<void> {
    await (await this.#cache()).put(this.#addressOf(path), response);
  }

  /** A file of this version, if it is kept. @param asIs whoever asks checks it */
  async #kept(path: string, sha256: string, asIs: boolean): Promise<Response | null> {
    const cache = await this.#cache();
    if (!asIs) return this.#read(cache, path, sha256);
    return (await cache.match(this.#addressOf(path), { ignoreVary: true })) ?? null;
  }

  /** A kept file, checked; null when it is not there or not what it was, which removes it. */
  async #read(cache: Cache, path: string, sha256: string | null): Promise<Response | null> {
    const address = this.#addressOf(path);
    const kept = await cache.match(address, { ignoreVary: true });
    if (!kept) return null;
    const wanted = sha256 ?? kept.headers.get(KEPT_CHECKSUM);
    const sound = wanted === null ? null : await checked(kept, wanted);
    if (!sound && sha256 === null) await cache.delete(address);
    return sound;
  }

  /** A file that another version has; `sha256` null: whatever it is there, for pages of that version that are still open. */
  async #ofOtherVersions(path: string, sha256: string | null): Promise<Response | null> {
    for (const name of await this.#otherCaches()) {
      const found = await this.#read(await this.#options.caches.open(name), path, sha256);
      if (found) return found;
    }
    return null;
  }

  /** As the server has it now; without a server, as it was last. */
  async #packageList(request: Request): Promise<Response> {
    const { caches, fetch } = this.#options;
    const cache = await caches.open(PACKAGE_CACHE);
    const address = this.#addressOf(PACKAGE_LIST);
    let response: Response;
    try {
      response = await fetch(request);
    } catch (error) {
      const kept = await cache.match(address, { ignoreVary: true });
      if (kept) return kept;
      throw error;
    }
    if (response.ok) await cache.put(address, response.clone()).catch(ignoreNoRoom);
    return response;
  }
}

/** A response of its own with the same content, when that is what it should be; null otherwise. */
async function checked(response: Response, sha256: string): Promise<Response | null> {
  if (!response.ok) return null;
  const bytes = await response.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (hex !== sha256) return null;
  const headers = new Headers(response.headers);
  // Of what came over the network, which is unpacked by now.
  headers.delete('content-encoding');
  headers.set('content-length', String(bytes.byteLength));
  headers.set(KEPT_CHECKSUM, sha256);
  return new Response(bytes, { status: 200, headers });
}

function ignoreNoRoom(error: unknown): void {
  if ((error as { name?: unknown } | null)?.name !== 'QuotaExceededError') throw error;
}
