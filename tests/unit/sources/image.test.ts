import assert from "node:assert/strict";
import { join } from "node:path";
import type { RegistryConnection } from "../../../provider/distribution/connection";
import { hasCode } from "../../../provider/errors";
import { parsePlatform } from "../../../provider/oci/platform";
import { resolveImage } from "../../../provider/sources/image";
import type { ImageSource } from "../../../provider/sources/source";
import { type Layout, makeLayout } from "../../support/layouts";
import { fakeRegistry } from "./fakeRegistry";
import { bytesOf } from "./streams";

const amd64 = parsePlatform("linux/amd64");
const arm64 = parsePlatform("linux/arm64");
const address = "r.example.com";

describe("resolveImage", () => {
  let layout: Layout;
  beforeEach(() => {
    layout = makeLayout();
  });
  afterEach(() => layout.remove());

  const world = (tags: Parameters<typeof fakeRegistry>[3], environment: Record<string, string> = {}) => {
    const registry = fakeRegistry(address, "team/server", layout, tags);
    const connections: RegistryConnection[] = [];
    const connect = (connection: RegistryConnection) => {
      connections.push(connection);
      return registry.client;
    };
    return { environment, registry: connect, requests: registry.requests, connections };
  };

  it("asks once for the tag's manifest and once for its config, and for no layer", async () => {
    const image = layout.image({ platform: arm64 });
    const there = world({ "1.0": image });
    const resolved = await resolveImage({ image: `${address}/team/server:1.0` }, arm64, there);
    assert.equal(resolved.manifest.descriptor.digest, image.digest);
    assert.deepEqual(resolved.configPlatform, arm64);
    assert.deepEqual(there.requests, ["manifest 1.0", `config ${resolved.configDigest}`]);
  });

  it("security row 16: asks for everything below a tag's index by digest", async () => {
    const [one, two] = [layout.image({ platform: amd64 }), layout.image({ platform: arm64 })];
    const attestation = layout.attestation(two);
    const there = world({ "1.0": layout.index([one, two, attestation]) });
    const resolved = await resolveImage({ image: `${address}/team/server:1.0` }, arm64, there);
    assert.deepEqual(there.requests, [
      "manifest 1.0",
      `manifest ${two.digest}`,
      `config ${resolved.configDigest}`,
      `manifest ${attestation.digest}`,
    ]);
    assert.equal(resolved.attestations[0]?.manifest.descriptor.digest, attestation.digest);
    assert.equal(resolved.attestations[0]?.blobs.length, 2);
  });

  it("looks at a tag again in a later process, and asks for nothing below it that the cache has", async () => {
    const cached = { PULUMI_MULTIARCH_CACHE_DIR: join(layout.directory, "cache") };
    const tags = { "1.0": layout.index([layout.image({ platform: amd64 }), layout.image({ platform: arm64 })]) };
    const source = { image: `${address}/team/server:1.0` };
    const first = await resolveImage(source, arm64, world(tags, cached));
    const later = world(tags, cached);
    assert.deepEqual((await resolveImage(source, arm64, later)).manifest, first.manifest);
    assert.deepEqual(later.requests, ["manifest 1.0"]);
  });

  it("leaves attestations out where that is wanted", async () => {
    const image = layout.image({ platform: arm64 });
    const there = world({ "1.0": layout.index([image, layout.attestation(image)]) });
    const source: ImageSource = { image: `${address}/team/server:1.0`, attestations: "drop" };
    assert.deepEqual((await resolveImage(source, arm64, there)).attestations, []);
  });

  it("asks by the digest where a reference has both a tag and a digest", async () => {
    const image = layout.image({ platform: arm64 });
    const there = world({});
    await resolveImage({ image: `${address}/team/server:1.0@${image.digest}` }, arm64, there);
    assert.equal(there.requests[0], `manifest ${image.digest}`);
  });

  it("takes `latest` where a reference has neither tag nor digest", async () => {
    const there = world({ latest: layout.image({ platform: arm64 }) });
    await resolveImage({ image: `${address}/team/server` }, arm64, there);
    assert.equal(there.requests[0], "manifest latest");
  });

  it("tells where each blob already is, and opens it from there", async () => {
    const there = world({ "1.0": layout.image({ platform: arm64 }) });
    const { blobs } = await resolveImage({ image: `${address}/team/server:1.0` }, arm64, there);
    for (const { descriptor, location, open } of blobs) {
      assert.deepEqual(location, { address, repository: "team/server" });
      assert.equal((await bytesOf(await open())).length, descriptor.size);
    }
    assert.equal(there.requests.at(-1), `blob ${blobs.at(-1)?.descriptor.digest}`);
  });

  it("uses the given connection, else one of the reference's address alone", async () => {
    const there = world({ latest: layout.image({ platform: arm64 }) });
    const connection = { address, credentials: { anonymous: true } } as const;
    await resolveImage({ image: `${address}/team/server`, registry: connection }, arm64, there);
    await resolveImage({ image: `${address}/team/server` }, arm64, there);
    assert.deepEqual(there.connections, [connection, { address }]);
  });

  it("refuses a connection to another registry, naming both, before it is used", async () => {
    const there = world({});
    const source = { image: `${address}/team/server`, registry: { address: "other.example.com" } };
    await assert.rejects(
      resolveImage(source, arm64, there),
      (error: unknown) =>
        hasCode(error, "ERR_INPUT_INVALID") &&
        error.details.path === "source.registry" &&
        error.message.includes(`on ${address}, but source.registry is other.example.com`),
    );
    assert.deepEqual(there.connections, []);
  });

  it("refuses a malformed reference, naming source.image", async () => {
    await assert.rejects(
      resolveImage({ image: "Not A Reference" }, arm64, world({})),
      (error: unknown) => hasCode(error, "ERR_INPUT_INVALID") && error.details.path === "source.image",
    );
  });

  it("says which reference the registry does not have", async () => {
    await assert.rejects(
      resolveImage({ image: `${address}/team/server:2.0` }, arm64, world({})),
      (error: unknown) => hasCode(error, "ERR_NOT_FOUND") && error.details.reference === `${address}/team/server:2.0`,
    );
  });

  it("says which child of an index the registry does not have", async () => {
    const image = layout.image({ platform: arm64 });
    const there = world({ "1.0": layout.index([image]) });
    layout.damage(image.digest, "missing");
    await assert.rejects(
      resolveImage({ image: `${address}/team/server:1.0` }, arm64, there),
      (error: unknown) =>
        hasCode(error, "ERR_NOT_FOUND") && error.details.reference === `${address}/team/server@${image.digest}`,
    );
  });

  it("security row 9: refuses a config of other bytes than its digest says", async () => {
    const there = world({ "1.0": layout.image({ platform: arm64 }) });
    const source = { image: `${address}/team/server:1.0` };
    const { configDigest } = await resolveImage(source, arm64, there);
    layout.damage(configDigest, "altered");
    await assert.rejects(
      resolveImage(source, arm64, there),
      (error: unknown) => hasCode(error, "ERR_DIGEST_MISMATCH") && error.message.includes(`${address}/team/server`),
    );
  });

  it("security row 4: never fetches a foreign layer, nor lists it among the blobs", async () => {
    const digest = `sha256:${"f".repeat(64)}`;
    const mediaType = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip";
    const foreign = { mediaType, digest, size: 99, urls: ["https://elsewhere.example.com/layer"] };
    const there = world({ "1.0": layout.image({ platform: arm64, furtherLayers: [foreign] }) });
    const { blobs, layers } = await resolveImage({ image: `${address}/team/server:1.0` }, arm64, there);
    assert.deepEqual([layers.includes(digest), blobs.some((blob) => blob.descriptor.digest === digest)], [true, false]);
    assert.equal(there.requests.length, 2);
  });
});
