/** The program of the worker that keeps the list of sessions: waits for the page's one message, then serves it. */
import type { CatalogueStart } from '../protocol/catalogue';
import { Catalogue } from './catalogue';
import { CatalogueService } from './catalogue-service';
import { openOpfsFolders, openOpfsShared } from './session-folders';

/** Tidying waits until the page has opened its session, ms. */
const TIDY_AFTER = 10_000;

onmessage = ({ data }: MessageEvent<CatalogueStart>) => {
  onmessage = null;
  const { locks } = navigator;
  const catalogue = new Catalogue({ folders: openOpfsFolders(data.directory), shared: openOpfsShared(data.directory), locks });
  void locks.request(data.alive, () => {
    new CatalogueService(data.control, catalogue);
    // What does not go now is tried again by the next page.
    setTimeout(() => catalogue.tidy().catch(() => undefined), TIDY_AFTER);
    return new Promise(() => undefined);
  });
};
