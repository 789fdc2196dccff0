/** The exclusive lock of a session: whoever holds it is the only writer of the session's store. */

import { sessionLock } from '../protocol/keeper';

/** What is needed of `navigator.locks`. */
export interface Locks {
  request<Result>(name: string, options: { mode: 'exclusive' }, callback: (lock: unknown) => Promise<Result>): Promise<Result>;
}

/** How long another holder may keep the lock before it is worth saying so, ms: a reloaded page's worker takes a moment to end. */
const PATIENCE = 1000;

/**
 * Waits for the lock of a session, however long another tab has it. The browser lets go of it when this worker ends.
 * @param onWaiting called once when the lock was not to be had within about a second
 * @returns lets go of the lock
 */
export function acquireSessionLock(locks: Locks, session: string, onWaiting: () => void): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(onWaiting, PATIENCE);
    const granted = () => {
      clearTimeout(timer);
      return new Promise<void>((release) => resolve(release));
    };
    locks.request(sessionLock(session), { mode: 'exclusive' }, granted).catch((error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}
