/** `npm run fsck -- FOLDER`: checks a session's folder, as Node wrote it or as it was copied out of a browser. Changes nothing. */
import { existsSync } from 'node:fs';
import { messageOf } from '../base/errors';
import { type FsckReport, fsck } from '../volume/fsck';
import { openNodeStore } from '../volume/node-store';

/** Exit codes: the folder is sound, it is not, or it could not be looked at. */
const SOUND = 0;
const DAMAGED = 1;
const UNUSABLE = 2;

/**
 * Runs the command.
 * @param args what stands behind the command's name
 * @param print takes one line
 * @returns the exit code
 */
export async function runFsck(args: string[], print: (line: string) => void): Promise<number> {
  const [folder, ...more] = args;
  if (folder === undefined || more.length > 0) {
    print('Usage: npm run fsck -- FOLDER   (the folder of one session, with super and segment-1 in it)');
    return UNUSABLE;
  }
  if (!existsSync(folder)) {
    print(`There is no folder ${folder}.`);
    return UNUSABLE;
  }
  let report: FsckReport | null;
  try {
    report = await fsck(openNodeStore(folder));
  } catch (error) {
    print(messageOf(error));
    return UNUSABLE;
  }
  if (!report) {
    print(`${folder} holds no volume: there is no file "super" in it.`);
    return UNUSABLE;
  }
  const { files, snapshots, nodes, pieces, bytes, segments } = report.counted;
  const count = (value: number) => value.toLocaleString('en-US');
  print(
    `${count(files)} files and folders, ${count(snapshots)} snapshots; ${count(nodes)} nodes, ${count(pieces)} pieces, ${count(bytes)} bytes in ${count(segments)} segments`,
  );
  for (const finding of report.findings) print(finding);
  print(report.findings.length === 0 ? 'Sound.' : `Not sound: ${count(report.findings.length)} findings.`);
  return report.findings.length === 0 ? SOUND : DAMAGED;
}
