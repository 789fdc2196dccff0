/** What pages and the service worker say to each other, and the locks by which they know of each other. */

/** The beginning of the names of caches with a version of the app in them; the rest is the version. */
export const APP_CACHE = 'dormouse-app-';

/** The Web Lock that every page of a version holds, shared: what it may still load stays. */
export const versionLock = (version: string) => `dormouse/app/${version}`;

/** The Web Lock that every page holds, shared, while a run goes on or something is not stored yet: no other version takes over then. */
export const BUSY_LOCK = 'dormouse/app/busy';

/** What a page asks. Answered with an OfflineState over the port that comes along, if one does. */
export type OfflineRequest =
  /** Which version it is, and whether all of it is here. */
  | { type: 'state' }
  /** Load what is missing. Answered when that is done, or has failed. */
  | { type: 'fill' }
  /** Serve all pages from now on; the pages of the version before load themselves anew. */
  | { type: 'apply' };

export interface OfflineState {
  version: string;
  /** Whether all of the app is kept here, so that it needs no network. */
  complete: boolean;
}
