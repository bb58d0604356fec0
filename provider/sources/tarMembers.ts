import { invalidContent } from "../oci/json";
import { quote } from "../oci/quote";
import { readPart, type StoredBytes } from "./storedBytes";
import { readTarEntries, type TarEntryHeader, type TarInput } from "./tarEntries";
import { blockSize, paddedSize } from "./tarHeader";

/** One member of a tar and where its content lies. The name is what the tar says: nothing has been checked about it. */
export interface TarMember {
  readonly name: string;
  readonly kind: "file" | "folder" | "hardLink" | "symbolicLink";
  /** Where the content begins in the tar, in bytes. */
  readonly offset: number;
  /** The content's size in bytes. */
  readonly size: number;
  /** The target of a link. */
  readonly target?: string;
}

/**
 * Lists the members of a tar: reads the headers alone, and steps over the contents.
 * @param bytes - the whole tar.
 * @returns files, folders and links in their order; each file's content lies within `bytes`.
 * @throws ERR_CONTENT_INVALID as {@link readTarEntries}, for a tar without its end mark, and for devices, pipes and sparse files;
 * what reading throws.
 */
export async function* readTarMembers(bytes: StoredBytes): AsyncGenerator<TarMember> {
  const entries = readTarEntries(inputOf(bytes), bytes.name);
  for (;;) {
    const { done, value } = await entries.next();
    if (!done) yield memberOf(value, bytes.name);
    else if (value.hasEndMark) return;
    else throw cutShort(bytes);
  }
}

function inputOf(bytes: StoredBytes): TarInput {
  let position = 0;
  return {
    position: () => position,
    left: () => bytes.size - position,
    async block() {
      if (position === bytes.size) return undefined;
      if (position + blockSize > bytes.size) throw cutShort(bytes);
      position += blockSize;
      return readPart(bytes, position - blockSize, blockSize);
    },
    async content(size) {
      const content = await readPart(bytes, position, size);
      position += paddedSize(size);
      return content;
    },
    async skip(size) {
      position += paddedSize(size);
      if (position > bytes.size) throw cutShort(bytes);
    },
  };
}

const kinds: Readonly<Record<string, TarMember["kind"]>> = {
  "0": "file",
  "7": "file",
  "1": "hardLink",
  "2": "symbolicLink",
  "5": "folder",
};

const otherKinds: Readonly<Record<string, string>> = {
  "3": "a character device",
  "4": "a block device",
  "6": "a pipe",
};

function memberOf({ type, name, linkpath, offset, size, isSparse }: TarEntryHeader, archive: string): TarMember {
  const what = `${archive}: member ${quote(name)}`;
  if (isSparse) throw invalidContent(what, "is a sparse file; make the archive without sparse files");
  const kind = kinds[type];
  if (kind === undefined)
    throw invalidContent(
      what,
      `is ${otherKinds[type] ?? `of the type ${quote(type)}`}; an image's archive has files, folders and links`,
    );
  return { name, kind, offset, size, ...(kind.endsWith("Link") && { target: linkpath }) };
}

function cutShort({ name, size }: StoredBytes) {
  return invalidContent(name, `ends after ${size} bytes without a tar's end mark: it was cut short; make it again`);
}
