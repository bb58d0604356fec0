import assert from "node:assert/strict";
import { createTurns } from "../../../provider/distribution/turns";

describe("createTurns", () => {
  const started: string[] = [];
  beforeEach(() => {
    started.length = 0;
  });
  /** Work that ends when it is told to. */
  const heldWork = (name: string) => {
    let end = () => {};
    const ended = new Promise<string>((resolve) => {
      end = () => resolve(name);
    });
    const work = () => {
      started.push(name);
      return ended;
    };
    return { end, work };
  };

  it("starts what comes for the same thing when what came before has ended", async () => {
    const turns = createTurns();
    const [first, second] = [heldWork("first"), heldWork("second")];
    const outcomes = [turns("a", first.work), turns("a", second.work)];
    await Promise.resolve();
    assert.deepEqual(started, ["first"]);
    first.end();
    second.end();
    assert.deepEqual(await Promise.all(outcomes), ["first", "second"]);
  });

  it("starts what comes for something else at once", async () => {
    const turns = createTurns();
    void turns("a", heldWork("first").work);
    void turns("b", heldWork("second").work);
    await Promise.resolve();
    assert.deepEqual(started, ["first", "second"]);
  });

  it("goes on after a failure, which only its own caller sees", async () => {
    const turns = createTurns();
    const failing = turns("a", () => Promise.reject(new Error("failed")));
    const next = turns("a", async () => "next");
    await assert.rejects(failing, /failed/);
    assert.equal(await next, "next");
  });
});
