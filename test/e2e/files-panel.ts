/** The files panel in tests: opening it, giving it files, finding one. */
import type { Locator, Page } from '@playwright/test';
import { expect, type Workbench } from './workbench';

/** Opens the panel. */
export async function openFiles({ page, button }: Workbench): Promise<Locator> {
  const panel = page.getByRole('complementary', { name: 'Files' });
  if (!(await panel.isVisible())) await button.call({ page }, 'Files').click();
  await expect(panel.getByRole('heading', { name: 'Files' })).toBeVisible();
  return panel;
}

/** Uploads files as a person does who chooses them. */
export async function upload(page: Page, files: { name: string; content: string | Buffer }[]): Promise<void> {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Upload', exact: true }).click(),
  ]);
  await chooser.setFiles(files.map(({ name, content }) => ({ name, mimeType: '', buffer: Buffer.from(content) })));
}

/** A file or folder in the tree. */
export const item = (panel: Locator, name: string) => panel.getByRole('treeitem', { name });
