/** What the page sees of variables, in a real Pyodide: nothing that a user wrote may be called for it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Acted } from '../../../src/protocol/acts';
import type { LookName, Looks, Variable, VariablesView } from '../../../src/protocol/looks';
import { ACT_RESULTS } from '../../../src/session/acts';
import { LOOK_RESULTS } from '../../../src/session/looks';
import { startMachine, type TestMachine } from '../../fixtures/machine-on-node';

let machine: TestMachine;

/** A class each of whose methods, and whose metaclass's, says that it was called. */
const TRAP = `
calls = []
def trap(name, result):
    def called(*_, **__):
        calls.append(name)
        return result
    return called
NAMES = ["__repr__", "__str__", "__len__", "__sizeof__", "__iter__", "__getitem__", "__getattr__", "__getattribute__", "__dir__", "__hash__",
    "__eq__", "__bool__", "__format__", "keys", "items", "__index__", "__length_hint__", "__contains__", "__reduce__"]
traps = {name: trap(name, "x") for name in NAMES}
class Meta(type):
    __repr__ = trap("meta repr", "x")
    __eq__ = trap("meta eq", True)
    __hash__ = trap("meta hash", 1)
    __getattribute__ = trap("meta getattribute", "x")
    __instancecheck__ = trap("instancecheck", True)
    __subclasscheck__ = trap("subclasscheck", True)
    __len__ = trap("meta len", 1)
    __dir__ = trap("meta dir", [])
def made(base, meta=type):
    return meta.__new__(meta, "Trap", (base,), dict(traps, __class__=property(trap("class", int)), __dict__=property(trap("dict", {})), tempting=property(trap("property", 1))))
`;

beforeAll(async () => {
  machine = await startMachine();
});
beforeEach(async () => {
  await machine.run('for name in [name for name in globals() if not name.startswith("_")]: del globals()[name]\ndel name');
  machine.events.length = 0;
});
afterAll(() => machine.close());

async function look<Name extends LookName>(name: Name, argument: Looks[Name]['argument']): Promise<Looks[Name]['result']> {
  return LOOK_RESULTS[name](await machine.call((call) => ({ type: 'look', call, look: name, argument })));
}

const VIEW: VariablesView = { wanted: '', sort: 'made', descending: false, pinned: [], code: false };
const list = (view: Partial<VariablesView> = {}, count = 1000) => look('variables', { ...VIEW, ...view, count });
const names = async (view: Partial<VariablesView> = {}) => (await list(view)).variables.map(({ name }) => name);
async function variable(name: string): Promise<Variable | undefined> {
  return (await list({ code: true })).variables.find((each) => each.name === name);
}

async function run(code: string): Promise<string> {
  machine.events.length = 0;
  const { status } = await machine.run(code);
  expect(status, machine.output()).toBe('finished');
  return machine.output();
}

describe('the list', () => {
  test('tells types, lengths, sizes and short texts', async () => {
    await run(`
import collections, decimal
n = 41; text = "a" * 1000; items = [1, [2, [3, [4]]], "x"]; rows = [{"a": 1}, {"a": 2}]; nothing = None; big = 10 ** 6000
d = decimal.Decimal("1.50"); counter = collections.Counter("aab"); g = (x for x in "ab")
class Point: pass
p = Point(); p.x = 1; p.y = [1, 2]
def f(): pass
`);
    const { variables, found, total } = await list();
    expect([found, total]).toEqual([variables.length, variables.length]);
    expect(variables.map(({ name, type, length, text, view }) => [name, type, length, text.slice(0, 40), view])).toEqual([
      ['n', 'int', null, '41', null],
      ['text', 'str', 1000, `'${'a'.repeat(39)}`, null],
      ['items', 'list', 3, "[1, [2, [3, […]]], 'x']", 'tree'],
      ['rows', 'list', 2, "[{'a': 1}, {'a': 2}]", 'grid'],
      ['nothing', 'NoneType', null, 'None', null],
      ['big', 'int', null, '19,932 bits', null],
      ['d', 'Decimal', null, "Decimal('1.50')", null],
      ['counter', 'Counter', 2, '<Counter object>', 'tree'],
      ['g', 'generator', null, '<generator object>', null],
      ['p', 'Point', null, '<Point object>', 'tree'],
    ]);
    expect(variables[1]?.size).toBeGreaterThan(1000);
    expect(await names({ code: true })).toEqual(expect.arrayContaining(['collections', 'Point', 'f']));
    expect((await variable('Point'))?.text).toBe('<class Point>');
  });

  test('is filtered by name and type, sorted, and pinned ones come first', async () => {
    await run('beta = 1; Alpha = "text"; gamma = [0] * 1000; delta = 2.5');
    expect(await names()).toEqual(['beta', 'Alpha', 'gamma', 'delta']);
    expect(await names({ descending: true })).toEqual(['delta', 'gamma', 'Alpha', 'beta']);
    expect(await names({ sort: 'name' })).toEqual(['Alpha', 'beta', 'delta', 'gamma']);
    expect(await names({ sort: 'type' })).toEqual(['delta', 'beta', 'gamma', 'Alpha']);
    expect((await names({ sort: 'size', descending: true }))[0]).toBe('gamma');
    expect(await names({ sort: 'name', pinned: ['gamma', 'gone'] })).toEqual(['gamma', 'Alpha', 'beta', 'delta']);
    expect(await list({ wanted: 'ALPH' })).toMatchObject({ variables: [{ name: 'Alpha' }], found: 1, total: 4 });
    expect(await names({ wanted: 'float' })).toEqual(['delta']);
  });

  test('calls nothing that a user wrote', async () => {
    await run(`${TRAP}
plain = made(object)(); text = made(str)("abc"); mapping = made(dict)(a=1); row = made(list)([1, 2]); number = made(int)(3)
meta = object.__new__(made(object, Meta)); kind = made(object, Meta)
nested = [plain, {"k": mapping}, (row, kind, meta)]; keyed = {1: plain}
bound = trap.__get__(plain); proxy = __import__("weakref").proxy(plain); view = __import__("types").MappingProxyType(mapping)
globals()["not a name"] = plain
import datetime
class Zone(datetime.tzinfo):
    utcoffset = trap("utcoffset", None); __repr__ = trap("zone repr", "x")
when = datetime.datetime(2026, 1, 2, tzinfo=Zone()); utc = datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc)
class Decimal: __repr__ = __str__ = trap("as if", "x")
Decimal.__module__ = "decimal"
spoof = Decimal()
calls.clear()
`);
    const { variables } = await list({ code: true });
    const told = Object.fromEntries(variables.map(({ name, type, length, text }) => [name, [type, length, text]]));
    expect(told).toMatchObject({
      plain: ['Trap', null, '<Trap object>'],
      text: ['Trap', 3, '<Trap object>'],
      mapping: ['Trap', 1, '<Trap object>'],
      row: ['Trap', 2, '<Trap object>'],
      kind: ['Meta', null, '<class Trap>'],
      nested: ['list', 3, "[<Trap object>, {'k': <Trap object>}, (<Trap object>, <class Trap>, <Trap object>)]"],
      when: ['datetime', null, '<datetime object>'],
      utc: ['datetime', null, 'datetime.datetime(2026, 1, 2, 0, 0, tzinfo=datetime.timezone.utc)'],
      spoof: ['Decimal', null, '<Decimal object>'],
    });
    for (const sort of ['name', 'type', 'size'] as const) await list({ sort, wanted: 'a', code: true });
    for (const { name } of variables) {
      await look('variableTable', { name });
      await look('variableTree', { name, path: [], start: 0 });
      await look('variableTree', { name, path: [0, 0], start: 0 });
      for (const what of ['attribute', 'item'] as const)
        await look('complete', { what, expression: name, prefix: '', call: '' }).then((options) =>
          expect(Array.isArray(options)).toBe(true),
        );
      await look('complete', { what: 'attribute', expression: `${name}.tempting`, prefix: '', call: '' });
      await look('signature', { expression: name });
      await look('signature', { expression: `${name}.tempting` });
    }
    await look('complete', { what: 'name', expression: '', prefix: '', call: 'plain' });
    expect(await run('calls')).toBe('[]\n');
  });

  test('of thousands of variables and giant containers tells a part', async () => {
    await run(`
for i in range(20_000): globals()[f"v{i}"] = i
del i
big = {i: "x" * 1000 for i in range(20_000)}; deep = []
for _ in range(500): deep = [deep]
long = "x" * 1_000_000
`);
    const all = await list({}, 50);
    expect(all.variables).toHaveLength(50);
    expect(all.total).toBe(20_003);
    expect(JSON.stringify(await list({ sort: 'size', descending: true }, 1e9)).length).toBeLessThan(400_000);
    const level = await look('variableTree', { name: 'big', path: [], start: 19_950 });
    expect(level).toMatchObject({ count: 20_000 });
    expect(level?.children).toHaveLength(50);
  });
});

describe('opening', () => {
  test('a list of dicts is a table for the grid', async () => {
    await run('rows = [{"month": "Jan", "mm": 1.5}, {"month": "Feb", "mm": 2}]; other = 3');
    const table = await look('variableTable', { name: 'rows' });
    expect(table).toMatchObject({
      columns: [
        { name: 'month', type: 'str' },
        { name: 'mm', type: 'float | int' },
      ],
      rowCount: 2,
    });
    const rows = await look('table', { id: table?.id ?? '', start: 0, end: 10, sort: [], filter: '', columns: 2 });
    expect(rows).toMatchObject({
      rows: [
        ['Jan', 1.5],
        ['Feb', 2],
      ],
    });
    expect(await look('variableTable', { name: 'other' })).toBeNull();
    expect(await look('variableTable', { name: 'gone' })).toBeNull();
  });

  test('nests open level by level', async () => {
    await run(`
class Point:
    def __init__(self): self.x = 1; self.more = {"deep": [True]}
data = {"list": [1, {"a": None}], 2: Point(), "set": {5}}
data["self"] = data
`);
    const level = async (...path: number[]) =>
      (await look('variableTree', { name: 'data', path, start: 0 }))?.children.map(({ key, type, text, count }) => [
        key,
        type,
        text,
        count,
      ]);
    expect(await level()).toEqual([
      ["'list'", 'list', "[1, {'a': None}]", 2],
      ['2', 'Point', '<Point object>', 2],
      ["'set'", 'set', '{5}', 1],
      ["'self'", 'dict', expect.any(String), 4],
    ]);
    expect(await level(0, 1)).toEqual([["'a'", 'NoneType', 'None', 0]]);
    expect(await level(1)).toEqual([
      ['.x', 'int', '1', 0],
      ['.more', 'dict', "{'deep': [True]}", 1],
    ]);
    expect(await level(1, 1, 0)).toEqual([['0', 'bool', 'True', 0]]);
    expect(await level(9)).toBeUndefined();
    expect(await level(...Array<number>(60).fill(3))).toHaveLength(4);
  });
});

describe('deleting', () => {
  const act = async <Name extends 'deleteVariable' | 'restoreVariable'>(name: Name, argument: object) => {
    const { result } = await machine.call<Acted>((call) => ({ type: 'act', call, act: name, argument: argument as never }));
    return ACT_RESULTS[name](result);
  };

  test('takes a variable away and brings it back, until a run begins', async () => {
    await run('import weakref\nclass Point: pass\np = Point(); alive = weakref.ref(p); n = 1');
    machine.events.length = 0;
    const { token } = (await act('deleteVariable', { name: 'p' })) as { token: string };
    // So that memory is captured again.
    expect(machine.events).toContainEqual({ type: 'changed' });
    expect(await names()).toEqual(['alive', 'n']);
    expect(await act('restoreVariable', { token })).toEqual({ restored: true });
    expect(await run('p is alive()')).toBe('True\n');
    expect(await act('restoreVariable', { token })).toEqual({ restored: false });
    const again = (await act('deleteVariable', { name: 'p' })) as { token: string };
    expect(await run('alive() is None')).toBe('True\n');
    expect(await act('restoreVariable', again)).toEqual({ restored: false });
    expect(await act('deleteVariable', { name: 'p' })).toEqual({ token: null });
    expect(await act('deleteVariable', { name: '__name__' })).toEqual({ token: null });
  });
});
