/** Addresses: `#/s/<id>` is a session, `#/` the start page. */
import { isSessionId } from '../session';

const PREFIX = '#/s/';

/** The start page. */
export const START = '#/';

export const addressOf = (session: string) => `${PREFIX}${session}`;

/** The session that a hash names; null when it names none. */
export function sessionAt(hash: string): string | null {
  const id = hash.startsWith(PREFIX) ? hash.slice(PREFIX.length) : null;
  return isSessionId(id) ? id : null;
}
