/**
 * Lets the app open and run without a network, one version of it at a time; and adds the headers of cross-origin isolation where the server
 * cannot be told to send them (a bare static host): then Stop interrupts and input() waits there too.
 *
 * A new version waits, whole, until the pages of the one before are gone or ask for it (`apply`): it never takes over by itself.
 */
import { AppFiles, type Build } from './offline/app-files';
import type { OfflineRequest, OfflineState } from './offline/messages';

/** Put in by the build (scripts/offline-files.ts). */
declare const __BUILD__: Build;

const worker = globalThis as unknown as ServiceWorkerGlobalScope;

const files = new AppFiles(__BUILD__, {
  scope: worker.registration.scope,
  caches: worker.caches,
  fetch: (input, init) => worker.fetch(input, init),
  locks: worker.navigator.locks,
});

worker.addEventListener('install', (event) => {
  // The first one is wanted at once, for the headers: a page asks for its files when it has started.
  if (worker.registration.active) event.waitUntil(files.fill());
});

worker.addEventListener('activate', (event) => event.waitUntil(Promise.all([worker.clients.claim(), tidy()])));

worker.addEventListener('fetch', (event) => {
  if (new URL(event.request.url).origin !== worker.location.origin) return;
  event.respondWith(files.respond(event.request, (work) => event.waitUntil(work)).then(isolated));
});

worker.addEventListener('message', (event) => {
  const request = event.data as OfflineRequest;
  const [port] = event.ports;
  const answer = async () => {
    const state: OfflineState = { version: files.version, complete: await files.complete() };
    port?.postMessage(state);
  };
  switch (request.type) {
    case 'state':
      event.waitUntil(answer());
      return;
    case 'fill':
      // What could not be had is asked for again by the next page.
      event.waitUntil(
        files
          .fill()
          .then(tidy)
          .catch((error) => console.warn('Not all of Dormouse could be kept for use without a network.', error))
          .then(answer),
      );
      return;
    case 'apply':
      event.waitUntil(worker.skipWaiting());
      return;
    default:
      request satisfies never;
  }
});

async function tidy(): Promise<void> {
  const { installing, waiting } = worker.registration;
  if (!installing && !waiting) await files.tidy();
}

/** An opaque or failed answer cannot be given headers. */
function isolated(response: Response): Response {
  if (response.status === 0 || response.headers.has('cross-origin-embedder-policy')) return response;
  const headers = new Headers(response.headers);
  headers.set('cross-origin-opener-policy', 'same-origin');
  headers.set('cross-origin-embedder-policy', 'require-corp');
  headers.set('cross-origin-resource-policy', 'same-origin');
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
