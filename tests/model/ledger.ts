import { labelOf } from "./message";
import type { Change, Storage } from "./storage";
import { missingUnder } from "./tree";

/** A change, and who had made what was there before it. */
export interface LedgerEntry extends Change {
  readonly previous: Change | undefined;
  /** Whether a tag was its author's to move before: who had put something there, and not taken it away since. */
  readonly wasOurs: boolean;
}

/**
 * The oracle: who wrote each tag and manifest of one registry, from the wire alone. The provider's own record is never
 * asked.
 */
export interface Ledger {
  /** Everything that changed, in order. */
  readonly entries: readonly LedgerEntry[];
  /** Whoever made a tag name what it names now, or brought a manifest when it was not there. */
  author(name: string): Change | undefined;
  /** A sentence for each tag that a change of ours left at something that is not whole. */
  readonly incomplete: readonly string[];
  record(change: Change, storage: Storage): void;
  /** Another ledger with the same past. */
  clone(): Ledger;
}

interface Past {
  readonly entries: LedgerEntry[];
  readonly authors: Map<string, Change>;
  /** Tags that an author has put something under and not taken away, each behind the author. */
  readonly ours: Set<string>;
  readonly incomplete: string[];
  readonly broken: Set<string>;
}

/** Nothing has happened yet. */
export function createLedger(past: Past = emptyPast()): Ledger {
  const { entries, authors, ours, incomplete, broken } = past;
  return {
    entries,
    incomplete,
    author: (name) => authors.get(name),
    record(change, storage) {
      const { name, after, request } = change;
      const own = `${request.by} ${name}`;
      entries.push({ ...change, previous: authors.get(name), wasOurs: ours.has(own) });
      if (after === undefined) authors.delete(name);
      else authors.set(name, change);
      if (after === undefined) ours.delete(own);
      else ours.add(own);
      noteIncomplete(past, change, storage);
    },
    clone: () =>
      createLedger({
        entries: [...entries],
        authors: new Map(authors),
        ours: new Set(ours),
        incomplete: [...incomplete],
        broken: new Set(broken),
      }),
  };
}

function emptyPast(): Past {
  return { entries: [], authors: new Map(), ours: new Set(), incomplete: [], broken: new Set() };
}

function noteIncomplete({ incomplete, broken }: Past, { request }: Change, storage: Storage): void {
  for (const [tag, digest] of storage.tags) {
    const [repository = ""] = tag.split(":");
    const missing = missingUnder(storage, repository, digest);
    const wasBroken = broken.has(tag);
    if (missing.length === 0) broken.delete(tag);
    else broken.add(tag);
    if (missing.length === 0 || wasBroken || request.by === "stranger") continue;
    incomplete.push(`${tag} lacks ${missing.join(", ")} after ${labelOf(request)} of ${request.call}`);
  }
}
