import assert from "node:assert/strict";
import { hasCode } from "../../../provider/errors";
import { manifestAccept, mediaTypes } from "../../../provider/oci/mediaTypes";
import { manifestOf, newRepository, uniqueIndex } from "../../registry/distribution/content";
import { type Answer, type Asked, errorBody, type FakeRegistry, fakeRegistry } from "./fakeRegistry";

describe("reading manifests", () => {
  const { bytes, descriptor } = uniqueIndex();
  const complete = { "docker-content-digest": descriptor.digest, "content-type": descriptor.mediaType };
  const unknown = { status: 404, body: errorBody("MANIFEST_UNKNOWN", "manifest unknown") };
  let registry: FakeRegistry;
  afterEach(() => registry.stop());

  async function repositoryThat(answer: (asked: Asked) => Answer) {
    registry = await fakeRegistry(answer);
    return newRepository(registry.address, "team/server");
  }

  it("asks for all four media types, whatever it asks for", async () => {
    const repository = await repositoryThat(({ method }) => (method === "HEAD" ? { status: 405 } : unknown));
    await repository.headManifest("1.0");
    await repository.lookForManifest("1.0");
    await repository.getManifest("1.0");
    assert.deepEqual(new Set(registry.asked.map(({ headers }) => headers.accept)), new Set([manifestAccept]));
  });

  for (const [what, head] of [
    ...[400, 401, 403, 404, 405, 406, 501].map((status) => [`HEAD is answered by ${status}`, { status }] as const),
    ["HEAD names no digest", { status: 200, headers: { "content-type": descriptor.mediaType, "content-length": "9" } }],
    ["HEAD tells no size", { status: 200, headers: { ...complete, "transfer-encoding": "chunked" } }],
    [
      "HEAD tells no media type",
      { status: 200, headers: { ...complete, "content-type": "text/plain; charset=utf-8", "content-length": "9" } },
    ],
    ["HEAD tells a page's media type", { status: 200, headers: { ...complete, "content-type": "text/html" } }],
    [
      "HEAD names what is no digest",
      { status: 200, headers: { ...complete, "docker-content-digest": "sha256:1", "content-length": "9" } },
    ],
  ] as const) {
    it(`fetches and hashes a manifest when ${what}`, async () => {
      const repository = await repositoryThat(({ method }) =>
        method === "HEAD" ? head : { status: 200, body: bytes },
      );
      assert.deepEqual(await repository.headManifest("1.0"), descriptor);
      assert.deepEqual(registry.lines(), ["HEAD manifests/1.0", "GET manifests/1.0"]);
    });
  }

  it("takes the media type from the bytes when the answer does not say it", async () => {
    const repository = await repositoryThat(() => ({ status: 200, body: bytes }));
    assert.equal((await repository.getManifest("1.0"))?.descriptor.mediaType, mediaTypes.ociIndex);
  });

  it("security row 9: takes no answer to HEAD for a digest that names another one", async () => {
    const headers = { ...complete, "content-length": "9" };
    const repository = await repositoryThat(() => ({ status: 200, headers }));
    const head = repository.headManifest(uniqueIndex().descriptor.digest);
    await assert.rejects(head, (error) => hasCode(error, "ERR_DIGEST_MISMATCH"));
  });

  it("security row 9: takes no bytes that are not the digest's, though the header says so", async () => {
    const { digest } = uniqueIndex().descriptor;
    const headers = { ...complete, "docker-content-digest": digest };
    const repository = await repositoryThat(() => ({ status: 200, headers, body: bytes }));
    await assert.rejects(repository.getManifest(digest), (error) => hasCode(error, "ERR_DIGEST_MISMATCH"));
  });

  it("security row 9: takes no bytes for a tag that are not what the header says", async () => {
    const headers = { ...complete, "docker-content-digest": uniqueIndex().descriptor.digest };
    const repository = await repositoryThat(() => ({ status: 200, headers, body: bytes }));
    await assert.rejects(repository.getManifest("1.0"), (error) => hasCode(error, "ERR_DIGEST_MISMATCH"));
  });

  it("security row 6: stops reading a manifest at 4 MiB", async () => {
    const annotations = { large: "x".repeat(4 * 1024 * 1024) };
    const { bytes: body } = manifestOf({ manifests: [], annotations }, mediaTypes.ociIndex);
    const repository = await repositoryThat(() => ({ status: 200, headers: complete, body }));
    await assert.rejects(repository.getManifest("1.0"), (error) => hasCode(error, "ERR_CONTENT_TOO_LARGE"));
  });

  it("asks again after an answer that broke off", async () => {
    const repository = await repositoryThat(() => {
      const answer = { status: 200, headers: complete, body: bytes };
      return registry.asked.length === 1 ? { ...answer, cutAfter: 10 } : answer;
    });
    assert.deepEqual((await repository.getManifest("1.0"))?.descriptor, descriptor);
  });

  for (const reference of ["", "a b", "../1.0", "sha256:1", "1.0?x=1"]) {
    it(`refuses ${JSON.stringify(reference)} without asking the registry`, async () => {
      const repository = await repositoryThat(() => ({ status: 404 }));
      await assert.rejects(repository.headManifest(reference), (error) => hasCode(error, "ERR_REFERENCE_INVALID"));
      assert.deepEqual(registry.lines(), []);
    });
  }
});
