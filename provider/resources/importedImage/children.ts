import { isDeepStrictEqual } from "node:util";
import { ProviderError } from "../../errors";
import { referenceTo } from "../../oci/reference";
import type { Context } from "../context";
import { isAbsent } from "../copy/pushManifest";
import { listedManifests } from "../drift/listedManifests";
import { lostBlobs } from "../drift/lostContent";
import { openSource } from "../process/plannedRepository";
import type { PropertyBag } from "../properties/bag";
import { stringMap } from "../properties/readers";
import type { Target } from "../properties/target";
import { repositoryName } from "../properties/target";
import { containsUnknown } from "../properties/unknown";
import { declarationOf, parseImportInputs } from "./inputs";

/**
 * What a copied index leads to, nested indexes and attestations too; nothing, of an image that stands alone.
 * @param bag - checked inputs or a state.
 * @returns digests by the name under which drift tells of them.
 */
export function childrenOf(bag: PropertyBag): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(listedManifests(bag)).filter(([, digest]) => digest !== bag["digest"]));
}

/** The children of a copy, as long as it is the one that is asked for: an update looks at them all. */
export function watchedChildren(
  inputs: PropertyBag,
  _target: Target,
  listing: PropertyBag,
): Readonly<Record<string, string>> {
  return isDeepStrictEqual(declarationOf(inputs), declarationOf(listing)) ? childrenOf(listing) : {};
}

/**
 * Makes sure that what is gone from the repository can be brought again from the source.
 * @param inputs - checked, with what was computed.
 * @param lost - the digests of the children that are gone.
 * @param recorded - the last checked inputs: their drift tells the blobs that a refresh did not find.
 * @throws ERR_NOT_FOUND with the input's path when something is not there either.
 */
export async function assertRestorable(
  context: Context,
  inputs: PropertyBag,
  target: Target,
  lost: readonly string[],
  recorded: PropertyBag,
): Promise<void> {
  const location = parseImportInputs(inputs)?.location;
  if (location === undefined) return;
  const source = openSource(context, location);
  const nowhere = (what: string, digest: string) =>
    goneEverywhere(what, target, referenceTo(repositoryName(location), digest));
  const drift = stringMap(recorded, "drift") ?? {};
  const looks = Object.entries(namedManifests(inputs)).map(async ([name, digest]) => {
    if (lost.includes(digest) && (await isAbsent(source, digest))) throw nowhere(digest, digest);
    for (const blob of lostBlobs(drift, name || undefined)) {
      if (!(await source.hasBlob({ digest: blob }))) throw nowhere(`blob ${blob}`, digest);
    }
  });
  await Promise.all(looks);
}

/** The same, as far as it is known. */
export function knownManifests(bag: PropertyBag): Readonly<Record<string, string>> {
  return containsUnknown([bag["platforms"], bag["otherManifests"], bag["digest"]]) ? {} : namedManifests(bag);
}

/** The children, and the copy itself under no name, as drift tells of its blobs where it is an image. */
export function namedManifests(bag: PropertyBag): Readonly<Record<string, string>> {
  return { ...childrenOf(bag), "": String(bag["digest"]) };
}

/** Which manifests lack blobs that a refresh did not find. @param state - what the last run left. */
export function harmedManifests(state: PropertyBag): ReadonlySet<string> {
  const drift = stringMap(state, "drift") ?? {};
  const harmed = Object.entries(namedManifests(state)).filter(
    ([name]) => lostBlobs(drift, name || undefined).length > 0,
  );
  return new Set(harmed.map(([, digest]) => digest));
}

function goneEverywhere(what: string, target: Target, reference: string): ProviderError {
  return new ProviderError(
    "ERR_NOT_FOUND",
    `source.image: ${what} is gone from ${repositoryName(target)}, and so it is from ${reference}, from where it came. ` +
      "Push it there again, or name another source.",
    { reference },
  );
}
