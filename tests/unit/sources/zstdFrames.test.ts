import assert from "node:assert/strict";
import * as fc from "fast-check";
import { hasCode } from "../../../provider/errors";
import { zstdFrames } from "../../../provider/sources/zstdFrames";
import { bytesOf, cut } from "./streams";

/** A frame of raw blocks, as RFC 8878 has it. @param options - of the frame header. */
function frameOf(
  blocks: readonly string[],
  options: { readonly hasChecksum?: boolean; readonly window?: boolean } = {},
) {
  const flags = (options.hasChecksum ? 4 : 0) | (options.window ? 0 : 0x20);
  const parts = blocks.map((text, index) => {
    const header = Buffer.alloc(3);
    header.writeUIntLE((text.length << 3) | (index === blocks.length - 1 ? 1 : 0), 0, 3);
    return Buffer.concat([header, Buffer.from(text)]);
  });
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, flags, 0]);
  return Buffer.concat([head, ...parts, Buffer.alloc(options.hasChecksum ? 4 : 0, "c")]);
}

const skippable = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
const run = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, 9, (9 << 3) | 3, 0, 0, 65]);

async function framesOf(bytes: Uint8Array, at: readonly number[] = []): Promise<readonly string[]> {
  const frames: string[] = [];
  for await (const frame of zstdFrames(cut(bytes, at), "layer x")) frames.push((await bytesOf(frame)).toString("hex"));
  return frames;
}

describe("zstdFrames", () => {
  const frames = [
    frameOf(["first", "", "second"]),
    frameOf([""], { hasChecksum: true }),
    frameOf(["with a window"], { window: true }),
    run,
  ];
  const stream = Buffer.concat(frames.flatMap((frame) => [skippable, frame, skippable]));

  it("gives each frame of a stream, without the skippable ones, however it is cut", async () => {
    const expected = frames.map((frame) => frame.toString("hex"));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(stream.length), { maxLength: 8 }), async (at) =>
        assert.deepEqual(await framesOf(stream, at), expected),
      ),
      { seed: 1, numRuns: 50 },
    );
  });

  it("security row 7: refuses a stream that ends anywhere but after a frame", async () => {
    const [whole] = [Buffer.concat([frameOf(["text"], { hasChecksum: true }), skippable])];
    const ends = [whole.length - skippable.length, whole.length];
    for (let length = 0; length < whole.length; length++) {
      if (ends.includes(length)) continue;
      const error = await framesOf(whole.subarray(0, length)).catch((thrown: unknown) => thrown);
      assert.ok(hasCode(error, "ERR_CONTENT_INVALID"), `${length} bytes were taken`);
    }
  });

  for (const [title, bytes] of [
    ["something else after a frame", Buffer.concat([run, Buffer.from("else")])],
    ["a block of no known type", Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, 0, 7, 0, 0])],
  ] as const)
    it(`refuses ${title}`, async () => {
      await assert.rejects(framesOf(bytes), (error) => hasCode(error, "ERR_CONTENT_INVALID"));
    });
});
