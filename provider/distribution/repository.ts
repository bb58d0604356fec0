import type { Readable } from "node:stream";
import type { Descriptor } from "../oci/descriptor";
import type { ChunkMemory } from "./chunkMemory";

/** What is done to a repository, in the words of token scopes. The last two are Azure's. */
export type Action = "pull" | "push" | "delete" | "metadata_read" | "metadata_write";

/** A manifest or index exactly as a registry holds it. */
export interface ManifestContent {
  /** mediaType, digest and size of `bytes`. */
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

/**
 * How many chunks are somewhere between their source and the connection that they are sent through, at most: one is being
 * read, one waits for its digest, each of two streams holds one, one is being written.
 */
export const chunksSent = 6;

/** A blob that can be sent as often as needed. */
export interface BlobContent {
  /** digest and size decide; the other fields are not used. */
  readonly descriptor: Descriptor;
  /** Opens the bytes afresh, from the first. */
  open(): Promise<Readable>;
  /**
   * Opens the bytes for sending: perhaps unverified, since the receiver checks them, and in memory that is used again for the
   * chunk that comes {@link chunksSent} later.
   */
  openForSending?(): Promise<AsyncIterable<Uint8Array>>;
  /** Whoever opens gets an error instead of the last chunk of anything but the descriptor's content: nobody need check it again. */
  readonly isVerified?: true;
}

/** How a tag was taken away. */
export type UntagResult =
  /** The tag is gone; the manifest and other tags live on. */
  | "untagged"
  /** It was not there, or was not at the expected digest any more: nothing was done. */
  | "absent"
  | "moved"
  /** The registry cannot remove a tag alone: nothing was lost, the tag is still there. `reason` is for a warning. */
  | { readonly kept: true; readonly reason: string };

/** The referrers of a manifest. */
export interface Referrers {
  readonly descriptors: readonly Descriptor[];
  /**
   * Whether the registry has the referrers API, or the answer came from the fallback tag. `notAList`: that tag names something
   * else, which must not be written over; then there are no descriptors.
   */
  readonly source: "api" | "fallbackTag" | "notAList";
  /** Digest that the fallback tag names; absent when it names nothing, or there is the API. */
  readonly tagged?: string;
}

/** What a registry with an API of its own for it tells of a manifest. */
export interface ManifestMetadata {
  readonly digest: string;
  readonly tags: readonly string[];
  /** As ISO 8601 has it, as the next. */
  readonly createdTime: string;
  readonly lastUpdateTime: string;
}

/** The locks of a repository's tags and manifests, which Azure's registries have. */
export interface Locks {
  /**
   * Makes sure that a tag may be written, for a writer that locks do not bind.
   * @returns whether it can be told: not everybody may read locks.
   * @throws ERR_LOCKED when the tag, or the repository, is locked against writes.
   */
  assertWritable(tag: string): Promise<boolean>;
  /** Whether a tag or manifest that is there is locked against writes or deletion. */
  isLocked(tagOrDigest: string): Promise<boolean>;
  /**
   * Locks a tag or manifest against writes and deletion, or lifts that; one that is not there needs no lifting.
   * @throws ERR_NOT_FOUND when what is to be locked is not there.
   */
  setLock(tagOrDigest: string, isLocked: boolean): Promise<void>;
}

/** An upload session that is open. */
export interface OpenUpload {
  /** Path and query of its URL. */
  readonly path: string;
  /** Cancels it; a failure is ignored, since registries forget sessions by themselves. */
  close(): Promise<void>;
}

/**
 * One repository of one registry. Reading operations ask for the `pull` scope, writing ones for `pull,push`, deleting ones
 * for `pull,push,delete`. `undefined` as a result always means that the registry itself
 * said: not there (see `absence.ts`); any other 404 is ERR_ABSENCE_UNCONFIRMED.
 * Every operation retries as `docs/architecture.md` says and throws ERR_REGISTRY, ERR_AUTH, ERR_TRANSPORT, ERR_TLS, ERR_TIMEOUT.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
 */
export interface Repository {
  /** `host[:port]` of the registry. */
  readonly address: string;
  /** The repository's name. */
  readonly name: string;
  /** Absent where the registry has none. What a lock refuses is ERR_LOCKED then. */
  readonly locks?: Locks;
  /** All manifests, tagged or not, the newest first, at most 10,000; absent where the registry does not tell. `undefined`: no such repository. */
  readonly listMetadata?: () => Promise<readonly ManifestMetadata[] | undefined>;

  /**
   * Looks at a manifest by tag or digest with one HEAD, and where that does not find it, is refused or has no digest, with a GET.
   * A digest already seen in this process costs no request; a tag always does.
   */
  headManifest(tagOrDigest: string): Promise<Descriptor | undefined>;
  /** Looks for a manifest that is probably not there, with one GET; always asks. */
  lookForManifest(tagOrDigest: string): Promise<Descriptor | undefined>;
  /**
   * Fetches a manifest; its bytes are hashed and must match the digest that was asked for or the response's header.
   * By digest, at most one request a process.
   * A tag at a placeholder, which a killed process left while it removed the tag, is absent; so it is for `headManifest`.
   * @throws ERR_DIGEST_MISMATCH, ERR_CONTENT_TOO_LARGE (over 4 MiB).
   */
  getManifest(tagOrDigest: string): Promise<ManifestContent | undefined>;
  /**
   * Writes a manifest under a tag or under its own digest, and checks the digest that the registry reports.
   * A PUT by tag whose response is lost is looked up before it is sent again.
   * @param replaces - what the tag named before, if anything. After a lost response a tag that names neither that nor this
   * manifest is not written again. Left out, whatever it names is replaced.
   * @returns whether the registry handled the manifest's `subject` (OCI-Subject header).
   * One whose digest is not sha256 is put under its digest before any tag, because not every registry takes it.
   * @throws ERR_TAG_CONFLICT; ERR_TAG_IMMUTABLE; ERR_DIGEST_INVALID for an algorithm that the registry does not take; ERR_REGISTRY, of
   * which `mayMissContent` tells whether a child or blob may be missing.
   */
  putManifest(
    tagOrDigest: string,
    content: ManifestContent,
    replaces?: { readonly digest: string | undefined },
  ): Promise<{ readonly subjectHandled: boolean }>;
  /** Takes note that somebody else has just written a tag or digest for us, so that a replica that lags behind is asked again. */
  expectManifest(tagOrDigest: string, digest: string): void;
  /** Deletes a manifest by digest, and with it, on most registries, every tag on it. One that is not there counts as done. */
  deleteManifest(digest: string): Promise<void>;
  /**
   * Removes one tag that is still at `expected`, and nothing else. What the registry does with a DELETE of a tag is learnt first,
   * on a tag made for it, once a process. Ends a removal that an earlier process began.
   * @param tag - the tag to remove.
   * @param expected - the digest that it must still have.
   * @param keepTags - other tags that must live: put back where the registry can only be learnt on `tag` itself and drops them.
   */
  removeTag(tag: string, expected: string, keepTags: readonly string[]): Promise<UntagResult>;
  /** Ends the removals of tags that earlier processes began and that looks of this one have met; what fails stays as it is. */
  finishRemovals(): Promise<void>;

  /** Whether a blob is there (one HEAD, and a GET of one byte where that does not find it; a blob already seen or written in this process costs none). */
  hasBlob(blob: Pick<Descriptor, "digest">): Promise<boolean>;
  /**
   * A blob's bytes as a stream that resumes where a connection broke and ends with an error unless size and digest match.
   * @throws ERR_NOT_FOUND.
   */
  getBlob(descriptor: Descriptor): Promise<Readable>;
  /**
   * The same for somebody who reads them at once and to their end.
   * @param memory - what the chunks are gathered in.
   */
  getBlobChunks(descriptor: Descriptor, memory: ChunkMemory): Promise<AsyncIterable<Uint8Array>>;
  /** A small blob (a config) as bytes; verified. @throws ERR_CONTENT_TOO_LARGE over `limit` bytes (default 4 MiB), ERR_NOT_FOUND. */
  getBlobBytes(descriptor: Descriptor, limit?: number): Promise<Uint8Array>;
  /**
   * Makes sure that a blob is there: mounts it, or else sends it in the session that the refused mount opened.
   * The same blob asked for twice at once is sent once.
   * @param blob - the content.
   * @param options - `mountFrom`: another repository of this registry that has it. `chunkBytes`: send in PATCHes of so many bytes.
   * @returns how it got there.
   * @throws ERR_DIGEST_MISMATCH when the opened bytes are not the descriptor's.
   */
  pushBlob(
    blob: BlobContent,
    options?: { readonly mountFrom?: string; readonly chunkBytes?: number },
  ): Promise<"known" | "mounted" | "uploaded">;

  /** Opens an upload session and sends nothing. The caller closes it. */
  openUpload(): Promise<OpenUpload>;
  /**
   * Whether the registry knows an upload session that was opened in the repository of this name, perhaps at another address.
   * @param path - of the session's URL, with its query.
   */
  knowsUpload(path: string): Promise<boolean>;

  /** All tags in the registry's order, at most 1,000,000. `undefined`: no such repository. */
  listTags(): Promise<readonly string[] | undefined>;
  /** The referrers of a digest, optionally of one artifact type, at most 10,000. */
  listReferrers(digest: string, artifactType?: string): Promise<Referrers>;
}

/** One registry. Get it with `registryClient`: one a process and connection, with its connections, tokens and caches shared. */
export interface RegistryClient {
  readonly address: string;
  /** Asks `/v2/`, with credentials when challenged. @returns the API version header, if any. @throws ERR_AUTH, ERR_REGISTRY … */
  ping(): Promise<{ readonly apiVersion?: string }>;
  /** Makes sure that the registry answers and lets this client in: one {@link ping} a process, none once anything was answered. */
  reach(): Promise<void>;
  /**
   * The user and password that this client signs in with, for a third party that reads in its stead; `undefined` when it signs in
   * by other means, or not at all.
   * @param repository - which may have a login of its own.
   * @throws as signing in.
   */
  login(repository: string): Promise<{ readonly username: string; readonly password: string } | undefined>;
  repository(name: string): Repository;
  /**
   * The same repository for reading alone: when the login that the environment has for it is refused or cannot be looked up, it is
   * read without one.
   */
  source(name: string): Repository;
  close(): Promise<void>;
}
