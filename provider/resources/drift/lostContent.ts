import type { ManifestContent, Repository } from "../../distribution/repository";
import { manifestParts } from "../../oci/manifestParts";

/** Lost content, by the name under which drift tells of it. */
export type Lost = Readonly<Record<string, "gone">>;

/** The name in drift of a manifest that an index lists. @param label - such as `linux/arm64`. */
export function listedName(label: string, digest: string): string {
  return `${label} (${digest})`;
}

/** The name of a referrer in drift. */
export function referrerName(digest: string): string {
  return listedName("referrer", digest);
}

/** At most so many of a manifest's blobs are looked at: the config, and as many layers as Docker can run. */
const blobLimit = 128;

/**
 * Looks for a manifest and everything that it refers to: one GET, and a HEAD for each of its blobs.
 * @param name - what drift calls the manifest.
 */
export async function findLostContent(repository: Repository, digest: string, name: string): Promise<Lost> {
  const manifest = await repository.getManifest(digest);
  return manifest === undefined ? { [name]: "gone" } : findLostBlobs(repository, manifest, name);
}

/**
 * Looks for the blobs of a manifest, at most 128. They can vanish while their manifest lives on: a registry's clean-up
 * that went wrong, a storage that was restored.
 * @param name - what drift calls the manifest; none for the resource's own.
 */
export async function findLostBlobs(
  repository: Pick<Repository, "hasBlob">,
  { bytes, descriptor }: ManifestContent,
  name?: string,
): Promise<Lost> {
  const { blobs } = manifestParts(bytes, descriptor.mediaType, descriptor.digest);
  const looks = blobs.slice(0, blobLimit).map(async (blob) => {
    return (await repository.hasBlob(blob)) ? [] : [[blobName(blob.digest, name), "gone" as const]];
  });
  return Object.fromEntries((await Promise.all(looks)).flat());
}

function blobName(digest: string, manifest: string | undefined): string {
  return `blob ${digest}${suffix(manifest)}`;
}

function suffix(manifest: string | undefined): string {
  return manifest === undefined ? "" : ` of ${manifest}`;
}

/** Whether a refresh did not find some blob, of whichever manifest. */
export function hasLostBlobs(drift: Readonly<Record<string, string>>): boolean {
  return Object.keys(drift).some((name) => name.startsWith("blob "));
}

/**
 * The blobs of one manifest that a refresh did not find.
 * @param drift - as the refresh recorded it.
 * @param name - what drift calls the manifest; none for the resource's own.
 * @returns their digests.
 */
export function lostBlobs(drift: Readonly<Record<string, string>>, name?: string): readonly string[] {
  const end = suffix(name);
  const names = Object.keys(drift).map((key) => /^blob (\S+)(.*)$/.exec(key));
  return names.flatMap((match) => (match?.[1] !== undefined && match[2] === end ? [match[1]] : []));
}
