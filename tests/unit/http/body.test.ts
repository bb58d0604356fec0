import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { hasCode, messageOf } from "../../../provider/errors";
import { discardBody, readBody } from "../../../provider/http/body";
import type { HttpResponse } from "../../../provider/http/message";

function response(body: Readable, contentLength?: number, encoding?: string): HttpResponse {
  const headers: Record<string, string> = {
    ...(contentLength !== undefined && { "content-length": String(contentLength) }),
    ...(encoding !== undefined && { "content-encoding": encoding }),
  };
  return { status: 200, headers, url: new URL("https://r.example/v2/a/manifests/1"), body };
}

/** A stream of these chunks that counts how many were taken. */
function chunks(count: number, size: number) {
  const taken = { count: 0 };
  const produce = function* () {
    for (; taken.count < count; taken.count++) yield Buffer.alloc(size, "x");
  };
  return { taken, body: Readable.from(produce(), { objectMode: false, highWaterMark: 1 }) };
}

describe("readBody", () => {
  it("gives all bytes", async () => {
    const body = Readable.from([Buffer.from("one "), Buffer.from("two")]);
    assert.equal(Buffer.from(await readBody(response(body, 7), 7, "manifest")).toString(), "one two");
  });

  describe("of a server that encodes bodies unasked", () => {
    const document = Buffer.from('{"schemaVersion":2}');
    const read = async (bytes: Buffer, encoding: string, limit = 100) =>
      Buffer.from(await readBody(response(Readable.from([bytes]), undefined, encoding), limit, "manifest")).toString();

    for (const encoding of ["gzip", "x-gzip", "GZIP"])
      it(`gives the document in a body of ${encoding}`, async () => {
        assert.equal(await read(gzipSync(document), encoding), document.toString());
      });

    for (const encoding of ["gzip", "x-gzip", "identity"])
      it(`gives a document that is labelled ${encoding} and is not encoded`, async () => {
        assert.equal(await read(document, encoding), document.toString());
      });

    it("security row 7: refuses what would be more than the limit, without making it", async () => {
      await assert.rejects(read(gzipSync(Buffer.alloc(1_000_000)), "gzip", 2000), (error) =>
        hasCode(error, "ERR_CONTENT_TOO_LARGE"),
      );
    });

    for (const encoding of ["br", "br, gzip", "deflate"])
      it(`security row 7: refuses ${encoding}`, async () => {
        await assert.rejects(read(document, encoding), (error) => hasCode(error, "ERR_CONTENT_INVALID"));
      });

    it("refuses gzip that is cut short", async () => {
      await assert.rejects(read(gzipSync(document).subarray(0, -6), "gzip"), (error) =>
        hasCode(error, "ERR_CONTENT_INVALID"),
      );
    });
  });

  it("gives an empty body", async () => {
    assert.equal((await readBody(response(Readable.from([])), 10, "manifest")).length, 0);
  });

  it("security row 6: refuses an announced length over the limit without reading", async () => {
    const { body, taken } = chunks(10, 10);
    await assert.rejects(
      readBody(response(body, 100), 99, "manifest"),
      (error) => hasCode(error, "ERR_CONTENT_TOO_LARGE") && error.details.limit === 99 && error.details.actual === 100,
    );
    assert.deepEqual([taken.count, body.destroyed], [0, true]);
  });

  it("security row 6: stops an endless body at the limit", async () => {
    const { body, taken } = chunks(Number.POSITIVE_INFINITY, 10);
    await assert.rejects(readBody(response(body), 50, "token"), (error) => hasCode(error, "ERR_CONTENT_TOO_LARGE"));
    assert.equal(body.destroyed, true);
    assert.ok(taken.count < 10);
  });

  it("accepts a body of exactly the limit", async () => {
    assert.equal((await readBody(response(chunks(5, 10).body, 50), 50, "token")).length, 50);
  });

  it("fails, worth a retry, when the body is shorter than announced", () =>
    assert.rejects(
      readBody(response(chunks(2, 10).body, 30), 100, "token"),
      (error) => hasCode(error, "ERR_TRANSPORT") && error.details.retryable && /20 of 30 bytes/.test(messageOf(error)),
    ));

  it("fails as the body fails", () => {
    const error = new Error("broken");
    const body = new Readable({ read: () => body.destroy(error) });
    return assert.rejects(readBody(response(body), 100, "token"), error);
  });
});

describe("discardBody", () => {
  it("reads a short body to its end", async () => {
    const { body } = chunks(3, 10);
    await discardBody(response(body));
    assert.equal(body.readableEnded, true);
  });

  it("security row 6: destroys a body that does not end within 64 KiB", async () => {
    const { body, taken } = chunks(Number.POSITIVE_INFINITY, 1024);
    await discardBody(response(body));
    assert.equal(body.destroyed, true);
    assert.ok(taken.count < 70);
  });

  it("does not mind a body that breaks", async () => {
    const body = new Readable({ read: () => body.destroy(new Error("broken")) });
    await discardBody(response(body));
    assert.equal(body.destroyed, true);
  });

  it("does not wait for a body that is already destroyed", async () => {
    const body = Readable.from(["x"]);
    body.destroy();
    await discardBody(response(body));
    assert.equal(body.destroyed, true);
  });
});
