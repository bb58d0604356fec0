/** Time and chance, injected so that tests decide both. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Ends after `milliseconds`. */
  sleep(milliseconds: number): Promise<void>;
  /** A number in [0, 1). */
  random(): number;
}

/** The machine's own clock and randomness. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  random: () => Math.random(),
};
