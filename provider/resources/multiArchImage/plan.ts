import { ProviderError } from "../../errors";
import type { Descriptor } from "../../oci/descriptor";
import type { BuiltIndex } from "../../oci/indexBuild";
import { buildIndex } from "../../oci/indexBuild";
import type { Context } from "../context";
import { openSource } from "../process/plannedRepository";
import { inputError } from "../properties/readers";
import type { Target } from "../properties/target";
import { repositoryName } from "../properties/target";
import type { ResolvedImages } from "./images";
import { resolveImages } from "./images";
import type { IndexInputs } from "./inputs";

/** The index that the inputs ask for, and where its children come from. */
export interface IndexPlan {
  readonly index: BuiltIndex;
  readonly images: ResolvedImages;
}

/**
 * Works out the exact index.
 * @param pins - see {@link resolveImages}.
 * @returns the images alone as long as one of them, or the repository of the subject, is not known.
 * @throws ERR_INPUT_INVALID and the ERR_PLATFORM codes, each with the input's path.
 */
export async function planIndex(
  context: Context,
  inputs: IndexInputs,
  target: Target | undefined,
  pins: Readonly<Record<string, string>>,
): Promise<IndexPlan | { readonly images: ResolvedImages }> {
  const images = await resolveImages(context, inputs, target, pins);
  if (images.unknown.length > 0 || (inputs.subject && target === undefined)) return { images };
  const subject = inputs.subject && target && (await subjectDescriptor(context, target, inputs.subject));
  const index = buildIndex({
    entries: images.entries,
    format: inputs.format,
    requiredPlatforms: inputs.requiredPlatforms,
    ...(inputs.annotations && { annotations: inputs.annotations }),
    ...(subject && { subject }),
    ...(inputs.artifactType && { artifactType: inputs.artifactType }),
  });
  assertExpected(inputs, index.descriptor.digest);
  return { index, images };
}

async function subjectDescriptor(context: Context, target: Target, digest: string): Promise<Descriptor> {
  const found = await openSource(context, target).headManifest(digest);
  if (found) return found;
  const reference = `${repositoryName(target)}@${digest}`;
  throw new ProviderError("ERR_NOT_FOUND", `subject: ${reference} is not there. Push it before what refers to it.`, {
    reference,
  });
}

function assertExpected(inputs: IndexInputs, digest: string): void {
  if (inputs.expectedDigest === undefined || inputs.expectedDigest === digest) return;
  throw inputError(
    "expectedDigest",
    `${inputs.expectedDigest} was approved, but the index would be ${digest}. ` +
      "A source has changed since; preview again and approve the new digest, or restore the source.",
  );
}
