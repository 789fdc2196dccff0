/** What an editor can also do, loaded once it is there, so that writing waits for none of it. */
import { Compartment, type Extension } from '@codemirror/state';
import { ViewPlugin } from '@codemirror/view';

/** @param load when that fails, the editor goes without */
export function extensionLater(load: () => Promise<Extension>): Extension {
  const place = new Compartment();
  const loader = ViewPlugin.define((view) => {
    let there = true;
    load().then(
      (extension) => there && view.dispatch({ effects: place.reconfigure(extension) }),
      (error) => console.warn('A part of the editor is not there.', error),
    );
    return {
      destroy() {
        there = false;
      },
    };
  });
  return [place.of([]), loader];
}
