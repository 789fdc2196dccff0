/** What runs show beside text: values in their richest form, displays, errors, tables; in a real Pyodide. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startMachine, type TestMachine } from '../../fixtures/machine-on-node';

let machine: TestMachine;
beforeAll(async () => {
  machine = await startMachine();
}, 60_000);
beforeEach(() => {
  machine.events.length = 0;
});
afterAll(() => machine.close());

async function shown(code: string) {
  await machine.run(code);
  return machine.displays();
}

describe('a value', () => {
  test('comes in all forms that its methods give, and as text', async () => {
    const forms = [
      'def _repr_html_(self): return "<b>x</b>"',
      'def _repr_markdown_(self): return "**x**"',
      'def _repr_latex_(self): return "$x$"',
      'def _repr_svg_(self): return "<svg/>"',
      'def _repr_png_(self): return b"\\x89PNG", {"width": 5}',
      'def _repr_jpeg_(self): return None',
      'def _repr_json_(self): return {"a": [1, None]}',
      'def __repr__(self): return "X()"',
    ];
    expect(await shown(`class X:\n    ${forms.join('\n    ')}\nX()`)).toEqual([
      {
        kind: 'value',
        data: {
          'text/html': '<b>x</b>',
          'text/markdown': '**x**',
          'text/latex': '$x$',
          'image/svg+xml': '<svg/>',
          'image/png': 'iVBORw==',
          'application/json': { a: [1, null] },
          'text/plain': 'X()',
        },
        metadata: { 'image/png': { width: 5 } },
      },
    ]);
  });

  test('that fails to give a form has the others, and says so', async () => {
    const [value] = await shown('class X:\n    def _repr_html_(self): raise ValueError("no")\nX()');
    expect(value).toMatchObject({ kind: 'value', data: { 'text/plain': expect.stringContaining('X object') } });
    expect(machine.output()).toContain('X._repr_html_ failed: ValueError');
  });

  test('that answers to every name is text', async () => {
    const [value] = await shown(
      'class Any:\n    def __getattr__(self, name): return lambda *a, **k: "x"\n    def __repr__(self): return "Any"\nAny()',
    );
    expect(value).toEqual({ kind: 'value', data: { 'text/plain': 'Any' }, metadata: {} });
  });

  test('gives a bundle, or shows itself', async () => {
    expect(
      await shown(
        'class X:\n    def _repr_mimebundle_(self, include=None, exclude=None): return {"text/plain": "p", "x/y": "z"}, {"m": 1}\nX()',
      ),
    ).toEqual([{ kind: 'value', data: { 'text/plain': 'p', 'x/y': 'z' }, metadata: { m: 1 } }]);
    machine.events.length = 0;
    const itself = 'class Y:\n    times = 0\n    def _ipython_display_(self):\n        Y.times += 1\n        print("itself")\nY()';
    expect(await shown(itself)).toEqual([]);
    await machine.run('display(Y()); Y.times');
    expect(machine.output()).toBe('itself\nitself\n2\n');
  });

  test('that is too large, or no JSON, is left out, and its text says so', async () => {
    const code =
      'class Big:\n    def _repr_html_(self): return "x" * 9_000_000\n    def _repr_json_(self): return object()\n    def __repr__(self): return "Big"\nBig()';
    const [value] = await shown(code);
    expect(value).toMatchObject({ data: { 'text/plain': 'Big\n(text/html, application/json: too large or not readable, left out)' } });
    expect(Object.keys(value?.kind === 'value' ? value.data : {})).toEqual(['text/plain']);
  });
});

describe('displays', () => {
  test('come between what is printed, in order', async () => {
    await machine.run('print("a", end="")\ndisplay(1)\nprint("b", end="")\ndisplay(2)');
    expect(machine.output()).toBe('a1\nb2\n');
  });

  test('with an id are updated, also by a later run', async () => {
    const made = await shown('handle = display("one", display_id=True)');
    expect(made).toMatchObject([{ kind: 'display', update: false, data: { 'text/plain': "'one'" } }]);
    const id = made[0]?.kind === 'display' ? made[0].id : null;
    expect(id).toBeTypeOf('string');
    machine.events.length = 0;
    expect(await shown('handle.update("two")')).toMatchObject([{ kind: 'display', id, update: true, data: { 'text/plain': "'two'" } }]);
  });

  test('are cleared', async () => {
    expect(await shown('from IPython.display import clear_output\nclear_output(); clear_output(wait=True)')).toEqual([
      { kind: 'clear', wait: false },
      { kind: 'clear', wait: true },
    ]);
  });

  test('progress is told in one place', async () => {
    const told = await shown('from dormouse import progress\nsum(progress([1, 2, 3], label="Work"))');
    const type = 'application/vnd.dormouse.progress+json';
    expect(told.at(0)).toMatchObject({ update: false, data: { [type]: { label: 'Work', done: 0, total: 3 } } });
    expect(told.at(-2)).toMatchObject({ update: true, data: { [type]: { done: 3, total: 3 }, 'text/plain': 'Work: 3 of 3' } });
    expect(told.at(-1)).toMatchObject({ kind: 'value', data: { 'text/plain': '6' } });
  });

  test('of more than a page that cannot slow Python down can take are counted', async () => {
    const told = await shown('for i in range(5000): display(i)');
    expect(told.length).toBeLessThan(3000);
    expect(machine.output()).toMatch(/\d displays not shown/);
  });
});

describe('libraries that ask for IPython', () => {
  test('find its display functions, and no shell', async () => {
    const told = await shown(
      'import IPython\nfrom IPython import get_ipython, version_info\nfrom IPython.display import HTML, Image, JSON, Latex, Markdown, SVG, display as show\nfrom IPython.core.display import HTML as Same\n' +
        'assert get_ipython() is None and Same is HTML and IPython.display.HTML is HTML and version_info >= (7,)\n' +
        'show(HTML("<i>h</i>"), Markdown("*m*"), Latex("$l$"), SVG("<svg/>"), JSON({"a": 1}), Image(b"\\x89PNG", width=4))\nshow({"text/html": "raw"}, raw=True)',
    );
    expect(told.map((message) => (message.kind === 'display' ? Object.entries(message.data)[0] : message))).toEqual([
      ['text/html', '<i>h</i>'],
      ['text/markdown', '*m*'],
      ['text/latex', '$l$'],
      ['image/svg+xml', '<svg/>'],
      ['application/json', { a: 1 }],
      ['image/png', 'iVBORw=='],
      ['text/html', 'raw'],
    ]);
    expect(told[5]).toMatchObject({ metadata: { 'image/png': { width: 4 } } });
  });

  test('an installed IPython wins', async () => {
    const code =
      'import os, sys\nfor name in [n for n in sys.modules if n.startswith("IPython")]: del sys.modules[name]\n' +
      'os.makedirs("site/IPython"); open("site/IPython/__init__.py", "w").write("real = True"); sys.path.append("/home/pyodide/site")\nimport IPython; IPython.real';
    expect(await shown(code)).toMatchObject([{ data: { 'text/plain': 'True' } }]);
  });
});

describe('errors', () => {
  test('are data: where it happened, whose code that is, and what led to it', async () => {
    const code =
      'import json\ndef read():\n    json.loads("{")\ntry:\n    read()\nexcept ValueError as error:\n    raise KeyError("k") from error';
    await machine.run(code, '<cell a>');
    const [error] = machine.displays();
    expect(error).toMatchObject({
      kind: 'error',
      name: 'KeyError',
      message: "'k'",
      parts: [
        {
          name: 'json.decoder.JSONDecodeError',
          relation: 'cause',
          frames: [
            { file: '<cell a>', line: 5, name: '<module>', source: 'read()', library: false },
            { file: '<cell a>', line: 3, name: 'read', library: false },
            { library: true, name: 'loads' },
            { library: true },
            { library: true },
          ],
        },
        { name: 'KeyError', message: "'k'", relation: null, frames: [{ file: '<cell a>', line: 7 }] },
      ],
    });
    expect(error?.kind === 'error' && error.text).toMatch(/^json.decoder|^Traceback/);
  });

  test('of syntax name their place', async () => {
    await machine.run('x = 1\ny = = 2', '<cell b>');
    expect(machine.displays()).toMatchObject([
      { name: 'SyntaxError', message: 'invalid syntax', parts: [{ frames: [{ file: '<cell b>', line: 2, source: 'y = = 2' }] }] },
    ]);
  });

  test('of deep recursion tell the beginning and the end', async () => {
    const [error] = await shown('def f(n): return f(n + 1)\nf(0)');
    expect(error).toMatchObject({ name: 'RecursionError' });
    const part = error?.kind === 'error' ? error.parts[0] : undefined;
    expect(part?.frames.length).toBeLessThanOrEqual(60);
    expect(part?.leftOut).toBeGreaterThan(100);
  });
});

describe('tables', () => {
  const type = 'application/vnd.dormouse.table+json';
  const look = (argument: object) =>
    machine.call((call) => ({
      type: 'look',
      call,
      look: 'table',
      argument: { sort: [], filter: '', start: 0, end: 10, ...argument } as never,
    }));

  test('a list of dicts has its first rows with it, and windows on demand', async () => {
    const [value] = await shown(
      'rows = [{"n": i, "name": f"x{i % 7}", "big": 2**70, "raw": b"abc"} for i in range(1000)]\nrows[0]["n"] = None\nrows',
    );
    const table = (value?.kind === 'value' ? value.data[type] : null) as {
      id: string;
      rows: unknown[];
      rowCount: number;
      columns: unknown;
    };
    expect(table).toMatchObject({
      columns: [
        { name: 'n', type: 'int' },
        { name: 'name', type: 'str' },
        { name: 'big', type: 'int' },
        { name: 'raw', type: 'bytes' },
      ],
      rowCount: 1000,
    });
    expect(table.rows).toHaveLength(50);
    const { id } = table;
    const cells = (n: number | null, name: string) => [n, name, { int: `${2n ** 70n}` }, { bytes: 3 }];
    expect(await look({ id, columns: 4, start: 998, end: 1200 })).toEqual({ rows: [cells(998, 'x4'), cells(999, 'x5')], rowCount: 1000 });
    const sort = [
      { column: 1, descending: true },
      { column: 0, descending: false },
    ];
    expect(await look({ id, columns: 4, sort, end: 2 })).toEqual({ rows: [cells(6, 'x6'), cells(13, 'x6')], rowCount: 1000 });
    const last = await look({ id, columns: 4, sort: [{ column: 0, descending: true }], start: 998, end: 1000 });
    expect(last).toEqual({ rows: [cells(1, 'x1'), cells(null, 'x0')], rowCount: 1000 });
    expect(await look({ id, columns: 4, filter: 'X3', end: 1 })).toEqual({ rows: [cells(3, 'x3')], rowCount: 143 });
    expect(await look({ id, columns: 3 })).toEqual({ problem: 'changed' });
    expect(await look({ id: 'table-x', columns: 4 })).toEqual({ problem: 'gone' });
  });

  test('rows of SQLite are one too', async () => {
    const [value] = await shown(
      'import sqlite3\ndb = sqlite3.connect(":memory:"); db.row_factory = sqlite3.Row\ndb.execute("select 1 as a, null as b union select 2, \'x\'").fetchall()',
    );
    expect(value).toMatchObject({
      data: {
        [type]: {
          columns: [{ name: 'a' }, { name: 'b', type: 'str' }],
          rows: [
            [1, null],
            [2, 'x'],
          ],
        },
      },
    });
  });

  test('a look at a table runs nothing of the user’s', async () => {
    const loud =
      'class Loud:\n    def __repr__(self):\n        seen.append("repr")\n        return "loud"\n    __str__ = __repr__\n    __eq__ = __lt__ = __repr__';
    const [value] = await shown(`seen = []\n${loud}\nrows = [{"x": Loud(), "y": [Loud()]} for _ in range(3)]\nrows`);
    const table = (value?.kind === 'value' ? value.data[type] : null) as { id: string; rows: unknown[] };
    expect(table.rows[0]).toEqual(['<Loud object>', '[<Loud object>]']);
    await machine.run('seen.clear()');
    await look({ id: table.id, columns: 2, filter: 'loud', sort: [{ column: 0, descending: false }] });
    await machine.run('print(seen)');
    expect(machine.output()).toMatch(/\[\]\n$/);
  });
});
