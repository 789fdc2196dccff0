/** The main module, compiled before Pyodide asks for it. */

/**
 * Has what `start` does use a main module that is being compiled already. In a worker Pyodide gives the answer to its `fetch` of the main
 * module to WebAssembly.instantiateStreaming, and asks for it only when everything else is set up.
 * @param url of the main module, as Pyodide makes it
 */
export async function withMainModule<Result>(
  url: string,
  compiling: Promise<WebAssembly.Module>,
  start: () => Promise<Result>,
): Promise<Result> {
  const { fetch } = globalThis;
  const { instantiateStreaming } = WebAssembly;
  const restore = () => {
    globalThis.fetch = fetch;
    WebAssembly.instantiateStreaming = instantiateStreaming;
  };
  globalThis.fetch = async (...parameters) => (parameters[0] === url ? new Response() : fetch(...parameters));
  WebAssembly.instantiateStreaming = async (_answer, imports) => {
    // Before Python starts: what it took hold of now would be nowhere to be found after a resume.
    restore();
    const module = await compiling;
    return { module, instance: await WebAssembly.instantiate(module, imports) };
  };
  try {
    return await start();
  } finally {
    restore();
  }
}
