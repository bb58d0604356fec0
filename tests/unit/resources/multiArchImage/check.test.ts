import assert from "node:assert/strict";
import { digestOf } from "../../../../provider/oci/digest";
import { mediaTypes } from "../../../../provider/oci/mediaTypes";
import { multiArchImageLifecycle } from "../../../../provider/resources/multiArchImage/lifecycle";
import { unknownValue } from "../../../../provider/resources/properties/unknown";
import { startProcess } from "../../../support/context";
import { check, described, planned } from "./planning";

const amd64 = described("linux/amd64");
const arm64 = described("linux/arm64");

describe("checking a MultiArchImage", () => {
  it("tells the digest, size and platforms of an index on a registry that is not known yet", async () => {
    const { digest, manifestSize, mediaType, platforms } = await check(planned([amd64, arm64]));
    const manifests = [amd64, arm64].map((image) => ({
      mediaType: image.descriptor.mediaType,
      digest: image.descriptor.digest,
      size: 100,
      platform: image.descriptor.platform,
    }));
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }));
    assert.deepEqual(
      { digest, manifestSize, mediaType },
      { digest: digestOf(bytes), manifestSize: bytes.length, mediaType: mediaTypes.ociIndex },
    );
    assert.deepEqual(platforms, {
      "linux/amd64": amd64.descriptor.digest,
      "linux/arm64": arm64.descriptor.digest,
    });
  });

  it("tells the digest while repository and tags are not known", async () => {
    const known = await check(planned([amd64]));
    const unknown = await check(planned([amd64], { repository: unknownValue, tags: unknownValue }));
    assert.equal(unknown["digest"], known["digest"]);
  });

  it("leaves only the digest and its own platform open for an image that is not known", async () => {
    const unknown = { ...arm64, descriptor: { ...arm64.descriptor, digest: unknownValue, size: unknownValue } };
    const { digest, platforms } = await check(planned([amd64, unknown]));
    assert.equal(digest, unknownValue);
    assert.deepEqual(platforms, { "linux/amd64": amd64.descriptor.digest, "linux/arm64": unknownValue });
  });

  it("leaves everything open when the annotations are not known", async () => {
    const { digest, platforms } = await check(planned([amd64], { annotations: { a: unknownValue } }));
    assert.deepEqual([digest, platforms], [unknownValue, unknownValue]);
  });

  it("gives images their declared order, and attestations a place after them", async () => {
    const attestation = {
      ...described("unknown/unknown").descriptor,
      annotations: {
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": amd64.descriptor.digest,
      },
    };
    const withAttestation = { ...amd64, attestationManifests: [attestation] };
    const kept = await check(planned([withAttestation, arm64]));
    const dropped = await check(planned([withAttestation, arm64], { attestations: "drop" }));
    assert.deepEqual(kept["platforms"], dropped["platforms"]);
    assert.equal(dropped["digest"], (await check(planned([amd64, arm64])))["digest"]);
    assert.notEqual(kept["digest"], dropped["digest"]);
  });

  it("takes two Windows images that differ in os.version", async () => {
    const images = [described("windows(10.0.17763.1)/amd64"), described("windows(10.0.20348.1)/amd64")];
    const { platforms } = await check(planned(images));
    assert.deepEqual(Object.keys(Object(platforms)), ["windows(10.0.17763.1)/amd64", "windows(10.0.20348.1)/amd64"]);
  });

  it("puts annotations of the index and of an image into the bytes", async () => {
    const plain = await check(planned([amd64]));
    const ofIndex = await check(planned([amd64], { annotations: { a: "b" } }));
    const ofImage = await check(planned([{ image: amd64, annotations: { a: "b" } }]));
    assert.equal(new Set([plain, ofIndex, ofImage].map(({ digest }) => digest)).size, 3);
  });

  it("takes Docker's format by itself for Docker manifests only", async () => {
    const docker = described("linux/amd64", mediaTypes.dockerManifest);
    assert.equal((await check(planned([docker])))["mediaType"], mediaTypes.dockerManifestList);
    assert.equal((await check(planned([docker, arm64])))["mediaType"], mediaTypes.ociIndex);
    assert.equal((await check(planned([docker], { format: "oci" })))["mediaType"], mediaTypes.ociIndex);
  });

  it("collapses the same image given twice, with a note", async () => {
    const process = startProcess();
    const { digest } = await check(planned([amd64, amd64]), process);
    assert.equal(digest, (await check(planned([amd64])))["digest"]);
    assert.equal(process.warnings.length, 1);
  });

  it("warns of a demanding variant before its baseline", async () => {
    const process = startProcess();
    await check(planned([described("linux/arm/v7"), described("linux/arm/v6")]), process);
    assert.match(
      process.warnings.join(),
      /images\[0\] \(linux\/arm\/v7\) stands before images\[1\] \(linux\/arm\/v6\)/,
    );
  });

  it("takes the digest that was approved", async () => {
    const { digest } = await check(planned([amd64]));
    const inputs = await check(planned([amd64], { expectedDigest: digest }));
    assert.equal(inputs["digest"], digest);
  });

  it("takes an image as its PlatformImage with more said of it", async () => {
    const image = { image: described("linux/arm"), platform: "linux/arm/v7" };
    assert.deepEqual(Object.keys(Object((await check(planned([image])))["platforms"])), ["linux/arm/v7"]);
  });

  it("stays as it is when ignoreChanges holds everything", async () => {
    const process = startProcess();
    const olds = await check(planned([amd64, arm64]), process);
    const context = { ...process.context, resource: "urn:pulumi:test::test::multiarch:MultiArchImage::server" };
    assert.deepEqual(await multiArchImageLifecycle.check(context, olds, { ...olds }), { inputs: olds, failures: [] });
  });

  for (const name of ["digest", "platforms"]) {
    it(`refuses that ignoreChanges holds ${name}, and names the input to hold instead`, async () => {
      const program = planned([described("linux/amd64")]);
      await assert.rejects(check({ ...program, [name]: "held" }), {
        code: "ERR_INPUT_INVALID",
        message: new RegExp(`^${name}: .*ignoreChanges: \\["images"\\]`),
      });
    });
  }
});
