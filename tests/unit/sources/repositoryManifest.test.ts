import assert from "node:assert/strict";
import { hasCode } from "../../../provider/errors";
import { parsePlatform } from "../../../provider/oci/platform";
import { requireManifest, resolveRepositoryManifest } from "../../../provider/sources/repositoryManifest";
import { type Layout, makeLayout } from "../../support/layouts";
import { fakeRegistry } from "./fakeRegistry";

const address = "r.example.com";

describe("a repository's manifests as sources", () => {
  let layout: Layout;
  beforeEach(() => {
    layout = makeLayout();
  });
  afterEach(() => layout.remove());

  const serve = () => {
    const { client, requests } = fakeRegistry(address, "a", layout, {});
    return { repository: client.repository("a"), requests };
  };

  it("resolveRepositoryManifest asks for the manifest alone and tells where its blobs are", async () => {
    const image = layout.image({ platform: parsePlatform("linux/arm64"), layers: ["one", "two"] });
    const { repository, requests } = serve();
    const { manifest, blobs } = await resolveRepositoryManifest(repository, image);
    assert.deepEqual(requests, [`manifest ${image.digest}`]);
    assert.equal(manifest.descriptor.digest, image.digest);
    assert.deepEqual(
      blobs.map((blob) => blob.location),
      Array.from({ length: 3 }, () => ({ address, repository: "a" })),
    );
  });

  it("resolveRepositoryManifest refuses an index", async () => {
    const index = layout.index([layout.image({ platform: parsePlatform("linux/arm64") })]);
    await assert.rejects(
      resolveRepositoryManifest(serve().repository, index),
      (error: unknown) => hasCode(error, "ERR_CONTENT_INVALID") && /is an index/.test(error.message),
    );
  });

  it("security row 9: resolveRepositoryManifest refuses a manifest of another size than its descriptor's", async () => {
    const image = layout.image({ platform: parsePlatform("linux/arm64") });
    await assert.rejects(
      resolveRepositoryManifest(serve().repository, { ...image, size: image.size + 1 }),
      (error: unknown) => hasCode(error, "ERR_CONTENT_INVALID"),
    );
  });

  for (const [named, reference] of [
    ["1.0", `${address}/a:1.0`],
    [`sha256:${"0".repeat(64)}`, `${address}/a@sha256:${"0".repeat(64)}`],
  ] as const)
    it(`requireManifest says that ${reference} is not there`, async () => {
      await assert.rejects(
        requireManifest(serve().repository, named),
        (error: unknown) => hasCode(error, "ERR_NOT_FOUND") && error.details.reference === reference,
      );
    });
});
