import type { Clock } from "../../provider/http/clock";

/** A clock that moves only when it is told to; who waits is woken in order. */
export interface ModelClock extends Clock {
  advance(milliseconds: number): void;
  /** Moves on to the earliest moment for which anybody waits, and wakes who does. @returns whether anybody waited. */
  wakeNext(): boolean;
}

const beginning = Date.parse("2026-11-28T12:00:00Z");

/** A clock at one moment of 2026. */
export function createClock(): ModelClock {
  let now = beginning;
  let sleepers: readonly { readonly until: number; readonly wake: () => void }[] = [];
  return {
    now: () => now,
    date: () => now,
    random: () => 0.5,
    sleep: (milliseconds) =>
      new Promise((wake) => {
        sleepers = [...sleepers, { until: now + Math.max(0, milliseconds), wake }];
      }),
    advance(milliseconds) {
      now += milliseconds;
    },
    wakeNext() {
      const [earliest, ...others] = [...sleepers].sort((a, b) => a.until - b.until);
      if (earliest === undefined) return false;
      sleepers = others;
      now = Math.max(now, earliest.until);
      earliest.wake();
      return true;
    },
  };
}
