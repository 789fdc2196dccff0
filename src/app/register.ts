/** Registers the service worker. */

/** Null where the browser's settings or an extension refuse it, or the file is not served: everything works without, but offline and waiting. */
export async function registerServiceWorker(): Promise<ServiceWorkerRegistration | null> {
  try {
    // Some that block service workers answer with nothing instead of an error.
    return (await navigator.serviceWorker.register('./service-worker.js', { updateViaCache: 'none' })) ?? null;
  } catch {
    return null;
  }
}
