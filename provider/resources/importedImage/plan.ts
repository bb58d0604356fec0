import type { ManifestContent } from "../../distribution/repository";
import { hasCode, ProviderError } from "../../errors";
import type { Descriptor } from "../../oci/descriptor";
import { platformsOf } from "../../oci/indexPlatforms";
import { isIndexMediaType } from "../../oci/mediaTypes";
import { referenceTo } from "../../oci/reference";
import { describedImage } from "../../sources/describedImage";
import { flattenIndexes, indexTree } from "../../sources/indexTree";
import { repositoryStore } from "../../sources/repositoryManifest";
import type { Store } from "../../sources/store";
import type { Context } from "../context";
import type { CopyPlan } from "../copy/copyPlan";
import { recordSource } from "../copy/plannedSource";
import { openSource } from "../process/plannedRepository";
import { inputError } from "../properties/readers";
import { repositoryName } from "../properties/target";
import type { ImportInputs } from "./inputs";
import { type Copy, requirePlatforms, selectPlatforms } from "./platforms";

/** All that the inputs ask for. */
export interface ImportPlan {
  readonly content: ManifestContent;
  readonly tree: CopyPlan;
  /** The digest that the source's reference names. */
  readonly sourceDigest: string;
  /** Digest of each platform's image. */
  readonly platforms: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

/**
 * Works out the exact copy. Of the source, indexes are read, and images where a new index is to vouch for them.
 * @param sourceDigest - what the reference is known to point at; otherwise its tag is looked at.
 * @throws ERR_NOT_FOUND, ERR_PLATFORM_MISSING, ERR_PLATFORM_MISMATCH and ERR_INPUT_INVALID, each with the input's path; what
 * reading throws.
 */
export async function planImport(
  context: Context,
  inputs: ImportInputs,
  sourceDigest: string | undefined,
): Promise<ImportPlan> {
  const { connection, repository: name, tagOrDigest } = inputs.location;
  const repository = openSource(context, inputs.location);
  const wanted = sourceDigest ?? tagOrDigest;
  const root = await repository.getManifest(wanted);
  if (root === undefined) throw sourceNotFound(inputs, wanted);
  recordSource(context, inputs.location, wanted, root.descriptor);
  const store = repositoryStore(repository, root);
  const copy = await (inputs.platforms ? selectPlatforms(store, inputs, root) : copyAll(store, inputs, root));
  requirePlatforms("requiredPlatforms", inputs.image, inputs.requiredPlatforms, copy.images);
  const { digest } = copy.content.descriptor;
  if (inputs.expectedDigest !== undefined && inputs.expectedDigest !== digest)
    throw unexpected(inputs.expectedDigest, digest);
  const source = { connection, repository: name };
  return {
    content: copy.content,
    tree: { source, ...copy.tree },
    sourceDigest: root.descriptor.digest,
    platforms: platformsOf(copy.images),
    notes: copy.notes,
  };
}

async function copyAll(store: Store, { image }: ImportInputs, root: ManifestContent): Promise<Copy> {
  const isIndex = isIndexMediaType(root.descriptor.mediaType);
  const manifests = (await indexTree(store, [root.descriptor])).slice(0, -1);
  const images = isIndex
    ? await flattenIndexes(store, [root.descriptor])
    : [await describedImage(store, root.descriptor, image).catch(unlessUnreadable(root.descriptor))];
  return { content: root, tree: { root, manifests }, images, notes: [] };
}

/** A copy keeps what it cannot read: then its platform is not known. */
function unlessUnreadable(descriptor: Descriptor): (error: unknown) => Descriptor {
  return (error) => {
    if (hasCode(error, "ERR_CONTENT_INVALID") || hasCode(error, "ERR_MEDIA_TYPE_UNSUPPORTED")) return descriptor;
    throw error;
  };
}

/** The error for a source that its registry does not have. */
export function sourceNotFound({ location }: ImportInputs, tagOrDigest: string): ProviderError<"ERR_NOT_FOUND"> {
  const reference = referenceTo(repositoryName(location), tagOrDigest);
  const message = `source.image: ${reference} is not there. Push it first, or correct the reference.`;
  return new ProviderError("ERR_NOT_FOUND", message, { reference });
}

function unexpected(expected: string, digest: string) {
  return inputError(
    "expectedDigest",
    `${expected} was approved, but the copy would be ${digest}. ` +
      "The source has changed since; preview again and approve the new digest, or name the source by its digest.",
  );
}
