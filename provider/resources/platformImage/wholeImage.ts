import type { Context } from "../context";
import { isAbsent } from "../copy/pushManifest";
import { hasLostBlobs } from "../drift/lostContent";
import { repositoryAt } from "../process/repositoryAt";
import type { Target } from "../properties/target";
import type { Previous } from "../tagged/declared";

/**
 * Whether an image is in its repository with all of its blobs, as far as one HEAD of its manifest can tell: the record says that it was
 * put under a tag there, and no refresh has missed a blob since.
 */
export async function isWhole<I, R, O>(
  context: Context,
  target: Target,
  digest: string,
  { record, recorded }: Previous<I, R, O>,
): Promise<boolean> {
  const isPut = [...record.managed.values(), ...record.left].some((tag) => tag.digest === digest);
  if (!isPut || recorded === undefined || hasLostBlobs(recorded.drift)) return false;
  return !(await isAbsent(repositoryAt(context, target), digest));
}
