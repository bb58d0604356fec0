import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { hasCode } from "../../../provider/errors";
import { blobOf, newRepository, read } from "../../registry/distribution/content";
import { type Answer, type Asked, type FakeRegistry, fakeRegistry } from "./fakeRegistry";

describe("downloading blobs", () => {
  const bytes = randomBytes(300_000);
  const { descriptor } = blobOf(bytes);
  const isFirst = () => registry.asked.length === 1;
  let registry: FakeRegistry;
  afterEach(() => registry.stop());

  async function blobFrom(answer: (asked: Asked) => Answer) {
    registry = await fakeRegistry(answer);
    return newRepository(registry.address, "team/server").getBlob(descriptor);
  }

  function rest({ headers }: Asked): Answer {
    const offset = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1]);
    const range = `bytes ${offset}-${bytes.length - 1}/${bytes.length}`;
    return { status: 206, headers: { "content-range": range }, body: bytes.subarray(offset) };
  }

  it("asks for the rest where the connection broke", async () => {
    const whole = { status: 200, body: bytes };
    const stream = await blobFrom((asked) => (isFirst() ? { ...whole, cutAfter: 100_000 } : rest(asked)));
    assert.equal(Buffer.compare(await read(stream), bytes), 0);
    assert.deepEqual(
      registry.asked.map(({ headers }) => headers.range !== undefined),
      [false, true],
    );
  });

  it("skips what it has when the registry ignores the range", async () => {
    const whole = { status: 200, body: bytes };
    const stream = await blobFrom(() => (isFirst() ? { ...whole, cutAfter: 100_000 } : whole));
    assert.equal(Buffer.compare(await read(stream), bytes), 0);
  });

  it("takes no other range than the one that it asked for", async () => {
    const other = { status: 206, headers: { "content-range": "bytes 5-9/300000" }, body: bytes };
    const stream = await blobFrom(() => (isFirst() ? { status: 200, body: bytes, cutAfter: 100_000 } : other));
    await assert.rejects(read(stream), (error) => hasCode(error, "ERR_CONTENT_INVALID"));
  });

  it("gives up when the connection breaks again and again without progress", async () => {
    const stream = await blobFrom(() => ({ status: 200, body: bytes, cutAfter: 100_000 }));
    await assert.rejects(read(stream), (error) => hasCode(error, "ERR_TRANSPORT"));
    assert.equal(registry.asked.length, 6);
  });

  it("is whole when the connection breaks after the last byte", async () => {
    const headers = { "transfer-encoding": "chunked" };
    const stream = await blobFrom(() => ({ status: 200, headers, body: bytes, cutAfter: bytes.length }));
    assert.equal(Buffer.compare(await read(stream), bytes), 0);
    assert.equal(registry.asked.length, 1);
  });

  it("security row 9: ends with an error before its last byte when the content is not the digest's", async () => {
    const changed = Buffer.concat([bytes.subarray(0, -1), Buffer.from([(bytes.at(-1) ?? 0) ^ 1])]);
    const stream = await blobFrom(() => ({ status: 200, body: changed }));
    let received = 0;
    stream.on("data", (chunk) => {
      received += chunk.length;
    });
    const failure = await new Promise((resolve) => stream.once("error", resolve));
    assert.ok(hasCode(failure, "ERR_DIGEST_MISMATCH"));
    assert.ok(received < bytes.length);
  });

  it("security row 6: ends with an error when more comes than the descriptor says", async () => {
    const stream = await blobFrom(() => ({ status: 200, body: Buffer.concat([bytes, bytes]) }));
    await assert.rejects(read(stream), (error) => hasCode(error, "ERR_CONTENT_INVALID"));
  });

  it("ends its connection when the reader gives up before the first byte", async () => {
    const stream = await blobFrom(() => ({ status: 200, body: bytes }));
    const closed = new Promise((resolve) => stream.once("close", resolve));
    stream.destroy();
    await closed;
    assert.equal(registry.asked.length, 1);
  });
});
