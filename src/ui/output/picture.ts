/** A picture from Python, as an image: nothing in it runs, and an SVG loads nothing. */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { strings } from '../strings';
import { shared } from '../styles';

/** As wide as is asked for, CSS pixels; more is nobody's wish. */
const WIDEST = 10_000;

export class Picture extends LitElement {
  static override properties = {
    type: { attribute: false },
    data: { attribute: false },
    metadata: { attribute: false },
    url: { state: true },
    broken: { state: true },
  };

  /** Its media type. */
  declare type: string;
  /** Base64, of an SVG its text. */
  declare data: string;
  /** As Jupyter's: `width`, `height`, `alt`. */
  declare metadata: unknown;
  declare private url: string;
  declare private broken: boolean;

  constructor() {
    super();
    this.type = '';
    this.data = '';
    this.metadata = null;
    this.url = '';
    this.broken = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.url === '' && this.data !== '') this.#make();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    URL.revokeObjectURL(this.url);
    this.url = '';
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('data') || changed.has('type')) this.#make();
  }

  override render() {
    const words = strings.rich;
    if (this.broken || this.url === '') return html`<p class="soft">${this.broken ? words.failed : ''}</p>`;
    const about = (typeof this.metadata === 'object' && this.metadata !== null ? this.metadata : {}) as Record<string, unknown>;
    const size = (value: unknown) => (typeof value === 'number' && value > 0 && value <= WIDEST ? value : nothing);
    const alt = typeof about.alt === 'string' && about.alt !== '' ? about.alt.slice(0, 1000) : words.picture;
    return html`<img src=${this.url} alt=${alt} width=${size(about.width)} height=${size(about.height)} @error=${() => {
      this.broken = true;
    }} />`;
  }

  #make(): void {
    URL.revokeObjectURL(this.url);
    this.broken = false;
    try {
      const bytes =
        this.type === 'image/svg+xml' ? this.data : Uint8Array.from(atob(this.data.replace(/\s/g, '')), (sign) => sign.charCodeAt(0));
      this.url = URL.createObjectURL(new Blob([bytes], { type: this.type }));
    } catch {
      // It is no base64.
      this.url = '';
      this.broken = true;
    }
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }

      img {
        display: block;
        max-inline-size: 100%;
        block-size: auto;
        background: #ffffff;
      }
    `,
  ];
}

customElements.define('dormouse-picture', Picture);
