/** What the build knows of the files that the sandbox is made of; written by scripts/sandbox-programs.ts. */
declare module 'virtual:dormouse-assets' {
  type Asset = import('./broker').Asset;

  const assets: {
    /** The frame's script: its text, and its sha256 in base64 as a content security policy wants it. */
    readonly relay: { readonly source: string; readonly sha256: string };
    /** Classic worker scripts. */
    readonly machine: Asset;
    readonly waker: Asset;
    /** Reads databases, with SQLite's own build. */
    readonly databaseReader: Asset;
    readonly sqlite: Asset;
    /** Pyodide's files by their names, such as `pyodide.asm.wasm`. */
    readonly runtime: Readonly<Record<string, Asset>>;
    /** Names runtime and machine together: what a baseline image is made of. */
    readonly build: string;
  };
  export default assets;
}
