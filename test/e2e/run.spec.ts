/** Running: output as it is printed, input(), Stop, and what goes wrong in Python. */
import { busiestRenderer } from './processes';
import { BARE, expect, isolated, test, Workbench } from './workbench';

test('output streams while Python runs and the page stays alive', { tag: BARE }, async ({ workbench, page }) => {
  await workbench.start('import time\nfor i in range(30):\n    print("tick", i, flush=True)\n    time.sleep(0.1)');
  await expect(workbench.output).toContainText('tick 3');
  await expect(workbench.output).not.toContainText('tick 29');
  // The page answers while Python is busy.
  await workbench.button('Check state').click();
  await expect(page.getByRole('complementary', { name: 'State' })).toContainText('Files');
  await expect(workbench.output).toContainText('tick 29');
  await workbench.ready();
});

test('stdout, stderr, the last value and top-level await', { tag: BARE }, async ({ workbench }) => {
  const text = await workbench.run(
    'import sys, asyncio\nprint("to stdout")\nprint("to stderr", file=sys.stderr)\nawait asyncio.sleep(0.1)\n{"answer": 42}',
  );
  expect(text).toContain('to stdout');
  expect(text).toContain('to stderr');
  expect(text).toContain("{'answer': 42}");
});

test('colours of terminals are shown, also of what is written over, and kept across a refresh', async ({ workbench, page }) => {
  await workbench.run(
    'import time\nfor i in range(3):\n    print(f"\\r\\x1b[32mstep {i}\\x1b[0m of 3", end="", flush=True); time.sleep(0.05)\n' +
      'print("\\n\\x1b[1;31mred and", flush=True)\nprint("still red\\x1b[0m \\x1b[2Jplain")',
  );
  for (const _ of ['printed', 'restored']) {
    expect(await workbench.lastOutput()).toContain('step 2 of 3\nred and\nstill red plain');
    await expect(workbench.output.locator('.ansi-green')).toHaveText('step 2');
    await expect(workbench.output.locator('.ansi-red.ansi-bold').last()).toHaveText(/still red$/);
    await page.reload();
    await workbench.ready();
  }
});

test('an error names the user’s own lines, leads to them and folds those of libraries; the line that failed is marked', async ({
  workbench,
  page,
}) => {
  const text = await workbench.run('import json\n\ndef f():\n    return json.loads("{")\n\nprint("before")\nf()');
  expect(text).toContain('before');
  expect(text).toContain('JSONDecodeError');
  const error = workbench.output.getByRole('group', { name: /JSONDecodeError/ });
  await expect(error.getByRole('button', { name: 'Line 7' })).toBeVisible();
  await expect(error.getByText('in raw_decode')).toBeHidden();
  await expect(page.locator('.cm-line.failed')).toHaveText('    return json.loads("{")');
  await error.getByRole('button', { name: 'Line 4' }).click();
  await expect(workbench.code).toBeFocused();
  await page.keyboard.type('# ');
  await expect(workbench.code).toContainText('#     return json.loads("{")');
  await expect(page.locator('.cm-line.failed')).toHaveCount(0);
});

test('several cursors write at once', async ({ workbench, page }) => {
  await workbench.write('total = 1\nprint(total)\n');
  await workbench.code.press('Control+Home');
  // Once for the word, once for each place where it stands.
  for (let time = 0; time < 3; time++) await page.keyboard.press('Control+d');
  await page.keyboard.type('answer');
  expect(await workbench.run()).toContain('1');
  await expect(workbench.code).toContainText('print(answer)');
});

test('input() asks in the page, or says why it cannot', { tag: BARE }, async ({ workbench, page }) => {
  await workbench.start(
    'name = input("Who are you? ")\nprint("Hello,", name)\nfor line in __import__("sys").stdin: print("line:", line, end="")',
  );
  if (!(await isolated(page))) {
    await workbench.ready();
    await expect(workbench.output).toContainText('cannot wait for an answer here');
    return;
  }
  const field = page.getByRole('textbox', { name: 'Input for Python' });
  await expect(workbench.output).toContainText('Who are you?');
  await expect(field).toBeFocused();
  await page.keyboard.type('Ada');
  await page.keyboard.press('Enter');
  await expect(workbench.output).toContainText('Hello, Ada');
  await page.keyboard.type('second ü');
  await page.keyboard.press('Enter');
  await expect(workbench.output).toContainText('line: second ü');
  await page.keyboard.press('Control+d');
  await workbench.ready();
});

test('Stop ends input() that nobody answers', async ({ workbench, page }) => {
  await workbench.start('input("for ever? ")');
  await expect(page.getByRole('textbox', { name: 'Input for Python' })).toBeVisible();
  await workbench.button('Stop').click();
  await workbench.ready();
  await expect(workbench.output).toContainText('KeyboardInterrupt');
});

test('Stop ends a loop and keeps the files; variables too where Python can be reached', { tag: BARE }, async ({ workbench, page }) => {
  await workbench.start('kept = 1\nopen("kept.txt", "w").write("here")\nprint("looping", flush=True)\nwhile True: pass');
  await expect(workbench.output).toContainText('looping');
  await workbench.button('Stop').click();
  await workbench.ready();
  const text = await workbench.run('print(open("kept.txt").read(), "kept" in globals())');
  expect(text).toContain(`here ${(await isolated(page)) ? 'True' : 'False'}`);
});

test('Stop and Run in quick succession never cost the variables', async ({ workbench }) => {
  await workbench.write('kept = globals().get("kept", 0) + 1\nprint("turn", kept, "of ten", flush=True)\nwhile True: pass');
  for (let turn = 1; turn <= 10; turn++) {
    await workbench.button('Run').click();
    await expect(workbench.output).toContainText(`turn ${turn} of ten`);
    await workbench.button('Stop').click();
    await workbench.ready();
  }
});

test('Stop at the very moment of Run ends the run, every time', { tag: BARE }, async ({ workbench, page }) => {
  await workbench.run('kept = 1');
  for (let turn = 0; turn < 5; turn++) {
    await workbench.write('while True: pass');
    // As fast as can be: the keeper has not even taken note of the run.
    await workbench.button('Run').evaluate(async (run: HTMLElement) => {
      const stop = (run.getRootNode() as ShadowRoot).querySelector('#stop') as HTMLElement;
      run.click();
      while (stop.ariaDisabled === 'true') await new Promise((resolve) => setTimeout(resolve));
      stop.click();
    });
    await workbench.ready();
  }
  if (await isolated(page)) expect(await workbench.run('print("kept" in globals())')).toContain('True');
});

test('Stop ends a run that waits in an await, with the variables kept', { tag: BARE }, async ({ workbench }) => {
  await workbench.start('import asyncio\nkept = 1\nprint("waiting", flush=True)\nawait asyncio.sleep(1000)');
  await expect(workbench.output).toContainText('waiting');
  await workbench.button('Stop').click();
  await workbench.ready();
  expect(await workbench.run('print(kept)')).toContain('1');
});

for (const [name, code] of [
  ['a loop that sleeps', 'import time\nkept = 1\nprint("waiting", flush=True)\nwhile True: time.sleep(0.2)'],
  ['a long sleep', 'import time\nkept = 1\nprint("waiting", flush=True)\ntime.sleep(1000)'],
  ['awaits in quick succession', 'import asyncio\nkept = 1\nprint("waiting", flush=True)\nwhile True: await asyncio.sleep(0.001)'],
  ['asyncio.run()', 'import asyncio\nkept = 1\nprint("waiting", flush=True)\nasyncio.run(asyncio.sleep(1000))'],
] as const) {
  test(`Stop ends ${name} by KeyboardInterrupt, with the variables kept`, { tag: BARE }, async ({ workbench }) => {
    await workbench.start(code);
    await expect(workbench.output).toContainText('waiting');
    await workbench.button('Stop').click();
    await workbench.ready();
    await expect(workbench.output.getByRole('group', { name: /KeyboardInterrupt/ })).toBeVisible();
    expect(await workbench.lastOutput()).not.toContain('/lib/dormouse/');
    expect(await workbench.run('print("kept:", kept)')).toContain('kept: 1');
  });
}

test('a run that ends just as Stop loses patience does not take the next run with it', { tag: BARE }, async ({ workbench, page }) => {
  const patience = (await isolated(page)) ? 2100 : 2000;
  for (const early of [60, 30, 0, -30]) {
    await workbench.start(
      `import asyncio\nprint("waiting", flush=True)\ntry: await asyncio.sleep(1000)\nfinally: await asyncio.sleep(${(patience - early) / 1000})`,
    );
    await expect(workbench.output.locator('section').last()).toContainText('waiting');
    await workbench.button('Stop').click();
    await workbench.ready();
    expect(await workbench.run('print("and", "on")')).toContain('and on');
  }
});

test('Stop ends code that ignores KeyboardInterrupt by replacing the sandbox', { tag: BARE }, async ({ workbench }) => {
  await workbench.start('print("stubborn", flush=True)\nwhile True:\n    try:\n        while True: pass\n    except BaseException: pass');
  await expect(workbench.output).toContainText('stubborn');
  await workbench.button('Stop').click();
  await workbench.ready();
  await expect(workbench.page.getByText(/^The run was stopped; /)).toBeVisible();
  expect(await workbench.run('print(1 + 1)')).toContain('2');
});

test('output without end is bounded, the page stays responsive and the file being written intact', { tag: BARE }, async ({
  workbench,
  page,
}) => {
  await workbench.start('f = open("numbers.txt", "w")\ni = 0\nwhile True:\n    print("number", i)\n    f.write(f"{i}\\n")\n    i += 1');
  await expect(workbench.output).toContainText(/number \d{5}/, { timeout: 60_000 });
  // The page answers in the middle of the flood.
  await workbench.button('Check state').click();
  await expect(page.getByRole('complementary', { name: 'State' })).toContainText('numbers.txt');
  await workbench.button('Stop').click();
  await workbench.ready();
  expect((await workbench.output.innerText()).length).toBeLessThan(3_000_000);
  const text = await workbench.run(
    'try: f.close()\nexcept NameError: pass\nlines = open("numbers.txt").read().split("\\n")[:-1]\nprint(len(lines) > 100, all(int(n) == i for i, n in enumerate(lines)))',
  );
  expect(text).toContain('True True');
});

test('one line of many megabytes does not stop the page', async ({ workbench }) => {
  expect(await workbench.run('print("x" * 20_000_000)\nprint("after")')).toContain('after');
});

for (const [name, code, expected] of [
  ['a syntax error', 'def f(:\n  pass', 'SyntaxError'],
  ['sys.exit()', 'import sys\nprint("leaving")\nsys.exit(3)', 'leaving'],
] as const) {
  test(`${name} ends the run and nothing else`, async ({ workbench }) => {
    expect(await workbench.run(code)).toContain(expected);
    expect(await workbench.run('print("still", "here")')).toContain('still here');
  });
}

for (const [name, code] of [
  ['os._exit()', 'import os\nopen("kept.txt", "w").write("kept")\nos._exit(7)'],
  ['a crash of the interpreter', 'import ctypes\nopen("kept.txt", "w").write("kept")\nctypes.string_at(0xfffffff0, 100)'],
  ['a worker that closes itself', 'import js\nopen("kept.txt", "w").write("kept")\njs.close()'],
] as const) {
  test(`${name} restarts Python on the same disk and says so`, { tag: BARE }, async ({ workbench, page }) => {
    await workbench.start(code);
    await expect(page.getByText(/was restarted/)).toBeVisible({ timeout: 30_000 });
    await workbench.ready();
    await expect(page.getByText(/files are as it left them, variables begin anew/)).toBeVisible();
    expect(await workbench.run('print(open("kept.txt").read())')).toContain('kept');
  });
}

test('when the browser ends the process of Python alone, the run ends, Python is restarted, and the page says so', { tag: BARE }, async ({
  workbench,
  page,
  context,
}) => {
  await workbench.run('kept = 42');
  // Another one waits by then, which may end with the same process: it must not be taken.
  await expect(page.locator('iframe[title="Python sandbox"]')).toHaveCount(2);
  await workbench.start('open("kept.txt", "w").write("kept")\nwhile True: pass');
  const python = await busiestRenderer(context, () => page.waitForTimeout(1000));
  // For Playwright the page itself has crashed then; this talks to what is left of it.
  const protocol = await context.newCDPSession(page);
  const words = async () => {
    const { nodes } = await protocol.send('Accessibility.getFullAXTree');
    return nodes.map(({ name }) => String(name?.value ?? '')).join('\n');
  };
  process.kill(python, 'SIGKILL');
  await expect.poll(words, { timeout: 60_000 }).toContain("The browser ended Python's process, most likely because memory ran out");
  await expect.poll(words, { timeout: 30_000 }).toContain('variables are as before it, files as it left them');
  await page.close();
  const again = new Workbench(await context.newPage());
  await again.open();
  expect(await again.run('print(kept, open("kept.txt").read())')).toContain('42 kept');
});
