import fc from "fast-check";
import type { Descriptor } from "../../../provider/oci/descriptor";
import type { IndexSpec } from "../../../provider/oci/indexBuild";
import { mediaTypes } from "../../../provider/oci/mediaTypes";
import { type Platform, platformIdentity } from "../../../provider/oci/platform";
import { attestationOf, digestNamed, specOf } from "./entries";

const annotations = fc.dictionary(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), {
  minKeys: 1,
  maxKeys: 4,
  noNullPrototype: true,
});
const artifactType = fc.constantFrom("application/vnd.example+json", "a/b");
const mediaType = fc.constantFrom(mediaTypes.ociManifest, mediaTypes.dockerManifest);

const platform: fc.Arbitrary<Platform> = fc.record(
  {
    os: fc.constantFrom("linux", "windows", "freebsd"),
    architecture: fc.constantFrom("amd64", "arm64", "arm", "s390x"),
    variant: fc.constantFrom("v1", "v6", "v7", "v8", "v9"),
    "os.version": fc.constantFrom("10.0.20348.1", "14"),
    "os.features": fc.uniqueArray(fc.constantFrom("win32k", "a+b", "%"), { minLength: 1 }),
  },
  { requiredKeys: ["os", "architecture"], noNullPrototype: true },
);

const place = fc.record(
  { urls: fc.constant(["https://r.example/x"]), data: fc.constant("e30=") },
  { requiredKeys: [], noNullPrototype: true },
);

const plainImage: fc.Arbitrary<Descriptor> = fc.record(
  {
    mediaType,
    digest: fc.string().map(digestNamed),
    size: fc.maxSafeNat(),
  },
  { noNullPrototype: true },
);

const anyImage: fc.Arbitrary<Descriptor> = fc
  .tuple(
    plainImage,
    fc.record({ platform, annotations, artifactType }, { requiredKeys: [], noNullPrototype: true }),
    place,
  )
  .map(([required, optional, where]) => ({ ...required, ...optional, ...where }));

const dockerImage: fc.Arbitrary<Descriptor> = fc
  .tuple(plainImage, platform)
  .map(([image, itsPlatform]) => ({ ...image, mediaType: mediaTypes.dockerManifest, platform: itsPlatform }));

function imagesOf(image: fc.Arbitrary<Descriptor>): fc.Arbitrary<readonly Descriptor[]> {
  const identity = (descriptor: Descriptor) =>
    descriptor.platform ? platformIdentity(descriptor.platform) : descriptor.digest;
  return fc.uniqueArray(image, { selector: identity, maxLength: 8 });
}

function mixedWithAttestations(images: readonly Descriptor[]): fc.Arbitrary<readonly Descriptor[]> {
  const attestations = images.map((image) => attestationOf(image));
  const all = [...images, ...attestations];
  return fc.shuffledSubarray(all, { minLength: Math.min(images.length, 1) });
}

/** Any specification that {@link buildIndex} accepts: images of both formats, with and without platforms, and attestations. */
export function specifications(): fc.Arbitrary<IndexSpec> {
  const indexFields = fc.record(
    { annotations, artifactType, subject: plainImage },
    { requiredKeys: [], noNullPrototype: true },
  );
  const oci = fc
    .tuple(
      imagesOf(anyImage).chain(mixedWithAttestations),
      fc.constantFrom("auto" as const, "oci" as const),
      indexFields,
    )
    .map(([descriptors, format, fields]) => specOf(descriptors, { ...fields, format }));
  const docker = fc
    .tuple(imagesOf(dockerImage), fc.constantFrom("auto" as const, "oci" as const))
    .map(([descriptors, format]) => specOf(descriptors, { format }));
  return fc.oneof(oci, docker);
}
