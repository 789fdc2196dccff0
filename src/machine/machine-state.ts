/** What an image holds beside memory: the JavaScript side of a machine, as JSON. */
import type { Loss } from '../protocol/image';
import type { DiskTimes } from './disk-file-system';
import type { LinkState, ReferenceNames } from './emscripten';
import type { OpenFilesState } from './open-files';

export interface MachineState {
  /** Null: as in the frame before, because it is long and seldom changes. */
  links: LinkState | null;
  references: ReferenceNames;
  /** What the monotonic clocks showed, ms. */
  clock: number;
  /** Null in a baseline, which has met no disk. */
  files: OpenFilesState | null;
  times: DiskTimes | null;
}

/** What is known of an image when it has been read: everything that another instance needs. */
export interface SavedMachine {
  heap: Uint8Array<ArrayBuffer>;
  state: MachineState & { links: LinkState };
  attachments: readonly Uint8Array[];
}

/** Says what could not be captured, in words. */
export function lossOf(reason: string): Loss {
  return { variable: null, reason };
}
