import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { INODE } from '../../src/base/file-operation';
import { runFsck } from '../../src/cli/fsck';
import { Volume } from '../../src/volume';
import { openNodeStore } from '../../src/volume/node-store';

const folder = mkdtempSync(join(tmpdir(), 'dormouse-fsck-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const code = await runFsck(args, (line) => lines.push(line));
  return { code, text: lines.join('\n') };
}

test('fsck says what is there, what is wrong, and changes nothing', async () => {
  expect(await run()).toMatchObject({ code: 2, text: expect.stringContaining('Usage') });
  expect(await run(join(folder, 'missing'))).toMatchObject({ code: 2, text: expect.stringContaining('no folder') });
  expect(await run(folder)).toMatchObject({ code: 2, text: expect.stringContaining('no volume') });

  const volume = await Volume.open(openNodeStore(folder));
  const inode = INODE.firstFree;
  volume.apply({ type: 'make', inode, parent: INODE.home, name: 'a', kind: 'file', mode: 0o644, time: 1 });
  volume.apply({ type: 'write', inode, offset: 0, data: new TextEncoder().encode('a very particular text'), time: 1 });
  volume.checkpoint();
  volume.close();
  expect(await run(folder)).toMatchObject({ code: 0, text: expect.stringMatching(/6 files and folders.*\nSound\.$/) });

  const name = join(folder, 'segment-1');
  const bytes = readFileSync(name);
  bytes[bytes.indexOf('particular')] = 0;
  writeFileSync(name, bytes);
  const before = readdirSync(folder).map((file) => readFileSync(join(folder, file)));
  expect(await run(folder)).toMatchObject({ code: 1, text: expect.stringMatching(/damaged[\s\S]*Not sound: 1 findings\.$/) });
  expect(readdirSync(folder).map((file) => readFileSync(join(folder, file)))).toEqual(before);
});
