/** Lessons as they are written: good ones, broken ones, hostile ones. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isDormouseError } from '../../../src/base/errors';
import {
  checkCode,
  currentStep,
  isFinished,
  isLesson,
  isOpen,
  type Lesson,
  parseLesson,
  readOrigin,
  readProgress,
  UNTRIED,
  writeOrigin,
  writeProgress,
} from '../../../src/notebook';

const HEAD = '---\nlesson: 1\ntitle: A title\n---\n';
const SMALL = `${HEAD}Hello.

## One

Text before.

\`\`\`python
x = 1
\`\`\`

Text behind.

\`\`\`python check
assert x == 1, 'Not one.'
\`\`\`

## Two ##

\`\`\`js
## no step
\`\`\`

\`\`\`file data/a.csv
a,b
1,2
\`\`\`
`;

function problemOf(text: string): string {
  try {
    parseLesson(text);
  } catch (error) {
    if (isDormouseError(error)) return error.message;
    throw error;
  }
  return '';
}

test('steps, texts, cells, checks and files are told apart', () => {
  expect(parseLesson(SMALL)).toEqual({
    title: 'A title',
    minutes: null,
    intro: [{ type: 'text', markdown: 'Hello.' }],
    steps: [
      {
        title: 'One',
        blocks: [
          { type: 'text', markdown: 'Text before.' },
          { type: 'code', source: 'x = 1' },
          { type: 'text', markdown: 'Text behind.' },
        ],
        check: "assert x == 1, 'Not one.'",
      },
      { title: 'Two', blocks: [{ type: 'text', markdown: '```js\n## no step\n```' }], check: null },
    ],
    files: [{ path: 'data/a.csv', content: 'a,b\n1,2\n' }],
  });
  expect(parseLesson(`\uFEFF${SMALL.replaceAll('\n', '\r\n')}`)).toEqual(parseLesson(SMALL));
});

test('a fence ends with as many signs as it began with, and its indentation goes', () => {
  const lesson = parseLesson(`${HEAD}## A\n\n  ~~~~python\n  print('''\n  ~~~\n  \`\`\`\n  ''')\n  ~~~~\n`);
  expect(lesson.steps[0]?.blocks).toEqual([{ type: 'code', source: "print('''\n~~~\n```\n''')" }]);
});

describe('broken lessons say where', () => {
  test.each([
    ['', 'has to begin with a line “---”'],
    ['# Only Markdown\n', 'has to begin with a line “---”'],
    ['---\nlesson: 1\n', 'has to begin with a line “---”'],
    ['---\ntitle: x\n---\n## A\n', 'there is no “lesson: 1”'],
    ['---\nlesson: 2\ntitle: x\n---\n## A\n', 'reads “lesson: 1”'],
    ['---\nlesson: 1\n---\n## A\n', 'needs a title'],
    ['---\nlesson: 1\ntitle: \u202e \n---\n## A\n', 'needs a title'],
    ['---\nlesson: 1\ntitle: x\ntitle: y\n---\n## A\n', 'line 4: “title” is there twice'],
    ['---\nlesson: 1\nthis is no field\n---\n## A\n', 'line 3: expected a name'],
    ['---\nlesson: 1\ntitle: x\nminutes: soon\n---\n## A\n', '“minutes” has to be a whole number'],
    [`${HEAD}No steps.`, 'has no steps'],
    [`${HEAD}## \n`, 'Line 5: the step has no title'],
    [`${HEAD}## A\n\`\`\`python\nx = 1\n`, 'line 6: the block that begins here has no end'],
    [`${HEAD}\`\`\`python check\n\`\`\`\n## A`, 'line 5: a check has to stand in a step'],
    [`${HEAD}## A\n\`\`\`python check\n\`\`\`\n\`\`\`python check\n\`\`\`\n`, 'line 8: the step “A” has a check already'],
    [`${HEAD}## A\n\`\`\`python check twice\n\`\`\`\n`, 'line 6: behind “python check”'],
    ...['../up.txt', '/etc/passwd', 'a//b', '.hidden', 'a/.dormouse/x', '', 'a\\b', 'a b.txt'].map((path) => [
      `${HEAD}## A\n\`\`\`file ${path}\nx\n\`\`\`\n`,
      path === 'a b.txt' ? '' : 'line 6: behind “file” a plain name is needed',
    ]),
    [`${HEAD}## A\n\`\`\`file a\n\`\`\`\n\`\`\`file a/b\n\`\`\`\n`, 'line 8: “a/b” is there twice, or is both'],
    [HEAD + '## A\n'.repeat(101), 'line 105: a lesson has at most 100 steps'],
    [`${HEAD}## A\n${'```python\n```\n'.repeat(1001)}`, 'at most 1000 pieces'],
    [HEAD + 'x'.repeat(1_000_001), 'at most 1 million characters'],
  ])('%#', (text, problem) => {
    expect(problemOf(text as string)).toContain(problem);
  });

  test('whatever the text is, it is a lesson or a sentence, in time', () => {
    const pieces = fc.array(
      fc.constantFrom(
        '---\n',
        'lesson: 1\n',
        'title: t\n',
        '## s\n',
        '```python\n',
        '```python check\n',
        '```\n',
        '~~~~\n',
        '```file a\n',
        'x\n',
        '\r\n',
        '\0',
        ' '.repeat(5000),
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(pieces, (list) => {
        const text = list.join('');
        isLesson(text);
        const problem = problemOf(text);
        expect(problem === '' || /[.:]/.test(problem)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

test('Markdown is a lesson when its front matter says so, and only then', () => {
  expect(isLesson(SMALL)).toBe(true);
  expect(isLesson('---\r\ntitle: x\r\nlesson: 1\r\n---\r\n')).toBe(true);
  for (const text of ['', '# Notes\nlesson: 1\n', '---\ntitle: x\n---\n', 'x\n---\nlesson: 1\n']) expect(isLesson(text), text).toBe(false);
});

describe('progress', () => {
  const lesson = parseLesson(`${HEAD}${[1, 2, 3].map((step) => `## ${step}\n\`\`\`python check\npass\n\`\`\`\n`).join('')}## The end\n`);
  const passed = { passed: '2026-11-26T18:00:00+00:00', tries: 2, message: null };

  test('steps open one after the other; what was passed stays open', () => {
    const open = (progress: (typeof passed)[]) => lesson.steps.map((_, step) => isOpen(lesson, progress, step));
    const untried = UNTRIED as typeof passed;
    expect(open([])).toEqual([true, false, false, false]);
    expect(open([passed])).toEqual([true, true, false, false]);
    expect(open([untried, passed])).toEqual([true, true, false, false]);
    expect(open([passed, passed, passed])).toEqual([true, true, true, true]);
    expect(isFinished(lesson, [passed, passed])).toBe(false);
    expect(isFinished(lesson, [passed, passed, passed])).toBe(true);
    expect([[], [passed], [passed, passed, passed]].map((each) => currentStep(lesson, each))).toEqual([0, 1, 3]);
    expect(isFinished(parseLesson(`${HEAD}## Only text\n`), [])).toBe(false);
  });

  test('what was written is read; rubbish is nothing', () => {
    const progress = [passed, { passed: null, tries: 3, message: 'Not yet.' }, UNTRIED, UNTRIED];
    expect(readProgress(writeProgress(lesson, progress), lesson)).toEqual(progress);
    expect(JSON.parse(writeProgress(lesson, [passed, passed, passed]))).toMatchObject({ finished: passed.passed, lesson: 'A title' });
    const nothing = lesson.steps.map(() => UNTRIED);
    for (const text of [null, '', '{', 'null', '[]', '{"format":"dormouse-lesson-progress","version":2,"steps":[]}'])
      expect(readProgress(text, lesson), String(text)).toEqual(nothing);
    const odd = JSON.stringify({
      format: 'dormouse-lesson-progress',
      version: 1,
      steps: [{ passed: 'yes', tries: -1, message: 7 }, null, 4, [], {}, {}, {}],
    });
    expect(readProgress(odd, lesson)).toEqual(nothing);
  });

  test("a check's code cannot leave the place that it has", () => {
    const hostile: Lesson = parseLesson(
      `${HEAD}## A "quote" \\ '''\n\`\`\`python check\nassert "\\"", '''x''' # \u2028 \ud83d\ude00\n\`\`\`\n`,
    );
    const [comment, call, ...rest] = checkCode(hostile, 0).split('\n');
    expect(comment).toBe(`# Check of step 1: A "quote" \\ '''`);
    expect(call).toMatch(/^__import__\('dormouse\.lessons'\)\.lessons\.check\(0, ".*", ".*"\)$/s);
    expect(rest).toEqual(['']);
  });
});

describe('origins', () => {
  const origin = {
    kind: 'template',
    name: 'Data',
    notebook: 'x = 1\n',
    files: [{ path: 'home/pyodide/a.csv', content: new Uint8Array([0, 255, 10]) }],
  } as const;
  const text = async () => new TextDecoder().decode((await writeOrigin(origin)).content);

  test('what was written is read', async () => {
    expect(await readOrigin(await text())).toEqual(origin);
  });

  test.each([
    ['another content', (value: string) => value.replace('AP8K', 'AAAA')],
    ['a way out', (value: string) => value.replace('home/pyodide/a.csv', 'home/pyodide/../a')],
    ['another folder', (value: string) => value.replace('home/pyodide/a.csv', 'tmp/a.csv')],
    ['no JSON', (value: string) => value.slice(5)],
    ['another version', (value: string) => value.replace('"version": 1', '"version": 9')],
  ])('%s is nothing', async (_, change) => {
    const changed = change(await text());
    expect(changed).not.toBe(await text());
    expect(await readOrigin(changed)).toBeNull();
  });
});

test.each(['python-that-remembers', 'a-small-database'])('the lesson %s can be read', (name) => {
  const lesson = parseLesson(readFileSync(new URL(`../../../public/lessons/${name}.md`, import.meta.url), 'utf8'));
  expect(lesson.steps.filter(({ check }) => check !== null).length).toBeGreaterThanOrEqual(6);
  expect(lesson.steps.at(-1)?.check).toBeNull();
});
