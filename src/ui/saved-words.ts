/** What the page says about a state of saving. */
import { AppWindow, CircleCheck, CircleDashed, CircleX, EyeOff, type IconNode, Minus, TriangleAlert } from 'lucide';
import type { Resumed, SavedState } from '../session';
import { formatTime } from './format';
import { strings } from './strings';

export interface Promised {
  text: string;
  glyph: IconNode;
  tone: 'soft' | 'good' | 'caution' | 'bad';
}

/**
 * How Python's memory came to be what it is: still to come, empty, brought back, or made by runs since (then `SavedState` says what of
 * it is kept).
 */
export type Beginning = 'starting' | 'fresh' | Resumed | 'ran';

/** @param changed something that a run left behind has gone on since */
export function describeSaved(saved: SavedState, beginning: Beginning, changed = false): Promised {
  const words = strings.saved;
  switch (saved.kind) {
    case 'none':
      return { text: words.none, glyph: Minus, tone: 'soft' };
    case 'saving':
      return { text: words.saving, glyph: CircleDashed, tone: 'soft' };
    case 'saved':
      return describeKept(saved, beginning, changed);
    case 'unsaved':
      return { text: words.unsaved(saved.reason), glyph: CircleX, tone: 'bad' };
    case 'memory':
      return { text: words.memory, glyph: EyeOff, tone: 'caution' };
    case 'elsewhere':
      return { text: words.elsewhere, glyph: AppWindow, tone: 'caution' };
    default:
      return saved satisfies never;
  }
}

/** "Everything kept" is said only where nothing is known to be missing. */
function describeKept({ at, problem, checkpoint }: SavedState & { kind: 'saved' }, beginning: Beginning, changed: boolean): Promised {
  const words = strings.saved;
  const time = formatTime(at);
  const caution = (text: string): Promised => ({ text, glyph: TriangleAlert, tone: 'caution' });
  if (problem !== null) return caution(words.problem(time, problem));
  if (beginning === 'starting') return { text: words.plain(time), glyph: CircleCheck, tone: 'soft' };
  if (beginning === 'fresh') return { text: words.files(time), glyph: CircleCheck, tone: 'good' };
  // What was just brought back is what is kept, until something is kept anew.
  const memory = checkpoint ?? (beginning === 'ran' ? null : beginning);
  if (memory === null) return caution(words.filesOnly(time, null));
  if (checkpoint !== null && checkpoint.problem !== null) return caution(words.filesOnly(time, checkpoint.problem.replace(/\.$/, '')));
  if (changed) return { text: words.changedSince(time), glyph: CircleDashed, tone: 'soft' };
  const things = memory.lost.length;
  if (things > 0) return caution(words.lost(time, things));
  return { text: words.kept(time), glyph: CircleCheck, tone: 'good' };
}
