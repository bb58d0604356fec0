import assert from "node:assert/strict";
import { createGate } from "../../../provider/http/gate";
import { virtualClock } from "./virtualClock";

describe("createGate", () => {
  it("lets operations pass while it is open, without waiting", async () => {
    const clock = virtualClock();
    await createGate(clock).pass();
    assert.deepEqual(clock.sleeps, []);
  });

  it("holds an operation until it opens", async () => {
    const clock = virtualClock();
    const gate = createGate(clock);
    gate.closeFor(1000);
    await clock.settle(gate.pass());
    assert.deepEqual(clock.sleeps, [1000]);
  });

  it("opens after the time that was asked for, though the machine's clock is set back by an hour meanwhile", async () => {
    const clock = virtualClock();
    const gate = createGate(clock);
    gate.closeFor(1000);
    clock.setBack(3_600_000);
    await clock.settle(gate.pass());
    assert.deepEqual(clock.sleeps, [1000]);
  });

  it("lets waiting operations pass one after the other", async () => {
    const clock = virtualClock();
    const gate = createGate(clock);
    const start = clock.now();
    gate.closeFor(1000);
    const passed = [1, 2, 3].map(() => gate.pass().then(() => clock.now() - start));
    assert.deepEqual(await clock.settle(Promise.all(passed)), [1000, 1050, 1100]);
  });

  it("holds those that still wait when it closes again", async () => {
    const clock = virtualClock();
    const gate = createGate(clock);
    const start = clock.now();
    gate.closeFor(1000);
    const first = gate.pass().then(() => gate.closeFor(2000));
    const second = gate.pass().then(() => clock.now() - start);
    await clock.settle(first);
    assert.equal(await clock.settle(second), 3000);
  });

  it("is not opened earlier by a shorter wish", async () => {
    const clock = virtualClock();
    const gate = createGate(clock);
    gate.closeFor(5000);
    gate.closeFor(1000);
    await clock.settle(gate.pass());
    assert.deepEqual(clock.sleeps, [5000]);
  });
});
