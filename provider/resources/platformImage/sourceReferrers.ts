import { locateImage } from "../../sources/imageReference";
import type { ResolvedImage } from "../../sources/source";
import type { PropertyBag } from "../bag";
import type { BroughtReferrers } from "../bringReferrers";
import { bringReferrers } from "../bringReferrers";
import { computeReferrers } from "../computeReferrers";
import type { Context } from "../context";
import type { Previous } from "../tagged/resourceRecord";
import { looksForAll, parseTagBehaviour } from "../tagInputs";
import type { Target } from "../target";
import { copying } from "../transfer";
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
