import { messageOf } from "../../errors";
import type { ResolvedImage } from "../../sources/source";
import type { Context } from "../context";
import type { Live, PropertyBag } from "../lifecycle";
import { PartialFailure } from "../lifecycle";
import { isAbsent, pushBlobs, pushManifest } from "../manifestPush";
import type { Ownership } from "../ownership";
import { afterPushing, afterWriting, onlyTags, ownershipOf } from "../ownership";
import { parseTagBehaviour } from "../tagInputs";
import { removeDroppedTags } from "../tagRemoval";
import type { TagOutcome } from "../tagWrite";
import { writeTags } from "../tagWrite";
import type { Target } from "../target";
import { knownTarget } from "../target";
import { parseOwnTag } from "./inputs";
import { plannedImage } from "./plannedImage";
import { bringSourceReferrers } from "./sourceReferrers";

/**
 * Pushes the image: layers and config, attestations, referrers, the manifest, and the tag last; then the end of a tag no longer wanted. The previous
 * image stays.
 * @param state - what the last run left, `undefined` for a new resource.
 */
export async function writeImage(
  context: Context,
  id: string,
  state: PropertyBag | undefined,
  inputs: PropertyBag,
): Promise<Live> {
  const target = knownTarget(inputs);
  const image = await plannedImage(context, target, inputs);
  const tags = parseOwnTag(inputs);
  const content = await pushContent(context, target, inputs, image, ownershipOf(state));
  const { owned, failures } = await bringSourceReferrers(context, target, inputs, state, content.owned);
  for (const failure of failures) throw failure;
  const outcomes = await putImage(context, target, inputs, image, { ...content, owned });
  for (const outcome of outcomes) if (outcome.result === "failed") throw outcome.error;
  const after = afterWriting(owned, outcomes);
  const behaviour = parseTagBehaviour(inputs);
  try {
    if (state) await removeDroppedTags({ context, target, tags, behaviour }, state, after);
  } catch (error) {
    throw new PartialFailure({ id, state: { ...stateAfter(inputs, image, after), unfinished: true } }, [
      messageOf(error),
    ]);
  }
  return { id, state: stateAfter(inputs, image, onlyTags(after, tags)) };
}

/** What there is in the repository before the image's own manifest. */
interface Content {
  readonly owned: Ownership;
  /** Whether the manifest may be there, too, as far as its blobs tell. */
  readonly manifestExpected: boolean;
}

/** Everything but the image's own manifest. */
async function pushContent(
  context: Context,
  target: Target,
  inputs: PropertyBag,
  image: ResolvedImage,
  before: Ownership,
): Promise<Content> {
  const lookFirst = parseTagBehaviour(inputs).onDelete === "delete";
  const repository = context.registry(target.connection).repository(target.repository);
  const { digest } = image.manifest.descriptor;
  const absent = lookFirst && (await isAbsent(repository, digest)) ? [digest] : [];
  const manifestExpected = await pushBlobs(context, target, image);
  const attestations = await Promise.all(
    image.attestations.map(async (attestation) =>
      (await pushManifest(context, target, attestation, lookFirst)) ? [attestation.manifest.descriptor.digest] : [],
    ),
  );
  const pushed = lookFirst ? attestations.flat() : [];
  return { owned: afterPushing(before, [...pushed, ...absent]), manifestExpected };
}

async function putImage(
  context: Context,
  target: Target,
  inputs: PropertyBag,
  image: ResolvedImage,
  { owned, manifestExpected }: Content,
): Promise<readonly TagOutcome[]> {
  const tags = parseOwnTag(inputs);
  const repository = context.registry(target.connection).repository(target.repository);
  if (tags.length === 0) {
    const { digest } = image.manifest.descriptor;
    // While distribution 2.8 takes a manifest that it has, readers of an index that lists it get a 404.
    if (!manifestExpected || (await isAbsent(repository, digest))) await repository.putManifest(digest, image.manifest);
    return [];
  }
  const ours = [...owned.createdTags, ...owned.adoptedTags];
  const { onConflict } = parseTagBehaviour(inputs);
  return writeTags(context, { target, content: image.manifest, tags, ours, onConflict });
}

function stateAfter(inputs: PropertyBag, image: ResolvedImage, ownership: Ownership): PropertyBag {
  const { drift: _, ...lasting } = inputs;
  const sizes = image.blobs.map(({ descriptor }) => descriptor.size);
  return {
    ...lasting,
    configDigest: image.configDigest,
    layers: image.layers,
    size: sizes.reduce((sum, size) => sum + size, 0),
    ...ownership,
  };
}
