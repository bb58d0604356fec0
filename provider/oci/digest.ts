import { createHash } from "node:crypto";
import { ProviderError } from "../errors";
import { quote } from "./quote";

/** The algorithms that a digest may name here: the two that image-spec registers and registries use. */
export type DigestAlgorithm = "sha256" | "sha512";

const digestPattern = /^(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/;

// The grammar of the specification, for digests that are only passed on.
const anyDigestPattern = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[A-Za-z0-9=_-]{1,256}$/;

/** Whether a text is a digest as {@link parseDigest} takes it. */
export function isDigest(text: string): boolean {
  return digestPattern.test(text);
}

/**
 * Whether a text has the form of a digest, of whichever algorithm: content under it can be listed, but neither verified nor copied
 * unless {@link isDigest} holds, too.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#digests
 */
export function hasDigestForm(text: string): boolean {
  return text.startsWith("sha256:") || text.startsWith("sha512:") ? isDigest(text) : anyDigestPattern.test(text);
}

/**
 * Takes a text as a digest: `sha256:` and 64, or `sha512:` and 128 lower-case hexadecimal digits, and nothing around them.
 * What it returns is therefore safe in URLs and file names.
 * @param text - any text.
 * @returns the text itself.
 * @throws ERR_DIGEST_INVALID for everything else, algorithms of other tools included.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#digests
 */
export function parseDigest(text: string): string {
  if (isDigest(text)) return text;
  const problem = hasDigestForm(text)
    ? "is a digest of an algorithm that cannot be verified here. Use content whose digest is of sha256 or sha512."
    : "is not a digest. Write sha256: and 64, or sha512: and 128 lower-case hexadecimal digits.";
  throw new ProviderError("ERR_DIGEST_INVALID", `${quote(text)} ${problem}`, { digest: text });
}

/**
 * The algorithm of a digest.
 * @throws ERR_DIGEST_INVALID when the text is not a digest.
 */
export function digestAlgorithm(digest: string): DigestAlgorithm {
  return parseDigest(digest).startsWith("sha256:") ? "sha256" : "sha512";
}

/**
 * Computes a digest.
 * @param bytes - the content.
 * @param algorithm - `sha256` unless told.
 * @returns the digest of exactly these bytes.
 */
export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = "sha256"): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
}

/**
 * Checks bytes against a descriptor: the size first, then the digest by its own algorithm.
 * @param bytes - what was received or read.
 * @param expected - `digest`, and `size` in bytes where it is known.
 * @param what - names the content in messages, for example `config of r.example/team/server`.
 * @throws ERR_CONTENT_INVALID when the size differs, ERR_DIGEST_MISMATCH when the digest differs, ERR_DIGEST_INVALID when
 * `expected.digest` is not a digest.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#verification
 */
export function verifyBytes(
  bytes: Uint8Array,
  expected: { readonly digest: string; readonly size?: number },
  what: string,
): void {
  const algorithm = digestAlgorithm(expected.digest);
  if (expected.size !== undefined && bytes.length !== expected.size) {
    throw wrongSize(what, expected.size, `${bytes.length} bytes`);
  }
  requireEqual(digestOf(bytes, algorithm), expected.digest, what);
}

/**
 * Checks content chunk by chunk, for content that is too large to hold.
 * @param expected - the descriptor's `digest` and `size` in bytes.
 * @param what - names the content in messages.
 * @returns `update`, which throws ERR_CONTENT_INVALID as soon as more than `size` bytes have come, and `finish`, which throws
 * ERR_CONTENT_INVALID when fewer came and ERR_DIGEST_MISMATCH when the digest differs.
 * @throws ERR_DIGEST_INVALID when `expected.digest` is not a digest.
 */
export function createVerifier(
  expected: { readonly digest: string; readonly size: number },
  what: string,
): { update(chunk: Uint8Array): void; finish(): void } {
  const algorithm = digestAlgorithm(expected.digest);
  const hash = createHash(algorithm);
  let received = 0;
  return {
    update(chunk) {
      received += chunk.length;
      if (received > expected.size) throw wrongSize(what, expected.size, "more");
      hash.update(chunk);
    },
    finish() {
      if (received !== expected.size) throw wrongSize(what, expected.size, `${received} bytes`);
      requireEqual(`${algorithm}:${hash.digest("hex")}`, expected.digest, what);
    },
  };
}

function wrongSize(what: string, expected: number, came: string): ProviderError {
  return new ProviderError(
    "ERR_CONTENT_INVALID",
    `${what}: expected ${expected} bytes, got ${came}. The content was cut short, replaced or changed on the way; fetch it again.`,
    {},
  );
}

function requireEqual(actual: string, expected: string, what: string): void {
  if (actual === expected) return;
  throw new ProviderError(
    "ERR_DIGEST_MISMATCH",
    `${what}: expected digest ${expected}, got ${actual}. The content was changed or damaged; it is not used.`,
    { expected, actual },
  );
}
