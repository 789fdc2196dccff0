/**
 * Adds the headers of cross-origin isolation where the server cannot be told to send them (a bare static host): then Stop
 * interrupts and input() waits there too. It stores nothing and answers nothing by itself.
 */
export {};

const worker = globalThis as unknown as ServiceWorkerGlobalScope;

worker.addEventListener('install', () => worker.skipWaiting());
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener('fetch', (event) => {
  const { request } = event;
  if (new URL(request.url).origin !== worker.location.origin) return;
  event.respondWith(
    (async () => {
      const response = await fetch(request);
      // An opaque or failed answer cannot be given headers.
      if (response.status === 0 || response.headers.has('cross-origin-embedder-policy')) return response;
      const headers = new Headers(response.headers);
      headers.set('cross-origin-opener-policy', 'same-origin');
      headers.set('cross-origin-embedder-policy', 'require-corp');
      headers.set('cross-origin-resource-policy', 'same-origin');
      return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
    })(),
  );
});
