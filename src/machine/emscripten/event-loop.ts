/** What Python's event loop calls. */
import type { PyodideApi } from './module';

/**
 * Says when Python's event loop has called something. `pyodide.webloop` takes `scheduleCallback` from Pyodide's API when Python starts; in
 * memory that was resumed it holds one of the values that every start fills in. So this comes before either. What JavaScript calls by
 * itself (a proxy that was handed to js.setTimeout) does not go through it.
 */
export function watchEventLoop(api: PyodideApi, onCalled: () => void): void {
  const { scheduleCallback, getExpectedKeys } = api;
  const watched: typeof scheduleCallback = (callback, delay) => {
    scheduleCallback(() => {
      try {
        callback();
      } finally {
        onCalled();
      }
    }, delay);
  };
  api.scheduleCallback = watched;
  api.getExpectedKeys = () => getExpectedKeys().map((value) => (value === scheduleCallback ? watched : value));
}
