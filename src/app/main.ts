/** Starts the page. */
import '../ui/tokens.css';
import { isolatePage } from './isolation';
import { Tab } from './tab';

// The page is about to be loaded anew otherwise: nothing should be opened then.
if (!(await isolatePage())) await Tab.open(await openStorage());

/** The origin private file system; null where the browser refuses it, as Firefox does in private windows. */
async function openStorage(): Promise<FileSystemDirectoryHandle | null> {
  try {
    return await navigator.storage.getDirectory();
  } catch {
    return null;
  }
}
