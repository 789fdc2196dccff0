/** Search and replace in an editor, by the keys of CodeMirror. */
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import type { Extension } from '@codemirror/state';
import { keymap } from '@codemirror/view';

/** Where else the selected text stands is shown, too. */
export const textSearch: Extension = [search(), highlightSelectionMatches(), keymap.of(searchKeymap)];
