/** The start page, templates and lessons: what a person begins with, and how far a learner is. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { violations } from './axe';
import { takeScreenshot } from './screenshots';
import { expect, test, type Workbench } from './workbench';

const LESSON = `---
lesson: 1
title: Two steps
---
<img src=x onerror="document.title = 'hacked'"><script>document.title = 'hacked'</script>**Hello.**

## Make a variable

\`\`\`python
count = 1
\`\`\`

\`\`\`python check
assert 'count' in globals(), 'There is no count.'
assert count >= 2, f'count is {count}.'
\`\`\`

## A file

\`\`\`file words.txt
one two
\`\`\`

\`\`\`python check
assert open('words.txt').read().split() == ['one', 'two', 'three'], 'words.txt should have three words.'
\`\`\`
`;

const lesson = (page: Page) => page.getByRole('complementary', { name: 'Lesson' });
const output = (page: Page) => page.getByRole('log', { name: 'Output', includeHidden: true });

/** Runs a line beside the document. */
async function runLine(workbench: Workbench, code: string): Promise<void> {
  const line = workbench.page.getByRole('textbox', { name: 'One line of Python' });
  const runs = workbench.output.getByRole('heading', { name: /^Run \d/, includeHidden: true });
  const before = await runs.count();
  await line.fill(code);
  await line.press('Enter');
  await expect(runs).toHaveCount(before + 1);
  await workbench.ready();
}

test('a lesson of a stranger: opened after a look, checked step by step, kept, undone, reset and exported', async ({ workbench, page }) => {
  test.slow();
  const folder = await mkdtemp(join(tmpdir(), 'dormouse-lesson-'));
  await writeFile(join(folder, 'steps.md'), LESSON);
  await writeFile(join(folder, 'broken.md'), LESSON.replace('## A file', '```python'));
  await page.goto('./#/');
  await expect(page.getByRole('heading', { name: 'Your sessions' })).toBeVisible();
  const open = async (name: string) => {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Open a file…' }).click()]);
    await chooser.setFiles(join(folder, name));
  };
  await open('broken.md');
  await expect(page.getByRole('alert')).toContainText('The lesson is wrong in line');
  await open('steps.md');
  const dialog = page.getByRole('dialog', { name: 'Open “Two steps”' });
  await expect(dialog).toContainText('its cells and checks run only when you run them');
  await expect(dialog).toContainText("assert 'count' in globals()");
  await dialog.getByRole('button', { name: 'Open', exact: true }).click();
  await workbench.ready();
  await expect(page).toHaveTitle('Two steps · Dormouse');
  const panel = lesson(page);
  await expect(panel).toContainText('Hello.');
  await expect(panel).toContainText('0 of 2 checks passed');
  await expect(panel.getByRole('button', { name: /^2\. A file/ })).toHaveAttribute('aria-disabled', 'true');
  expect(await violations(page), 'axe, a lesson').toEqual([]);
  await takeScreenshot(page, 'lesson');

  const check = panel.getByRole('button', { name: 'Check step 1' });
  await check.click();
  await expect(panel.getByRole('status')).toContainText('Not yet. There is no count.');
  await workbench.ready();
  await panel.getByRole('button', { name: 'Put into the notebook' }).click();
  await expect(
    page
      .getByRole('textbox', { name: /Cell \d+, Python/ })
      .or(page.getByRole('textbox', { name: 'Code' }))
      .last(),
  ).toBeVisible();
  await runLine(workbench, 'count = 2');
  await check.click();
  await expect(panel.getByRole('status')).toContainText('Passed. “A file” is open.');
  await workbench.ready();
  await expect(panel).toContainText('1 of 2 checks passed');

  await page.reload();
  await workbench.ready();
  await expect(panel).toContainText('1 of 2 checks passed');
  await expect(panel.getByRole('button', { name: /^2\. A file/ })).toHaveAttribute('aria-expanded', 'true');
  // A check is a run: undo takes it back.
  await workbench.button('Undo run').click();
  await workbench.ready();
  await expect(panel).toContainText('0 of 2 checks passed');
  await panel.getByRole('button', { name: /^1\. Make a variable/ }).click();
  await panel.getByRole('button', { name: 'Check step 1' }).click();
  await expect(panel).toContainText('1 of 2 checks passed');
  await workbench.ready();
  await runLine(workbench, "open('words.txt', 'a').write('three')");
  await panel.getByRole('button', { name: 'Next: A file' }).click();
  await panel.getByRole('button', { name: 'Check step 2' }).click();
  await expect(panel).toContainText('You have finished this lesson.');
  await workbench.ready();
  const [download] = await Promise.all([page.waitForEvent('download'), panel.getByRole('button', { name: 'Download progress' }).click()]);
  expect(download.suggestedFilename()).toBe('Two steps progress.json');
  expect(JSON.parse(await readFile(await download.path(), 'utf8'))).toMatchObject({
    format: 'dormouse-lesson-progress',
    finished: expect.stringMatching(/^20/),
    steps: [{ title: 'Make a variable' }, { title: 'A file', message: null }],
  });
  await panel.getByRole('button', { name: 'Reset this step' }).click();
  await expect(panel).toContainText('1 of 2 checks passed');
  await panel.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(panel).toContainText('2 of 2 checks passed');

  // The file that came with it says that it was edited, and comes back.
  await workbench.button('Files').click();
  const files = page.getByRole('region', { name: 'What came with this session' });
  await expect(files.getByRole('listitem')).toContainText('edited');
  await files.getByRole('button', { name: 'Reset words.txt' }).click();
  await expect(files.getByRole('listitem')).toContainText('original');
  await files.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(files.getByRole('listitem')).toContainText('edited');
  expect(await page.title()).toBe('Two steps · Dormouse');
  await expect(output(page)).not.toContainText('Traceback');
  await rm(folder, { recursive: true });
});

test('the start page: sessions with what they are about, search, a template that can be reset, axe, narrow', async ({
  workbench,
  page,
}) => {
  test.slow();
  await workbench.run('weather = "wet"\nopen("a.txt", "w").write("x" * 2000)');
  await page.getByRole('button', { name: /^Session: / }).click();
  await page.getByRole('button', { name: 'All sessions and templates' }).click();
  await expect(page).toHaveURL(/#\/$/);
  await expect(page).toHaveTitle('Start · Dormouse');
  const row = page.getByRole('link', { name: /First session/ });
  await expect(row).toContainText('weather = "wet"');
  await expect(row).toContainText('2.0 kB');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page), `axe, ${colorScheme}`).toEqual([]);
    await takeScreenshot(page, `start-${colorScheme}`);
  }
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await takeScreenshot(page, 'start-360');
  await page.setViewportSize({ width: 1280, height: 800 });
  const search = page.getByRole('searchbox', { name: 'Search by name or first line' });
  await search.fill('no such thing');
  await expect(row).toHaveCount(0);
  await expect(page.getByRole('status')).toContainText('No session has “no such thing”');
  await search.fill('WET');
  await expect(row).toBeVisible();

  await page.getByRole('button', { name: /^Data analysis/ }).click();
  await workbench.ready();
  await expect(page.getByText('Original notebook')).toBeVisible();
  await page.getByRole('button', { name: 'Add Python cell' }).click();
  await expect(page.getByText('Notebook edited')).toBeVisible();
  await page.getByRole('button', { name: 'Reset notebook' }).click();
  await expect(page.getByText('Original notebook')).toBeVisible();
  await page.getByRole('button', { name: 'Undo reset' }).click();
  await expect(page.getByText('Notebook edited')).toBeVisible();
  await page.getByRole('button', { name: 'Run all' }).click();
  await expect(page.getByText(/^\d+ measurements with rain/)).toBeVisible({ timeout: 60_000 });

  await page.goBack();
  await expect(page.getByRole('link', { name: /Data analysis/ })).toContainText('Rain by month');
  await page.getByRole('button', { name: /^A small database/ }).click();
  await workbench.ready();
  await expect(lesson(page)).toContainText('0 of 7 checks passed');
  await takeScreenshot(page, 'lesson-database');
});
