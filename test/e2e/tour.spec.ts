/** Once through everything that lies around Python, in both ways of serving: each part on its own has a spec of its own. */
import { expect, test } from './workbench';

const DOCUMENT = `# %%
rows = [{"n": i, "name": f"name {i}"} for i in range(5000)]
rows

# %%
import sqlite3
db = sqlite3.connect("rain.db")
db.execute("CREATE TABLE rain (day TEXT PRIMARY KEY, mm REAL)")
db.execute("INSERT INTO rain VALUES ('2026-01-01', 12.5)")
db.commit()
`;

test.use({ firstVisit: true });

test('cells, a table, a file from outside, an edited row, and all of it after a refresh', async ({ workbench, page }) => {
  await workbench.write(DOCUMENT);
  await workbench.button('Notebook').click();
  await workbench.button('Run all').click();
  const grid = page.getByRole('region', { name: 'Output of cell 1', exact: true }).getByRole('grid', { name: 'Table' });
  await expect(grid.getByRole('gridcell', { name: 'name 0', exact: true })).toBeVisible();
  await grid.focus();
  await page.keyboard.press('Control+End');
  await expect(grid.getByRole('gridcell', { name: 'name 4999', exact: true })).toBeVisible();
  await workbench.ready();

  await workbench.button('Files').click();
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), workbench.button('Upload').click()]);
  await chooser.setFiles({ name: 'note.txt', mimeType: '', buffer: Buffer.from('from outside') });
  await expect(page.getByText('Uploaded “note.txt”.')).toBeVisible();

  await workbench.button('Database').click();
  const database = page.getByRole('complementary', { name: 'Database' });
  await database.getByRole('gridcell', { name: '12.5', exact: true }).dblclick();
  await database.getByRole('textbox', { name: 'mm, row 1' }).fill('900.25');
  await page.keyboard.press('Enter');
  await expect(database.getByRole('gridcell', { name: '900.25', exact: true })).toBeVisible();

  await expect(workbench.saved).toContainText('everything kept');
  await page.reload();
  await workbench.ready();
  const line = page.getByRole('textbox', { name: 'One line of Python' });
  await line.fill('print(open("note.txt").read(), db.execute("SELECT mm FROM rain").fetchone(), len(rows))');
  await line.press('Enter');
  await expect(workbench.output).toContainText('from outside (900.25,) 5000');
});
