/**
 * What tabs that want the same session say to each other, over the BroadcastChannel of the session. Nobody is forced: the lock
 * goes over only when its owner lets go of it.
 */

export const takeOverChannel = (session: string) => `dormouse/session/${session}`;

/** How long the owner may take to answer, and then to let go, ms. A request that is older is answered no more. */
export const TAKE_OVER_PATIENCE = 5000;

export type TakeOverMessage =
  /**
   * A tab that waits for the session wants it. `from` names the tab; `stopRun`: also when that ends a run. Other tabs that wait
   * step back behind this one. `at` is milliseconds since 1970.
   */
  | { type: 'request'; from: string; stopRun: boolean; at: number }
  /** The owner has begun to let go. */
  | { type: 'yielding'; to: string }
  /** A run goes on at the owner's, and the request did not allow to stop it. */
  | { type: 'running'; to: string };
