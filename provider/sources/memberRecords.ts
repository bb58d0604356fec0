import { invalidContent } from "../oci/json";
import { parsePax, textOfPax } from "./pax";

/** What is said before a tar's member about it, as far as it matters for finding its content. */
export interface MemberRecords {
  readonly path?: string;
  readonly linkpath?: string;
  /** In bytes. */
  readonly size?: number;
}

/**
 * Reads a PAX extended header for what it says of a member's name and size.
 * @param body - without its header block and padding.
 * @param what - names the header in messages.
 * @throws ERR_CONTENT_INVALID as `parsePax`, for a size that is no number of bytes, and for sparse files, whose content lies
 * elsewhere than their size says.
 */
export function memberRecords(body: Uint8Array, what: string): MemberRecords {
  const records = parsePax(body, what);
  if (Object.keys(records).some((keyword) => keyword.startsWith("GNU.sparse.")))
    throw invalidContent(what, "declares a sparse file; make the archive without sparse files");
  const { path, linkpath, size } = records;
  return {
    ...(path !== undefined && { path: textOfPax(path) }),
    ...(linkpath !== undefined && { linkpath: textOfPax(linkpath) }),
    ...(size !== undefined && { size: parseSize(size, what) }),
  };
}

function parseSize(text: string, what: string): number {
  const size = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(size)) return size;
  throw invalidContent(what, `has the size ${JSON.stringify(text.slice(0, 40))}, which is not a number of bytes`);
}
