/** The shared store over folders in memory; test/browser runs the same cases over the origin private file system. */
import { it } from 'vitest';
import { SharedFolder } from '../../fixtures/session-folders';
import { sharedStoreCases } from './shared-store-cases';

it.each(sharedStoreCases)('$name', async ({ run }) => {
  const folder = new SharedFolder();
  await run({ open: async () => folder, read: async () => folder });
});
