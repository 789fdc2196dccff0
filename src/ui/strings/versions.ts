/** Words about new versions of the app, and about copies outside of the browser: read by what is loaded after the start. */
import { formatCount } from '../format';

export const versionWords = {
  here: 'A new version of Dormouse is here. It is used when you say so and nothing runs or is unsaved, or when all tabs of Dormouse are closed.',
  use: 'Use it now',
  busyElsewhere: 'A new version of Dormouse is here. Another tab still runs or saves something: try again when that has ended.',
  coming: 'The new version is being opened…',
  replaced: 'Another tab has begun to use a new version of Dormouse. It opens here when what goes on has ended and is saved.',
  failed: 'The new version could not be opened. Close all tabs of Dormouse to get it.',
} as const;

export const reminderWords = {
  never: (runs: number) =>
    `This session has ${formatCount(runs)} runs, and no copy of it has ever left this browser. A browser can lose what it keeps.`,
  since: (runs: number, days: number) =>
    `The last copy of this session left this browser ${formatCount(days)} days ago, ${formatCount(runs)} runs ago. A browser can lose what it keeps.`,
  copy: 'Download state',
} as const;
