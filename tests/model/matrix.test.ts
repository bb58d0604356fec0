import assert from "node:assert/strict";
import type { WireEvent } from "./events";
import { playCell } from "./matrix/playCell";
import { cases } from "./matrix/programs";
import { type Undisturbed, undisturbed } from "./matrix/undisturbed";

/**
 * Each kind of resource × each write of its create and of its updates × each fault × with and without a stranger who takes the name
 * before the command is repeated. Repeated once, a run ends like one that never failed, and what is a stranger's stands: a tag that
 * a process which came to its end had put is ours, and moved back as any drift is; any other tag that a stranger took is a conflict.
 *
 * Two differences are allowed. What a killed process created is adopted by the next one, so `destroy` leaves it, and what refers to
 * it. And a process that is killed or refused while it learns how the registry deletes tags may leave the manifest that it made for
 * this, and its tag `multiarch-<uuid>`.
 *
 * Left out: AcrRun, which the model does not have; deletes; faults of requests that read; registries that differ from the standard.
 */
const faults: Readonly<Record<string, (write: number) => WireEvent>> = {
  "is refused": (write) => ({ at: { write }, does: "refuse", status: 403, code: "DENIED" }),
  "loses its answer": (write) => ({ at: { write }, does: "loseAnswer" }),
  "is due when the process is killed": (write) => ({ at: { write }, does: "kill" }),
  "is the last before the process is killed": (write) => ({ at: { write }, does: "killAfter" }),
};

const promises = [
  { withStranger: false, promise: "the next up ends as if nothing had failed" },
  { withStranger: true, promise: "and a stranger takes the name, what is theirs stands" },
];

const phases = cases.flatMap((one) => one.phases.map((phase) => ({ one, phase })));

for (const { one, phase } of phases) {
  describe(`the ${phase.name} of ${one.name}`, () => {
    let peace: Undisturbed;

    before(async () => {
      peace = await undisturbed(one, phase);
    });

    it(`sends ${phase.writes} requests that write`, () => {
      assert.equal(peace.writes.length, phase.writes);
    });

    for (const [fault, event] of Object.entries(faults)) {
      for (const { withStranger, promise } of promises) {
        it(`whichever of its ${phase.writes} writes ${fault}, ${promise}`, async () => {
          const problems: string[] = [];
          for (let write = 1; write <= phase.writes; write++)
            problems.push(...(await playCell(peace, { write, event: event(write), withStranger })));
          assert.deepEqual(problems, []);
        }).timeout(60_000);
      }
    }
  });
}

describe("the matrix of writes, faults and strangers", () => {
  it("has at least 300 cells", () => {
    const writes = phases.reduce((sum, { phase }) => sum + phase.writes, 0);
    assert.ok(writes * Object.keys(faults).length * promises.length >= 300);
  });
});
