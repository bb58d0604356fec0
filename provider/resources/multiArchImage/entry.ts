import type { Descriptor } from "../../oci/descriptor";
import { entryLabel } from "../../oci/entryLabel";
import type { Platform } from "../../oci/platform";
import { assertAgreement } from "../../oci/platformAgreement";
import { completePlatform } from "../../oci/platformComparison";
import { listedName } from "../drift/lostContent";
import { memberPath } from "../properties/readers";
import type { Target } from "../properties/target";
import type { ImageInput, UnknownImage } from "./inputs";

/** One of the declared images as the index will carry it; an index as source has become several. */
export interface ResolvedEntry {
  /** The input's path, for errors. */
  readonly path: string;
  readonly descriptor: Descriptor;
  /** The repository that holds it, when that is known. */
  readonly source: Target | undefined;
}

/** One of `images`, resolved. */
export interface ResolvedInput {
  readonly entries: readonly ResolvedEntry[];
  /** The digest of its reference, by the reference as written. */
  readonly sources: Readonly<Record<string, string>>;
}

/** The name of each entry in drift, by digest. */
export function listedNames(entries: readonly ResolvedEntry[]): ReadonlyMap<string, string> {
  const descriptors = entries.map(({ descriptor }) => descriptor);
  return new Map(
    descriptors.map((descriptor) => [
      descriptor.digest,
      listedName(entryLabel(descriptor, descriptors), descriptor.digest),
    ]),
  );
}

/**
 * The descriptor as the index carries it: the image's own platform, completed by the declared one, and the declared
 * annotations beside its own.
 * @param found - the platform that the image itself tells.
 * @throws ERR_PLATFORM_MISMATCH when the declared one contradicts it.
 */
export function describe(
  image: Exclude<ImageInput, UnknownImage>,
  descriptor: Descriptor,
  found: Platform | undefined,
): Descriptor {
  const declared = image.platform;
  if (declared && found) assertAgreement(declared, found, memberPath(image.path, "platform"), "the image");
  const platform = declared ? completePlatform(found, declared) : found;
  const annotations = { ...descriptor.annotations, ...image.annotations };
  return {
    ...descriptor,
    ...(Object.keys(annotations).length > 0 && { annotations }),
    ...(platform && { platform }),
  };
}
