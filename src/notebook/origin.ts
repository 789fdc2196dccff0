/**
 * What a session began with when it came from a template or a lesson: kept with it, so that it can be said what is still as it came, and
 * brought back. A file of the session like any other, and so nothing to be trusted.
 */
import { base64Text, bytesOfBase64Text } from '../base/base64';
import { splitPath } from '../base/paths';
import { sha256 } from '../base/sha256';

export const ORIGIN_FILE = 'home/pyodide/.dormouse/origin.json';
const FORMAT = 'dormouse-origin';
const VERSION = 1;
/** A larger file is no origin, bytes. */
export const LARGEST_ORIGIN = 16 << 20;
const MOST_FILES = 1000;
const HOME = 'home/pyodide/';

export interface OriginFile {
  /** From the root of the session's disk, below its home. */
  readonly path: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

export interface Origin {
  readonly kind: 'template' | 'lesson';
  readonly name: string;
  /** The text of the notebook; null where it is the person's own from the beginning. */
  readonly notebook: string | null;
  readonly files: readonly OriginFile[];
}

/** The file as it is stored. */
export async function writeOrigin({ kind, name, notebook, files }: Origin): Promise<OriginFile> {
  const listed = await Promise.all(
    files.map(async ({ path, content }) => ({
      path,
      sha256: await sha256(content),
      content: base64Text(content),
    })),
  );
  const text = `${JSON.stringify({ format: FORMAT, version: VERSION, kind, name, notebook, files: listed }, null, 1)}\n`;
  return { path: ORIGIN_FILE, content: new TextEncoder().encode(text) };
}

/** Reads the file; null when it is something else, or any content in it is not what its checksum says. */
export async function readOrigin(text: string): Promise<Origin | null> {
  try {
    const { format, version, kind, name, notebook, files } = JSON.parse(text) as Record<string, unknown>;
    if (format !== FORMAT || version !== VERSION || (kind !== 'template' && kind !== 'lesson')) return null;
    if (typeof name !== 'string' || (notebook !== null && typeof notebook !== 'string')) return null;
    if (!Array.isArray(files) || files.length > MOST_FILES) return null;
    return { kind, name: name.slice(0, 200), notebook, files: await Promise.all(files.map(readFile)) };
  } catch {
    // Somebody else's file: then nothing is known of where the session came from.
    return null;
  }
}

async function readFile(value: unknown): Promise<OriginFile> {
  const { path, content, sha256: sum } = value as Record<string, unknown>;
  if (typeof path !== 'string' || !path.startsWith(HOME) || typeof content !== 'string') throw new TypeError('No file of an origin.');
  splitPath(path);
  const bytes = bytesOfBase64Text(content);
  if ((await sha256(bytes)) !== sum) throw new TypeError('A content is not what it should be.');
  return { path, content: bytes };
}
