/** The packages of a session: what it has, a box to install more by name, and its list to take along. */
import { css, html, LitElement, nothing } from 'lit';
import { Download, Package, Trash2, X } from 'lucide';
import { messageOf } from '../base/errors';
import type { PackageMount, Session, SessionState } from '../session';
import { formatBytes } from './format';
import './icon';
import './network-hosts';
import { saveBlob } from './save-blob';
import { strings } from './strings';
import { panel, panelColumn, shared } from './styles';

/** Event: `close`. */
export class PackagesPanel extends LitElement {
  static override properties = {
    session: { attribute: false },
    state: { attribute: false },
    occupied: { attribute: false },
    said: { state: true },
    problem: { state: true },
  };

  declare session: Session;
  declare state: SessionState;
  /** A download, upload or the like goes on. */
  declare occupied: boolean;
  /** What the last action came to; null when nobody needs to know any more. */
  declare private said: string | null;
  declare private problem: string | null;

  constructor() {
    super();
    this.occupied = false;
    this.said = null;
    this.problem = null;
  }

  override focus(): void {
    this.renderRoot.querySelector('h2')?.focus();
  }

  override render() {
    const words = strings.packages;
    const { phase, packages } = this.state;
    return html`<div @keydown=${this.#key}>
      <header>
        <h2 tabindex="-1">${words.label}</h2>
        <button class="close" aria-label=${words.close} title=${words.close} @click=${this.#close}>
          <dormouse-icon .glyph=${X}></dormouse-icon>
        </button>
      </header>
      ${phase === 'looking' ? html`<p class="soft">${words.looking}</p>` : this.#box()}
      ${packages.installed.length === 0 ? this.#empty() : this.#list(packages.installed)}
      ${
        phase === 'looking'
          ? nothing
          : html`<dormouse-network .network=${this.session.network} .hosts=${this.state.hosts}></dormouse-network>`
      }
    </div>`;
  }

  get #possible(): boolean {
    return this.state.phase === 'idle' && !this.occupied && !this.state.packages.working;
  }

  #box() {
    const words = strings.packages;
    const { phase, packages } = this.state;
    return html`<form @submit=${this.#install}>
      <label for="requirement">${words.box}</label>
      <div class="box">
        <input id="requirement" autocomplete="off" autocapitalize="none" spellcheck="false" placeholder=${words.placeholder} aria-describedby="hint" />
        <button class="primary" ?disabled=${!this.#possible}>${words.install}</button>
      </div>
      <p id="hint" class="soft">${phase === 'running' ? words.busy : words.hint}</p>
      ${packages.working ? this.#progress() : nothing}
      <p role="status">${this.said ?? nothing}</p>
      ${this.problem === null ? nothing : html`<p role="alert">${this.problem}</p>`}
    </form>`;
  }

  #progress() {
    const words = strings.packages;
    const { loading } = this.state.packages;
    const text = loading === null ? words.installing : loading.total === 0 ? words.asking(loading.name) : words.loading(loading.name);
    return loading && loading.total > 0
      ? html`<p>${text} <span class="number soft">${strings.activity.loaded(loading.loaded, loading.total)}</span></p>
          <progress aria-label=${text} max=${loading.total} .value=${loading.loaded}></progress>`
      : html`<p>${text}</p>`;
  }

  #empty() {
    const words = strings.packages;
    return html`<p class="soft">${words.empty}<br /><code>${words.emptyCode}</code></p>`;
  }

  #list(installed: readonly PackageMount[]) {
    const words = strings.packages;
    return html`
      <ul>
        ${installed.map((each) => this.#entry(each))}
      </ul>
      <div class="exports" role="group" aria-label=${words.exports}>
        <button class="outlined" @click=${() => save('requirements.txt', this.session.packages.requirements())}>
          <dormouse-icon .glyph=${Download}></dormouse-icon><span>${words.requirements}</span>
        </button>
        <button class="outlined" @click=${() => save('requirements.lock.txt', this.session.packages.lock())}>
          <dormouse-icon .glyph=${Download}></dormouse-icon><span>${words.lock}</span>
        </button>
      </div>
    `;
  }

  #entry({ name, version, size, origin, licence }: PackageMount) {
    const words = strings.packages;
    const about = [formatBytes(size), origin === 'catalogue' ? words.fromCatalogue : words.from(origin), licence ?? words.noLicence];
    return html`<li>
      <dormouse-icon .glyph=${Package}></dormouse-icon>
      <p><strong>${name}</strong> <span class="number">${version}</span><br /><span class="soft">${about.join(' · ')}</span></p>
      ${
        this.state.phase === 'looking'
          ? nothing
          : html`<button aria-label=${words.remove(name)} title=${words.remove(name)} ?disabled=${!this.#possible} @click=${() => this.#remove(name)}>
              <dormouse-icon .glyph=${Trash2}></dormouse-icon>
            </button>`
      }
    </li>`;
  }

  async #install(event: Event): Promise<void> {
    event.preventDefault();
    const input = this.renderRoot.querySelector('input') as HTMLInputElement;
    const requirements = input.value.split(/[\s,]+(?![<>=!~])/).filter(Boolean);
    if (requirements.length === 0 || !this.#possible) return;
    await this.#act(async () => {
      const came = await this.session.packages.install(requirements);
      input.value = '';
      return strings.packages.installed(came);
    });
    input.focus();
  }

  async #remove(name: string): Promise<void> {
    await this.#act(async () => {
      await this.session.packages.remove([name]);
      return strings.packages.removed(name);
    });
    this.focus();
  }

  async #act(action: () => Promise<string>): Promise<void> {
    this.said = null;
    this.problem = null;
    try {
      this.said = await action();
    } catch (error) {
      this.problem = messageOf(error);
    }
  }

  #key(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.#close();
  }

  #close(): void {
    this.dispatchEvent(new CustomEvent('close'));
  }

  static override styles = [
    shared,
    panel,
    panelColumn,
    css`
      :host > div {
        gap: var(--space-4);
        font-size: var(--size-2);
      }

      form {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-2);
      }

      .box {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: var(--space-2);
      }

      p {
        overflow-wrap: anywhere;
      }

      [role='status']:empty {
        display: none;
      }

      [role='alert'] {
        color: var(--bad);
      }

      progress {
        inline-size: 100%;
        block-size: 0.25rem;
        accent-color: var(--accent);
      }

      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }

      li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        gap: var(--space-2);
        align-items: start;
        padding-block: var(--space-2);
        border-block-end: 1px solid var(--line);
      }

      li > dormouse-icon {
        margin-block-start: 0.15em;
        color: var(--ink-soft);
      }

      .exports {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
      }
    `,
  ];
}

const save = (name: string, text: string) => saveBlob(new Blob([text], { type: 'text/plain' }), name);

customElements.define('dormouse-packages', PackagesPanel);
