/**
 * What is noted of a checkpoint: the name of its snapshot in the volume, as JSON, so that both come into being with one record.
 *
 *     checkpoint {"version":1,"run":3,"origin":"run","name":null,"time":1795464846000,"image":true,"baseline":"9f86…","disk":null,"dropped":false}
 */
import type { Checkpoint } from '../protocol/keeper';

export interface CheckpointNote extends Pick<Checkpoint, 'run' | 'origin' | 'name' | 'time'> {
  /** Whether an image was made with it: then its hidden image file is the whole chain. */
  image: boolean;
  /** The sha256 of the baseline that the chain needs; null when it needs none. */
  baseline: string | null;
  /** The snapshot whose disk the image belongs to, when that is not its own: the disk went on before the run's end was noted. */
  disk: number | null;
  /** Removed by the person, and kept only for the memory that a later one without an image needs. */
  dropped: boolean;
  /** The snapshot of the checkpoint whose place it takes, which from its first moment on is as good as removed; absent when there is none. */
  replaces?: number;
}

const PREFIX = 'checkpoint ';
const VERSION = 1;
const ORIGINS: readonly unknown[] = [
  'run',
  'before-run',
  'before-undo',
  'before-restore',
  'hand',
  'files',
  'background',
  'join',
] satisfies Checkpoint['origin'][];

export function checkpointName({ run, origin, name, time, image, baseline, disk, dropped, replaces }: CheckpointNote): string {
  return PREFIX + JSON.stringify({ version: VERSION, run, origin, name, time, image, baseline, disk, dropped, replaces });
}

/** What a snapshot's name says; null when it is that of no checkpoint, or of a later version's. */
export function parseCheckpointName(text: string): CheckpointNote | null {
  if (!text.startsWith(PREFIX)) return null;
  let value: Record<string, unknown> | null;
  try {
    value = JSON.parse(text.slice(PREFIX.length));
  } catch {
    // Nothing of this version writes such a one: it is left alone.
    return null;
  }
  const { version, run, origin, name, time, image, baseline, disk, dropped, replaces } = value ?? {};
  const known =
    version === VERSION &&
    (run === null || Number.isSafeInteger(run)) &&
    ORIGINS.includes(origin) &&
    (name === null || typeof name === 'string') &&
    Number.isFinite(time) &&
    typeof image === 'boolean' &&
    (baseline === null || isSha256(baseline)) &&
    (disk === null || Number.isSafeInteger(disk)) &&
    typeof dropped === 'boolean' &&
    (replaces === undefined || Number.isSafeInteger(replaces));
  if (!known) return null;
  return { run, origin, name, time, image, baseline, disk, dropped, ...(replaces !== undefined && { replaces }) } as CheckpointNote;
}

/** Whether a value is a sha256 in lower-case hex. */
export const isSha256 = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
