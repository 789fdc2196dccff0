/** The program of the reader of databases: it gets SQLite, then one request, answers that, and is removed. */
import open from '@sqlite.org/sqlite-wasm';
import { messageOf, unreachable } from '../base/errors';
import type { ReaderReply, ReaderRequest } from '../protocol/database-reader';
import { Databases } from './databases';

/** SQLite's file systems for browsers would store what they are given: none of them is set up. SQLite reads it when it starts. */
const NO_FILE_SYSTEMS = { disable: { vfs: { opfs: true, 'opfs-vfs': true, 'opfs-wl': true, 'opfs-sahpool': true, kvvfs: true } } };
/** With what its types leave out. */
const start = open as (options: { wasmBinary: ArrayBuffer; print(): void; printErr(): void }) => ReturnType<typeof open>;

function answer(databases: Databases, request: Exclude<ReaderRequest, { type: 'begin' }>): unknown {
  switch (request.type) {
    case 'look':
      return databases.look(request);
    case 'compare':
      return databases.compare(request);
    case 'take':
      return databases.take(request);
    default:
      return unreachable(request);
  }
}

onmessage = ({ ports: [port] }: MessageEvent) => {
  onmessage = null;
  if (!port) return;
  let databases: Promise<Databases> | null = null;
  port.onmessage = async ({ data }: MessageEvent<ReaderRequest>) => {
    const reply = (answer: ReaderReply) => port.postMessage(answer);
    try {
      if (data.type === 'begin') {
        Object.assign(globalThis, { sqlite3ApiConfig: NO_FILE_SYSTEMS });
        const silent = () => undefined;
        databases = start({ wasmBinary: data.sqlite, print: silent, printErr: silent }).then((sqlite3) => new Databases(sqlite3));
      } else if (databases) reply({ type: 'result', result: answer(await databases, data) });
    } catch (error) {
      reply({ type: 'problem', problem: messageOf(error).slice(0, 1000) });
    }
  };
};
