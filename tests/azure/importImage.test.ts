import assert from "node:assert/strict";
import { type ImageImport, importImage } from "../../provider/azure/importImage";
import { hasCode, hasRegistryCode } from "../../provider/errors";
import { type LocalRegistry, startRegistry } from "../support/registries";
import type { ArmOptions } from "./arm";
import { contentOf, digestOf } from "./content";
import { type AzureStandIn, azureClock, connectTo, startAzure } from "./world";

describe("importImage", function () {
  this.timeout(30_000);
  let source: LocalRegistry;
  let target: LocalRegistry;
  let azure: AzureStandIn;
  let digest: string;

  before(async () => {
    [source, target] = await Promise.all([startRegistry({ version: 3 }), startRegistry({ version: 3 })]);
    digest = await pushIndex(source.url, 2);
  });
  after(() => Promise.all([source.stop(), target.stop()]));
  afterEach(() => azure.stop());

  const start = async (options: Partial<ArmOptions> = {}) => {
    azure = await startAzure({
      registries: [
        { name: "source", loginServer: source.address, url: source.url },
        { name: "target", loginServer: target.address, url: target.url },
      ],
      ...options,
    });
  };
  const request = (fields: Partial<ImageImport> = {}): ImageImport => ({
    registryId: azure.arm.registryId("target"),
    source: { resourceId: azure.arm.registryId("source") },
    repository: "team/app",
    digest,
    targetTags: ["team/app:1"],
    mode: "Force",
    ...fields,
  });
  const bodies = () => azure.arm.imports();
  const imported = async (repository: string, reference: string) => {
    const manifest = await contentOf(target.url, repository).manifest(reference);
    return manifest && digestOf(manifest.bytes);
  };

  it("brings an index with its images, whose digest stays", async () => {
    await start();
    await importImage(connectTo(azure).arm, request());
    assert.equal(await imported("team/app", "1"), digest);
  });

  it("asks by digest, with the source's resource id and the mode that was asked for", async () => {
    await start();
    await importImage(connectTo(azure).arm, request());
    assert.deepEqual(bodies(), [
      {
        source: { resourceId: azure.arm.registryId("source"), sourceImage: `team/app@${digest}` },
        targetTags: ["team/app:1"],
        mode: "Force",
      },
    ]);
  });

  it("asks at the address that Azure names, as often as it says that it has not ended, after the pause that it asks for", async () => {
    await start({ retryAfterSeconds: 7, polls: 3 });
    const clock = azureClock();
    const begin = clock.now();
    await importImage(connectTo(azure, clock).arm, request());
    assert.equal(clock.now() - begin, 3 * 7000);
  });

  it("gives up after an hour", async () => {
    await start({ retryAfterSeconds: 600, polls: 100 });
    await assert.rejects(importImage(connectTo(azure).arm, request()), (error) => hasCode(error, "ERR_TIMEOUT"));
    assert.equal(azure.arm.requests.length, 7);
  });

  for (const failsBy of ["refusal", "operation"] as const) {
    it(`fails with Azure's code when a tag exists and may not be moved (assumed: told by the ${failsBy})`, async () => {
      await start({ failsBy });
      await importImage(connectTo(azure).arm, request());
      await assert.rejects(
        importImage(connectTo(azure).arm, request({ mode: "NoForce" })),
        (error) => hasRegistryCode(error, "Conflict") && /Tag team\/app:1 already exists/.test(error.message),
      );
    });
  }

  it("brings an image into repositories without a tag", async () => {
    await start();
    const places = { targetTags: [], untaggedTargetRepositories: ["team/untagged"] };
    await importImage(connectTo(azure).arm, request(places));
    assert.equal(await imported("team/untagged", digest), digest);
  });

  it("sends credentials of another registry to Azure alone", async () => {
    await start();
    const credentials = { username: "robot", password: "canary-of-the-source" };
    await importImage(connectTo(azure).arm, request({ source: { address: source.address, credentials } }));
    assert.deepEqual(bodies(), [
      {
        source: { registryUri: source.address, credentials, sourceImage: `team/app@${digest}` },
        targetTags: ["team/app:1"],
        mode: "Force",
      },
    ]);
  });

  it("fails with Azure's code for an image of more than 50 manifests", async () => {
    await start();
    const large = await pushIndex(source.url, 51);
    await assert.rejects(importImage(connectTo(azure).arm, request({ digest: large })), (error) =>
      hasRegistryCode(error, "TooManyManifests"),
    );
  });

  it("does not send its token to an address outside of Azure Resource Manager", async () => {
    await start();
    azure.arm.refuseNext("/importImage", 202, "", { location: `${source.url}/operationResults/1` });
    await assert.rejects(importImage(connectTo(azure).arm, request()), (error) =>
      hasCode(error, "ERR_ADDRESS_REFUSED"),
    );
  });
});

/** An index of so many images without layers. */
async function pushIndex(url: string, images: number): Promise<string> {
  const content = contentOf(url, "team/app");
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifests = [];
  for (let number = 0; number < images; number++) {
    const config = Buffer.from(
      JSON.stringify({ architecture: `arch${number}`, os: "linux", rootfs: { type: "layers", diff_ids: [] } }),
    );
    const descriptor = {
      mediaType: "application/vnd.oci.image.config.v1+json",
      digest: await content.putBlob(config),
      size: config.length,
    };
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config: descriptor, layers: [] }));
    await content.putManifest(digestOf(bytes), { mediaType, bytes });
    manifests.push({ mediaType, digest: digestOf(bytes), size: bytes.length });
  }
  const indexType = "application/vnd.oci.image.index.v1+json";
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests }));
  await content.putManifest(digestOf(bytes), { mediaType: indexType, bytes });
  return digestOf(bytes);
}
