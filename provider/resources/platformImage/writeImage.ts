import { ProviderError } from "../../errors";
import type { ResolvedImage } from "../../sources/source";
import type { Context } from "../context";
import { inputError } from "../inputs";
import type { Live, PropertyBag } from "../lifecycle";
import { isAbsent, pushBlobs, pushManifest } from "../manifestPush";
import type { Ownership } from "../ownership";
import { afterPushing, afterWriting, onlyTags, ownershipOf } from "../ownership";
import { parseTagBehaviour } from "../tagInputs";
import { removeTags } from "../tagRemoval";
import type { TagOutcome } from "../tagWrite";
import { writeTags } from "../tagWrite";
import type { Target } from "../target";
import { knownTarget } from "../target";
import { parseImageInputs, parseOwnTag } from "./inputs";
import { resolveImage } from "./resolveImage";

/**
 * Pushes the image: layers and config, the manifest, and the tag last; then the end of a tag no longer wanted. The previous
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
  const image = await plannedImage(context, inputs);
  const tags = parseOwnTag(inputs);
  const content = await pushContent(context, target, inputs, image, ownershipOf(state));
  const outcomes = await putImage(context, target, inputs, image, content);
  for (const outcome of outcomes) if (outcome.result === "failed") throw outcome.error;
  const after = afterWriting(content.owned, outcomes);
  if (state && parseTagBehaviour(inputs).onDelete !== "retain") {
    const dropped = after.createdTags.filter((tag) => !tags.includes(tag));
    await removeTags(context, { target, tags: dropped, digest: String(state["digest"]), keep: tags });
  }
  return { id, state: stateAfter(inputs, image, onlyTags(after, tags)) };
}

/** The source once more, which must still give what was planned. */
async function plannedImage(context: Context, inputs: PropertyBag): Promise<ResolvedImage> {
  const parsed = parseImageInputs(inputs);
  if (parsed === undefined) throw inputError("source", "it is not known yet, so nothing can be pushed");
  const image = await resolveImage(context, parsed);
  const { digest } = image.manifest.descriptor;
  if (digest === inputs["digest"]) return image;
  throw new ProviderError(
    "ERR_DIGEST_MISMATCH",
    `source: it gave ${String(inputs["digest"])} when this change was planned, but gives ${digest} now: it changed in between. ` +
      "Nothing was pushed; run `pulumi up` again when it is settled.",
    { expected: String(inputs["digest"]), actual: digest },
  );
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
  return { owned: afterPushing(before, [...attestations.flat(), ...absent]), manifestExpected };
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
