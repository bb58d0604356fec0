import assert from "node:assert/strict";
import { readManifests } from "../../provider/functions/readManifests";
import { mediaTypes } from "../../provider/oci/mediaTypes";
import { blobOf, manifestOf, uniqueName } from "../registry/distribution/content";
import { type Acr, startAcr } from "./acr";
import { fullAccess } from "./acrTokens";
import { acrClient, clientId, clientSecret, secretEnvironment } from "./clients";
import { type Entra, startEntra } from "./entra";

describe("listing the manifests of an Azure registry", () => {
  const readerId = "44445555-eeee-6666-ffff-7777aaaa8888";
  let entra: Entra;
  let acr: Acr;
  before(async () => {
    entra = await startEntra({
      applications: { [clientId]: { secret: clientSecret }, [readerId]: { secret: clientSecret } },
    });
    acr = await startAcr({ entra, principals: { [clientId]: fullAccess, [readerId]: { "*": ["pull"] } } });
  });
  after(async () => {
    await acr.stop();
    await entra.stop();
  });

  const open = (name: string, more: Readonly<Record<string, string>> = {}) =>
    acrClient(acr, { credentials: { azure: {} }, environment: { ...secretEnvironment(entra), ...more } }).repository(
      name,
    );

  /** Pushes an image for linux/arm/v7, an index over it under 1.0 and latest, and another image without a tag, in this order. */
  async function seed(name: string) {
    const repository = open(name);
    const push = async (variant: string) => {
      const config = blobOf(
        Buffer.from(JSON.stringify({ architecture: "arm", os: "linux", variant, rootfs: {}, of: name })),
      );
      const layer = blobOf(Buffer.from("twelve bytes"));
      for (const blob of [config, layer]) await repository.pushBlob(blob);
      const document = {
        config: { ...config.descriptor, mediaType: mediaTypes.ociConfig },
        layers: [layer.descriptor],
      };
      const manifest = manifestOf(document, mediaTypes.ociManifest);
      await repository.putManifest(manifest.descriptor.digest, manifest);
      return { ...manifest.descriptor, size: config.descriptor.size + 12, bytes: manifest.bytes.length };
    };
    const v7 = await push("v7");
    const { mediaType, digest, bytes } = v7;
    const platform = { architecture: "arm", os: "linux", variant: "v7" };
    const index = manifestOf({ manifests: [{ mediaType, digest, size: bytes, platform }] }, mediaTypes.ociIndex);
    for (const tag of ["1.0", "latest"]) await repository.putManifest(tag, index);
    const v6 = await push("v6");
    return { v7, v6, index: index.descriptor };
  }

  it("tells of every manifest, the newest first, with tags, times, sizes, and platforms with their variant", async () => {
    const name = uniqueName();
    const { v7, v6, index } = await seed(name);
    const isTime = (text: string | undefined) => !Number.isNaN(Date.parse(text ?? ""));
    const found = await readManifests(open(name));
    assert.deepEqual(
      found.map(({ createdTime, lastUpdateTime, ...listing }) => ({
        ...listing,
        times: [createdTime, lastUpdateTime].every(isTime),
      })),
      [
        {
          digest: v6.digest,
          mediaType: mediaTypes.ociManifest,
          tags: [],
          platforms: ["linux/arm/v6"],
          size: v6.size,
          times: true,
        },
        {
          digest: index.digest,
          mediaType: mediaTypes.ociIndex,
          tags: ["1.0", "latest"],
          platforms: ["linux/arm/v7"],
          size: v7.size,
          times: true,
        },
        {
          digest: v7.digest,
          mediaType: mediaTypes.ociManifest,
          tags: [],
          platforms: ["linux/arm/v7"],
          size: v7.size,
          times: true,
        },
      ],
    );
  });

  it("reads the config of those images only that no index lists", async () => {
    const name = uniqueName();
    await seed(name);
    acr.reset();
    await readManifests(open(name));
    assert.equal(acr.lines().filter((line) => line.includes("/blobs/")).length, 1);
  });

  it("tells of what is under tags, without times, to whoever may pull but not read metadata", async () => {
    const name = uniqueName();
    const { v7, index } = await seed(name);
    const found = await readManifests(open(name, { ARM_CLIENT_ID: readerId }));
    assert.deepEqual(
      found.map(({ digest, createdTime }) => [digest, createdTime]),
      [
        [index.digest, undefined],
        [v7.digest, undefined],
      ],
    );
  });

  it("says that there is no such repository", async () => {
    await assert.rejects(
      readManifests(open(uniqueName())),
      /There is no repository localhost:\d+\/team\/.* answered 404/,
    );
  });
});
