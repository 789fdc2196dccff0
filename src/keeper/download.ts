/** A session as a state file, or what stops it from becoming one. */
import { isDamage } from '../base/errors';
import { checkWritable, writeStateFile } from '../capsule';
import type { DownloadProblem, DownloadResult, KeeperCalls, SessionOutline } from '../protocol/keeper';
import type { Volume } from '../volume/volume';
import { contentOf } from './session-content';

/** @param now milliseconds since 1970 */
export function download(
  volume: Volume,
  summary: SessionOutline,
  { runtime, leaveOut }: KeeperCalls['download']['argument'],
  now: number,
): DownloadResult {
  const options = { runtime, leaveOut, now };
  // Only lengths are looked at: files that are too large together are not read for that.
  const measured = contentOf(volume, summary, options, ({ size }) => ({ length: size }) as Uint8Array);
  const problem = checkWritable(measured);
  if (problem) return { problem };
  const damaged: DownloadProblem['leaveOut'] = [];
  const content = contentOf(volume, summary, options, ({ inode, size }) => {
    try {
      return volume.read(inode);
    } catch (error) {
      if (!isDamage(error)) throw error;
      damaged.push({ path: volume.pathOf(inode), size, reason: 'What is stored of it is damaged.' });
      return new Uint8Array(0);
    }
  });
  if (damaged.length > 0)
    return { problem: { message: 'Some files are damaged and cannot be read. The rest can be downloaded.', leaveOut: damaged } };
  // Colons are not allowed in file names on some systems, fractions of a second help nobody.
  const time = new Date(now).toISOString().replace(/\.\d+/, '').replaceAll(':', '-');
  return { name: `dormouse-state-${time}.json`, blob: writeStateFile(content) };
}
