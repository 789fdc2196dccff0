/**
 * The packages of a session: what it has, installing and removing, and what its sandbox may have of it. The sandbox chooses (it has the resolver),
 * and is believed nothing: it gets wheels of the catalogue, of the session's list, and of those that the index named after the person agreed.
 */
import { DormouseError, InvalidInputError, messageOf } from '../base/errors';
import type { IndexFile, PackageAnswer, PackageDesk, PackageMount, PackageRequest, Wheel } from '../protocol/packages';
import { normalizedName } from '../protocol/packages';
import type { LocatedFile, PackageIndex } from './package-index';
import type { Wheels } from './wheels';

/** What is shown of packages: part of SessionState. */
export interface PackagesState {
  /** By name. */
  readonly installed: readonly PackageMount[];
  /** What is being loaded; sizes in bytes. */
  readonly loading: { readonly name: string; readonly loaded: number; readonly total: number } | null;
  /** A package of whose name the index is to be told: `answer` says whether it may. */
  readonly question: { readonly name: string; readonly host: string } | null;
  /** The page installs or removes something. */
  readonly working: boolean;
}

export const NO_PACKAGES: PackagesState = { installed: [], loading: null, question: null, working: false };

/** What the session lends. */
export interface PackagesHost {
  /** Whether the sandbox runs code of the person's: only then it may ask the index. */
  running(): boolean;
  change(state: PackagesState): void;
  /** Notes durably that the session needs a wheel. */
  need(sha256s: string[]): Promise<void>;
  save(packages: PackageMount[]): Promise<void>;
  /** Has Python choose and mount; resolves with what came. @throws DormouseError `busy` unless nothing runs */
  install(requirements: string[]): Promise<string[]>;
  uninstall(names: string[]): Promise<void>;
}

/** What the directory of a wheel may hold; the sandbox has limits of its own. */
const LIMITS = { entries: 50_000, content: 2 ** 30, file: 2 ** 29, directory: 2 ** 24 };
const LARGEST_METADATA = 2 ** 20;
const LONGEST_LICENCE = 200;

export class SessionPackages implements PackageDesk {
  readonly #wheels: Wheels;
  readonly #index: PackageIndex;
  readonly #host: PackagesHost;
  #state = NO_PACKAGES;
  /** All that the session names, those that were taken out too. */
  #mounts: PackageMount[] = [];
  /** Resolves once the session's list is known. */
  #opened: Promise<void> = Promise.resolve();
  #open: () => void = () => undefined;
  /** What the index named, by sha256, for as long as this session is open. */
  readonly #offered = new Map<string, LocatedFile>();
  readonly #licences = new Map<string, string | null>();
  /** Names that the index may be told of. */
  readonly #allowed = new Set<string>();
  /** The person has said no: until the next run or installation nothing more is asked. */
  #refused = false;
  #answering: ((allowed: boolean) => void) | null = null;
  /** One question at a time. */
  #asking: Promise<unknown> = Promise.resolve();

  constructor(wheels: Wheels, index: PackageIndex, host: PackagesHost) {
    this.#wheels = wheels;
    this.#index = index;
    this.#host = host;
    this.close();
  }

  /** By name. */
  list(): readonly PackageMount[] {
    return this.#state.installed;
  }

  /** Installs packages by requirements such as `name` or `name==1.2`, with what they need; resolves with what came. Asks the person. */
  async install(requirements: string[]): Promise<string[]> {
    return this.#work(() => this.#host.install(requirements));
  }

  /** Takes packages out. What Python has imported stays in its memory. */
  async remove(names: string[]): Promise<void> {
    await this.#work(() => this.#host.uninstall(names));
  }

  /** The session's packages as requirements.txt. */
  requirements(): string {
    return this.list()
      .map(({ name, version }) => `${name}==${version}\n`)
      .join('');
  }

  /** The same with sha256s, as `pip install --require-hashes` reads it, and where each came from. */
  lock(): string {
    return this.list()
      .map(({ name, version, sha256, file, origin }) => `# ${file} (${origin})\n${name}==${version} --hash=sha256:${sha256}\n`)
      .join('');
  }

  /** Answers `question`. */
  answer(allowed: boolean): void {
    this.#answering?.(allowed);
  }

  /** The session was opened or replaced. */
  adopt(mounts: PackageMount[]): void {
    this.#mounts = mounts;
    this.#change({ installed: shown(mounts) });
    // A session that came from elsewhere has not said so yet. One that is only looked at cannot, nor can a store that fails: that is told by itself.
    if (mounts.length > 0) this.#host.need(mounts.map(({ sha256 }) => sha256)).catch(() => undefined);
    this.#open();
  }

  /** The session is about to be opened, again perhaps: what it has is not known. */
  close(): void {
    this.#opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  /** A run begins: what was refused in an earlier one may be asked again. */
  begin(): void {
    this.#refused = false;
  }

  /** A run has ended: nobody waits for the answer any more. */
  end(): void {
    this.answer(false);
    this.#change({ loading: null });
  }

  async respond(request: PackageRequest): Promise<PackageAnswer> {
    switch (request.type) {
      case 'packages': {
        await this.#opened;
        const { abi, packages, missing } = await this.#wheels.list();
        return { type: 'packages', catalogue: { abi, packages, growing: missing?.state === 'building' }, mounts: this.#mounts };
      }
      case 'wheel':
        return { type: 'wheel', bytes: await this.#wheel(request.sha256) };
      case 'index':
        return { type: 'index', files: await this.#files(request.name) };
      case 'mounted':
        await this.#mounted(request.sha256s);
        return { type: 'done' };
      case 'unmounted':
        await this.#unmounted(request.names);
        return { type: 'done' };
      default:
        request satisfies never;
        throw new InvalidInputError('There is no such question.');
    }
  }

  async #work<Result>(action: () => Promise<Result>): Promise<Result> {
    this.#refused = false;
    this.#change({ working: true });
    try {
      return await action();
    } finally {
      this.end();
      this.#change({ working: false });
    }
  }

  async #wheel(wanted: unknown): Promise<Blob> {
    const sha256 = typeof wanted === 'string' ? wanted : '';
    const catalogued = (await this.#wheels.list()).packages.find((known) => known.sha256 === sha256);
    const offered = this.#offered.get(sha256);
    const known: Wheel | undefined = catalogued ?? offered ?? this.#mounts.find((mount) => mount.sha256 === sha256);
    if (!known) throw new InvalidInputError('This session has no such package.');
    const kept = await this.#wheels.kept(sha256);
    if (kept) return kept;
    const { name, version, size } = known;
    const onProgress = (loaded: number) => this.#change({ loading: { name, loaded, total: size } });
    try {
      if (catalogued) {
        const bytes = await this.#wheels.load(catalogued, onProgress);
        // Not being able to keep it costs no more than to load it again.
        await this.#keep(sha256, bytes).catch((error) => console.warn(`${name} could not be kept.`, error));
        return bytes;
      }
      if (offered) return await this.#download(offered, onProgress);
    } finally {
      this.#change({ loading: null });
    }
    throw new DormouseError('closed', `${name} ${version} is not on this device. To get it again: %pip install ${name}==${version}`);
  }

  /** Fetches a wheel that the person has agreed to, looks into it and keeps it. */
  async #download(file: LocatedFile, onProgress: (loaded: number) => void): Promise<Blob> {
    const bytes = new Blob([await this.#index.download(file, onProgress)]);
    this.#licences.set(file.sha256, await licenceOf(bytes, file));
    try {
      await this.#keep(file.sha256, bytes);
    } catch (cause) {
      const size = (file.size / 1e6).toLocaleString('en-US', { maximumFractionDigits: 1 });
      throw new DormouseError('no-space', `${file.name} (${size} MB) could not be kept: ${messageOf(cause)} Nothing was installed.`, {
        cause,
      });
    }
    return bytes;
  }

  async #keep(sha256: string, bytes: Blob): Promise<void> {
    await this.#host.need([sha256]);
    await this.#wheels.keep(sha256, bytes);
  }

  async #files(wanted: unknown): Promise<IndexFile[]> {
    const name = normalizedName(wanted);
    if (name === null) throw new InvalidInputError('That is no name of a package.');
    if (!(await this.#mayAsk(name)))
      throw new DormouseError('busy', `${this.#index.host} was not asked for ${name}. Nothing was installed.`);
    this.#change({ loading: { name, loaded: 0, total: 0 } });
    try {
      const files = await this.#index.files(name);
      for (const file of files) this.#offered.set(file.sha256, file);
      return files.map(({ url: _url, ...file }) => file);
    } finally {
      this.#change({ loading: null });
    }
  }

  /** The name of a package is told to nobody before the person has agreed. */
  #mayAsk(name: string): Promise<boolean> {
    const asked = this.#asking.then(() => this.#ask(name));
    this.#asking = asked;
    return asked;
  }

  async #ask(name: string): Promise<boolean> {
    if (!this.#host.running() && !this.#state.working) return false;
    // Not for what the session's list says: the session may be somebody else's.
    if (this.#allowed.has(name)) return true;
    if (this.#refused) return false;
    const allowed = await new Promise<boolean>((resolve) => {
      this.#answering = resolve;
      this.#change({ question: { name, host: this.#index.host } });
    });
    this.#answering = null;
    this.#change({ question: null });
    if (allowed) this.#allowed.add(name);
    else this.#refused = true;
    return allowed;
  }

  async #mounted(wanted: unknown): Promise<void> {
    const { packages } = await this.#wheels.list();
    const mounts = (Array.isArray(wanted) ? wanted : []).map((sha256: unknown): PackageMount => {
      const catalogued = packages.find((known) => known.sha256 === sha256);
      const offered = this.#offered.get(sha256 as string);
      const before = this.#mounts.find((mount) => mount.sha256 === sha256);
      const known: Wheel | undefined = catalogued ?? before ?? offered;
      if (!known) throw new InvalidInputError('This session has no such package.');
      const { name, version, file, size } = known;
      const licence = catalogued?.licence ?? before?.licence ?? this.#licences.get(known.sha256) ?? null;
      const origin = catalogued ? 'catalogue' : (before?.origin ?? this.#index.host);
      return { name, version, file, sha256: known.sha256, size, origin, licence: licence === '' ? null : licence, removed: false };
    });
    const names = new Set(mounts.map(({ name }) => name));
    const sha256s = new Set(mounts.map(({ sha256 }) => sha256));
    const others = this.#mounts.filter(({ sha256 }) => !sha256s.has(sha256));
    // One that is replaced may be in memory that was kept before.
    await this.#save([...others.map((mount) => (names.has(mount.name) ? { ...mount, removed: true } : mount)), ...mounts]);
  }

  async #unmounted(wanted: unknown): Promise<void> {
    const names = Array.isArray(wanted) ? wanted : [];
    await this.#save(this.#mounts.map((mount) => (names.includes(mount.name) ? { ...mount, removed: true } : mount)));
  }

  async #save(mounts: PackageMount[]): Promise<void> {
    await this.#host.need(mounts.map(({ sha256 }) => sha256));
    await this.#host.save(mounts);
    this.#mounts = mounts;
    this.#change({ installed: shown(mounts) });
  }

  #change(part: Partial<PackagesState>): void {
    this.#state = { ...this.#state, ...part };
    this.#host.change(this.#state);
  }
}

const shown = (mounts: readonly PackageMount[]) => mounts.filter(({ removed }) => !removed).sort((a, b) => a.name.localeCompare(b.name));

/** What a wheel says of its licence; null when it says nothing. @throws InvalidInputError when it is no wheel */
async function licenceOf(bytes: Blob, { file }: Wheel): Promise<string | null> {
  const { ZipReader } = await import('../base/zip-reader');
  let text: string | null = null;
  try {
    const archive = await ZipReader.open(bytes, LIMITS);
    const entry = archive.entries.find(({ path }) => /^[^/]+\.dist-info\/METADATA$/.test(path));
    if (!entry || entry.size > LARGEST_METADATA) throw new InvalidInputError('It has no METADATA.');
    text = new TextDecoder().decode(await archive.read(entry));
  } catch (cause) {
    throw new InvalidInputError(`${file} is no wheel that can be used. ${messageOf(cause)} Nothing was installed.`, { cause });
  }
  const fields = new Map<string, string>();
  for (const line of (text.split(/\r?\n\r?\n/, 1)[0] ?? '').split(/\r?\n/)) {
    const [, field, value] =
      /^(License-Expression|License|Classifier: License): *(.*)$/.exec(line.replace(/^Classifier: License :: /, 'Classifier: License: ')) ??
      [];
    if (field && value && !fields.has(field)) fields.set(field, value);
  }
  const said = fields.get('License-Expression') ?? fields.get('License') ?? fields.get('Classifier: License') ?? null;
  return said?.slice(0, LONGEST_LICENCE) ?? null;
}
