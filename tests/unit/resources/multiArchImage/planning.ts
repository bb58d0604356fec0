import { digestOf } from "../../../../provider/oci/digest";
import { mediaTypes } from "../../../../provider/oci/mediaTypes";
import { platformFrom } from "../../../../provider/oci/platform";
import { multiArchImageLifecycle } from "../../../../provider/resources/multiArchImage/lifecycle";
import type { PropertyBag } from "../../../../provider/resources/properties/bag";
import { unknownValue } from "../../../../provider/resources/properties/unknown";
import { startProcess, type TestProcess } from "../../../support/context";

/** A PlatformImage as the SDK gives it to an index; equal arguments give equal ones. */
export function described(platform: string, mediaType: string = mediaTypes.ociManifest) {
  const digest = digestOf(Buffer.from(platform + mediaType));
  return {
    descriptor: { mediaType, digest, size: 100, platform: platformFrom(platform) },
    attestationManifests: [],
    address: "localhost:1",
    repository: "team/server",
  };
}

const resource = "urn:pulumi:test::test::multiarch:MultiArchImage::server";

/** Inputs of an index on a registry that is not known yet, so that nothing is asked of any. */
export function planned(images: readonly unknown[], more: PropertyBag = {}): PropertyBag {
  return { registry: { address: unknownValue }, repository: "team/server", tags: ["1.0"], images, ...more };
}

/** The checked inputs of a new index. @throws what check throws. */
export async function check(program: PropertyBag, process: TestProcess = startProcess()): Promise<PropertyBag> {
  return (await multiArchImageLifecycle.check({ ...process.context, resource }, {}, program)).inputs;
}
