/** What an address offers to open beside a session that is here: `#/capsule/TEXT`, and `#/open?url=ADDRESS&sha256=HEX`. */
import { capsuleFromLink, capsuleToLink, LINK_LIMITS } from '../base/capsule-link';
import { DormouseError, InvalidInputError } from '../base/errors';
import { sha256 } from '../base/sha256';
import type { ChosenFile } from '../protocol/catalogue';
import { fetchBytes } from './download';

export type Offer =
  /** A capsule that the address itself holds. */
  | { kind: 'capsule'; text: string }
  /** A file on a server. `sha256`: lower-case hex of the one file that is meant, null for any. */
  | { kind: 'file'; url: URL; sha256: string | null }
  /** A sentence: it is none of the two. */
  | { kind: 'wrong'; message: string };

const CAPSULE = '#/capsule/';
const FILE = '#/open?';
/** No more bytes are taken from a server. */
const LARGEST_FILE = 256_000_000;
/** How long all of it may take, ms. */
const LONGEST = 30 * 60_000;

/** @param page the page's own address, from where a relative one goes; null when the hash offers nothing */
export function offerIn(hash: string, page: string): Offer | null {
  if (hash.startsWith(CAPSULE)) return { kind: 'capsule', text: hash.slice(CAPSULE.length) };
  if (!hash.startsWith(FILE)) return null;
  const asked = new URLSearchParams(hash.slice(FILE.length));
  try {
    return { kind: 'file', url: checkedAddress(asked.get('url'), page), sha256: checkedSum(asked.get('sha256')) };
  } catch (error) {
    if (error instanceof InvalidInputError) return { kind: 'wrong', message: error.message };
    throw error;
  }
}

/** The address of a page that offers a capsule; null when the capsule is too long for one. */
export async function addressOfCapsule(capsule: Blob, page: string): Promise<string | null> {
  const text = capsule.size > LINK_LIMITS.capsule ? null : await capsuleToLink(capsule);
  return text && `${page.replace(/#.*/s, '')}${CAPSULE}${text}`;
}

/** @throws InvalidInputError, DormouseError `unsupported` */
export async function capsuleOffered(text: string): Promise<ChosenFile> {
  return { path: 'session.dormouse', file: await capsuleFromLink(text), modified: Date.now() };
}

/**
 * Loads the file that an address names. Nothing of the person goes along, and its server is the only one that hears of it.
 * @throws Error with a sentence: not reached, not allowed, too large, another file than meant; or the signal's reason
 */
export async function fileOffered(
  { url, sha256: expected }: Extract<Offer, { kind: 'file' }>,
  options: { signal?: AbortSignal; onProgress?(done: number, total: number | null): void } = {},
): Promise<ChosenFile> {
  const bytes = await fetchBytes(url.href, {
    what: `“${nameOf(url)}”`,
    host: url.host,
    most: LARGEST_FILE,
    longest: LONGEST,
    ...options,
  }).catch((error: unknown) => {
    // Browsers tell no page which of these it was.
    if (!(error instanceof DormouseError && error.cause instanceof TypeError)) throw error;
    throw new DormouseError(
      'closed',
      `${url.host} does not give “${nameOf(url)}” to pages of other sites, or cannot be reached, or sends one elsewhere. Download it from there yourself, then open it here with “Open a file as a session…”.`,
      { cause: error },
    );
  });
  if (expected !== null && (await sha256(bytes)) !== expected)
    throw new InvalidInputError(
      `${url.host} sends another file than the one that the link means: its sha256 is not ${expected}. It was not opened.`,
    );
  return { path: nameOf(url), file: new Blob([bytes]), modified: Date.now() };
}

/** @throws InvalidInputError */
function checkedAddress(text: string | null, page: string): URL {
  const here = new URL(page);
  const url = text !== null && text !== '' && URL.canParse(text, here) ? new URL(text, here) : null;
  if (!url) throw new InvalidInputError('This link names no file to open: it needs “url=” and a web address.');
  // `blob:` addresses have an origin, too.
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && url.origin === here.origin))
    throw new InvalidInputError('This link names a file that cannot be loaded safely: its address has to begin with “https://”.');
  if (url.username !== '' || url.password !== '')
    throw new InvalidInputError('This link names a file by an address with a password in it, which is not used.');
  return url;
}

/** @throws InvalidInputError */
function checkedSum(text: string | null): string | null {
  if (text === null) return null;
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new InvalidInputError('The sha256 in this link is none: it has to be 64 hexadecimal digits.');
  return text.toLowerCase();
}

function nameOf({ pathname }: URL): string {
  let name = pathname.slice(pathname.lastIndexOf('/') + 1);
  try {
    name = decodeURIComponent(name);
  } catch {
    // Then it is called what it is called there.
  }
  return name.replace(/[/\\]/g, ' ').trim() || 'file';
}
