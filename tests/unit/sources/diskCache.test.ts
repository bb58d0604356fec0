import assert from "node:assert/strict";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { digestOf } from "../../../provider/oci/digest";
import { createDiskCache, type DiskCache, openDiskCache } from "../../../provider/sources/diskCache";
import { testFolder } from "./folders";
import { bytesOf } from "./streams";

const bytes = Buffer.from("some bytes");
const descriptor = { mediaType: "a/b", digest: digestOf(bytes), size: bytes.length };

describe("a disk cache", () => {
  const folder = testFolder();
  const newCache = (limit = 1_000_000) => createDiskCache(folder.path("cache"), limit);
  const files = () => readdirSync(folder.path("cache/v1")).map((name) => join(folder.path("cache/v1"), name));

  it("gives a later process the values that an earlier one remembered", async () => {
    await newCache().remember("key", { a: [1, "ü"] });
    assert.deepEqual(await newCache().recall("key"), { a: [1, "ü"] });
  });

  it("knows nothing under a key that nobody used", async () => {
    await newCache().remember("key", 1);
    assert.equal(await newCache().recall("other"), undefined);
  });

  it("gives a later process the blobs that an earlier one kept", async () => {
    await keep(newCache(), bytes);
    assert.deepEqual(await bytesOf((await newCache().openBlob(descriptor)) ?? []), bytes);
  });

  it("keeps nothing of a blob that is dropped", async () => {
    const writer = newCache().writeBlob();
    await writer.write(bytes);
    await writer.drop();
    assert.deepEqual(files(), []);
  });

  it("keeps no blob of more than 64 MiB", async () => {
    const writer = newCache(1e9).writeBlob();
    const chunk = Buffer.alloc(2 ** 23);
    for (let written = 0; written <= 2 ** 26; written += chunk.length) await writer.write(chunk);
    await writer.keep(descriptor.digest);
    assert.deepEqual(files(), []);
  });

  for (const change of ["altered", "shortened", "lengthened"] as const)
    it(`does not trust a blob that was ${change}`, async () => {
      await keep(newCache(), bytes);
      spoil(files()[0] ?? "", change);
      assert.equal(await newCache().openBlob(descriptor), undefined);
    });

  for (const change of ["altered", "shortened", "lengthened"] as const)
    it(`does not trust a value that was ${change}`, async () => {
      await newCache().remember("key", { size: 123 });
      spoil(files()[0] ?? "", change);
      assert.equal(await newCache().recall("key"), undefined);
    });

  it("does not take one key's value for another's, wherever its file lies", async () => {
    const cache = newCache();
    await cache.remember("one", 1);
    const [one = ""] = files();
    await cache.remember("two", 2);
    const two = files().find((path) => path !== one) ?? "";
    writeFileSync(two, readFileSync(one));
    assert.equal(await cache.recall("two"), undefined);
  });

  it("can be written by many at once", async () => {
    const caches = Array.from({ length: 8 }, () => newCache());
    await Promise.all(caches.flatMap((cache) => [cache.remember("key", "value"), keep(cache, bytes)]));
    assert.equal(files().length, 2);
    assert.equal(await newCache().recall("key"), "value");
    assert.deepEqual(await bytesOf((await newCache().openBlob(descriptor)) ?? []), bytes);
  });

  it("yields a blob to its end although another process drops it meanwhile", async () => {
    await keep(newCache(), bytes);
    const opened = await newCache().openBlob(descriptor);
    for (const path of files()) rmSync(path);
    assert.deepEqual(await bytesOf(opened ?? []), bytes);
  });

  it("drops what was not used for longest when it is full", async () => {
    const cache = newCache();
    await keep(cache, Buffer.alloc(600, "old"));
    await keep(cache, Buffer.alloc(600, "used"));
    for (const path of files()) utimesSync(path, 1, 1);
    (await cache.openBlob(describe600("used")))?.destroy();
    const full = newCache(1300);
    await keep(full, Buffer.alloc(600, "new"));
    const there = await Promise.all(["old", "used", "new"].map((text) => full.openBlob(describe600(text))));
    assert.deepEqual(
      there.map((stream) => stream?.destroy() !== undefined),
      [false, true, true],
    );
  });

  it("is readable for this user alone", async () => {
    await newCache().remember("key", 1);
    assert.equal(statSync(files()[0] ?? "").mode & 0o777, 0o600);
  });

  it("is as if it were empty where it cannot be written", async () => {
    const cache = createDiskCache(join(folder.write("file", ""), "cache"), 1000);
    await cache.remember("key", 1);
    await keep(cache, bytes);
    assert.deepEqual([await cache.recall("key"), await cache.openBlob(descriptor)], [undefined, undefined]);
  });

  it("leaves no file open and none half written where what it keeps cannot get its name", async () => {
    const cache = newCache();
    await cache.remember("key", 1);
    const [taken = ""] = files();
    rmSync(taken);
    // No file can take the name of a folder.
    mkdirSync(taken);
    mkdirSync(join(folder.path("cache/v1"), descriptor.digest.replace(":", "-")));
    const openFiles = () => readdirSync("/proc/self/fd").length;
    const before = openFiles();
    await cache.remember("key", 2);
    await keep(cache, bytes);
    assert.deepEqual([openFiles() - before, files().filter((path) => path.endsWith(".part"))], [0, []]);
  });

  it("reads nothing through a link", async () => {
    const cache = newCache();
    await cache.remember("key", 1);
    await keep(cache, bytes);
    for (const [index, path] of files().entries()) {
      renameSync(path, folder.path(`moved-${index}`));
      symlinkSync(folder.path(`moved-${index}`), path);
    }
    assert.deepEqual([await cache.recall("key"), await cache.openBlob(descriptor)], [undefined, undefined]);
  });

  it("is not used when others can write to its folder", async () => {
    await newCache().remember("key", 1);
    chmodSync(folder.path("cache/v1"), 0o777);
    await newCache().remember("other", 2);
    assert.equal(await newCache().recall("other"), undefined);
    assert.equal(await newCache().recall("key"), undefined);
  });
});

describe("openDiskCache", () => {
  it("gives one cache for one folder, and none where there is none", () => {
    const environment = { PULUMI_MULTIARCH_CACHE_DIR: "/some/folder" };
    assert.equal(openDiskCache(environment), openDiskCache({ ...environment }));
    assert.equal(openDiskCache({}), undefined);
  });
});

async function keep(cache: DiskCache, content: Uint8Array): Promise<void> {
  const writer = cache.writeBlob();
  await writer.write(content.subarray(0, 3));
  await writer.write(content.subarray(3));
  await writer.keep(digestOf(content));
}

function describe600(text: string) {
  return { ...descriptor, size: 600, digest: digestOf(Buffer.alloc(600, text)) };
}

function spoil(path: string, change: "altered" | "shortened" | "lengthened"): void {
  const content = readFileSync(path);
  const last = content.length - 1;
  if (change === "altered") content[last] = (content[last] ?? 0) ^ 1;
  const cut = change === "shortened" ? content.subarray(0, last) : content;
  writeFileSync(path, change === "lengthened" ? Buffer.concat([content, Buffer.from("x")]) : cut);
}
