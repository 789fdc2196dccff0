/** JavaScript values that Python holds: named where a name leads to them again in another instance. */
import { type EmscriptenModule, FIXED_IMMORTALS, type PyodideApi, type RestoredReferences } from './module';

/** How a value is found again: from one of the roots by property names. Null: it cannot be. */
export type ReferenceName = { root: 'global' | 'api' | 'module' | 'public'; path: string[] } | null;

export interface ReferenceNames {
  /** Of the slots after those that every start fills. */
  slots: ({ empty: true } | { name: ReferenceName })[];
  immortal: string[];
}

/** Names, and the values that have none. */
export interface NamedReferences {
  names: ReferenceNames;
  lost: ReadonlySet<unknown>;
}

/** Properties are followed this far from a root. */
const DEPTH = 2;
/** And no more than this many values are looked at: user code can hang anything on a root. */
const MOST_VALUES = 10_000;

/** The table of JavaScript values of one instance. */
export class References {
  readonly #module: EmscriptenModule;
  readonly #api: PyodideApi;
  /** Names that were found before, and values that had none: looking for them takes long. */
  readonly #known = new WeakMap<object, { name: ReferenceName }>();

  constructor(module: EmscriptenModule, api: PyodideApi) {
    this.#module = module;
    this.#api = api;
  }

  /** Names what is in the slots. Costs next to nothing while Python holds nothing new. */
  name(): NamedReferences {
    const slots = read((slot) => this.#module.__hiwire_get(slot), this.#api.getExpectedKeys().length);
    const held = new Set(slots.filter(isObject));
    const unknown = new Set([...held].filter((value) => !this.#stillKnown(value)));
    if (unknown.size > 0) {
      const found = findNames(this.#module, this.#api, unknown);
      for (const value of unknown) this.#known.set(value, { name: found.get(value) ?? null });
    }
    const nameOf = (value: unknown) => (isObject(value) ? (this.#known.get(value)?.name ?? null) : null);
    const immortal = read((slot) => this.#module.__hiwire_immortal_get(slot), FIXED_IMMORTALS);
    const names = {
      slots: slots.map((value) => (value === null || value === undefined ? { empty: true as const } : { name: nameOf(value) })),
      immortal: immortal.map(String),
    };
    return { names, lost: new Set([...held].filter((value) => nameOf(value) === null)) };
  }

  /** The values that the names lead to here; what has none, or is not there any more, is dead: every use of it says so. */
  find(names: ReferenceNames): RestoredReferences {
    const follow = (name: ReferenceName) => followName(name, this.#module, this.#api);
    return {
      slots: names.slots.map((slot) => ('empty' in slot ? null : (follow(slot.name) ?? deadReference()))),
      immortal: names.immortal,
    };
  }

  #stillKnown(value: object): boolean {
    const known = this.#known.get(value);
    return known !== undefined && (known.name === null || followName(known.name, this.#module, this.#api) === value);
  }
}

function read(get: (slot: number) => unknown, first: number): unknown[] {
  const values: unknown[] = [];
  for (let slot = first; ; slot++) {
    try {
      values.push(get(slot));
    } catch {
      // The table ends here: there is no other way to ask.
      return values;
    }
  }
}

const isObject = (value: unknown): value is object => (typeof value === 'object' && value !== null) || typeof value === 'function';

function roots(module: EmscriptenModule, api: PyodideApi): [NonNullable<ReferenceName>['root'], unknown, number][] {
  return [
    ['api', api, 1],
    ['module', module, 0],
    ['public', api.getExpectedKeys()[2], 1],
    ['global', api.config.jsglobals, DEPTH],
  ];
}

function findNames(module: EmscriptenModule, api: PyodideApi, held: ReadonlySet<object>): Map<unknown, ReferenceName> {
  const names = new Map<unknown, ReferenceName>();
  const seen = new Set<unknown>();
  for (const [root, value, depth] of roots(module, api)) {
    let level: { value: unknown; path: string[] }[] = [{ value, path: [] }];
    for (let below = 0; level.length > 0 && names.size < held.size; below++) {
      const next: typeof level = [];
      for (const { value: holder, path } of level) {
        if (!isObject(holder) || seen.has(holder) || seen.size > MOST_VALUES) continue;
        seen.add(holder);
        if (held.has(holder)) names.set(holder, { root, path });
        if (below < depth) for (const key of keysOf(holder)) next.push({ value: propertyOf(holder, key), path: [...path, key] });
      }
      level = next;
    }
  }
  return names;
}

function keysOf(holder: object): string[] {
  try {
    const keys: string[] = [];
    // Of the global object much is on its prototypes.
    for (let at: object | null = holder; at && at !== Object.prototype && at !== Function.prototype; at = Object.getPrototypeOf(at)) {
      keys.push(...Object.getOwnPropertyNames(at));
    }
    return keys;
  } catch {
    // A proxy that does not want to be looked at.
    return [];
  }
}

/** Without calling accessors of user code: of those only the global object's own are asked. */
function propertyOf(holder: object, key: string): unknown {
  try {
    for (let at: object | null = holder; at; at = Object.getPrototypeOf(at)) {
      const property = Object.getOwnPropertyDescriptor(at, key);
      if (property) return 'value' in property ? property.value : holder === globalThis ? Reflect.get(holder, key) : undefined;
    }
  } catch {
    return undefined;
  }
  return undefined;
}

function followName(name: ReferenceName, module: EmscriptenModule, api: PyodideApi): unknown {
  if (!name) return undefined;
  let value = roots(module, api).find(([root]) => root === name.root)?.[1];
  for (const key of name.path) value = isObject(value) ? propertyOf(value, key) : undefined;
  return isObject(value) ? value : undefined;
}

/** What stands for a JavaScript object that did not come back. */
export function deadReference(): object {
  const refuse = () => {
    throw new Error('This JavaScript object was lost when the session was suspended: get it anew.');
  };
  // A class: what stands for a constructor has to be one.
  return new Proxy(class {}, {
    apply: refuse,
    construct: refuse,
    get: (_target, key) =>
      typeof key === 'symbol' || key === 'then' || key === 'constructor' || key === 'toString' ? undefined : refuse(),
    set: refuse,
    has: () => false,
    deleteProperty: refuse,
  });
}
