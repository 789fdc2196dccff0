/** Words of the panel of variables, and of what helps while code is written. */
import { formatCount } from '../format';

const things = (count: number, one: string, many: string) => `${formatCount(count)} ${count === 1 ? one : many}`;

export const variablesWords = {
  label: 'Variables',
  close: 'Close variables',
  filter: 'Filter by name or type',
  sort: 'Order',
  sorts: { made: 'As they were made', name: 'By name', type: 'By type', size: 'Largest first' },
  code: 'Functions, classes and modules too',
  list: 'List of variables',
  empty: 'No variables yet. Run something that makes one:',
  emptyExample: 'numbers = [1, 2, 3]',
  nothingFound: 'No variable has that in its name or type.',
  busy: 'Python is busy: this is how it was before the run.',
  busyFirst: 'Python is busy: its variables are shown when the run has ended.',
  elsewhere: 'Another tab has this session: its variables are shown there.',
  count: (found: number, total: number) =>
    found === total ? things(total, 'variable', 'variables') : `${formatCount(found)} of ${things(total, 'variable', 'variables')}`,
  more: (count: number) => `Show ${formatCount(count)} more`,
  tooMany: (count: number) => `${things(count, 'more variable is', 'more variables are')} not shown: filter to find one.`,
  length: (count: number) => things(count, 'item', 'items'),
  /** Of a variable, without what it refers to. */
  itself: (size: string) => `${size} itself`,
  pin: 'Pin to the top',
  pinned: 'Pinned',
  openGrid: 'Open as table',
  openTree: 'Open as tree',
  closeView: 'Close',
  insert: 'Use in code',
  delete: 'Delete',
  deleted: (name: string) => `Deleted ${name}.`,
  undo: 'Undo',
  restored: (name: string) => `${name} is back.`,
  notRestored: (name: string) => `${name} cannot be brought back: something has run since, or there is another one by that name.`,
  gone: 'It is not there any more.',
  tree: (name: string) => `What is in ${name}`,
} as const;

export const codeHelp = {
  /** A screen reader hears it before the signature. */
  signature: 'How it is called',
} as const;
