/** Formats Python as Black and Ruff do. Loaded when it is first asked for, with the formatter: 1.2 MB that runs on the page, never in the interpreter. */

import address from '@wasm-fmt/ruff_fmt/wasm?url';
import init, { format } from '@wasm-fmt/ruff_fmt/web';
import { strings } from './strings';

let started: Promise<unknown> | null = null;

/**
 * @param cell without the line end that files have
 * @throws Error a sentence that says what is wrong with the code, and where
 */
export async function formatPython(code: string, cell: boolean): Promise<string> {
  started ??= init(fetch(address)).catch((error: unknown) => {
    started = null;
    throw error;
  });
  await started;
  try {
    const formatted = format(code);
    return cell ? formatted.replace(/\n$/, '') : formatted;
  } catch (error) {
    throw new Error(sentence(code, String(error)), { cause: error });
  }
}

/** The formatter counts bytes: `Expected a statement at byte range 0..1`. */
function sentence(code: string, message: string): string {
  const [, why = message, byte = '0'] = /^(.*) at byte range (\d+)\.\.\d+$/s.exec(message) ?? [];
  const before = new TextDecoder().decode(new TextEncoder().encode(code).subarray(0, Number(byte)));
  const line = before.split('\n').length;
  return strings.workbench.notebook.notFormatted(why, line, before.length - before.lastIndexOf('\n'));
}
