/** A session goes on in another machine: what Python holds, and how. */
import { expect, test } from 'vitest';
import { startMachine } from '../../fixtures/machine-on-node';
import { SessionDisk } from '../../fixtures/session-disk';

test('variables, generators and the database go on', async () => {
  const disk = await SessionDisk.create();
  let machine = await startMachine({ disk });
  expect(machine.resume).toEqual({ kind: 'fresh', problem: null, anotherBuild: false, lost: [] });
  await machine.run(
    'import sqlite3\ng = (i * i for i in range(10)); next(g); next(g)\ndb = sqlite3.connect("a.db"); db.execute("create table t (a)")',
  );
  const report = await machine.capture();
  console.log(report);
  machine.close();
  for (let generation = 1; generation <= 3; generation++) {
    const t = performance.now();
    machine = await startMachine({ disk });
    console.log('resumed in', performance.now() - t);
    expect(machine.resume).toMatchObject({ kind: 'resumed', problem: null });
    const result = await machine.run(
      'print(next(g)); db.execute("insert into t values (1)"); db.commit(); print(db.execute("select count(*) from t").fetchone())',
    );
    console.log(machine.output());
    expect(result.status).toBe('finished');
    const r = await machine.capture();
    console.log(r.milliseconds, r.changed, r.stored, r.problem);
    machine.close();
  }
});
