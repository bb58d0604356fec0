import type { ManifestContent, Repository } from "../../distribution/repository";
import type { Descriptor } from "../../oci/descriptor";
import { platformsOf } from "../../oci/indexPlatforms";
import { parseManifest } from "../../oci/manifest";
import type { Context } from "../context";
import { findLostBlobs, findLostContent } from "../drift/lostContent";
import { findLostReferrers } from "../drift/lostReferrers";
import type { Observed } from "../lifecycle";
import { omit, type PropertyBag } from "../properties/bag";
import { inputError } from "../properties/readers";
import { parseTags } from "../properties/tagInputs";
import { knownTarget } from "../properties/target";
import { noRecord, recordOutputNames, recordOutputs } from "../tagged/resourceRecord";
import { childrenOf } from "./children";
import { outputs } from "./outputs";

/**
 * Observes the copy: `drift` tells each tag that names something else, and each child and blob that is gone. What it was copied from is
 * not looked at.
 * @returns `undefined` when every tag and the manifest are absent.
 * @throws on any answer that does not tell (401, 403, 5xx, a 404 that is not the registry's own): the state stays as it is.
 */
export async function read(context: Context, id: string, state: PropertyBag): Promise<Observed | undefined> {
  const { connection, repository: name } = knownTarget(state);
  const repository = context.registry(connection).repository(name);
  const tags = parseTags(state);
  const named = await Promise.all(tags.map((tag) => repository.headManifest(tag)));
  const { drift: _, ...settled } = state;
  const recorded = state["digest"] === undefined ? await foreign(repository, settled, named) : settled;
  if (recorded === undefined) return undefined;
  const digest = String(recorded["digest"]);
  const manifest = await repository.getManifest(digest);
  if (manifest === undefined && named.every((descriptor) => descriptor === undefined)) return undefined;
  const moved = tags.flatMap((tag, index) => {
    const found = named[index]?.digest;
    return found === digest ? [] : [[tag, found ?? "gone"]];
  });
  const lost = manifest ? await findLost(repository, recorded, manifest) : { [digest]: "gone" as const };
  const drift = { ...Object.fromEntries(moved), ...lost };
  const observed = { ...recorded, ...(Object.keys(drift).length > 0 && { drift }) };
  return { id, state: observed, inputs: omit(observed, new Set([...outputs, ...recordOutputNames])) };
}

/** Looks for all that the copy needs. */
async function findLost(
  repository: Repository,
  recorded: PropertyBag,
  manifest: ManifestContent,
): Promise<Readonly<Record<string, string>>> {
  const children = Object.entries(childrenOf(recorded)).map(([name, digest]) =>
    findLostContent(repository, digest, name),
  );
  const looks = [findLostBlobs(repository, manifest), findLostReferrers(repository, recorded), ...children];
  return Object.assign({}, ...(await Promise.all(looks)));
}

/** The state of a copy that was not made by this program but is read (the `{id}` option): what its tag names. */
async function foreign(
  repository: Repository,
  declared: PropertyBag,
  [named]: readonly (Descriptor | undefined)[],
): Promise<PropertyBag | undefined> {
  if (parseTags(declared).length === 0) throw inputError("tags", "without one, what exists already cannot be found");
  const content = named && (await repository.getManifest(named.digest));
  if (content === undefined) return undefined;
  const { mediaType, digest, size } = content.descriptor;
  const manifest = new TextDecoder().decode(content.bytes);
  const nothingOurs = recordOutputs(noRecord, []);
  return {
    ...declared,
    ...nothingOurs,
    digest,
    mediaType,
    size,
    sourceDigest: digest,
    manifest,
    ...listedIn(content),
  };
}

function listedIn({ bytes, descriptor }: ManifestContent): PropertyBag {
  const index = parseManifest(bytes, { mediaType: descriptor.mediaType, what: descriptor.digest });
  return { platforms: index.kind === "index" ? platformsOf(index.manifests) : {} };
}
