import type { Repository } from "./repository";

type PushResult = Awaited<ReturnType<Repository["pushBlob"]>>;

/** Where on one registry this process has put blobs, so that each travels there once. */
export interface BlobPlaces {
  /**
   * Puts a blob into a repository. While the same blob is on its way to another one, this waits for that.
   * @param name - the repository's.
   * @param put - puts it there; given a repository that has it, it may mount it from there.
   */
  put(digest: string, name: string, put: (from: string | undefined) => Promise<PushResult>): Promise<PushResult>;
}

/** Places that nothing is known of. */
export function createBlobPlaces(): BlobPlaces {
  const places = new Map<string, Promise<string | undefined>>();
  return {
    async put(digest, name, put) {
      for (let known = places.get(digest); known !== undefined; known = places.get(digest)) {
        const place = await known;
        if (place !== undefined) return put(place);
        // It failed there; of those who waited for it, one is the next to try.
        if (places.get(digest) === known) places.delete(digest);
      }
      const result = put(undefined);
      const failed = () => undefined;
      places.set(
        digest,
        result.then(() => name, failed),
      );
      return result;
    },
  };
}
