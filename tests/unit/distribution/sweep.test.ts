import assert from "node:assert/strict";
import { sweep } from "../../../provider/distribution/sweep";

const mebibyte = 1024 * 1024;

describe("sweeping received bytes", () => {
  it("keeps memory outside of V8's heap from piling up as garbage", () => {
    const before = process.memoryUsage().arrayBuffers;
    let most = before;
    for (let count = 0; count < 512; count++) {
      Buffer.allocUnsafeSlow(mebibyte);
      sweep(mebibyte);
      most = Math.max(most, process.memoryUsage().arrayBuffers);
    }
    assert.ok(most - before < 48 * mebibyte, `${most - before} bytes`);
  });

  it("leaves no gc function behind", () => {
    sweep(16 * mebibyte);
    assert.equal("gc" in globalThis, false);
  });
});
