/** A state file of several MB is being loaded. */
import { digestOf, NOTHING } from '../disk';
import type { Random } from '../random';
import type { Outcome, Scenario } from '../scenario';
import { offersUndo, thenBringBack, unchanged, waitForKill } from './replacing';

const MEBIBYTE = 2 ** 20;

/** A state file with some large and many small files, and the session that it makes. */
function stateFile(random: Random): { text: string; outcome: Outcome } {
  const files = new Map<string, Buffer>();
  const large = random.between(2, 4);
  for (let index = 0; index < large; index++) {
    files.set(`/home/pyodide/large-${index}`, random.bytes(random.between(MEBIBYTE, 2 * MEBIBYTE)));
  }
  for (let index = 0; index < 60; index++) files.set(`/home/pyodide/small/${index}`, random.bytes(random.between(0, 5000)));
  const entries = [...files].map(([path, content]) => ({ path: path.slice(1), base64: content.toString('base64') }));
  return {
    text: JSON.stringify({ format: 'dormouse-state', version: 1, files: entries }),
    outcome: { name: 'uploaded', counts: NOTHING, digest: digestOf(files) },
  };
}

export const upload: Scenario = {
  name: 'upload',
  async act(round) {
    const { text, outcome } = stateFile(round.random);
    await round.workbench.upload(text);
    const done = await waitForKill(round, () => offersUndo(round.workbench));
    return { outcomes: done ? [outcome] : [outcome, unchanged(round)], acknowledged: done ? 1 : 0, ...thenBringBack(round) };
  },
};
