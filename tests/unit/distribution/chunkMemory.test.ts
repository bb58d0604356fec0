import assert from "node:assert/strict";
import { chunkSize, newMemory, reusedMemory } from "../../../provider/distribution/chunkMemory";

describe("the memory of chunks", () => {
  it("is as large as was asked for", () => {
    for (const size of [1, chunkSize])
      assert.deepEqual([newMemory(size).length, reusedMemory(2)(size).length], [size, size]);
  });

  it("is used again for the chunk that comes so many later, and not before", () => {
    const memory = reusedMemory(3);
    const chunks = [1, 2, 3, 4].map((value) => memory(10).fill(value));
    assert.deepEqual(
      chunks.map(([first]) => first),
      [4, 2, 3, 4],
    );
  });
});
