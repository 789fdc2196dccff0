/** What a session is called on the page. */
import { FIRST_SESSION, type SessionEntry } from '../session';
import { strings } from './strings';

/** Its name in the list; of one that nobody has named its id, of the very first one words. */
export function sessionName(entries: readonly SessionEntry[], session: string): string {
  const name = entries.find(({ id }) => id === session)?.name ?? session;
  return name === FIRST_SESSION && session === FIRST_SESSION ? strings.sessions.first : name;
}

/** The first name that no session has yet. @param nameOf the name for a number, from 1 */
export function freeName(entries: readonly SessionEntry[], nameOf: (number: number) => string): string {
  const taken = new Set(entries.map(({ name }) => name));
  let number = 1;
  while (taken.has(nameOf(number))) number += 1;
  return nameOf(number);
}
