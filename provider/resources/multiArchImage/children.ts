import { isDeepStrictEqual } from "node:util";
import { ProviderError } from "../../errors";
import { isDigest } from "../../oci/digest";
import { referenceTo } from "../../oci/reference";
import type { Context } from "../context";
import { isAbsent } from "../copy/pushManifest";
import { listedManifests } from "../drift/listedManifests";
import { hasLostBlobs, lostBlobs } from "../drift/lostContent";
import { openSource } from "../process/plannedRepository";
import type { Target } from "../properties/target";
import { repositoryName } from "../properties/target";
import type { Declared, Placed, Planned } from "../tagged/declared";
import { listedNames } from "./entry";
import { resolveImages } from "./images";
import type { ImageInput, IndexInputs } from "./inputs";
import { platformImagesAt } from "./platformImages";
import type { IndexResults } from "./results";
import { locate } from "./sourceReference";

type PlannedIndex = Planned<IndexInputs, IndexResults>;

/**
 * The children that no other check covers: images given by digest, copies from other repositories, and attestations. A PlatformImage
 * that lives here checks for itself; a tag of this repository is checked as a source. When `images` are other ones than the
 * index's, an update checks for them all.
 * @param listing - the index whose results list them.
 * @returns digests by the name under which drift tells of them: `linux/arm64 (sha256:…)`.
 */
export function unwatchedChildren(
  { inputs, target }: Declared<IndexInputs>,
  listing: PlannedIndex,
): Readonly<Record<string, string>> {
  if (inputs === undefined || target === undefined) return {};
  if (!isDeepStrictEqual(inputs.images, listing.inputs?.images)) return {};
  const tagged = inputs.images.map((image) => taggedDigest(image, target, inputs, listing.results.sources));
  const watched = new Set([...platformImagesAt(inputs.images, target), ...tagged]);
  const listed = Object.entries(listedManifests(listing.results));
  return Object.fromEntries(listed.filter(([, digest]) => !watched.has(digest)));
}

/** The digest of an image that is given as a tag of the index's own repository. */
function taggedDigest(
  image: ImageInput,
  target: Target,
  { sourceRegistries }: IndexInputs,
  sources: Readonly<Record<string, string>>,
): string | undefined {
  if (!("reference" in image)) return undefined;
  const located = locate(image, target, sourceRegistries);
  const isHere = located !== undefined && repositoryName(located.source) === repositoryName(target);
  return isHere && !isDigest(located.tagOrDigest) ? sources[image.reference] : undefined;
}

/**
 * Makes sure that content which is gone from the index's repository can be copied again from its source.
 * @param lost - the digests of children that are gone.
 * @param recorded - the index as it was last checked, with the drift that a refresh has seen.
 * @throws ERR_NOT_FOUND with the image's path when something is nowhere.
 */
export async function assertRestorable(
  context: Context,
  { inputs, target, results }: Placed<PlannedIndex>,
  lost: readonly string[],
  { drift }: PlannedIndex,
): Promise<void> {
  if (inputs === undefined || (lost.length === 0 && !hasLostBlobs(drift))) return;
  const { entries } = await resolveImages(context, inputs, target, results.sources);
  const names = listedNames(entries);
  const checks = entries.map(async ({ path, descriptor: { digest }, source = target }) => {
    const opened = openSource(context, source);
    const reference = referenceTo(repositoryName(source), digest);
    if (lost.includes(digest) && (await isAbsent(opened, digest))) throw nowhere(path, digest, target, reference);
    for (const blob of lostBlobs(drift, names.get(digest))) {
      if (!(await opened.hasBlob({ digest: blob }))) throw nowhere(path, `blob ${blob}`, target, reference);
    }
  });
  await Promise.all(checks);
}

function nowhere(path: string, what: string, target: Target, reference: string): ProviderError {
  return new ProviderError(
    "ERR_NOT_FOUND",
    `${path}: ${what} is gone from ${repositoryName(target)}, and so it is from ${reference}, from where it came. ` +
      "Push the image again, or list another one.",
    { reference },
  );
}
