/** Runs that did not come to their own end. */
import type { SessionSummary } from '../protocol/keeper';

/** Why a run was cut off from outside: its call is rejected with this, and the message is what the page says. */
export class RunEnded extends Error {
  readonly status: 'stopped' | 'crashed';

  constructor(status: 'stopped' | 'crashed', message: string) {
    super(message);
    this.status = status;
  }
}

/** One sentence about a run that the page's end cut off. */
export function unfinishedNotice({ history }: SessionSummary): string | null {
  const last = history.at(-1);
  if (last?.status !== 'unfinished') return null;
  const time = new Date(last.started).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  return `The run at ${time} did not finish; its files are as it left them.`;
}
