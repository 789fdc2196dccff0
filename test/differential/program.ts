/** Programs of a few statements, made from a seed. */
import type { Random, Topic } from './topics';

/** Mulberry32: small, and the same everywhere. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** The statements of one program, 4 to 8: steps of up to three of these topics, each topic's in their order. */
export function programOf(seed: number, topics: readonly Topic[]): string[] {
  const random = seeded(seed);
  const threads = Array.from({ length: 1 + random(3) }, (_, index) => (topics[random(topics.length)] as Topic)(`${'abc'[index]}_`, random));
  const statements: string[] = [];
  const most = 4 + (seed % 5);
  while (statements.length < most) {
    const left = threads.filter((steps) => steps.length > 0);
    const steps = left[random(left.length)];
    if (!steps) break;
    statements.push(steps.shift() as string);
  }
  return statements;
}
