/** Time and chance, injected so that tests decide both. */
export interface Clock {
  /** Milliseconds since some moment in the past, for durations: it never goes back, whatever the machine's clock is set to. */
  now(): number;
  /** Milliseconds since the Unix epoch, to compare with dates that others give. It jumps when the machine's clock is set. */
  date(): number;
  /** Ends after `milliseconds`. */
  sleep(milliseconds: number): Promise<void>;
  /** A number in [0, 1). */
  random(): number;
}

/** The machine's own clock and randomness. */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  random: () => Math.random(),
};
