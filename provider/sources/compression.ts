/** The compressions that are told apart by a content's first bytes. */
export type ContentCompression = "gzip" | "zstd" | "xz" | "bzip2";

const signatures: readonly (readonly [ContentCompression, string])[] = [
  ["gzip", "1f8b"],
  ["zstd", "28b52ffd"],
  ["xz", "fd377a585a00"],
  ["bzip2", "425a68"],
];

/** How many of a content's first bytes {@link compressionOf} wants to see. */
export const signatureSize = 6;

/**
 * Recognises compressed content, as tools do that do not go by a file's name.
 * @param head - the first {@link signatureSize} bytes, or all of shorter content.
 * @returns `undefined` for content that is not compressed, as far as can be seen.
 * @see https://www.rfc-editor.org/rfc/rfc1952#section-2.3
 * @see https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1
 */
export function compressionOf(head: Uint8Array): ContentCompression | undefined {
  const start = Buffer.from(head).toString("hex");
  return signatures.find(([, signature]) => start.startsWith(signature))?.[0];
}
