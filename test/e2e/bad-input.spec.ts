/** Bad state files: a sentence that says what is wrong, and nothing changed, not even Python's variables. */
import { expect, test } from './workbench';

const file = (rest: object = {}) => ({ format: 'dormouse-state', version: 1, files: [], ...rest });
const withPath = (...paths: string[]) => JSON.stringify(file({ files: paths.map((path) => ({ path, text: 'x' })) }));

const BAD: [name: string, content: () => string | Buffer, says: RegExp][] = [
  ['truncated', () => JSON.stringify(file()).slice(0, -5), /Nothing was changed/],
  ['empty', () => '', /Nothing was changed/],
  ['not JSON', () => 'PK\u0003\u0004 a zip', /not JSON/i],
  ['of a future version', () => JSON.stringify(file({ version: 2 })), /newer version/i],
  ['of a negative version', () => JSON.stringify(file({ version: -1 })), /version/],
  ['a million levels deep', () => `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`, /deep/i],
  ['with ../', () => withPath('home/pyodide/../../x'), /not allowed|\.\./],
  ['with an absolute path', () => withPath('/home/pyodide/x'), /absolute/],
  ['with the same path twice', () => withPath('home/pyodide/x', 'home/pyodide/x'), /twice|more than once|same/i],
  ['with names that differ by case', () => withPath('home/pyodide/x', 'home/pyodide/X'), /case|capital/i],
  ['with a __proto__ key', () => '{"format":"dormouse-state","version":1,"files":[],"__proto__":{"polluted":1}}', /__proto__/],
  ['with wrong base64', () => JSON.stringify(file({ files: [{ path: 'home/pyodide/x', base64: '!!!' }] })), /base64/],
  ['of wrong types', () => JSON.stringify(file({ files: {} })), /files/],
  ['of 400 MB', () => Buffer.alloc(400_000_000, 0x20), /large|MB/],
];

test('every bad state file is refused with a sentence, and nothing is lost', async ({ workbench, page }) => {
  await workbench.run('kept = "variable"\nopen("kept.txt", "w").write("file")');
  for (const [name, content, says] of BAD) {
    await test.step(name, async () => {
      await workbench.upload(content());
      const alert = page.getByRole('alert');
      await expect(alert).toContainText(says, { timeout: 30_000 });
      await expect(alert).toContainText('Nothing was changed');
      await workbench.button('Dismiss').click();
      await expect(alert).toBeHidden();
    });
  }
  await expect(workbench.button('Bring back')).toBeHidden();
  expect(await workbench.run('print(kept, open("kept.txt").read(), {}.get("polluted"))')).toContain('variable file None');
});

test('a state of 200 MB loads', async ({ workbench }) => {
  test.slow();
  const text = 'x'.repeat(1_000_000);
  const files = Array.from({ length: 200 }, (_, i) => `{"path":"home/pyodide/part-${i}.txt","text":"${text}"}`).join(',');
  await workbench.upload(`{"format":"dormouse-state","version":1,"files":[${files}]}`);
  await expect(workbench.button('Bring back')).toBeVisible({ timeout: 120_000 });
  await workbench.ready();
  expect(
    await workbench.run(
      'import os\nprint(sum(os.path.getsize(f) for f in os.listdir(".")), open("part-199.txt").read() == "x" * 1_000_000)',
    ),
  ).toContain('200000000 True');
});
