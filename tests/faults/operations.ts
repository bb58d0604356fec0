import type { RegistryClient, Repository } from "../../provider/distribution/repository";
import { joinChunks } from "../../provider/distribution/verifiedChunks";
import type { Descriptor } from "../../provider/oci/descriptor";
import { digestOf } from "../../provider/oci/digest";
import { parseManifest } from "../../provider/oci/manifest";
import { mediaTypes } from "../../provider/oci/mediaTypes";
import { blobOf, manifestOf } from "../registry/distribution/content";
import { type TinyRegistry, tinyToken } from "../support/tinyRegistry";

/** One of the things that this client does with a registry, and the one request of it that a fault happens to. */
export interface Operation {
  /** The column of the table. */
  readonly name: string;
  /** Which of its requests has the fault, counted from 1. */
  readonly position: number;
  /** Whether that request has a body. */
  readonly sendsBody: boolean;
  /** What is in the right answer's body; `head`: it is the answer to a HEAD. */
  readonly answer: "nothing" | "head" | "json" | "manifest" | "blob";
  /** Whether the right answer has a Docker-Content-Digest. */
  readonly namesDigest: boolean;
  /** How many requests the whole operation takes. */
  readonly requests: {
    readonly undisturbed: number;
    /** When the faulty request comes to nothing and is tried again, with all that has to be looked at before that. */
    readonly again: number;
    /** When the faulty request was obeyed, but the client cannot know; for one that changes something. */
    readonly unheard?: number;
    /** When the operation ends with the faulty request, and perhaps tidies up. */
    readonly failed: number;
  };
  /** Puts into the registry what the operation needs. */
  readonly prepare: (content: TinyRegistry) => void;
  /** Runs it: "done" when everything is as it should be, else what came instead. */
  readonly run: (client: RegistryClient, content: TinyRegistry) => Promise<string>;
}

const [name, base, tag] = ["team/server", "team/base", "1.0"];
const image = manifestOf({ annotations: { text: "x".repeat(1000) }, manifests: [] }, mediaTypes.ociIndex);
const previous = manifestOf({ manifests: [] }, mediaTypes.ociIndex);
const { digest } = image.descriptor;
// Larger than what is read before it is sent.
const blob = blobOf(Buffer.alloc(256 * 1024, "blob"));
const bytesOfBlob = Buffer.alloc(256 * 1024, "blob");
const referrer = (text: string): Descriptor => ({
  mediaType: mediaTypes.ociManifest,
  digest: digestOf(Buffer.from(text)),
  size: text.length,
});

const holdsImage = ({ manifests, tags }: TinyRegistry) => {
  manifests.set(`${name}@${digest}`, { mediaType: mediaTypes.ociIndex, bytes: Buffer.from(image.bytes) });
  tags.set(`${name}:${tag}`, digest);
};
const holdsPrevious = ({ manifests, tags }: TinyRegistry) => {
  const { bytes, descriptor } = previous;
  manifests.set(`${name}@${descriptor.digest}`, { mediaType: mediaTypes.ociIndex, bytes: Buffer.from(bytes) });
  tags.set(`${name}:${tag}`, descriptor.digest);
};
const holdsBlob =
  (repository: string) =>
  ({ blobs }: TinyRegistry) => {
    blobs.set(`${repository}@${blob.descriptor.digest}`, bytesOfBlob);
  };
const holdsReferrers = ({ referrers }: TinyRegistry) => {
  referrers.set(digest, [[referrer("first")], [referrer("second")]]);
};

const doneIf = (isDone: boolean) => (isDone ? "done" : "not done");

async function lookAtImage(repository: Repository): Promise<string> {
  const found = await repository.headManifest(tag);
  if (found === undefined) return "absent";
  const { mediaType, digest: told, size } = found;
  if (mediaType !== image.descriptor.mediaType) return "another media type";
  return told === digest && size === image.bytes.length ? "done" : "another digest";
}

async function getImage(repository: Repository, tagOrDigest: string): Promise<string> {
  const found = await repository.getManifest(tagOrDigest);
  if (found === undefined) return "absent";
  // As whoever reads a manifest does.
  parseManifest(found.bytes, { mediaType: found.descriptor.mediaType, what: "manifest" });
  const isSame = found.descriptor.mediaType === image.descriptor.mediaType && found.descriptor.digest === digest;
  return doneIf(isSame && Buffer.compare(found.bytes, image.bytes) === 0);
}

async function listReferrers(repository: Repository): Promise<string> {
  const { descriptors, source } = await repository.listReferrers(digest);
  return source === "api" ? doneIf(descriptors.length === 2) : "fallback tag";
}

const reads = { sendsBody: false, namesDigest: false, position: 1, requests: { undisturbed: 1, again: 2, failed: 1 } };
const manifestRead = { ...reads, namesDigest: true, prepare: holdsImage };
const blobRead = { ...reads, namesDigest: true, prepare: holdsBlob(name) };
const referrersRead = { ...reads, answer: "json", prepare: holdsReferrers } as const;
const writes = { sendsBody: false, namesDigest: false, position: 1, answer: "nothing" } as const;

/** The columns of the table. */
export const operations = [
  {
    ...reads,
    name: "ping",
    answer: "nothing",
    prepare: () => {},
    run: async (client) => doneIf(!!(await client.ping())),
  },
  {
    ...reads,
    name: "token",
    answer: "json",
    // Ping, token, ping.
    position: 2,
    requests: { undisturbed: 3, again: 4, failed: 2 },
    prepare: (content) => {
      content.authorization = `Bearer ${tinyToken}`;
    },
    run: async (client) => doneIf(!!(await client.ping())),
  },
  { ...manifestRead, name: "HEAD tag", answer: "head", run: (client) => lookAtImage(client.repository(name)) },
  { ...manifestRead, name: "GET tag", answer: "manifest", run: (client) => getImage(client.repository(name), tag) },
  {
    ...manifestRead,
    name: "GET digest",
    answer: "manifest",
    run: (client) => getImage(client.repository(name), digest),
  },
  {
    ...blobRead,
    name: "HEAD blob",
    answer: "head",
    run: async (client) => ((await client.repository(name).hasBlob(blob.descriptor)) ? "done" : "absent"),
  },
  {
    ...blobRead,
    name: "GET blob",
    answer: "blob",
    run: async (client) => {
      const bytes = await joinChunks(await client.repository(name).getBlob(blob.descriptor));
      return doneIf(Buffer.compare(bytes, bytesOfBlob) === 0);
    },
  },
  {
    ...writes,
    name: "mount",
    namesDigest: true,
    // Again: POST, then HEAD and POST. Unheard: POST, then HEAD.
    requests: { undisturbed: 1, again: 3, unheard: 2, failed: 1 },
    prepare: holdsBlob(base),
    run: (client, content) => pushBlob(client, content, base),
  },
  {
    ...writes,
    name: "POST upload",
    // POST, PUT; again: POST, then HEAD, POST, PUT. A session that nobody heard of is left to the registry.
    requests: { undisturbed: 2, again: 4, unheard: 4, failed: 1 },
    prepare: () => {},
    run: (client, content) => pushBlob(client, content),
  },
  {
    ...writes,
    name: "PUT blob",
    sendsBody: true,
    namesDigest: true,
    position: 2,
    // POST, PUT; again: POST, PUT, DELETE of the session, then HEAD, POST, PUT. Unheard: HEAD finds it.
    requests: { undisturbed: 2, again: 6, unheard: 4, failed: 3 },
    prepare: () => {},
    run: (client, content) => pushBlob(client, content),
  },
  {
    ...writes,
    name: "PUT digest",
    sendsBody: true,
    namesDigest: true,
    requests: { undisturbed: 1, again: 2, unheard: 2, failed: 1 },
    prepare: () => {},
    run: async (client, content) => {
      await client.repository(name).putManifest(digest, image);
      return doneIf(content.manifests.has(`${name}@${digest}`));
    },
  },
  {
    ...writes,
    name: "PUT tag",
    sendsBody: true,
    namesDigest: true,
    // Before a tag is written again, a HEAD tells whether it was written, or moved by others meanwhile.
    requests: { undisturbed: 1, again: 3, unheard: 2, failed: 1 },
    prepare: holdsPrevious,
    run: async (client, content) => {
      await client.repository(name).putManifest(tag, image);
      return doneIf(content.tags.get(`${name}:${tag}`) === digest);
    },
  },
  {
    ...writes,
    name: "DELETE digest",
    requests: { undisturbed: 1, again: 2, unheard: 2, failed: 1 },
    prepare: holdsImage,
    run: async (client, content) => {
      await client.repository(name).deleteManifest(digest);
      // Where the registry says 404, it is as good as gone.
      return content.manifests.has(`${name}@${digest}`) ? "absent" : "done";
    },
  },
  {
    ...writes,
    name: "DELETE tag",
    position: 9,
    // HEAD tag; a page of tags, DELETE of no tag, PUT, DELETE, HEAD, DELETE of a placeholder; HEAD tag, DELETE; a HEAD of the tag comes
    // before each further DELETE.
    requests: { undisturbed: 9, again: 11, unheard: 11, failed: 9 },
    prepare: holdsImage,
    run: async (client, content) => {
      const result = await client.repository(name).removeTag(tag, digest, []);
      if (result !== "untagged") return typeof result === "string" ? result : "kept";
      return doneIf(!content.tags.has(`${name}:${tag}`));
    },
  },
  {
    ...referrersRead,
    name: "referrers",
    requests: { undisturbed: 2, again: 3, failed: 1 },
    run: (client) => listReferrers(client.repository(name)),
  },
  {
    ...referrersRead,
    name: "next page",
    position: 2,
    requests: { undisturbed: 2, again: 3, failed: 2 },
    run: (client) => listReferrers(client.repository(name)),
  },
] as const satisfies readonly Operation[];

/** The name of a column. */
export type OperationName = (typeof operations)[number]["name"];

async function pushBlob(client: RegistryClient, content: TinyRegistry, mountFrom?: string): Promise<string> {
  await client.repository(name).pushBlob(blob, mountFrom === undefined ? {} : { mountFrom });
  return doneIf(content.blobs.has(`${name}@${blob.descriptor.digest}`));
}
