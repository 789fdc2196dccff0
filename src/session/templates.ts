/** What a session can begin with: templates and lessons, data beside the page. */

import { base64Text } from '../base/base64';
import { InvalidInputError } from '../base/errors';
import { type OriginFile, writeOrigin } from '../notebook';
import type { ChosenFile } from '../protocol/catalogue';
import { fetchBytes } from './download';

/** Relative to the page: a folder for each template with `notebook.py` and its files; `list.json` says which there are. */
const TEMPLATES = 'templates/';
/** One Markdown file for each (docs/lesson.md). */
const LESSONS = 'lessons/';
/** No file of either is larger, bytes. */
const LARGEST = 4 * 2 ** 20;
const HOST = 'The server of this page';
const NAME = /^\w[\w.-]*$/;

export interface Offered {
  kind: 'template' | 'lesson';
  /** Names its folder, or its file. */
  id: string;
  name: string;
  about: string;
  /** Of a template, beside its notebook. */
  files: readonly string[];
}

/** What is offered. @throws DormouseError when the server is not reached, InvalidInputError */
export async function listOffered(): Promise<Offered[]> {
  const { templates, lessons } = JSON.parse(text(await load(`${TEMPLATES}list.json`))) as Record<string, unknown>;
  return [...offeredOf('template', templates), ...offeredOf('lesson', lessons)];
}

function offeredOf(kind: Offered['kind'], list: unknown): Offered[] {
  if (!Array.isArray(list)) throw new InvalidInputError('The list of templates is broken.');
  return list.map(({ id, name, about, files = [] }: Record<string, unknown>) => {
    const names = Array.isArray(files) ? files.map(String) : [];
    if (![id, ...names].every((each) => NAME.test(String(each)))) throw new InvalidInputError('The list of templates is broken.');
    return { kind, id: String(id), name: String(name), about: String(about), files: names };
  });
}

/** What is to be opened as a session (`Sessions.openFiles`). @throws as `listOffered` */
export async function filesOfOffered({ kind, id, name, files }: Offered): Promise<ChosenFile[]> {
  const modified = Date.now();
  if (kind === 'lesson') return [{ path: `${id}.md`, file: new Blob([await load(`${LESSONS}${id}.md`)]), modified }];
  const code = text(await load(`${TEMPLATES}${id}/notebook.py`));
  const loaded = await Promise.all(
    files.map(async (file): Promise<OriginFile> => ({ path: `home/pyodide/${file}`, content: await load(`${TEMPLATES}${id}/${file}`) })),
  );
  const origin = await writeOrigin({ kind, name, notebook: code, files: loaded });
  return stateFile(code, [...loaded, origin], modified);
}

/** As `filesOfOffered`, for a session with nothing in it. */
export const filesOfNothing = (): ChosenFile[] => stateFile('', [], Date.now());

/** docs/state-file.md. */
function stateFile(code: string, files: readonly OriginFile[], modified: number): ChosenFile[] {
  const listed = files.map(({ path, content }) => ({ path, base64: base64Text(content) }));
  const state = { format: 'dormouse-state', version: 1, code, files: listed };
  return [{ path: 'state.json', file: new Blob([JSON.stringify(state)]), modified }];
}

const load = (address: string) => fetchBytes(new URL(address, document.baseURI).href, { what: address, host: HOST, most: LARGEST });

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
