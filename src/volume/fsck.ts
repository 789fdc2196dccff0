/**
 * Checks a volume without changing it: recomputes what is reachable and how often, reads every checksum, and holds the files against
 * the rules that operations keep.
 */
import { isDormouseError, messageOf } from '../base/errors';
import { INODE } from '../base/file-operation';
import { SUPER_FILE } from './format';
import { recover } from './recovery';
import { SegmentFiles } from './segment-files';
import type { Store } from './store';
import { type InodeItem, inodeOfKey, nameOfKey, offsetOfKey, type TreeNode } from './tree-node';
import { referencesOf } from './trees';
import type { VolumeState } from './volume-state';

export interface FsckReport {
  /** Sentences, one for each thing that is wrong. */
  findings: string[];
  /** What was looked at. */
  counted: { files: number; snapshots: number; nodes: number; pieces: number; bytes: number; segments: number };
}

/** Checks what a store holds; null when that is no volume of this version. */
export async function fsck(store: Store): Promise<FsckReport | null> {
  if (!(await store.list()).includes(SUPER_FILE)) return null;
  const superFile = await store.open(SUPER_FILE);
  const files = await SegmentFiles.open(store);
  try {
    const recovery = recover(files, superFile);
    if (!recovery) return null;
    const report = checkState(recovery.state, files);
    if (recovery.problem !== null) report.findings.unshift(recovery.problem);
    return report;
  } finally {
    files.close();
    superFile.close();
  }
}

/** Checks a state in memory against itself and against its segments. */
export function checkState(state: VolumeState, files: SegmentFiles): FsckReport {
  const { objects, trees } = state;
  const findings: string[] = [];
  const counted = { files: 0, snapshots: state.snapshots.size, nodes: 0, pieces: 0, bytes: 0, segments: files.all().length };
  const expected = new Map<number, number>();
  const nodes = new Set<number>();
  const refer = (id: number) => expected.set(id, (expected.get(id) ?? 0) + 1);

  const visit = (root: number, lower: string, upper: string | null): void => {
    if (nodes.has(root)) return;
    nodes.add(root);
    let node: TreeNode;
    try {
      node = trees.load(root);
    } catch (error) {
      if (!isDormouseError(error)) throw error;
      findings.push(`Node ${root} cannot be read: ${error.message}`);
      return;
    }
    checkKeys(node, lower, upper, findings);
    for (const id of referencesOf(node)) refer(id);
    if (node.leaf) return;
    node.children.forEach((child, index) => {
      visit(child, index === 0 ? lower : (node.keys[index] as string), node.keys[index + 1] ?? upper);
    });
  };

  const roots = [
    state.current.root,
    ...(state.staged ? [state.staged.root] : []),
    ...[...state.snapshots.values()].map(({ root }) => root),
  ];
  for (const root of roots) {
    refer(root);
    visit(root, '', null);
  }
  for (const id of trees.pending) visit(id, '', null);

  for (const id of objects.objects()) {
    const references = objects.references(id);
    const reachable = expected.get(id) ?? 0;
    if (references !== reachable) findings.push(`Object ${id} has ${references} references, ${reachable} were found.`);
    const location = objects.locate(id);
    if (objects.isNode(id)) counted.nodes += 1;
    else counted.pieces += 1;
    if (!location) continue;
    counted.bytes += location.length;
    try {
      files.read(location, `Object ${id} at byte ${location.offset} of segment-${location.segment}`);
    } catch (error) {
      findings.push(messageOf(error));
    }
  }
  for (const id of expected.keys()) if (objects.references(id) === 0) findings.push(`Object ${id} is referred to and does not exist.`);
  for (const root of new Set(roots)) {
    if (findings.length > 0) break;
    counted.files = Math.max(counted.files, checkFiles(state, root, findings));
  }
  return { findings, counted };
}

function checkKeys(node: TreeNode, lower: string, upper: string | null, findings: string[]): void {
  // A branch's first key counts as less than any.
  const keys = node.leaf ? node.keys : node.keys.slice(1);
  for (const [index, key] of keys.entries()) {
    const before = index === 0 ? lower : (keys[index - 1] as string);
    if (key < before || (index > 0 && key === before) || (upper !== null && key >= upper)) {
      findings.push(`Node ${node.id} has a key out of order.`);
      return;
    }
  }
}

/** Holds every inode, entry and extent of a state against the others; returns the number of inodes. */
function checkFiles(state: VolumeState, root: number, findings: string[]): number {
  const inodes = new Map<number, InodeItem>();
  const entries = new Map<number, { directory: number; name: string }>();
  let end = { inode: 0, offset: 0 };
  for (const [key, item] of state.trees.range(root, '', '\uffff')) {
    const inode = inodeOfKey(key);
    if (item.type === 'inode') {
      inodes.set(inode, item);
    } else if (item.type === 'entry') {
      if (entries.has(item.inode)) findings.push(`Inode ${item.inode} has two names.`);
      entries.set(item.inode, { directory: inode, name: nameOfKey(key) });
    } else {
      const offset = offsetOfKey(key);
      const file = inodes.get(inode);
      if (file?.kind !== 'file') findings.push(`Inode ${inode} has content and is no file.`);
      if (end.inode === inode && offset < end.offset) findings.push(`Inode ${inode} has overlapping content at byte ${offset}.`);
      if (offset + item.length > (file?.size ?? 0)) findings.push(`Inode ${inode} has content behind its end.`);
      const stored = state.objects.locate(item.object)?.length ?? 0;
      if (item.length === 0 || item.skip + item.length > stored)
        findings.push(`Inode ${inode} names more of object ${item.object} than there is.`);
      end = { inode, offset: offset + item.length };
    }
  }
  for (const [inode, item] of inodes) {
    if (inode === INODE.root) continue;
    const entry = entries.get(inode);
    if (entry?.directory !== item.parent || entry.name !== item.name) findings.push(`Inode ${inode} and the entry that names it differ.`);
    if (inodes.get(item.parent)?.kind !== 'directory') findings.push(`Inode ${inode} lies in no folder.`);
    if (inode >= state.nextInode) findings.push(`Inode ${inode} is above every number given out.`);
  }
  for (const inode of entries.keys()) if (!inodes.has(inode)) findings.push(`An entry names inode ${inode}, which does not exist.`);
  return inodes.size;
}
