/** What differs in a text, line by line, as plain text. */
import { css, html, LitElement, nothing } from 'lit';
import type { TextDifference } from '../../session';
import { compareWords as words } from '../strings/compare';
import { shared } from '../styles';

const SIGNS = { same: ' ', added: '+', removed: '−' } as const;

export class TextDifferenceView extends LitElement {
  static override properties = { difference: { attribute: false }, label: { attribute: false } };

  declare difference: TextDifference;
  /** What the region is called. */
  declare label: string;

  override render() {
    const { hunks, added, removed, cut, ends } = this.difference;
    return html`
      <p class="soft">${words.lines(added, removed)}</p>
      ${
        hunks.length === 0
          ? nothing
          : html`<div class="lines" tabindex="0" role="region" aria-label=${this.label}>
              ${hunks.map(
                ({ skipped, lines }) => html`
                  ${skipped > 0 ? html`<div class="skipped">${words.skipped(skipped)}</div>` : nothing}
                  ${lines.map(
                    ({ change, text, before, after }) => html`<div class=${change}>
                      <span class="number" aria-hidden="true">${before ?? ''}</span><span class="number" aria-hidden="true">${after ?? ''}</span
                      ><span class="sign" aria-hidden="true">${SIGNS[change]}</span>${
                        change === 'same'
                          ? html`<span>${text}</span>`
                          : change === 'added'
                            ? html`<ins><span class="hidden-visually">${words.addedLine}</span>${text}</ins>`
                            : html`<del><span class="hidden-visually">${words.removedLine}</span>${text}</del>`
                      }
                    </div>`,
                  )}
                `,
              )}
            </div>`
      }
      ${cut > 0 ? html`<p class="soft">${words.cutLines(cut)}</p>` : nothing}
      ${ends ? html`<p class="soft">${words.lineEnd}</p>` : nothing}
    `;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-1);
      }

      .soft {
        font-size: var(--size-1);
      }

      .lines {
        position: relative;
        max-block-size: 24rem;
        padding-block: var(--space-1);
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
        overflow: auto;
        font-family: var(--font-code);
        font-size: var(--size-1);
        font-variant-ligatures: none;
      }

      .lines > div {
        inline-size: max-content;
        min-inline-size: 100%;
        padding-inline-end: var(--space-2);
        white-space: pre;
      }

      .number {
        display: inline-block;
        min-inline-size: 3ch;
        padding-inline: var(--space-1);
        color: var(--ink-soft);
      }

      .sign {
        display: inline-block;
        inline-size: 2ch;
        text-align: center;
      }

      .skipped {
        padding-inline-start: var(--space-3);
        background: var(--sunken);
        color: var(--ink-soft);
      }

      .added {
        background: color-mix(in srgb, var(--good) 14%, var(--surface));
      }

      .removed {
        background: color-mix(in srgb, var(--bad) 12%, var(--surface));
      }

      .added .number,
      .removed .number {
        color: var(--ink);
      }

      ins,
      del {
        text-decoration: none;
      }
    `,
  ];
}

customElements.define('dormouse-text-difference', TextDifferenceView);
