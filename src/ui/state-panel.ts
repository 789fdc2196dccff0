/** Check state: everything that the session holds, on one side of the page. */
import { css, html, LitElement, nothing } from 'lit';
import { X } from 'lucide';
import type { Durability, SessionReport } from '../session';
import { formatPath, formatTime } from './format';
import './icon';
import { indentJson, isJson } from './json-text';
import './state-databases';
import './state-files';
import './state-runs';
import './state-storage';
import { strings } from './strings';
import { panel, panelColumn, shared } from './styles';

/** Events: `close`, `persist` when the browser is to be asked to keep the storage, `durability` (CustomEvent<Durability>) when another is chosen. */
export class StatePanel extends LitElement {
  static override properties = {
    report: { attribute: false },
    at: { attribute: false },
    loading: { attribute: false },
    problem: { attribute: false },
    refused: { attribute: false },
    looking: { attribute: false },
  };

  declare report: SessionReport | null;
  /** When the report was made, milliseconds since 1970. */
  declare at: number;
  declare loading: boolean;
  /** Why there is no new report. */
  declare problem: string | null;
  /** The browser was asked for its promise and did not give it. */
  declare refused: boolean;
  /** Another tab has the session. */
  declare looking: boolean;

  constructor() {
    super();
    this.report = null;
    this.at = 0;
    this.loading = false;
    this.problem = null;
    this.refused = false;
    this.looking = false;
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('h2')?.focus();
  }

  override render() {
    const words = strings.state;
    const { report } = this;
    return html`<div @keydown=${this.#key}>
      <header>
        <h2 tabindex="-1">${words.label}</h2>
        <span role="status" class="soft">${this.loading ? words.loading : report ? words.asOf(formatTime(this.at)) : nothing}</span>
        <button class="close" aria-label=${words.close} title=${words.close} @click=${this.#close}><dormouse-icon .glyph=${X}></dormouse-icon></button>
      </header>
      ${this.loading ? html`<progress aria-label=${words.loading}></progress>` : nothing}
      ${this.problem === null ? nothing : html`<p role="alert">${words.failed(this.problem)}</p>`}
      ${
        report
          ? html`
            <dormouse-state-files .files=${report.files}></dormouse-state-files>
            <dormouse-state-databases .databases=${report.databases} .looking=${this.looking}></dormouse-state-databases>
            ${this.#stateFile(report)}
            <dormouse-state-runs .runs=${report.summary.runs} .history=${report.summary.history}></dormouse-state-runs>
            <dormouse-state-storage
              .report=${report}
              .refused=${this.refused}
              .looking=${this.looking}
              @persist=${() => this.dispatchEvent(new Event('persist'))}
              @durability=${({ detail }: CustomEvent<Durability>) => this.dispatchEvent(new CustomEvent('durability', { detail }))}
            ></dormouse-state-storage>
          `
          : nothing
      }
    </div>`;
  }

  #stateFile({ stateFile }: SessionReport) {
    const words = strings.state;
    const valid = stateFile !== null && isJson(stateFile.text);
    return html`<section>
      <h3>${words.stateFile} <code class="soft">${stateFile === null ? nothing : formatPath(stateFile.path)}</code></h3>
      ${
        stateFile === null
          ? html`<p class="soft">${words.stateFileEmpty}<br /><code>${words.stateFileExample}</code></p>`
          : html`${valid ? nothing : html`<p class="soft">${words.stateFileBroken}</p>`}
            <pre tabindex="0" role="region" aria-label=${words.stateFile}>${valid ? indentJson(stateFile.text) : stateFile.text}</pre>`
      }
    </section>`;
  }

  #key(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.#close();
  }

  #close(): void {
    this.dispatchEvent(new Event('close'));
  }

  static override styles = [
    shared,
    panel,
    panelColumn,
    css`
      /* Those out of sight are not laid out. */
      section,
      :host > div > :not(header, progress, p) {
        content-visibility: auto;
        contain-intrinsic-block-size: auto 20rem;
      }

      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-2);
      }

      .soft {
        font-size: var(--size-2);
        font-weight: var(--weight-normal);
      }

      progress {
        inline-size: 100%;
        block-size: 0.25rem;
        accent-color: var(--accent);
      }

      pre {
        max-block-size: 20rem;
        padding: var(--space-2) var(--space-3);
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
        font-size: var(--size-1);
        white-space: pre-wrap;
        overflow: auto;
        overflow-wrap: anywhere;
      }
    `,
  ];
}

customElements.define('dormouse-state', StatePanel);
