import type { Readable } from "node:stream";
import { type ChunkMemory, chunkSize } from "./chunkMemory";
import { sweep } from "./sweep";

/**
 * A stream's bytes in larger chunks: what is done with each chunk costs more than the copy.
 * @param stream - read by its events, which cost less than its iterator; destroyed at the end.
 * @param size - how many bytes are to be expected; what comes beyond them is in small chunks.
 * @param memory - what the chunks are gathered in.
 * @throws what the stream breaks with, after all that came before.
 */
export async function* gather(stream: Readable, size: number, memory: ChunkMemory): AsyncGenerator<Uint8Array> {
  const inbox = createInbox(size, memory, () => stream.pause());
  stream.on("data", inbox.receive);
  // It is in `errored`, too, and thrown when all that came before it was taken.
  stream.on("error", () => {});
  if (stream.closed) inbox.end();
  else stream.once("close", inbox.end);
  try {
    for (;;) {
      const chunk = inbox.take();
      if (chunk !== undefined) {
        yield chunk;
        sweep(chunk.length);
      } else if (inbox.isEnded()) {
        if (stream.errored) throw stream.errored;
        return;
      } else {
        stream.resume();
        await inbox.news();
      }
    }
  } finally {
    stream.destroy();
  }
}

/** @param full - called when there is a chunk to take. */
function createInbox(size: number, memory: ChunkMemory, full: () => void) {
  const ready: Uint8Array[] = [];
  let missing = size;
  let gathering: Buffer | undefined;
  let filled = 0;
  let hasEnded = false;
  let wake = () => {};
  const pass = () => {
    if (gathering !== undefined && filled > 0) ready.push(gathering.subarray(0, filled));
    missing = Math.max(1, missing - filled);
    gathering = undefined;
    filled = 0;
  };
  return {
    take: () => ready.shift(),
    isEnded: () => hasEnded,
    news: () => new Promise<void>((resolve) => (wake = resolve)),
    receive(chunk: Uint8Array) {
      for (let rest = chunk; rest.length > 0; ) {
        gathering ??= memory(Math.min(chunkSize, missing));
        const taken = rest.subarray(0, gathering.length - filled);
        gathering.set(taken, filled);
        filled += taken.length;
        rest = rest.subarray(taken.length);
        if (filled === gathering.length) pass();
      }
      if (ready.length === 0) return;
      full();
      wake();
    },
    end() {
      pass();
      hasEnded = true;
      wake();
    },
  };
}
