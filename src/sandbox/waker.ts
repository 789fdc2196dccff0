/** The program of the waker: writes what comes from outside into the memory that the machine waits on. See wake-cells.ts. */
import { unreachable } from '../base/errors';
import type { DiskReply } from '../protocol/disk';
import type { WakerRequest } from '../protocol/machine';
import { CELL, LINE_OFFSET, MAX_LINE } from '../protocol/wake-cells';

/** What the relay sends, with the ports control and disk. */
export interface WakerStart {
  cells: SharedArrayBuffer;
}

onmessage = ({ data, ports }: MessageEvent<WakerStart>) => {
  onmessage = null;
  const [control, disk] = ports as unknown as [MessagePort, MessagePort];
  const cells = new Int32Array(data.cells, 0, LINE_OFFSET / 4);
  const line = new Uint8Array(data.cells, LINE_OFFSET);
  const notify = () => {
    Atomics.add(cells, CELL.wake, 1);
    Atomics.notify(cells, CELL.wake);
  };

  control.onmessage = ({ data: request }: MessageEvent<WakerRequest>) => {
    switch (request.type) {
      case 'interrupt':
        Atomics.store(cells, CELL.interrupt, request.run);
        break;
      case 'line': {
        if (request.text === null) {
          Atomics.store(cells, CELL.lineState, 2);
          break;
        }
        const bytes = new TextEncoder().encode(request.text).subarray(0, MAX_LINE);
        line.set(bytes);
        Atomics.store(cells, CELL.lineLength, bytes.length);
        Atomics.store(cells, CELL.lineState, 1);
        break;
      }
      case 'shown':
        Atomics.store(cells, CELL.shown, request.messages);
        break;
      default:
        unreachable(request);
    }
    notify();
  };

  disk.onmessage = ({ data: reply }: MessageEvent<DiskReply>) => {
    switch (reply.type) {
      case 'durable':
        Atomics.store(cells, CELL.durable, reply.sequence);
        break;
      case 'credit':
        Atomics.add(cells, CELL.credit, reply.bytes);
        Atomics.add(cells, CELL.creditAnswers, 1);
        break;
      case 'failed':
        Atomics.store(cells, CELL.dead, 1);
        break;
      default:
        unreachable(reply);
    }
    notify();
  };
};
