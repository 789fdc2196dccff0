/**
 * The text of the log as DOM nodes. Text is kept in blocks of about 100 lines or 4,096 characters: only the newest is ever
 * touched again, those out of sight are not laid out (`content-visibility`), and the oldest go as a whole.
 */
import { type LoggedRun, sizeOf } from '../notebook';
import './output/output-view';
import { formatDuration, formatTime } from './format';
import { LogStretch } from './log-stretch';
import { colourStretches } from './output/ansi';
import type { OutputView } from './output/output-view';
import { type LogPiece, MOST_CHARACTERS, MOST_LINES, MOST_STRETCHES, type Shown } from './output-backlog';
import { strings } from './strings';

/** A block with so much is full at the end of its line: a progress bar can go on writing over the line where it stands. */
const BLOCK_CHARACTERS = 4096;
const BLOCK_LINES = 100;
/** A longer line is folded into several blocks. */
const LONGEST_BLOCK = 2 * BLOCK_CHARACTERS;
/** Headings without output count for nothing above, so they have a limit of their own. */
const MOST_RUNS = 500;

interface Block {
  element: HTMLElement;
  run: Run;
  kind: LogPiece['kind'];
  /** Under which it can be updated. */
  id: string | null;
  lines: number;
  characters: number;
}

interface Run {
  element: HTMLElement;
  heading: HTMLElement;
  record: LoggedRun | null;
  blocks: number;
}

export class OutputDocument {
  readonly #container: HTMLElement;
  readonly #runs: Run[] = [];
  readonly #blocks: Block[] = [];
  /** Of one kind, at the end of the last block. */
  #stretch: LogStretch | null = null;
  /** The codes of colours that are in force for what the present run writes next. */
  #colours: readonly string[] = [];
  #characters = 0;
  #lines = 0;
  #dropped = 0;
  /** What the present run has written goes when it writes something else. */
  #clearing = false;

  /** `container` has to be empty and nobody else may change it. */
  constructor(container: HTMLElement) {
    this.#container = container;
  }

  /** Lines that were dropped because there were too many. */
  get dropped(): number {
    return this.#dropped;
  }

  get isEmpty(): boolean {
    return this.#runs.length === 0;
  }

  /** Shows a run's heading, a new one when it is a new run; what is written next belongs to it. */
  showRun(record: LoggedRun): void {
    let run = this.#runs.at(-1);
    // After an undo the same number is given again.
    if (run?.record?.run !== record.run || run.record.started !== record.started) {
      run = this.#addRun();
      while (this.#runs.length > MOST_RUNS) this.#removeRun(this.#runs[0] as Run);
    }
    run.record = record;
    showHeading(run.heading, record);
  }

  /** Appends pieces, `dropped` lines before them not included; drops the oldest beyond the limits. */
  write(pieces: readonly LogPiece[], dropped: number): void {
    this.#dropped += dropped;
    for (const { kind, text, shown } of pieces) {
      if (shown?.type === 'clear' ? !shown.wait : this.#clearing) this.#clearRun();
      if (shown?.type === 'clear') this.#clearing = shown.wait;
      else if (shown) this.#show(kind, shown);
      else this.#writeColoured(kind, text);
    }
    this.#commit();
    while (this.#blocks.length > 1 && this.#isOver()) this.#removeOldest();
  }

  clear(): void {
    const last = this.#runs.at(-1);
    this.#stretch = null;
    this.#clearing = false;
    this.#blocks.length = 0;
    this.#runs.length = 0;
    this.#characters = 0;
    this.#lines = 0;
    this.#dropped = 0;
    this.#container.replaceChildren();
    if (last?.record?.status === 'running') this.showRun(last.record);
  }

  /** Shows a value or display in a block of its own, or in the place of what was shown under its id. */
  #show(kind: LogPiece['kind'], shown: Exclude<Shown, { type: 'clear' }>): void {
    const id = shown.type === 'display' ? shown.id : null;
    const outputs = { list: [shown], dropped: 0 };
    const before = id === null ? undefined : this.#blocks.find((block) => block.id === id);
    if (before) {
      (before.element as OutputView).outputs = outputs;
      return;
    }
    const view = document.createElement('dormouse-output-view') as OutputView;
    view.outputs = outputs;
    const block = this.#add(view, kind, id);
    view.className = `${kind} rich`;
    block.lines = 1;
    block.characters = sizeOf(shown);
    this.#lines += 1;
    this.#characters += block.characters;
    this.#stretch = null;
  }

  /** The present run asked for it. */
  #clearRun(): void {
    this.#clearing = false;
    const run = this.#runs.at(-1);
    while (run && this.#blocks.at(-1)?.run === run) {
      const block = this.#blocks.pop() as Block;
      block.element.remove();
      run.blocks -= 1;
      this.#characters -= block.characters;
      this.#lines -= block.lines;
    }
    this.#stretch = null;
  }

  #writeColoured(kind: LogPiece['kind'], text: string): void {
    for (const stretch of colourStretches(text, this.#colours)) {
      this.#colours = stretch.codes;
      this.#writePiece(kind, stretch.text, stretch.codes.join(''));
    }
  }

  #writePiece(kind: LogPiece['kind'], text: string, colour: string): void {
    let at = 0;
    while (at < text.length) {
      const block = this.#blockFor(kind);
      const stretch = this.#stretch as LogStretch;
      const end = segmentEnd(text, at, Math.max(1, LONGEST_BLOCK - block.characters, stretch.ahead));
      const last = text[end - 1];
      const ended = last === '\n';
      const grown = stretch.put(text.slice(at, ended || last === '\r' ? end - 1 : end), colour) + (ended ? 1 : 0);
      if (ended) {
        stretch.endLine();
        block.lines += 1;
        this.#lines += 1;
      } else if (last === '\r') {
        stretch.returnCarriage();
      }
      block.characters += grown;
      this.#characters += grown;
      at = end;
    }
  }

  #blockFor(kind: LogPiece['kind']): Block {
    const last = this.#blocks.at(-1);
    const run = this.#runs.at(-1) ?? this.#addRun();
    const stretch = this.#stretch;
    if (last && stretch && last.run === run) {
      const open = stretch.isOpen;
      const full = last.characters >= (open ? LONGEST_BLOCK : BLOCK_CHARACTERS) || (!open && last.lines >= BLOCK_LINES);
      if (last.kind === kind && !full) return last;
      // What the person typed stands behind the prompt, on the same line.
      if (kind === 'echo' && open) {
        this.#commit();
        last.kind = kind;
        this.#stretch = openStretch(last.element, kind);
        return last;
      }
    }
    const element = document.createElement('div');
    element.className = `block ${kind}`;
    const block = this.#add(element, kind, null);
    this.#stretch = openStretch(element, kind);
    return block;
  }

  #add(element: HTMLElement, kind: LogPiece['kind'], id: string | null): Block {
    this.#seal();
    const run = this.#runs.at(-1) ?? this.#addRun();
    run.element.append(element);
    run.blocks += 1;
    const block = { element, run, kind, id, lines: 0, characters: 0 };
    this.#blocks.push(block);
    return block;
  }

  /** Brings the last block's text to the page. */
  #commit(): void {
    this.#stretch?.commit();
  }

  /** Nothing more comes into the last block: while out of sight it need not be laid out. */
  #seal(): void {
    this.#commit();
    const block = this.#blocks.at(-1);
    if (!block || block.element.classList.contains('rich') || (block.lines < 10 && block.characters < 1000)) return;
    // A guess, used until the block was in sight for the first time.
    const lines = Math.max(block.lines, Math.ceil(block.characters / 100));
    block.element.style.setProperty('contain-intrinsic-block-size', `auto ${lines}lh`);
    block.element.classList.add('sealed');
  }

  #isOver(): boolean {
    return this.#characters > MOST_CHARACTERS || this.#lines > MOST_LINES || this.#blocks.length > MOST_STRETCHES;
  }

  #addRun(): Run {
    this.#seal();
    this.#stretch = null;
    const element = document.createElement('section');
    const heading = document.createElement('h3');
    element.append(heading);
    this.#container.append(element);
    this.#colours = [];
    const run = { element, heading, record: null, blocks: 0 };
    this.#runs.push(run);
    return run;
  }

  #removeOldest(): void {
    const block = this.#blocks.shift() as Block;
    block.element.remove();
    block.run.blocks -= 1;
    this.#characters -= block.characters;
    this.#lines -= block.lines;
    this.#dropped += block.lines;
    if (block.run.blocks === 0 && block.run !== this.#runs.at(-1)) this.#removeRun(block.run);
  }

  #removeRun(run: Run): void {
    while (run.blocks > 0 && this.#blocks[0]?.run === run) {
      const block = this.#blocks.shift() as Block;
      run.blocks -= 1;
      this.#characters -= block.characters;
      this.#lines -= block.lines;
      this.#dropped += block.lines;
    }
    run.element.remove();
    this.#runs.splice(this.#runs.indexOf(run), 1);
  }
}

/** Up to and with the next line feed or carriage return, at most `room` units and never through the middle of a character. */
function segmentEnd(text: string, from: number, room: number): number {
  const most = Math.min(text.length, from + room);
  for (let at = from; at < most; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 13) return at + 1;
  }
  const isHighSurrogate = (text.charCodeAt(most - 1) & 0xfc00) === 0xd800;
  return isHighSurrogate && most < text.length ? most + 1 : most;
}

function openStretch(element: HTMLElement, kind: LogPiece['kind']): LogStretch {
  if (kind !== 'echo') return new LogStretch(element);
  const echo = document.createElement('span');
  echo.className = 'typed';
  element.append(echo);
  return new LogStretch(echo);
}

function showHeading(heading: HTMLElement, { run, started, ended, status }: LoggedRun): void {
  const took = ended === null ? [] : [formatDuration(ended - started)];
  const text = [strings.output.run(run), formatTime(started), ...took, strings.status[status]].join(strings.output.separator);
  if (heading.textContent !== text) heading.textContent = text;
  heading.className = status === 'running' || status === 'finished' ? '' : 'troubled';
}
