/**
 * Where a run could go one way or another (which request is answered next, which resource is checked next), a list of
 * numbers decides. An empty list takes the first way everywhere, so that what fast-check shrinks becomes a run in order.
 */
export interface Choices {
  /** One of several. */
  of<T>(ways: readonly T[]): T | undefined;
}

/** Takes the numbers one after the other, and the first way when they are at their end. */
export function createChoices(numbers: readonly number[]): Choices {
  let next = 0;
  return { of: (ways) => (ways.length < 2 ? ways[0] : ways[(numbers[next++] ?? 0) % ways.length]) };
}

/** Numbers for a whole run, the same for the same seed; none for the seed 0. */
export function orderOf(seed: number): readonly number[] {
  let state = seed;
  const next = () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor(state / 2 ** 8) % 1009;
  };
  return seed === 0 ? [] : Array.from({ length: orderLength }, next);
}

const orderLength = 500;
