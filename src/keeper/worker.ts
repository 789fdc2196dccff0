/** The program of the keeper's worker: waits for the page's one message, then serves it on the origin private file system. */
import { unreachable } from '../base/errors';
import type { KeeperStart } from '../protocol/keeper';
import { openSnapshotStore } from '../volume/snapshot-store';
import { Catalogue } from './catalogue';
import { CatalogueService } from './catalogue-service';
import { Keeper } from './keeper';
import { openOpfsFolders } from './session-folders';

/** After the page has opened its session: tidying is nobody's hurry. */
const TIDY_AFTER = 10_000;

onmessage = ({ data }: MessageEvent<KeeperStart>) => {
  onmessage = null;
  const { locks } = navigator;
  switch (data.type) {
    case 'connect':
      new Keeper(data.control, {
        locks,
        openStore: (directory, session) => openOpfsFolders(directory).open(session),
        openSnapshot: async (directory, session) => {
          const folder = await openOpfsFolders(directory).read(session);
          return folder && openSnapshotStore(folder, { readNow: (blob) => new FileReaderSync().readAsArrayBuffer(blob) });
        },
      });
      return;
    case 'catalogue': {
      const catalogue = new Catalogue({ folders: openOpfsFolders(data.directory), locks });
      new CatalogueService(data.control, catalogue);
      // What fails to go is tried again by the next page.
      setTimeout(() => catalogue.tidy().catch(() => undefined), TIDY_AFTER);
      return;
    }
    default:
      unreachable(data);
  }
};
