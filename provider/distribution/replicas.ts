import { hasRegistryCode } from "../errors";
import type { Clock } from "../http/clock";
import type { Descriptor } from "../oci/descriptor";

/**
 * How one repository is spoken to while replicas of its registry may lag behind. An Azure registry that is geo-replicated answers
 * from whichever replica is near: one may not have yet what another has taken a moment ago.
 * @see https://learn.microsoft.com/azure/container-registry/container-registry-geo-replication
 */
export interface Replicas {
  /** Takes note that a tag or digest was written just now as `digest`. */
  written(tagOrDigest: string, digest: string): void;
  /** Takes note that a tag or digest was removed. */
  removed(tagOrDigest: string): void;
  /** Looks, and for up to 7.5 s again while what was written less than a minute ago is not what is found. */
  look(tagOrDigest: string, look: () => Promise<Descriptor | undefined>): Promise<Descriptor | undefined>;
  /** Writes a manifest, and for up to 7.5 s again while the registry misses what it refers to. */
  put<T>(put: () => Promise<T>): Promise<T>;
}

const delaysMs = [500, 1_000, 2_000, 4_000];
const lagMs = 60_000;

/** A registry whose every answer knows of every earlier write. */
export const noReplicas: Replicas = {
  written() {},
  removed() {},
  look: (_, look) => look(),
  put: (put) => put(),
};

/** The replicas of an Azure registry. */
export function createReplicas(clock: Clock): Replicas {
  const writes = new Map<string, { readonly digest: string; readonly at: number }>();

  function isExpected(tagOrDigest: string, found: Descriptor | undefined): boolean {
    const write = writes.get(tagOrDigest);
    return write === undefined || write.digest === found?.digest || clock.now() - write.at > lagMs;
  }

  return {
    written(tagOrDigest, digest) {
      const write = { digest, at: clock.now() };
      writes.set(tagOrDigest, write).set(digest, write);
    },
    removed(tagOrDigest) {
      writes.delete(tagOrDigest);
    },
    async look(tagOrDigest, look) {
      for (const delayMs of delaysMs) {
        const found = await look();
        if (isExpected(tagOrDigest, found)) return found;
        await clock.sleep(delayMs);
      }
      return look();
    },
    async put(put) {
      for (const delayMs of delaysMs) {
        try {
          return await put();
        } catch (error) {
          if (!hasRegistryCode(error, "MANIFEST_BLOB_UNKNOWN")) throw error;
          await clock.sleep(delayMs);
        }
      }
      return put();
    },
  };
}
