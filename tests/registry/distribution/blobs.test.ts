import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { hasCode } from "../../../provider/errors";
import { digestOf } from "../../../provider/oci/digest";
import { type CountingProxy, countingProxy } from "../../support/countingProxy";
import { forEachRegistry } from "../../support/registries";
import { blobOf, newClient, newRepository, randomBlob, read, uniqueName } from "./content";

const mebibyte = 1024 * 1024;

forEachRegistry("blobs", (registry) => {
  let proxy: CountingProxy;
  const name = uniqueName();
  const methods = () => proxy.requests.map(({ method }) => method);
  before(async () => {
    proxy = await countingProxy(registry().address);
  });
  beforeEach(() => proxy.reset());
  after(() => proxy.stop());

  for (const size of [0, 1, 64 * 1024, 64 * 1024 + 1, 3 * mebibyte]) {
    it(`uploads a blob of ${size} bytes with POST and PUT, and downloads the same bytes`, async () => {
      const bytes = randomBytes(size);
      assert.equal(await newRepository(proxy.address, `${name}/sizes`).pushBlob(blobOf(bytes)), "uploaded");
      assert.deepEqual(methods(), ["POST", "PUT"]);
      const stream = await newRepository(proxy.address, `${name}/sizes`).getBlob(blobOf(bytes).descriptor);
      assert.equal(digestOf(await read(stream)), digestOf(bytes));
    });
  }

  it("uploads a blob with a SHA-512 digest", async () => {
    const bytes = randomBytes(100);
    const repository = newRepository(proxy.address, name);
    assert.equal(await repository.pushBlob(blobOf(bytes, digestOf(bytes, "sha512"))), "uploaded");
  });

  it("finds by its one POST that the repository has a blob already", async () => {
    const blob = randomBlob();
    await newRepository(proxy.address, name).pushBlob(blob);
    proxy.reset();
    assert.equal(await newRepository(proxy.address, name).pushBlob(blob), "known");
    assert.deepEqual(methods(), ["POST"]);
  });

  it("needs no request for a blob that this process has pushed", async () => {
    const blob = randomBlob();
    const repository = newRepository(proxy.address, name);
    await repository.pushBlob(blob);
    proxy.reset();
    assert.equal(await repository.pushBlob(blob), "known");
    assert.equal(await repository.hasBlob(blob.descriptor), true);
    assert.deepEqual(methods(), []);
  });

  it("sends a blob once that is pushed twice at the same time", async () => {
    const blob = randomBlob();
    const repository = newRepository(proxy.address, name);
    await Promise.all([repository.pushBlob(blob), repository.pushBlob(blob)]);
    assert.deepEqual(methods(), ["POST", "PUT"]);
  });

  it("sends a large blob once that several repositories get at the same time, and mounts it in the others", async () => {
    const blob = randomBlob(mebibyte);
    const client = newClient(proxy.address);
    const repositories = [1, 2, 3].map(() => client.repository(uniqueName()));
    const results = await Promise.all(repositories.map((repository) => repository.pushBlob(blob)));
    assert.deepEqual(results, ["uploaded", "mounted", "mounted"]);
    assert.deepEqual(methods(), ["POST", "PUT", "POST", "POST"]);
  });

  it("sends a large blob to another repository when it could not be sent to the first", async () => {
    const blob = randomBlob(mebibyte);
    const client = newClient(proxy.address);
    const failing = client
      .repository(uniqueName())
      .pushBlob({ ...blob, open: () => Promise.reject(new Error("gone")) });
    const [failed, pushed] = await Promise.allSettled([failing, client.repository(uniqueName()).pushBlob(blob)]);
    assert.equal(failed.status, "rejected");
    assert.deepEqual(pushed, { status: "fulfilled", value: "uploaded" });
  });

  it("security row 21: mounts from the repository that was named, with one POST", async () => {
    const blob = randomBlob();
    const source = uniqueName();
    const client = newClient(proxy.address);
    await client.repository(source).pushBlob(blob);
    proxy.reset();
    assert.equal(await client.repository(uniqueName()).pushBlob(blob, { mountFrom: source }), "mounted");
    const query = proxy.requests.map(({ path }) => new URL(path, registry().url).searchParams.get("from"));
    assert.deepEqual(query, [source]);
  });

  it("security row 21: uploads in the session of the refused mount when the named repository lacks the blob", async () => {
    const blob = randomBlob();
    const repository = newRepository(proxy.address, uniqueName());
    assert.equal(await repository.pushBlob(blob, { mountFrom: uniqueName() }), "uploaded");
    assert.deepEqual(methods(), ["POST", "PUT"]);
  });

  it("sends a blob in chunks when asked", async () => {
    const blob = randomBlob(2.5 * mebibyte);
    const repository = newRepository(proxy.address, name);
    assert.equal(await repository.pushBlob(blob, { chunkBytes: mebibyte }), "uploaded");
    assert.deepEqual(methods(), ["POST", "PATCH", "PATCH", "PATCH", "PUT"]);
    assert.equal(await newRepository(proxy.address, name).hasBlob(blob.descriptor), true);
  });

  for (const [how, size, options] of [
    ["at once", 100, {}],
    ["as a stream", 3 * mebibyte, {}],
    ["in chunks", 3 * mebibyte, { chunkBytes: mebibyte }],
  ] as const) {
    it(`security row 9: commits nothing when bytes sent ${how} are not the descriptor's`, async () => {
      const blob = randomBlob(size);
      const replaced = { ...blob, open: randomBlob(size).open };
      const push = newRepository(proxy.address, name).pushBlob(replaced, options);
      await assert.rejects(push, (error) => hasCode(error, "ERR_DIGEST_MISMATCH"));
      assert.equal(await newRepository(proxy.address, name).hasBlob(blob.descriptor), false);
    });
  }

  it("reports why a blob's content cannot be opened, not that a connection broke", async () => {
    const gone = new Error("the file is gone");
    const blob = { ...randomBlob(mebibyte), open: () => Promise.reject(gone) };
    await assert.rejects(newRepository(proxy.address, name).pushBlob(blob), gone);
  });

  it("ends the upload session when the content is not what it should be", async () => {
    const blob = { ...randomBlob(), open: randomBlob().open };
    await assert.rejects(newRepository(proxy.address, name).pushBlob(blob));
    assert.deepEqual(methods(), ["POST", "DELETE"]);
  });

  it("looks for a blob that is there with one HEAD", async () => {
    const blob = randomBlob();
    await newRepository(registry().address, name).pushBlob(blob);
    assert.equal(await newRepository(proxy.address, name).hasBlob(blob.descriptor), true);
    assert.deepEqual(methods(), ["HEAD"]);
  });

  it("looks for a blob that is not there with a HEAD and a GET", async () => {
    assert.equal(await newRepository(proxy.address, name).hasBlob(randomBlob().descriptor), false);
    assert.deepEqual(methods(), ["HEAD", "GET"]);
  });

  it("reads a config with one GET in a process", async () => {
    const bytes = randomBytes(500);
    const blob = blobOf(bytes);
    await newRepository(proxy.address, name).pushBlob(blob);
    proxy.reset();
    const repository = newRepository(proxy.address, name);
    assert.deepEqual(Buffer.from(await repository.getBlobBytes(blob.descriptor)), bytes);
    await repository.getBlobBytes(blob.descriptor);
    assert.deepEqual(methods(), ["GET"]);
  });

  it("security row 6: asks for no blob over the limit", async () => {
    const { descriptor } = randomBlob(101);
    const bytes = newRepository(proxy.address, name).getBlobBytes(descriptor, 100);
    await assert.rejects(bytes, (error) => hasCode(error, "ERR_CONTENT_TOO_LARGE"));
    assert.deepEqual(methods(), []);
  });

  it("security row 4: does not fetch a foreign blob from its urls", async () => {
    const elsewhere = await countingProxy(registry().address);
    const { descriptor } = randomBlob();
    const foreign = { ...descriptor, urls: [`http://${elsewhere.address}/layer`] };
    const blob = newRepository(proxy.address, name).getBlob(foreign);
    await assert.rejects(blob, (error) => hasCode(error, "ERR_NOT_FOUND"));
    assert.equal(elsewhere.requests.length, 0);
    await elsewhere.stop();
  });
});
