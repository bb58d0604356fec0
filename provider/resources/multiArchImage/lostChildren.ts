import { isDeepStrictEqual } from "node:util";
import { ProviderError } from "../../errors";
import { isDigest } from "../../oci/digest";
import { referenceTo } from "../../oci/reference";
import type { Context } from "../context";
import { isAbsent } from "../copy/pushManifest";
import { listedManifests } from "../drift/listedManifests";
import { hasLostBlobs, lostBlobs } from "../drift/lostContent";
import { openSource } from "../process/plannedRepository";
import type { PropertyBag } from "../properties/bag";
import { stringMap } from "../properties/readers";
import type { Target } from "../properties/target";
import { repositoryName } from "../properties/target";
import { listedNames } from "./entry";
import { resolveImages } from "./images";
import type { ImageInput, IndexInputs } from "./inputs";
import { parseIndexInputs } from "./inputs";
import { platformImagesAt } from "./platformImages";
import { locate } from "./sourceReference";

/**
 * What an index lists and nobody else looks at: images given by digest, copies of what lives elsewhere, and attestations. Of a
 * PlatformImage that lives here the PlatformImage itself takes care; a tag of this repository is looked at as a source. When
 * `images` are other ones than the index's, an update looks at them all.
 * @param listing - inputs with the computed ones of an index.
 * @returns digests by the name under which drift tells of them: `linux/arm64 (sha256:…)`.
 */
export function unwatchedChildren(
  inputs: PropertyBag,
  target: Target,
  listing: PropertyBag,
): Readonly<Record<string, string>> {
  const index = isDeepStrictEqual(inputs["images"], listing["images"]) ? parseIndexInputs(inputs) : undefined;
  if (index === undefined) return {};
  const sources = stringMap(listing, "sources") ?? {};
  const tagged = index.images.map((image) => image && taggedDigest(image, target, index, sources));
  const watched = new Set([...platformImagesAt(index.images, target), ...tagged]);
  return Object.fromEntries(Object.entries(listedManifests(listing)).filter(([, digest]) => !watched.has(digest)));
}

/** What a tag of the index's own repository pointed at. */
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
 * Makes sure that what is gone from the index's repository can be brought again from where it came.
 * @param inputs - checked, with their sources.
 * @param lost - the digests of children that are gone.
 * @param recorded - the last checked inputs: their drift tells the blobs that a refresh did not find.
 * @throws ERR_NOT_FOUND with the image's path when something is nowhere.
 */
export async function assertRestorable(
  context: Context,
  inputs: PropertyBag,
  target: Target,
  lost: readonly string[],
  recorded: PropertyBag,
): Promise<void> {
  const drift = stringMap(recorded, "drift") ?? {};
  const index = lost.length > 0 || hasLostBlobs(drift) ? parseIndexInputs(inputs) : undefined;
  if (index === undefined) return;
  const { entries } = await resolveImages(context, index, target, stringMap(inputs, "sources") ?? {});
  const names = listedNames(entries);
  const looks = entries.map(async ({ path, descriptor: { digest }, source = target }) => {
    const opened = openSource(context, source);
    const reference = referenceTo(repositoryName(source), digest);
    if (lost.includes(digest) && (await isAbsent(opened, digest))) throw nowhere(path, digest, target, reference);
    for (const blob of lostBlobs(drift, names.get(digest))) {
      if (!(await opened.hasBlob({ digest: blob }))) throw nowhere(path, `blob ${blob}`, target, reference);
    }
  });
  await Promise.all(looks);
}

function nowhere(path: string, what: string, target: Target, reference: string): ProviderError {
  return new ProviderError(
    "ERR_NOT_FOUND",
    `${path}: ${what} is gone from ${repositoryName(target)}, and so it is from ${reference}, from where it came. ` +
      "Push the image again, or list another one.",
    { reference },
  );
}
