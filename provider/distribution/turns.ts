/** Starts `work` when every earlier run for `key` has ended, however it did, and gives its outcome. */
export type Turns = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** Makes runs for the same thing wait for each other. */
export function createTurns(): Turns {
  const latest = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const turn = (latest.get(key) ?? Promise.resolve()).then(work, work);
    latest.set(key, turn);
    const end = () => {
      if (latest.get(key) === turn) latest.delete(key);
    };
    turn.then(end, end);
    return turn;
  };
}
