/** Written by scripts/pdf-data.ts. */
declare module 'virtual:dormouse-pdf-data' {
  /** The address of a zip file: decoders, maps of characters and fonts by their names, such as `openjpeg.wasm`. */
  const url: string;
  export default url;
}
