/** The worked example of docs/volume-format.md is what the code writes, byte for byte. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { INODE } from '../../../src/base/file-operation';
import { encodeSegmentHeader, encodeSuperblock, RECORD_TYPE, SEGMENT, segmentName } from '../../../src/volume/format';
import { openMemoryStore } from '../../../src/volume/memory-store';
import { encodeOperation } from '../../../src/volume/operation-codec';
import { type Segment, SegmentFiles } from '../../../src/volume/segment-files';
import { SegmentLog } from '../../../src/volume/segment-log';
import { encodeNode, inodeKey } from '../../../src/volume/tree-node';

const identity = { uuid: Uint8Array.from({ length: 16 }, (_, index) => index + 1), salt: 0x5a17 };
const document = readFileSync('docs/volume-format.md', 'utf8');

/** As `hexdump -C` without the text: 16 bytes on a line. */
function hex(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const line = Array.from(bytes.subarray(at, at + 16), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    lines.push(`${at.toString(16).padStart(4, '0')}  ${line}`);
  }
  return lines.join('\n');
}

/** A segment with a file made, written and flushed. */
async function exampleSegment(): Promise<Uint8Array> {
  const store = openMemoryStore();
  const files = await SegmentFiles.open(store);
  const log = SegmentLog.begin(files, identity, (await files.create()) as Segment, 4096, { ordinal: 1, sequence: 1, before: 0 });
  const make = { type: 'make', inode: INODE.firstFree, parent: INODE.home, name: 'a', kind: 'file', mode: 0o644, time: 1000 } as const;
  const write = { type: 'write', inode: INODE.firstFree, offset: 0, data: new TextEncoder().encode('hello'), time: 1000 } as const;
  log.append(RECORD_TYPE.operation, encodeOperation({ type: 'file', staged: false, operation: make }));
  log.append(RECORD_TYPE.operation, encodeOperation({ type: 'file', staged: false, operation: write }), write.data);
  log.flush();
  files.close();
  return new Uint8Array(await (await store.snapshot(segmentName(1))).arrayBuffer());
}

it('the example of a segment is what the log writes', async () => {
  const bytes = await exampleSegment();
  expect(encodeSegmentHeader({ ...identity, ordinal: 1, sequence: 1, before: 0 })).toEqual(bytes.slice(0, SEGMENT.size));
  expect(document).toContain(hex(bytes));
});

it('the example of a superblock is what a checkpoint writes', () => {
  const log = { segment: 1, offset: 352, ordinal: 1, sequence: 4, before: 0xc0ffee };
  const bytes = encodeSuperblock({ ...identity, generation: 1, created: 1000, root: { segment: 1, offset: 280 }, log, durable: 3 });
  const text = `${hex(bytes.subarray(0, 112))}\n      (zeros)\n0ff0  ${hex(bytes.subarray(4080)).slice(6)}`;
  expect(document).toContain(text);
});

it('the example of a tree node is what is stored', () => {
  const item = {
    type: 'inode',
    kind: 'file',
    mode: 0o644,
    modified: 1000,
    accessed: 1000,
    size: 5,
    parent: INODE.home,
    name: 'a',
    target: '',
  } as const;
  expect(document).toContain(hex(encodeNode({ id: 1, leaf: true, keys: [inodeKey(INODE.firstFree)], items: [item] })));
});
