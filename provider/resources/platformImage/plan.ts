import { ProviderError } from "../../errors";
import type { ResolvedImage } from "../../sources/source";
import type { Context } from "../context";
import { inputError } from "../properties/readers";
import type { Placed, Planned } from "../tagged/declared";
import type { DeclaredImage } from "./inputs";
import { isSourceMissing, keptImage } from "./keptImage";
import { resolveImage } from "./resolveImage";
import type { ImageResults } from "./results";

/**
 * Resolves the image that was planned once more: from its source, or where that is missing as `ifSourceMissing` says.
 * @throws ERR_DIGEST_MISMATCH when it is another one than check found.
 */
export async function plannedImage(
  context: Context,
  planned: Placed<Planned<DeclaredImage, ImageResults>>,
): Promise<ResolvedImage> {
  const { target, results } = planned;
  const inputs = planned.inputs?.image;
  const expected = results.digest;
  if (inputs === undefined || expected === undefined)
    throw inputError("source", "it is not known yet, so nothing can be pushed");
  const image = await resolveImage(context, inputs).catch((error: unknown) => {
    if (inputs.ifSourceMissing === "fail" || !isSourceMissing(error)) throw error;
    return keptImage(context, target, { digest: expected, attestations: results.attestations ?? [] }, error);
  });
  const { digest } = image.manifest.descriptor;
  if (digest === expected) return image;
  throw new ProviderError(
    "ERR_DIGEST_MISMATCH",
    `source: it gave ${expected} when this change was planned, but gives ${digest} now: it changed in between. ` +
      "Nothing was pushed; run `pulumi up` again when it is settled.",
    { expected, actual: digest },
  );
}
