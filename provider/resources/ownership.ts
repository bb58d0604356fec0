import { stringList, stringMap } from "./inputs";
import type { PropertyBag } from "./lifecycle";
import type { TagOutcome } from "./tagWrite";

/** What a state records of the resource's own doing: the ground on which anything is ever removed. */
export interface Ownership {
  /** Tags that we wrote, and so may remove. */
  readonly createdTags: readonly string[];
  /** Tags that named our digest before we came: never removed. */
  readonly adoptedTags: readonly string[];
  /** Digests of manifests that were absent just before we pushed them. Looked for only with `onDelete: "delete"`. */
  readonly pushed: readonly string[];
  /** Tags of an index's children that we wrote, with the digest that each names. */
  readonly childTags: Readonly<Record<string, string>>;
}

/** Reads what a state records; nothing of what an absent one does. */
export function ownershipOf(state: PropertyBag | undefined): Ownership {
  const bag = state ?? {};
  return {
    createdTags: stringList(bag, "createdTags"),
    adoptedTags: stringList(bag, "adoptedTags"),
    pushed: stringList(bag, "pushed"),
    childTags: stringMap(bag, "childTags") ?? {},
  };
}

/** The digest that our tags must still name to be ours: refresh records another one when somebody moved all of them. */
export function ownDigest(state: PropertyBag): string {
  return String(state["ownDigest"] ?? state["digest"]);
}

/** Ownership after tags were written: a tag that we once wrote stays ours, one that we found or adopted stays adopted. */
export function afterWriting(before: Ownership, outcomes: readonly TagOutcome[]): Ownership {
  const written = tagsOf(outcomes, "written").filter((tag) => !before.adoptedTags.includes(tag));
  const found = tagsOf(outcomes, "found").filter((tag) => !before.createdTags.includes(tag));
  return {
    ...before,
    createdTags: union(before.createdTags, written),
    adoptedTags: union(before.adoptedTags, found),
  };
}

/** Ownership after manifests were pushed that had been absent. */
export function afterPushing(before: Ownership, digests: readonly string[]): Ownership {
  return { ...before, pushed: union(before.pushed, digests) };
}

/** Ownership of those tags only that are still wanted. */
export function onlyTags(before: Ownership, wanted: readonly string[]): Ownership {
  return {
    ...before,
    createdTags: before.createdTags.filter((tag) => wanted.includes(tag)),
    adoptedTags: before.adoptedTags.filter((tag) => wanted.includes(tag)),
  };
}

/** The tags with which something went this way. */
export function tagsOf(outcomes: readonly TagOutcome[], result: TagOutcome["result"]): readonly string[] {
  return outcomes.filter((outcome) => outcome.result === result).map(({ tag }) => tag);
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a, ...b])];
}
