/**
 * A chart from its specification, which Python wrote: Vega-Lite and Vega through vega-embed with its expression interpreter, Plotly through
 * the bundle that compiles nothing. Neither library is given a way to load anything.
 */
import { css, html, LitElement, type PropertyValues } from 'lit';
import type { Json } from '../../session';
import { strings } from '../strings';
import { shared } from '../styles';
import { plotlyFigure } from './plotly-figure';
import { vegaSpec } from './vega-spec';

export class Chart extends LitElement {
  static override properties = { type: { attribute: false }, spec: { attribute: false }, problem: { state: true }, note: { state: true } };

  /** The media type of the specification. */
  declare type: string;
  declare spec: Json;
  declare private problem: string | null;
  declare private note: string | null;
  /** Takes away what was drawn. */
  #remove: (() => void) | null = null;

  constructor() {
    super();
    this.type = '';
    this.spec = null;
    this.problem = null;
    this.note = null;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#remove?.();
    this.#remove = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated && !this.#remove) void this.#draw();
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('spec') || changed.has('type')) void this.#draw();
  }

  override render() {
    const words = strings.rich;
    return html`<div id="chart" role="group" aria-label=${words.chart}></div>
      ${this.problem === null ? '' : html`<p class="soft">${words.chartFailed(this.problem)}</p>`}
      ${this.note === null ? '' : html`<p class="soft">${this.note}</p>`}`;
  }

  async #draw(): Promise<void> {
    const { spec, type } = this;
    this.#remove?.();
    this.#remove = null;
    this.problem = null;
    this.note = null;
    try {
      const remove = type.startsWith('application/vnd.plotly.') ? await this.#plotly(spec) : await this.#vega(spec, type);
      // Another one was asked for meanwhile, or nobody looks any more.
      if (spec !== this.spec || !this.isConnected) remove();
      else this.#remove = remove;
    } catch (error) {
      this.problem = error instanceof Error ? error.message.slice(0, 500) : 'unknown';
    }
  }

  async #vega(spec: Json, type: string): Promise<() => void> {
    const { drawVega } = await import('./vega');
    return drawVega(this.#place, vegaSpec(spec), type.includes('vegalite'), () => {
      this.note = strings.rich.chartRefused;
    });
  }

  async #plotly(spec: Json): Promise<() => void> {
    const { figure, leftOut } = plotlyFigure(spec);
    if (leftOut.length > 0) this.note = strings.rich.chartTypes(leftOut.join(', '));
    const { drawPlotly } = await import('./plotly');
    return drawPlotly(this.#place, figure);
  }

  get #place(): HTMLElement {
    return this.renderRoot.querySelector('#chart') as HTMLElement;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
        /* Charts come with colours for a light ground. */
        --chart-ground: #ffffff;
      }

      #chart {
        position: relative;
        max-inline-size: 100%;
        overflow: auto;
        background: var(--chart-ground);
        color: #222222;
      }
    `,
  ];
}

customElements.define('dormouse-chart', Chart);
