import { hasCode, hasRegistryCode, hasStatus, ProviderError } from "../errors";
import type { Descriptor } from "../oci/descriptor";
import { digestAlgorithm, digestOf, isDigest, verifyBytes } from "../oci/digest";
import { manifestLimit } from "../oci/manifest";
import { manifestParts } from "../oci/manifestParts";
import { isAbsence } from "./absence";
import { contentDigest } from "./contentDigest";
import type { ManifestReads } from "./manifestReads";
import { mayMissContent } from "./missingContent";
import { headersOnly, type Send, successes } from "./operation";
import type { ManifestContent, Repository } from "./repository";
import { deleteScope, manifestUrl, nameOf, pushScope, type RepositoryAccess } from "./repositoryAccess";
import { createTurns } from "./turns";

/** The writing half of a repository's manifests. */
export type ManifestWrites = Pick<Repository, "putManifest" | "deleteManifest">;

/** As {@link Repository.putManifest} takes it. */
type Replaced = Parameters<Repository["putManifest"]>[2];

/** The writing half of one repository's manifests. What it writes goes into `access.known`. */
export function createManifestWrites(access: RepositoryAccess, { lookAtManifest }: ManifestReads): ManifestWrites {
  const { operations, known } = access;
  const turns = createTurns();

  async function putOnce(send: Send, tagOrDigest: string, content: ManifestContent) {
    const { bytes, descriptor } = content;
    const put = {
      method: "PUT",
      url: manifestUrl(access, tagOrDigest),
      scopes: pushScope(access),
      answers: successes,
      headers: { "content-type": descriptor.mediaType },
      body: bytes,
    } as const;
    const { headers } = await send(put, headersOnly);
    // Without the header, which is a promise of 201 alone, the registry is asked.
    const written = contentDigest(headers) ?? (await lookAtManifest(send, descriptor.digest))?.digest;
    requireWritten(content, written, nameOf(access, tagOrDigest));
    return { subjectHandled: headers["oci-subject"] !== undefined };
  }

  /**
   * Whether a PUT by tag whose answer is lost was done all the same.
   * @throws ERR_TAG_CONFLICT when another writer has come since.
   */
  async function isDone(send: Send, tag: string, { digest }: Descriptor, replaces: Replaced): Promise<boolean> {
    const current = (await lookAtManifest(send, tag))?.digest;
    if (current === digest) return true;
    if (replaces === undefined || current === replaces.digest) return false;
    throw takenMeanwhile(nameOf(access, tag), { tag, sent: digest, before: replaces.digest, current });
  }

  /** An answer that is lost may stand for a write that was done, and meanwhile the tag may have moved on. */
  function putWithRetries(tagOrDigest: string, content: ManifestContent, replaces: Replaced) {
    return operations.retry(async (send, attempt) => {
      const mayBeDone = attempt > 1 && !isDigest(tagOrDigest);
      if (mayBeDone && (await isDone(send, tagOrDigest, content.descriptor, replaces)))
        return { subjectHandled: false };
      return putOnce(send, tagOrDigest, content);
    });
  }

  /** Takes a 404 for success where there is nothing to delete. @throws the error otherwise, ERR_ABSENCE_UNCONFIRMED. */
  async function requireAbsent(error: unknown, digest: string): Promise<void> {
    if (isAbsence("manifest", error)) return;
    if (!hasStatus(error, 404) || (await lookAtManifest(operations.send, digest)) !== undefined) throw error;
  }

  /** What a refused PUT comes to: the tag is there already, or it cannot be moved, or the refusal has another reason. */
  async function judgeRefusal(error: unknown, tagOrDigest: string, content: ManifestContent) {
    const { digest } = content.descriptor;
    // What was believed of the repository is wrong somewhere: look at all of it again.
    if (mayMissContent(error)) {
      known.descriptors.clear();
      known.blobs.clear();
    }
    const subject = subjectOf(content);
    if (subject !== undefined && mayMissContent(error)) throw subjectMayBeRefused(error, subject);
    if (isDigest(tagOrDigest)) throw mayBeUnknownAlgorithm(error, digest) ? unknownAlgorithm(error, digest) : error;
    if (!mayBeImmutability(error)) throw error;
    const current = await lookAtManifest(operations.send, tagOrDigest);
    if (current === undefined || (hasRegistryCode(error, "REGISTRY_DISALLOWED_OPERATION") && current.digest !== digest))
      throw error;
    if (current.digest !== digest) throw immutableTag(error, nameOf(access, tagOrDigest), tagOrDigest, current.digest);
    return { subjectHandled: false };
  }

  async function put(tagOrDigest: string, content: ManifestContent, replaces?: Replaced) {
    requireSendable(tagOrDigest, content, nameOf(access, tagOrDigest));
    const { descriptor } = content;
    const write = () => access.replicas.put(() => putWithRetries(tagOrDigest, content, replaces));
    const subject = subjectOf(content);
    const result = await access.profile.explaining(access, tagOrDigest, () =>
      // A registry that lists referrers itself may lose one of two that come at once, as olareg does.
      (subject === undefined ? write() : turns(subject, write)).catch((error: unknown) =>
        judgeRefusal(error, tagOrDigest, content),
      ),
    );
    access.replicas.written(tagOrDigest, descriptor.digest);
    known.manifests.set(descriptor.digest, content);
    known.descriptors.set(descriptor.digest, descriptor);
    return result;
  }

  return {
    async putManifest(tagOrDigest, content, replaces) {
      const { digest } = content.descriptor;
      // A PUT by tag does not say the digest: a registry that knows sha256 alone would take it, under a digest of its own.
      if (!isDigest(tagOrDigest) && !isPlainAlgorithm(digest)) await put(digest, content);
      return put(tagOrDigest, content, replaces);
    },
    async deleteManifest(digest) {
      const url = manifestUrl(access, digest);
      const request = { method: "DELETE", url, scopes: deleteScope(access), answers: [200, 202, 204] } as const;
      const send = () => operations.send(request, headersOnly);
      await access.profile.explaining(access, digest, () => send().catch((error) => requireAbsent(error, digest)));
      access.replicas.removed(digest);
      known.manifests.delete(digest);
      known.descriptors.delete(digest);
    },
  };
}

function requireSendable(tagOrDigest: string, { bytes, descriptor }: ManifestContent, name: string): void {
  if (bytes.length > manifestLimit) {
    const message = `The manifest for ${name} has ${bytes.length} bytes; registries take ${manifestLimit} at most.`;
    throw new ProviderError("ERR_CONTENT_TOO_LARGE", message, { limit: manifestLimit, actual: bytes.length });
  }
  verifyBytes(bytes, { digest: isDigest(tagOrDigest) ? tagOrDigest : descriptor.digest }, `manifest for ${name}`);
}

/** Of what cannot be read there is none: whether it is taken is for the registry to say. */
function subjectOf({ bytes, descriptor }: ManifestContent): string | undefined {
  try {
    return manifestParts(bytes, descriptor.mediaType, descriptor.digest).subject?.digest;
  } catch {
    return undefined;
  }
}

/** @param written - the digest that the registry reports, by whichever algorithm it prefers. */
function requireWritten({ bytes, descriptor }: ManifestContent, written: string | undefined, name: string): void {
  const { digest: expected } = descriptor;
  if (written === undefined) {
    const message = `PUT ${name}: the registry took ${expected}, but then had nothing under this digest. Ask its operator.`;
    throw new ProviderError("ERR_NOT_FOUND", message, { reference: name });
  }
  if (digestOf(bytes, digestAlgorithm(written)) === written) return;
  const message = `PUT ${name}: the registry took ${expected}, but says that it holds ${written}. Ask its operator.`;
  throw new ProviderError("ERR_DIGEST_MISMATCH", message, { expected, actual: written });
}

/** Whether a digest is of the algorithm that every registry has to know. */
function isPlainAlgorithm(digest: string): boolean {
  return digestAlgorithm(digest) === "sha256";
}

function mayBeUnknownAlgorithm(error: unknown, digest: string): error is ProviderError<"ERR_REGISTRY"> {
  return !isPlainAlgorithm(digest) && hasStatus(error, 400, 404, 415);
}

function subjectMayBeRefused(error: ProviderError<"ERR_REGISTRY">, subject: string): ProviderError<"ERR_REGISTRY"> {
  const message = `${error.message} Some registries, GitLab's among them, refuse every manifest with a subject, here ${subject}: leave it out, or leave out copyReferrers.`;
  return new ProviderError("ERR_REGISTRY", message, error.details, { cause: error });
}

function unknownAlgorithm(error: ProviderError<"ERR_REGISTRY">, digest: string): ProviderError<"ERR_DIGEST_INVALID"> {
  const message = `The registry does not take ${digest}: it may know sha256 alone. Nothing was tagged. Write the image with sha256 digests, or push it to another registry. ${error.message}`;
  return new ProviderError("ERR_DIGEST_INVALID", message, { digest }, { cause: error });
}

/** Registries refuse to move an immutable tag in many ways, and some in the same way even when it would not move. */
function mayBeImmutability(error: unknown): error is ProviderError<"ERR_REGISTRY"> {
  if (hasStatus(error, 405, 409, 412) || hasRegistryCode(error, "TAG_INVALID")) return true;
  if (!hasCode(error, "ERR_REGISTRY") || error.details.status >= 500) return false;
  return error.details.errors.some(({ message = "" }) => /immutable|cannot be overwritten/i.test(message));
}

function takenMeanwhile(
  name: string,
  told: {
    readonly tag: string;
    readonly sent: string;
    readonly before: string | undefined;
    readonly current: string | undefined;
  },
) {
  const { tag, sent, before = "nothing", current = "nothing" } = told;
  return new ProviderError(
    "ERR_TAG_CONFLICT",
    `PUT ${name}: the answer was lost, and the tag names ${current} now, neither ${before} as before nor ${sent}: another writer has ` +
      "moved it since. It was not written again. Agree on one writer, then run `pulumi up` again.",
    { tag, digest: current },
  );
}

function immutableTag(error: ProviderError<"ERR_REGISTRY">, name: string, tag: string, digest: string) {
  return new ProviderError(
    "ERR_TAG_IMMUTABLE",
    `${name} stays at ${digest}: the registry refuses to move it. Use another tag, or allow it to move there. ${error.message}`,
    { tag },
    { cause: error },
  );
}
