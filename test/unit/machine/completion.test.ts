/** What the page is told could be written next, in a real Pyodide. That nothing of a user's is called: variables.test.ts. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CompletionRequest } from '../../../src/protocol/looks';
import { LOOK_RESULTS } from '../../../src/session/looks';
import { startMachine, type TestMachine } from '../../fixtures/machine-on-node';

let machine: TestMachine;

beforeAll(async () => {
  machine = await startMachine();
  const { status } = await machine.run(`
import functools, os, math
data = {"month": "Jan", "rain mm": {"deep": 1}, 3: "no text"}
items = [{"first": 1}]
class Point:
    "A place on the plane."
    kind = "point"
    def __init__(self, x, y=0, *, label="here"): self.x = x; self.y = y
    def moved(self, by, /, *more, scale: float = 1.0, **others):
        """
        Moves it.

        And more.
        """
    @classmethod
    def origin(cls, name): "At 0."
    @property
    def size(self): raise SystemExit
p = Point(1)
@functools.wraps(Point.moved)
def wrapper(*args, **kwargs): pass
class Plain: "Nothing to give."
class Callable:
    def __call__(self, a): "Called."
c = Callable()
os.makedirs("folder/inner", exist_ok=True); open("rain.csv", "w").close(); open(".hidden", "w").close(); open("folder/deep.txt", "w").close()
open("own_module.py", "w").write("exit()")
`);
  expect(status, machine.output()).toBe('finished');
});
afterAll(() => machine.close());

async function complete(what: CompletionRequest['what'], expression: string, prefix = '', call = ''): Promise<string[]> {
  const argument: CompletionRequest = { what, expression, prefix, call };
  const told = await machine.call((number) => ({ type: 'look', call: number, look: 'complete', argument }));
  return LOOK_RESULTS.complete(told).map(({ label }) => label);
}
const signature = async (expression: string) =>
  LOOK_RESULTS.signature(await machine.call((call) => ({ type: 'look', call, look: 'signature', argument: { expression } })));

test('names of the session, then of Python', async () => {
  const names = await complete('name', '');
  expect(names).toEqual(expect.arrayContaining(['data', 'Point', 'p', 'math', 'print', 'ValueError']));
  expect(names).not.toContain('__name__');
  expect(await complete('name', '', '__')).toContain('__name__');
});

test('attributes of modules, classes, objects and what a class will make', async () => {
  expect(await complete('attribute', 'math')).toEqual(expect.arrayContaining(['sqrt', 'pi']));
  expect(await complete('attribute', 'p')).toEqual(expect.arrayContaining(['x', 'y', 'moved', 'origin', 'size', 'kind']));
  expect(await complete('attribute', 'p')).not.toContain('__init__');
  expect(await complete('attribute', 'p', '_')).toContain('__init__');
  expect(await complete('attribute', 'Point(3)')).toContain('moved');
  expect(await complete('attribute', '"text"')).toContain('upper');
  expect(await complete('attribute', '[1, 2]')).toContain('append');
  expect(await complete('attribute', 'data["month"]')).toContain('upper');
  expect(await complete('attribute', 'items[0]')).toContain('keys');
  expect(await complete('attribute', 'os.path')).toContain('join');
  for (const unknown of ['p.size', 'nothing', 'p.moved(1)', 'data["no"]', 'items[9]', 'a b', 'import os', '(', '1 +', 'x'.repeat(5000)])
    expect(await complete('attribute', unknown), unknown).toEqual([]);
});

test('keys, files, modules and what is in them', async () => {
  expect(await complete('item', 'data')).toEqual(['month', 'rain mm']);
  expect(await complete('item', 'data["rain mm"]')).toEqual(['deep']);
  expect(await complete('item', 'items[0]')).toEqual(['first']);
  expect(await complete('path', '')).toEqual(expect.arrayContaining(['folder/', 'rain.csv', 'own_module.py']));
  expect(await complete('path', '')).not.toContain('.hidden');
  expect(await complete('path', '', '.h')).toContain('.hidden');
  expect((await complete('path', '', 'folder/')).sort()).toEqual(['deep.txt', 'inner/']);
  expect(await complete('path', '', '/home/')).toContain('pyodide/');
  expect(await complete('path', '', 'nowhere/')).toEqual([]);
  expect(await complete('import', '')).toEqual(expect.arrayContaining(['json', 'own_module', 'math']));
  expect(await complete('import', 'os')).toEqual([]);
  expect(await complete('member', 'os')).toEqual(expect.arrayContaining(['path', 'listdir']));
  expect(await complete('member', 'nowhere')).toEqual([]);
});

test('names of parameters come first in a call', async () => {
  expect((await complete('name', '', '', 'Point')).slice(0, 3)).toEqual(['x=', 'y=', 'label=']);
  expect((await complete('name', '', '', 'p.moved'))[0]).toBe('scale=');
  expect(await complete('name', '', '', 'sorted')).toEqual(expect.arrayContaining(['key=', 'reverse=']));
});

test('how things are called, with the first line of what they say of themselves', async () => {
  expect(await signature('Point')).toEqual({ name: 'Point', parameters: ['x', 'y=0', '*', "label='here'"], doc: 'A place on the plane.' });
  const moved = { name: 'moved', parameters: ['by', '/', '*more', 'scale=1.0', '**others'], doc: 'Moves it.' };
  expect(await signature('p.moved')).toEqual(moved);
  expect((await signature('Point.moved'))?.parameters[0]).toBe('self');
  expect(await signature('Point.origin')).toEqual({ name: 'origin', parameters: ['name'], doc: 'At 0.' });
  expect((await signature('wrapper'))?.parameters).toContain('by');
  expect(await signature('Plain')).toEqual({ name: 'Plain', parameters: [], doc: 'Nothing to give.' });
  expect(await signature('c')).toEqual({ name: 'c', parameters: ['a'], doc: 'Called.' });
  expect((await signature('sorted'))?.parameters).toEqual(['iterable', '/', '*', 'key=None', 'reverse=False']);
  expect((await signature('"a".join'))?.parameters).toEqual(['iterable', '/']);
  expect((await signature('math.hypot'))?.name).toBe('hypot');
  for (const unknown of ['p', 'data', 'nothing', 'p.size', '']) expect(await signature(unknown), unknown).toBeNull();
});
