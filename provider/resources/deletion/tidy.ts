import type { Context } from "../context";
import type { Declared, Placed } from "../tagged/declared";
import { createdDigests, type ResourceRecord, unlistedTags, withoutTags } from "../tagged/resourceRecord";
import { removeTags } from "./removeTags";

/**
 * Ends the management of tags that the program no longer lists: they stay on the registry or are removed, as `onUnlist` says.
 * @param wanted - all tags that the resource is to manage.
 * @returns the record of a resource of which everything is done.
 */
export async function tidyTags(
  context: Context,
  { target, behaviour }: Placed<Declared<unknown>>,
  record: ResourceRecord,
  wanted: readonly string[],
): Promise<ResourceRecord> {
  const unlisted = unlistedTags(record, wanted);
  if (behaviour.onUnlist === "untag") {
    const tags = new Map([...createdDigests(record)].filter(([tag]) => unlisted.includes(tag)));
    await removeTags(context, { target, tags, keep: wanted });
  }
  return { ...withoutTags(record, unlisted, behaviour.onUnlist === "retain"), isUnfinished: false };
}
