/** A lesson beside the notebook: its steps, one of them unfolded, and their checks. What is in it is a stranger's word: it is sanitised, and nothing runs by itself. */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import { ArrowRight, BookOpen, CircleCheck, CircleX, Download, type IconNode, ListPlus, Lock, RotateCcw, X } from 'lucide';
import { currentStep, isFinished, isOpen, isPassed, type Lesson, type LessonBlock } from '../../notebook';
import { type FileUndo, type Session, SessionLesson, type SessionState } from '../../session';
import '../icon';
import '../notice-line';
import { renderMarkdown } from '../notebook/markdown';
import { saveBlob } from '../save-blob';
import { strings } from '../strings';
import { panel, shared } from '../styles';

/** Events: `close`; `problem` (unknown, what was thrown); `insert-code` and `run-code` (string). */
export class LessonPanel extends LitElement {
  static override properties = {
    session: { attribute: false },
    state: { attribute: false },
    occupied: { attribute: false },
    shown: { state: true },
    checking: { state: true },
    said: { state: true },
    undo: { state: true },
  };

  declare session: Session;
  declare state: SessionState;
  declare occupied: boolean;
  /** The step that is unfolded; null before the lesson was read, and when all are folded. */
  declare private shown: number | null;
  /** The step whose check runs. */
  declare private checking: number | null;
  /** What the last action came to, in its step. */
  declare private said: { step: number; text: string } | null;
  declare private undo: { text: string; undo: FileUndo } | null;
  #followed: SessionLesson | null = null;
  #chosen = false;

  constructor() {
    super();
    this.occupied = false;
    this.shown = null;
    this.checking = null;
    this.said = null;
    this.undo = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.session) this.#follow();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#followed?.removeEventListener('change', this.#changed);
    this.#followed = null;
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('h2')?.focus();
  }

  async look(): Promise<void> {
    this.#follow();
    await this.#followed?.refresh();
  }

  #follow(): void {
    const lesson = SessionLesson.of(this.session);
    if (this.#followed === lesson) return;
    this.#followed?.removeEventListener('change', this.#changed);
    this.#followed = lesson;
    lesson.addEventListener('change', this.#changed);
    this.#changed();
  }

  readonly #changed = (): void => {
    const source = this.#followed;
    if (source?.lesson && !this.#chosen) {
      this.shown = currentStep(source.lesson, source.progress);
      this.#chosen = true;
    }
    this.requestUpdate();
  };

  protected override updated(changed: PropertyValues<this>): void {
    const before = changed.get('state')?.phase;
    if (before === 'running' && this.state.phase !== 'running') void this.#checked();
  }

  override render() {
    const words = strings.learn;
    const source = this.#followed;
    const lesson = source?.lesson ?? null;
    return html`<header>
        <h2 tabindex="-1">${words.label}</h2>
        <button class="close" aria-label=${words.close} title=${words.close} @click=${() => this.#tell('close', null)}>
          <dormouse-icon .glyph=${X}></dormouse-icon>
        </button>
      </header>
      ${
        this.undo === null
          ? nothing
          : html`<dormouse-notice
              .text=${this.undo.text}
              .action=${words.undo}
              .actionPossible=${this.#possible}
              .dismissable=${true}
              @act=${() => this.#takeBack()}
              @dismiss=${() => {
                this.undo = null;
                this.focus();
              }}
            ></dormouse-notice>`
      }
      <div class="body">
        ${lesson ? this.#lesson(lesson) : html`<p class="soft">${source?.problem ?? words.none}</p>`}
      </div>`;
  }

  get #possible(): boolean {
    return this.state.phase === 'idle' && !this.occupied;
  }

  #lesson(lesson: Lesson) {
    const words = strings.learn;
    const { progress } = this.#followed as SessionLesson;
    const checks = lesson.steps.flatMap(({ check }, index) => (check === null ? [] : [index]));
    const done = checks.filter((step) => isPassed(progress, step)).length;
    const text = words.progress(done, checks.length);
    return html`
      <h3 class="title">${lesson.title}</h3>
      <p class="soft">${text}${lesson.minutes === null ? nothing : ` · ${words.minutes(lesson.minutes)}`}</p>
      ${checks.length === 0 ? nothing : html`<progress aria-label=${text} max=${checks.length} .value=${done}></progress>`}
      ${this.state.phase === 'looking' ? html`<p class="soft">${words.looking}</p>` : nothing}
      ${this.#blocks(lesson.intro)}
      ${isFinished(lesson, progress) ? this.#finished(lesson) : nothing}
      <ol aria-label=${words.steps}>
        ${lesson.steps.map((_, step) => this.#step(lesson, step))}
      </ol>
    `;
  }

  #finished({ title }: Lesson) {
    const words = strings.learn;
    const name = `${title.replace(/[^\p{L}\p{N}]+/gu, ' ').trim() || 'lesson'} progress.json`;
    return html`<div class="finished">
      <p><dormouse-icon .glyph=${CircleCheck}></dormouse-icon><strong>${words.finished}</strong></p>
      <button class="outlined" @click=${() => saveBlob((this.#followed as SessionLesson).export(), name)}>
        <dormouse-icon .glyph=${Download}></dormouse-icon><span>${words.export}</span>
      </button>
      <p class="soft">${words.exportHint}</p>
    </div>`;
  }

  #step(lesson: Lesson, step: number) {
    const words = strings.learn;
    const { title, check } = lesson.steps[step] as Lesson['steps'][number];
    const { progress } = this.#followed as SessionLesson;
    const open = isOpen(lesson, progress, step);
    const passed = isPassed(progress, step);
    const shown = open && this.shown === step;
    const [glyph, state]: [IconNode | null, string] = !open
      ? [Lock, words.lockedShort]
      : passed
        ? [CircleCheck, words.passed]
        : check === null
          ? [BookOpen, words.toRead]
          : [null, words.open];
    return html`<li class=${passed ? 'passed' : ''}>
      <h4>
        <button
          class="step"
          aria-expanded=${open ? String(shown) : nothing}
          aria-disabled=${open ? nothing : 'true'}
          title=${open ? nothing : words.locked}
          @click=${() => open && this.#show(shown ? null : step)}
        >
          <span>${words.step(step + 1, title)}</span>
          <span class="state">${glyph === null ? nothing : html`<dormouse-icon .glyph=${glyph}></dormouse-icon>`}${state}</span>
        </button>
      </h4>
      ${shown ? this.#content(lesson, step) : nothing}
    </li>`;
  }

  #content(lesson: Lesson, step: number) {
    const words = strings.learn;
    const { blocks, check } = lesson.steps[step] as Lesson['steps'][number];
    const { progress } = this.#followed as SessionLesson;
    const { passed, message, tries } = progress[step] ?? { passed: null, message: null, tries: 0 };
    const next = lesson.steps[step + 1]?.title ?? null;
    const said = this.said?.step === step ? this.said.text : null;
    return html`<div class="content">
      ${this.#blocks(blocks)}
      ${
        check === null
          ? nothing
          : html`<div class="check">
              <div class="buttons">
                <button
                  class=${passed === null ? 'primary' : 'outlined'}
                  aria-label=${words.checkStep(step + 1)}
                  aria-disabled=${this.#possible ? nothing : 'true'}
                  title=${this.#possible ? nothing : words.busy}
                  @click=${() => this.#check(step)}
                >
                  ${this.checking === step ? words.checking : words.check}
                </button>
                ${
                  tries === 0
                    ? nothing
                    : html`<button aria-disabled=${this.#possible ? nothing : 'true'} @click=${() => this.#reset(step)}>
                        <dormouse-icon .glyph=${RotateCcw}></dormouse-icon><span>${words.reset}</span>
                      </button>`
                }
              </div>
              <div class="verdict" role="status">
                ${
                  this.checking === step || (message === null && passed === null && said === null)
                    ? nothing
                    : message !== null
                      ? html`<p class="not-yet"><dormouse-icon .glyph=${CircleX}></dormouse-icon><span><strong>${words.notYet}</strong> ${message}</span></p>`
                      : passed !== null
                        ? html`<p class="is-passed"><dormouse-icon .glyph=${CircleCheck}></dormouse-icon><span>${words.passedText(next)}</span></p>`
                        : html`<p>${said}</p>`
                }
              </div>
              <details>
                <summary>${words.showCheck}</summary>
                <pre tabindex="0">${check}</pre>
              </details>
            </div>`
      }
      ${
        next !== null && isOpen(lesson, progress, step + 1)
          ? html`<button class="outlined next" @click=${() => this.#show(step + 1)}>
              <span>${words.next(next)}</span><dormouse-icon .glyph=${ArrowRight}></dormouse-icon>
            </button>`
          : nothing
      }
    </div>`;
  }

  #blocks(blocks: readonly LessonBlock[]) {
    const words = strings.learn;
    return blocks.map((block) =>
      block.type === 'text'
        ? html`<div class="prose">${unsafeHTML(renderMarkdown(block.markdown))}</div>`
        : html`<div class="code">
            <pre tabindex="0">${block.source}</pre>
            ${
              this.state.phase === 'looking'
                ? nothing
                : html`<button class="outlined" @click=${() => this.#tell('insert-code', block.source)}>
                    <dormouse-icon .glyph=${ListPlus}></dormouse-icon><span>${words.insert}</span>
                  </button>`
            }
          </div>`,
    );
  }

  async #show(step: number | null): Promise<void> {
    this.shown = step;
    await this.updateComplete;
    if (step === null) return;
    const button = this.renderRoot.querySelectorAll<HTMLElement>('button.step')[step];
    button?.focus({ preventScroll: true });
    button?.scrollIntoView({ block: 'nearest' });
  }

  #check(step: number): void {
    const source = this.#followed;
    if (!this.#possible || !source?.lesson) return;
    this.checking = step;
    this.said = null;
    this.undo = null;
    this.#tell('run-code', source.checkCode(step));
  }

  /** A run has ended: was it a check, what came of it is in the progress file. */
  async #checked(): Promise<void> {
    const step = this.checking;
    const source = this.#followed;
    if (step === null || !source) return;
    const before = source.progress[step]?.tries ?? 0;
    await source.refresh();
    this.checking = null;
    if ((source.progress[step]?.tries ?? 0) === before) this.said = { step, text: strings.learn.notRun };
  }

  async #reset(step: number): Promise<void> {
    const source = this.#followed;
    if (!this.#possible || !source) return;
    await this.#try(async () => {
      const undo = await source.reset(step);
      this.undo = { text: strings.learn.wasReset(step + 1), undo };
      await this.#show(step);
    });
  }

  async #takeBack(): Promise<void> {
    const { undo } = this;
    if (undo === null || !this.#possible) return;
    this.undo = null;
    this.focus();
    await this.#try(async () => {
      await this.session.files.undo(undo.undo);
      await this.#followed?.refresh();
    });
  }

  async #try(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#tell('problem', error);
    }
  }

  #tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  static override styles = [
    shared,
    panel,
    css`
      .body {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-3);
        max-inline-size: 46rem;
        padding: var(--space-3) var(--space-4) var(--space-8);
      }

      .title {
        font-size: var(--size-4);
      }

      progress {
        inline-size: 100%;
        block-size: 0.25rem;
        accent-color: var(--accent);
      }

      ol {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        margin: 0;
        padding: 0;
        list-style: none;
      }

      li {
        border-block-start: 1px solid var(--line);
      }

      li:last-child {
        border-block-end: 1px solid var(--line);
      }

      h4 {
        margin: 0;
        font-size: var(--size-2);
      }

      .step {
        display: flex;
        justify-content: space-between;
        gap: var(--space-3);
        inline-size: 100%;
        min-block-size: var(--target);
        padding: var(--space-2) 0;
        color: var(--ink);
        font-weight: var(--weight-strong);
        text-align: start;
        white-space: normal;
      }

      .step > :first-child {
        min-inline-size: 0;
        overflow-wrap: anywhere;
      }

      .step[aria-disabled='true'] {
        color: var(--ink-soft);
      }

      .state {
        display: flex;
        flex: none;
        align-items: center;
        gap: var(--space-1);
        color: var(--ink-soft);
        font-size: var(--size-1);
        font-weight: var(--weight-normal);
      }

      .passed .state,
      .is-passed dormouse-icon,
      .finished dormouse-icon {
        color: var(--good);
      }

      .content {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-3);
        padding-block: var(--space-2) var(--space-4);
      }

      .prose {
        max-inline-size: 70ch;
        overflow-wrap: anywhere;
      }

      .prose :is(p, ul, ol, pre, table, blockquote) {
        margin-block: 0 var(--space-2);
        white-space: normal;
      }

      .prose pre {
        white-space: pre;
        overflow: auto;
      }

      .prose li {
        border: 0;
        list-style: disc;
      }

      .prose ol li {
        list-style: decimal;
      }

      .prose :is(ul, ol) {
        display: block;
        padding-inline-start: var(--space-4);
      }

      .prose a {
        color: var(--accent);
      }

      .prose > :last-child {
        margin-block-end: 0;
      }

      .code {
        display: grid;
        justify-items: start;
        gap: var(--space-1);
      }

      pre {
        inline-size: 100%;
        margin: 0;
        padding: var(--space-2);
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--sunken);
        overflow: auto;
      }

      .check {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-2);
        padding-block-start: var(--space-3);
        border-block-start: 1px solid var(--line);
      }

      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
      }

      .verdict p,
      .finished p:first-child {
        display: flex;
        gap: var(--space-2);
        align-items: start;
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }

      .verdict dormouse-icon,
      .finished dormouse-icon {
        flex: none;
        margin-block-start: 0.15em;
      }

      .not-yet dormouse-icon {
        color: var(--caution);
      }

      details summary {
        color: var(--ink-soft);
        font-size: var(--size-2);
        cursor: pointer;
      }

      details pre {
        margin-block-start: var(--space-2);
        font-size: var(--size-1);
      }

      .next {
        justify-self: start;
        white-space: normal;
        text-align: start;
      }

      .finished {
        display: grid;
        justify-items: start;
        gap: var(--space-2);
        padding: var(--space-3);
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
      }
    `,
  ];
}

customElements.define('dormouse-lesson', LessonPanel);
