import { locateImage } from "../../sources/imageReference";
import type { ResolvedImage } from "../../sources/source";
import type { Context } from "../context";
import { copying } from "../copy/copyStrategy";
import type { PropertyBag } from "../properties/bag";
import { looksForAll, parseTagBehaviour } from "../properties/tagInputs";
import type { Target } from "../properties/target";
import { computeReferrers } from "../referrers/computeReferrers";
import type { BroughtReferrers } from "../referrers/copyReferrers";
import { bringReferrers } from "../referrers/copyReferrers";
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
  const home = locateImage(source);
  const subjects = [image, ...image.attestations].map(({ manifest }) => manifest.descriptor.digest);
  return computeReferrers(
    context,
    { home, target, subjects, copyReferrers: source.copyReferrers ?? "none" },
    unchanged,
  );
}

/** Copies the referrers that checked inputs list. @param previous - with its record so far. */
export async function bringSourceReferrers(
  context: Context,
  target: Target,
  inputs: PropertyBag,
  previous: Previous,
): Promise<BroughtReferrers> {
  const source = parseImageInputs(inputs)?.source;
  if (source === undefined || !("image" in source)) return { record: previous.record, failures: [], isBegun: false };
  const behaviour = parseTagBehaviour(inputs);
  const belief = { looksFirst: () => looksForAll(behaviour), isHarmed: () => false };
  return bringReferrers(context, {
    home: locateImage(source),
    target,
    inputs,
    previous,
    onConflict: behaviour.onConflict,
    transfer: copying,
    belief,
  });
}
