/** The Python package index, as far as it is asked: PyPA's "Simple repository API", in JSON (PEP 691 and 700). */
import { DormouseError, InvalidInputError } from '../base/errors';
import { type IndexFile, normalizedName } from '../protocol/packages';
import { fetchBytes, fetchFile, NotThereError } from './download';

export interface PackageIndexOptions {
  /** Where projects are, with a slash at the end. */
  url: string;
  /** Hosts beside the index's own that its files may come from. */
  hosts: readonly string[];
  /** How long nothing may come, ms. */
  patience?: number;
}

/** A file with its address, which the sandbox is not told. */
export type LocatedFile = IndexFile & { url: string };

/** The list of a project with thousands of releases has some megabytes. */
const LARGEST_LIST = 32 * 2 ** 20;
const MOST_FILES = 20_000;
/** No wheel is larger, bytes: it has to fit into memory. */
const LARGEST_FILE = 256 * 2 ** 20;
const JSON_TYPE = 'application/vnd.pypi.simple.v1+json';
const WHEEL =
  /^([A-Za-z0-9][A-Za-z0-9._]*)-([A-Za-z0-9][A-Za-z0-9._+!]*)(-\d[A-Za-z0-9._]*)?-[A-Za-z0-9._]+-[A-Za-z0-9._]+-[A-Za-z0-9._]+\.whl$/;

export class PackageIndex {
  readonly #options: PackageIndexOptions;
  readonly host: string;

  constructor(options: PackageIndexOptions) {
    this.#options = options;
    this.host = new URL(options.url).host;
  }

  /**
   * The wheels of a project.
   * @param name normalised
   * @throws NotThereError, InvalidInputError when the index says something else than it should, DormouseError `closed`
   */
  async files(name: string, signal?: AbortSignal): Promise<LocatedFile[]> {
    const { url, patience } = this.#options;
    const address = `${url}${encodeURIComponent(name)}/`;
    const what = `the list of ${name}`;
    let bytes: Uint8Array;
    try {
      const more = { ...(patience && { patience }), ...(signal && { signal }) };
      bytes = await fetchBytes(address, { what, host: this.host, most: LARGEST_LIST, accept: JSON_TYPE, longest: 60_000, ...more });
    } catch (error) {
      if (error instanceof NotThereError) throw new NotThereError('invalid', `There is no package called ${name} at ${this.host}.`);
      throw error;
    }
    return this.#read(bytes, name, address);
  }

  /** The bytes of a file, checked. */
  download(file: LocatedFile, onProgress: (loaded: number) => void, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    if (file.size > LARGEST_FILE) {
      const size = Math.round(file.size / 1e6).toLocaleString('en-US');
      throw new InvalidInputError(`${file.file} has ${size} MB; at most ${Math.round(LARGEST_FILE / 1e6)} MB can be loaded.`);
    }
    const { patience } = this.#options;
    const host = new URL(file.url).host;
    return fetchFile(file.url, file, { what: file.file, host, onProgress, ...(patience && { patience }), ...(signal && { signal }) });
  }

  #read(bytes: Uint8Array, name: string, address: string): LocatedFile[] {
    let list: { meta?: { 'api-version'?: unknown }; files?: unknown };
    try {
      list = JSON.parse(new TextDecoder().decode(bytes));
    } catch (cause) {
      throw new InvalidInputError(`${this.host} answers something else than a list of packages.`, { cause });
    }
    const version = list.meta?.['api-version'];
    if (typeof version !== 'string' || !/^1\.\d+$/.test(version) || !Array.isArray(list.files)) {
      throw new InvalidInputError(`${this.host} answers something else than a list of packages.`);
    }
    if (list.files.length > MOST_FILES)
      throw new InvalidInputError(`${this.host} lists ${list.files.length} files of ${name}; that is too many.`);
    return list.files.map((file) => this.#readFile(file, name, address)).filter((file) => file !== null);
  }

  /** Null for what is no wheel of this project that could be checked. */
  #readFile(value: unknown, name: string, address: string): LocatedFile | null {
    const { filename, url, hashes, size, yanked, ...rest } = (value ?? {}) as Record<string, unknown>;
    const match = typeof filename === 'string' && filename.length <= 300 ? WHEEL.exec(filename) : null;
    const sha256 = (hashes as { sha256?: unknown } | null)?.sha256;
    if (!match || normalizedName(match[1]) !== name || typeof url !== 'string') return null;
    if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256) || !Number.isSafeInteger(size) || (size as number) < 0) return null;
    let target: URL;
    try {
      target = new URL(url, address);
    } catch {
      return null;
    }
    const own = new URL(address);
    if (target.protocol !== own.protocol || (target.host !== own.host && !this.#options.hosts.includes(target.host))) {
      throw new DormouseError('invalid', `${this.host} says that ${filename} is at ${target.host}, which is not where its files are.`);
    }
    const requires = rest['requires-python'];
    return {
      name,
      version: match[2] as string,
      file: filename as string,
      sha256,
      size: size as number,
      requiresPython: typeof requires === 'string' && requires !== '' ? requires.slice(0, 200) : null,
      yanked: yanked !== undefined && yanked !== false,
      url: target.href,
    };
  }
}
