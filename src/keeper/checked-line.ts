/**
 * A small file that is one line of JSON, whose last field, `checksum`, is the XXH32 of the same line without it, in hexadecimal.
 *
 * It is written whole under `<name>.new`, then under `<name>`, then the first is removed. So at every moment one of the two is whole,
 * and where both are, the first is the newer one.
 */
import { xxh32 } from '../base/xxh32';
import type { ReadableFile } from '../volume/readable-folder';
import type { Store } from '../volume/store';

export interface CheckedLine {
  /** Everything but the checksum. */
  fields: Record<string, unknown>;
  /** Whether the checksum is right: what a later version adds may have another. */
  sound: boolean;
}

/** The names under which a line may be found, in the order in which they count. */
export const lineFiles = (name: string): readonly [string, string] => [`${name}.new`, name];

/** Writes a line; it is on stable storage when this resolves. One writer at a time. @throws NoSpaceError, StorageError */
export async function writeLine(store: Store, name: string, fields: object): Promise<void> {
  const bytes = new TextEncoder().encode(`${JSON.stringify({ ...fields, checksum: checksumOf(fields) })}\n`);
  const [first, last] = lineFiles(name);
  for (const each of [first, last]) {
    const file = await store.open(each);
    try {
      file.truncate(0);
      file.write(bytes, 0);
      file.flush();
    } finally {
      file.close();
    }
  }
  await store.remove(first);
}

/**
 * The lines that are there, the one that counts first. Those that are no JSON object, as when they were cut off, are left out.
 * @param file gives a file by its name, null when there is none
 * @param largest no line is longer, bytes
 */
export async function readLines(
  file: (name: string) => Promise<Pick<ReadableFile, 'size' | 'slice'> | null>,
  name: string,
  largest: number,
): Promise<CheckedLine[]> {
  const lines: CheckedLine[] = [];
  for (const each of lineFiles(name)) {
    const found = await file(each);
    if (!found || found.size > largest) continue;
    const line = parseLine(await found.slice(0, found.size).text());
    if (line) lines.push(line);
  }
  return lines;
}

function parseLine(text: string): CheckedLine | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Cut off in the middle of a write.
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { checksum, ...fields } = value as Record<string, unknown>;
  return { fields, sound: checksum === checksumOf(fields) };
}

function checksumOf(fields: object): string {
  return xxh32(new TextEncoder().encode(JSON.stringify(fields))).toString(16);
}
