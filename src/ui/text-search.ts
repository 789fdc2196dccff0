/** Search and replace in an editor, by the keys of CodeMirror; and columns, by Alt and the mouse. */
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import type { Extension } from '@codemirror/state';
import { crosshairCursor, keymap, rectangularSelection } from '@codemirror/view';

/** Where else the selected text stands is shown, too. */
export const textSearch: Extension = [
  search(),
  highlightSelectionMatches(),
  rectangularSelection(),
  crosshairCursor(),
  keymap.of(searchKeymap),
];
