/**
 * How often in a row a checkpoint's image was handed out and Python did not come up with it, as a hidden file: an image that takes
 * the page down with it must not be tried for ever. Counted before it is handed out, taken back when it went well.
 */
import type { Volume } from '../volume/volume';
import { ATTEMPTS_FILE, HiddenFile } from './hidden-file';

const VERSION = 1;

export class ResumeAttempts {
  readonly file: HiddenFile;

  constructor(volume: Volume) {
    this.file = new HiddenFile(volume, ATTEMPTS_FILE);
  }

  /** How often this checkpoint's image has failed since it last went well. What cannot be read counts as never. */
  of(checkpoint: number): number {
    const bytes = this.file.read();
    if (!bytes) return 0;
    try {
      const value = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
      const { version, attempts } = value;
      return version === VERSION && value.checkpoint === checkpoint && Number.isSafeInteger(attempts) ? (attempts as number) : 0;
    } catch {
      // Another version's, or the end of a write that was cut off.
      return 0;
    }
  }

  /** Not on stable storage before the volume's next flush. @throws NoSpaceError, StorageError */
  set(checkpoint: number, attempts: number, time: number): void {
    if (this.of(checkpoint) === attempts) return;
    this.file.replace(new TextEncoder().encode(`${JSON.stringify({ version: VERSION, checkpoint, attempts })}\n`), time);
  }
}
