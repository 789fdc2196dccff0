/**
 * Packages: what the sandbox asks the page for, by name and sha256, and what a session remembers of it. A package is a wheel, a zip file that
 * is mounted as it is; its bytes are checked by the page at every use.
 */

/** A wheel, exactly. */
export interface Wheel {
  /** Of the project, normalised: lower-case letters, digits, and `-` between them. */
  name: string;
  version: string;
  /** Name of the file, without a folder. */
  file: string;
  /** Of the bytes, lower-case hex. */
  sha256: string;
  /** Bytes. */
  size: number;
}

/** A package that comes with the app. */
export interface CataloguePackage extends Wheel {
  licence: string;
  /** Names of packages that it cannot do without. */
  depends: string[];
  /** Names of the modules that it brings, as `import` has them. */
  imports: string[];
}

/** What comes with the app, as `wheelhouse.json` says it. */
export interface Catalogue {
  /** Platform of wheels with compiled code, such as `pyemscripten_2026_0_wasm32`. */
  abi: string;
  packages: CataloguePackage[];
  /** More are being made: to be asked for again. */
  growing: boolean;
}

/** A package of a session. */
export interface PackageMount extends Wheel {
  /** `catalogue`: it came with the app; otherwise the host of the index, such as `pypi.org`. */
  origin: string;
  licence: string | null;
  /** Taken out of the session; memory that was kept before may still need its libraries. */
  removed: boolean;
}

/** A file of the index that can be chosen. */
export interface IndexFile extends Wheel {
  /** Of Python, such as `>=3.9`; null: any. */
  requiresPython: string | null;
  /** Its author has taken it back: only for who asks for exactly that version. */
  yanked: boolean;
}

/** From the sandbox to the broker, beside AssetRequest and BaselineRequest. */
export type PackageRequest =
  /** What there is: answered by `packages`. */
  | { type: 'packages'; call: number }
  /** The bytes of a wheel: one of the catalogue's, of the session's, or of those that `index` has named to this sandbox. Answered by `wheel`. */
  | { type: 'wheel'; call: number; sha256: string }
  /** What the index has under a name. The page asks the person before it asks the index. Answered by `index`. */
  | { type: 'index'; call: number; name: string }
  /** These are mounted now, each in place of another version of its name: the session is to remember them. Answered by `done`. */
  | { type: 'mounted'; call: number; sha256s: string[] }
  /** The session is to forget these names. Answered by `done`. */
  | { type: 'unmounted'; call: number; names: string[] };

export type PackageReply =
  | { type: 'packages'; call: number; catalogue: Catalogue; mounts: PackageMount[] }
  | { type: 'wheel'; call: number; bytes: Blob }
  | { type: 'index'; call: number; files: IndexFile[] }
  | { type: 'done'; call: number };

/** A reply without the number of its call, as who answers it makes it. */
export type PackageAnswer = PackageReply extends infer Reply ? (Reply extends unknown ? Omit<Reply, 'call'> : never) : never;

/** Answers a sandbox's requests, or throws a sentence. */
export interface PackageDesk {
  /** @param request as the sandbox sent it: nothing of it has been checked but its type */
  respond(request: PackageRequest): Promise<PackageAnswer>;
}

/** The longest name of a project, and how it is written when it is compared: PyPA's "Names and normalization". */
export const LONGEST_PACKAGE_NAME = 100;

/** The name as indexes and this session compare it; null when it is none. */
export function normalizedName(name: unknown): string | null {
  if (typeof name !== 'string' || name.length > LONGEST_PACKAGE_NAME || !/^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i.test(name)) return null;
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}
