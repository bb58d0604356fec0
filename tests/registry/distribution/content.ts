import { randomBytes, randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import type { Credentials } from "../../../provider/distribution/connection";
import { registryClient } from "../../../provider/distribution/registryClient";
import type {
  BlobContent,
  ManifestContent,
  RegistryClient,
  Repository,
} from "../../../provider/distribution/repository";
import { type Clock, systemClock } from "../../../provider/http/clock";
import type { Descriptor } from "../../../provider/oci/descriptor";
import { digestOf } from "../../../provider/oci/digest";
import { mediaTypes } from "../../../provider/oci/mediaTypes";

/** A clock on which every wait is over at once. */
export function impatientClock(): Clock {
  let waitedMs = 0;
  return {
    now: () => systemClock.now() + waitedMs,
    date: () => systemClock.date() + waitedMs,
    random: () => 0.5,
    sleep: async (milliseconds) => {
      waitedMs += Math.max(0, milliseconds);
    },
  };
}

interface Account {
  readonly username: string;
  readonly password: string;
}

const accounts = new Map<string, Account>();

/** From now on the clients of a registry sign in as its account, if it has one. */
export function signIn({ address, account }: { readonly address: string; readonly account?: Account }): void {
  if (account) accounts.set(address, account);
}

/** The credentials of a registry's account, for a program's inputs; none where it lets everyone in. */
export function credentialsFor(address: string): { readonly credentials?: Credentials } {
  const account = accounts.get(address);
  return account ? { credentials: account } : {};
}

/** A client as a new process has it: nothing known, no credentials but those of {@link signIn}. */
export function newClient(address: string, notify: (message: string) => void = () => {}): RegistryClient {
  return registryClient(
    { address, credentials: { anonymous: true }, ...credentialsFor(address) },
    {
      clock: impatientClock(),
      environment: {},
      config: () => undefined,
      notify,
    },
  );
}

/** A repository as a new process has it. */
export function newRepository(address: string, name: string): Repository {
  return newClient(address).repository(name);
}

/** A repository name that no other test uses. */
export function uniqueName(): string {
  return `team/${randomUUID()}`;
}

/** A blob that can be opened as often as needed. */
export function blobOf(bytes: Uint8Array, digest = digestOf(bytes)): BlobContent {
  return {
    descriptor: { mediaType: mediaTypes.ociLayer, digest, size: bytes.length },
    open: async () => Readable.from(chunksOf(bytes), { objectMode: false }),
  };
}

/** A blob that no other test uses. */
export function randomBlob(size = 1000): BlobContent {
  return blobOf(randomBytes(size));
}

function* chunksOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += 64 * 1024) yield bytes.subarray(offset, offset + 64 * 1024);
}

/** A manifest as it would be sent. */
export function manifestOf(document: object, mediaType: string): ManifestContent {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...document }));
  return { descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length }, bytes };
}

/** An index without children, which is unlike any other. */
export function uniqueIndex(more: { readonly subject?: Descriptor } = {}): ManifestContent {
  return manifestOf({ manifests: [], annotations: { id: randomUUID() }, ...more }, mediaTypes.ociIndex);
}

/** All bytes of a stream. */
export async function read(stream: Readable): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
