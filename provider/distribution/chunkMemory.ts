/** The most bytes of a chunk that is read from a file or gathered from a connection: few enough to stay in a processor's cache. */
export const chunkSize = 256 * 1024;

/** Gives the memory for a chunk of so many bytes, at most {@link chunkSize}. */
export type ChunkMemory = (size: number) => Buffer;

/** New memory for each chunk, for whoever keeps it. */
export const newMemory: ChunkMemory = (size) => Buffer.allocUnsafe(size);

/**
 * Memory that is used again, for whoever passes chunks on: for each new one it saves the system's work of clearing a page, and
 * the process does not grow.
 * @param count - how many chunks are in use at the same time.
 */
export function reusedMemory(count: number): ChunkMemory {
  const buffers = [...Array(count)].map(() => Buffer.allocUnsafeSlow(chunkSize));
  let turn = 0;
  return (size) => {
    turn = (turn + 1) % count;
    return buffers[turn]?.subarray(0, size) ?? newMemory(size);
  };
}
