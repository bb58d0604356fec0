import assert from "node:assert/strict";
import { createSingleFlight } from "../../../provider/distribution/singleFlight";

describe("createSingleFlight", () => {
  let runs = 0;
  const work = async () => ++runs;
  beforeEach(() => {
    runs = 0;
  });

  it("lets calls for the same thing at the same time share one run", async () => {
    const fly = createSingleFlight<number>();
    assert.deepEqual(await Promise.all([fly("a", work), fly("a", work)]), [1, 1]);
  });

  it("runs calls for different things apart", async () => {
    const fly = createSingleFlight<number>();
    assert.deepEqual(await Promise.all([fly("a", work), fly("b", work)]), [1, 2]);
  });

  it("keeps no outcome", async () => {
    const fly = createSingleFlight<number>();
    await fly("a", work);
    assert.equal(await fly("a", work), 2);
  });

  it("gives a failure to all who share it, and to nobody else", async () => {
    const fly = createSingleFlight<number>();
    const fail = () => Promise.reject(new Error("failed"));
    const failures = await Promise.allSettled([fly("a", fail), fly("a", work)]);
    assert.deepEqual(
      failures.map(({ status }) => status),
      ["rejected", "rejected"],
    );
    assert.equal(await fly("a", work), 1);
  });
});
