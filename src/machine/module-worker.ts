/**
 * To be imported before Pyodide, which refuses to run in a classic worker and finds out by loading a script. The policy of the sandbox forbids
 * that, so the answer is known; but for its report of the violation the browser would parse this whole program again.
 */
Object.defineProperty(self, 'importScripts', {
  value() {
    throw new TypeError('Scripts cannot be loaded here.');
  },
});
