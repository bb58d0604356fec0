import { Readable } from "node:stream";
import { verifiedChunks } from "../distribution/verifiedChunks";
import type { Descriptor } from "../oci/descriptor";
import { parseDigest } from "../oci/digest";
import { asObject, invalidContent, parseJson, stringField } from "../oci/json";
import { manifestLimit, parseManifest } from "../oci/manifest";
import { mediaTypes } from "../oci/mediaTypes";
import type { Collection } from "./collection";
import type { SourceBlob } from "./source";
import type { StoredFile } from "./storedBytes";

/** The files of an OCI layout, wherever they are; their paths are relative, with slashes. */
export interface LayoutFiles {
  /** Names the layout in messages: its absolute path. */
  readonly name: string;
  /** Names one of its files in messages. */
  nameOf(path: string): string;
  /** A file. @throws ERR_SOURCE_UNAVAILABLE when it is not there or no regular file. */
  look(path: string): Promise<StoredFile>;
  /** A small file's bytes. @throws ERR_CONTENT_TOO_LARGE over 4 MiB; as {@link LayoutFiles.look}. */
  read(path: string): Promise<Uint8Array>;
  /** Whether there is such a file. */
  has(path: string): Promise<boolean>;
}

/**
 * Opens an OCI layout: reads `oci-layout` and `index.json`.
 * @throws ERR_CONTENT_INVALID for another version and a malformed index; what `files` throws.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
 */
export async function openLayout(files: LayoutFiles): Promise<Collection> {
  await requireLayoutVersion(files);
  const read = (descriptor: Descriptor) => files.read(blobPath(descriptor));
  return {
    store: {
      name: files.name,
      readManifest: read,
      readConfig: read,
      holds: (descriptor) => files.has(blobPath(descriptor)),
      blob: (descriptor) => blobOf(files, descriptor),
    },
    roots: await readIndex(files),
  };
}

async function requireLayoutVersion(files: LayoutFiles): Promise<void> {
  const what = files.nameOf("oci-layout");
  const layout = asObject(parseJson(await files.read("oci-layout"), what, manifestLimit), `${what}:`);
  const version = stringField(layout, "imageLayoutVersion");
  if (!/^1\./.test(version))
    throw invalidContent(layout.path, `imageLayoutVersion is ${JSON.stringify(version)}; only 1.0.0 is known`);
}

async function readIndex(files: LayoutFiles): Promise<readonly Descriptor[]> {
  const what = files.nameOf("index.json");
  const index = parseManifest(await files.read("index.json"), { mediaType: mediaTypes.ociIndex, what });
  return index.kind === "index" ? index.manifests : [];
}

/** Where a blob lies in a layout. The digest's grammar leaves nothing in the path that could lead out of it. */
export function blobPath({ digest }: Descriptor): string {
  return `blobs/${parseDigest(digest).replace(":", "/")}`;
}

async function blobOf(files: LayoutFiles, descriptor: Descriptor): Promise<SourceBlob> {
  const file = await files.look(blobPath(descriptor));
  if (file.size === descriptor.size) return verifiedBlob(descriptor, file);
  const problem = `has ${file.size} bytes, but its descriptor says ${descriptor.size}; export the layout again`;
  throw invalidContent(file.what, problem);
}

/** A blob out of a file: each time it is opened, its bytes are verified as they pass, unless whoever opens it does so himself. */
export function verifiedBlob(
  descriptor: Descriptor,
  { what, open, openForSending = async () => open() }: StoredFile,
): SourceBlob {
  const chunks = () => verifiedChunks(descriptor, what, async () => open());
  return {
    descriptor,
    isVerified: true,
    open: async () => Readable.from(chunks(), { objectMode: false }),
    openForSending,
  };
}
