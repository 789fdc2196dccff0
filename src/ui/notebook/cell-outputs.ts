/** What a cell's run wrote, as text. */
import { html, nothing } from 'lit';
import type { Output, Outputs } from '../../notebook';
import { TERMINAL_CODES } from '../output-document';
import { strings } from '../strings';

export function renderOutputs({ list, dropped }: Outputs) {
  return html`
    ${dropped === 0 ? nothing : html`<p class="soft">${strings.workbench.notebook.dropped}</p>`}
    ${list.map((output) => html`<pre class=${output.type === 'stream' ? output.stream : output.type}>${textOf(output).replace(TERMINAL_CODES, '')}</pre>`)}
  `;
}

function textOf(output: Output): string {
  switch (output.type) {
    case 'stream':
      // What was written over by a carriage return is not there any more.
      return output.text.replace(/\r\n/g, '\n').replace(/^.*\r(?=[^\n])/gm, '');
    case 'error':
      return output.traceback;
    case 'display':
    case 'value':
      return String(output.data['text/plain'] ?? '');
    default:
      return output satisfies never;
  }
}
