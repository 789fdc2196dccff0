/** A line of sys.stdin of which Python has read a part: the rest is there after a resume, wherever it lay. */
import { afterEach, expect, test } from 'vitest';
import { CELL, LINE_OFFSET, WAKE_BUFFER_SIZE } from '../../../src/protocol/wake-cells';
import { startMachine, type TestMachine } from '../../fixtures/machine-on-node';
import { SessionDisk } from '../../fixtures/session-disk';

let machine: TestMachine;
afterEach(() => machine.close());

/** As a waker would leave it that has passed on credit and, with `line`, an answer to input(). */
function cellsWith(line: string | null): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(WAKE_BUFFER_SIZE);
  const cells = new Int32Array(buffer, 0, LINE_OFFSET / 4);
  cells[CELL.credit] = 2 ** 28;
  if (line === null) cells[CELL.lineState] = 2;
  else {
    const bytes = new TextEncoder().encode(line);
    new Uint8Array(buffer, LINE_OFFSET).set(bytes);
    cells[CELL.lineLength] = bytes.length;
    cells[CELL.lineState] = 1;
  }
  return buffer;
}

const LINE = `${'a'.repeat(30_000)}end`;

async function suspendInLine(): Promise<SessionDisk> {
  const disk = await SessionDisk.create();
  machine = await startMachine({ disk, cells: cellsWith(LINE) });
  await machine.run('import sys\nprint(sys.stdin.read(5))');
  expect(machine.output()).toBe('aaaaa\n');
  expect((await machine.capture()).problem).toBeNull();
  machine.close();
  return disk;
}

test('goes on where it was', async () => {
  machine = await startMachine({ disk: await suspendInLine(), cells: cellsWith(null) });
  expect(machine.resume.lost).toEqual([]);
  await machine.run(
    'line = sys.stdin.readline(); print(len(line), line[-4:] == "end\\n")\ntry: input()\nexcept EOFError: print("no more")',
  );
  expect(machine.output()).toBe(`${LINE.length - 5 + 1} True\nno more\n`);
});

test('is reported where Python cannot read', async () => {
  machine = await startMachine({ disk: await suspendInLine() });
  expect(machine.resume.lost).toEqual([{ variable: 'sys.stdin', reason: 'the rest of a line that was not read' }]);
});
