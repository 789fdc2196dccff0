/** What stands in the worker for `fetch`, which the sandbox's policy refuses: the page fetches, where the person allows it. */
import type { NetworkReply, NetworkRequest } from '../protocol/network';

type Ask = (request: Omit<NetworkRequest, 'call'>) => Promise<NetworkReply>;

/** Statuses of answers that have no body. */
const WITHOUT_BODY = [101, 103, 204, 205, 304];

/** A `fetch` by way of the page. Rejects with a TypeError that says why, as `fetch` does. */
export async function fetchByPage(ask: Ask, input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  // Bodies and headers come in many forms; a Request knows them all.
  const request = new Request(input, init);
  const { url, method, signal } = request;
  const body = method === 'GET' || method === 'HEAD' ? null : await request.arrayBuffer();
  const answer = ask({ type: 'request', url, method, headers: [...request.headers], body: body && body.byteLength > 0 ? body : null });
  const given = new Promise<never>((_, reject) => {
    const giveUp = () => reject(signal.reason);
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
  });
  const { status, statusText, headers, body: content } = await Promise.race([answer, given]);
  const response = new Response(WITHOUT_BODY.includes(status) ? null : content, { status, statusText, headers });
  Object.defineProperty(response, 'url', { value: url });
  return response;
}
