/** `fetch` of the sandbox: it has no network, so each request below one address becomes a question to the broker. */
import type { AssetReply, AssetRequest } from '../protocol/machine';

/** Where Pyodide believes its files to be. `.invalid` resolves nowhere (RFC 2606). */
export const ASSET_BASE = 'https://broker.invalid/';

/** A `fetch` that answers requests below `ASSET_BASE` from the broker and refuses all others with a TypeError. */
export function assetFetch(broker: MessagePort): typeof fetch {
  const pending = new Map<number, { resolve(response: Response): void; reject(error: Error): void }>();
  let calls = 0;
  broker.onmessage = ({ data }: MessageEvent<AssetReply>) => {
    const caller = pending.get(data.call);
    pending.delete(data.call);
    if (data.type === 'asset') caller?.resolve(new Response(data.bytes, { headers: { 'content-type': data.mediaType } }));
    else caller?.reject(new TypeError(data.message));
  };
  return (input) =>
    new Promise((resolve, reject) => {
      const url = input instanceof Request ? input.url : String(input);
      if (!url.startsWith(ASSET_BASE)) {
        reject(new TypeError(`Python in Dormouse has no network: ${url} was not fetched.`));
        return;
      }
      const request: AssetRequest = { type: 'asset', call: ++calls, name: url.slice(ASSET_BASE.length) };
      pending.set(request.call, { resolve, reject });
      broker.postMessage(request);
    });
}
