import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkFileOperation, costOf, type FileOperation, MAX_FILE_SIZE, MAX_TARGET } from '../../../src/base/file-operation';
import { ByteReader } from '../../../src/volume/bytes';
import { recordLength } from '../../../src/volume/format';
import { decodeOperation, encodeOperation } from '../../../src/volume/operation-codec';

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
  fc.record({
    type: fc.constant('write' as const),
    inode,
    offset: fc.nat(MAX_FILE_SIZE - 300),
    data: fc.uint8Array({ maxLength: 300 }),
    time,
  }),
  fc.record({ type: fc.constant('truncate' as const), inode, size, time }),
  fc.record({ type: fc.constant('rename' as const), parent: inode, name, newParent: inode, newName: name, time }),
  fc.record({ type: fc.constantFrom('unlink' as const, 'rmdir' as const), parent: inode, name, time }),
  fc.record({ type: fc.constant('setattr' as const), inode, mode, modified: time, accessed: time }, { requiredKeys: ['type', 'inode'] }),
);

it('an operation is read back as it was written', () => {
  fc.assert(
    fc.property(operation, fc.boolean(), (value, staged) => {
      const data = value.type === 'write' ? value.data : new Uint8Array(0);
      const written = { type: 'file' as const, staged, operation: checkFileOperation(value) };
      expect(decodeOperation(new ByteReader(encodeOperation(written)), data)).toEqual(written);
    }),
    { numRuns: 1000 },
  );
});

it('a record and the note of a flush after it never take more than costOf says', () => {
  const data = fc.nat(40).map((pieces) => new Uint8Array(pieces * 65_536 + (pieces % 3)));
  const large = fc.record({ type: fc.constant('write' as const), inode, offset: fc.nat(), data, time });
  fc.assert(
    fc.property(fc.oneof({ weight: 9, arbitrary: operation }, { weight: 1, arbitrary: large }), (value) => {
      const length = value.type === 'write' ? value.data.length : 0;
      const meta = encodeOperation({ type: 'file', staged: false, operation: value });
      expect(recordLength(meta.length, length) + recordLength(8, 0)).toBeLessThanOrEqual(costOf(value));
    }),
    { numRuns: 1000 },
  );
});
