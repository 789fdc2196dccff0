import { DormouseError } from './errors';

/**
 * SHA-256 as lower-case hex.
 * @throws DormouseError `unsupported` where the page has no secure context, and so neither this nor lasting storage
 */
export async function sha256(bytes: Uint8Array<ArrayBuffer> | ArrayBuffer): Promise<string> {
  if (!globalThis.crypto?.subtle) {
    throw new DormouseError(
      'unsupported',
      'Dormouse has to be opened over https or on localhost: browsers allow nothing that it needs elsewhere.',
    );
  }
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
