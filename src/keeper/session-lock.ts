/**
 * The locks of a session: whoever holds the exclusive one is the only writer of its store; whoever reads it without that one holds
 * the readers' one, shared.
 */

import { readersLock, sessionLock } from '../protocol/keeper';

/** What is needed of `navigator.locks`. With `ifAvailable` the callback gets null at once when the lock is not to be had. */
export interface Locks {
  request<Result>(
    name: string,
    options: { mode: 'exclusive' | 'shared'; ifAvailable?: boolean },
    callback: (lock: unknown) => Promise<Result>,
  ): Promise<Result>;
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

/** Whether somebody reads a session without owning it. */
export function hasReaders(locks: Locks, session: string): Promise<boolean> {
  return locks.request(readersLock(session), { mode: 'exclusive', ifAvailable: true }, async (lock) => lock === null);
}

/** Announces that a session is being read; returns what takes that back. */
export function announceReader(locks: Locks, session: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    locks.request(readersLock(session), { mode: 'shared' }, () => new Promise<void>((release) => resolve(release))).catch(reject);
  });
}
