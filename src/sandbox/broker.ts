/** Answers what a sandbox asks for: files of the runtime by name, baseline images, packages, what allowed hosts answer, and nothing else. */
import { messageOf, StorageError } from '../base/errors';
import { sha256 } from '../base/sha256';
import type { BaselineReply, BaselineRequest } from '../protocol/image';
import type { AssetReply, AssetRequest } from '../protocol/machine';
import type { NetworkAnswer, NetworkDesk, NetworkReply, NetworkRequest } from '../protocol/network';
import type { PackageAnswer, PackageDesk, PackageReply, PackageRequest } from '../protocol/packages';
import { CHECKED_BY_PAGE, KEPT_CHECKSUM } from './asset-headers';
import type { BaselineDesk } from './baseline-desk';

/** A file that is served with the app, as the build wrote it down. */
export interface Asset {
  /** Relative to the page. */
  url: string;
  /** Lower-case hex. */
  sha256: string;
  bytes: number;
}

/**
 * Fetches an asset and checks it, reporting progress in bytes.
 * @throws StorageError when it cannot be had or is not what the build made
 */
export async function fetchAsset(asset: Asset, onProgress?: (loaded: number) => void): Promise<ArrayBuffer> {
  // What is kept on this device may be spoilt: then the server is asked.
  for (const cache of ['default', 'reload'] as const) {
    const bytes = await load(asset, cache, onProgress);
    if (bytes.byteLength === asset.bytes && (await sha256(bytes)) === asset.sha256) return bytes;
  }
  throw new StorageError(
    `${nameOf(asset)} is not the file that this version of Dormouse was built with. Reload the page to get a matching set.`,
  );
}

const nameOf = ({ url }: Asset) => url.split('/').at(-1);

/** Its bytes as they come; none when there are more or fewer than there should be. */
async function load(asset: Asset, cache: RequestCache, onProgress?: (loaded: number) => void): Promise<ArrayBuffer> {
  let response: Response;
  try {
    response = await fetch(asset.url, { cache, headers: { [CHECKED_BY_PAGE]: '1' } });
  } catch (cause) {
    throw new StorageError(`${nameOf(asset)} could not be loaded: the server of this page does not answer. Reload to try again.`, {
      cause,
    });
  }
  if (!response.ok || !response.body) throw new StorageError(`${nameOf(asset)} could not be loaded: the server says ${response.status}.`);
  if (response.headers.has(KEPT_CHECKSUM)) {
    // From this device it comes at once: nobody has to see it come.
    const bytes = await response.arrayBuffer();
    onProgress?.(bytes.byteLength);
    return bytes;
  }
  const bytes = new Uint8Array(asset.bytes);
  let loaded = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (loaded + value.length <= bytes.length) bytes.set(value, loaded);
    loaded += value.length;
    onProgress?.(loaded);
  }
  return loaded === bytes.length ? bytes.buffer : new ArrayBuffer(0);
}

const PACKAGE_REQUESTS: readonly unknown[] = ['packages', 'wheel', 'index', 'mounted', 'unmounted'] satisfies PackageRequest['type'][];

const isPackageRequest = (data: { type?: unknown } | null): data is PackageRequest => PACKAGE_REQUESTS.includes(data?.type);

/** How often a sandbox gets each file: a machine starts an instance a few times at most, and each answer is a copy in the page's memory. */
const MOST_COPIES = 16;

const MEDIA_TYPES: Record<string, string> = { wasm: 'application/wasm', json: 'application/json' };

/** Serves one sandbox over one port until the port is closed. Unknown names and malformed requests get a refusal. */
export class Broker {
  readonly #assets: ReadonlyMap<string, Promise<ArrayBuffer>>;
  readonly #baselines: BaselineDesk;
  readonly #packages: PackageDesk;
  readonly #network: NetworkDesk;
  /** By name. */
  readonly #copies = new Map<string, number>();

  /** @param assets by the name that the sandbox asks for; each is handed out as a copy */
  constructor(assets: ReadonlyMap<string, Promise<ArrayBuffer>>, baselines: BaselineDesk, packages: PackageDesk, network: NetworkDesk) {
    this.#assets = assets;
    this.#baselines = baselines;
    this.#packages = packages;
    this.#network = network;
  }

  serve(port: MessagePort): void {
    port.onmessage = async ({ data }: MessageEvent<Partial<AssetRequest> | BaselineRequest | PackageRequest | NetworkRequest | null>) => {
      const call = typeof data?.call === 'number' ? data.call : 0;
      const reply = (answer: AssetReply | BaselineReply | PackageReply | NetworkReply) => port.postMessage(answer);
      if (data?.type === 'baseline' || data?.type === 'offer-baseline') {
        reply(await this.#baselines.answer({ ...data, call }));
        return;
      }
      if (isPackageRequest(data) || data?.type === 'request') {
        let answer: PackageAnswer | NetworkAnswer;
        try {
          answer = await (data.type === 'request' ? this.#network.respond(data as NetworkRequest) : this.#packages.respond(data));
        } catch (error) {
          reply({ type: 'refused', call, message: messageOf(error) });
          return;
        }
        reply({ ...answer, call });
        return;
      }
      const name = typeof data?.name === 'string' ? data.name : '';
      const asset = this.#assets.get(name);
      if (!asset) {
        reply({ type: 'refused', call, message: `There is no file of that name: ${name.slice(0, 200)}` });
        return;
      }
      const copies = (this.#copies.get(name) ?? 0) + 1;
      this.#copies.set(name, copies);
      if (copies > MOST_COPIES) {
        reply({ type: 'refused', call, message: `This sandbox has had ${name} ${MOST_COPIES} times.` });
        return;
      }
      try {
        const bytes = await asset;
        const extension = name.split('.').at(-1) ?? '';
        reply({ type: 'asset', call, bytes, mediaType: MEDIA_TYPES[extension] ?? 'application/octet-stream' });
      } catch (error) {
        reply({ type: 'refused', call, message: messageOf(error) });
      }
    };
  }
}
