/**
 * Codes of the errors that a caller can decide on. One code, one decision:
 * - `damaged`: stored bytes do not match their checksum: show it, never go on as if empty
 * - `invalid`: input from outside (a state file, a message) breaks its format: tell its author
 * - `no-space`: the browser refuses more storage: free some, then try again
 * - `storage`: the store failed otherwise: reopen the session
 * - `closed`: the worker or port at the other end is gone: reopen the session
 * - `unsupported`: this browser or this version cannot do it
 * - `busy`: not now: something else is going on
 */
export type ErrorCode = 'damaged' | 'invalid' | 'no-space' | 'storage' | 'closed' | 'unsupported' | 'busy';

/**
 * The root of every error that Dormouse itself throws. `message` is a sentence for a person: what happened, what was kept,
 * what to do next.
 */
export class DormouseError extends Error {
  override readonly name: string = 'DormouseError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Input from outside that breaks its format. */
export class InvalidInputError extends DormouseError {
  override readonly name = 'InvalidInputError';

  constructor(message: string, options?: ErrorOptions) {
    super('invalid', message, options);
  }
}

/** The store has no room for more. */
export class NoSpaceError extends DormouseError {
  override readonly name = 'NoSpaceError';

  constructor(message: string, options?: ErrorOptions) {
    super('no-space', message, options);
  }
}

/** The store failed: what was acknowledged before is still there, nothing more is accepted until it is opened again. */
export class StorageError extends DormouseError {
  override readonly name = 'StorageError';

  constructor(message: string, options?: ErrorOptions) {
    super('storage', message, options);
  }
}

/** The worker or port at the other end is gone; every pending call ends with this. */
export class ClosedError extends DormouseError {
  override readonly name = 'ClosedError';

  constructor(message: string, options?: ErrorOptions) {
    super('closed', message, options);
  }
}

/** Says whether a value is a DormouseError, by shape: `instanceof` does not hold for errors of another realm. */
export function isDormouseError(value: unknown): value is DormouseError {
  return value instanceof Error && typeof (value as Partial<DormouseError>).code === 'string' && value.name.endsWith('Error');
}

/** Says whether what is stored was found not to be what was written. */
export function isDamage(value: unknown): boolean {
  return isDormouseError(value) && value.code === 'damaged';
}

/** A sentence for anything that was thrown. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message;
  try {
    return String(thrown);
  } catch {
    // `{ toString: 1 }`: hostile code can throw that, too.
    return 'Something was thrown that is no error.';
  }
}

/** For the `default` of a switch over a union: a compile error when a case is missing, a TypeError when the data lied. */
export function unreachable(value: never): never {
  throw new TypeError(`Unexpected value: ${JSON.stringify(value)}`);
}
