/** The promise, always in sight: how safe the work is, in words, with the details behind it. */
import { css, html, LitElement, nothing } from 'lit';
import { ChevronDown } from 'lucide';
import type { SavedState } from '../session';
import './icon';
import './saved-details';
import { type Beginning, describeSaved } from './saved-words';
import { strings } from './strings';
import { shared } from './styles';

export class SavedStatus extends LitElement {
  static override properties = { saved: { attribute: false }, beginning: { attribute: false }, changed: { attribute: false } };

  declare saved: SavedState;
  declare beginning: Beginning;
  /** Something that a run left behind has gone on since. */
  declare changed: boolean;

  constructor() {
    super();
    this.saved = { kind: 'none' };
    this.beginning = 'starting';
    this.changed = false;
  }

  override render() {
    const { text, glyph, tone } = describeSaved(this.saved, this.beginning, this.changed);
    return html`<div id="promise" class=${tone}>
        <dormouse-icon .glyph=${glyph}></dormouse-icon><span role="status" aria-label=${strings.saved.label}>${text}</span>
        ${this.#details()}
      </div>`;
  }

  #details() {
    const { saved, beginning } = this;
    const { details } = strings.saved;
    const report = saved.kind === 'saved' ? saved.checkpoint : null;
    const resumed = typeof beginning === 'object' ? beginning : null;
    if (saved.kind !== 'saved' || (report === null && resumed === null)) return nothing;
    return html`<button id="more" aria-label=${details} title=${details} popovertarget="details" aria-expanded="false" aria-controls="details">
        <dormouse-icon .glyph=${ChevronDown}></dormouse-icon>
      </button>
      <div id="details" popover role="group" aria-label=${details} tabindex="0" @beforetoggle=${this.#place} @toggle=${this.#toggled}>
        <dormouse-saved-details .report=${report} .resumed=${resumed}></dormouse-saved-details>
      </div>`;
  }

  /** Opens below the promise, wherever that is, and gives the focus back. */
  #place({ newState, currentTarget }: ToggleEvent): void {
    if (newState === 'closed') {
      const { activeElement } = this.renderRoot as ShadowRoot;
      if ((currentTarget as HTMLElement).contains(activeElement)) this.renderRoot.querySelector<HTMLElement>('#more')?.focus();
      return;
    }
    const { right, bottom } = this.getBoundingClientRect();
    const { style } = currentTarget as HTMLElement;
    style.setProperty('--right', `${Math.max(8, innerWidth - right + 8)}px`);
    style.setProperty('--top', `${bottom - 4}px`);
  }

  #toggled({ newState }: ToggleEvent): void {
    this.renderRoot.querySelector('#more')?.setAttribute('aria-expanded', String(newState === 'open'));
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
        min-inline-size: 0;
      }

      #promise {
        position: relative;
        display: flex;
        align-items: center;
        gap: var(--space-2);
        font-size: var(--size-2);
        overflow-wrap: anywhere;
      }

      /* The rest is in the details. */
      span:has(~ #more) {
        display: -webkit-box;
        overflow: hidden;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 3;
      }

      #more {
        min-block-size: 1.5rem;
        min-inline-size: 1.5rem;
        padding: 0;
        color: inherit;
      }

      /* The words open the details too. */
      #more::after {
        position: absolute;
        inset: 0;
        content: "";
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

      #details {
        position: fixed;
        inset: var(--top) var(--right) auto auto;
        inline-size: min(20rem, calc(100vw - 1rem));
        max-block-size: min(30rem, calc(100dvh - var(--top) - 0.5rem));
        margin: 0;
        padding: var(--space-4);
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
        color: var(--ink);
        box-shadow: var(--shadow);
        overflow: auto;
        overscroll-behavior: contain;
      }
    `,
  ];
}

customElements.define('dormouse-saved', SavedStatus);
