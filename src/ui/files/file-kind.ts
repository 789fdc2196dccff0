import type { TableKind } from '../../table';

/** What a file is, as its name says. What is in it may be something else: who shows it has to look. */

export type FileKind = 'text' | 'table' | 'json' | 'image' | 'pdf' | 'database' | 'excel' | 'parquet' | 'other';

const ENDINGS: Readonly<Record<Exclude<FileKind, 'other'>, readonly string[]>> = {
  text: 'txt md py pyi toml ini cfg conf yaml yml xml html htm css js ts sql sh log rst tex env gitignore'.split(' '),
  table: ['csv', 'tsv', 'tab'],
  json: ['json', 'jsonl', 'ndjson', 'geojson', 'ipynb'],
  image: ['png', 'jpg', 'jpeg', 'gif', 'webp', 'avif', 'bmp', 'ico', 'svg'],
  pdf: ['pdf'],
  database: ['db', 'sqlite', 'sqlite3', 'db3'],
  excel: ['xlsx'],
  parquet: ['parquet'],
};

const KINDS = new Map(Object.entries(ENDINGS).flatMap(([kind, endings]) => endings.map((ending) => [ending, kind as FileKind])));

/** Of an image, what the browser has to be told for it to be drawn. */
const IMAGE_TYPES: Readonly<Record<string, string>> = { svg: 'image/svg+xml', jpg: 'image/jpeg', ico: 'image/x-icon' };

const endingOf = (path: string) => /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';

export function kindOf(path: string): FileKind {
  return KINDS.get(endingOf(path)) ?? 'other';
}

/** As what kind of table a file can be shown; null: as none. */
export function tableKindOf(path: string): TableKind | null {
  const ending = endingOf(path);
  switch (kindOf(path)) {
    case 'table':
      return 'delimited';
    case 'json':
      return ending === 'json' ? 'json' : ending === 'jsonl' || ending === 'ndjson' ? 'json-lines' : null;
    case 'excel':
      return 'excel';
    case 'parquet':
      return 'parquet';
    default:
      return null;
  }
}

export function imageType(path: string): string {
  const ending = endingOf(path);
  return IMAGE_TYPES[ending] ?? `image/${ending}`;
}
