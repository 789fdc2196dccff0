/** What runs wrote, by what they were runs of: the cells of a notebook, or the entries of a log. */
import { append, NO_OUTPUTS, type Output, type Outputs, type Printed, update } from './outputs';

export interface Result<Run> {
  readonly run: Run | null;
  readonly outputs: Outputs;
}

const NONE: Result<never> = { run: null, outputs: NO_OUTPUTS };

export class Results<Run> {
  readonly #results = new Map<string, Result<Run>>();
  /** Those whose output goes when the next comes. */
  readonly #clearing = new Set<string>();

  /** In the order in which they were first set. */
  get ids(): readonly string[] {
    return [...this.#results.keys()];
  }

  /** Always the same one where there is none. */
  get(id: string): Result<Run> {
    return this.#results.get(id) ?? NONE;
  }

  set(id: string, result: Result<Run>): void {
    this.#results.set(id, result);
  }

  delete(id: string): void {
    this.#results.delete(id);
  }

  clear(): void {
    this.#results.clear();
    this.#clearing.clear();
  }

  /** A run begins: what the last one wrote goes. */
  begin(id: string, run: Run): void {
    this.#clearing.delete(id);
    this.#results.set(id, { run, outputs: NO_OUTPUTS });
  }

  /**
   * Adds what a run wrote; a display that replaces another one does so wherever that is. Returns the ids of what changed.
   * @param shown the ids of those in which a display can be replaced
   */
  print(id: string, pieces: readonly Printed[], shown: readonly string[] = this.ids): string[] {
    const changed = new Set<string>();
    let added: Output[] = [];
    for (const piece of pieces) {
      if (piece.type === 'clear' ? !piece.wait : this.#clearing.delete(id)) {
        added = [];
        this.#results.set(id, { ...this.get(id), outputs: NO_OUTPUTS });
        changed.add(id);
      }
      if (piece.type === 'clear') {
        if (piece.wait) this.#clearing.add(id);
        continue;
      }
      const same =
        piece.type === 'display' && piece.id !== null ? added.findIndex((each) => each.type === 'display' && each.id === piece.id) : -1;
      if (same !== -1) {
        added[same] = piece;
        continue;
      }
      const where = piece.type === 'display' && piece.id !== null ? this.#replaceDisplay(piece, shown) : [];
      for (const place of where) changed.add(place);
      if (where.length === 0) added.push(piece);
    }
    if (added.length > 0) {
      const result = this.get(id);
      this.#results.set(id, { ...result, outputs: append(result.outputs, added) });
      changed.add(id);
    }
    return [...changed];
  }

  #replaceDisplay(display: Extract<Output, { type: 'display' }>, shown: readonly string[]): string[] {
    const changed: string[] = [];
    for (const id of shown) {
      const result = this.get(id);
      const outputs = update(result.outputs, display);
      if (outputs === result.outputs) continue;
      this.#results.set(id, { ...result, outputs });
      changed.push(id);
    }
    return changed;
  }
}
