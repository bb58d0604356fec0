import { messageOf } from "../../errors";
import { isDigest } from "../../oci/digest";
import type { Context } from "../context";
import { recordSource } from "../copy/plannedSource";
import { openSource } from "../process/plannedRepository";
import type { PropertyBag } from "../properties/bag";
import { withInputPath } from "../properties/inputPath";
import { isBag } from "../properties/readers";
import { knownText } from "../properties/unknown";
import { isOutOfReach } from "../tagged/tagCheck";
import type { ImportInputs } from "./inputs";
import { sourceNotFound } from "./plan";

/**
 * What the source's reference points at, as far as it can be told without fetching: a digest cannot move; a tag that is recorded
 * is looked at with one HEAD, and with `follow: false` not at all.
 * @param recorded - the last checked inputs.
 * @param isUnchanged - whether they ask for the same copy: then it needs no source, and a source that is gone or out of reach
 * is a warning.
 * @returns `undefined` when nothing is recorded of the reference.
 * @throws ERR_NOT_FOUND with the input's path.
 */
export async function lookAtSource(
  context: Context,
  inputs: ImportInputs,
  recorded: PropertyBag | undefined,
  isUnchanged: boolean,
): Promise<string | undefined> {
  const { location, image, follow } = inputs;
  const { tagOrDigest } = location;
  if (isDigest(tagOrDigest)) return tagOrDigest;
  const last = recorded && isBag(recorded["source"]) && recorded["source"]["image"] === image ? recorded : undefined;
  const lastDigest = knownText(last?.["sourceDigest"]);
  if (lastDigest === undefined || !follow) return lastDigest;
  try {
    const found = await withInputPath("source.image", false, () =>
      openSource(context, location).headManifest(tagOrDigest),
    );
    recordSource(context, location, tagOrDigest, found);
    if (found) return found.digest;
  } catch (error) {
    if (!isUnchanged || !isOutOfReach(error)) throw error;
    context.warn(`source not looked at: ${messageOf(error)}`);
    return lastDigest;
  }
  const gone = sourceNotFound(inputs, tagOrDigest);
  if (!isUnchanged) throw gone;
  context.warn(`${gone.message} What was copied of it stays.`);
  return lastDigest;
}
