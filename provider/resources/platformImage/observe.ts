import type { Repository } from "../../distribution/repository";
import type { Descriptor } from "../../oci/descriptor";
import type { Context } from "../context";
import { findLostBlobs, findLostContent } from "../drift/lostContent";
import { findLostReferrers } from "../drift/lostReferrers";
import { repositoryAt } from "../process/repositoryAt";
import type { Drift } from "../properties/drift";
import { inputError } from "../properties/readers";
import { noReferrers } from "../referrers/referrers";
import type { Placed, Planned } from "../tagged/declared";
import type { Observation } from "../tagged/taggedKind";
import { attestationsByName } from "./children";
import type { DeclaredImage } from "./inputs";
import type { ImageOutputs } from "./outputs";
import type { ImageResults } from "./results";

/**
 * Observes the image: `drift` tells the digest that its tag names instead, or that the tag, the manifest, an attestation or one of
 * their blobs is gone.
 * @returns `undefined` when both the tag and the manifest are absent.
 * @throws on any answer that does not tell (401, 403, 5xx, a 404 that is not the registry's own): the state stays as it is.
 */
export async function observe(
  context: Context,
  { recorded }: { readonly recorded: Placed<Planned<DeclaredImage, ImageResults>> },
): Promise<Observation<ImageResults, ImageOutputs> | undefined> {
  const repository = repositoryAt(context, recorded.target);
  const [tag] = recorded.tags;
  const named = tag === undefined ? undefined : await repository.headManifest(tag);
  const results = recorded.results.digest === undefined ? adopted(recorded.results, tag, named) : recorded.results;
  if (results?.digest === undefined) return undefined;
  const { digest } = results;
  const manifest = await repository.getManifest(digest);
  if (named === undefined && manifest === undefined) return undefined;
  const moved = tag !== undefined && named?.digest !== digest ? { [tag]: named?.digest ?? "gone" } : {};
  const lost = manifest === undefined ? { [digest]: "gone" } : await findLostBlobs(repository, manifest);
  const attestations = await findLostAttestations(repository, results);
  const drift = { ...moved, ...lost, ...attestations, ...(await findLostReferrers(repository, results.referrers)) };
  return { drift, ...(results !== recorded.results && { results }) };
}

/** The results of an image that this program only reads (the `{id}` option): the manifest that its tag names. */
function adopted(
  { platform }: ImageResults,
  tag: string | undefined,
  named: Descriptor | undefined,
): ImageResults | undefined {
  if (tag === undefined) throw inputError("tag", "without it an image that exists already cannot be found");
  if (named === undefined) return undefined;
  const descriptor = { ...named, ...(platform && { platform }) };
  return { digest: named.digest, platform, descriptor, attestations: [], referrers: noReferrers };
}

async function findLostAttestations(repository: Repository, results: ImageResults): Promise<Drift> {
  const attestations = Object.entries(attestationsByName(results));
  const checks = attestations.map(([name, digest]) => findLostContent(repository, digest, name));
  return Object.assign({}, ...(await Promise.all(checks)));
}
