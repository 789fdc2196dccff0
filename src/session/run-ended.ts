/** Runs that did not come to their own end, and what is said of them. */
import type { ResumeReport } from '../protocol/image';
import type { AttachReport, SessionSummary } from '../protocol/keeper';

/** Of files that came back closed so many are named in a sentence, each with so many characters: Python can make up any number. */
const MOST_NAMED = 5;
const LONGEST_NAMED = 200;
/** As the page shows every time of day. */
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** Why a run was cut off from outside: its call is rejected with this, and the message says what happened, in the past, without a full stop. */
export class RunEnded extends Error {
  readonly status: 'stopped' | 'crashed';

  constructor(status: 'stopped' | 'crashed', message: string) {
    super(message);
    this.status = status;
  }
}

/** What happened to a run that the page's end cut off; null when there is none. */
export function unfinished({ history }: SessionSummary): string | null {
  const last = history.at(-1);
  if (last?.status !== 'unfinished') return null;
  return `The run at ${CLOCK.format(last.started)} did not finish`;
}

/**
 * One sentence or two about what a new Python began with; null when all is as the person left it.
 * @param happened what ended the one before, without a full stop; null when nothing did but the page
 */
export function beginning(happened: string | null, { checkpoint, stale, problem }: AttachReport, resume: ResumeReport): string | null {
  const lost = resume.lost.slice(0, MOST_NAMED).map(({ variable, reason }) => (variable === null ? reason : `${variable}: ${reason}`));
  const more = resume.lost.length > MOST_NAMED ? `; and ${resume.lost.length - MOST_NAMED} more` : '';
  const dead = lost.length > 0 ? ` No longer open: ${lost.map((each) => each.slice(0, LONGEST_NAMED)).join('; ')}${more}.` : '';
  if (resume.kind === 'resumed') {
    if (happened !== null) return `${happened}; variables are as before it, files as it left them.${dead}`;
    return stale ? `Files have changed since the variables were kept.${dead}` : dead.trim() || null;
  }
  const why = problem ?? (checkpoint === null ? null : resume.problem);
  if (why !== null) return `${happened === null ? '' : `${happened}. `}Variables could not be brought back: ${why} Files are kept.`;
  return happened === null ? null : `${happened}; files are as it left them, variables begin anew.`;
}
