import { AsyncGzip, Gzip } from "fflate";

// The compressed bytes depend on where the input is cut, and files arrive cut as the machine likes.
const pieceSize = 64 * 1024;
// What is smaller is compressed sooner than a worker starts.
const workerPieces = 16;
// How far the worker's input may be ahead of it.
const queuedLimit = 4 * pieceSize;
// Level 4: a fifth faster than 6 for 1 % more bytes. `mem` is given because its default depends on the input's length.
const options = { level: 4, mem: 8, mtime: 0 } as const;

/**
 * Compresses a stream with gzip. The bytes depend on the input's bytes alone, not on how they are cut, the machine or
 * the version of Node. From 1 MiB on it is done in a worker thread, so that other work of the process gets its turn and several
 * layers several cores.
 * @see https://www.rfc-editor.org/rfc/rfc1952
 */
export async function* gzip(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const rest = pieces(input);
  const first: Uint8Array[] = [];
  try {
    while (first.length < workerPieces) {
      const { value, done } = await rest.next();
      if (done) return yield* compressHere(first);
      first.push(value);
    }
    yield* compressInWorker(first, rest);
  } finally {
    await rest.return(undefined);
  }
}

function* compressHere(input: readonly Uint8Array[]): Generator<Uint8Array> {
  const output: Uint8Array[] = [];
  const compressor = new Gzip(options, (chunk) => output.push(chunk));
  for (const piece of input) {
    compressor.push(piece);
    yield* output.splice(0);
  }
  compressor.push(new Uint8Array(0), true);
  yield* output;
}

async function* compressInWorker(
  first: readonly Uint8Array[],
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const worker = startWorker();
  try {
    for (const piece of first) yield* await worker.compress(piece);
    for await (const piece of rest) yield* await worker.compress(piece);
    yield* await worker.end();
  } finally {
    worker.stop();
  }
}

/** A thread that compresses; each call returns what is ready by then, and ends when no more than the limit is queued. */
function startWorker() {
  const output: Uint8Array[] = [];
  let failure: Error | undefined;
  let isDone = false;
  let wake = () => {};
  const compressor = new AsyncGzip(options, (error, chunk, final) => {
    if (error) failure = error;
    else output.push(chunk);
    isDone = final;
    wake();
  });
  compressor.ondrain = () => wake();
  const until = async (isReady: () => boolean) => {
    while (failure === undefined && !isReady()) await new Promise<void>((resolve) => (wake = resolve));
    if (failure) throw failure;
    return output.splice(0);
  };
  return {
    compress(piece: Uint8Array) {
      compressor.push(piece);
      return until(() => compressor.queuedSize <= queuedLimit);
    },
    end() {
      compressor.push(new Uint8Array(0), true);
      return until(() => isDone);
    },
    stop: () => compressor.terminate(),
  };
}

/** Each in memory of its own, which may be handed to a worker. */
async function* pieces(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, undefined> {
  let piece = new Uint8Array(pieceSize);
  let filled = 0;
  for await (const chunk of input) {
    for (let offset = 0; offset < chunk.length; ) {
      const part = chunk.subarray(offset, offset + pieceSize - filled);
      piece.set(part, filled);
      filled += part.length;
      offset += part.length;
      if (filled < pieceSize) continue;
      yield piece;
      piece = new Uint8Array(pieceSize);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
  return undefined;
}
