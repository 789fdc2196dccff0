/** The packages of a machine: what of them is mounted, and what Python may ask about them. */
import { InvalidInputError } from '../../base/errors';
import type { Catalogue, IndexFile, PackageMount } from '../../protocol/packages';
import type { Mounted, PackageMounts } from './package-mounts';
import { WheelFile } from './wheel-file';

/** The page, which has the bytes. */
export interface PackageSource {
  known(): Promise<{ catalogue: Catalogue; mounts: PackageMount[] }>;
  /** @throws Error a sentence */
  wheel(sha256: string): Promise<Blob>;
  /** Asks the person first. @throws Error a sentence */
  index(name: string): Promise<IndexFile[]>;
  mounted(sha256s: string[]): Promise<void>;
  unmounted(names: string[]): Promise<void>;
}

/** What a wheel is called, as the page said it. */
interface Named {
  name: string;
  version: string;
}

export class Packages {
  readonly #source: PackageSource;
  readonly #mounts: PackageMounts;
  /** Names of those that the page has told of, by sha256. */
  readonly #named = new Map<string, Named>();
  /** What was fetched and is not mounted yet. */
  readonly #fetched = new Map<string, Promise<WheelFile>>();
  #known: ReturnType<PackageSource['known']> | null = null;

  constructor(source: PackageSource, mounts: PackageMounts) {
    this.#source = source;
    this.#mounts = mounts;
  }

  /** What there is, as the page says it; asked for once, or again while it grows. */
  known(): ReturnType<PackageSource['known']> {
    this.#known ??= this.#source.known().then((known) => {
      for (const { sha256, name, version } of [...known.catalogue.packages, ...known.mounts]) this.#named.set(sha256, { name, version });
      if (known.catalogue.growing) this.#known = null;
      return known;
    });
    return this.#known;
  }

  /** Mounts what an image says was mounted. @throws Error a sentence, when a wheel is not to be had */
  async restore(mounted: readonly Mounted[]): Promise<void> {
    const wheels = await Promise.all(mounted.map(({ sha256 }) => this.#fetch(sha256)));
    mounted.forEach((mount, index) => {
      this.#mounts.mount(wheels[index] as WheelFile, mount, mount.place, mount.hidden);
    });
  }

  /** Has the session remember what is mounted. @throws Error a sentence */
  async remember(): Promise<void> {
    const mounted = this.mounted().map(({ sha256 }) => sha256);
    if (mounted.length > 0) await this.#source.mounted(mounted);
  }

  /**
   * Mounts what the session remembers and is not mounted, each for itself: one that is not to be had is left out.
   * @returns sentences about those
   */
  async begin(): Promise<string[]> {
    const { mounts } = await this.known();
    const here = new Set(this.#mounts.list().map(({ name }) => name));
    const missing = mounts.filter(({ removed, name }) => !removed && !here.has(name));
    const wheels = await Promise.allSettled(missing.map(({ sha256 }) => this.#fetch(sha256)));
    const problems: string[] = [];
    wheels.forEach((wheel, index) => {
      const mount = missing[index] as PackageMount;
      try {
        if (wheel.status === 'rejected') throw wheel.reason;
        this.#mounts.mount(wheel.value, mount);
      } catch (error) {
        problems.push(`${mount.name} ${mount.version}: ${(error as Error).message}`);
      }
    });
    return problems;
  }

  /** What is mounted, for Python. */
  mounted(): Mounted[] {
    return this.#mounts.list();
  }

  /** What the index has under a name, after the person was asked. */
  async index(name: string): Promise<IndexFile[]> {
    const files = await this.#source.index(name);
    for (const { sha256, name: named, version } of files) this.#named.set(sha256, { name: named, version });
    return files;
  }

  /** A text file of a wheel's `*.dist-info`; fetches the wheel. */
  async metadata(sha256: string, file: string): Promise<string | null> {
    return (await this.#fetch(sha256)).metadata(file);
  }

  /** Mounts wheels, each in the place of another of its name: all of them, or none. */
  async mount(sha256s: readonly string[]): Promise<void> {
    const wanted = sha256s.filter((sha256) => !this.#mounts.has(sha256));
    if (wanted.length === 0) return;
    await this.known();
    const wheels = await Promise.all(wanted.map((sha256) => this.#fetch(sha256)));
    const names = new Set(wanted.map((sha256) => this.#nameOf(sha256).name));
    const replaced = this.mounted().filter(({ name }) => names.has(name));
    for (const { sha256 } of replaced) this.#mounts.hide(sha256);
    const undo = () => {
      for (const sha256 of wanted) this.#mounts.hide(sha256);
      for (const before of replaced) this.#mounts.show(before.sha256);
    };
    try {
      wanted.forEach((sha256, index) => {
        this.#mounts.mount(wheels[index] as WheelFile, { sha256, ...this.#nameOf(sha256) });
      });
      await this.#source.mounted(wanted);
    } catch (error) {
      undo();
      throw error;
    }
    for (const sha256 of wanted) this.#fetched.delete(sha256);
  }

  /** Takes packages away. What is not there is passed over. */
  async unmount(names: readonly string[]): Promise<void> {
    await this.#source.unmounted([...names]);
    for (const { name, sha256 } of this.mounted()) if (names.includes(name)) this.#mounts.hide(sha256);
  }

  #nameOf(sha256: string): Named {
    const named = this.#named.get(sha256);
    if (!named) throw new InvalidInputError('There is no package of that sha256.');
    return named;
  }

  /** Kept until it is mounted: who looks into a wheel mostly wants it. */
  #fetch(sha256: string): Promise<WheelFile> {
    let wheel = this.#fetched.get(sha256);
    if (!wheel) {
      wheel = this.#source.wheel(sha256).then((blob) => WheelFile.open(blob));
      this.#fetched.set(sha256, wheel);
      wheel.catch(() => this.#fetched.delete(sha256));
    }
    return wheel;
  }
}
