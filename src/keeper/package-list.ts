/** The packages of a session: a hidden file, JSON, versioned, and the note of which wheels it needs of those that all sessions share. */
import { InvalidInputError } from '../base/errors';
import { normalizedName, type PackageMount } from '../protocol/packages';
import type { Volume } from '../volume/volume';
import { isSha256 } from './checkpoint-note';
import { HiddenFile, PACKAGES_FILE } from './hidden-file';
import type { SessionNeeds } from './session-needs';

const VERSION = 1;
/** More packages than any session has. */
const MOST_PACKAGES = 2000;
const LONGEST = 500;

export class PackageList {
  readonly file: HiddenFile;
  readonly #wheels: SessionNeeds | null;

  /** @param wheels null where nothing outlives the page */
  constructor(volume: Volume, wheels: SessionNeeds | null) {
    this.file = new HiddenFile(volume, PACKAGES_FILE);
    this.#wheels = wheels;
  }

  /** What cannot be read counts as nothing: an import or an installation brings it back. */
  read(): PackageMount[] {
    return parsePackages(this.file.read());
  }

  /**
   * Notes durably that wheels are needed, before they are stored: otherwise tidying could take them away.
   * @throws InvalidInputError, NoSpaceError, StorageError
   */
  async need(sha256s: readonly unknown[]): Promise<void> {
    if (!sha256s.every(isSha256)) throw new InvalidInputError('A wheel is named by its sha256.');
    await this.#wheels?.note(sha256s, null);
  }

  /** Not on stable storage before the volume's next flush. @throws InvalidInputError, NoSpaceError, StorageError */
  write(packages: unknown, time: number): void {
    if (!Array.isArray(packages) || packages.length > MOST_PACKAGES || !packages.every(isMount)) {
      throw new InvalidInputError('That is no list of packages. Nothing was changed.');
    }
    this.file.replace(serializePackages(packages), time);
  }
}

/** The content of the file. */
export function serializePackages(packages: readonly PackageMount[]): Uint8Array {
  const mounts = packages.map(({ name, version, sha256, file, size, origin, licence, removed }) => {
    return { name, version, sha256, file, size, origin, licence, ...(removed && { removed }) };
  });
  return new TextEncoder().encode(`${JSON.stringify({ version: VERSION, mounts })}\n`);
}

/** The packages of the file; of what is no package nothing is taken. */
export function parsePackages(bytes: Uint8Array | null): PackageMount[] {
  if (!bytes) return [];
  try {
    const { version, mounts } = JSON.parse(new TextDecoder().decode(bytes)) as { version?: unknown; mounts?: unknown };
    if (version !== VERSION || !Array.isArray(mounts)) return [];
    return mounts.map((mount: object) => ({ ...mount, removed: (mount as { removed?: unknown }).removed === true })).filter(isMount);
  } catch {
    return [];
  }
}

function isMount(value: unknown): value is PackageMount {
  const { name, version, sha256, file, size, origin, licence, removed } = (value ?? {}) as Partial<Record<keyof PackageMount, unknown>>;
  const text = (field: unknown): field is string => typeof field === 'string' && field !== '' && field.length <= LONGEST;
  return (
    text(name) &&
    normalizedName(name) === name &&
    text(version) &&
    isSha256(sha256) &&
    text(file) &&
    !file.includes('/') &&
    Number.isSafeInteger(size) &&
    (size as number) >= 0 &&
    text(origin) &&
    (licence === null || text(licence)) &&
    typeof removed === 'boolean'
  );
}
