/** The session's files as a tree, and the rows of it that are to be seen. */
import type { FileReport } from '../../session';

export interface FileNode extends FileReport {
  readonly name: string;
  /** Of a folder, in their order; null of anything else. */
  readonly children: FileNode[] | null;
}

export interface FileRow {
  readonly node: FileNode;
  /** From 1. */
  readonly level: number;
  /** Among its neighbours, from 1. */
  readonly position: number;
  readonly neighbours: number;
  /** Null of what cannot be opened in the tree. */
  readonly expanded: boolean | null;
}

/** The folder that Python begins in. */
export const HOME = 'home/pyodide';
/** Files in passing: shown as one folder, where there are any. */
const TMP = 'tmp';

const collator = new Intl.Collator('en', { numeric: true });

const inOrder = (a: FileNode, b: FileNode) =>
  Number(b.children !== null) - Number(a.children !== null) || collator.compare(a.name, b.name) || (a.name < b.name ? -1 : 1);

/** @param files parents before what is in them */
export function fileTree(files: readonly FileReport[]): FileNode[] {
  const roots: FileNode[] = [];
  const folders = new Map<string, FileNode[]>([[HOME, roots]]);
  const tmp: FileNode[] = [];
  folders.set(TMP, tmp);
  for (const file of files) {
    const split = file.path.lastIndexOf('/');
    const children: FileNode[] | null = file.kind === 'directory' ? [] : null;
    folders.get(file.path.slice(0, split))?.push({ ...file, name: file.path.slice(split + 1), children });
    if (children) folders.set(file.path, children);
  }
  for (const children of folders.values()) children.sort(inOrder);
  if (tmp.length > 0) roots.push({ path: TMP, name: '/tmp', kind: 'directory', size: 0, modified: 0, database: false, children: tmp });
  return roots;
}

/**
 * The rows to be seen, from top to bottom.
 * @param wanted text that a name has to contain, in any case, or that of something below it; '' for all: then `expanded` says which folders are open
 */
export function fileRows(roots: readonly FileNode[], expanded: ReadonlySet<string>, wanted: string): FileRow[] {
  const rows: FileRow[] = [];
  const text = wanted.trim().toLowerCase();
  const kept = text === '' ? null : matching(roots, text);
  const add = (nodes: readonly FileNode[], level: number) => {
    const shown = kept ? nodes.filter((node) => kept.has(node)) : nodes;
    for (const [index, node] of shown.entries()) {
      const open = node.children && (kept ? node.children.some((child) => kept.has(child)) : expanded.has(node.path));
      rows.push({ node, level, position: index + 1, neighbours: shown.length, expanded: open });
      if (node.children && open) add(node.children, level + 1);
    }
  };
  add(roots, 1);
  return rows;
}

/** All nodes below these, themselves included. */
export function* allNodes(nodes: readonly FileNode[]): Generator<FileNode> {
  for (const node of nodes) {
    yield node;
    if (node.children) yield* allNodes(node.children);
  }
}

function matching(nodes: readonly FileNode[], text: string): Set<FileNode> {
  const kept = new Set<FileNode>();
  const visit = (node: FileNode): boolean => {
    let found = node.name.toLowerCase().includes(text);
    for (const child of node.children ?? []) found = visit(child) || found;
    if (found) kept.add(node);
    return found;
  };
  for (const node of nodes) visit(node);
  return kept;
}

/** What a person types for a path, as the disk spells it: relative to the home folder, or from `/`. */
export function pathFromPerson(text: string, folder = HOME): string {
  const plain = text.trim();
  if (plain.startsWith('/home/pyodide/') || plain.startsWith('/tmp/')) return plain.slice(1);
  return `${folder}/${plain.replace(/^\.\//, '')}`;
}

/** A path as a person types it. */
export function pathForPerson(path: string): string {
  return path.startsWith(`${HOME}/`) ? path.slice(HOME.length + 1) : `/${path}`;
}

export const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
