import type { Clock } from "../../../provider/http/clock";

/** A clock that stands still until it is told to move. */
export interface ManualClock extends Clock {
  /** Lets so many seconds pass. */
  advance(seconds: number): void;
}

export function manualClock(): ManualClock {
  let now = Date.parse("2024-05-01T12:00:00Z");
  return {
    now: () => now,
    date: () => now,
    random: () => 0.5,
    sleep: () => Promise.reject(new Error("nothing here waits")),
    advance(seconds) {
      now += seconds * 1000;
    },
  };
}
