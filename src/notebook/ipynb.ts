/** Jupyter's notebook format, nbformat 4.5: https://nbformat.readthedocs.io/en/latest/format_description.html */
import { isJsonType } from '../base/mime-bundle';
import type { Notebook } from './notebook';
import type { MimeBundle, Output } from './outputs';

/** The notebook as a file that Jupyter opens, with its outputs. */
export function writeIpynb(notebook: Notebook): string {
  const cells = notebook.cells.map(({ id, kind, source }) => {
    const base = { id, metadata: {}, source: linesOf(source) };
    if (kind !== 'python') return { cell_type: kind, ...base };
    const { run, outputs } = notebook.result(id);
    const count = run?.run ?? null;
    return { cell_type: 'code', execution_count: count, ...base, outputs: outputs.list.map((output) => outputOf(output, count)) };
  });
  const metadata = {
    kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' },
    language_info: { name: 'python', file_extension: '.py', mimetype: 'text/x-python' },
  };
  return `${JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`;
}

function outputOf(output: Output, count: number | null) {
  switch (output.type) {
    case 'stream':
      return { output_type: 'stream', name: output.stream === 'stderr' ? 'stderr' : 'stdout', text: linesOf(output.text) };
    case 'display':
      return { output_type: 'display_data', data: bundleOf(output.data), metadata: output.metadata };
    case 'value':
      return { output_type: 'execute_result', execution_count: count, data: bundleOf(output.data), metadata: output.metadata };
    case 'error':
      return { output_type: 'error', ename: output.name, evalue: output.message, traceback: output.traceback.split('\n') };
    default:
      return output satisfies never;
  }
}

/** Text as lists of lines; JSON as it is. */
function bundleOf(data: MimeBundle) {
  return Object.fromEntries(
    Object.entries(data).map(([type, value]) => [type, typeof value === 'string' && !isJsonType(type) ? linesOf(value) : value]),
  );
}

/** Each with its line end, as the format has multi-line text. */
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+/g) ?? [];
