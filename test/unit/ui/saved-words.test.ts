import { describe, expect, test } from 'vitest';
import type { CheckpointReport, Loss, Resumed, SavedState } from '../../../src/session';
import { type Beginning, describeSaved } from '../../../src/ui/saved-words';

const LOST: Loss = { variable: 'element', reason: 'a JavaScript object' };
const REPORT: CheckpointReport = { checkpoint: 1, problem: null, milliseconds: 12, heap: 4e7, changed: 1e6, stored: 9e4, lost: [] };
const RESUMED: Resumed = { milliseconds: 500, lost: [], counts: null };
const AT = new Date().setHours(14, 3, 0, 0);

const saved = (checkpoint: CheckpointReport | null, problem: string | null = null): SavedState => ({
  kind: 'saved',
  at: AT,
  problem,
  checkpoint,
});

describe('what is said after a save', () => {
  test.each<[string, SavedState, Beginning, string]>([
    ['a run whose memory was kept', saved(REPORT), 'ran', 'Saved 14:03 · everything kept'],
    ['one thing that was not', saved({ ...REPORT, lost: [LOST] }), 'ran', 'Saved 14:03 · 1 thing not kept'],
    ['two things that were not', saved({ ...REPORT, lost: [LOST, LOST] }), 'ran', 'Saved 14:03 · 2 things not kept'],
    ['no memory at all', saved(null), 'ran', 'Saved 14:03 · files kept, variables are not'],
    [
      'no memory, with a reason',
      saved({ ...REPORT, problem: 'Python’s memory is too large.' }),
      'ran',
      'Saved 14:03 · files kept, variables are not (Python’s memory is too large)',
    ],
    ['something of the run missing', saved(REPORT, 'the last write is missing'), 'ran', 'Saved 14:03 · the last write is missing'],
    ['memory just brought back', saved(null), RESUMED, 'Saved 14:03 · everything kept'],
    ['memory brought back without an open file', saved(null), { ...RESUMED, lost: [LOST] }, 'Saved 14:03 · 1 thing not kept'],
    ['Python still starting', saved(null), 'starting', 'Saved 14:03'],
    ['Python begun anew', saved(null), 'fresh', 'Saved 14:03 · files kept'],
  ])('%s', (_, state, beginning, text) => expect(describeSaved(state, beginning).text).toBe(text));

  test('what has gone on since is said instead of a promise', () => {
    for (const beginning of ['ran', RESUMED] as const)
      expect(describeSaved(saved(REPORT), beginning, true).text).toBe('Saved 14:03 · changed since');
    expect(describeSaved(saved(null), 'ran', true).text).toContain('variables are not');
  });
});

test('"everything kept" is never said where something is missing or nothing is kept', () => {
  const states: SavedState[] = [
    { kind: 'none' },
    { kind: 'saving' },
    { kind: 'memory' },
    { kind: 'elsewhere' },
    { kind: 'unsaved', reason: 'storage is full' },
    saved(null),
    saved(REPORT, 'something is missing'),
    saved({ ...REPORT, problem: 'why' }),
    saved({ ...REPORT, lost: [LOST] }),
  ];
  for (const state of states) {
    const { text, tone } = describeSaved(state, 'ran');
    expect(text).not.toContain('everything');
    expect(tone).not.toBe('good');
  }
});
