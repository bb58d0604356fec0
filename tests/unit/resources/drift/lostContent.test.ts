import assert from "node:assert/strict";
import { findLostBlobs, hasLostBlobs, listedName, lostBlobs } from "../../../../provider/resources/drift/lostContent";
import { digestNamed } from "../../oci/entries";

const [manifest, config, layer] = [digestNamed("manifest"), digestNamed("config"), digestNamed("layer")];
const name = listedName("linux/arm64", manifest);

describe("what drift tells of blobs", () => {
  it("is read back for each manifest by its name, and for the resource's own without one", () => {
    const drift = { latest: "gone", [`blob ${config}`]: "gone", [`blob ${layer} of ${name}`]: "gone" };
    assert.deepEqual(lostBlobs(drift, name), [layer]);
    assert.deepEqual(lostBlobs(drift), [config]);
    assert.deepEqual(lostBlobs(drift, listedName("linux/amd64", manifest)), []);
  });

  it("is told from what it tells of tags and manifests", () => {
    assert.equal(hasLostBlobs({ latest: "gone", [name]: "gone" }), false);
    assert.equal(hasLostBlobs({ [`blob ${layer}`]: "gone" }), true);
  });
});

describe("findLostBlobs", () => {
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const blob = (digest: string, type = "application/vnd.oci.image.layer.v1.tar") => ({
    mediaType: type,
    digest,
    size: 1,
  });

  async function lookedFor(layers: readonly object[]): Promise<readonly string[]> {
    const asked: string[] = [];
    const bytes = Buffer.from(
      JSON.stringify({ schemaVersion: 2, mediaType, config: blob(config, "application/vnd.test+json"), layers }),
    );
    const content = { descriptor: { mediaType, digest: manifest, size: bytes.length }, bytes };
    const hasBlob = async ({ digest }: { readonly digest: string }) => {
      asked.push(digest);
      return true;
    };
    assert.deepEqual(await findLostBlobs({ hasBlob }, content), {});
    return asked;
  }

  it("looks for 128 blobs at most, the config first", async () => {
    const layers = Array.from({ length: 200 }, (_, index) => blob(digestNamed(`layer ${index}`)));
    const asked = await lookedFor(layers);
    assert.deepEqual([asked.length, asked[0]], [128, config]);
  });

  it("looks for no foreign layer: it is elsewhere", async () => {
    const foreign = blob(layer, "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip");
    assert.deepEqual(await lookedFor([foreign]), [config]);
  });
});
