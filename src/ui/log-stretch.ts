/** Text of one kind at the end of the log while it is being written: with colours, and over what a carriage return went back to. */
import { html, render } from 'lit';
import { renderAnsi } from './output/ansi';

export class LogStretch {
  readonly #text = document.createTextNode('');
  /** In the text's place once there are colours. */
  #coloured: HTMLElement | null = null;
  #written = '';
  #isShown = true;
  /** The colours of each character, as long as the text: an index into `#palette`, as a UTF-16 unit. Empty while there are none. */
  #colours = '';
  readonly #palette = [''];
  /** Where the line that is still open begins, and where in it the next character goes (a carriage return: 0). */
  #line = 0;
  #column = 0;

  /** @param parent where it goes to the end */
  constructor(parent: HTMLElement) {
    parent.append(this.#text);
  }

  /** Whether the last line is still open. */
  get isOpen(): boolean {
    return this.#line < this.#written.length;
  }

  /** How many characters of the open line are still there to be written over. */
  get ahead(): number {
    return this.#written.length - this.#line - this.#column;
  }

  /**
   * Writes into the open line.
   * @param text without line ends
   * @param colour the codes in force, '' for none
   * @returns by how many characters the text has grown
   */
  put(text: string, colour: string): number {
    if (text === '') return 0;
    const before = this.#written.length;
    const at = this.#line + this.#column;
    if (colour !== '' && this.#colours === '') this.#colours = '\0'.repeat(before);
    const isColoured = this.#colours !== '' || colour !== '';
    this.#written = over(this.#written, at, text);
    if (isColoured) this.#colours = over(this.#colours, at, String.fromCharCode(this.#index(colour)).repeat(text.length));
    this.#column += text.length;
    this.#isShown = false;
    return this.#written.length - before;
  }

  endLine(): void {
    this.#written += '\n';
    if (this.#colours !== '') this.#colours += '\0';
    this.#line = this.#written.length;
    this.#column = 0;
    this.#isShown = false;
  }

  returnCarriage(): void {
    this.#column = 0;
  }

  /** Brings the text to the page. */
  commit(): void {
    if (this.#isShown) return;
    this.#isShown = true;
    if (this.#colours === '') {
      this.#text.data = this.#written;
      return;
    }
    if (!this.#coloured) {
      this.#coloured = document.createElement('span');
      this.#text.replaceWith(this.#coloured);
    }
    render(html`${this.#parts().map(([colour, text]) => renderAnsi(`${colour}${text}`))}`, this.#coloured);
  }

  /** Neighbours of one colour together. */
  #parts(): [colour: string, text: string][] {
    const parts: [string, string][] = [];
    for (let from = 0; from < this.#written.length; ) {
      const index = this.#colours.charCodeAt(from);
      let end = from + 1;
      while (end < this.#written.length && this.#colours.charCodeAt(end) === index) end += 1;
      parts.push([this.#palette[index] as string, this.#written.slice(from, end)]);
      from = end;
    }
    return parts;
  }

  #index(colour: string): number {
    const known = this.#palette.indexOf(colour);
    return known === -1 ? this.#palette.push(colour) - 1 : known;
  }
}

/** `text` from `at` on in the place of what is there. */
const over = (before: string, at: number, text: string): string =>
  at === before.length ? before + text : before.slice(0, at) + text + before.slice(at + text.length);
