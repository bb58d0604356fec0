import assert from "node:assert/strict";
import type { BlobContent } from "../../../provider/distribution/repository";
import { hasCode, hasRegistryCode, hasStatus } from "../../../provider/errors";
import { blobOf, newRepository, randomBlob, read } from "../../registry/distribution/content";
import { type Answer, type Asked, errorBody, type FakeRegistry, fakeRegistry } from "./fakeRegistry";

const mebibyte = 1024 * 1024;
const session: Answer = { status: 202, headers: { location: "/v2/team/server/blobs/uploads/1?_state=a%2Bb~c" } };

describe("uploading blobs", () => {
  let registry: FakeRegistry;
  afterEach(() => registry.stop());

  async function repositoryThat(answer: (asked: Asked) => Answer) {
    registry = await fakeRegistry(answer);
    return newRepository(registry.address, "team/server");
  }
  const methods = () => registry.asked.map(({ method }) => method);
  const blob = randomBlob();
  const { digest } = blob.descriptor;

  it("names the repository itself as the mount's source when there is no other", async () => {
    const repository = await repositoryThat(() => ({ status: 201 }));
    assert.equal(await repository.pushBlob(blob), "known");
    assert.equal(registry.asked[0]?.url.search, `?mount=${encodeURIComponent(digest)}&from=team%2Fserver`);
  });

  it("resolves a relative Location and sends its query back byte for byte", async () => {
    const repository = await repositoryThat(({ method }) => (method === "POST" ? session : { status: 201 }));
    await repository.pushBlob(blob);
    const { pathname, search } = registry.asked[1]?.url ?? {};
    assert.equal(
      `${pathname}${search}`,
      `/v2/team/server/blobs/uploads/1?_state=a%2Bb~c&digest=${encodeURIComponent(digest)}`,
    );
  });

  it("adds the digest to a Location without a query", async () => {
    const headers = { location: "/upload" };
    const repository = await repositoryThat(({ method }) =>
      method === "POST" ? { status: 202, headers } : { status: 201 },
    );
    await repository.pushBlob(blob);
    assert.equal(registry.asked[1]?.url.search, `?digest=${encodeURIComponent(digest)}`);
  });

  it("says that the Location is missing", async () => {
    const repository = await repositoryThat(() => ({ status: 202 }));
    await assert.rejects(repository.pushBlob(blob), { code: "ERR_CONTENT_INVALID", message: /Location/ });
  });

  it("security row 3: sends nothing to another host without TLS", async () => {
    const elsewhere = await fakeRegistry(() => ({ status: 201 }));
    const headers = { location: `http://${elsewhere.address}/upload` };
    const repository = await repositoryThat(() => ({ status: 202, headers }));
    await assert.rejects(repository.pushBlob(blob), (error) => hasCode(error, "ERR_ADDRESS_REFUSED"));
    assert.equal(elsewhere.asked.length, 0);
    await elsewhere.stop();
  });

  it("security row 3: sends nothing to a private address that the registry chose", async () => {
    const headers = { location: "https://127.0.0.1:1/upload" };
    const repository = await repositoryThat(() => ({ status: 202, headers }));
    await assert.rejects(repository.pushBlob(blob), (error) => hasCode(error, "ERR_ADDRESS_REFUSED"));
  });

  it("looks for the blob when the answer was lost, and does not send it again", async () => {
    const repository = await repositoryThat(({ method }) => {
      if (method === "POST") return session;
      return method === "PUT" ? undefined : { status: 200 };
    });
    assert.equal(await repository.pushBlob(blob), "uploaded");
    assert.deepEqual(methods(), ["POST", "PUT", "DELETE", "HEAD"]);
  });

  it("opens a new session for each attempt, and the content afresh", async () => {
    let puts = 0;
    const large = randomBlob(mebibyte);
    const repository = await repositoryThat(({ method }) => {
      if (method === "POST") return session;
      if (method === "PUT") return { status: puts++ === 0 ? 503 : 201 };
      return { status: 404 };
    });
    await repository.pushBlob(large);
    assert.deepEqual(methods(), ["POST", "PUT", "DELETE", "HEAD", "POST", "PUT"]);
    assert.deepEqual(registry.asked.at(-1)?.body, await read(await large.open()));
  });

  describe("of a large blob leaves the check to the registry, and", () => {
    const right = randomBlob(mebibyte);
    const wrong = randomBlob(mebibyte);
    const refusal = { status: 400, body: errorBody("DIGEST_INVALID", "other bytes") };
    const refusing = () => repositoryThat(({ method }) => (method === "POST" ? session : refusal));
    const unverified = ({ open }: BlobContent) => ({ openForSending: open });

    it("takes the bytes for sending where there are such", async () => {
      const repository = await repositoryThat(({ method }) => (method === "POST" ? session : { status: 201 }));
      await repository.pushBlob({ ...right, isVerified: true, open: wrong.open, ...unverified(right) });
      assert.deepEqual(registry.asked.at(-1)?.body, await read(await right.open()));
    });

    it("takes those of a source that verifies them itself where there are none", async () => {
      const repository = await repositoryThat(({ method }) => (method === "POST" ? session : { status: 201 }));
      await repository.pushBlob({ ...wrong, isVerified: true, open: right.open });
      assert.deepEqual(registry.asked.at(-1)?.body, await read(await right.open()));
    });

    it("says with the source's words that the content is to blame when the registry refuses it", async () => {
      const repository = await refusing();
      const changed = () => Promise.reject(new Error("the file changed"));
      const blob = { ...right, isVerified: true, open: changed, ...unverified(wrong) } as const;
      await assert.rejects(repository.pushBlob(blob), /the file changed/);
      assert.deepEqual(methods(), ["POST", "PUT", "DELETE"]);
    });

    it("says so of content that nobody but it could have verified", async () => {
      const repository = await refusing();
      const push = repository.pushBlob({ ...right, open: wrong.open });
      await assert.rejects(push, { code: "ERR_DIGEST_MISMATCH", message: /^content for .*: expected digest/ });
    });

    it("tells what the registry said when the content is as it should be", async () => {
      const repository = await refusing();
      await assert.rejects(repository.pushBlob(right), (error) => hasRegistryCode(error, "DIGEST_INVALID"));
    });

    it("says that content which is too short is to blame, not the connection", async () => {
      const repository = await repositoryThat(({ method }) => (method === "POST" ? session : { status: 201 }));
      const push = repository.pushBlob({ ...right, open: randomBlob(mebibyte - 1).open });
      await assert.rejects(push, { code: "ERR_CONTENT_INVALID", message: /expected 1048576 bytes, got 1048575/ });
    });

    it("checks it when it sends it once more", async () => {
      const repository = await repositoryThat(({ method }) => {
        if (method === "HEAD") return { status: 404 };
        return method === "POST" ? session : { status: 500 };
      });
      const push = repository.pushBlob({ ...right, open: wrong.open });
      await assert.rejects(push, (error) => hasCode(error, "ERR_DIGEST_MISMATCH"));
      assert.deepEqual(methods().slice(0, 5), ["POST", "PUT", "DELETE", "HEAD", "POST"]);
    });
  });

  it("sends the content with its length, not in transfer chunks", async () => {
    const repository = await repositoryThat(({ method }) => (method === "POST" ? session : { status: 201 }));
    await repository.pushBlob(randomBlob(mebibyte));
    assert.equal(registry.asked[1]?.headers["content-length"], String(mebibyte));
  });

  it("sends a blob in chunks when the registry refuses the whole as too large", async () => {
    const repository = await repositoryThat(({ method, body }) => {
      if (method === "POST" || method === "PATCH") return session;
      return { status: method === "PUT" && body.length > mebibyte ? 413 : 201 };
    });
    assert.equal(await repository.pushBlob(randomBlob(2.5 * mebibyte)), "uploaded");
    assert.deepEqual(methods(), ["POST", "PUT", "DELETE", "POST", "PATCH", "PATCH", "PATCH", "PUT"]);
  });

  it("does not try chunks when the registry calls a request without a body too large", async () => {
    const repository = await repositoryThat(() => ({ status: 413 }));
    await assert.rejects(repository.pushBlob(blob), (error) => hasStatus(error, 413));
    assert.deepEqual(methods(), ["POST"]);
  });

  const other = { "docker-content-digest": randomBlob().descriptor.digest };
  const liars: readonly (readonly [string, (asked: Asked) => Answer])[] = [
    ["a mount", () => ({ status: 201, headers: other })],
    ["an upload", ({ method }) => (method === "POST" ? session : { status: 201, headers: other })],
  ];
  for (const [what, answer] of liars)
    it(`security row 9: takes no answer to ${what} that names another digest`, async () => {
      const repository = await repositoryThat(answer);
      await assert.rejects(repository.pushBlob(blob), (error) => hasCode(error, "ERR_DIGEST_MISMATCH"));
    });

  it("security row 9: takes no blob for there when the answer names another digest", async () => {
    const repository = await repositoryThat(() => ({ status: 200, headers: other }));
    await assert.rejects(repository.hasBlob(blob.descriptor), (error) => hasCode(error, "ERR_DIGEST_MISMATCH"));
  });

  it("tells the range of each chunk, and goes on where the registry says", async () => {
    const location = (n: number) => ({ status: 202, headers: { location: `/upload/${n}` } });
    const repository = await repositoryThat(({ method }) => {
      if (method === "PUT") return { status: 201 };
      return location(registry.asked.length);
    });
    await repository.pushBlob(blobOf(Buffer.from("abcde")), { chunkBytes: 2 });
    assert.deepEqual(
      registry.asked.slice(1).map(({ path, headers, body }) => [path, headers["content-range"], body.toString()]),
      [
        ["/upload/1", "0-1", "ab"],
        ["/upload/2", "2-3", "cd"],
        ["/upload/3", "4-4", "e"],
        ["/upload/4", undefined, ""],
      ],
    );
  });

  it("sends no chunk smaller than the registry takes", async () => {
    const headers = { location: "/upload", "oci-chunk-min-length": "4" };
    const repository = await repositoryThat(({ method }) => ({ status: method === "PUT" ? 201 : 202, headers }));
    await repository.pushBlob(blobOf(Buffer.from("abcde")), { chunkBytes: 2 });
    assert.deepEqual(
      registry.asked.map(({ body }) => body.toString()),
      ["", "abcd", "e", ""],
    );
  });

  for (const [status, headers] of [
    [401, { "www-authenticate": 'Basic realm="registry"' }],
    [403, {}],
    [404, {}],
  ] as const) {
    it(`security row 21: uploads instead when mounting from the named repository is answered with ${status}`, async () => {
      const repository = await repositoryThat(({ method, url }) => {
        if (method === "PUT") return { status: 201 };
        return url.searchParams.get("from") === "team/base" ? { status, headers } : session;
      });
      assert.equal(await repository.pushBlob(blob, { mountFrom: "team/base" }), "uploaded");
      assert.deepEqual(methods(), ["POST", "POST", "PUT"]);
    });
  }
});
