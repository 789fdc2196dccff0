/**
 * To be imported before Pyodide, which refuses to run in a classic worker and finds out by loading an empty script. The policy of the sandbox
 * forbids that one, so the answer is known; but for its report of the violation the browser would parse this whole program again.
 */
const QUESTION = 'data:text/javascript,';

const load = self.importScripts;

Object.defineProperty(self, 'importScripts', {
  value(...addresses: string[]) {
    // No Error: V8 would parse the whole program again to know where in it that was made.
    if (addresses.length === 1 && addresses[0] === QUESTION) throw null;
    load.apply(self, addresses);
  },
});
