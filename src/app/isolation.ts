/** Makes the page cross-origin isolated on servers that send no headers for it, by a service worker and one reload. */
import { registerServiceWorker } from './register';

/** Set while the one reload is under way, so that a page that stays unisolated is not reloaded for ever. */
const RELOADED = 'dormouse-isolation-reload';
/** `ready` never settles where a registration is swallowed in silence (some extensions): the page opens all the same after this, ms. */
const PATIENCE = 3000;

/**
 * Returns true when the page is about to be reloaded: then nothing should be started. False when it is isolated already, or
 * cannot be (no service workers here, or the reload did not help).
 */
export async function isolatePage(): Promise<boolean> {
  if (crossOriginIsolated) {
    sessionStorage.removeItem(RELOADED);
    return false;
  }
  if (!navigator.serviceWorker || !isSecureContext || sessionStorage.getItem(RELOADED) !== null) return false;
  if (!(await registerServiceWorker())) return false;
  const ready = await Promise.race([navigator.serviceWorker.ready, new Promise<null>((resolve) => setTimeout(resolve, PATIENCE, null))]);
  if (!ready) return false;
  sessionStorage.setItem(RELOADED, '1');
  location.reload();
  return true;
}
