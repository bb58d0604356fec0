import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../../provider/http/clock";

/** A clock whose time passes only in {@link VirtualClock.settle}. */
export interface VirtualClock extends Clock {
  /** Every sleep asked for, in milliseconds, in order. */
  readonly sleeps: readonly number[];
  /** Sets the machine's clock back by so many milliseconds; no time passes. */
  setBack(milliseconds: number): void;
  /** Lets time pass from one sleep's end to the next until the promise settles. */
  settle<T>(promise: Promise<T>): Promise<T>;
}

/** @param random - what `random()` always returns. */
export function virtualClock(random = 0.5): VirtualClock {
  let now = 1_000;
  let epoch = 1_700_000_000_000 - now;
  const sleeps: number[] = [];
  const sleepers: { readonly wakesAt: number; wake(): void }[] = [];
  return {
    sleeps,
    now: () => now,
    date: () => epoch + now,
    setBack(milliseconds) {
      epoch -= milliseconds;
    },
    random: () => random,
    sleep(milliseconds) {
      sleeps.push(milliseconds);
      return new Promise((wake) => sleepers.push({ wakesAt: now + milliseconds, wake }));
    },
    async settle(promise) {
      let settled = false;
      const done = () => {
        settled = true;
      };
      promise.then(done, done);
      for (;;) {
        await setImmediate();
        if (settled) return promise;
        sleepers.sort((a, b) => a.wakesAt - b.wakesAt);
        const next = sleepers.shift();
        if (next === undefined) throw new Error("nothing sleeps, yet the promise is not settled");
        now = next.wakesAt;
        next.wake();
      }
    },
  };
}
