import { expect, test } from 'vitest';
import { ClosedError, DormouseError, InvalidInputError, NoSpaceError, StorageError } from '../../../src/base/errors';
import { decodeError, encodeError } from '../../../src/protocol/error-codec';

test.each([
  new InvalidInputError('wrong'),
  new NoSpaceError('full'),
  new StorageError('broken'),
  new ClosedError('gone'),
  new DormouseError('damaged', 'bytes differ'),
  new DormouseError('busy', 'later'),
])('$name ($code) keeps class, code and message across structured clone', (error) => {
  const decoded = decodeError(structuredClone(encodeError(error)));
  expect(decoded).toBeInstanceOf(error.constructor);
  expect(decoded).toMatchObject({ name: error.name, code: error.code, message: error.message });
});

test('other errors keep name and message', () => {
  const decoded = decodeError(structuredClone(encodeError(new RangeError('far'))));
  expect(decoded).toMatchObject({ name: 'RangeError', message: 'far' });
});

test.each([[undefined], [null], ['text'], [42], [{ code: 'invalid' }]])('a thrown %j becomes an error with a message', (thrown) => {
  const decoded = decodeError(structuredClone(encodeError(thrown)));
  expect(decoded).toBeInstanceOf(Error);
  expect(decoded.message).toBe(String(thrown));
});

test('what cannot even be printed becomes an error, too', () => {
  expect(decodeError(structuredClone(encodeError({ toString: 1, valueOf: 1 }))).message).toMatch(/no error/);
});
