/** What has changed at which side since both were the same. */
import type { Listing, SideFile } from './sides';

/** A file as it was when both sides had the same. */
export interface Mirrored {
  readonly ours: string;
  readonly theirs: string;
  /** Of the content, lower-case hex. */
  readonly sha256: string;
}

export type Base = ReadonlyMap<string, Mirrored>;

export interface Difference {
  readonly path: string;
  /** Null: not there. */
  readonly ours: SideFile | null;
  readonly theirs: SideFile | null;
  /** Null: it was never the same. */
  readonly base: Mirrored | null;
  readonly changed: 'ours' | 'theirs' | 'both';
}

/** Every path at which a side is not what it was when both were the same, in order. */
export function differences(base: Base, ours: Listing, theirs: Listing): Difference[] {
  const paths = new Set([...base.keys(), ...ours.keys(), ...theirs.keys()]);
  return [...paths].sort().flatMap((path): Difference[] => {
    const [was, our, their] = [base.get(path) ?? null, ours.get(path) ?? null, theirs.get(path) ?? null];
    const oursChanged = (our?.version ?? null) !== (was?.ours ?? null);
    const theirsChanged = (their?.version ?? null) !== (was?.theirs ?? null);
    if (!oursChanged && !theirsChanged) return [];
    const changed = oursChanged && theirsChanged ? 'both' : oursChanged ? 'ours' : 'theirs';
    return [{ path, ours: our, theirs: their, base: was, changed }];
  });
}

/** What is the same of all paths that a computer may take for one and the same. */
export const keyOf = (path: string): string => path.normalize('NFC').toLowerCase().normalize('NFC');

/**
 * Paths that a computer may take for one and the same (by case or Unicode form), or for a file and a folder of one name: all but the one that was
 * mirrored before, or that is at the other side already. To write one would overwrite another.
 */
export function collisions(base: Base, ours: Listing, theirs: Listing): Set<string> {
  const owners = new Map<string, string>();
  const folders = new Map<string, string>();
  const refused = new Set<string>();
  const own = (path: string) => {
    const key = keyOf(path);
    const parents = key.split('/').flatMap((_, index, all) => (index > 0 ? [all.slice(0, index).join('/')] : []));
    const spelled = path.split('/');
    const inTheWay =
      (owners.get(key) ?? path) !== path ||
      folders.has(key) ||
      parents.some(
        (parent, index) =>
          owners.has(parent) || (folders.get(parent) ?? spelled.slice(0, index + 1).join('/')) !== spelled.slice(0, index + 1).join('/'),
      );
    if (inTheWay) {
      refused.add(path);
      return;
    }
    owners.set(key, path);
    for (const [index, parent] of parents.entries()) folders.set(parent, spelled.slice(0, index + 1).join('/'));
  };
  // What is there already, and what was agreed on, comes first.
  for (const path of [...theirs.keys()].sort()) own(path);
  for (const path of [...base.keys()].sort()) if (ours.has(path)) own(path);
  for (const path of [...ours.keys()].sort()) own(path);
  return refused;
}
