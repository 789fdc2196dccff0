/** The sandbox's questions to the page: it has no network and no storage, so all that it gets from elsewhere comes from the broker. */
import type { BaselineReply, BaselineRequest } from '../protocol/image';
import type { AssetReply, AssetRequest } from '../protocol/machine';
import type { NetworkReply, NetworkRequest } from '../protocol/network';
import type { PackageAnswer, PackageReply, PackageRequest } from '../protocol/packages';
import { fetchByPage } from './network';
import type { PackageSource } from './packages/packages';
import type { BaselineSource } from './start';

/** Where Pyodide believes its files to be. `.invalid` resolves nowhere (RFC 2606). */
export const ASSET_BASE = 'https://broker.invalid/';

type Reply = AssetReply | BaselineReply | PackageReply | NetworkReply;
type Request = AssetRequest | BaselineRequest | PackageRequest | NetworkRequest;
type WithoutCall<Message> = Message extends unknown ? Omit<Message, 'call'> : never;

export class Broker {
  readonly #port: MessagePort;
  readonly #pending = new Map<number, (reply: Reply) => void>();
  /** Files that were asked for before anybody wanted them. */
  readonly #ahead = new Map<string, Promise<Reply>>();
  #calls = 0;

  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<Reply>) => {
      const settle = this.#pending.get(data.call);
      this.#pending.delete(data.call);
      settle?.(data);
    };
  }

  /** Asks for files of the runtime that will be wanted: who wants one first gets what has come by then. */
  askAhead(names: readonly string[]): void {
    for (const name of names) this.#ahead.set(name, this.#ask({ type: 'asset', name }));
  }

  /** A file of the runtime. @throws TypeError when it cannot be had */
  async file(name: string): Promise<Pick<Extract<AssetReply, { type: 'asset' }>, 'bytes' | 'mediaType'>> {
    const asked = this.#ahead.get(name);
    this.#ahead.delete(name);
    const reply = await (asked ?? this.#ask({ type: 'asset', name }));
    if (reply.type === 'asset') return reply;
    throw new TypeError(reply.type === 'refused' ? reply.message : 'The page answered something else.');
  }

  /** A `fetch` that asks the page for everything: what is below `ASSET_BASE` by its name, other addresses where the person allows it. */
  get fetch(): typeof fetch {
    return async (input, init) => {
      const url = input instanceof globalThis.Request ? input.url : String(input);
      if (!url.startsWith(ASSET_BASE)) return fetchByPage((request) => this.#askNetwork(request), input, init);
      const { bytes, mediaType } = await this.file(url.slice(ASSET_BASE.length));
      return new Response(bytes, { headers: { 'content-type': mediaType } });
    };
  }

  /** The page's baselines. */
  get baselines(): BaselineSource {
    return {
      find: async (sha256) => {
        const reply = await this.#ask({ type: 'baseline', sha256 });
        if (reply.type !== 'baseline') return null;
        if (reply.problem !== null) throw new Error(reply.problem);
        if (!reply.bytes || reply.sha256 === null) return null;
        return { bytes: reply.bytes, sha256: reply.sha256 };
      },
      offer: async (bytes) => {
        const reply = await this.#ask({ type: 'offer-baseline', bytes: bytes.buffer }, [bytes.buffer]);
        return reply.type === 'baseline' ? reply.sha256 : null;
      },
    };
  }

  /** The page's packages. */
  get packages(): PackageSource {
    const ask = async <Type extends PackageAnswer['type']>(
      request: WithoutCall<PackageRequest>,
      type: Type,
    ): Promise<Extract<PackageReply, { type: Type }>> => {
      const reply = await this.#ask(request);
      if (reply.type === type) return reply as Extract<PackageReply, { type: Type }>;
      throw new Error(reply.type === 'refused' ? reply.message : 'The page answered something else.');
    };
    return {
      known: () => ask({ type: 'packages' }, 'packages'),
      wheel: async (sha256) => (await ask({ type: 'wheel', sha256 }, 'wheel')).bytes,
      index: async (name) => (await ask({ type: 'index', name }, 'index')).files,
      mounted: async (sha256s) => {
        await ask({ type: 'mounted', sha256s }, 'done');
      },
      unmounted: async (names) => {
        await ask({ type: 'unmounted', names }, 'done');
      },
    };
  }

  async #askNetwork(request: WithoutCall<NetworkRequest>): Promise<NetworkReply> {
    const reply = await this.#ask(request, request.body ? [request.body] : []);
    if (reply.type === 'response') return reply;
    throw new TypeError(reply.type === 'refused' ? reply.message : 'The page answered something else.');
  }

  #ask(request: WithoutCall<Request>, transfer: Transferable[] = []): Promise<Reply> {
    return new Promise((resolve) => {
      const call = ++this.#calls;
      this.#pending.set(call, resolve);
      this.#port.postMessage({ ...request, call } satisfies Request, transfer);
    });
  }
}
