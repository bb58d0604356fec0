import { locateImage } from "../../sources/imageReference";
import type { ResolvedImage } from "../../sources/source";
import type { Context } from "../context";
import { streamedCopy } from "../copy/copyStrategy";
import type { PropertyBag } from "../properties/bag";
import { parseTagBehaviour, recordsPushed } from "../properties/tagInputs";
import type { Target } from "../properties/target";
import { computeReferrers } from "../referrers/computeReferrers";
import type { CopiedReferrers } from "../referrers/copyReferrers";
import { copyListedReferrers } from "../referrers/copyReferrers";
import type { Previous } from "../tagged/resourceRecord";
import type { ImageInputs } from "./inputs";
import { parseImageInputs } from "./inputs";

/** What refers to an image of a registry and its attestations, as computed inputs; of other sources, nothing. */
export async function referrersOfSource(
  context: Context,
  { source }: ImageInputs,
  target: Target | undefined,
  image: ResolvedImage,
  unchanged: PropertyBag | undefined,
): Promise<PropertyBag> {
  if (!("image" in source)) return {};
  const location = locateImage(source);
  const subjects = [image, ...image.attestations].map(({ manifest }) => manifest.descriptor.digest);
  return computeReferrers(
    context,
    { source: location, target, subjects, copyReferrers: source.copyReferrers ?? "none" },
    unchanged,
  );
}

/** Copies the referrers that checked inputs list. @param previous - with its record so far. */
export async function copySourceReferrers(
  context: Context,
  target: Target,
  inputs: PropertyBag,
  previous: Previous,
): Promise<CopiedReferrers> {
  const source = parseImageInputs(inputs)?.source;
  if (source === undefined || !("image" in source)) return { record: previous.record, failures: [], isBegun: false };
  const behaviour = parseTagBehaviour(inputs);
  const targetState = { mayHave: () => recordsPushed(behaviour), isHarmed: () => false };
  return copyListedReferrers(context, {
    source: locateImage(source),
    target,
    inputs,
    previous,
    onConflict: behaviour.onConflict,
    strategy: streamedCopy,
    targetState,
  });
}
