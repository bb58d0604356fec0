import { randomUUID } from "node:crypto";
import { finishRemoval } from "./overwriteTag";
import type { TagRemoval } from "./tagRemoval";
import { listTagsAfter } from "./tags";

const prefix = "multiarch-";
const uuid = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const probeTag = new RegExp(`^${prefix}${uuid}(?:-[12])?$`);

/** A tag that does not exist, for an experiment. */
export function newProbeTag(): string {
  return `${prefix}${randomUUID()}`;
}

/**
 * Removes the tags of experiments that an earlier process did not end, because it was killed or refused; at most those on one page
 * of tags. What stands under such a tag must say that it is a probe. Best effort: what fails is left to the next process.
 */
export async function removeLeftProbes(removal: TagRemoval): Promise<void> {
  const listed = await listTagsAfter(removal.access, prefix).catch(() => []);
  const left = listed.filter((tag) => probeTag.test(tag));
  await Promise.allSettled(left.map((tag) => finishRemoval(removal, tag)));
}
