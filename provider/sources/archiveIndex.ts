import { posix } from "node:path";
import { joinChunks } from "../distribution/verifiedChunks";
import { ProviderError } from "../errors";
import { invalidContent } from "../oci/json";
import { manifestLimit } from "../oci/manifest";
import { quote } from "../oci/quote";
import type { StoredBytes, StoredFile } from "./storedBytes";
import { readTarMembers, type TarMember } from "./tarMembers";

/** What an archive holds, by name. No name ever reaches a file system. */
export interface ArchiveIndex {
  /** Names the archive in messages. */
  readonly name: string;
  /** Whether there is a file of this name, or a link to one of this archive. */
  has(name: string): boolean;
  /** That file. A name may begin with `./`. @throws ERR_SOURCE_UNAVAILABLE when there is none. */
  file(name: string): StoredFile;
  /** A small file's bytes. @throws ERR_CONTENT_TOO_LARGE over 4 MiB; as {@link ArchiveIndex.file}. */
  read(name: string): Promise<Uint8Array>;
}

const mostMembers = 20_000;

/**
 * Lists an archive once: its headers are read, and no contents. As when it is unpacked, of two members with one name the last
 * counts, and a hard link is the file that has its target's name before it.
 * @param bytes - the whole tar, uncompressed.
 * @throws ERR_CONTENT_INVALID as `readTarMembers`, and for names that are absolute or lead out of the archive, and for more than
 * 20,000 members.
 */
export async function indexArchive(bytes: StoredBytes): Promise<ArchiveIndex> {
  const members = await listMembers(bytes);
  const file = (name: string): StoredFile => {
    const member = fileOf(members, posix.normalize(name));
    if (member === undefined) throw missing(bytes.name, name);
    const { offset, size } = member;
    return { what: memberOf(bytes.name, name), size, open: () => bytes.read(offset, size) };
  };
  return {
    name: bytes.name,
    has: (name) => fileOf(members, posix.normalize(name)) !== undefined,
    file,
    async read(name) {
      const { size, what, open } = file(name);
      if (size <= manifestLimit) return joinChunks(open());
      const message = `${what} has ${size} bytes; at most ${manifestLimit} are read.`;
      throw new ProviderError("ERR_CONTENT_TOO_LARGE", message, { limit: manifestLimit, actual: size });
    },
  };
}

async function listMembers(bytes: StoredBytes): Promise<ReadonlyMap<string, TarMember>> {
  const members = new Map<string, TarMember>();
  let count = 0;
  for await (const member of readTarMembers(bytes)) {
    const name = plainName(member.name, bytes.name);
    count += 1;
    if (count > mostMembers) throw invalidContent(bytes.name, `has more than ${mostMembers} members; it is no image`);
    if (member.kind === "folder") continue;
    const content = member.kind === "hardLink" ? members.get(posix.normalize(member.target ?? "")) : member;
    if (content === undefined) members.delete(name);
    else members.set(name, content);
  }
  return members;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const unfitCharacters = /[\u0000-\u001f\u007f\\]/;

/** A member's name without `./` before and `/` behind it. */
function plainName(name: string, archive: string): string {
  const segments = name.replace(/\/$/, "").split("/");
  while (segments[0] === ".") segments.shift();
  const isPlain = segments.every((segment) => segment !== "" && segment !== "." && segment !== "..");
  if (isPlain && !unfitCharacters.test(name)) return segments.join("/");
  const problem =
    "is absolute, leads out of the archive or holds unusual characters; no tool that writes images does that";
  throw invalidContent(memberOf(archive, name), problem);
}

const mostLinks = 8;

/** The file of a name, through symbolic links, by their texts alone: what leads out of the archive is no member's name. */
function fileOf(members: ReadonlyMap<string, TarMember>, name: string): TarMember | undefined {
  let [place, member] = [name, members.get(name)];
  for (let links = 0; member?.kind === "symbolicLink" && links < mostLinks; links++) {
    place = posix.join(posix.dirname(place), member.target ?? "");
    member = members.get(place);
  }
  return member?.kind === "file" ? member : undefined;
}

function memberOf(archive: string, name: string): string {
  return `${archive}: member ${quote(name)}`;
}

function missing(archive: string, name: string): ProviderError<"ERR_SOURCE_UNAVAILABLE"> {
  const message = `${archive} has no file ${quote(name)}, which its image needs: it is incomplete. Make it again.`;
  return new ProviderError("ERR_SOURCE_UNAVAILABLE", message, { source: archive });
}
