import type { Clock } from "./clock";

/** Holds back all operations on one registry while it asks to be left alone. */
export interface Gate {
  /** Ends at once while the gate is open; otherwise when it opens, one waiting operation after the other. */
  pass(): Promise<void>;
  /** Closes the gate for so many milliseconds from now. A gate that is closed for longer stays so. */
  closeFor(milliseconds: number): void;
}

// Were all let through in the same instant, the registry's limit would refuse most of them once more, and
// a refusal costs one of an operation's attempts. So the first tells whether the gate closes again.
const spacingMs = 50;

/** A gate that is open. Operations that wait for it pass 50 ms apart. */
export function createGate(clock: Clock): Gate {
  let opensAt = 0;
  let nextTurn = 0;
  return {
    async pass() {
      while (clock.now() < opensAt) {
        const turn = nextTurn;
        nextTurn += spacingMs;
        await clock.sleep(turn - clock.now());
      }
    },
    closeFor(milliseconds) {
      const until = clock.now() + milliseconds;
      if (until <= opensAt) return;
      opensAt = until;
      nextTurn = until;
    },
  };
}
