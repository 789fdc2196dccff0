import { expect, it } from 'vitest';
import type { FileOperation } from '../../../src/base/file-operation';
import { openMemoryStore } from '../../../src/volume';
import { Log } from '../../../src/volume/log';
import { LOG_HEADER, type LogHeader, RECORD_TYPE } from '../../../src/volume/log-format';
import { readLog } from '../../../src/volume/log-reading';

const HEADER: LogHeader = { origin: 'new', generation: 1, replaced: 0, salt: 7n, created: 0 };
const truncate = (size: number): FileOperation => ({ type: 'truncate', inode: 1, size, time: 0 });

async function logOf(operations: FileOperation[], size = 0) {
  const file = await openMemoryStore().open('log');
  const log = Log.create(file, HEADER);
  for (const operation of operations) log.append(log.encodeOperation(operation));
  log.grow(size);
  return { file, log };
}

function read(file: Parameters<typeof readLog>[0]) {
  const sizes: number[] = [];
  const reading = readLog(
    file,
    () => {},
    (operation) => sizes.push(operation.type === 'truncate' ? operation.size : -1),
  );
  return { sizes, ...reading };
}

it('a record that followed another one is not read after this one', async () => {
  const { file: old } = await logOf([truncate(1), truncate(2)]);
  const { file, log } = await logOf([truncate(3)]);
  const stale = new Uint8Array(old.size() - log.tail);
  old.read(stale, log.tail);
  file.write(stale, log.tail);
  expect(read(old).sizes).toEqual([1, 2]);
  expect(read(file)).toMatchObject({ sizes: [3], unread: stale.length, damaged: false });
});

it('a bad record is damage when a later note says that it was flushed, also far away, and otherwise the end', async () => {
  const far = 5 << 20;
  const { file, log } = await logOf([
    truncate(1),
    { type: 'write', inode: 1, offset: 0, data: new Uint8Array(far).fill(0xd0), time: 0 },
    truncate(2),
  ]);
  file.write(new Uint8Array([0]), LOG_HEADER.size);
  expect(read(file)).toMatchObject({ sizes: [], damaged: false, unread: log.tail - LOG_HEADER.size });
  log.grow(log.tail + 1000);
  log.flush();
  expect(read(file)).toMatchObject({ sizes: [], damaged: true, unread: log.tail - LOG_HEADER.size });
});

it('a record that its checksums call sound and that means nothing is damage', async () => {
  const { file, log } = await logOf([truncate(1)]);
  log.append(log.encode(RECORD_TYPE.operation, '{"type":"launch"}'));
  expect(read(file)).toMatchObject({ sizes: [1], damaged: true });
});
