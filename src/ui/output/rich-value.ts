/** A value or display in one of its forms; a person can choose another. What draws a form is loaded when it is first needed. */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import type { MimeBundle, Session } from '../../session';
import { strings } from '../strings';
import { shared } from '../styles';
import { type Form, type FormKind, formsOf } from './forms';
import './progress-view';
import './text-view';

const LOADERS: Partial<Record<FormKind, () => Promise<unknown>>> = {
  table: () => import('./table-output'),
  chart: () => import('./chart'),
  html: () => import('./html-frame'),
  picture: () => import('./picture'),
  markdown: () => import('./prose'),
  latex: () => import('./prose'),
  json: () => import('./json-tree'),
};

export class RichValue extends LitElement {
  static override properties = {
    data: { attribute: false },
    metadata: { attribute: false },
    session: { attribute: false },
    chosen: { state: true },
    failed: { state: true },
  };

  declare data: MimeBundle;
  declare metadata: MimeBundle;
  declare session: Session | null;
  /** Null: the richest. */
  declare private chosen: FormKind | null;
  declare private failed: boolean;
  #forms: Form[] = [];

  constructor() {
    super();
    this.data = {};
    this.metadata = {};
    this.session = null;
    this.chosen = null;
    this.failed = false;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('data')) this.#forms = formsOf(this.data);
    const form = this.#form;
    if (form) LOADERS[form.kind]?.().catch(() => (this.failed = true));
  }

  override render() {
    const form = this.#form;
    if (!form) return nothing;
    return html`${this.#forms.length > 1 && form.kind !== 'progress' ? this.#choice(form) : nothing}${this.failed ? html`<p class="soft">${strings.rich.failed}</p>` : this.#draw(form)}`;
  }

  get #form(): Form | undefined {
    return this.#forms.find(({ kind }) => kind === this.chosen) ?? this.#forms[0];
  }

  #choice(form: Form) {
    const words = strings.rich;
    const choose = (event: Event) => {
      this.failed = false;
      this.chosen = (event.target as HTMLSelectElement).value as FormKind;
    };
    return html`<select aria-label=${words.shownAs} title=${words.shownAs} @change=${choose}>
      ${this.#forms.map(({ kind }) => html`<option value=${kind} ?selected=${kind === form.kind}>${words.forms[kind]}</option>`)}
    </select>`;
  }

  #draw({ kind, type, content }: Form) {
    const text = String(content);
    switch (kind) {
      case 'table':
        return html`<dormouse-table .table=${content} .session=${this.session}></dormouse-table>`;
      case 'progress':
        return html`<dormouse-progress .progress=${content}></dormouse-progress>`;
      case 'chart':
        return html`<dormouse-chart .type=${type} .spec=${content}></dormouse-chart>`;
      case 'html':
        return html`<dormouse-html .content=${text}></dormouse-html>`;
      case 'picture':
        return html`<dormouse-picture .type=${type} .data=${text} .metadata=${this.metadata[type]}></dormouse-picture>`;
      case 'markdown':
      case 'latex':
        return html`<dormouse-prose .type=${type} .text=${text}></dormouse-prose>`;
      case 'json':
        return html`<dormouse-json .value=${content}></dormouse-json>`;
      case 'text':
        return html`<dormouse-text .text=${text}></dormouse-text>`;
      default:
        return kind satisfies never;
    }
  }

  static override styles = [
    shared,
    css`
      :host {
        position: relative;
        display: block;
        min-inline-size: 0;
      }

      /* In sight when the output is in hand, and never in the way of what is shown. */
      select {
        float: inline-end;
        min-block-size: 24px;
        margin-inline-start: var(--space-2);
        border: 1px solid var(--line-control);
        border-radius: var(--radius);
        background: var(--surface);
        color: var(--ink-soft);
        font: inherit;
        font-size: var(--size-1);
      }

      @media print {
        select {
          display: none;
        }
      }
    `,
  ];
}

customElements.define('dormouse-rich', RichValue);
