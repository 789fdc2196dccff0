import { describe, it } from 'vitest';
import type { Store } from '../../../src/volume';
import { volumeCases } from './cases';

/** Holds a volume over the stores that `makeStore` makes, each empty, against everything that a volume promises. */
export function volumeContract(name: string, makeStore: () => Store): void {
  describe(`a volume over ${name}`, () => {
    for (const { name: promise, run } of volumeCases) it(promise, () => run(makeStore()));
  });
}
