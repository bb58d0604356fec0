import assert from "node:assert/strict";
import type { ErrorCode } from "../../../../provider/errors";
import { mediaTypes } from "../../../../provider/oci/mediaTypes";
import type { PropertyBag } from "../../../../provider/resources/properties/bag";
import { startProcess } from "../../../support/context";
import { check, described, planned } from "./planning";

const amd64 = described("linux/amd64");
const docker = described("linux/amd64", mediaTypes.dockerManifest);
const digest = `sha256:${"a".repeat(64)}`;
const otherAmd64 = described("linux/amd64", mediaTypes.dockerManifest);
const otherManifests = (image: typeof docker) => {
  const { platform: _, ...descriptor } = image.descriptor;
  return { ...image, descriptor };
};

/** What a check refuses: the title's rest, the program, the code, and the start of the message, which is the input's path. */
const refusals: readonly (readonly [string, PropertyBag, ErrorCode, string])[] = [
  ["no images", planned([]), "ERR_INPUT_INVALID", "images:"],
  ["an image that is neither text nor object", planned([7]), "ERR_INPUT_INVALID", "images[0]:"],
  [
    "a descriptor without a digest",
    planned([{ descriptor: { mediaType: mediaTypes.ociManifest, size: 1 } }]),
    "ERR_INPUT_INVALID",
    "images[0].descriptor",
  ],
  ["a malformed platform", planned([{ image: amd64, platform: "linux" }]), "ERR_INPUT_INVALID", "images[0].platform:"],
  [
    "a platform with an unknown field",
    planned([{ image: amd64, platform: { os: "linux", architecture: "amd64", osVersion: "1" } }]),
    "ERR_INPUT_INVALID",
    "images[0].platform",
  ],
  [
    "an annotation that is no text",
    planned([{ image: amd64, annotations: { a: 7 } }]),
    "ERR_INPUT_INVALID",
    "images[0].annotations.a:",
  ],
  ["a malformed reference", planned(["Team/Server:1"]), "ERR_INPUT_INVALID", "images[0]:"],
  ["a reference to a whole repository", planned(["localhost:1/team/server"]), "ERR_INPUT_INVALID", "images[0]:"],
  ["a malformed tag in the own repository", planned([":-x"]), "ERR_INPUT_INVALID", "images[0]:"],
  ["a malformed digest in the own repository", planned(["@sha256:x"]), "ERR_INPUT_INVALID", "images[0]:"],
  [
    "a tag where sources are pinned",
    planned(["localhost:1/team/server:1"], { pinSources: true }),
    "ERR_INPUT_INVALID",
    "images[0]:",
  ],
  ["pinSources that is no boolean", planned([amd64], { pinSources: "yes" }), "ERR_INPUT_INVALID", "pinSources:"],
  ["a malformed tag", planned([amd64], { tags: ["1.0", "-1"] }), "ERR_INPUT_INVALID", "tags[1]:"],
  ["a tag listed twice", planned([amd64], { tags: ["1.0", "1.0"] }), "ERR_INPUT_INVALID", "tags[1]:"],
  ["tags that are no list", planned([amd64], { tags: "1.0" }), "ERR_INPUT_INVALID", "tags:"],
  ["a malformed repository", planned([amd64], { repository: "Team" }), "ERR_INPUT_INVALID", "repository:"],
  ["a registry that is a number", planned([amd64], { registry: 7 }), "ERR_INPUT_INVALID", "registry:"],
  [
    "a malformed registry address",
    planned([amd64], { registry: { address: "http://a" } }),
    "ERR_INPUT_INVALID",
    "registry.address:",
  ],
  [
    "a source registry without an address",
    planned([amd64], { sourceRegistries: [{}] }),
    "ERR_INPUT_INVALID",
    "sourceRegistries[0].address:",
  ],
  ["an unknown format", planned([amd64], { format: "tar" }), "ERR_INPUT_INVALID", "format:"],
  ["an unknown onConflict", planned([amd64], { onConflict: "ask" }), "ERR_INPUT_INVALID", "onConflict:"],
  ["an unknown onDelete", planned([amd64], { onDelete: "all" }), "ERR_INPUT_INVALID", "onDelete:"],
  ["an unknown reconcile", planned([amd64], { reconcile: "never" }), "ERR_INPUT_INVALID", "reconcile:"],
  ["an unknown verify", planned([amd64], { verify: "binaries" }), "ERR_INPUT_INVALID", "verify:"],
  ["an unknown attestations", planned([amd64], { attestations: "all" }), "ERR_INPUT_INVALID", "attestations:"],
  [
    "a required platform that is malformed",
    planned([amd64], { requiredPlatforms: ["linux/amd64", ""] }),
    "ERR_INPUT_INVALID",
    "requiredPlatforms[1]:",
  ],
  [
    "a required platform without an image",
    planned([amd64], { requiredPlatforms: ["linux/arm64"] }),
    "ERR_PLATFORM_MISSING",
    "requiredPlatforms:",
  ],
  ["two images of one platform", planned([amd64, otherAmd64]), "ERR_PLATFORM_DUPLICATE", "images[0] and images[1]"],
  [
    "two images of one platform in other words",
    planned([described("linux/arm64"), described("linux/arm64/v8", mediaTypes.dockerManifest)]),
    "ERR_PLATFORM_DUPLICATE",
    "images[0] and images[1]",
  ],
  [
    "a declared platform that is not the image's",
    planned([{ image: amd64, platform: "linux/arm64" }]),
    "ERR_PLATFORM_MISMATCH",
    "images[0].platform:",
  ],
  [
    "another digest than the approved one",
    planned([amd64], { expectedDigest: digest }),
    "ERR_INPUT_INVALID",
    "expectedDigest:",
  ],
  [
    "an approved digest that is malformed",
    planned([amd64], { expectedDigest: "1.0" }),
    "ERR_INPUT_INVALID",
    "expectedDigest:",
  ],
  ["a subject that is no digest", planned([amd64], { subject: "1.0" }), "ERR_INPUT_INVALID", "subject:"],
  [
    "an artifactType that is no media type",
    planned([amd64], { artifactType: "sbom" }),
    "ERR_INPUT_INVALID",
    "artifactType:",
  ],
  ["a childTag without {arch}", planned([amd64], { childTag: "{tag}-{os}" }), "ERR_INPUT_INVALID", "childTag:"],
  [
    "a childTag with an unknown placeholder",
    planned([amd64], { childTag: "{tag}-{arch}-{version}" }),
    "ERR_INPUT_INVALID",
    "childTag:",
  ],
  ["Docker's format with an OCI image", planned([amd64], { format: "docker" }), "ERR_INPUT_INVALID", "images[0]"],
  [
    "Docker's format with annotations",
    planned([docker], { format: "docker", annotations: { a: "b" } }),
    "ERR_INPUT_INVALID",
    "annotations",
  ],
  [
    "Docker's format with annotations of an image",
    planned([{ image: docker, annotations: { a: "b" } }], { format: "docker" }),
    "ERR_INPUT_INVALID",
    "images[0]",
  ],
  [
    "Docker's format with an artifactType",
    planned([docker], { format: "docker", artifactType: "application/x" }),
    "ERR_INPUT_INVALID",
    "artifactType",
  ],
  [
    "Docker's format with an image without a platform",
    planned([otherManifests(docker)], { format: "docker" }),
    "ERR_INPUT_INVALID",
    "images[0]",
  ],
];

describe("checking a MultiArchImage refuses", () => {
  for (const [title, program, code, start] of refusals) {
    it(`${title}: ${start}`, async () => {
      await assert.rejects(check(program), (error) => {
        assert.ok(error instanceof Error);
        assert.equal(Reflect.get(error, "code"), code, error.message);
        assert.ok(error.message.startsWith(start), error.message);
        return true;
      });
    });
  }

  it("more than 1,000 images", async () => {
    const images = Array.from({ length: 1001 }, (_, index) => described(`linux/arch${index}`));
    await assert.rejects(check(planned(images)), { code: "ERR_INPUT_INVALID", message: /^images: .*1000/ });
  });

  it("an index over 4 MiB", async () => {
    const annotations = { a: "x".repeat(4 * 1024 * 1024) };
    await assert.rejects(check(planned([amd64], { annotations })), {
      code: "ERR_CONTENT_TOO_LARGE",
      message: /^images: /,
    });
  });

  it("a tag that another resource of the program has, naming both", async () => {
    const process = startProcess();
    const other = "urn:pulumi:test::test::multiarch:MultiArchImage::other";
    process.context.plan.names.wantTag("localhost:1/team/server", "2.0", other);
    const claimed = planned([amd64], { registry: { address: "localhost:1" }, tags: ["2.0"] });
    await assert.rejects(check(claimed, process), {
      message:
        /^tags: localhost:1\/team\/server:2\.0 is claimed by both MultiArchImage other and MultiArchImage server/,
    });
  });
});
