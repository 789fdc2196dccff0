/** The promise, always in sight: how safe the work is, in words. */
import { css, html, LitElement } from 'lit';
import { AppWindow, CircleCheck, CircleDashed, CircleX, EyeOff, type IconNode, Minus, TriangleAlert } from 'lucide';
import type { SavedState } from '../session';
import { formatTime } from './format';
import './icon';
import { strings } from './strings';
import { shared } from './styles';

interface Promised {
  text: string;
  glyph: IconNode;
  tone: 'soft' | 'good' | 'caution' | 'bad';
}

/** What the page says about a state of saving. Variables do not survive a refresh, so "everything kept" is never said. */
export function describeSaved(saved: SavedState): Promised {
  const words = strings.saved;
  switch (saved.kind) {
    case 'none':
      return { text: words.none, glyph: Minus, tone: 'soft' };
    case 'saving':
      return { text: words.saving, glyph: CircleDashed, tone: 'soft' };
    case 'saved': {
      const time = formatTime(saved.at);
      if (saved.problem === null) return { text: words.kept(time), glyph: CircleCheck, tone: 'good' };
      return { text: words.problem(time, saved.problem), glyph: TriangleAlert, tone: 'caution' };
    }
    case 'unsaved':
      return { text: words.unsaved(saved.reason), glyph: CircleX, tone: 'bad' };
    case 'memory':
      return { text: words.memory, glyph: EyeOff, tone: 'caution' };
    case 'elsewhere':
      return { text: words.elsewhere, glyph: AppWindow, tone: 'caution' };
    default:
      return saved satisfies never;
  }
}

export class SavedStatus extends LitElement {
  static override properties = { saved: { attribute: false } };

  declare saved: SavedState;

  constructor() {
    super();
    this.saved = { kind: 'none' };
  }

  override render() {
    const { text, glyph, tone } = describeSaved(this.saved);
    return html`<div role="status" aria-label=${strings.saved.label} class=${tone}>
      <dormouse-icon .glyph=${glyph}></dormouse-icon><span>${text}</span>
    </div>`;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
        min-inline-size: 0;
      }

      div {
        display: flex;
        align-items: start;
        gap: var(--space-2);
        font-size: var(--size-2);
        overflow-wrap: anywhere;
      }

      dormouse-icon {
        margin-block-start: 0.2em;
      }

      .good {
        color: var(--good);
      }

      .caution {
        color: var(--caution);
      }

      .bad {
        color: var(--bad);
      }
    `,
  ];
}

customElements.define('dormouse-saved', SavedStatus);
