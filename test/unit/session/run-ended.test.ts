/** What is said of a Python that begins: the truth about variables and files, in a sentence or two. */
import { expect, test } from 'vitest';
import type { ResumeReport } from '../../../src/protocol/image';
import type { AttachReport, Checkpoint } from '../../../src/protocol/keeper';
import { beginning, unfinished } from '../../../src/session/run-ended';

const checkpoint = { id: 4 } as Checkpoint;
const attach = (part: Partial<AttachReport> = {}): AttachReport => ({ checkpoint, stale: false, problem: null, counts: null, ...part });
const resume = (part: Partial<ResumeReport> = {}): ResumeReport => ({
  kind: 'resumed',
  problem: null,
  keepImage: false,
  lost: [],
  ...part,
});
const fresh = (problem: string | null) => resume({ kind: 'fresh', problem });

test.each<[string, string | null, AttachReport, ResumeReport, string | null]>([
  ['a refresh', null, attach(), resume(), null],
  ['a first visit', null, attach({ checkpoint: null }), fresh(null), null],
  [
    'a page that died in a run',
    'The run at 14:03 did not finish',
    attach({ stale: true }),
    resume(),
    'The run at 14:03 did not finish; variables are as before it, files as it left them.',
  ],
  [
    'a stopped run with a connection whose database has changed',
    'The run was stopped',
    attach({ stale: true }),
    resume({ lost: [{ variable: 'db', reason: 'app.db has changed since' }] }),
    'The run was stopped; variables are as before it, files as it left them. No longer open: db: app.db has changed since.',
  ],
  [
    'an image of another build',
    null,
    attach(),
    fresh('They belong to another version of Python.'),
    'Variables could not be brought back: They belong to another version of Python. Files are kept.',
  ],
  [
    'an image that failed twice',
    null,
    attach({ checkpoint: null, problem: 'That failed twice.' }),
    fresh(null),
    'Variables could not be brought back: That failed twice. Files are kept.',
  ],
  [
    'a first run that was stopped',
    'The run was stopped',
    attach({ checkpoint: null }),
    fresh(null),
    'The run was stopped; files are as it left them, variables begin anew.',
  ],
])('%s', (_, happened, attached, resumed, sentence) => {
  expect(beginning(happened, attached, resumed)).toBe(sentence);
});

test('of a thousand things that are no longer open a few are named, and none at length', () => {
  const lost = Array.from({ length: 1000 }, () => ({ variable: 'x'.repeat(900), reason: 'y' }));
  const sentence = beginning('The run was stopped', attach({ stale: true }), resume({ lost })) ?? '';
  expect(sentence).toMatch(/; and 995 more\.$/);
  expect(sentence.length).toBeLessThan(1500);
});

test('a run that has no end in the history is the one that did not finish', () => {
  const run = { run: 1, started: 0, ended: null, status: 'unfinished', firstLine: '' } as const;
  expect(unfinished({ history: [run] } as never)).toMatch(/^The run at \d\d:\d\d did not finish$/);
  expect(unfinished({ history: [{ ...run, status: 'finished' }] } as never)).toBeNull();
});
