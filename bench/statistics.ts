/** The middle one of some numbers, or the mean of the two in the middle. @throws when there are none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  if (upper === undefined || lower === undefined) throw new Error("There is no median of nothing.");
  return (lower + upper) / 2;
}

/** Does something with each item, one after the other. */
export async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

/** Does something so many times, one after the other; it is told how often it was done before. */
export function times<R>(count: number, work: (round: number) => Promise<R>): Promise<R[]> {
  return inTurn([...Array(count).keys()], work);
}
