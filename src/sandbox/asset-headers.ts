/** What the page and the service worker say to each other about files of the app. */

/** A request with this header is for a file that the page checks against the build's list itself: the service worker need not do it, too. */
export const CHECKED_BY_PAGE = 'dormouse-checked-by-page';

/** Of a file that is kept on this device: the SHA-256 that it had when it was kept, in lower-case hex. */
export const KEPT_CHECKSUM = 'dormouse-sha256';
