/** What ships to begin with: templates run, and lessons go as a learner does them, each check failing before and passing after. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkCode, isFinished, type Lesson, parseLesson, readProgress } from '../../../src/notebook';
import { startMachine, type TestMachine } from '../../fixtures/machine-on-node';

/** What a learner writes beside, or in place of, the cells of a step, by its number; `null` stands for a cell of the lesson. */
type Solutions = Record<number, (string | null)[]>;

const lessonOf = (name: string) => parseLesson(readFileSync(new URL(`../../../public/lessons/${name}.md`, import.meta.url), 'utf8'));

async function progressOf(machine: TestMachine, lesson: Lesson) {
  const before = machine.output();
  await machine.run("import os\nif os.path.exists('.dormouse/progress.json'): print(open('.dormouse/progress.json').read())");
  return readProgress(machine.output().slice(before.length), lesson);
}

async function learn(name: string, solutions: Solutions): Promise<void> {
  const lesson = lessonOf(name);
  const machine = await startMachine({ credit: 2 ** 30 });
  for (const { path, content } of lesson.files) await machine.run(`open(${JSON.stringify(path)}, 'w').write(${JSON.stringify(content)})`);
  for (const [step, { title, blocks, check }] of lesson.steps.entries()) {
    const cells = blocks.flatMap((block) => (block.type === 'code' ? [block.source] : []));
    if (check === null) continue;
    const attempt = async () => {
      const names = async () => {
        const from = machine.output().length;
        await machine.run('print(sorted(globals()))');
        return machine.output().slice(from);
      };
      const before = await names();
      expect((await machine.run(checkCode(lesson, step))).status, machine.output()).toBe('finished');
      expect(await names()).toBe(before);
      return (await progressOf(machine, lesson))[step];
    };
    expect((await attempt())?.message, `${title}, before`).toMatch(/\.|:/);
    const todo = solutions[step] ?? cells.map(() => null);
    let next = 0;
    for (const code of todo) await machine.run(code ?? (cells[next++] as string));
    const after = await attempt();
    expect(after, `${title}, after: ${after?.message}`).toMatchObject({ tries: 2, message: null });
    expect(after?.passed).not.toBeNull();
  }
  expect(isFinished(lesson, await progressOf(machine, lesson))).toBe(true);
}

const templates: { id: string; files: string[] }[] = JSON.parse(
  readFileSync(new URL('../../../public/templates/list.json', import.meta.url), 'utf8'),
).templates;

test.each(templates)('the template $id runs', async ({ id, files }) => {
  const read = (name: string) => readFileSync(new URL(`../../../public/templates/${id}/${name}`, import.meta.url), 'utf8');
  const machine = await startMachine({ credit: 2 ** 30 });
  for (const name of files) await machine.run(`open(${JSON.stringify(name)}, 'w').write(${JSON.stringify(read(name))})`);
  expect((await machine.run(read('notebook.py'))).status, machine.output()).toBe('finished');
});

test('Python that remembers', async () => {
  await learn('python-that-remembers', {
    0: [null, null, 'visits += 1'],
    1: [null, null, 'next(sheep); next(sheep)', 'next(sheep)'],
    2: [null],
    3: [null],
    4: [null, null, "open('diary.txt', 'a').write('another day\\n')", "open('diary.txt', 'a').write('and one more\\n')"].slice(
      1,
    ) as string[],
    5: [
      "notes = []\ndef note(text):\n    notes.append(text)\n    with open('notes.txt', 'a') as file:\n        file.write(text + '\\n')",
      "note('one'); note('two')",
    ],
  });
});

test('A small database', async () => {
  await learn('a-small-database', {
    1: [null, "with db:\n    db.execute('INSERT INTO books (title, year, author_id) VALUES (?, ?, ?)', ('Fiasco', 1986, 2))"],
    2: [null, "newest = [title for (title,) in db.execute('SELECT title FROM books ORDER BY year DESC')]"],
    3: [
      null,
      null,
      "shelf = dict(db.execute('SELECT name, count(books.id) FROM authors LEFT JOIN books ON author_id = authors.id GROUP BY authors.id'))",
    ],
    6: [
      null,
      null,
      "with db:\n    for row in new:\n        db.execute('INSERT OR IGNORE INTO authors (name) VALUES (?)', (row['author'],))\n        db.execute(insert, row)",
    ],
  });
});
