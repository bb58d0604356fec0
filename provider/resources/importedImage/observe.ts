import type { ManifestContent, Repository } from "../../distribution/repository";
import type { Descriptor } from "../../oci/descriptor";
import { platformsOf } from "../../oci/indexPlatforms";
import { parseManifest } from "../../oci/manifest";
import type { Context } from "../context";
import { findLostBlobs, findLostContent } from "../drift/lostContent";
import { findLostReferrers } from "../drift/lostReferrers";
import { movedFrom } from "../drift/movedTags";
import { repositoryAt } from "../process/repositoryAt";
import type { Drift } from "../properties/drift";
import { inputError } from "../properties/readers";
import { noReferrers } from "../referrers/referrers";
import type { Placed, Planned } from "../tagged/declared";
import type { Observation } from "../tagged/taggedKind";
import { childrenOf } from "./children";
import type { DeclaredImport } from "./inputs";
import type { ImportOutputs } from "./outputs";
import type { ImportResults } from "./results";

/**
 * Observes the copy: `drift` tells each tag that names another digest, and each child and blob that is gone. Its source is not
 * checked.
 * @returns `undefined` when every tag and the manifest are absent.
 * @throws on any answer that does not tell (401, 403, 5xx, a 404 that is not the registry's own): the state stays as it is.
 */
export async function observe(
  context: Context,
  { recorded }: { readonly recorded: Placed<Planned<DeclaredImport, ImportResults>> },
): Promise<Observation<ImportResults, ImportOutputs> | undefined> {
  const { target, tags } = recorded;
  const repository = repositoryAt(context, target);
  const named = await Promise.all(tags.map((tag) => repository.headManifest(tag)));
  const adopted = recorded.results.digest === undefined ? await adopt(repository, tags, named) : {};
  const results = adopted?.results ?? recorded.results;
  if (adopted === undefined || results.digest === undefined) return undefined;
  const { digest } = results;
  const manifest = await repository.getManifest(digest);
  if (manifest === undefined && named.every((descriptor) => descriptor === undefined)) return undefined;
  const lost = manifest ? await findLost(repository, results, manifest) : { [digest]: "gone" };
  return { ...adopted, drift: { ...movedFrom(digest, tags, named), ...lost } };
}

/** Checks for all that the copy needs. */
async function findLost(repository: Repository, results: ImportResults, manifest: ManifestContent): Promise<Drift> {
  const children = Object.entries(childrenOf(results)).map(([name, digest]) =>
    findLostContent(repository, digest, name),
  );
  const checks = [findLostBlobs(repository, manifest), findLostReferrers(repository, results.referrers), ...children];
  return Object.assign({}, ...(await Promise.all(checks)));
}

/** A copy that this program only reads (the `{id}` option): the manifest that its tag names. */
async function adopt(
  repository: Repository,
  tags: readonly string[],
  [named]: readonly (Descriptor | undefined)[],
): Promise<{ readonly results?: ImportResults; readonly outputs?: ImportOutputs } | undefined> {
  if (tags.length === 0) throw inputError("tags", "without one, a copy that exists already cannot be found");
  const content = named && (await repository.getManifest(named.digest));
  if (content === undefined) return undefined;
  const { mediaType, digest, size: manifestSize } = content.descriptor;
  const index = parseManifest(content.bytes, { mediaType, what: digest });
  const platforms = index.kind === "index" ? platformsOf(index.manifests) : {};
  const known = { digest, mediaType, manifestSize, platforms, otherManifests: {}, sourceDigest: digest };
  return {
    results: { ...known, referrers: noReferrers },
    outputs: { manifest: new TextDecoder().decode(content.bytes) },
  };
}
