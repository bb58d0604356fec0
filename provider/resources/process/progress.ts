import { Readable } from "node:stream";
import type { Clock } from "../../http/clock";
import { isImageConfigMediaType } from "../../oci/mediaTypes";
import type { SourceBlob } from "../../sources/source";
import { formatProgress } from "./formatProgress";

/** Follows how far the blobs of one resource have come. */
export interface Progress {
  /**
   * Follows a blob until it is where it belongs; one that is followed already counts once.
   * @param push - brings the blob there; it must read the one that it is given, not the original.
   * @returns what `push` returns.
   */
  follow<T>(blob: SourceBlob, push: (blob: SourceBlob) => Promise<T>): Promise<T>;
}

// So often people can read it, and the engine is not kept busy by it.
const intervalMs = 500;
// The rate is that of the last few seconds.
const rateWindowMs = 5000;

/**
 * Follows blobs and tells of them at most twice a second, and only when bytes move: what is done sooner is never told of.
 * @param tell - is given a row for people, see {@link formatProgress}.
 */
export function createProgress(clock: Pick<Clock, "now">, tell: (row: string) => void): Progress {
  const followed = new Map<string, Followed>();
  const samples: { readonly at: number; readonly moved: number }[] = [];
  let moved = 0;

  function move(blob: Followed, bytes: number): void {
    blob.done += bytes;
    moved += bytes;
    const now = clock.now();
    if (now - (samples.at(-1)?.at ?? now) < intervalMs) return;
    while (samples.length > 1 && now - (samples[0]?.at ?? now) > rateWindowMs) samples.shift();
    const [oldest = { at: now, moved }] = samples;
    samples.push({ at: now, moved });
    const bytesPerSecond = Math.round(((moved - oldest.moved) * 1000) / (now - oldest.at));
    tell(formatProgress({ ...totalsOf([...followed.values()]), bytesPerSecond }));
  }

  return {
    async follow(blob, push) {
      const { digest, size, mediaType } = blob.descriptor;
      if (followed.has(digest)) return push(blob);
      const progress = { size, done: 0, isLayer: !isImageConfigMediaType(mediaType), isDone: false };
      followed.set(digest, progress);
      if (samples.length === 0) samples.push({ at: clock.now(), moved });
      const result = await push(watched(blob, progress, (bytes) => move(progress, bytes)));
      progress.isDone = true;
      return result;
    },
  };
}

interface Followed {
  /** In bytes. */
  readonly size: number;
  /** Bytes that have been read. */
  done: number;
  readonly isLayer: boolean;
  isDone: boolean;
}

function totalsOf(blobs: readonly Followed[]) {
  const layers = blobs.filter(({ isLayer }) => isLayer);
  return {
    layers: { done: layers.filter(({ isDone }) => isDone).length, all: layers.length },
    bytes: {
      done: blobs.reduce((sum, { isDone, size, done }) => sum + (isDone ? size : done), 0),
      all: blobs.reduce((sum, { size }) => sum + size, 0),
    },
  };
}

function watched(blob: SourceBlob, progress: Followed, move: (bytes: number) => void): SourceBlob {
  async function* read(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    // An attempt begins anew.
    progress.done = 0;
    for await (const chunk of chunks) {
      move(chunk.length);
      yield chunk;
    }
  }
  const { openForSending } = blob;
  return {
    ...blob,
    open: async () => Readable.from(read(await blob.open()), { objectMode: false }),
    ...(openForSending && { openForSending: async () => read(await openForSending()) }),
  };
}
