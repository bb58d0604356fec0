import { ProviderError } from "../../errors";
import type { Descriptor } from "../../oci/descriptor";
import { isDigest } from "../../oci/digest";
import { referenceTo } from "../../oci/reference";
import type { Context } from "../context";
import { sourceAt } from "../process/repositoryAt";
import type { Target } from "../properties/target";
import { repositoryName } from "../properties/target";
import { isOutOfReach } from "../tagged/tagCheck";

/** A reference to content that another program has pushed, and the plan that was made of it. */
export interface PlannedSource {
  /** The input's path, for errors: `images[1]`. */
  readonly path: string;
  readonly source: Target;
  readonly tagOrDigest: string;
  /** The digest that it named when the plan was made. */
  readonly digest: string;
}

/** Keeps what a plan has just found under a source's tag; a digest cannot move. */
export function recordSource(
  context: Context,
  source: Target,
  tagOrDigest: string,
  found: Descriptor | undefined,
): void {
  if (!isDigest(tagOrDigest)) context.sourceSnapshots.record(repositoryName(source), tagOrDigest, found);
}

/**
 * Makes sure that a source's tag does not name something else than when the plan was made: one HEAD, unless the last look is at
 * most a second old. A tag that is gone, or could not or cannot be asked for, says nothing against what was planned.
 * @throws ERR_DIGEST_MISMATCH naming both digests, with the input's path.
 */
export async function assertUnmoved(context: Context, planned: PlannedSource): Promise<void> {
  const { path, source, tagOrDigest, digest } = planned;
  const name = repositoryName(source);
  const wasSeen = context.sourceSnapshots.last(name, tagOrDigest) !== undefined;
  if (!wasSeen || context.sourceSnapshots.isFresh(name, tagOrDigest)) return;
  const found = await digestNow(context, planned);
  if (found === undefined || found === digest) return;
  throw new ProviderError(
    "ERR_DIGEST_MISMATCH",
    `${path}: ${referenceTo(name, tagOrDigest)} named ${digest} when this change was planned, but names ${found} now: it was ` +
      "moved in between. Nothing was written; preview again to see what would change.",
    { expected: digest, actual: found },
  );
}

async function digestNow(context: Context, { source, tagOrDigest }: PlannedSource): Promise<string | undefined> {
  try {
    const found = await sourceAt(context, source).headManifest(tagOrDigest);
    return found?.digest;
  } catch (error) {
    if (isOutOfReach(error)) return undefined;
    throw error;
  }
}
