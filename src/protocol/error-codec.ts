/** Carries an error, or any other thrown value, across a port and back: structured clone keeps neither class nor code. */
import {
  ClosedError,
  DormouseError,
  type ErrorCode,
  InvalidInputError,
  isDormouseError,
  messageOf,
  NoSpaceError,
  StorageError,
} from '../base/errors';

export interface EncodedError {
  name: string;
  message: string;
  code: ErrorCode | null;
  stack: string | null;
}

/** Turns what was thrown into plain data; never throws itself. */
export function encodeError(thrown: unknown): EncodedError {
  const error = thrown instanceof Error ? thrown : null;
  return {
    name: error?.name ?? 'Error',
    message: messageOf(thrown),
    code: isDormouseError(thrown) ? thrown.code : null,
    stack: error?.stack ?? null,
  };
}

/** The reverse of `encodeError`: an error of the same class, code and message; its cause carries the remote stack. */
export function decodeError({ name, message, code, stack }: EncodedError): Error {
  const options = stack === null ? undefined : { cause: stack };
  switch (code) {
    case null: {
      const error = new Error(message, options);
      error.name = name;
      return error;
    }
    case 'invalid':
      return new InvalidInputError(message, options);
    case 'no-space':
      return new NoSpaceError(message, options);
    case 'storage':
      return new StorageError(message, options);
    case 'closed':
      return new ClosedError(message, options);
    default:
      return new DormouseError(code, message, options);
  }
}
