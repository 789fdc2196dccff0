/** Making a session of files of the person's computer, after showing what is in them. */
import type { ChosenFile, SessionEntry, Sessions } from '../session';
import type { CopyDialog } from '../ui/copy-dialog';
import type { OpenDialog } from '../ui/open-dialog';
import { freeName } from '../ui/session-name';
import { strings } from '../ui/strings';

export interface OpeningOptions {
  preview: OpenDialog;
  progress: CopyDialog;
  /** Whether it may take the place of a session that is shown. */
  replaces: boolean;
  /** Compares it with the session that is shown; null where there is none. */
  compare: ((name: string) => Promise<void>) | null;
}

/**
 * The new session; `replace` when the person wants it in the place of the one that is shown, null when they do not want it.
 * @throws what stops it; then there is no new session
 */
export async function openFiles(
  sessions: Sessions,
  chosen: ChosenFile[],
  { preview, progress, replaces, compare }: OpeningOptions,
): Promise<SessionEntry | 'replace' | null> {
  const content = await sessions.inspect(chosen);
  const choice = await preview.ask(content, {
    replaces,
    compares: compare !== null,
    look: (path) => sessions.lookIntoChosen(chosen, path),
  });
  if (choice === 'compare') {
    await compare?.(content.name);
    return null;
  }
  return choice === null || choice === 'replace' ? choice : openChosen(sessions, chosen, content.name, progress, choice === 'resume');
}

/** Makes a session of files that need not be shown first. @throws as `openFiles` */
export async function openChosen(
  sessions: Sessions,
  chosen: ChosenFile[],
  wanted: string,
  progress: CopyDialog,
  memory = false,
): Promise<SessionEntry> {
  const name = freeName(sessions.entries, (number) => (number === 1 ? wanted : `${wanted} ${number}`));
  return progress.during(
    (signal, onProgress) => sessions.openFiles(chosen, name, { memory, signal, onProgress }),
    strings.capsule.working.opening,
  );
}
