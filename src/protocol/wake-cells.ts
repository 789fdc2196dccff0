/**
 * The memory that a machine and its waker share, inside the sandbox only. Shared memory never crosses the sandbox's edge.
 *
 * The machine waits on `WAKE` and reads the other cells; only the waker writes them, but for `INTERRUPT` (the machine clears it)
 * and `LINE_STATE` (the machine takes a line away) and `CREDIT` (the machine spends). Every wait has a timeout and looks at
 * `DEAD`. Python can reach this memory too and can harm only its own session with it: the keeper keeps its own books.
 */

/** Int32 cells at the start of the buffer. */
export const CELL = {
  /** Counts what the waker has written: what `Atomics.wait` waits on. */
  wake: 0,
  /** The call of the run that Stop is for; 0 when there is none. */
  interrupt: 1,
  /** 1 when the keeper will answer no more. */
  dead: 2,
  /** The last operation on stable storage. Sequences stay below 2^31: 2 billion file operations of one sandbox. */
  durable: 3,
  /** Bytes that may still be journalled. */
  credit: 4,
  /** Counts answers to requests for credit, also those that brought nothing. */
  creditAnswers: 5,
  /** 0: none; 1: a line waits in the text area; 2: the end of the input. */
  lineState: 6,
  /** Bytes of the line. */
  lineLength: 7,
  /** Output messages that the page has dealt with. */
  shown: 8,
} as const;

/** Where the line's UTF-8 bytes begin, and how many there may be: a longer answer to `input()` is refused by the page. */
export const LINE_OFFSET = 64;
export const MAX_LINE = 1 << 20;
export const WAKE_BUFFER_SIZE = LINE_OFFSET + MAX_LINE;
