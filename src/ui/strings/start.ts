import { formatBytes } from '../format';

/** Words of the start page. */
export const start = {
  title: 'Start',
  menu: 'All sessions and templates',
  promise: 'Python in the browser that keeps everything.',
  begin: 'Begin',
  empty: 'Empty session',
  emptyAbout: 'A notebook without anything in it.',
  lesson: 'Lesson',
  template: 'Template',
  noOffers: (reason: string) => `Templates and lessons cannot be read now. ${reason}`,
  open: 'Open a file…',
  dropHint: 'Or drop it anywhere on this page: a capsule, a state file, a lesson, a zip archive, a program, or files.',
  drop: 'Drop to open',
  sessions: 'Your sessions',
  search: 'Search by name or first line',
  none: 'No session yet. Begin one above.',
  notFound: (wanted: string) => `No session has “${wanted}” in its name or first line.`,
  count: (found: number, all: number) => (found === all ? `${all}` : `${found} of ${all}`),
  bytes: (bytes: number) => (bytes === 0 ? 'no files' : formatBytes(bytes)),
} as const;
