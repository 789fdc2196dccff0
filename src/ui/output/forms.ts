/** Which forms of a bundle can be shown, the richest first. */
import type { Json, MimeBundle } from '../../session';

export type FormKind = 'table' | 'progress' | 'chart' | 'html' | 'picture' | 'markdown' | 'latex' | 'json' | 'text';

export interface Form {
  readonly kind: FormKind;
  readonly type: string;
  readonly content: Json;
}

const ORDER: readonly (readonly [RegExp, FormKind])[] = [
  [/^application\/vnd\.dormouse\.table\+json$/, 'table'],
  [/^application\/vnd\.dormouse\.progress\+json$/, 'progress'],
  [/^application\/vnd\.plotly\.v\d+\+json$/, 'chart'],
  [/^application\/vnd\.vegalite\.v\d+(\.\d+)*\+json$/, 'chart'],
  [/^application\/vnd\.vega\.v\d+(\.\d+)*\+json$/, 'chart'],
  [/^text\/html$/, 'html'],
  [/^image\/svg\+xml$/, 'picture'],
  [/^image\/(png|jpeg|gif|webp)$/, 'picture'],
  [/^text\/markdown$/, 'markdown'],
  [/^text\/latex$/, 'latex'],
  [/^application\/(geo\+)?json$/, 'json'],
  [/^text\/plain$/, 'text'],
];

/** One form of each kind. */
export function formsOf(data: MimeBundle): Form[] {
  const forms: Form[] = [];
  for (const [pattern, kind] of ORDER) {
    const type = Object.keys(data).find((each) => pattern.test(each));
    const content = type === undefined ? undefined : data[type];
    if (type === undefined || content === undefined || forms.some((form) => form.kind === kind)) continue;
    if (typeof content !== 'string' && !type.endsWith('json')) continue;
    forms.push({ kind, type, content });
  }
  return forms;
}
