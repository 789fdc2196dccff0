/** The help of python-help.ts for an editor: loaded once the editor is there, so that writing waits for none of it. */
import { Compartment, type Extension } from '@codemirror/state';
import { ViewPlugin } from '@codemirror/view';
import type { AskSession } from './python-help';

export function pythonHelpLater(session: AskSession): Extension {
  const place = new Compartment();
  const loader = ViewPlugin.define((view) => {
    let there = true;
    import('./python-help').then(
      ({ pythonHelp }) => there && view.dispatch({ effects: place.reconfigure(pythonHelp(session)) }),
      (error) => console.warn('Completion is not there.', error),
    );
    return {
      destroy() {
        there = false;
      },
    };
  });
  return [place.of([]), loader];
}
