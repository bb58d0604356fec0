import type { Descriptor } from "../../oci/descriptor";
import { isIndexMediaType } from "../../oci/mediaTypes";
import { requireManifest, resolveRepositoryManifest } from "../../sources/repositoryManifest";
import type { Context } from "../context";
import { repositoryAt, sourceAt } from "../process/repositoryAt";
import type { Target } from "../properties/target";
import { isAbsent, pushBlobs, pushManifest } from "./pushManifest";

/** A manifest, and the repository that has it. */
export interface SourcedManifest {
  readonly source: Target;
  readonly descriptor: Descriptor;
}

/** The probable state of the repository that manifests are copied to, by a manifest's digest. */
export interface TargetState {
  /** Whether to look if it is there already: then it is left alone, and not even read. */
  mayHave(digest: string): boolean;
  /** Whether it is there but lacks blobs: these are brought all the same. */
  isHarmed(digest: string): boolean;
}

/** That whatever is to come has to be brought. */
export const emptyTarget: TargetState = { mayHave: () => false, isHarmed: () => false };

/** Result of copying manifests. */
export interface Copied {
  /** Digests of those that were written. */
  readonly written: readonly string[];
  /** Why others were not brought: ERR_NOT_FOUND when one is gone; what reading its home and writing the target throw. */
  readonly failures: readonly unknown[];
}

/**
 * Brings manifests of other repositories over, whole and unchanged, all at once; of an index the index alone. One manifest's
 * failure does not keep the others from being brought.
 */
export async function copyManifests(
  context: Context,
  manifests: readonly SourcedManifest[],
  target: Target,
  targetState: TargetState,
): Promise<Copied> {
  const results = await Promise.allSettled(
    manifests.map(async (manifest) => {
      const { digest } = manifest.descriptor;
      return (await copyManifest(context, manifest, target, targetState)) ? [digest] : [];
    }),
  );
  return {
    written: results.flatMap((result) => (result.status === "fulfilled" ? result.value : [])),
    failures: results.flatMap((result) => (result.status === "rejected" ? [result.reason] : [])),
  };
}

/** Digests of those that were looked for first, and were not there. */
export function foundAbsent({ written }: Copied, targetState: TargetState): readonly string[] {
  return written.filter((digest) => targetState.mayHave(digest));
}

/** Makes sure that all was copied. @throws the first failure. */
export function requireCopied({ failures }: Copied): void {
  if (failures.length > 0) throw failures[0];
}

/** Result of copying no manifests. */
export const nothingCopied: Copied = { written: [], failures: [] };

/** All that became of two groups. */
export function together(a: Copied, b: Copied): Copied {
  return { written: [...a.written, ...b.written], failures: [...a.failures, ...b.failures] };
}

/** @returns whether the manifest was written. */
async function copyManifest(
  context: Context,
  { source, descriptor }: SourcedManifest,
  target: Target,
  { mayHave, isHarmed }: TargetState,
): Promise<boolean> {
  const repository = repositoryAt(context, target);
  const isThere = mayHave(descriptor.digest) && !(await isAbsent(repository, descriptor.digest));
  if (isThere && !isHarmed(descriptor.digest)) return false;
  const opened = sourceAt(context, source);
  const manifest = isIndexMediaType(descriptor.mediaType)
    ? { manifest: await requireManifest(opened, descriptor.digest), blobs: [] }
    : await resolveRepositoryManifest(opened, descriptor);
  await (isThere ? pushBlobs(context, target, manifest) : pushManifest(context, target, manifest, false));
  return !isThere;
}
