import assert from "node:assert/strict";
import * as zlib from "node:zlib";
import { hasCode, messageOf } from "../../../provider/errors";
import { decompress } from "../../../provider/sources/decompress";
import { bytesOf, cut } from "./streams";

/** The text below, as zstd 1.5 packs it. */
const packedWithZstd = "KLUv/QRYbAAAKHRleHQgAQD4/8iLFk0AAAh4AQCM0DkQAofdVJs=";
const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
const text = Buffer.from("text ".repeat(50_000));

describe("decompress", () => {
  it("unpacks gzip, however it is cut", async () => {
    const packed = zlib.gzipSync(text);
    for (const at of [[], [1, 5, 300]])
      assert.ok((await bytesOf(decompress(cut(packed, at), "gzip", "layer x"))).equals(text));
  });

  it("unpacks gzip of several members, as pigz and estargz write it", async () => {
    const packed = Buffer.concat([zlib.gzipSync(text), zlib.gzipSync(text)]);
    assert.equal((await bytesOf(decompress(cut(packed), "gzip", "layer x"))).length, 2 * text.length);
  });

  it("unpacks zstd where Node can, and elsewhere says so and what to do", async () => {
    const packed = Buffer.from(packedWithZstd, "base64");
    const result = await bytesOf(decompress(cut(packed), "zstd", "layer x")).catch((error: unknown) => error);
    if ("createZstdDecompress" in zlib) assert.deepEqual(result, text);
    else {
      assert.ok(hasCode(result, "ERR_MEDIA_TYPE_UNSUPPORTED"));
      assert.match(result.message, /layer x is compressed with zstd, which Node .* cannot unpack.*22\.15/);
    }
  });

  it("unpacks zstd of several frames, skippable ones among them, as zstd:chunked layers have them, where Node can", async () => {
    const frame = Buffer.from(packedWithZstd, "base64");
    const packed = Buffer.concat([skippable, frame, skippable, frame, skippable]);
    const result = await bytesOf(decompress(cut(packed), "zstd", "layer x")).catch((error: unknown) => error);
    if ("createZstdDecompress" in zlib) assert.deepEqual(result, Buffer.concat([text, text]));
    else assert.ok(hasCode(result, "ERR_MEDIA_TYPE_UNSUPPORTED"));
  });

  for (const [title, bytes] of [
    ["what is no gzip", Buffer.from("nothing of the kind")],
    ["what is cut short", zlib.gzipSync(text).subarray(0, -9)],
    ["what is damaged", zlib.gzipSync(text).fill(0xff, 50, 90)],
  ] as const)
    it(`refuses ${title}, naming it`, async () => {
      await assert.rejects(
        bytesOf(decompress(cut(bytes), "gzip", "layer x")),
        (error: unknown) => hasCode(error, "ERR_CONTENT_INVALID") && error.message.startsWith("layer x"),
      );
    });

  it("security row 7: stops at a gzip bomb, long before its end", async () => {
    const bomb = Buffer.concat(Array.from({ length: 8 }, () => zlib.gzipSync(Buffer.alloc(2 ** 25), { level: 9 })));
    let size = 0;
    await assert.rejects(
      async () => {
        for await (const chunk of decompress(cut(bomb), "gzip", "layer x")) size += chunk.length;
      },
      (error: unknown) => hasCode(error, "ERR_CONTENT_TOO_LARGE") && /^layer x unpacks to more/.test(messageOf(error)),
    );
    assert.ok(size <= 2 ** 26, `${size} bytes came out`);
  });

  it("lets a small content compress as well as it likes", async () => {
    const packed = zlib.gzipSync(Buffer.alloc(2 ** 25), { level: 9 });
    assert.equal((await bytesOf(decompress(cut(packed), "gzip", "layer x"))).length, 2 ** 25);
  });

  it("fails with the error of its input", async () => {
    const broken = async function* () {
      yield zlib.gzipSync(text).subarray(0, 100);
      throw new Error("connection lost");
    };
    await assert.rejects(bytesOf(decompress(broken(), "gzip", "layer x")), /connection lost/);
  });
});
