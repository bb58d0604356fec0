/**
 * Makes runs for the same thing wait for each other.
 * @returns a function that starts `work` when every earlier run for `key` has ended, however it did, and gives its outcome.
 */
export function createTurns(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
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
