/** The wheels of this browser: those that come with the app, and those that are kept for all sessions. One for all sessions of a tab. */
import { DormouseError, InvalidInputError, messageOf } from '../base/errors';
import { type Catalogue, type CataloguePackage, normalizedName } from '../protocol/packages';
import { fetchBytes, fetchFile, NotThereError } from './download';
import type { Sessions } from './sessions';

/** What comes with the app, and why there is nothing when there is nothing. */
export interface Wheelhouse extends Omit<Catalogue, 'growing'> {
  /** `building`: it is being made, and is to be asked for again. */
  missing: { state: 'building' | 'absent'; reason: string } | null;
}

/** Where the build puts it, relative to the page. */
const FOLDER = 'wheels/';
const LARGEST_LIST = 4 * 2 ** 20;
const HOST = 'The server of this page';
/** How long a list that is not complete yet is believed, ms. */
const BUILDING_TIME = 5000;

export class Wheels {
  readonly #sessions: Promise<Sessions | null>;
  /** Where nothing is stored, for as long as the page lives. */
  readonly #held = new Map<string, Blob>();
  #list: Promise<Wheelhouse> | null = null;

  /** @param sessions resolves with null where the browser refuses storage */
  constructor(sessions: Promise<Sessions | null>) {
    this.#sessions = sessions;
  }

  /** What comes with the app. Never rejects: where it cannot be had, there is nothing. */
  list(): Promise<Wheelhouse> {
    if (this.#list) return this.#list;
    const list = readList();
    this.#list = list;
    const forget = () => {
      if (this.#list === list) this.#list = null;
    };
    void list.then(({ missing }) => {
      // Asked for again later.
      if (missing) setTimeout(forget, BUILDING_TIME);
    });
    return list;
  }

  /** The bytes of a wheel that is kept here, checked; null when there are none. */
  async kept(sha256: string): Promise<Blob | null> {
    const held = this.#held.get(sha256);
    if (held) return held;
    try {
      return (await (await this.#sessions)?.getWheel(sha256)) ?? null;
    } catch (error) {
      console.warn('A wheel could not be read.', error);
      return null;
    }
  }

  /** Keeps the bytes of a wheel. @throws NoSpaceError, StorageError */
  async keep(sha256: string, bytes: Blob): Promise<void> {
    const sessions = await this.#sessions;
    if (sessions) await sessions.putWheel(bytes);
    else this.#held.set(sha256, bytes);
  }

  /** Loads one that comes with the app. @throws DormouseError a sentence */
  async load({ file, size, sha256 }: CataloguePackage, onProgress: (loaded: number) => void): Promise<Blob> {
    const address = new URL(FOLDER + encodeURIComponent(file), document.baseURI).href;
    return new Blob([await fetchFile(address, { size, sha256 }, { what: file, host: HOST, onProgress })]);
  }
}

async function readList(): Promise<Wheelhouse> {
  const nothing = (state: 'building' | 'absent', reason: string): Wheelhouse => ({ abi: '', packages: [], missing: { state, reason } });
  let bytes: Uint8Array;
  try {
    bytes = await fetchBytes(new URL(`${FOLDER}wheelhouse.json`, document.baseURI).href, {
      what: 'the list of packages',
      host: HOST,
      most: LARGEST_LIST,
    });
  } catch (error) {
    return nothing(error instanceof NotThereError ? 'absent' : 'building', messageOf(error));
  }
  try {
    return wheelhouseOf(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    return nothing('absent', `The list of packages cannot be read: ${messageOf(error)}`);
  }
}

/** The list as the build wrote it. @throws InvalidInputError when it is something else */
export function wheelhouseOf(value: unknown): Wheelhouse {
  const { abi, packages, missing } = (value ?? {}) as Record<string, unknown>;
  if (typeof abi !== 'string' || !Array.isArray(packages)) throw new InvalidInputError('it is no list of packages.');
  const { state, reason } = (missing ?? {}) as Record<string, unknown>;
  const why = missing ? ({ state: state === 'building' ? 'building' : 'absent', reason: String(reason) } as const) : null;
  return { abi, packages: packages.map(packageOf), missing: why };
}

function packageOf(value: unknown): CataloguePackage {
  const { name, version, file, sha256, size, licence, depends, imports } = (value ?? {}) as Record<string, unknown>;
  const names = (list: unknown): list is string[] => Array.isArray(list) && list.every((each) => typeof each === 'string');
  const sound =
    typeof name === 'string' &&
    normalizedName(name) === name &&
    typeof version === 'string' &&
    typeof file === 'string' &&
    !/[/\\]/.test(file) &&
    typeof sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(sha256) &&
    Number.isSafeInteger(size) &&
    typeof licence === 'string' &&
    names(depends) &&
    names(imports);
  if (!sound) throw new DormouseError('invalid', `the entry of ${String(name)} is not complete.`);
  return { name, version, file, sha256, size: size as number, licence, depends, imports };
}
