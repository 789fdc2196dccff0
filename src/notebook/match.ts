/** Finds the cells of a text again after it was edited as a whole: by content, then by order. */

export interface Known {
  readonly id: string;
  /** Equal keys are equal content. */
  readonly key: string;
}

/**
 * The ids for a list of keys: of the known cell with the same content, in order where possible, also when it was moved; else of the
 * known cell in the same place between two that were found again. `null` for what is new.
 */
export function matchCells(known: readonly Known[], keys: readonly string[]): (string | null)[] {
  const ids: (string | null)[] = keys.map(() => null);
  const taken = new Set<number>();
  const pair = (before: number, after: number) => {
    ids[after] = (known[before] as Known).id;
    taken.add(before);
  };
  for (const [before, after] of commonInOrder(known, keys)) pair(before, after);
  // Moved ones.
  const places = new Map<string, number[]>();
  known.forEach(({ key }, index) => {
    if (!taken.has(index)) places.set(key, [...(places.get(key) ?? []), index]);
  });
  keys.forEach((key, after) => {
    if (ids[after] !== null) return;
    const before = places.get(key)?.shift();
    if (before !== undefined) pair(before, after);
  });
  // Edited ones: what is left between two that were found again, one by one.
  const indexOf = new Map(known.map(({ id }, index) => [id, index]));
  let previous = -1;
  for (let after = 0; after < ids.length; after += 1) {
    const id = ids[after] ?? null;
    if (id !== null) {
      previous = indexOf.get(id) as number;
      continue;
    }
    const next = previous + 1;
    if (next < known.length && !taken.has(next)) {
      pair(next, after);
      previous = next;
    }
  }
  return ids;
}

/** The longest pairs of equal content that keep their order: [known, key]. */
function commonInOrder(known: readonly Known[], keys: readonly string[]): [number, number][] {
  const pairs: [number, number][] = [];
  let start = 0;
  while (start < known.length && start < keys.length && known[start]?.key === keys[start]) {
    pairs.push([start, start]);
    start += 1;
  }
  let end = 0;
  const rest = Math.min(known.length, keys.length) - start;
  while (end < rest && known[known.length - 1 - end]?.key === keys[keys.length - 1 - end]) {
    pairs.push([known.length - 1 - end, keys.length - 1 - end]);
    end += 1;
  }
  const rows = known.length - start - end;
  const columns = keys.length - start - end;
  // Beyond this many comparisons order is not worth it: what is equal is found as if it had moved.
  if (rows === 0 || columns === 0 || rows * columns > 4_000_000) return pairs;
  const lengths = new Uint32Array((rows + 1) * (columns + 1));
  const at = (row: number, column: number) => row * (columns + 1) + column;
  for (let row = rows - 1; row >= 0; row -= 1) {
    for (let column = columns - 1; column >= 0; column -= 1) {
      const equal = known[start + row]?.key === keys[start + column];
      const longest = Math.max(lengths[at(row + 1, column)] as number, lengths[at(row, column + 1)] as number);
      lengths[at(row, column)] = equal ? (lengths[at(row + 1, column + 1)] as number) + 1 : longest;
    }
  }
  for (let row = 0, column = 0; row < rows && column < columns; ) {
    if (known[start + row]?.key === keys[start + column]) pairs.push([start + row++, start + column++]);
    else if ((lengths[at(row + 1, column)] as number) >= (lengths[at(row, column + 1)] as number)) row += 1;
    else column += 1;
  }
  return pairs;
}
