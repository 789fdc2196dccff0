/** Making a session of files of the person's computer, after showing what is in them. */
import type { ChosenFile, SessionEntry, Sessions } from '../session';
import type { CopyDialog } from '../ui/copy-dialog';
import type { OpenDialog } from '../ui/open-dialog';
import { freeName } from '../ui/session-name';
import { strings } from '../ui/strings';

export interface OpeningDialogs {
  preview: OpenDialog;
  progress: CopyDialog;
}

/** The new session; null when the person does not want it. @throws what stops it; then there is no new session */
export async function openFiles(
  sessions: Sessions,
  files: readonly File[],
  { preview, progress }: OpeningDialogs,
): Promise<SessionEntry | null> {
  const chosen = files.map((file) => ({ path: file.webkitRelativePath || file.name, file, modified: file.lastModified }));
  const content = await sessions.inspect(chosen);
  const choice = await preview.ask(content);
  return choice === null ? null : openChosen(sessions, chosen, content.name, progress, choice === 'resume');
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
