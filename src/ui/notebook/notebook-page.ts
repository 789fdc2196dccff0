/**
 * A notebook as a web page of its own: one file with everything in it, which runs nothing and loads nothing. What Python made is as safe in it as
 * it is here: HTML is sanitised, pictures and charts are images, and a policy in the page forbids the rest. Loaded when one is first made.
 */
import { pythonLanguage } from '@codemirror/lang-python';
import { classHighlighter, highlightCode } from '@lezer/highlight';
import { html, nothing, render, type TemplateResult } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import type { Notebook, Output, Outputs } from '../../notebook';
import type { Json, MimeBundle } from '../../session';
import { tableSnapshot } from '../../table';
import { formatTime } from '../format';
import { drawn, kindOf } from '../grid/cell-view';
import { indentJson } from '../json-text';
import { renderAnsi } from '../output/ansi';
import { ansiStyles } from '../output/ansi-styles';
import { chartPicture } from '../output/chart-picture';
import { formsOf } from '../output/forms';
import { renderLatex } from '../output/prose';
import { safeHtml } from '../output/safe-html';
import { strings } from '../strings';
import tokens from '../tokens.css?inline';
import { renderMarkdown } from './markdown';
import { pageStyle } from './notebook-page-style';

type Part = TemplateResult | Node | string | typeof nothing;

const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
/** Of a table; the rest is counted. */
const MOST_ROWS = 500;
const MOST_COLUMNS = 100;
/** UTF-16 units of a JSON value. */
const LONGEST_JSON = 20_000;

/** @param title what the document is called */
export async function notebookPage(notebook: Notebook, title: string): Promise<string> {
  const cells: Part[] = [];
  for (const { id, kind, source } of notebook.cells) {
    if (kind === 'markdown') cells.push(html`<section class="prose">${unsafeHTML(renderMarkdown(source))}</section>`);
    else
      cells.push(
        html`<section>${source === '' ? nothing : html`<pre class="code">${kind === 'python' ? coloured(source) : source}</pre>`}${await outputsOf(notebook.result(id).outputs)}</section>`,
      );
  }
  const holder = document.createElement('div');
  const words = strings.workbench.page;
  render(html`<main>${cells}</main><footer>${words.made(formatTime(Date.now()))}</footer>`, holder);
  const name = document.createElement('title');
  name.textContent = title;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${name.outerHTML}
<style>${withoutFonts(tokens)}${ansiStyles.cssText}${pageStyle.cssText}</style>
</head>
<body>
${withoutComments(holder).innerHTML}
</body>
</html>
`;
}

async function outputsOf({ list, dropped }: Outputs): Promise<Part> {
  if (list.length === 0 && dropped === 0) return nothing;
  const parts: Part[] = [];
  for (const output of list) parts.push(html`<div class="output">${await outputOf(output)}</div>`);
  return html`<div class="outputs">${dropped > 0 ? html`<p class="note">${strings.rich.dropped}</p>` : nothing}${parts}</div>`;
}

async function outputOf(output: Output): Promise<Part> {
  switch (output.type) {
    case 'stream':
      return html`<pre class=${output.stream}>${renderAnsi(output.text)}</pre>`;
    case 'error':
      return html`<pre class="error">${renderAnsi(output.traceback || `${output.name}: ${output.message}`)}</pre>`;
    case 'value':
    case 'display':
      return bundleOf(output.data, output.metadata);
    default:
      return output satisfies never;
  }
}

async function bundleOf(data: MimeBundle, metadata: MimeBundle): Promise<Part> {
  const words = strings.workbench.page;
  const forms = formsOf(data);
  for (const { kind, type, content } of forms) {
    const text = String(content);
    switch (kind) {
      case 'table': {
        const table = tableOf(content);
        if (table) return table;
        break;
      }
      case 'chart': {
        const picture = forms.find((form) => form.kind === 'picture');
        const url = picture ? pictureUrl(picture.type, String(picture.content)) : await chartPicture(type, content);
        return url === null ? html`<p class="note">${words.chart}</p>` : html`<img src=${url} alt=${strings.rich.chart} />`;
      }
      case 'html':
        return html`<div class="html">${safeHtml(text, false).content}</div>`;
      case 'picture':
        return pictureOf(type, text, metadata[type]);
      case 'markdown':
        return html`<div class="prose">${unsafeHTML(renderMarkdown(text))}</div>`;
      case 'latex':
        return html`<div class="prose">${unsafeHTML(renderLatex(text))}</div>`;
      case 'json': {
        const json = indentJson(JSON.stringify(content));
        return html`<pre>${json.slice(0, LONGEST_JSON)}${json.length > LONGEST_JSON ? '…' : ''}</pre>`;
      }
      case 'text':
        return html`<pre>${renderAnsi(text)}</pre>`;
      case 'progress':
        break;
      default:
        return kind satisfies never;
    }
  }
  return nothing;
}

function tableOf(content: Json): Part | null {
  const table = tableSnapshot(content);
  if (!table) return null;
  const columns = table.columns.slice(0, MOST_COLUMNS);
  const rows = table.rows.slice(0, MOST_ROWS);
  const whole = rows.length === table.rowCount && columns.length === table.columns.length;
  return html`<div class="table"><table>
      <thead><tr>${columns.map(({ name }) => html`<th scope="col">${name}</th>`)}</tr></thead>
      <tbody>${rows.map((row) => html`<tr>${columns.map((_, index) => html`<td class=${kindOf(row[index] ?? null)}>${drawn(row[index] ?? null)}</td>`)}</tr>`)}</tbody>
    </table></div>
    ${whole ? nothing : html`<p class="note">${strings.workbench.page.table(rows.length, table.rowCount, columns.length, table.columns.length)}</p>`}`;
}

function pictureOf(type: string, data: string, metadata: unknown): Part {
  const url = pictureUrl(type, data);
  if (url === null) return html`<p class="note">${strings.rich.failed}</p>`;
  const { width, alt } = (typeof metadata === 'object' && metadata !== null ? metadata : {}) as Record<string, unknown>;
  const size = typeof width === 'number' && width > 0 && width < 10_000 ? width : nothing;
  return html`<img src=${url} width=${size} alt=${typeof alt === 'string' && alt !== '' ? alt.slice(0, 1000) : strings.rich.picture} />`;
}

/** Null when it is none. */
function pictureUrl(type: string, data: string): string | null {
  if (type === 'image/svg+xml') return `data:${type},${encodeURIComponent(data.replace(/\p{Surrogate}/gu, '\ufffd'))}`;
  const base64 = data.replace(/\s/g, '');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? `data:${type};base64,${base64}` : null;
}

function coloured(code: string): (TemplateResult | string)[] {
  const parts: (TemplateResult | string)[] = [];
  highlightCode(
    code,
    pythonLanguage.parser.parse(code),
    classHighlighter,
    (text, classes) => parts.push(classes === '' ? text : html`<span class=${classes}>${text}</span>`),
    () => parts.push('\n'),
  );
  return parts;
}

/** A font would be loaded from where the page was made: the reader's own does. */
const withoutFonts = (style: string): string => style.replace(/@font-face\s*\{[^}]*\}/g, '');

/** Those that Lit leaves to find its places again. */
function withoutComments(holder: HTMLElement): HTMLElement {
  const walker = document.createTreeWalker(holder, NodeFilter.SHOW_COMMENT);
  const comments: Comment[] = [];
  while (walker.nextNode()) comments.push(walker.currentNode as Comment);
  for (const comment of comments) comment.remove();
  return holder;
}
