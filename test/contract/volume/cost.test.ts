import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkFileOperation, costOf, type FileOperation, MAX_FILE_SIZE, MAX_TARGET } from '../../../src/base/file-operation';
import { openMemoryStore } from '../../../src/volume';
import { Log } from '../../../src/volume/log';
import { RECORD } from '../../../src/volume/log-format';

const inode = fc.oneof(fc.nat(), fc.constant(Number.MAX_SAFE_INTEGER));
// The longest in JSON, such as -1.2345678901234567e-300.
const time = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(-1.7976931348623157e308));
const unit = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom('\u0001'.repeat(255), '"'.repeat(255), '\uffff'.repeat(85), '😀'.repeat(63)),
);
const name = unit.filter((text) => {
  try {
    return checkFileOperation({ type: 'unlink', parent: 1, name: text, time: 0 }) !== null;
  } catch {
    return false;
  }
});
const mode = fc.nat(0o7777);
const size = fc.oneof(fc.nat(), fc.constant(MAX_FILE_SIZE));
// Lone surrogates too: a link's target need not be valid Unicode.
const target = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 50 }),
  fc.constantFrom('\ud800'.repeat(MAX_TARGET), '\u0000'.repeat(MAX_TARGET)),
);

const operation: fc.Arbitrary<FileOperation> = fc.oneof(
  fc.record({
    type: fc.constant('make' as const),
    inode,
    parent: inode,
    name,
    kind: fc.constantFrom('file' as const, 'directory' as const),
    mode,
    time,
  }),
  fc.record({ type: fc.constant('symlink' as const), inode, parent: inode, name, target, time }),
  fc.record({ type: fc.constant('write' as const), inode, offset: fc.nat(), data: fc.uint8Array({ maxLength: 300 }), time }),
  fc.record({ type: fc.constant('truncate' as const), inode, size, time }),
  fc.record({ type: fc.constant('rename' as const), parent: inode, name, newParent: inode, newName: name, time }),
  fc.record({ type: fc.constantFrom('unlink' as const, 'rmdir' as const), parent: inode, name, time }),
  fc.record({ type: fc.constant('setattr' as const), inode, mode, modified: time, accessed: time }),
);

it('a record and the note of a flush after it never take more than costOf says', async () => {
  const file = await openMemoryStore().open('log-00000001');
  const log = Log.create(file, { origin: 'new', generation: 1, replaced: 0, salt: 7n, created: 0 });
  fc.assert(
    fc.property(operation, (value) => {
      expect(log.encodeOperation(value).length + RECORD.size).toBeLessThanOrEqual(costOf(value));
    }),
    { numRuns: 1000 },
  );
});
