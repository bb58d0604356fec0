import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import * as fc from "fast-check";
import { gzip } from "../../../provider/sources/gzip";
import { bytesOf, cut } from "./streams";

describe("gzip", () => {
  it("writes a header without time, name and operating system of this machine", async () => {
    const compressed = await bytesOf(gzip(cut(Buffer.from("hello"))));
    assert.equal(compressed.subarray(0, 10).toString("hex"), "1f8b0800000000000003");
  });

  for (const size of [0, 1, 65_535, 65_536, 65_537, 300_000])
    it(`writes ${size} bytes so that the system's gzip reads them back`, async () => {
      const input = sample(size);
      const compressed = await bytesOf(gzip(cut(input)));
      assert.ok(execFileSync("gzip", ["-dc"], { input: compressed, maxBuffer: 1 << 20 }).equals(input));
    });

  it("writes the bytes that it has always written", async () => {
    const compressed = await bytesOf(gzip(cut(sample(300_000))));
    assert.equal(
      createHash("sha256").update(compressed).digest("hex"),
      "efefa70ed3b2ab4deb4ca4d3814e9ebb568445bd276bbeeb601a769c9b4da10f",
    );
  });

  it("writes the bytes that it has always written, of what a worker compresses too", async () => {
    const compressed = await bytesOf(gzip(cut(sample(3_000_000))));
    assert.equal(
      createHash("sha256").update(compressed).digest("hex"),
      "87c2fe9a488dfe688f20d79bf3c3ccbb79d2b0ba714d5d193a7076841738e087",
    );
  });

  it("writes the same bytes however its input is cut", async () => {
    const input = sample(200_000);
    const whole = await bytesOf(gzip(cut(input)));
    const cuts = fc.array(fc.nat(input.length), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(cuts, async (at) => assert.ok((await bytesOf(gzip(cut(input, at)))).equals(whole))),
      { numRuns: 20 },
    );
  });

  it("asks for no more input than it has compressed: memory stays constant", async () => {
    let given = 0;
    let taken = 0;
    let ahead = 0;
    const input = async function* () {
      for (let i = 0; i < 256; i++) {
        ahead = Math.max(ahead, given - taken);
        given += 65_536;
        yield randomLike(65_536, i);
      }
    };
    for await (const chunk of gzip(input())) taken += chunk.length;
    assert.ok(ahead < 32 * 65_536, `${ahead} bytes ahead`);
  });

  it("stops reading its input, and its worker, when nobody wants the rest", async () => {
    let isClosed = false;
    const input = async function* () {
      try {
        for (let i = 0; ; i++) yield randomLike(65_536, i);
      } finally {
        isClosed = true;
      }
    };
    const before = workers();
    for await (const _ of gzip(input())) break;
    while (workers() > before) await setImmediate();
    assert.equal(isClosed, true);
  });

  it("fails with the error of its input", async () => {
    const input = async function* () {
      yield Buffer.alloc(10);
      await setImmediate();
      throw new Error("unreadable");
    };
    await assert.rejects(bytesOf(gzip(input())), /unreadable/);
  });
});

function workers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === "MessagePort").length;
}

/** Compressible, and not periodic. */
function sample(size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, (_, i) => ((i * i) >> 7) & 0x1f));
}

function randomLike(size: number, seed: number): Buffer {
  const block = createHash("sha512").update(String(seed));
  const bytes: Buffer[] = [];
  for (let i = 0; i < size / 64; i++) bytes.push(block.copy().update(String(i)).digest());
  return Buffer.concat(bytes);
}
