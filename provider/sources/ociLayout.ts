import { join, resolve } from "node:path";
import { Readable } from "node:stream";
import { ProviderError } from "../errors";
import { attestationSubject } from "../oci/attestation";
import type { Descriptor } from "../oci/descriptor";
import { createVerifier, parseDigest } from "../oci/digest";
import { asObject, invalidContent, parseJson, stringField } from "../oci/json";
import { manifestLimit, parseManifest } from "../oci/manifest";
import { mediaTypes } from "../oci/mediaTypes";
import type { Platform } from "../oci/platform";
import { type FileKind, lookAtLocalFile, readLocalFile } from "./localFile";
import { describeCandidate, flattenIndexes, refNameAnnotation, selectImage } from "./selection";
import type { OciLayoutSource, ResolvedImage, SourceWorld } from "./source";
import { resolveStored, type Store } from "./store";

/**
 * Resolves an image of an OCI layout folder. Its manifests and config are read and verified, of its layers only the sizes
 * are looked at; each layer is verified when it is read.
 * @param source - the folder, and which image of it.
 * @param platform - picks the image where the folder has several.
 * @param world - the folder of relative paths.
 * @throws ERR_SOURCE_UNAVAILABLE with the absolute path of a file that is missing or not a regular file; ERR_CONTENT_INVALID,
 * ERR_CONTENT_TOO_LARGE, ERR_DIGEST_MISMATCH and ERR_MEDIA_TYPE_UNSUPPORTED for what is not as it should be;
 * ERR_INPUT_INVALID with the path `source.reference` or `source.ociLayout`; ERR_PLATFORM_MISSING.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
 */
export async function resolveOciLayout(
  source: OciLayoutSource,
  platform: Platform,
  world: Pick<SourceWorld, "directory">,
): Promise<ResolvedImage> {
  const directory = resolve(world.directory, source.ociLayout);
  await requireLayoutVersion(directory);
  const store = layoutStore(directory);
  const index = await readIndex(directory);
  const roots = source.reference === undefined ? index : await named(store, index, source.reference);
  const { image, attestations } = await selectImage(store, roots, platform, "source.reference");
  return resolveStored(store, image, attestations);
}

const layoutFile: FileKind = {
  followsLink: false,
  remedy: "Export the image as an OCI layout again, or correct source.ociLayout.",
};

async function requireLayoutVersion(directory: string): Promise<void> {
  const path = join(directory, "oci-layout");
  const layout = asObject(parseJson(await readWhole(path), path, manifestLimit), `${path}:`);
  const version = stringField(layout, "imageLayoutVersion");
  if (!/^1\./.test(version))
    throw invalidContent(layout.path, `imageLayoutVersion is ${JSON.stringify(version)}; only 1.0.0 is known`);
}

async function readIndex(directory: string): Promise<readonly Descriptor[]> {
  const path = join(directory, "index.json");
  const index = parseManifest(await readWhole(path), { mediaType: mediaTypes.ociIndex, what: path });
  return index.kind === "index" ? index.manifests : [];
}

async function readWhole(path: string): Promise<Uint8Array> {
  const { head, size } = await lookAtLocalFile(path, manifestLimit, layoutFile);
  if (size <= manifestLimit) return head;
  const message = `${path} has ${size} bytes; at most ${manifestLimit} are read.`;
  throw new ProviderError("ERR_CONTENT_TOO_LARGE", message, { limit: manifestLimit, actual: size });
}

function layoutStore(directory: string): Store {
  const read = async (descriptor: Descriptor) => readWhole(blobPath(directory, descriptor.digest));
  return {
    name: directory,
    readManifest: read,
    readConfig: read,
    async blob(descriptor) {
      const path = blobPath(directory, descriptor.digest);
      const { size } = await lookAtLocalFile(path, 0, layoutFile);
      if (size !== descriptor.size)
        throw invalidContent(
          path,
          `has ${size} bytes, but its descriptor says ${descriptor.size}; export the layout again`,
        );
      return { descriptor, open: async () => Readable.from(verified(path, descriptor), { objectMode: false }) };
    },
  };
}

/** The digest's grammar leaves nothing in a path that could lead out of the folder. */
function blobPath(directory: string, digest: string): string {
  const [algorithm = "", hex = ""] = parseDigest(digest).split(":");
  return join(directory, "blobs", algorithm, hex);
}

async function* verified(path: string, descriptor: Descriptor): AsyncGenerator<Uint8Array> {
  const verifier = createVerifier(descriptor, path);
  for await (const chunk of readLocalFile({ path, size: descriptor.size }, layoutFile)) {
    verifier.update(chunk);
    yield chunk;
  }
  verifier.finish();
}

/** What a reference names: entries of the layout's index, or a manifest further down by its digest, with its attestations. */
async function named(store: Store, index: readonly Descriptor[], reference: string): Promise<readonly Descriptor[]> {
  const isNamed = ({ digest, annotations }: Descriptor) =>
    digest === reference || annotations?.[refNameAnnotation] === reference;
  const entries = index.some(isNamed) ? index : await flattenIndexes(store, index);
  const found = entries.filter((entry) => isNamed(entry) || attestationSubject(entry) === reference);
  if (found.some(isNamed)) return found;
  const there = index.length === 0 ? "no image" : index.map(describeCandidate).join("; ");
  const message = `${store.name} has nothing that is called ${JSON.stringify(reference)}. It has ${there}. Name one of these, by name or digest.`;
  throw new ProviderError("ERR_INPUT_INVALID", message, { path: "source.reference" });
}
