import { isDeepStrictEqual } from "node:util";
import { ProviderError } from "../../errors";
import { referenceTo } from "../../oci/reference";
import type { Context } from "../context";
import { isAbsent } from "../copy/pushManifest";
import { listedManifests } from "../drift/listedManifests";
import { lostBlobs } from "../drift/lostContent";
import { openSource } from "../process/plannedRepository";
import type { Target } from "../properties/target";
import { repositoryName } from "../properties/target";
import type { Declared, Placed, Planned } from "../tagged/declared";
import { copiedContent, type DeclaredImport } from "./inputs";
import type { ImportResults } from "./results";

type PlannedImport = Planned<DeclaredImport, ImportResults>;

/** All that a copied index leads to, nested indexes and attestations too: digests by the name under which drift tells of them. */
export function childrenOf(results: ImportResults): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(listedManifests(results)).filter(([, digest]) => digest !== results.digest));
}

/** The children of a copy, as long as it is the one that is asked for: an update checks for them all. */
export function watchedChildren(
  { inputs }: Declared<DeclaredImport>,
  listing: PlannedImport,
): Readonly<Record<string, string>> {
  const [copy, listed] = [inputs?.copy, listing.inputs?.copy];
  const isSame = copy && listed && isDeepStrictEqual(copiedContent(copy), copiedContent(listed));
  return isSame ? childrenOf(listing.results) : {};
}

/**
 * Makes sure that what is gone from the repository can be copied again from the source.
 * @param lost - the digests of the children that are gone.
 * @param recorded - the copy as it was last checked, with the drift that a refresh has seen.
 * @throws ERR_NOT_FOUND with the input's path when something is not there either.
 */
export async function assertRestorable(
  context: Context,
  { inputs, target, results }: Placed<PlannedImport>,
  lost: readonly string[],
  { drift }: PlannedImport,
): Promise<void> {
  const location = inputs?.copy?.location;
  if (location === undefined) return;
  const source = openSource(context, location);
  const nowhere = (content: string, digest: string) =>
    goneEverywhere(content, target, referenceTo(repositoryName(location), digest));
  const checks = Object.entries(namedManifests(results)).map(async ([name, digest]) => {
    if (lost.includes(digest) && (await isAbsent(source, digest))) throw nowhere(digest, digest);
    for (const blob of lostBlobs(drift, name || undefined)) {
      if (!(await source.hasBlob({ digest: blob }))) throw nowhere(`blob ${blob}`, digest);
    }
  });
  await Promise.all(checks);
}

/** The children, and the copy itself under no name, as drift tells of its blobs where it is an image. */
export function namedManifests(results: ImportResults): Readonly<Record<string, string>> {
  return { ...childrenOf(results), "": String(results.digest) };
}

/** Which manifests lack blobs that a refresh did not find. */
export function harmedManifests({ results, drift }: PlannedImport): ReadonlySet<string> {
  const harmed = Object.entries(namedManifests(results)).filter(
    ([name]) => lostBlobs(drift, name || undefined).length > 0,
  );
  return new Set(harmed.map(([, digest]) => digest));
}

function goneEverywhere(content: string, target: Target, reference: string): ProviderError {
  return new ProviderError(
    "ERR_NOT_FOUND",
    `source.image: ${content} is gone from ${repositoryName(target)}, and so it is from ${reference}, from where it came. ` +
      "Push it there again, or name another source.",
    { reference },
  );
}
