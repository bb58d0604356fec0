import { invalidContent } from "../oci/json";
import { createBlockReader } from "./blockReader";
import type { PaxRecords } from "./pax";
import { readTarEntries, type TarEntryHeader } from "./tarEntries";

/** What the header of a layer's entry says that matters to later layers. */
export interface TarHeader {
  /** Hard links count as files, and so do devices and pipes. */
  readonly type: "folder" | "link" | "file";
  /** Relative to the image's root, without `.` segments and slashes at either end; empty for the root itself. */
  readonly name: string;
  /** Permission bits, and what else the header has above them. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** What a symbolic link holds. */
  readonly linkpath?: string;
  /** Extended attributes and Windows' own; absent when there are none. */
  readonly pax?: PaxRecords;
}

const entryLimit = 1_000_000;

/**
 * Reads the headers of a layer's tar, none of its contents.
 * @param chunks - the tar; read to its end.
 * @param what - names the tar in messages.
 * @throws ERR_CONTENT_INVALID as {@link readTarEntries}, and for over 1,000,000 entries; what reading throws.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md
 */
export async function readTarHeaders(chunks: AsyncIterable<Uint8Array>, what: string): Promise<readonly TarHeader[]> {
  const reader = createBlockReader(chunks, what);
  const headers: TarHeader[] = [];
  for await (const entry of readTarEntries(reader, what)) {
    if (headers.length >= entryLimit) throw invalidContent(what, `has more than ${entryLimit} entries`);
    headers.push(headerOf(entry));
  }
  await reader.drain();
  return headers;
}

function headerOf({ type: flag, name, mode, uid, gid, linkpath, attributes }: TarEntryHeader): TarHeader {
  const type = flag === "5" || flag === "D" ? "folder" : flag === "2" ? "link" : "file";
  return {
    type,
    name: segmentsOf(name).join("/"),
    mode,
    uid,
    gid,
    ...(type === "link" && { linkpath }),
    ...(Object.keys(attributes).length > 0 && { pax: attributes }),
  };
}

// As container runtimes do: a name stays below the root, whatever it says.
function segmentsOf(path: string): readonly string[] {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  return segments;
}
