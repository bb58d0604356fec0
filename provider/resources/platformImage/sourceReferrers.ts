import { locateImage } from "../../sources/imageReference";
import type { ResolvedImage, Source } from "../../sources/source";
import type { Context } from "../context";
import { streamedCopy } from "../copy/copyStrategy";
import { recordsPushed } from "../properties/tagInputs";
import type { Target } from "../properties/target";
import { computeReferrers } from "../referrers/computeReferrers";
import { type CopiedReferrers, copyListedReferrers } from "../referrers/copyReferrers";
import { noReferrers, type Referrers } from "../referrers/referrers";
import type { Placed, Planned, Previous } from "../tagged/declared";
import type { ResourceRecord } from "../tagged/resourceRecord";
import type { DeclaredImage } from "./inputs";
import type { ImageOutputs } from "./outputs";
import type { ImageResults } from "./results";

/** Lists the referrers of an image of a registry and of its attestations; images of other sources have none. */
export async function referrersOfSource(
  context: Context,
  { source, target, image }: { source: Source; target: Target | undefined; image: ResolvedImage },
  recorded: Referrers | undefined,
): Promise<Referrers> {
  if (!("image" in source)) return noReferrers;
  const subjects = [image, ...image.attestations].map(({ manifest }) => manifest.descriptor.digest);
  const { copyReferrers = "none" } = source;
  return computeReferrers(context, { source: locateImage(source), target, subjects, copyReferrers }, recorded);
}

/** Copies the referrers that were planned. @param record - the resource's record so far. */
export async function copySourceReferrers(
  context: Context,
  { inputs, target, results, behaviour, drift }: Placed<Planned<DeclaredImage, ImageResults>>,
  { recorded }: Previous<DeclaredImage, ImageResults, ImageOutputs>,
  record: ResourceRecord,
): Promise<CopiedReferrers> {
  const source = inputs?.image?.source;
  if (source === undefined || !("image" in source)) return { record, failures: [], isBegun: false };
  return copyListedReferrers(context, {
    source: locateImage(source),
    target,
    wanted: results.referrers ?? noReferrers,
    record,
    drift: [drift, recorded?.drift ?? {}],
    onConflict: behaviour.onConflict,
    strategy: streamedCopy,
    targetState: { mayHave: () => recordsPushed(behaviour), isHarmed: () => false },
  });
}
