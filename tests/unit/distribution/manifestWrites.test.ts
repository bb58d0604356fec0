import assert from "node:assert/strict";
import { hasCode, hasStatus } from "../../../provider/errors";
import { digestOf } from "../../../provider/oci/digest";
import { newRepository, uniqueIndex } from "../../registry/distribution/content";
import { type Answer, type Asked, errorBody, type FakeRegistry, fakeRegistry } from "./fakeRegistry";

describe("writing manifests", () => {
  const index = uniqueIndex();
  const { descriptor } = index;
  const at = (digest: string): Answer => ({
    status: 200,
    headers: { "docker-content-digest": digest, "content-type": descriptor.mediaType, "content-length": "100" },
  });
  const other = uniqueIndex().descriptor.digest;
  const created = { status: 201, headers: { "docker-content-digest": descriptor.digest } };
  const unknown: Answer = { status: 404, body: errorBody("MANIFEST_UNKNOWN", "manifest unknown") };
  let registry: FakeRegistry;
  afterEach(() => registry.stop());

  async function repositoryThat(answer: (asked: Asked) => Answer) {
    registry = await fakeRegistry(answer);
    return newRepository(registry.address, "team/server");
  }

  it("tells that the registry handles the subject", async () => {
    const headers = { ...created.headers, "oci-subject": other };
    const repository = await repositoryThat(() => ({ status: 201, headers }));
    assert.deepEqual(await repository.putManifest("1.0", index), { subjectHandled: true });
  });

  it("does not write a tag again when the answer was lost but the write was done", async () => {
    const repository = await repositoryThat(({ method }) => (method === "PUT" ? undefined : at(descriptor.digest)));
    await repository.putManifest("1.0", index);
    assert.deepEqual(registry.lines(), ["PUT manifests/1.0", "HEAD manifests/1.0"]);
  });

  it("writes a tag again when the look shows that the write was not done", async () => {
    const repository = await repositoryThat(({ method }) => {
      if (method !== "PUT") return unknown;
      return registry.asked.length === 1 ? undefined : created;
    });
    await repository.putManifest("1.0", index);
    const looks = ["HEAD manifests/1.0", "GET manifests/1.0"];
    assert.deepEqual(registry.lines(), ["PUT manifests/1.0", ...looks, "PUT manifests/1.0"]);
  });

  for (const [what, replaces, found] of [
    ["of another writer", { digest: undefined }, at(other)],
    ["of another writer in place of the old one", { digest: uniqueIndex().descriptor.digest }, at(other)],
    ["that is gone where there was an old one", { digest: other }, unknown],
  ] as const) {
    it(`does not write over a tag ${what} when the answer was lost`, async () => {
      const repository = await repositoryThat(({ method }) => (method === "PUT" ? undefined : found));
      await assert.rejects(repository.putManifest("1.0", index, replaces), (error) =>
        hasCode(error, "ERR_TAG_CONFLICT"),
      );
      assert.equal(registry.lines().filter((line) => line.startsWith("PUT")).length, 1);
    });
  }

  it("writes a tag again that names what it was to replace", async () => {
    const repository = await repositoryThat(({ method }) => {
      if (method !== "PUT") return at(other);
      return registry.asked.length === 1 ? undefined : created;
    });
    await repository.putManifest("1.0", index, { digest: other });
    assert.deepEqual(registry.lines(), ["PUT manifests/1.0", "HEAD manifests/1.0", "PUT manifests/1.0"]);
  });

  it("does not write a tag again when it is not clear what it names", async () => {
    const repository = await repositoryThat(({ method }) => (method === "PUT" ? undefined : { status: 404 }));
    await assert.rejects(repository.putManifest("1.0", index), (error) => hasCode(error, "ERR_ABSENCE_UNCONFIRMED"));
  });

  it("writes a digest again without a look: the same bytes can do no harm", async () => {
    const repository = await repositoryThat(() => (registry.asked.length === 1 ? undefined : created));
    await repository.putManifest(descriptor.digest, index);
    const put = `PUT manifests/${descriptor.digest}`;
    assert.deepEqual(registry.lines(), [put, put]);
  });

  it("security row 9: does not believe a registry that reports another digest", async () => {
    const headers = { "docker-content-digest": other };
    const repository = await repositoryThat(() => ({ status: 201, headers }));
    await assert.rejects(repository.putManifest("1.0", index), (error) => hasCode(error, "ERR_DIGEST_MISMATCH"));
  });

  describe("of a sha512 digest", () => {
    const digest = digestOf(index.bytes, "sha512");
    const content = { ...index, descriptor: { ...descriptor, digest } };

    it("writes it under its digest first, so that no tag ever names it by another", async () => {
      const headers = { "docker-content-digest": digest };
      const repository = await repositoryThat(() => ({ status: 201, headers }));
      await repository.putManifest("1.0", content);
      assert.deepEqual(registry.lines(), [`PUT manifests/${digest}`, "PUT manifests/1.0"]);
    });

    it("writes no tag where the registry refuses that digest", async () => {
      const repository = await repositoryThat(() => ({
        status: 400,
        body: errorBody("DIGEST_INVALID", "unknown algorithm"),
      }));
      await assert.rejects(repository.putManifest("1.0", content), (error) => hasCode(error, "ERR_DIGEST_INVALID"));
      assert.deepEqual(registry.lines(), [`PUT manifests/${digest}`]);
    });
  });

  it("looks at the digest when the registry reports none", async () => {
    const repository = await repositoryThat(({ method }) =>
      method === "PUT" ? { status: 201 } : at(descriptor.digest),
    );
    await repository.putManifest("1.0", index);
    assert.deepEqual(registry.lines(), ["PUT manifests/1.0", `HEAD manifests/${descriptor.digest}`]);
  });

  it("does not believe a registry that reports no digest and then has nothing", async () => {
    const repository = await repositoryThat(({ method }) => (method === "PUT" ? { status: 201 } : unknown));
    await assert.rejects(repository.putManifest("1.0", index), (error) => hasCode(error, "ERR_NOT_FOUND"));
  });

  const refusals: readonly (readonly [string, Answer])[] = [
    ["400 TAG_INVALID", { status: 400, body: errorBody("TAG_INVALID", "The image tag '1.0' already exists") }],
    ["405", { status: 405 }],
    ["409", { status: 409 }],
    ["412 of a tag that is immutable", { status: 412, body: errorBody("PRECONDITION", "configured as immutable") }],
    ["403 of a tag that is immutable", { status: 403, body: errorBody("DENIED", "the tag is immutable") }],
  ];
  for (const [what, refusal] of refusals) {
    it(`security row 18: takes ${what} for success when the tag has the digest already`, async () => {
      const repository = await repositoryThat(({ method }) => (method === "PUT" ? refusal : at(descriptor.digest)));
      await repository.putManifest("1.0", index);
      assert.deepEqual(registry.lines(), ["PUT manifests/1.0", "HEAD manifests/1.0"]);
    });

    it(`security row 18: takes ${what} for an immutable tag when it has another digest, and does not insist`, async () => {
      const repository = await repositoryThat(({ method }) => (method === "PUT" ? refusal : at(other)));
      await assert.rejects(repository.putManifest("1.0", index), (error) => hasCode(error, "ERR_TAG_IMMUTABLE"));
      assert.deepEqual(registry.lines(), ["PUT manifests/1.0", "HEAD manifests/1.0"]);
    });
  }

  it("does not take a refusal for immutability when there is no such tag", async () => {
    const repository = await repositoryThat(({ method }) => (method === "PUT" ? { status: 405 } : unknown));
    await assert.rejects(repository.putManifest("1.0", index), (error) => hasStatus(error, 405));
  });

  it("does not take missing rights for immutability", async () => {
    const denied = { status: 403, body: errorBody("DENIED", "requested access to the resource is denied") };
    const repository = await repositoryThat(({ method }) => (method === "PUT" ? denied : at(other)));
    await assert.rejects(repository.putManifest("1.0", index), (error) => hasStatus(error, 403));
  });
});
