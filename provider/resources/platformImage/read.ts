import type { ManifestContent, Repository } from "../../distribution/repository";
import type { Descriptor } from "../../oci/descriptor";
import { parseManifest } from "../../oci/manifest";
import { isForeignLayerMediaType } from "../../oci/mediaTypes";
import { omit } from "../bag";
import type { Context } from "../context";
import { stateSchema } from "../difference";
import { inputError } from "../inputs";
import type { Live, PropertyBag } from "../lifecycle";
import { knownTarget } from "../target";
import { parseDeclaredPlatform, parseOwnTag } from "./inputs";
import { outputs } from "./outputs";

/** At most so many of an image's blobs are looked at: the config, and as many layers as Docker can run. */
const blobLimit = 128;

/**
 * Observes the image: `drift` tells what its tag names instead, or that the tag, the manifest or one of its blobs is gone.
 * @returns `undefined` when both the tag and the manifest are absent.
 * @throws on any answer that does not tell (401, 403, 5xx): the state stays as it is.
 */
export async function read(
  context: Context,
  id: string,
  state: PropertyBag,
): Promise<(Live & { readonly inputs: PropertyBag }) | undefined> {
  const { connection, repository: name } = knownTarget(state);
  const repository = context.registry(connection).repository(name);
  const [tag] = parseOwnTag(state);
  const named = tag === undefined ? undefined : await repository.headManifest(tag);
  const { drift: _, ...settled } = state;
  const recorded = state["digest"] === undefined ? adopted(settled, tag, named) : settled;
  if (recorded === undefined) return undefined;
  const digest = String(recorded["digest"]);
  const manifest = await repository.getManifest(digest);
  if (named === undefined && manifest === undefined) return undefined;
  const moved = tag !== undefined && named?.digest !== digest ? { [tag]: named?.digest ?? "gone" } : {};
  const lost = manifest === undefined ? { [digest]: "gone" } : await goneBlobs(repository, manifest);
  const drift = { ...moved, ...lost };
  const observed = { ...recorded, ...(Object.keys(drift).length > 0 && { drift }) };
  return { id, state: observed, inputs: omit(observed, new Set(outputs)) };
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
  const nothingOurs = { createdTags: [], adoptedTags: [], pushed: [] };
  return {
    ...declared,
    ...nothingOurs,
    digest: named.digest,
    descriptor,
    attestationManifests: [],
    schema: stateSchema,
  };
}

/** Blobs can vanish while their manifest lives on: a registry's clean-up that went wrong, a storage that was restored. */
async function goneBlobs(
  repository: Repository,
  { bytes, descriptor }: ManifestContent,
): Promise<Readonly<Record<string, string>>> {
  const manifest = parseManifest(bytes, { mediaType: descriptor.mediaType, what: descriptor.digest });
  if (manifest.kind === "index") return {};
  const layers = manifest.layers.filter(({ mediaType }) => !isForeignLayerMediaType(mediaType));
  const looks = [manifest.config, ...layers].slice(0, blobLimit).map(async (blob) => {
    return (await repository.hasBlob(blob)) ? [] : [[`blob ${blob.digest}`, "gone"]];
  });
  return Object.fromEntries((await Promise.all(looks)).flat());
}
