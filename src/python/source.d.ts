/** A Python module as text. */
declare module '*.py?raw' {
  const source: string;
  export default source;
}
