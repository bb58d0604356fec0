import type { Repository } from "../../distribution/repository";
import type { Descriptor } from "../../oci/descriptor";
import type { Context } from "../context";
import type { Lost } from "../drift/lostContent";
import { findLostBlobs, findLostContent } from "../drift/lostContent";
import { findLostReferrers } from "../drift/lostReferrers";
import type { Observed } from "../lifecycle";
import { omit, type PropertyBag } from "../properties/bag";
import { inputError } from "../properties/readers";
import type { Target } from "../properties/target";
import { knownTarget } from "../properties/target";
import { noRecord, recordOutputNames, recordOutputs } from "../tagged/resourceRecord";
import { attestationsByName } from "./attestations";
import { parseDeclaredPlatform, parseOwnTag } from "./inputs";
import { outputs } from "./outputs";

/**
 * Observes the image: `drift` tells what its tag names instead, or that the tag, the manifest, an attestation or one of their
 * blobs is gone.
 * @returns `undefined` when both the tag and the manifest are absent.
 * @throws on any answer that does not tell (401, 403, 5xx, a 404 that is not the registry's own): the state stays as it is.
 */
export async function read(context: Context, id: string, state: PropertyBag): Promise<Observed | undefined> {
  const target = knownTarget(state);
  const repository = context.registry(target.connection).repository(target.repository);
  const [tag] = parseOwnTag(state);
  const named = tag === undefined ? undefined : await repository.headManifest(tag);
  const { drift: _, ...settled } = state;
  const recorded = state["digest"] === undefined ? adopted(settled, tag, named) : settled;
  if (recorded === undefined) return undefined;
  const digest = String(recorded["digest"]);
  const manifest = await repository.getManifest(digest);
  if (named === undefined && manifest === undefined) return undefined;
  const moved = tag !== undefined && named?.digest !== digest ? { [tag]: named?.digest ?? "gone" } : {};
  const lost = manifest === undefined ? { [digest]: "gone" } : await findLostBlobs(repository, manifest);
  const attestations = await findLostAttestations(repository, target, recorded);
  const drift = { ...moved, ...lost, ...attestations, ...(await findLostReferrers(repository, recorded)) };
  const observed = { ...recorded, ...(Object.keys(drift).length > 0 && { drift }) };
  return { id, state: observed, inputs: omit(observed, new Set([...outputs, ...recordOutputNames])) };
}

/** The state of an image that was not made by this program but is read (the `{id}` option): what its tag names. */
function adopted(
  declared: PropertyBag,
  tag: string | undefined,
  named: Descriptor | undefined,
): PropertyBag | undefined {
  if (tag === undefined) throw inputError("tag", "without it an image that exists already cannot be found");
  if (named === undefined) return undefined;
  const descriptor = { ...named, platform: parseDeclaredPlatform(declared) };
  return {
    ...declared,
    ...recordOutputs(noRecord, []),
    digest: named.digest,
    descriptor,
    attestationManifests: [],
  };
}

async function findLostAttestations(repository: Repository, target: Target, state: PropertyBag): Promise<Lost> {
  const attestations = Object.entries(attestationsByName(state, target, state));
  const looks = attestations.map(([name, digest]) => findLostContent(repository, digest, name));
  return Object.assign({}, ...(await Promise.all(looks)));
}
