import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { compressionOf, signatureSize } from "../../../provider/sources/compression";
import { tarOf } from "./tars";

describe("compressionOf", () => {
  const heads: readonly (readonly [string, Uint8Array])[] = [
    ["gzip", gzipSync("content")],
    ["zstd", Buffer.from("28b52ffd2407", "hex")],
    ["xz", Buffer.from("fd377a585a0000", "hex")],
    ["bzip2", Buffer.from("425a6839314159265359", "hex")],
  ];
  for (const [compression, bytes] of heads)
    it(`recognises ${compression}`, () => {
      assert.equal(compressionOf(bytes.subarray(0, signatureSize)), compression);
    });

  for (const [title, bytes] of [
    ["a tar", tarOf({ name: "a" })],
    ["nothing", Buffer.alloc(0)],
    ["one byte", Buffer.from("1f", "hex")],
  ] as const)
    it(`sees no compression in ${title}`, () => {
      assert.equal(compressionOf(bytes.subarray(0, signatureSize)), undefined);
    });
});
