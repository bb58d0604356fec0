import type { Descriptor } from "../../../provider/oci/descriptor";
import { digestOf } from "../../../provider/oci/digest";
import type { IndexEntry, IndexSpec } from "../../../provider/oci/indexSpec";
import { mediaTypes } from "../../../provider/oci/mediaTypes";
import { parsePlatform } from "../../../provider/oci/platform";

/** A digest that depends on a name alone. */
export function digestNamed(name: string): string {
  return digestOf(Buffer.from(name));
}

/** The descriptor of an image in OCI format; its digest depends on `name`, or else on the platform. */
export function image(platform: string, fields: Partial<Descriptor> = {}, name = platform): Descriptor {
  return {
    mediaType: mediaTypes.ociManifest,
    digest: digestNamed(name),
    size: 500 + name.length,
    platform: parsePlatform(platform),
    ...fields,
  };
}

/** The same as {@link image} in Docker format. */
export function dockerImage(platform: string, fields: Partial<Descriptor> = {}): Descriptor {
  return image(platform, { mediaType: mediaTypes.dockerManifest, ...fields });
}

/** An image without a platform. */
export function bareImage(name: string): Descriptor {
  return { mediaType: mediaTypes.ociManifest, digest: digestNamed(name), size: 7 };
}

/** BuildKit's attestation of an image. */
export function attestationOf(subject: Descriptor, name = "provenance"): Descriptor {
  return {
    mediaType: mediaTypes.ociManifest,
    digest: digestNamed(`${name} of ${subject.digest}`),
    size: 840,
    annotations: {
      "vnd.docker.reference.digest": subject.digest,
      "vnd.docker.reference.type": "attestation-manifest",
    },
    platform: { architecture: "unknown", os: "unknown" },
  };
}

/** Descriptors as the inputs `images[0]`, `images[1]` and so on. */
export function entriesOf(...descriptors: readonly Descriptor[]): readonly IndexEntry[] {
  return descriptors.map((descriptor, index) => ({ descriptor, path: `images[${index}]` }));
}

/** A specification of an index over descriptors, with format `auto`. */
export function specOf(descriptors: readonly Descriptor[], fields: Partial<IndexSpec> = {}): IndexSpec {
  return { entries: entriesOf(...descriptors), format: "auto", ...fields };
}
