import assert from "node:assert/strict";
import type { ManifestContent, Repository } from "../../../../provider/distribution/repository";
import { ProviderError } from "../../../../provider/errors";
import { digestOf } from "../../../../provider/oci/digest";
import { mediaTypes } from "../../../../provider/oci/mediaTypes";
import type { Context } from "../../../../provider/resources/context";
import { deleteUnneeded } from "../../../../provider/resources/deletion/deleteUnneeded";
import { startProcess } from "../../../support/context";
import { unexpected, unexpectedRepository } from "../../../support/noCalls";

function contentOf(document: object, mediaType: string = mediaTypes.ociIndex): ManifestContent {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...document }));
  return { descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length }, bytes };
}

const index = contentOf({ manifests: [] });
const { digest } = index.descriptor;
const lister = contentOf({ manifests: [index.descriptor] });

/** A repository with these tags, which remembers what was deleted. */
function repositoryOf(
  tags: Readonly<Record<string, ManifestContent>>,
  failure?: (digest: string) => Error | undefined,
) {
  const deleted: string[] = [];
  const named = (tagOrDigest: string) =>
    tags[tagOrDigest] ?? Object.values(tags).find(({ descriptor }) => descriptor.digest === tagOrDigest);
  const repository: Repository = {
    ...unexpectedRepository,
    headManifest: async (tag) => named(tag)?.descriptor,
    getManifest: async (tagOrDigest) => named(tagOrDigest),
    listTags: async () => Object.keys(tags),
    async deleteManifest(one) {
      const refusal = failure?.(one);
      if (refusal) throw refusal;
      deleted.push(one);
    },
  };
  return { repository, deleted };
}

const target = { connection: { address: "localhost:5000" }, repository: "team/server" };

/** The context of a process that has this repository. */
function contextOf(repository: Repository, { context } = startProcess()): Context {
  const registry = {
    address: repository.address,
    ping: unexpected,
    reach: unexpected,
    login: unexpected,
    close: unexpected,
  };
  return { ...context, registry: () => ({ ...registry, repository: () => repository, source: () => repository }) };
}

const answered = (status: number, code: string, message = "") =>
  new ProviderError("ERR_REGISTRY", `DELETE: ${status} ${code}`, {
    method: "DELETE",
    url: "http://localhost:5000",
    status,
    errors: [{ code, message }],
  });

describe("deleting manifests that nothing needs", () => {
  it("deletes them in the order given", async () => {
    const { repository, deleted } = repositoryOf({ other: contentOf({ manifests: [], annotations: { a: "b" } }) });
    assert.deepEqual(await deleteUnneeded(contextOf(repository), target, [digest, "sha256:1"]), deleted);
    assert.deepEqual(deleted, [digest, "sha256:1"]);
  });

  it("keeps one that a tag names", async () => {
    const { repository, deleted } = repositoryOf({ "1.0": index });
    await deleteUnneeded(contextOf(repository), target, [digest]);
    assert.deepEqual(deleted, []);
  });

  it("keeps one that an index under a tag lists", async () => {
    const { repository, deleted } = repositoryOf({ "1.0": lister });
    await deleteUnneeded(contextOf(repository), target, [digest]);
    assert.deepEqual(deleted, []);
  });

  it("deletes one that only its own entry among the referrers of its subject lists", async () => {
    const { repository, deleted } = repositoryOf({ "sha256-1": lister });
    await deleteUnneeded(contextOf(repository), target, [digest], {
      entries: new Map([["sha256-1", [digest]]]),
      referrers: new Map(),
    });
    assert.deepEqual(deleted, [digest]);
  });

  it("keeps one that a resource of the program needs, and says who", async () => {
    const { repository, deleted } = repositoryOf({});
    const process = startProcess();
    const owner = "urn:pulumi:test::test::multiarch:MultiArchImage::server";
    process.context.plan.names.wantManifest("localhost:5000/team/server", digest, owner);
    await deleteUnneeded(contextOf(repository, process), target, [digest]);
    assert.deepEqual(deleted, []);
    assert.match(
      process.warnings.join(),
      /^kept localhost:5000\/team\/server@sha256:\S+: MultiArchImage server needs it/,
    );
  });

  it("looks at nothing when there is nothing to delete", async () => {
    const { repository } = repositoryOf({});
    const listTags = () => assert.fail("there was no need to look");
    assert.deepEqual(await deleteUnneeded(contextOf({ ...repository, listTags }), target, []), []);
  });

  it("looks through 500 tags", async () => {
    const tags = Array.from({ length: 500 }, (_, number) => [
      `1.${number}`,
      contentOf({ manifests: [], annotations: { a: "b" } }),
    ]);
    const { repository, deleted } = repositoryOf(Object.fromEntries(tags));
    await deleteUnneeded(contextOf(repository), target, [digest]);
    assert.deepEqual(deleted, [digest]);
  });

  it("keeps everything, with a warning, when there are more", async () => {
    const tags = Array.from({ length: 501 }, (_, number) => [
      `1.${number}`,
      contentOf({ manifests: [], annotations: { a: "b" } }),
    ]);
    const { repository, deleted } = repositoryOf(Object.fromEntries(tags));
    const process = startProcess();
    await deleteUnneeded(contextOf(repository, process), target, [digest]);
    assert.deepEqual(deleted, []);
    assert.match(process.warnings.join(), /^kept the manifests in localhost:5000\/team\/server: it has 501 tags/);
  });

  it("keeps everything, with a warning, when an index cannot be read", async () => {
    const { repository, deleted } = repositoryOf({ "1.0": { ...lister, bytes: Buffer.from("{") } });
    const process = startProcess();
    await deleteUnneeded(contextOf(repository, process), target, [digest]);
    assert.deepEqual([deleted, process.warnings.length], [[], 1]);
  });

  for (const [status, code] of [
    [405, "UNSUPPORTED"],
    [400, "UNSUPPORTED"],
  ] as const) {
    it(`keeps what the registry does not delete (${status} ${code}), with a warning`, async () => {
      const { repository } = repositoryOf({}, () => answered(status, code));
      const process = startProcess();
      assert.deepEqual(await deleteUnneeded(contextOf(repository, process), target, [digest]), []);
      assert.equal(process.warnings.length, 1);
    });
  }

  for (const [status, code, registry] of [
    [405, "DENIED", "zot"],
    [409, "MANIFEST_REFERENCED", "GitLab"],
    [412, "PRECONDITION", "Harbor"],
  ] as const) {
    it(`keeps a manifest that ${registry} needs for an index (${status} ${code}), and deletes the rest`, async () => {
      const [needed, other] = [digest, lister.descriptor.digest];
      const { repository, deleted } = repositoryOf({}, (one) => (one === needed ? answered(status, code) : undefined));
      const process = startProcess();
      assert.deepEqual(await deleteUnneeded(contextOf(repository, process), target, [needed, other]), [other]);
      assert.deepEqual(deleted, [other]);
      assert.match(process.warnings.join("\n"), new RegExp(`^kept localhost:5000/team/server@${needed}: [^\n]*$`));
    });
  }

  it("keeps a manifest that a rule protects (403 DENIED), with a warning", async () => {
    const { repository } = repositoryOf({}, () => answered(403, "DENIED", "the tag is protected by a rule"));
    const process = startProcess();
    assert.deepEqual(await deleteUnneeded(contextOf(repository, process), target, [digest]), []);
    assert.equal(process.warnings.length, 1);
  });

  it("fails when the registry refuses for another reason: the state must not forget the manifest", async () => {
    const { repository } = repositoryOf({}, () => answered(403, "DENIED"));
    await assert.rejects(deleteUnneeded(contextOf(repository), target, [digest]), { code: "ERR_REGISTRY" });
  });
});
