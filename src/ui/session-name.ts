/** What a session is called on the page. */
import { FIRST_SESSION, type SessionEntry } from '../session';
import { strings } from './strings';

/** Its name in the list; of one that nobody has named its id, of the very first one words. */
export function sessionName(entries: readonly SessionEntry[], session: string): string {
  const name = entries.find(({ id }) => id === session)?.name ?? session;
  return name === FIRST_SESSION && session === FIRST_SESSION ? strings.sessions.first : name;
}
