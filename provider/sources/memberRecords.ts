import { invalidContent } from "../oci/json";
import { type PaxRecords, textOfPax } from "./pax";

/** What is said before a tar's member about it, as far as it matters for finding its content. */
export interface MemberRecords {
  readonly path?: string;
  readonly linkpath?: string;
  /** In bytes. */
  readonly size?: number;
}

/**
 * Takes out of PAX records what they say of a member's name and size.
 * @param records - of the header before it.
 * @param what - names the header in messages.
 * @throws ERR_CONTENT_INVALID for a size that is no number of bytes, and for sparse files, whose content lies elsewhere than
 * their size says.
 */
export function memberRecords(records: PaxRecords, what: string): MemberRecords {
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
