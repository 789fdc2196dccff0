/** What differs between a kept moment and the present: files and the names of variables. */
import { css, html, LitElement, nothing } from 'lit';
import type { Comparison } from '../session';
import { formatPath } from './format';
import { strings } from './strings';
import { shared } from './styles';

/** So many lines of each kind at a time are shown. */
const PAGE = 10;

type Kind = 'files' | 'variables';

export class ComparisonView extends LitElement {
  static override properties = { comparison: { attribute: false }, time: { attribute: false }, shown: { state: true } };

  /** Null while it is being made. */
  declare comparison: Comparison | null;
  /** When the moment was, in words. */
  declare time: string;
  declare private shown: Record<Kind, number>;

  constructor() {
    super();
    this.comparison = null;
    this.time = '';
    this.shown = { files: PAGE, variables: PAGE };
  }

  override render() {
    const words = strings.history;
    const { comparison } = this;
    // Always there, so that what comes into it is read out.
    return html`
      <span class="hidden-visually" role="status">${comparison ? words.compared(this.time) : words.comparing}</span>
      ${comparison ? this.#compared(comparison) : html`<p class="soft">${words.comparing}</p>`}
    `;
  }

  #compared({ files, variables }: Comparison) {
    const words = strings.history;
    return html`
      <h3>${words.compared(this.time)}</h3>
      ${this.#list(
        'files',
        words.comparedFiles,
        words.sameFiles,
        files.map(({ path, change }) => [formatPath(path), words.change[change]]),
      )}
      ${
        variables === null
          ? html`<p class="soft">${words.noVariables}</p>`
          : [
              this.#list(
                'variables',
                words.comparedVariables,
                words.sameVariables,
                variables.map(({ name, change, before, after }) => [
                  name,
                  change === 'changed' ? `${before ?? '?'} → ${after ?? '?'}` : `${words.change[change]}, ${after ?? before ?? '?'}`,
                ]),
              ),
              html`<p class="soft">${words.comparedHint}</p>`,
            ]
      }
    `;
  }

  #list(kind: Kind, title: string, none: string, lines: [string, string][]) {
    const shown = this.shown[kind];
    const left = lines.length - shown;
    if (lines.length === 0) return html`<p class="soft">${none}</p>`;
    const more = () => {
      this.shown = { ...this.shown, [kind]: shown + PAGE };
    };
    return html`
      <table>
        <caption>${title}</caption>
        <tbody>
          ${lines.slice(0, shown).map(([name, change]) => html`<tr><th scope="row"><code>${name}</code></th><td>${change}</td></tr>`)}
        </tbody>
      </table>
      ${left > 0 ? html`<button class="outlined" @click=${more}>${strings.history.more(Math.min(PAGE, left))}</button>` : nothing}
    `;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        justify-items: start;
        gap: var(--space-2);
        padding: var(--space-3);
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
        font-size: var(--size-2);
      }

      h3 {
        font-size: var(--size-2);
      }

      caption {
        color: var(--ink-soft);
        text-align: start;
      }

      th {
        inline-size: 60%;
        color: var(--ink);
      }

      th,
      td {
        overflow-wrap: anywhere;
      }
    `,
  ];
}

customElements.define('dormouse-comparison', ComparisonView);
