/** Fetches bytes whose amount is bounded, from a server that may be slow, lie, or send one elsewhere. */
import { DormouseError, InvalidInputError, messageOf } from '../base/errors';
import { sha256 } from '../base/sha256';

export interface FetchOptions {
  /** For sentences: what is fetched, and where from. */
  what: string;
  host: string;
  /** No more bytes than this. */
  most: number;
  /** Bytes so far, and of all where the server says so. */
  onProgress?(loaded: number, total: number | null): void;
  signal?: AbortSignal;
  /** How long nothing may come, ms. */
  patience?: number;
  /** How long all of it may take, ms. */
  longest?: number;
}

/** A status that means that there is no such thing. */
export class NotThereError extends DormouseError {
  override readonly name = 'NotThereError';
}

const PATIENCE = 20_000;
const LONGEST = 10 * 60_000;

/**
 * The bytes at an address.
 * @throws NotThereError, InvalidInputError, DormouseError `closed` when the server is not reached, refuses or stops, or the signal's reason
 */
export async function fetchBytes(url: string, options: FetchOptions & { accept?: string }): Promise<Uint8Array<ArrayBuffer>> {
  const { what, host, accept } = options;
  const onResponse = ({ status, ok }: Response) => {
    if (status === 404) throw new NotThereError('invalid', `${host} has no ${what}.`);
    if (!ok) throw new DormouseError('closed', `${host} does not send ${what}: it says ${status}.`);
  };
  return (await fetchWhole(url, accept ? { headers: { accept } } : {}, { ...options, onResponse })).bytes;
}

/**
 * An answer with its bytes, whatever its status. Nothing of the person goes along: no cookies, no referrer. A redirection is refused.
 * @throws InvalidInputError, DormouseError `closed` when the server is not reached or stops, or the signal's reason
 */
export async function fetchWhole(
  url: string,
  init: Pick<RequestInit, 'method' | 'headers' | 'body'>,
  options: FetchOptions & { onResponse?(response: Response): void },
): Promise<{ response: Response; bytes: Uint8Array<ArrayBuffer> }> {
  const { what, host, most, onResponse, onProgress, signal, patience = PATIENCE, longest = LONGEST } = options;
  const silence = new AbortController();
  const silent = () => silence.abort(new DormouseError('closed', `${host} has stopped sending ${what}. Try again later.`));
  const whole = setTimeout(() => silence.abort(new DormouseError('closed', `${host} takes too long to send ${what}.`)), longest);
  let timer = setTimeout(silent, patience);
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(silent, patience);
  };
  const ended = AbortSignal.any([silence.signal, ...(signal ? [signal] : [])]);
  try {
    const response = await fetch(url, {
      ...init,
      signal: ended,
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      redirect: 'error',
    });
    heard();
    onResponse?.(response);
    const told = Number(response.headers.get('content-length')) || null;
    const pieces: Uint8Array[] = [];
    let loaded = 0;
    const reader = response.body?.getReader();
    while (reader) {
      const { done, value } = await reader.read();
      if (done) break;
      heard();
      loaded += value.length;
      if (loaded > most) {
        await reader.cancel().catch(() => undefined);
        throw new InvalidInputError(`${host} sends more of ${what} than the ${most.toLocaleString('en-US')} bytes that there should be.`);
      }
      pieces.push(value);
      onProgress?.(loaded, told);
    }
    const bytes = new Uint8Array(loaded);
    let at = 0;
    for (const piece of pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return { response, bytes };
  } catch (cause) {
    if (ended.aborted) throw ended.reason;
    if (cause instanceof DormouseError) throw cause;
    // A TypeError: no network, a refused connection, a redirection, no permission for other origins. Browsers do not tell which.
    throw new DormouseError(
      'closed',
      `${what} could not be loaded from ${host}: it cannot be reached, does not let pages read it (CORS), or sends one elsewhere (${messageOf(cause)}).`,
      {
        cause,
      },
    );
  } finally {
    clearTimeout(timer);
    clearTimeout(whole);
  }
}

/** As `fetchBytes`, of a file that is known: @throws InvalidInputError when it is another */
export async function fetchFile(
  url: string,
  { size, sha256: expected }: { size: number; sha256: string },
  options: Omit<FetchOptions, 'most'>,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await fetchBytes(url, { ...options, most: size });
  const { what, host } = options;
  if (bytes.length !== size)
    throw new InvalidInputError(
      `${host} sends ${bytes.length.toLocaleString('en-US')} bytes of ${what}, not ${size.toLocaleString('en-US')}.`,
    );
  if ((await sha256(bytes)) !== expected)
    throw new InvalidInputError(`What ${host} sends as ${what} is another file: its sha256 is not the one expected.`);
  return bytes;
}
