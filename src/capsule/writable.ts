/** Whether a state can be written so that it can be read again. */
import { base64Length } from '../base/base64';
import { messageOf } from '../base/errors';
import { splitPath } from '../base/paths';
import { STATE_LIMITS, type StateContent, type StateFileEntry } from './content';
import { ENTRY_PUNCTUATION, entryHead, PUNCTUATION, stateHead, utf8Length } from './document-text';
import { FileTree } from './file-tree';
import { checkPlace } from './place';

/** Why a state cannot be written, and what to leave out so that it can. Sizes in bytes. */
export interface WriteProblem {
  message: string;
  leaveOut: { path: string; size: number; reason: string }[];
}

/**
 * Finds what a state file cannot hold: names that could not be loaded again, and the largest files until the rest fits. Null when
 * everything fits. Leaving out what is listed leaves something that can be written, except when the editor's text is too long.
 */
export function checkWritable(content: StateContent): WriteProblem | null {
  if ((content.code?.length ?? 0) > STATE_LIMITS.code) {
    return {
      message: `The code in the editor is too long for a state file: it takes at most ${inMillions(STATE_LIMITS.code)} characters.`,
      leaveOut: [],
    };
  }
  const tree = new FileTree();
  const unfit: WriteProblem['leaveOut'] = [];
  const fit: StateFileEntry[] = [];
  for (const entry of content.files) {
    const reason = whyUnfit(entry, tree);
    if (reason === null) fit.push(entry);
    else unfit.push({ path: entry.path, size: sizeOf(entry), reason });
  }
  const { excess, total } = findExcess(content, fit);
  if (unfit.length === 0 && excess.length === 0) return null;
  const sentences: string[] = [];
  if (excess.length > 0) {
    sentences.push(`A state file holds at most ${inMegabytes(STATE_LIMITS.content)}, and this session has ${inMegabytes(total)}.`);
  }
  if (unfit.length > 0) {
    sentences.push(
      `${unfit.length === 1 ? 'One name' : `${unfit.length.toLocaleString('en-US')} names`} could not be loaded again from a state file.`,
    );
  }
  sentences.push('Leave out what is listed here to download the rest.');
  return { message: sentences.join(' '), leaveOut: [...unfit, ...excess] };
}

function whyUnfit(entry: StateFileEntry, tree: FileTree): string | null {
  try {
    const segments = splitPath(entry.path);
    checkPlace(entry.path, segments);
    const conflict = tree.add(segments, entry.kind);
    if (conflict !== null) return `It ${conflict}.`;
  } catch (error) {
    return messageOf(error);
  }
  if (entry.kind !== 'symlink') return null;
  const { target } = entry;
  if (target === '' || target.length > STATE_LIMITS.target || /\0|\p{Surrogate}/u.test(target))
    return 'The link points to something that is no path.';
  return null;
}

/** The largest entries, until content and document are within their limits; and the bytes of all files. */
function findExcess(content: StateContent, entries: readonly StateFileEntry[]): { excess: WriteProblem['leaveOut']; total: number } {
  const items = entries.map((entry) => ({ entry, size: sizeOf(entry), weight: leastLength(entry) }));
  const total = items.reduce((sum, { size }) => sum + size, 0);
  let bytes = total;
  let weight = items.reduce((sum, item) => sum + item.weight, frameLength(content));
  const excess: WriteProblem['leaveOut'] = [];
  // Equal ones in the order of their paths, so that the answer is the same every time.
  items.sort((a, b) => b.weight - a.weight || (a.entry.path < b.entry.path ? -1 : 1));
  for (const item of items) {
    if (bytes <= STATE_LIMITS.content && weight <= STATE_LIMITS.document) break;
    bytes -= item.size;
    weight -= item.weight;
    excess.push({ path: item.entry.path, size: item.size, reason: 'Without it there is room for the rest.' });
  }
  return { excess, total };
}

/** Bytes of the document without its entries. */
export function frameLength(content: StateContent): number {
  return utf8Length(stateHead(content)) + PUNCTUATION.end.length;
}

/** Bytes that an entry takes when its content is written as base64: always possible, whatever the content. */
export function leastLength(entry: StateFileEntry): number {
  return utf8Length(entryHead(entry, 'base64')) + base64Length(sizeOf(entry)) + ENTRY_PUNCTUATION;
}

function sizeOf(entry: StateFileEntry): number {
  return entry.kind === 'file' ? entry.content.length : 0;
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString('en-US', { maximumFractionDigits: 1 })} MB`;
}

function inMillions(count: number): string {
  return `${count / 1e6} million`;
}
