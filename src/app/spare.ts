/** A keeper and a sandbox beside the session's, for what a person does next: Undo run, Stop and another session then need not wait for them to start. */
import type { Session } from '../session';

/** So long nothing has happened in the session, and nobody has typed or scrolled, ms: to start them would take the processor from what does. */
const QUIET_FOR = 3000;
const INPUT = ['keydown', 'pointerdown', 'wheel'] as const;
/** A device with less memory has better uses for some 100 MB; GiB, as far as the browser tells. */
const LEAST_MEMORY = 4;

/** @param prepare starts what is not there yet */
export function keepSpare(session: Session, prepare: () => void): void {
  const { deviceMemory = LEAST_MEMORY } = navigator as { deviceMemory?: number };
  if (deviceMemory < LEAST_MEMORY) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ended = new AbortController();
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = undefined;
      if (document.visibilityState === 'visible') prepare();
    }, QUIET_FOR);
  };
  session.addEventListener('change', () => {
    const { phase } = session.state;
    if (phase === 'closed') ended.abort();
    if (phase === 'idle') {
      wait();
      return;
    }
    clearTimeout(timer);
    timer = undefined;
  });
  for (const type of INPUT) {
    addEventListener(type, () => timer !== undefined && wait(), { passive: true, capture: true, signal: ended.signal });
  }
}
