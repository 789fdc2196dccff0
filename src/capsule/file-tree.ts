/**
 * The names of a state, put together entry by entry, to find those that cannot be beside each other. Names that differ only in
 * case or in how their accents are encoded are refused: on many computers (Windows, macOS) they are the same file.
 */
import { STATE_LIMITS } from './content';

interface TreeNode {
  id: number;
  name: string;
  parent: TreeNode | null;
  kind: 'file' | 'directory' | 'symlink';
  /** A folder that is only known from what lies in it; its own entry may still come. */
  implied: boolean;
}

export class FileTree {
  readonly #root: TreeNode = { id: 0, name: '', parent: null, kind: 'directory', implied: true };
  /** By the parent's id and the folded name: flat, so that time and memory grow with the text of the paths only. */
  readonly #nodes = new Map<string, TreeNode>();

  /** Enters a path of checked segments. Returns null, or, without entering it, a clause that says why it cannot be there ("it …"). */
  add(segments: readonly string[], kind: TreeNode['kind']): string | null {
    let parent = this.#root;
    for (const [index, name] of segments.entries()) {
      const last = index === segments.length - 1;
      const key = `${parent.id}/${foldName(name)}`;
      const node = this.#nodes.get(key);
      if (!node) {
        if (this.#nodes.size === MAX_NODES)
          return `is more than a state file holds: ${STATE_LIMITS.entries.toLocaleString('en-US')} files and folders`;
        parent = { id: this.#nodes.size + 1, name, parent, kind: last ? kind : 'directory', implied: !last };
        this.#nodes.set(key, parent);
        continue;
      }
      const other = JSON.stringify(pathOf(node));
      if (node.name !== name) {
        const how =
          node.name.normalize('NFC') === name.normalize('NFC')
            ? 'in how its letters are encoded (Unicode normalisation)'
            : 'in upper and lower case';
        return `differs from ${other} only ${how}: many computers take the two for one`;
      }
      if (!last) {
        if (node.kind !== 'directory') return `lies in ${other}, which is a ${KIND_WORDS[node.kind]} and no folder`;
      } else if (!node.implied) {
        return 'is there twice';
      } else if (kind !== 'directory') {
        return `is a ${KIND_WORDS[kind]}, but other entries lie in it as in a folder`;
      } else {
        node.implied = false;
      }
      parent = node;
    }
    return null;
  }
}

/** The mount points and what is above them come on top: `home`, `home/pyodide`, `tmp`. */
const MAX_NODES = STATE_LIMITS.entries + 3;

const KIND_WORDS = { file: 'file', directory: 'folder', symlink: 'link' } as const;

function pathOf(node: TreeNode): string {
  const names: string[] = [];
  for (let at: TreeNode | null = node; at?.parent; at = at.parent) names.unshift(at.name);
  return names.join('/');
}

/**
 * The same for all names that some file system takes for one. As NTFS and APFS do, characters are compared one by one: `ß` is not
 * `ss`, but `ς` is `σ`.
 */
function foldName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
  if (/^[\x00-\x7f]*$/.test(name)) return name.toUpperCase();
  let folded = '';
  for (const character of name.normalize('NFC')) {
    const upper = character.toUpperCase();
    // A dotless ı is no i, although both have the same capital.
    folded += character === 'ı' || [...upper].length > 1 ? character : upper;
  }
  return folded;
}
