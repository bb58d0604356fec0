import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { digestOf } from "../../../provider/oci/digest";
import { makeLayer } from "../../../provider/sources/layer";
import { bytesOf, cut } from "./streams";

const content = Buffer.from("content");
const entries = [{ name: "x", mode: 0o644, uid: 0, gid: 0, content: { size: 7, open: () => cut(content) } }];

describe("makeLayer", () => {
  it("describes exactly the bytes that each opening yields", async () => {
    const { blob } = await makeLayer(entries, 0, "gzip");
    for (const bytes of [await bytesOf(await blob.open()), await bytesOf(await blob.open())]) {
      const mediaType = "application/vnd.oci.image.layer.v1.tar+gzip";
      assert.deepEqual(blob.descriptor, { mediaType, digest: digestOf(bytes), size: bytes.length });
    }
  });

  it("has the digest of the uncompressed tar as its diff id", async () => {
    const { blob, diffId } = await makeLayer(entries, 0, "gzip");
    assert.equal(diffId, digestOf(gunzipSync(await bytesOf(await blob.open()))));
  });

  it("is the tar itself without compression", async () => {
    const { blob, diffId } = await makeLayer(entries, 0, "none");
    const bytes = await bytesOf(await blob.open());
    assert.equal(blob.descriptor.mediaType, "application/vnd.oci.image.layer.v1.tar");
    assert.deepEqual([blob.descriptor.digest, blob.descriptor.size], [diffId, bytes.length]);
    assert.equal(diffId, digestOf(bytes));
  });

  it("holds no bytes back: a layer of 64 MiB goes through chunk by chunk", async () => {
    const size = 64 * 2 ** 20;
    let open = 0;
    let widest = 0;
    const zeros = async function* () {
      for (let at = 0; at < size; at += 65_536) {
        open += 65_536;
        yield Buffer.alloc(65_536);
      }
    };
    const big = [{ name: "x", mode: 0o644, uid: 0, gid: 0, content: { size, open: zeros } }];
    const { blob } = await makeLayer(big, 0, "none");
    open = 0;
    let taken = 0;
    for await (const chunk of await blob.open()) {
      taken += chunk.length;
      widest = Math.max(widest, open - taken);
    }
    assert.ok(widest <= 2 ** 20, `${widest} bytes held`);
  });

  it("fails as the content fails", async () => {
    const fails = async function* (): AsyncGenerator<Uint8Array> {
      yield content;
      throw new Error("gone");
    };
    const broken = [{ name: "x", mode: 0o644, uid: 0, gid: 0, content: { size: 9, open: fails } }];
    await assert.rejects(makeLayer(broken, 0, "gzip"), /gone/);
  });
});
