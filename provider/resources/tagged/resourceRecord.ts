import type { OnConflict } from "../properties/tagInputs";
import { isCosignTag } from "../referrers/referrers";
import type { TagOutcome } from "./tagOutcome";

/** A tag that a resource manages. */
export interface ManagedTag {
  /** The digest that this resource put there, or found there. */
  readonly digest: string;
  /** Whether the tag named the digest before: then it is never removed. */
  readonly isAdopted: boolean;
}

/**
 * The deeds of a resource, as its state keeps them: the ground on which tags are moved and anything is removed. It is made of the
 * outcomes of writes alone, never of what a program wants.
 */
export interface ResourceRecord {
  /** By tag: own tags, tags of children and cosign's tags alike. */
  readonly managed: ReadonlyMap<string, ManagedTag>;
  /** Created tags that left the program and stayed on the registry, oldest first. */
  readonly left: readonly LeftTag[];
  /** Digests of manifests that were absent just before they were pushed; noted only with `onDelete: "delete"`. */
  readonly pushed: readonly string[];
  /** The subject of each referrer that was copied, by the referrer's digest. */
  readonly referrers: ReadonlyMap<string, string>;
  /** Whether the last create or update did not come to its end. */
  readonly isUnfinished: boolean;
}

/** A tag that is not managed any more, and the digest that it named then. */
export interface LeftTag {
  readonly tag: string;
  readonly digest: string;
}

/** The most tags that {@link ResourceRecord.left} keeps. */
const leftLimit = 50;

/** The record of a resource that has done nothing. */
export const noRecord: ResourceRecord = {
  managed: new Map(),
  left: [],
  pushed: [],
  referrers: new Map(),
  isUnfinished: false,
};

/** Whether a tag that names this digest is the resource's own to move: it is managed, or left the program at that digest. */
export function isOwnTag(record: ResourceRecord, tag: string, digest: string | undefined): boolean {
  return record.managed.has(tag) || isLeft(record, tag, digest);
}

function isLeft({ left }: ResourceRecord, tag: string, digest: string | undefined): boolean {
  return left.some((entry) => entry.tag === tag && entry.digest === digest);
}

/**
 * The record after tags were to be put.
 * @param digests - the digest that each tag is to name.
 * @param onConflict - with `overwrite`, a tag that is found at its digest counts as created: it would have been taken anyway.
 */
export function withTags(
  record: ResourceRecord,
  outcomes: readonly TagOutcome[],
  digests: ReadonlyMap<string, string>,
  onConflict: OnConflict,
): ResourceRecord {
  const managed = new Map(record.managed);
  for (const outcome of outcomes) {
    const { tag } = outcome;
    const digest = digests.get(tag);
    if (digest === undefined || !isPut(outcome)) continue;
    const isFound = outcome.result === "found" && onConflict === "fail" && !isLeft(record, tag, digest);
    managed.set(tag, { digest, isAdopted: record.managed.get(tag)?.isAdopted ?? isFound });
  }
  return { ...record, managed, left: record.left.filter(({ tag }) => !managed.has(tag)) };
}

/** Whether a tag names its digest now, as far as the registry has acknowledged. */
function isPut(outcome: TagOutcome): boolean {
  return outcome.result !== "failed" || outcome.isAcknowledged === true;
}

/** The record after manifests were pushed that had been absent. */
export function withPushed(record: ResourceRecord, digests: readonly string[]): ResourceRecord {
  return digests.length === 0 ? record : { ...record, pushed: [...new Set([...record.pushed, ...digests])] };
}

/** The record after referrers were copied and listed. @param referrers - the subject of each, by its own digest. */
export function withReferrers(
  record: ResourceRecord,
  referrers: Iterable<readonly [digest: string, subject: string]>,
): ResourceRecord {
  return { ...record, referrers: new Map([...record.referrers, ...referrers]) };
}

/** The tags that the program does not list any more. Cosign's tags belong to their manifests, and are never among them. */
export function unlistedTags({ managed }: ResourceRecord, wanted: readonly string[]): readonly string[] {
  return [...managed.keys()].filter((tag) => !wanted.includes(tag) && !isCosignTag(tag));
}

/** The record without the management of tags. @param areLeft - whether created ones among them stay on the registry. */
export function withoutTags(record: ResourceRecord, tags: readonly string[], areLeft: boolean): ResourceRecord {
  const managed = [...record.managed].filter(([tag]) => !tags.includes(tag));
  const added = tags.flatMap((tag) => {
    const entry = record.managed.get(tag);
    return areLeft && entry && !entry.isAdopted ? [{ tag, digest: entry.digest }] : [];
  });
  const earlier = record.left.filter(({ tag }) => !tags.includes(tag));
  return { ...record, managed: new Map(managed), left: [...earlier, ...added].slice(-leftLimit) };
}

/** The tags that the resource created, and so may remove. */
export function createdTags(record: ResourceRecord): readonly string[] {
  return [...createdDigests(record).keys()];
}

/** The tags that the resource created, and so may remove: by tag, the digest that it put there. */
export function createdDigests({ managed }: ResourceRecord): ReadonlyMap<string, string> {
  return new Map([...managed].flatMap(([tag, { isAdopted, digest }]) => (isAdopted ? [] : [[tag, digest] as const])));
}
