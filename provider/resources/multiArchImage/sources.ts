import { ProviderError } from "../../errors";
import { isDigest } from "../../oci/digest";
import { referenceTo } from "../../oci/reference";
import type { Context } from "../context";
import { assertUnmoved, recordSource } from "../copy/plannedSource";
import { isNotKnownYet, openSource } from "../process/plannedRepository";
import { withInputPath } from "../properties/inputPath";
import type { Target } from "../properties/target";
import { repositoryName } from "../properties/target";
import type { IndexInputs, ReferencedImage } from "./inputs";
import type { Located } from "./sourceReference";
import { locate } from "./sourceReference";

/**
 * Resolves again the references that the last check has resolved: one HEAD for each tag. A digest cannot point anywhere else.
 * @param last - digests, by the reference as written.
 * @returns the digests that these references point at now.
 * @throws ERR_NOT_FOUND with the image's path when a tag is gone.
 */
export async function observeSources(
  context: Context,
  index: IndexInputs,
  target: Target | undefined,
  last: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const heads = index.images.map(async (image) => {
    if (!("reference" in image) || last[image.reference] === undefined) return [];
    const located = locate(image, target, index.sourceRegistries);
    if (located === undefined || isNotKnownYet(context, { ...located.source, ...located })) return [];
    return [[image.reference, await digestAt(context, image, located)]];
  });
  return Object.fromEntries((await Promise.all(heads)).flat());
}

/**
 * Makes sure that the tags that images are taken from still name what was planned.
 * @param sources - what each reference named then.
 * @throws ERR_DIGEST_MISMATCH with the image's path.
 */
export async function assertSourcesUnmoved(
  context: Context,
  index: IndexInputs,
  target: Target,
  sources: Readonly<Record<string, string>>,
): Promise<void> {
  await Promise.all(
    index.images.map(async (image) => {
      if (!("reference" in image)) return;
      const [located, digest] = [locate(image, target, index.sourceRegistries), sources[image.reference]];
      if (located && digest) await assertUnmoved(context, { path: image.path, ...located, digest });
    }),
  );
}

async function digestAt(context: Context, image: ReferencedImage, { source, tagOrDigest }: Located): Promise<string> {
  if (isDigest(tagOrDigest)) return tagOrDigest;
  const repository = openSource(context, source);
  const found = await withInputPath(image.path, false, () => repository.headManifest(tagOrDigest));
  recordSource(context, source, tagOrDigest, found);
  return (found ?? sourceNotFound(image, source, tagOrDigest)).digest;
}

/** The error for an image that its registry does not have. */
export function sourceNotFound(image: ReferencedImage, source: Target, tagOrDigest: string): never {
  const reference = referenceTo(repositoryName(source), tagOrDigest);
  throw new ProviderError(
    "ERR_NOT_FOUND",
    `${image.path}: ${reference} is not there. Push it first, or correct the reference.`,
    { reference },
  );
}
