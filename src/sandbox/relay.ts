/**
 * The only script of the sandbox's frame. It is fixed text, allowed by its hash, and takes one message from the page: the two
 * programs and their ports. It starts them as workers from Blobs and afterwards only says when one of them failed, and, asked, that it is there.
 */

/** What the page sends, with the ports of SandboxPorts in the order control, disk, broker, wakerControl, wakerDisk. */
export type RelayStart =
  | {
      /** Programs, as JavaScript: Blobs, because text would be copied on its way. */
      machine: Blob;
      waker: Blob;
      /** Bytes of the memory that machine and waker share. */
      cellsSize: number;
      /** As in MachineStart of src/machine/worker.ts. */
      prepare: string | null;
    }
  /** The reader of databases, with the one port that it gets. */
  | { reader: Blob };

/** What the frame answers: first whether Python can wait, then any failure, and `alive` to every further message. */
export type RelayEvent = { type: 'started'; isolated: boolean } | { type: 'worker-failed'; message: string } | { type: 'alive' };

addEventListener(
  'message',
  ({ data, ports }: MessageEvent<RelayStart>) => {
    const tell = (event: RelayEvent) => parent.postMessage(event, '*');
    const start = (program: Blob, message: object, transfer: MessagePort[]) => {
      const worker = new Worker(URL.createObjectURL(program));
      worker.onerror = (event) => tell({ type: 'worker-failed', message: event.message || 'it could not be started' });
      worker.postMessage(message, transfer);
    };
    if ('reader' in data) {
      start(data.reader, {}, ports as MessagePort[]);
      tell({ type: 'started', isolated: false });
      return;
    }
    const [control, disk, broker, wakerControl, wakerDisk] = ports as [MessagePort, MessagePort, MessagePort, MessagePort, MessagePort];
    const cells = self.crossOriginIsolated ? new SharedArrayBuffer(data.cellsSize) : null;
    start(data.machine, { cells, prepare: data.prepare }, [control, disk, broker]);
    if (cells) start(data.waker, { cells }, [wakerControl, wakerDisk]);
    addEventListener('message', () => tell({ type: 'alive' }));
    tell({ type: 'started', isolated: cells !== null });
  },
  { once: true },
);
