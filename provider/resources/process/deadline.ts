import { Readable } from "node:stream";
import type { BlobContent, RegistryClient, Repository } from "../../distribution/repository";
import { ProviderError } from "../../errors";
import type { Context } from "../context";

/** Throws once the time of a call is over. */
type AssertTime = () => void;

/**
 * The context of a call that is to end in time: afterwards no operation on a registry begins, and a blob that is being sent is
 * broken off. The call fails with what it has done, so that the next one goes on from there.
 * @param limitSeconds - from now on.
 */
export function withDeadline(context: Context, limitSeconds: number): Context {
  const { clock, registry } = context;
  const limitMs = limitSeconds * 1000;
  const endsAt = clock.now() + limitMs;
  const assertTime = () => {
    if (clock.now() >= endsAt) throw outOfTime(limitMs);
  };
  return { ...context, registry: (connection) => timedClient(registry(connection), assertTime) };
}

function timedClient(client: RegistryClient, assertTime: AssertTime): RegistryClient {
  return {
    ...client,
    repository: (name) => timedRepository(client.repository(name), assertTime),
    source: (name) => timedRepository(client.source(name), assertTime),
  };
}

function timedRepository(repository: Repository, assertTime: AssertTime): Repository {
  const timed =
    <A extends readonly unknown[], R>(operation: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      assertTime();
      return operation(...args);
    };
  return {
    ...repository,
    headManifest: timed(repository.headManifest),
    lookForManifest: timed(repository.lookForManifest),
    getManifest: timed(repository.getManifest),
    putManifest: timed(repository.putManifest),
    deleteManifest: timed(repository.deleteManifest),
    removeTag: timed(repository.removeTag),
    hasBlob: timed(repository.hasBlob),
    getBlob: timed(repository.getBlob),
    getBlobChunks: timed(repository.getBlobChunks),
    getBlobBytes: timed(repository.getBlobBytes),
    pushBlob: timed((blob, options) => repository.pushBlob(timedBlob(blob, assertTime), options)),
    listTags: timed(repository.listTags),
    listReferrers: timed(repository.listReferrers),
  };
}

function timedBlob(blob: BlobContent, assertTime: AssertTime): BlobContent {
  async function* timed(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      assertTime();
      yield chunk;
    }
  }
  const { openForSending } = blob;
  return {
    ...blob,
    open: async () => Readable.from(timed(await blob.open()), { objectMode: false }),
    ...(openForSending && { openForSending: async () => timed(await openForSending()) }),
  };
}

function outOfTime(limitMs: number): ProviderError<"ERR_CALL_TIMEOUT"> {
  return new ProviderError(
    "ERR_CALL_TIMEOUT",
    `the ${limitMs / 1000} s of customTimeouts are over, so nothing more was begun. What was done is recorded: run \`pulumi up\` again to ` +
      "go on from there, or allow more time.",
    { limitMs },
  );
}
