import { messageOf } from "../../errors";
import { isDigest } from "../../oci/digest";
import type { Context } from "../context";
import { recordSource } from "../copy/plannedSource";
import { openSource } from "../process/plannedRepository";
import { withInputPath } from "../properties/inputPath";
import { isOutOfReach } from "../tagged/tagCheck";
import type { ImportInputs } from "./inputs";
import { sourceNotFound } from "./plan";

/**
 * The digest that the source's reference names, as far as it is known without fetching: a digest cannot move; a tag that is recorded
 * costs one HEAD, and with `follow: false` none.
 * @param last - the recorded digest of the same reference.
 * @param isUnchanged - whether the program asks for the same copy as before: then it needs no source, and a source that is gone or
 * out of reach is a warning.
 * @returns `undefined` when nothing is recorded of the reference.
 * @throws ERR_NOT_FOUND with the input's path.
 */
export async function observeSource(
  context: Context,
  inputs: ImportInputs,
  last: string | undefined,
  isUnchanged: boolean,
): Promise<string | undefined> {
  const { location, follow } = inputs;
  const { tagOrDigest } = location;
  if (isDigest(tagOrDigest)) return tagOrDigest;
  if (last === undefined || !follow) return last;
  try {
    const head = () => openSource(context, location).headManifest(tagOrDigest);
    const found = await withInputPath("source.image", false, head);
    recordSource(context, location, tagOrDigest, found);
    if (found) return found.digest;
  } catch (error) {
    if (!isUnchanged || !isOutOfReach(error)) throw error;
    context.warn(`source not checked: ${messageOf(error)}`);
    return last;
  }
  const gone = sourceNotFound(inputs, tagOrDigest);
  if (!isUnchanged) throw gone;
  context.warn(`${gone.message} The copy stays.`);
  return last;
}
