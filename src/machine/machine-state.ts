/** What an image holds beside memory: the JavaScript side of a machine, as JSON. */
import type { DiskTimes } from './disk-times';
import type { ReferenceNames } from './emscripten';
import type { OpenFilesState } from './open-files';
import type { OutsideState } from './outside-files';
import type { Mounted } from './packages/package-mounts';
import type { SavedLinks } from './runtime';

export interface MachineState {
  /** Null: as in the frame before, because it is long and seldom changes. */
  links: SavedLinks | null;
  references: ReferenceNames;
  /** What the monotonic clocks showed, ms. */
  clock: number;
  /** Null in a baseline, which has met no disk. */
  files: OpenFilesState | null;
  times: DiskTimes | null;
  /** Null: as in the frame before. In a baseline too, which has none. */
  outside: OutsideState | null;
  /** Number of the attachment that holds what is left of a line of sys.stdin; null when nothing is. */
  input: number | null;
  /** Packages, in the order in which they were mounted. */
  packages: Mounted[];
}

/** What is known of an image when it has been read: everything that another instance needs. */
export interface SavedMachine {
  heap: Uint8Array<ArrayBuffer>;
  state: MachineState & { links: SavedLinks };
  attachments: readonly Uint8Array[];
  /** Those that `state.outside` counts. */
  outside: readonly Uint8Array[];
}
