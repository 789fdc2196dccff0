/** What the page says of what goes on. */
import type { PackagesState, SessionState } from '../session';
import { strings } from '../ui/strings';

/** Something that takes a moment and keeps the other state actions waiting. */
export type Occupation = 'downloading' | 'uploading' | 'clearing' | 'bringingBack' | 'undoing' | 'goingBack' | 'restarting' | 'leaving';

export interface Activity {
  text: string;
  /** Bytes loaded, of all; null when nothing is being loaded. */
  progress: { loaded: number; total: number } | null;
  /** Something goes on whose length is unknown. */
  working: boolean;
}

/** @param queued a run waits for Python */
export function activityOf(
  { phase, awaitsInput, progress, packages }: SessionState,
  occupation: Occupation | null,
  queued: boolean,
): Activity {
  const words = strings.activity;
  const ofPackages = phase === 'running' || packages.working ? activityOfPackages(packages) : null;
  if (ofPackages && occupation === null) return ofPackages;
  const loading = phase === 'starting' && progress !== null && progress.loaded < progress.total ? progress : null;
  const ofPhase = phase === 'starting' && queued ? words.startingQueued : phase === 'running' && awaitsInput ? words.input : words[phase];
  const busy = phase === 'opening' || phase === 'starting' || phase === 'stopping' || (phase === 'running' && !awaitsInput);
  return { text: occupation === null ? ofPhase : words[occupation], progress: loading, working: occupation !== null || busy };
}

/** What goes on with packages; null when nothing does. */
function activityOfPackages({ loading, question, working }: PackagesState): Activity | null {
  const words = strings.packages;
  if (question) return { text: words.question.waiting, progress: null, working: false };
  if (loading?.total === 0) return { text: words.asking(loading.name), progress: null, working: true };
  if (loading) return { text: words.loading(loading.name), progress: loading, working: true };
  return working ? { text: words.installing, progress: null, working: true } : null;
}
