/** NumPy, pandas and what belongs to them give known answers in Pyodide as it is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadPyodide, type PyodideInterface } from 'pyodide';
import { beforeAll, expect, test } from 'vitest';
import { describeWithWheels, PACKAGES, WHEELS } from '../fixtures/wheels';

describeWithWheels('the wheels', () => {
  let python: PyodideInterface;
  beforeAll(async () => {
    python = await loadPyodide();
    for (const { file } of PACKAGES) python.unpackArchive(new Uint8Array(readFileSync(join(WHEELS, file))), 'wheel');
    python.runPython('import io, sqlite3, numpy as np, pandas as pd');
  });

  /** The value of an expression, as JSON. */
  const value = (code: string) => JSON.parse(python.runPython(`import json; json.dumps(${code})`) as string);

  test('every module that the list promises can be imported', () => {
    for (const name of PACKAGES.flatMap(({ imports }) => imports)) expect(value(`__import__(${JSON.stringify(name)}).__name__`)).toBe(name);
  });

  test.each([
    ['np.linalg.svd(np.arange(6.).reshape(2, 3))[1].round(9).tolist()', [7.348469228, 1]],
    ['np.linalg.solve(np.array([[3., 1], [1, 2]]), np.array([9., 8])).round(9).tolist()', [2, 3]],
    ['np.fft.fft(np.array([1., 2, 3, 4])).imag.tolist()', [0, 2, 0, -2]],
    // The reference values of NumPy's own documentation for this seed.
    ['np.random.default_rng(42).standard_normal(2).round(8).tolist()', [0.30471708, -1.03998411]],
    ['np.random.RandomState(0).rand(2).round(8).tolist()', [0.5488135, 0.71518937]],
    ["str(np.datetime64('2024-02-28') + np.timedelta64(2, 'D'))", '2024-03-01'],
    ["np.sort(np.array(['b', 'ä', 'a'], dtype=np.dtypes.StringDType())).tolist()", ['a', 'b', 'ä']],
    ['np.longdouble(1).itemsize', 16],
  ])('NumPy: %s', (code, expected) => {
    expect(value(code)).toEqual(expected);
  });

  test('pandas: from text to groups, joins, calendars, a database, a sheet', () => {
    python.runPython(`
df = pd.read_csv(io.StringIO('k,v,t\\na,1,2024-01-31\\nb,2,2024-03-10\\na,3,2024-03-31'), parse_dates=['t'])
db = sqlite3.connect(':memory:'); df.to_sql('x', db, index=False)
sheet = io.BytesIO(); df.to_excel(sheet, index=False)
zoned = df.t.dt.tz_localize('UTC').dt.tz_convert('America/New_York')
`);
    expect(value("df.groupby('k').v.sum().to_dict()")).toEqual({ a: 4, b: 2 });
    expect(value("list(df.merge(df, on='k').shape)")).toEqual([5, 5]);
    expect(value("df.set_index('t').resample('MS').v.sum().tolist()")).toEqual([1, 0, 5]);
    expect(value("df.pivot_table(index='k', values='v', aggfunc='mean').v.tolist()")).toEqual([2, 2]);
    // The clocks went forward on 10 March 2024 at 2 o'clock, after midnight in UTC.
    expect(value('[str(each) for each in zoned]')).toEqual([
      '2024-01-30 19:00:00-05:00',
      '2024-03-09 19:00:00-05:00',
      '2024-03-30 20:00:00-04:00',
    ]);
    expect(value("pd.read_sql('select k, sum(v) s from x group by k', db).s.tolist()")).toEqual([4, 2]);
    expect(value('pd.read_excel(sheet).v.tolist()')).toEqual([1, 2, 3]);
    expect(value("df.k.astype('category').cat.codes.tolist()")).toEqual([0, 1, 0]);
    expect(value('pd.read_json(io.StringIO(df.to_json())).v.tolist()')).toEqual([1, 2, 3]);
  });

  test('charts are described by altair and plotly', () => {
    python.runPython('import altair, plotly.graph_objects as go');
    expect(value("altair.Chart(df).mark_bar().encode(x='k', y='v').to_dict()['mark']['type']")).toBe('bar');
    expect(value("go.Figure(go.Bar(x=df.k, y=df.v)).to_plotly_json()['data'][0]['type']")).toBe('bar');
  });
});
