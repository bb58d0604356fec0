import type { ResolvedImage } from "../../sources/source";
import type { Context } from "../context";
import { pushBlobs, pushManifest } from "../copy/pushManifest";
import { recordsPushed } from "../properties/tagInputs";
import type { Placed, Planned, Previous } from "../tagged/declared";
import { putTagged } from "../tagged/putTagged";
import { withPushed } from "../tagged/resourceRecord";
import type { Written } from "../tagged/taggedKind";
import type { WriteProgress } from "../tagged/writeProgress";
import type { DeclaredImage } from "./inputs";
import { type ImageOutputs, outputsOf } from "./outputs";
import { plannedImage } from "./plan";
import type { ImageResults } from "./results";
import { copySourceReferrers } from "./sourceReferrers";
import { isWhole } from "./wholeImage";

type PlannedImage = Placed<Planned<DeclaredImage, ImageResults>>;
type PreviousImage = Previous<DeclaredImage, ImageResults, ImageOutputs>;

/**
 * Pushes the image: layers and config, attestations, referrers, the manifest, and the tag last. The previous image stays.
 * @throws what resolving the image throws: then nothing was written.
 */
export async function write(
  context: Context,
  planned: PlannedImage,
  previous: PreviousImage,
): Promise<Written<ImageOutputs>> {
  const image = await plannedImage(context, planned);
  const content = await pushContent(context, planned, image, previous);
  const { mayBeThere, ...pushed } = content;
  const { target, tags, behaviour } = planned;
  const repair = async () => void (await pushBlobs(context, target, image));
  const manifest = { target, content: image.manifest, tags, behaviour, mayBeThere, repair };
  return { progress: await putTagged(context, manifest, pushed), outputs: outputsOf(image) };
}

/** Everything but the image's own manifest. */
async function pushContent(
  context: Context,
  planned: PlannedImage,
  image: ResolvedImage,
  previous: PreviousImage,
): Promise<WriteProgress & { readonly mayBeThere: boolean }> {
  const { target, behaviour } = planned;
  const isThere = await isWhole(context, target, image.manifest.descriptor.digest, previous);
  const mayBeThere = isThere || (await pushBlobs(context, target, image));
  const checksFirst = isThere || recordsPushed(behaviour);
  const results = await Promise.allSettled(
    image.attestations.map(async (attestation) =>
      (await pushManifest(context, target, attestation, checksFirst)) ? [attestation.manifest.descriptor.digest] : [],
    ),
  );
  const pushed = results.flatMap((result) => (result.status === "fulfilled" ? result.value : []));
  const failures = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  const record = recordsPushed(behaviour) ? withPushed(previous.record, pushed) : previous.record;
  const progress = { record, failures, isWritten: false, subjectHandled: false, mayBeThere };
  if (failures.length > 0) return progress;
  const referrers = await copySourceReferrers(context, planned, previous, record).catch((error: unknown) => {
    return { record, failures: [error], isBegun: false };
  });
  return { ...progress, ...referrers };
}
