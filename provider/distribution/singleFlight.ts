/**
 * Makes calls for the same thing at the same time share one run.
 * @returns a function that starts `work` unless a run for `key` is under way, and gives every caller that run's outcome.
 * Outcomes are not kept: a call after the end of a run starts a new one.
 */
export function createSingleFlight<T>(): (key: string, work: () => Promise<T>) => Promise<T> {
  const flights = new Map<string, Promise<T>>();
  return (key, work) => {
    const flying = flights.get(key);
    if (flying !== undefined) return flying;
    const flight = work().finally(() => flights.delete(key));
    flights.set(key, flight);
    return flight;
  };
}
