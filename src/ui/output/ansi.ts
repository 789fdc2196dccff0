/** Text with the colours that terminals know, as DOM nodes. */
import Anser from 'anser';
import { html, type TemplateResult } from 'lit';

/** Everything that terminals obey and this page does not: cursor movements, titles, bells, forms of `…m` that are no colours or unknown here. */
const OTHER_CODES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /\u001b\[(?![\d;]*m)[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[^[\]]|[\u0000-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f\u007f]/g;
const ESCAPE = '\u001b';
const COLOUR = /^\d{1,3}, ?\d{1,3}, ?\d{1,3}$/;
const DECORATIONS: ReadonlySet<string> = new Set(['bold', 'dim', 'italic', 'underline', 'reverse', 'hidden', 'strikethrough']);

const COLOUR_CODE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
  /\u001b\[([\d;]*)m/;
/** Of codes that none takes back, the newest are in force. */
const MOST_CODES = 8;

/**
 * Text between changes of colour, without anything else that terminals obey.
 * @param codes in force before it, oldest first
 * @returns each stretch with the codes that are in force for it; the last one's are those after the text, and it may be empty
 */
export function colourStretches(text: string, codes: readonly string[]): { text: string; codes: readonly string[] }[] {
  const [first = '', ...rest] = text.replace(OTHER_CODES, '').split(COLOUR_CODE);
  let present = codes;
  const stretches = [{ text: first.replaceAll(ESCAPE, ''), codes }];
  for (let at = 0; at < rest.length; at += 2) {
    const parameters = rest[at] as string;
    const code = `${ESCAPE}[${parameters}m`;
    if (/^0*(;|$)/.test(parameters)) present = /^[0;]*$/.test(parameters) ? [] : [code];
    else present = [...present, code].slice(-MOST_CODES);
    stretches.push({ text: (rest[at + 1] as string).replaceAll(ESCAPE, ''), codes: present });
  }
  return stretches;
}

/** Whether there is anything in it but text. */
export const hasColours = (text: string): boolean => text.includes(`${ESCAPE}[`);

/** Colours are classes (`ansi-red`, `ansi-bright-red-bg`), so that both themes can make them readable; true colours are styles. */
export function renderAnsi(text: string): TemplateResult | string {
  const plain = text.replace(OTHER_CODES, '');
  if (!hasColours(plain)) return plain;
  const parts = Anser.ansiToJson(plain, { json: true, use_classes: true, remove_empty: true });
  return html`${parts.map(({ content, fg, bg, fg_truecolor, bg_truecolor, decorations }) => {
    const decorated = (decorations ?? []).filter((name) => DECORATIONS.has(name)).map((name) => `ansi-${name}`);
    const classes = [className(fg), bg ? `${className(bg)}-bg` : '', ...decorated].filter((name) => name !== '' && name !== '-bg');
    const style = `${colour('color', fg_truecolor)}${colour('background-color', bg_truecolor)}`;
    return classes.length === 0 && style === '' ? content : html`<span class=${classes.join(' ')} style=${style}>${content}</span>`;
  })}`;
}

/** Anser's name of a colour; `ansi-palette-…` and true colours are told by their values instead. */
const className = (name: string | null): string => (name && /^ansi-[a-z-]+$/.test(name) && name !== 'ansi-truecolor' ? name : '');

function colour(property: string, value: string | null): string {
  return value && COLOUR.test(value) ? `${property}: rgb(${value});` : '';
}
