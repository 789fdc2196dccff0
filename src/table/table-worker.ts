/** The program of the worker that reads one file as tables (file-table.ts). */
import type { FileTableReply, FileTableReport, FileTableRequest } from './file-table';
import { openFile } from './open-file';
import type { GridSource } from './source';

let sources: readonly GridSource[] = [];

const reply = (message: FileTableReply) => postMessage(message);

onmessage = async ({ data }: MessageEvent<FileTableRequest>) => {
  const { call } = data;
  try {
    reply({ call, result: await carryOut(data) });
  } catch (error) {
    reply({ call, problem: error instanceof Error ? error.message : 'The file could not be read.' });
  }
};

async function carryOut(request: FileTableRequest): Promise<unknown> {
  switch (request.type) {
    case 'open': {
      const { sheets, report } = await openFile(request.file, request.kind, (done, total) => reply({ done, total }));
      sources = sheets.map(({ source }) => source);
      return {
        sheets: sheets.map(({ name, source: { columns, rowCount, summary } }) => ({
          name,
          columns,
          rowCount,
          summary: summary !== undefined,
        })),
        report,
      } satisfies FileTableReport;
    }
    case 'window':
      return sourceOf(request.sheet).window(request.from, request.to, request.view);
    case 'summary':
      return sourceOf(request.sheet).summary?.(request.column, request.view);
    default:
      return request satisfies never;
  }
}

function sourceOf(sheet: number): GridSource {
  const source = sources[sheet];
  if (!source) throw new Error('There is no such sheet.');
  return source;
}
