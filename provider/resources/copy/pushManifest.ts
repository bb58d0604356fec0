import type { Repository } from "../../distribution/repository";
import type { ResolvedManifest, SourceBlob } from "../../sources/source";
import type { Context } from "../context";
import { repositoryAt } from "../process/repositoryAt";
import type { Target } from "../properties/target";

/**
 * Brings everything that a manifest refers to into a repository, all blobs at once: none of them means anything before the
 * manifest is written. Blobs of another repository of the same registry are mounted. The manifest itself is not written.
 * @returns whether all of it was there already, so that the manifest may be, too.
 */
export async function pushBlobs(context: Context, target: Target, manifest: ResolvedManifest): Promise<boolean> {
  const repository = repositoryAt(context, target);
  const push = (blob: SourceBlob) => repository.pushBlob(blob, mountOption(target, blob));
  const results = await Promise.all(
    manifest.blobs.map((blob) => (context.progress ? context.progress.follow(blob, push) : push(blob))),
  );
  return results.every((result) => result === "known");
}

function mountOption(target: Target, { location }: SourceBlob): { readonly mountFrom?: string } {
  return location?.address === target.connection.address ? { mountFrom: location.repository } : {};
}

/**
 * Brings a whole manifest into a repository: blobs, then the manifest under its digest.
 * @param lookFirst - whether to look if it is there already: then nothing is written.
 * @returns whether it was written.
 */
export async function pushManifest(
  context: Context,
  target: Target,
  manifest: ResolvedManifest,
  lookFirst: boolean,
): Promise<boolean> {
  const repository = repositoryAt(context, target);
  const { digest } = manifest.manifest.descriptor;
  if (lookFirst && !(await isAbsent(repository, digest))) return false;
  await pushBlobs(context, target, manifest);
  await repository.putManifest(digest, manifest.manifest);
  return true;
}

/** Whether a repository does not have a manifest. */
export async function isAbsent(repository: Repository, digest: string): Promise<boolean> {
  return (await repository.headManifest(digest)) === undefined;
}
