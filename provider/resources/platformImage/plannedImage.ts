import { ProviderError } from "../../errors";
import type { ResolvedImage } from "../../sources/source";
import type { Context } from "../context";
import { hasLostBlobs } from "../drift/lostContent";
import type { PropertyBag } from "../properties/bag";
import { inputError, stringMap } from "../properties/readers";
import type { Target } from "../properties/target";
import type { ImageInputs } from "./inputs";
import { parseImageInputs } from "./inputs";
import { isSourceMissing, keptImage } from "./keptImage";
import { resolveImage } from "./resolveImage";

/**
 * The image that checked inputs stand for, once more: from its source, or where that is missing as `ifSourceMissing` says.
 * @throws ERR_DIGEST_MISMATCH when it is another one than check found.
 */
export async function plannedImage(context: Context, target: Target, inputs: PropertyBag): Promise<ResolvedImage> {
  const parsed = parseImageInputs(inputs);
  if (parsed === undefined) throw inputError("source", "it is not known yet, so nothing can be pushed");
  const image = await resolveOrKeep(context, target, inputs, parsed);
  const { digest } = image.manifest.descriptor;
  if (digest === inputs["digest"]) return image;
  throw new ProviderError(
    "ERR_DIGEST_MISMATCH",
    `source: it gave ${String(inputs["digest"])} when this change was planned, but gives ${digest} now: it changed in between. ` +
      "Nothing was pushed; run `pulumi up` again when it is settled.",
    { expected: String(inputs["digest"]), actual: digest },
  );
}

async function resolveOrKeep(
  context: Context,
  target: Target,
  inputs: PropertyBag,
  parsed: ImageInputs,
): Promise<ResolvedImage> {
  try {
    return await resolveImage(context, parsed);
  } catch (error) {
    if (parsed.ifSourceMissing === "fail" || !isSourceMissing(error)) throw error;
    return keptImage(context, target, inputs, error);
  }
}

/**
 * Makes sure that blobs and attestations which are gone can be pushed again. Only an image that is kept without its source may
 * not have them: of any other one check has just read the source.
 * @throws ERR_NOT_FOUND.
 */
export async function assertRestorable(
  context: Context,
  inputs: PropertyBag,
  target: Target,
  lost: readonly string[],
  recorded: PropertyBag,
): Promise<void> {
  const isHarmed = lost.length > 0 || hasLostBlobs(stringMap(recorded, "drift") ?? {});
  if (isHarmed && inputs["ifSourceMissing"] === "keep") await plannedImage(context, target, inputs);
}
