/** Starts the page: opens the one session of this origin and shows it. */
import '../ui/tokens.css';
import { createSandbox, preloadSandbox } from '../sandbox/sandbox';
import { Session } from '../session';
import { isolatePage } from './isolation';
import { Page } from './page';

// The page is about to be loaded anew otherwise: nothing should be opened then.
if (!(await isolatePage())) {
  preloadSandbox();
  const page = new Page();
  page.session = Session.open({
    id: 'main',
    directory: await openStorage(),
    startKeeper: () => new Worker(new URL('../keeper/worker.ts', import.meta.url), { type: 'module' }),
    createSandbox,
  });
  document.body.append(page);
}

/** The origin private file system; null where the browser refuses it, as Firefox does in private windows. */
async function openStorage(): Promise<FileSystemDirectoryHandle | null> {
  try {
    return await navigator.storage.getDirectory();
  } catch {
    return null;
  }
}
