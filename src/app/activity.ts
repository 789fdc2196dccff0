/** What the page says of what goes on. */
import type { SessionState } from '../session';
import { strings } from '../ui/strings';

/** Something that takes a moment and keeps the other state actions waiting. */
export type Occupation = 'downloading' | 'uploading' | 'clearing' | 'bringingBack' | 'undoing' | 'goingBack';

export interface Activity {
  text: string;
  /** Bytes loaded, of all; null when nothing is being loaded. */
  progress: { loaded: number; total: number } | null;
  /** Something goes on whose length is unknown. */
  working: boolean;
}

/** @param queued a run waits for Python */
export function activityOf({ phase, awaitsInput, progress }: SessionState, occupation: Occupation | null, queued: boolean): Activity {
  const words = strings.activity;
  const loading = phase === 'starting' && progress !== null && progress.loaded < progress.total ? progress : null;
  const ofPhase = phase === 'starting' && queued ? words.startingQueued : phase === 'running' && awaitsInput ? words.input : words[phase];
  const busy = phase === 'opening' || phase === 'starting' || phase === 'stopping' || (phase === 'running' && !awaitsInput);
  return { text: occupation === null ? ofPhase : words[occupation], progress: loading, working: occupation !== null || busy };
}
