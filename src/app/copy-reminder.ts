/** Reminds, calmly, of a session of which no copy has left the browser for long. Loaded when the page has started. */
import type { Session, SessionState } from '../session';
import { reminderWords } from '../ui/strings/versions';
import type { AnnouncementHost } from './announcements';

const DAY = 24 * 3600_000;
/** So long a session is used without a copy before one is due, ms. */
const DUE_AFTER = 7 * DAY;
/** So many runs it has at least since: what hardly changed is not worth a word. */
const DUE_RUNS = 5;
/** A reminder that was sent away does not come back before that, ms. */
const QUIET = 30 * DAY;
const NAME = 'copy';

export interface DueCopy {
  /** Since the last copy, or since the first run. */
  runs: number;
  /** Since the last copy; null when there never was one. */
  days: number | null;
}

/** Whether a copy is due, and why; null when it is not. @param now milliseconds since 1970 */
export function dueCopy({ copies: { made, reminded }, history }: Pick<SessionState, 'copies' | 'history'>, now: number): DueCopy | null {
  if (reminded !== null && now - reminded < QUIET) return null;
  const since = made ?? history[0]?.started;
  if (since === undefined || now - since < DUE_AFTER) return null;
  const runs = history.filter(({ started }) => started >= since).length;
  return runs < DUE_RUNS ? null : { runs, days: made === null ? null : Math.floor((now - made) / DAY) };
}

/** Follows one session; returns what ends that. Looked at when a session has opened and when its runs have ended, not by the clock. */
export function remindOfCopies(session: Session, host: AnnouncementHost, download: () => void): () => void {
  let shown = false;
  const show = (due: DueCopy | null): void => {
    shown = due !== null;
    host.announce(NAME, due && { text: sentence(due), action: reminderWords.copy, possible: true, act: download, dismiss });
  };
  const look = (): void => {
    const { state } = session;
    // It does not come and go with each run.
    if (state.phase !== 'idle' || state.saved.kind === 'memory') return;
    const due = dueCopy(state, Date.now());
    if ((due !== null) !== shown) show(due);
  };
  const dismiss = (): void => {
    show(null);
    session.removeEventListener('change', look);
    // Where that cannot be kept it is said again the next time.
    void session.copies.note('reminded');
  };
  session.addEventListener('change', look);
  look();
  return () => {
    session.removeEventListener('change', look);
    host.announce(NAME, null);
  };
}

const sentence = ({ runs, days }: DueCopy) => (days === null ? reminderWords.never(runs) : reminderWords.since(runs, days));
