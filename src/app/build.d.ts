/** Settings of the build: see vite.config.ts. */

/** Where the Python package index has its projects. */
declare const __PACKAGE_INDEX__: string;
/** Hosts beside the index's own that its files come from. */
declare const __PACKAGE_HOSTS__: readonly string[];
