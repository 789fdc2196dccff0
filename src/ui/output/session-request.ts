/** How an output, wherever it is shown, gets at the session that it came from. */
import type { Session } from '../../session';

/** Whoever has the session answers: `event.detail(session)`, at once. */
export type SessionRequest = CustomEvent<(session: Session) => void>;

/** Null where nobody answers: in an export, in a look at another tab's session. */
export function requestSession(element: Element): Session | null {
  let found: Session | null = null;
  const detail = (session: Session) => {
    found = session;
  };
  element.dispatchEvent(new CustomEvent('session-request', { detail, bubbles: true, composed: true }) satisfies SessionRequest);
  return found;
}
