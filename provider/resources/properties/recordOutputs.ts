import { type LeftTag, noRecord, type ResourceRecord } from "../tagged/resourceRecord";
import type { PropertyBag } from "./bag";
import { isBag, stringList, stringMap } from "./readers";

/** Names of the outputs that {@link recordOutputs} gives. */
export const recordOutputNames = ["record", "createdTags", "adoptedTags"];

/** Reads the record of a state; an empty one where there is none. */
export function recordOf(state: PropertyBag | undefined): ResourceRecord {
  const record = state?.["record"];
  if (!isBag(record)) return noRecord;
  const adopted = stringList(record, "adopted");
  const managed = Object.entries(stringMap(record, "managed") ?? {}).map(([tag, digest]) => {
    return [tag, { digest, isAdopted: adopted.includes(tag) }] as const;
  });
  return {
    managed: new Map(managed),
    left: stringList(record, "left").map(parseLeft),
    pushed: stringList(record, "pushed"),
    referrers: new Map(Object.entries(stringMap(record, "referrers") ?? {})),
    isUnfinished: record["unfinished"] === true,
  };
}

function parseLeft(text: string): LeftTag {
  const separator = text.indexOf("@");
  return { tag: text.slice(0, separator), digest: text.slice(separator + 1) };
}

/**
 * A record as a state keeps it, and what it tells the program: the resource's own tags that were created and adopted.
 * @param ownTags - the tags that the program lists.
 */
export function recordOutputs(record: ResourceRecord, ownTags: readonly string[]): PropertyBag {
  const { managed, left, pushed, referrers, isUnfinished } = record;
  const tags = [...managed];
  const adopted = tags.flatMap(([tag, { isAdopted }]) => (isAdopted ? [tag] : []));
  const own = (isAdopted: boolean) => ownTags.filter((tag) => managed.get(tag)?.isAdopted === isAdopted);
  const kept = {
    managed: Object.fromEntries(tags.map(([tag, { digest }]) => [tag, digest])),
    ...(adopted.length > 0 && { adopted }),
    ...(left.length > 0 && { left: left.map(({ tag, digest }) => `${tag}@${digest}`) }),
    ...(pushed.length > 0 && { pushed }),
    ...(referrers.size > 0 && { referrers: Object.fromEntries(referrers) }),
    ...(isUnfinished && { unfinished: true }),
  };
  return { record: kept, createdTags: own(false), adoptedTags: own(true) };
}
