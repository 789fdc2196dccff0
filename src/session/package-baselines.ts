/**
 * What Python begins with where code imports a large package: memory in which that is imported already. It is made on this device once a session
 * has imported the package, when nothing runs for a while, and shared by all sessions.
 */
import { InvalidInputError } from '../base/errors';
import type { CataloguePackage, PackageAnswer, PackageDesk, PackageMount, PackageRequest } from '../protocol/packages';
import type { BaselineMaker, BaselineStore } from '../protocol/sandbox';
import type { Wheels } from './wheels';

/** What is smaller, with all that it needs, is imported in no time: bytes of wheels. */
const SMALLEST = 1_000_000;
/** None is made where the browser gives less room than this, bytes. */
const LEAST_ROOM = 2 ** 29;
/** One tab makes one at a time. */
const LOCK = 'dormouse-baseline';

export class PackageBaselines {
  readonly #store: BaselineStore;
  readonly #maker: BaselineMaker;
  readonly #wheels: Wheels;
  /** To be made when it is quiet, by name; those that could not be are not tried again. */
  readonly #wanted = new Map<string, readonly CataloguePackage[]>();
  readonly #failed = new Set<string>();
  #making = false;

  constructor(store: BaselineStore, maker: BaselineMaker, wheels: Wheels) {
    this.#store = store;
    this.#maker = maker;
    this.#wheels = wheels;
  }

  /** Whether code may import a large package: only then it is worth asking Python for `names`. */
  async mayHelp(code: string): Promise<boolean> {
    const { packages } = await this.#wheels.list();
    return packages.some(({ imports }) => imports.some((module) => code.includes(module)));
  }

  /**
   * The sha256 of what Python should begin with; null: of what it always does. When the one with the most is not there yet it is made later.
   * @param names packages that the code imports, by Python's word
   * @param mounts what the session has
   */
  async choose(names: readonly string[], mounts: readonly PackageMount[]): Promise<string | null> {
    const families = await this.#families(names, mounts);
    for (const wheels of families) {
      const name = this.#maker.nameOf(wheels);
      const found = await this.#store.find({ build: name });
      if (found) return found.sha256;
      if (wheels === families[0] && !this.#failed.has(name)) this.#wanted.set(name, wheels);
    }
    return null;
  }

  /** Makes one that was wanted: to be called when nothing goes on. */
  async prepare(): Promise<void> {
    const [next] = this.#wanted;
    if (!next || this.#making) return;
    const [name, wheels] = next;
    this.#making = true;
    this.#wanted.delete(name);
    try {
      await navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
        if (!lock || !(await hasRoom()) || (await this.#store.find({ build: name }))) return;
        await this.#maker.make(wheels, new CatalogueDesk(this.#wheels));
      });
    } catch (error) {
      this.#failed.add(name);
      console.warn(`Sessions cannot begin with ${wheels[0]?.name} imported.`, error);
    } finally {
      this.#making = false;
    }
  }

  /** Each large package with all that it needs, itself first, the largest before others; without those of which the session has another version. */
  async #families(names: readonly string[], mounts: readonly PackageMount[]): Promise<CataloguePackage[][]> {
    const { packages } = await this.#wheels.list();
    const own = new Map(mounts.map(({ name, sha256 }) => [name, sha256]));
    const families: CataloguePackage[][] = [];
    for (const wanted of packages.filter(({ name }) => names.includes(name))) {
      const family = new Set([wanted]);
      for (const { depends } of family) for (const each of packages) if (depends.includes(each.name)) family.add(each);
      families.push([...family]);
    }
    return families
      .filter((family) => sizeOf(family) >= SMALLEST && family.every(({ name, sha256 }) => (own.get(name) ?? sha256) === sha256))
      .sort((a, b) => sizeOf(b) - sizeOf(a));
  }
}

/** Hands out what comes with the app, and nothing else. */
class CatalogueDesk implements PackageDesk {
  readonly #wheels: Wheels;

  constructor(wheels: Wheels) {
    this.#wheels = wheels;
  }

  async respond(request: PackageRequest): Promise<PackageAnswer> {
    const { abi, packages } = await this.#wheels.list();
    if (request.type === 'packages') return { type: 'packages', catalogue: { abi, packages, growing: false }, mounts: [] };
    // There is no session to remember it.
    if (request.type === 'mounted') return { type: 'done' };
    const wheel = request.type === 'wheel' && packages.find(({ sha256 }) => sha256 === request.sha256);
    if (!wheel) throw new InvalidInputError('There are only packages of the catalogue here.');
    return { type: 'wheel', bytes: (await this.#wheels.kept(wheel.sha256)) ?? (await this.#wheels.load(wheel, () => undefined)) };
  }
}

const sizeOf = (wheels: readonly CataloguePackage[]) => wheels.reduce((sum, { size }) => sum + size, 0);

async function hasRoom(): Promise<boolean> {
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  return quota - usage >= LEAST_ROOM;
}
