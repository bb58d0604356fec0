import assert from "node:assert/strict";
import fc from "fast-check";
import { type ErrorCode, hasCode } from "../../../provider/errors";
import type { Descriptor } from "../../../provider/oci/descriptor";
import { digestOf } from "../../../provider/oci/digest";
import { type BuiltIndex, buildIndex, type IndexSpec } from "../../../provider/oci/indexBuild";
import { parseManifest } from "../../../provider/oci/manifest";
import { mediaTypes } from "../../../provider/oci/mediaTypes";
import { parsePlatform } from "../../../provider/oci/platform";
import { attestationOf, bareImage, digestNamed, dockerImage, entriesOf, image, specOf } from "./entries";
import { indexSchemaErrors } from "./schemas/imageSpec";
import { specifications } from "./specifications";

const amd64 = image("linux/amd64");
const arm64 = image("linux/arm64");

function build(descriptors: readonly Descriptor[], fields: Partial<IndexSpec> = {}): BuiltIndex {
  return buildIndex(specOf(descriptors, fields));
}

function textOf(built: BuiltIndex): string {
  return Buffer.from(built.bytes).toString();
}

function refuses(
  code: ErrorCode,
  message: RegExp,
  descriptors: readonly Descriptor[],
  fields?: Partial<IndexSpec>,
): void {
  assert.throws(
    () => build(descriptors, fields),
    (error) => hasCode(error, code) && message.test(error.message),
  );
}

function refusesInput(path: string, descriptors: readonly Descriptor[], fields?: Partial<IndexSpec>): void {
  assert.throws(
    () => build(descriptors, fields),
    (error) =>
      hasCode(error, "ERR_INPUT_INVALID") && error.details.path === path && error.message.startsWith(`${path}: `),
  );
}

describe("buildIndex", () => {
  it("lists images in declared order, then attestations in the order of their images", () => {
    const [ofAmd64, ofArm64, sbomOfAmd64] = [attestationOf(amd64), attestationOf(arm64), attestationOf(amd64, "sbom")];
    const built = build([ofArm64, arm64, ofAmd64, amd64, sbomOfAmd64]);
    assert.deepEqual(built.manifests, [arm64, amd64, ofArm64, ofAmd64, sbomOfAmd64]);
    assert.deepEqual(built.attestations, [ofArm64, ofAmd64, sbomOfAmd64]);
  });

  it("tells the digest of each platform, in the index's order and without attestations", () => {
    const windows = image("windows(10.0.20348.1)/amd64");
    const built = build([arm64, windows, bareImage("sbom"), attestationOf(arm64)]);
    assert.deepEqual(Object.entries(built.platforms), [
      ["linux/arm64", arm64.digest],
      ["windows(10.0.20348.1)/amd64", windows.digest],
    ]);
  });

  it("describes its bytes", () => {
    const built = build([amd64]);
    const expected = { mediaType: mediaTypes.ociIndex, digest: digestOf(built.bytes), size: built.bytes.byteLength };
    assert.deepEqual(built.descriptor, expected);
  });

  it("keeps a source's annotations and artifact type, but not its urls and data", () => {
    const kept = { annotations: { a: "b" }, artifactType: "application/vnd.example+json" };
    const full = image("linux/amd64", { ...kept, urls: ["https://r.example/blob"], data: "e30=" });
    assert.deepEqual(build([full]).manifests, [image("linux/amd64", kept)]);
  });

  it("carries subject, artifact type and annotations of the index", () => {
    const fields = { subject: amd64, artifactType: "application/vnd.example", annotations: { a: "b" } };
    const { bytes, descriptor, manifests } = build([arm64], fields);
    const { mediaType } = descriptor;
    const subject = { digest: amd64.digest };
    assert.deepEqual(parseManifest(bytes, { what: "x" }), { kind: "index", mediaType, manifests, ...fields, subject });
  });

  it("keeps a platform literally", () => {
    const v8 = image("linux/arm64/v8");
    assert.deepEqual(build([v8]).manifests[0]?.platform, { architecture: "arm64", os: "linux", variant: "v8" });
  });

  it("may be empty", () => {
    assert.deepEqual(build([]).manifests, []);
  });

  it("has nothing to say of an ordinary index", () => {
    const { notes, warnings } = build([amd64, arm64, attestationOf(amd64)]);
    assert.deepEqual([notes, warnings], [[], []]);
  });

  describe("platforms", () => {
    for (const [one, other] of [
      ["linux/arm64", "linux/arm64/v8"],
      ["linux/amd64", "linux/x86_64"],
      ["linux/arm", "linux/arm/v7"],
    ] as const) {
      it(`refuses ${one} beside ${other}, naming both inputs and the platform`, () => {
        const message = /^images\[0\] and images\[2\] are both for linux\//;
        refuses("ERR_PLATFORM_DUPLICATE", message, [image(one, {}, "a"), image("linux/s390x"), image(other, {}, "b")]);
      });
    }

    for (const [one, other] of [
      ["linux/amd64", "linux/amd64/v3"],
      ["windows(10.0.17763.1)/amd64", "windows(10.0.20348.1)/amd64"],
      ["linux(+a)/amd64", "linux(+b)/amd64"],
    ] as const) {
      it(`takes ${one} beside ${other}`, () => {
        assert.equal(Object.keys(build([image(one), image(other)]).platforms).length, 2);
      });
    }

    it("takes any number of entries that have no platform or an unknown one", () => {
      const unknown = ["x", "y"].map((name) => image("unknown/unknown", {}, name));
      const entries = [
        bareImage("a"),
        bareImage("b"),
        ...unknown,
        attestationOf(amd64, "a"),
        attestationOf(amd64, "b"),
        amd64,
      ];
      assert.equal(build(entries).manifests.length, entries.length);
    });

    it("takes one image for two platforms", () => {
      const both = build([image("linux/amd64", {}, "same"), image("linux/arm64", {}, "same")]);
      assert.deepEqual(both.platforms, { "linux/amd64": digestNamed("same"), "linux/arm64": digestNamed("same") });
    });

    it("lists a descriptor that is given twice once, and says so", () => {
      const built = build([amd64, arm64, { ...amd64, annotations: {}, urls: ["https://r.example"] }]);
      assert.deepEqual(built.manifests, [amd64, arm64]);
      assert.deepEqual(built.notes, [`images[2] gives ${amd64.digest}, as images[0] does: it is listed once.`]);
    });

    it("refuses one image twice with different annotations", () => {
      refuses("ERR_PLATFORM_DUPLICATE", /images\[0\] and images\[1\]/, [amd64, { ...amd64, annotations: { a: "b" } }]);
    });

    it("leaves out an attestation whose image is not there, and says so", () => {
      const built = build([amd64, attestationOf(arm64)]);
      assert.deepEqual(built.manifests, [amd64]);
      assert.match(
        built.notes.join(),
        /^images\[1\]: the attestation sha256:[0-9a-f]{64} is left out, because its image sha256:/,
      );
    });

    it("leaves out an attestation that names no image, and says so", () => {
      const { "vnd.docker.reference.digest": _, ...annotations } = attestationOf(amd64).annotations ?? {};
      const built = build([amd64, { ...attestationOf(amd64), annotations }]);
      assert.deepEqual(built.manifests, [amd64]);
      assert.match(built.notes.join(), /is left out, because it names no image\.$/);
    });

    it("warns of a more demanding variant before its baseline", () => {
      const { warnings } = build([image("linux/amd64/v3"), arm64, amd64]);
      assert.equal(warnings.length, 1);
      assert.match(warnings.join(), /^images\[0\] \(linux\/amd64\/v3\) stands before images\[2\] \(linux\/amd64\)/);
    });

    it("does not warn of a baseline before its more demanding variants", () => {
      const { warnings } = build(
        ["linux/arm/v6", "linux/arm/v7", "linux/amd64", "linux/amd64/v2"].map((p) => image(p)),
      );
      assert.deepEqual(warnings, []);
    });
  });

  describe("required platforms", () => {
    it("lists what is missing and what is there", () => {
      const requiredPlatforms = ["linux/amd64", "linux/arm64", "windows/amd64"].map(parsePlatform);
      const message =
        /^requiredPlatforms: no image is for linux\/arm64, windows\/amd64; the images are for images\[0\] \(linux\/amd64\)\./;
      refuses("ERR_PLATFORM_MISSING", message, [amd64, bareImage("b")], { requiredPlatforms });
    });

    it("are patterns: what they leave out matches anything", () => {
      const requiredPlatforms = ["windows/amd64", "linux/arm"].map(parsePlatform);
      const images = [image("windows(10.0.20348.1)/amd64"), image("linux/arm/v6")];
      assert.doesNotThrow(() => build(images, { requiredPlatforms }));
    });

    it("are not met by attestations or images without a platform", () => {
      const requiredPlatforms = [parsePlatform("linux/amd64")];
      refuses("ERR_PLATFORM_MISSING", /the images are for no platform/, [bareImage("a")], { requiredPlatforms });
    });
  });

  describe("what it refuses in any format", () => {
    for (const mediaType of [mediaTypes.ociIndex, mediaTypes.dockerManifestList]) {
      it(`security row 23: refuses a nested index of media type ${mediaType}`, () => {
        refusesInput("images[1]", [amd64, image("linux/arm64", { mediaType })]);
      });
    }

    it("security row 23: refuses more than 1,000 entries, attestations included", () => {
      const images = Array.from({ length: 999 }, (_, index) => bareImage(`image ${index}`));
      const attestation = attestationOf(images[0] ?? amd64);
      assert.equal(build([...images, attestation]).manifests.length, 1000);
      refusesInput("images", [...images, amd64, attestation]);
    });

    it("security row 6: refuses to write more than 4 MiB", () => {
      const annotations = { a: "é".repeat(2 * 1024 * 1024) };
      refuses("ERR_CONTENT_TOO_LARGE", /^images: the index would have \d+ bytes/, [amd64], { annotations });
    });

    it("refuses an artifact type that is not a media type", () => {
      refusesInput("artifactType", [amd64], { artifactType: "nonsense" });
    });
  });

  describe("format auto", () => {
    const docker = dockerImage("linux/amd64");

    it("is Docker's for Docker manifests with platforms", () => {
      const built = build([docker, dockerImage("linux/arm64"), dockerImage("unknown/unknown")]);
      assert.equal(built.descriptor.mediaType, mediaTypes.dockerManifestList);
    });

    const needsOci: readonly (readonly [string, readonly Descriptor[], Partial<IndexSpec>])[] = [
      ["an OCI manifest", [docker, arm64], {}],
      ["an attestation", [docker, attestationOf(docker)], {}],
      [
        "an image without a platform",
        [docker, { mediaType: mediaTypes.dockerManifest, digest: amd64.digest, size: 1 }],
        {},
      ],
      ["a descriptor's annotations", [dockerImage("linux/amd64", { annotations: { a: "b" } })], {}],
      ["a descriptor's artifact type", [dockerImage("linux/amd64", { artifactType: "a/b" })], {}],
      ["annotations", [docker], { annotations: { a: "b" } }],
      ["a subject", [docker], { subject: amd64 }],
      ["an artifact type", [docker], { artifactType: "a/b" }],
      ["no images", [], {}],
    ];
    for (const [name, descriptors, fields] of needsOci) {
      it(`is OCI's for ${name}`, () => {
        assert.equal(build(descriptors, fields).descriptor.mediaType, mediaTypes.ociIndex);
      });
    }
  });

  it("takes Docker manifests into an OCI index when format is oci", () => {
    assert.equal(build([dockerImage("linux/amd64")], { format: "oci" }).descriptor.mediaType, mediaTypes.ociIndex);
  });

  describe("format docker", () => {
    const docker = dockerImage("linux/amd64");

    it("takes what Docker's format can carry", () => {
      const built = build([docker], { format: "docker", annotations: {} });
      assert.equal(built.descriptor.mediaType, mediaTypes.dockerManifestList);
    });

    const refused: readonly (readonly [string, string, readonly Descriptor[], Partial<IndexSpec>])[] = [
      ["annotations", "annotations", [docker], { annotations: { a: "b" } }],
      ["a subject", "subject", [docker], { subject: amd64 }],
      ["an artifact type", "artifactType", [docker], { artifactType: "a/b" }],
      ["no images", "images", [], {}],
      ["an OCI manifest", "images[1]", [docker, arm64], {}],
      ["an attestation", "images[1]", [docker, attestationOf(docker)], {}],
      ["a descriptor's annotations", "images[0]", [dockerImage("linux/arm64", { annotations: { a: "b" } })], {}],
      ["a descriptor's artifact type", "images[0]", [dockerImage("linux/arm64", { artifactType: "a/b" })], {}],
      ["a missing platform", "images[1]", [docker, { ...bareImage("a"), mediaType: mediaTypes.dockerManifest }], {}],
    ];
    for (const [name, path, descriptors, fields] of refused) {
      it(`refuses ${name} by the path ${path}`, () => {
        refusesInput(path, descriptors, { ...fields, format: "docker" });
      });
    }
  });

  describe("bytes", () => {
    it("are compact JSON in image-spec's key order, annotations sorted, nothing escaped without need", () => {
      const platform = { variant: "v7", "os.features": ["f"], "os.version": "1.0", os: "linux", architecture: "arm" };
      const descriptor = { platform, artifactType: "a/b", annotations: { b: "<&>", "10": "x", "9": "é\u2028\n" } };
      const child = { ...descriptor, size: 7, digest: amd64.digest, mediaType: mediaTypes.ociManifest };
      const subject = { size: 8, digest: arm64.digest, mediaType: mediaTypes.ociManifest };
      const built = build([child], {
        annotations: { "\u{1f600}": "1", "\uffee": "2", A: "3" },
        subject,
        artifactType: "c/d",
      });
      assert.equal(
        textOf(built),
        `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","artifactType":"c/d","manifests":[` +
          `{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"${amd64.digest}","size":7,` +
          `"annotations":{"10":"x","9":"é\u2028\\n","b":"<&>"},"platform":{"architecture":"arm","os":"linux",` +
          `"os.version":"1.0","os.features":["f"],"variant":"v7"},"artifactType":"a/b"}],` +
          `"subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"${arm64.digest}","size":8},` +
          `"annotations":{"A":"3","\uffee":"2","\u{1f600}":"1"}}`,
      );
    });

    it("leave empty fields out", () => {
      const platform = { architecture: "amd64", os: "linux", "os.version": "", "os.features": [], variant: "" };
      const empty = { ...amd64, platform, annotations: {}, artifactType: "" };
      assert.equal(textOf(build([empty], { annotations: {}, artifactType: "" })), textOf(build([amd64])));
    });

    // Any change of these digests is a change of every user's index: it needs a major version.
    const golden: readonly (readonly [string, Partial<IndexSpec>, readonly Descriptor[], string])[] = [
      ["two images", {}, [amd64, arm64], "107f41a3a2555586f87c73fd94c99609e9f2c05f1012ef164e060be9afa186fe"],
      [
        "two images in Docker format",
        {},
        [dockerImage("linux/amd64"), dockerImage("linux/arm64/v8")],
        "1f44daa6d17fc69fd29923721fe1594f54b7a2e10b48a34a1ae2f99ffc2fcf36",
      ],
      [
        "an image with an attestation",
        {},
        [arm64, attestationOf(arm64)],
        "087754fd1cdbe9b2c401f792e65c4cd916f491a5db7ac1e87fa5f3f2f4efeec5",
      ],
      [
        "annotations",
        { annotations: { "org.opencontainers.image.version": "1.4.0", "1": "é" } },
        [amd64],
        "cf14f507bb06db773094856207a6f098618770b68526281ada3323866f1d282c",
      ],
      [
        "Windows with version and features",
        {},
        [image("windows(10.0.20348.1+win32k)/amd64")],
        "65618205ff7955b4bd9cddc47b63c350a9cfa0e8ede82d5f8a35996b84e7d2fd",
      ],
      ["nothing", {}, [], "dff9de10919148711140d349bf03f1a99eb06f94b03e51715ccebfa7cdc518e2"],
    ];
    for (const [name, fields, descriptors, digest] of golden) {
      it(`have the digest that they always had for ${name}`, () => {
        assert.equal(build(descriptors, fields).descriptor.digest, `sha256:${digest}`);
      });
    }

    it("are the same however keys and annotations of the same specification were put together", () => {
      const reversed = (_key: string, value: unknown): unknown =>
        typeof value === "object" && value !== null && !Array.isArray(value)
          ? Object.fromEntries(Object.entries(value).reverse())
          : value;
      fc.assert(
        fc.property(specifications(), (spec) => {
          const again: IndexSpec = JSON.parse(JSON.stringify(spec), reversed);
          assert.deepEqual(buildIndex(again).bytes, buildIndex(spec).bytes);
        }),
      );
    });

    it("are the same wherever attestations came in between the images", () => {
      const attestations = [attestationOf(arm64), attestationOf(amd64)];
      const images = [amd64, arm64, image("linux/s390x")];
      fc.assert(
        fc.property(fc.shuffledSubarray([...attestations, ...images], { minLength: 5 }), (mixed) => {
          const inOrder = [...mixed.filter((d) => attestations.includes(d)), ...images];
          assert.deepEqual(build(inOrder).bytes, build([...images, ...attestations]).bytes);
        }),
      );
    });

    it("are the same in whatever order the inputs were resolved", async () => {
      const descriptors = [amd64, arm64, image("linux/s390x"), image("linux/riscv64")];
      const expected = build(descriptors).bytes;
      await fc.assert(
        fc.asyncProperty(fc.scheduler(), async (scheduler) => {
          const resolving = Promise.all(
            descriptors.map((descriptor) => scheduler.schedule(Promise.resolve(descriptor))),
          );
          await scheduler.waitAll();
          assert.deepEqual(build(await resolving).bytes, expected);
        }),
      );
    });
  });

  describe("whatever the specification", () => {
    const property = (check: (built: BuiltIndex, spec: IndexSpec) => void) =>
      fc.assert(fc.property(specifications(), (spec) => check(buildIndex(spec), spec)));

    it("gives an index that image-spec's schema finds valid", () => {
      property((built) => assert.deepEqual(indexSchemaErrors(built.bytes), []));
    });

    it("gives the same index again", () => {
      property((built, spec) => assert.deepEqual(buildIndex(spec), built));
    });

    it("gives bytes that parse to the same descriptors, annotations, subject and artifact type", () => {
      property((built, { annotations, subject, artifactType }) => {
        const { mediaType } = built.descriptor;
        const about = subject && { digest: subject.digest };
        const { manifests } = built;
        const expected = { kind: "index", mediaType, manifests, annotations, subject: about, artifactType };
        const parsed = parseManifest(built.bytes, { mediaType, what: "x" });
        assert.deepEqual({ annotations: undefined, subject: undefined, artifactType: undefined, ...parsed }, expected);
      });
    });

    it("names each platform once", () => {
      property((built) => {
        const images = built.manifests.filter(({ platform }) => platform !== undefined && platform.os !== "unknown");
        assert.equal(Object.keys(built.platforms).length, images.length);
      });
    });

    it("gives what it was given, listed in the same order, when that is built again", () => {
      property((built, spec) => {
        const again = buildIndex({ ...spec, entries: entriesOf(...built.manifests) });
        assert.deepEqual(again.bytes, built.bytes);
      });
    });
  });
});
