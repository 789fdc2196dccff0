/** One icon of the set, built as SVG nodes. Decoration only: the word stands beside it or names its button. */
import { createElement, type IconNode } from 'lucide';

export class Icon extends HTMLElement {
  #glyph: IconNode | null = null;

  /** Which icon of `lucide` to show. */
  set glyph(glyph: IconNode) {
    if (glyph === this.#glyph) return;
    this.#glyph = glyph;
    this.replaceChildren(createElement(glyph, { width: '100%', height: '100%', 'aria-hidden': 'true', focusable: 'false' }));
  }
}

customElements.define('dormouse-icon', Icon);
