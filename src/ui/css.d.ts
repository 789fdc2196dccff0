/** Style sheets are imported for their effect; the bundler links them. */
declare module '*.css';

/** The address that the bundler gives the file. */
declare module '@wasm-fmt/ruff_fmt/wasm?url' {
  const address: string;
  export default address;
}

/** The text of a style sheet. */
declare module '*.css?inline' {
  const text: string;
  export default text;
}
