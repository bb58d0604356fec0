import assert from "node:assert/strict";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf } from "../../../provider/oci/digest";
import { createDiskCache } from "../../../provider/sources/diskCache";
import { makeLayer } from "../../../provider/sources/layer";
import { makeCachedLayer } from "../../../provider/sources/layerCache";
import type { TarEntry } from "../../../provider/sources/tar";
import { testFolder } from "./folders";
import { bytesOf, cut } from "./streams";

describe("makeCachedLayer", () => {
  const folder = testFolder();
  /** A cache as a new process has it. */
  const cache = () => createDiskCache(folder.path("cache"), 1_000_000);
  const made = async (entry = file("content")) => makeCachedLayer(cache(), [entry], 0, "gzip");

  it("describes the layer that is made without a cache, the first time and later", async () => {
    const { blob, diffId } = await makeLayer([file("content")], 0, "gzip");
    for (const layer of [await made(), await made()])
      assert.deepEqual([layer.blob.descriptor, layer.diffId], [blob.descriptor, diffId]);
  });

  it("yields the described bytes, the first time and later", async () => {
    for (const { blob } of [await made(), await made()])
      assert.equal(digestOf(await bytesOf(await blob.open())), blob.descriptor.digest);
  });

  it("reads a file once in a later process, and not at all to send it", async () => {
    await made();
    let opened = 0;
    const { blob } = await made(file("content", () => opened++));
    await bytesOf(await blob.open());
    assert.equal(opened, 1);
  });

  const others: readonly (readonly [string, () => Promise<{ readonly diffId: string }>])[] = [
    ["content", () => made(file("another"))],
    ["mode", () => made({ ...file("content"), mode: 0o600 })],
    ["owner", () => made({ ...file("content"), uid: 7 })],
    ["name", () => made({ ...file("content"), name: "y" })],
    ["time", () => makeCachedLayer(cache(), [file("content")], 1, "gzip")],
  ];
  for (const [title, other] of others)
    it(`makes another layer for another ${title}`, async () => {
      const { diffId } = await made();
      assert.notEqual((await other()).diffId, diffId);
    });

  it("tells the compressions apart", async () => {
    const { blob } = await made();
    const plain = await makeCachedLayer(cache(), [file("content")], 0, "none");
    assert.notEqual(plain.blob.descriptor.digest, blob.descriptor.digest);
  });

  it("makes the bytes anew when those that were kept are gone or damaged", async () => {
    await made();
    const { blob } = await made();
    const path = join(folder.path("cache/v1"), blob.descriptor.digest.replace(":", "-"));
    writeFileSync(path, "damaged");
    assert.equal(digestOf(await bytesOf(await blob.open())), blob.descriptor.digest);
    rmSync(path);
    assert.equal(digestOf(await bytesOf(await blob.open())), blob.descriptor.digest);
  });

  it("security row 16: remembers nothing of a file that changes while the layer is made", async () => {
    let opened = 0;
    const open = () => cut(large(opened++ === 0 ? "before" : "changed"));
    await makeCachedLayer(cache(), [{ ...file("before"), content: { size: largeBytes, open } }], 0, "gzip");
    assert.deepEqual(readdirSync(folder.path("cache/v1")), []);
  });

  it("keeps nothing of a small layer, which is made sooner than looked up", async () => {
    const open = () => cut(Buffer.from("small"));
    const small = { ...file("content"), content: { size: 5, open } };
    const { blob } = await makeCachedLayer(cache(), [small], 0, "gzip");
    assert.equal(digestOf(await bytesOf(await blob.open())), blob.descriptor.digest);
    assert.deepEqual(readdirSync(folder.path("")), []);
  });
});

const largeBytes = 32 * 1024;
const large = (text: string) => Buffer.alloc(largeBytes, text);

function file(text: string, onOpen: () => void = () => {}): TarEntry {
  const open = () => {
    onOpen();
    return cut(large(text));
  };
  return { name: "x", mode: 0o644, uid: 0, gid: 0, content: { size: largeBytes, open } };
}
