/** What a run wrote: text, values, displays and errors, in order. Nothing of it is trusted, and links out of it ask first. */
import { css, html, LitElement, nothing } from 'lit';
import { NO_OUTPUTS, type Output, type Outputs } from '../../notebook';
import type { Session } from '../../session';
import '../question-dialog';
import type { QuestionDialog } from '../question-dialog';
import { strings } from '../strings';
import { shared } from '../styles';
import './error-view';
import { requestSession } from './session-request';
import './rich-value';
import './text-view';

/** Event: those of ErrorView; `session-request` (see there) once, when it is shown. */
export class OutputView extends LitElement {
  static override properties = { outputs: { attribute: false }, session: { state: true } };

  declare outputs: Outputs;
  declare private session: Session | null;

  constructor() {
    super();
    this.outputs = NO_OUTPUTS;
    this.session = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.session = requestSession(this);
  }

  override render() {
    const { list, dropped } = this.outputs;
    return html`
      <div @click=${this.#clicked} @auxclick=${this.#clicked}>
        ${dropped === 0 ? nothing : html`<p class="soft">${strings.rich.dropped}</p>`}
        ${list.map((output) => html`<div class="output">${this.#output(output)}</div>`)}
      </div>
      <dormouse-question></dormouse-question>
    `;
  }

  #output(output: Output) {
    switch (output.type) {
      case 'stream':
        return html`<dormouse-text .text=${output.text} kind=${output.stream}></dormouse-text>`;
      case 'value':
      case 'display':
        return html`<dormouse-rich .data=${output.data} .metadata=${output.metadata} .session=${this.session}></dormouse-rich>`;
      case 'error':
        return html`<dormouse-error .name=${output.name} .message=${output.message} .traceback=${output.traceback} .parts=${output.parts}></dormouse-error>`;
      default:
        return output satisfies never;
    }
  }

  /** Any link in any output. Those that lead within the page would mean something else here. */
  #clicked(event: MouseEvent): void {
    const link = event.composedPath().find((target): target is Element => target instanceof Element && target.localName === 'a');
    if (!link) return;
    event.preventDefault();
    const href = link.getAttribute('href') ?? link.getAttribute('xlink:href') ?? '';
    if (/^https?:\/\//i.test(href)) void this.#follow(href);
  }

  async #follow(href: string): Promise<void> {
    const { title, text, confirm, cancel } = strings.rich.link;
    const question = this.renderRoot.querySelector('dormouse-question') as QuestionDialog;
    if (await question.ask({ title, text: text(href.slice(0, 500)), confirm, cancel })) window.open(href, '_blank', 'noopener,noreferrer');
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
        min-inline-size: 0;
      }

      .output {
        min-inline-size: 0;
      }

      .output + .output {
        margin-block-start: var(--space-1);
      }
    `,
  ];
}

customElements.define('dormouse-output-view', OutputView);
