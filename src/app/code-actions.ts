/** What can be done with code beside running all of it. */
import type { CodeEditor } from '../ui/code-editor';
import { formatDuration } from '../ui/format';
import { strings } from '../ui/strings';
import type { NotebookDesk } from './notebook-desk';

/** Lines out of the middle of a block, without the indentation that all of them have; those of a text over several lines keep theirs. */
export function dedented(code: string): string {
  const [least = ''] = code
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => /^[ \t]*/.exec(line)?.[0] ?? '')
    .sort((a, b) => a.length - b.length);
  if (least === '') return code;
  return code
    .split('\n')
    .map((line) => (line.startsWith(least) ? line.slice(least.length) : line))
    .join('\n');
}

/** Formats what is in an editor, as one step that undo takes back. @throws Error with a sentence when it is no Python */
export async function formatIn(editor: CodeEditor): Promise<void> {
  const { code } = editor;
  const { formatPython } = await import('../ui/format-python');
  const formatted = await formatPython(code, editor.cell);
  // Somebody went on typing meanwhile.
  if (editor.code === code) editor.replace(formatted);
}

/** For who does not see it: how the run of a cell has ended. */
export function endedSentence(ended: NotebookDesk['ended']): string {
  return ended === null ? '' : strings.workbench.notebook.ended(ended.number, strings.status[ended.status], formatDuration(ended.took));
}
