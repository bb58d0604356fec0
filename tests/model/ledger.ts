import { labelOf } from "./message";
import type { Change, Storage } from "./storage";
import { missingUnder } from "./tree";

/**
 * The oracle: who wrote each tag and manifest of one registry, from the wire alone. The provider's own record is never
 * asked.
 */
export interface Ledger {
  /** Everything that changed, in order. */
  readonly changes: readonly Change[];
  /** Whoever made a tag name what it names now, or brought a manifest when it was not there. */
  author(name: string): Change | undefined;
  /** Whether the provider ever made this tag name something. */
  wasEverOurs(tag: string): boolean;
  /** A sentence for each tag that a change of ours left at something that is not whole. */
  readonly incomplete: readonly string[];
  record(change: Change, storage: Storage): void;
}

/** Nothing has happened yet. */
export function createLedger(): Ledger {
  const changes: Change[] = [];
  const authors = new Map<string, Change>();
  const incomplete: string[] = [];
  const broken = new Set<string>();

  function noteIncomplete({ request }: Change, storage: Storage): void {
    for (const [tag, digest] of storage.tags) {
      const [repository = ""] = tag.split(":");
      const missing = missingUnder(storage, repository, digest);
      const wasBroken = broken.has(tag);
      if (missing.length === 0) broken.delete(tag);
      else broken.add(tag);
      if (missing.length === 0 || wasBroken || request.by === "stranger") continue;
      incomplete.push(`${tag} names ${digest}, of which ${missing.join(", ")} is missing, after ${labelOf(request)}`);
    }
  }

  return {
    changes,
    incomplete,
    author: (name) => authors.get(name),
    wasEverOurs: (tag) => changes.some(({ name, after, request }) => name === tag && after && request.by === "us"),
    record(change, storage) {
      changes.push(change);
      if (change.after === undefined) authors.delete(change.name);
      else authors.set(change.name, change);
      noteIncomplete(change, storage);
    },
  };
}
