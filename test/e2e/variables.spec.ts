/** The panel of variables as a person meets it. */
import { violations } from './axe';
import { takeScreenshot } from './screenshots';
import { expect, test } from './workbench';

const MAKE = `
class Point:
    def __init__(self, x): self.x = x; self.more = {"deep": [1, 2]}
    def __repr__(self): raise SystemExit("never asked")
n = 41
text = "a" * 500
rows = [{"month": f"2026-{i % 12 + 1:02}", "mm": i % 17 / 2} for i in range(500)]
nest = {"list": [1, {"inside": True}], "point": Point(3)}
point = Point(7)
def double(x): return 2 * x
print("made")`;

test('lists variables, follows runs, opens tables and trees, pins, filters, deletes and brings back', async ({ workbench, page }) => {
  await workbench.run(MAKE);
  await page.getByRole('button', { name: 'Variables', exact: true }).click();
  const panel = page.getByRole('complementary', { name: 'Variables' });
  const entries = panel.getByRole('list', { name: 'List of variables' }).getByRole('listitem');
  const entry = (name: string) => entries.filter({ has: page.getByRole('button', { name: new RegExp(`^${name} `) }) });
  await expect(panel.getByRole('heading', { name: 'Variables' })).toBeFocused();
  await expect(entries).toHaveCount(5);
  await expect(entries.last()).toContainText('<Point object>');
  await expect(entry('rows')).toContainText('list · 500 items');
  // It follows a run, and what is chosen stays chosen.
  await entry('rows').getByRole('button', { name: /^rows/ }).click();
  await panel.getByRole('button', { name: 'Open as table' }).click();
  await expect(panel.getByRole('gridcell', { name: '2026-01' }).first()).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await takeScreenshot(page, 'variables-table');
  await workbench.run('later = 2.5; rows = rows[:3]');
  await expect(entry('later')).toContainText('float');
  await expect(entry('rows')).toContainText('list · 3 items');
  await expect(entry('rows').getByRole('button', { name: /^rows/ })).toHaveAttribute('aria-expanded', 'true');
  await expect(panel.getByRole('gridcell', { name: '2026-01' })).toHaveCount(1);
  // A nest, level by level, by keys.
  await entry('nest').getByRole('button', { name: /^nest/ }).press('Enter');
  await panel.getByRole('button', { name: 'Open as tree' }).press('Enter');
  const tree = panel.getByRole('region', { name: 'What is in nest' });
  await tree.locator('summary').first().press('Enter');
  await expect(tree.getByText("{'inside': True}", { exact: true })).toBeVisible();
  await tree.getByText("'point'").click();
  await expect(tree.getByText('.more')).toBeVisible();
  expect(await violations(page)).toEqual([]);
  // Filter, order, pins.
  await panel.getByRole('searchbox', { name: 'Filter by name or type' }).fill('poi');
  await expect(entries).toHaveCount(1);
  await panel.getByRole('checkbox', { name: 'Functions, classes and modules too' }).check();
  await expect(entries).toHaveCount(2);
  await panel.getByRole('checkbox', { name: 'Functions, classes and modules too' }).uncheck();
  await panel.getByRole('searchbox', { name: 'Filter by name or type' }).fill('');
  await panel.getByRole('combobox', { name: 'Order' }).selectOption('By name');
  await expect(entries.first()).toContainText('later');
  await entry('text').getByRole('button', { name: /^text/ }).click();
  await panel.getByRole('button', { name: 'Pin to the top' }).click();
  await expect(entries.first()).toContainText('text');
  // Deleting asks nothing and can be taken back; it is kept like a run.
  await panel.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(panel.getByText('Deleted text.')).toBeVisible();
  await expect(entry('text')).toHaveCount(0);
  await panel.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(panel.getByText('text is back.')).toBeVisible();
  await expect(entry('text')).toHaveCount(1);
  await entry('n').getByRole('button', { name: /^n / }).click();
  await panel.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(entry('n')).toHaveCount(0);
  await expect(workbench.saved).toContainText('everything kept');
  await page.reload();
  await workbench.ready();
  expect(await workbench.run('print(len(text), "n" in globals(), point.x)')).toContain('500 False 7');
});

test('on a phone, in the dark, with nothing and with thousands', async ({ workbench, page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await workbench.sheet('More').click();
  await page.getByRole('button', { name: 'Variables', exact: true }).click();
  const panel = page.getByRole('complementary', { name: 'Variables' });
  await expect(panel.getByText('No variables yet')).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await workbench.run('for i in range(5000): globals()[f"value_{i}"] = "text " * 40\nprint("made")');
  await workbench.sheet('More').click();
  await page.getByRole('button', { name: 'Variables', exact: true }).click();
  await expect(panel.getByText('5,001 variables')).toBeVisible();
  await panel.getByRole('button', { name: /^value_0/ }).click();
  expect(await violations(page)).toEqual([]);
  await takeScreenshot(page, 'variables-phone-dark');
});
