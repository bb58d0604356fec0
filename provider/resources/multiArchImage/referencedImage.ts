import { ProviderError } from "../../errors";
import { isAttestation } from "../../oci/attestation";
import type { Descriptor } from "../../oci/descriptor";
import { isIndexMediaType } from "../../oci/mediaTypes";
import { formatPlatform } from "../../oci/platform";
import { matchesPlatform } from "../../oci/platformComparison";
import { describedImage } from "../../sources/describedImage";
import { flattenIndexes } from "../../sources/indexTree";
import { repositoryStore } from "../../sources/repositoryManifest";
import type { Store } from "../../sources/store";
import type { Context } from "../context";
import { recordSource } from "../copy/plannedSource";
import { openSource } from "../process/plannedRepository";
import type { ResolvedInput } from "./entry";
import { describe } from "./entry";
import type { IndexInputs, ReferencedImage } from "./inputs";
import type { Located } from "./sourceReference";
import { sourceNotFound } from "./sources";

/**
 * Finds out what a reference is: one image, or an index whose images are taken one by one, nested ones too.
 * @param pin - the digest that it is known to point at; otherwise its tag is looked at.
 * @throws ERR_PLATFORM_MISMATCH, ERR_PLATFORM_MISSING and ERR_NOT_FOUND with the image's path; what reading throws.
 */
export async function resolveReference(
  context: Context,
  index: IndexInputs,
  image: ReferencedImage,
  { source, tagOrDigest }: Located,
  pin: string | undefined,
): Promise<ResolvedInput> {
  const repository = openSource(context, source);
  const wanted = pin ?? tagOrDigest;
  const believed =
    index.verify === "none" && image.platform !== undefined ? await repository.headManifest(wanted) : undefined;
  if (believed && !isIndexMediaType(believed.mediaType)) {
    recordSource(context, source, wanted, believed);
    const descriptor = describe(image, believed, undefined);
    return { entries: [{ path: image.path, source, descriptor }], sources: { [image.reference]: believed.digest } };
  }
  const content = (await repository.getManifest(wanted)) ?? sourceNotFound(image, source, wanted);
  recordSource(context, source, wanted, content.descriptor);
  const store = repositoryStore(repository, content);
  const leaves = (await flattenIndexes(store, [content.descriptor])).filter((leaf) => isWanted(index, image, leaf));
  if (leaves.every(isAttestation)) throw nothingChosen(image);
  const descriptors = await Promise.all(leaves.map((leaf) => describeLeaf(store, index, image, leaf)));
  const entries = descriptors.map((descriptor) => ({ path: image.path, source, descriptor }));
  return { entries, sources: { [image.reference]: content.descriptor.digest } };
}

function isWanted(index: IndexInputs, { platform }: ReferencedImage, leaf: Descriptor): boolean {
  if (isAttestation(leaf)) return index.attestations === "keep";
  return !platform || !leaf.platform || matchesPlatform(platform, leaf.platform);
}

function nothingChosen({ path, reference, platform }: ReferencedImage): ProviderError {
  const wanted = platform ? formatPlatform(platform) : "any platform";
  return new ProviderError(
    "ERR_PLATFORM_MISSING",
    `${path}: the index ${reference} has no image for ${wanted}; \`multiarch inspect ${reference}\` tells what it has.`,
    { platform: wanted },
  );
}

/** An image's descriptor with the platform that its config tells; an index that lists it under another one is refused. */
async function describeLeaf(
  store: Store,
  index: IndexInputs,
  image: ReferencedImage,
  leaf: Descriptor,
): Promise<Descriptor> {
  if (isAttestation(leaf)) return leaf;
  const told = image.platform ?? leaf.platform;
  if (index.verify === "none" && told) return describe(image, leaf, leaf.platform);
  const described = await describedImage(store, leaf, `${image.path}: in ${image.reference}`);
  return describe(image, described, described.platform);
}
