/**
 * A folder on a WebDAV server (RFC 4918; Nextcloud and its like) as the other side of a mirror. What is there may be anything: names are checked by the
 * mirror, amounts here. Versions are ETags, and every change names the one that it may replace.
 */
import { DormouseError, InvalidInputError } from '../base/errors';
import { MovedOnError, type SideFile, type TheirSide } from './sides';

export interface WebDavAccount {
  /** The folder's address. */
  url: string;
  user: string;
  /** Only ever in memory: it is sent to the host of `url` and nowhere else. */
  password: string;
}

const MOST_FILES = 20_000;
const MOST_FOLDERS = 2000;
/** One answer, characters. */
const LONGEST_ANSWER = 64 << 20;
/** How long one request may take without a body worth mentioning, ms. */
const PATIENCE = 60_000;
/** Apache calls an ETag weak in the second in which the file was written; a weak one matches nothing (RFC 9110, 13.1.1). */
const WEAK_TIME = 1200;

const PROPERTIES =
  '<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop><resourcetype/><getetag/><getcontentlength/></prop></propfind>';

/** @throws InvalidInputError a sentence, unless it is an address to which a password may be sent */
export function checkAddress(address: string): URL {
  let url: URL;
  try {
    url = new URL(address);
  } catch (cause) {
    throw new InvalidInputError('This is no address. It looks like https://cloud.example.org/remote.php/dav/files/NAME/folder/', { cause });
  }
  if (url.protocol !== 'https:')
    throw new InvalidInputError('The address has to begin with https:// so that nobody between can read along.');
  if (url.username || url.password)
    throw new InvalidInputError('Leave name and password out of the address: they have fields of their own.');
  url.search = '';
  url.hash = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

interface Resource extends SideFile {
  path: string;
  folder: boolean;
}

export class WebDavTarget implements TheirSide {
  readonly #root: URL;
  readonly #authorization: string;
  /** Folders that are known to be there. */
  readonly #folders = new Set<string>();

  /** @throws InvalidInputError as `checkAddress` */
  constructor({ url, user, password }: WebDavAccount) {
    this.#root = checkAddress(url);
    const bytes = new TextEncoder().encode(`${user}:${password}`);
    this.#authorization = `Basic ${btoa(String.fromCharCode(...bytes))}`;
  }

  async list(signal?: AbortSignal): Promise<Map<string, SideFile>> {
    const files = new Map<string, SideFile>();
    const folders = [''];
    this.#folders.clear();
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      this.#folders.add(folder);
      for (const { path, folder: isFolder, size, version } of await this.#properties(folder, '1', signal)) {
        if (path === folder) continue;
        if (!isFolder) files.set(path, { size, version });
        // Not a server that names a folder again and again.
        else if (path.startsWith(folder) && path.length > folder.length && !this.#folders.has(path)) folders.push(path);
        if (files.size > MOST_FILES || this.#folders.size + folders.length > MOST_FOLDERS)
          throw new DormouseError(
            'unsupported',
            'The folder on the server holds more than can be mirrored. Choose one of its own for the session.',
          );
      }
    }
    return files;
  }

  async read(path: string, signal?: AbortSignal): Promise<Blob> {
    const response = await this.#send('GET', path, { signal });
    if (response.status === 404) throw new MovedOnError(`“${path}” is not on the server any more.`);
    await this.#check(response, path);
    return response.blob();
  }

  async write(path: string, content: Blob, expected: string | null, signal?: AbortSignal): Promise<SideFile> {
    await this.#makeFolders(path, signal);
    const response = await this.#guarded('PUT', path, expected, content, signal);
    await this.#check(response, path);
    const etag = plain(response.headers.get('etag'));
    if (etag) return { size: content.size, version: etag };
    const [seen] = await this.#properties(path, '0', signal);
    if (!seen || seen.size !== content.size) throw new MovedOnError(`“${path}” has changed on the server.`);
    return { size: seen.size, version: seen.version };
  }

  async remove(path: string, expected: string, signal?: AbortSignal): Promise<void> {
    const response = await this.#guarded('DELETE', path, expected, null, signal);
    if (response.status !== 404) await this.#check(response, path);
  }

  /** A request that only counts while the file is as expected. */
  async #guarded(method: string, path: string, expected: string | null, body: Blob | null, signal?: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = expected === null ? { 'If-None-Match': '*' } : { 'If-Match': `"${expected}"` };
    const response = await this.#send(method, path, { headers, body, signal });
    if (response.status !== 412) return response;
    if (expected !== null) {
      const [seen] = await this.#properties(path, '0', signal).catch(() => []);
      if (seen?.version === expected) {
        await new Promise((resolve) => setTimeout(resolve, WEAK_TIME));
        const again = await this.#send(method, path, { headers, body, signal });
        if (again.status !== 412) return again;
      }
    }
    throw new MovedOnError(`“${path}” has changed on the server.`);
  }

  async #makeFolders(path: string, signal?: AbortSignal): Promise<void> {
    const segments = path.split('/').slice(0, -1);
    for (let count = 1; count <= segments.length; count++) {
      const folder = `${segments.slice(0, count).join('/')}/`;
      if (this.#folders.has(folder)) continue;
      const response = await this.#send('MKCOL', folder, { signal });
      // 405: it is there.
      if (response.status !== 405) await this.#check(response, folder);
      this.#folders.add(folder);
    }
  }

  /** What the server says of a resource (depth 0) and of those in it (depth 1). */
  async #properties(path: string, depth: '0' | '1', signal?: AbortSignal): Promise<Resource[]> {
    const headers = { Depth: depth, 'Content-Type': 'application/xml' };
    const response = await this.#send('PROPFIND', path, { headers, body: PROPERTIES, signal });
    if (response.status === 404)
      throw new DormouseError('closed', `There is no folder at ${this.#root.href}${path}. Make it on the server first.`);
    await this.#check(response, path);
    const text = await response.text();
    if (response.status !== 207 || text.length > LONGEST_ANSWER) throw notWebDav(this.#root);
    const answer = new DOMParser().parseFromString(text, 'application/xml');
    if (answer.documentElement.localName !== 'multistatus') throw notWebDav(this.#root);
    return Array.from(answer.getElementsByTagNameNS('DAV:', 'response'), (element) => this.#resource(element)).filter(
      (found) => found !== null,
    );
  }

  /** Null for what is not below the folder. */
  #resource(element: Element): Resource | null {
    const first = (name: string) => element.getElementsByTagNameNS('DAV:', name)[0];
    const href = first('href')?.textContent?.trim() ?? '';
    let path: string;
    try {
      const url = new URL(href, this.#root);
      const [base, there] = [decodeURIComponent(this.#root.pathname), decodeURIComponent(url.pathname)];
      if (url.host !== this.#root.host || !there.startsWith(base)) return null;
      path = there.slice(base.length);
    } catch {
      return null;
    }
    if (first('collection')) return { path: path === '' || path.endsWith('/') ? path : `${path}/`, folder: true, size: 0, version: '' };
    const size = Number(first('getcontentlength')?.textContent ?? Number.NaN);
    const version = plain(first('getetag')?.textContent ?? null);
    if (!version || !Number.isSafeInteger(size) || size < 0) {
      throw new DormouseError(
        'unsupported',
        `${this.#root.host} does not say versions (ETags) of its files, so nothing could be kept from being overwritten. It cannot be mirrored to.`,
      );
    }
    return { path, folder: false, size, version };
  }

  async #send(
    method: string,
    path: string,
    { headers, body, signal }: { headers?: Record<string, string>; body?: Blob | string | null; signal?: AbortSignal | undefined },
  ): Promise<Response> {
    const url = new URL(path.split('/').map(encodeURIComponent).join('/'), this.#root);
    const large = body instanceof Blob || method === 'GET';
    const signals = [...(signal ? [signal] : []), ...(large ? [] : [AbortSignal.timeout(PATIENCE)])];
    try {
      return await fetch(url, {
        method,
        headers: { ...headers, Authorization: this.#authorization },
        body: body ?? null,
        credentials: 'omit',
        // The password goes to the host that the person named.
        redirect: 'error',
        cache: 'no-store',
        referrerPolicy: 'no-referrer',
        signal: AbortSignal.any(signals),
      });
    } catch (cause) {
      signal?.throwIfAborted();
      throw new DormouseError(
        'closed',
        `${this.#root.host} cannot be reached: it is off, this device is offline, or the server does not let this page in (CORS). Nothing is lost; what has changed goes there the next time.`,
        { cause },
      );
    }
  }

  async #check(response: Response, path: string): Promise<void> {
    const { status } = response;
    if (response.ok) return;
    if (status === 401) throw new DormouseError('closed', `${this.#root.host} does not take this name and password.`);
    if (status === 507 || status === 413) throw new DormouseError('no-space', `${this.#root.host} has no room for “${path}”.`);
    if (status === 423) throw new DormouseError('busy', `“${path}” is locked on the server: somebody works on it.`);
    if (status === 405 || status === 501) throw notWebDav(this.#root);
    throw new DormouseError('storage', `${this.#root.host} answers ${status} for “${path}”.`);
  }
}

const notWebDav = ({ host }: URL) =>
  new DormouseError('unsupported', `${host} does not answer as a WebDAV folder does. Is the address that of the folder?`);

/** An ETag without its quotes and its mark of weakness; null when there is none. */
function plain(etag: string | null): string | null {
  return /^(?:W\/)?"([^"]+)"$/.exec(etag?.trim() ?? '')?.[1]?.replace(/-gzip$/, '') ?? null;
}
