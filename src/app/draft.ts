/**
 * What was typed in the last moment of a page. A page that ends, or is put away, cannot wait for its keeper, so it leaves this in the tab's own
 * storage (sessionStorage), which is written at once; the next page of the tab takes it up.
 */
import type { Draft } from '../session';

const KEY = 'dormouse/draft';

/** Leaves it, or (null) takes back what was left. One that is too large for the browser is not left. */
export function leaveDraft(session: string, draft: Draft | null): void {
  try {
    if (draft) sessionStorage.setItem(KEY, JSON.stringify({ session, ...draft }));
    else sessionStorage.removeItem(KEY);
  } catch {
    // Neither does the browser then.
  }
}

/** What was left of a session, once; null when nothing was. */
export function takeDraft(session: string): Draft | null {
  try {
    const left = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as ({ session: unknown } & Partial<Draft>) | null;
    if (left?.session !== session) return null;
    sessionStorage.removeItem(KEY);
    const { code, base } = left;
    return typeof code === 'string' && (typeof base === 'string' || base === null) ? { code, base } : null;
  } catch {
    return null;
  }
}
