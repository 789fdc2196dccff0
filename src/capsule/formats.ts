/** How the formats call themselves, and the version that is written. */
export const FORMAT = 'dormouse-state';
export const VERSION = 1;
export const CAPSULE_FORMAT = 'dormouse-capsule';
export const CAPSULE_VERSION = 1;
