/**
 * A capsule as text that fits into the fragment of an address, which no browser sends to a server: `1.` and the capsule, deflated as a
 * whole, in base64url without padding. See docs/capsule.md.
 */
import { base64Text, bytesOfBase64Text } from './base64';
import { DormouseError, InvalidInputError } from './errors';
import { inflate } from './inflate';

export const LINK_LIMITS = {
  /** Characters of a link's text that is made: longer ones are cut off by too many programs that pass them on. */
  made: 30_000,
  /** Characters of a text that is read: what browsers take. */
  read: 2_000_000,
  /** Bytes of the capsule, unpacked. */
  capsule: 16_000_000,
} as const;

const VERSION = '1';

/** @returns null when it is too long for a link */
export async function capsuleToLink(capsule: Blob): Promise<string | null> {
  if (capsule.size > LINK_LIMITS.capsule) return null;
  const packed = await new Response(capsule.stream().pipeThrough(new CompressionStream('deflate-raw'))).arrayBuffer();
  const text = base64Text(new Uint8Array(packed));
  const link = `${VERSION}.${text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`;
  return link.length > LINK_LIMITS.made ? null : link;
}

/**
 * The capsule in a link's text. Nothing is known of it then but its size.
 * @throws InvalidInputError a sentence that says what is wrong, DormouseError `unsupported` for a later version's
 */
export async function capsuleFromLink(text: string): Promise<Blob> {
  const [, version, body] = /^(\d{1,9})\.([\w-]+)$/.exec(text) ?? [];
  if (version === undefined || body === undefined) throw new InvalidInputError(`${BROKEN} Ask for it again, or for the capsule as a file.`);
  if (version !== VERSION)
    throw new DormouseError(
      'unsupported',
      `This link was made by another version of Dormouse (form ${version}). Reload the page, or ask for the capsule as a file.`,
    );
  if (text.length > LINK_LIMITS.read) throw new InvalidInputError('This link is too long to be read: ask for the capsule as a file.');
  const damaged = (cause: unknown) => new InvalidInputError(`${BROKEN} Perhaps a program on the way has cut it off.`, { cause });
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const piece of inflate(bytesOfLink(body, damaged), damaged)) {
    size += piece.length;
    if (size > LINK_LIMITS.capsule)
      throw new InvalidInputError(
        `What this link unpacks to is larger than ${(LINK_LIMITS.capsule / 1e6).toLocaleString('en-US')} MB: it was not made by Dormouse.`,
      );
    pieces.push(piece);
  }
  return new Blob(pieces);
}

const BROKEN = 'This link is not complete.';

async function* bytesOfLink(body: string, damaged: (cause: unknown) => Error): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const padded = body.replaceAll('-', '+').replaceAll('_', '/') + '='.repeat((4 - (body.length % 4)) % 4);
  try {
    yield bytesOfBase64Text(padded);
  } catch (cause) {
    throw damaged(cause);
  }
}
