/** What the editor knows of the interpreter: completion and signatures, by keys. */
import type { Locator, Page } from '@playwright/test';
import { violations } from './axe';
import { takeScreenshot } from './screenshots';
import { expect, test } from './workbench';

const MAKE = `
import json
rain = {"january": 1.5, "february": {"deep": 2}}
class Point:
    "A place on the plane."
    def __init__(self, x, y=0): self.across = x
    @property
    def never(self): raise SystemExit
p = Point(1)
open("measured.csv", "w").close()
print("made")`;

const option = (page: Page, name: string) => page.getByRole('option', { name, exact: true });

async function type(editor: Locator, text: string): Promise<void> {
  await editor.fill('');
  await editor.pressSequentially(text);
}

test('names, attributes, keys, columns, files and imports come from the interpreter', async ({ workbench, page }) => {
  await workbench.run(MAKE);
  const { code } = workbench;
  await type(code, 'p.');
  await expect(page.getByRole('option')).toHaveCount(0);
  await page.keyboard.press('Control+Space');
  await expect(page.getByRole('option', { name: /^across/ })).toBeVisible();
  await expect(page.getByRole('option', { name: /^never/ })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.type('acr');
  await page.keyboard.press('Enter');
  await expect(code).toHaveText('p.across');
  // Tab completes behind a word, and indents elsewhere.
  await type(code, 'rai');
  await page.keyboard.press('Tab');
  await page.getByRole('option', { name: /^rain/ }).click();
  await expect(code).toHaveText('rain');
  await type(code, 'rain["');
  await page.keyboard.press('Control+Space');
  await expect(page.getByRole('option')).toHaveText([/^february/, /^january/]);
  await page.keyboard.press('Escape');
  await type(code, 'open("meas');
  await page.keyboard.press('Control+Space');
  await page.getByRole('option', { name: /^measured\.csv/ }).click();
  await expect(code).toContainText('open("measured.csv"');
  await type(code, 'import jso');
  await page.keyboard.press('Control+Space');
  await expect(option(page, 'json')).toBeVisible();
  await page.keyboard.press('Escape');
  // While Python is busy the words of the text and Python's own are left.
  await type(code, 'import time\nfurther = 1\nprint("busy", flush=True)\ntime.sleep(4)');
  await workbench.button('Run').click();
  await expect(workbench.output).toContainText('busy');
  await code.press('Control+End');
  await code.pressSequentially('\nfurt');
  await page.keyboard.press('Control+Space');
  await expect(page.getByRole('option', { name: /^further/ })).toBeVisible({ timeout: 3000 });
  await page.keyboard.press('Escape');
  await workbench.ready();
});

test('a bracket shows how something is called, the same in the line of Python', async ({ workbench, page }) => {
  await workbench.run(MAKE);
  const signature = page.getByRole('status', { name: 'How it is called' });
  await type(workbench.code, 'Point(');
  await expect(signature).toContainText('Point(x, y=0)');
  await expect(signature).toContainText('A place on the plane.');
  await expect(signature.locator('strong')).toHaveText('x');
  await page.keyboard.type('1, ');
  await expect(signature.locator('strong')).toHaveText('y=0');
  expect(await violations(page)).toEqual([]);
  await takeScreenshot(page, 'signature');
  await page.keyboard.press('Escape');
  await expect(signature).toHaveCount(0);
  await page.keyboard.press('Control+Shift+Space');
  await expect(signature).toBeVisible();
  await page.keyboard.press('Control+Space');
  await expect(page.getByRole('option', { name: /^x=/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('End');
  await expect(signature).toHaveCount(0);
  const line = page.getByRole('textbox', { name: 'One line of Python' });
  await line.pressSequentially('p.acr');
  await page.keyboard.press('Tab');
  await page.getByRole('option', { name: /^across/ }).click();
  await expect(line).toHaveText('p.across');
  await page.keyboard.press('Enter');
  await expect(workbench.output).toContainText('1');
  await workbench.ready();
  await page.keyboard.press('ArrowUp');
  await expect(line).toHaveText('p.across');
  // What was typed there stands in no document that a link could lead to.
  await line.fill('1 / 0');
  await page.keyboard.press('Enter');
  await expect(workbench.output).toContainText('Outside the code, line 1');
  await expect(workbench.output.getByRole('button', { name: /^Line / })).toHaveCount(0);
});
