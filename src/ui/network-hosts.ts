/** The part of the packages panel that says which hosts Python may reach: none, until one is named here. */
import { css, html, LitElement, nothing } from 'lit';
import { Trash2 } from 'lucide';
import { messageOf } from '../base/errors';
import type { SessionNetwork } from '../session';
import './icon';
import { strings } from './strings';
import { shared } from './styles';

export class NetworkHosts extends LitElement {
  static override properties = {
    network: { attribute: false },
    hosts: { attribute: false },
    problem: { state: true },
  };

  declare network: SessionNetwork;
  declare hosts: readonly string[];
  declare private problem: string | null;

  constructor() {
    super();
    this.hosts = [];
    this.problem = null;
  }

  override render() {
    const words = strings.network;
    return html`
      <h3>${words.label}</h3>
      <p class="soft">${this.hosts.length === 0 ? words.none : words.some}</p>
      ${
        this.hosts.length === 0
          ? nothing
          : html`<ul aria-label=${words.list}>
              ${this.hosts.map((host) => this.#entry(host))}
            </ul>`
      }
      <form @submit=${this.#allow}>
        <label for="host">${words.box}</label>
        <div class="box">
          <input id="host" autocomplete="off" autocapitalize="none" spellcheck="false" inputmode="url" placeholder=${words.placeholder} aria-describedby="sent" />
          <button class="outlined">${words.allow}</button>
        </div>
        <p id="sent" class="soft">${words.hint}</p>
        ${this.problem === null ? nothing : html`<p role="alert">${this.problem}</p>`}
      </form>
    `;
  }

  #entry(host: string) {
    const words = strings.network;
    return html`<li>
      <span>${host}</span>
      <button aria-label=${words.forbid(host)} title=${words.forbid(host)} @click=${() => this.#act(() => this.network.forbid(host))}>
        <dormouse-icon .glyph=${Trash2}></dormouse-icon>
      </button>
    </li>`;
  }

  async #allow(event: Event): Promise<void> {
    event.preventDefault();
    const input = this.renderRoot.querySelector('input') as HTMLInputElement;
    await this.#act(async () => {
      await this.network.allow(input.value);
      input.value = '';
    });
    input.focus();
  }

  async #act(action: () => Promise<unknown>): Promise<void> {
    this.problem = null;
    try {
      await action();
    } catch (error) {
      this.problem = messageOf(error);
    }
  }

  static override styles = [
    shared,
    css`
      :host,
      form {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-2);
      }

      .box,
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: var(--space-2);
        align-items: center;
      }

      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }

      li {
        border-block-end: 1px solid var(--line);
        overflow-wrap: anywhere;
      }

      p {
        overflow-wrap: anywhere;
      }

      [role='alert'] {
        color: var(--bad);
      }
    `,
  ];
}

customElements.define('dormouse-network', NetworkHosts);
