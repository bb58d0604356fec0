import type { ManifestReads } from "./manifestReads";
import type { ManifestWrites } from "./manifestWrites";
import type { Placeholders } from "./placeholders";
import type { UntagResult } from "./repository";
import type { RepositoryAccess } from "./repositoryAccess";

/** A repository as far as removing a tag needs it; its reads do not hide placeholders. */
export interface TagRemoval extends ManifestReads, ManifestWrites {
  readonly access: RepositoryAccess;
  readonly placeholders: Placeholders;
}

/** A tag that stays where it is, and why. */
export type KeptTag = Extract<UntagResult, object>;

/**
 * The result for a tag that stays.
 * @param reason - whole sentences, for a warning.
 */
export function kept(reason: string): KeptTag {
  return { kept: true, reason };
}

/**
 * Looks at a tag that is about to be removed.
 * @returns `undefined` when it is still at `expected`; otherwise why there is nothing to remove.
 */
export async function reasonToSpare(
  { access, lookAtManifest }: Pick<TagRemoval, "access" | "lookAtManifest">,
  tag: string,
  expected: string,
  send = access.operations.send,
): Promise<"absent" | "moved" | undefined> {
  const current = await lookAtManifest(send, tag);
  if (current === undefined) return "absent";
  return current.digest === expected ? undefined : "moved";
}
