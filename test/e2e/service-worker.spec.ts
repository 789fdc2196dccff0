/** On a bare static host: the service worker makes the page isolated, after one reload that it does by itself. */
import { expect, test, Workbench } from './workbench';

test('the page becomes isolated by itself, and stays so', async ({ browser, baseURL }, { project }) => {
  test.skip(project.name !== 'bare', 'only a bare host needs it');
  const context = await browser.newContext({ baseURL: baseURL as string, serviceWorkers: 'allow' });
  const workbench = new Workbench(await context.newPage());
  await workbench.open();
  expect(await workbench.page.evaluate(() => crossOriginIsolated)).toBe(true);
  await workbench.start('print("looping", flush=True)\nwhile True: pass');
  await expect(workbench.output).toContainText('looping');
  await workbench.button('Stop').click();
  await workbench.ready();
  await expect(workbench.output).toContainText('KeyboardInterrupt');
  await workbench.page.reload();
  await workbench.ready();
  expect(await workbench.page.evaluate(() => crossOriginIsolated)).toBe(true);
  await context.close();
});
