import { hasCode, ProviderError } from "../errors";
import { attestationSubject, isAttestation } from "../oci/attestation";
import type { Descriptor } from "../oci/descriptor";
import { isArtifact } from "../oci/indexPlatforms";
import { isManifestMediaType } from "../oci/mediaTypes";
import { formatPlatform, isUnknownPlatform, type Platform, platformIdentity } from "../oci/platform";
import { contradiction } from "../oci/platformComparison";
import { flattenIndexes } from "./indexTree";
import { heldOf, readConfigPlatform, readParsed, type Store } from "./store";

/** An image and the attestations about it, by descriptor. */
export interface Selection {
  readonly image: Descriptor;
  readonly attestations: readonly Descriptor[];
}

/**
 * Chooses a platform's image. A manifest that stands alone is taken as it is; among several, or out of an index, the one
 * whose descriptor (or else config) does not contradict the platform, and if several do not, the one that is exactly it. Of
 * several such entries of one index the first counts, as runtimes choose; artifacts come behind images.
 * @param roots - manifests and indexes to choose from.
 * @param platform - the declared one.
 * @param path - the input to blame when the choice is ambiguous.
 * @throws ERR_PLATFORM_MISSING, listing the platforms that are there; ERR_INPUT_INVALID when several images fit, listing
 * them; as {@link flattenIndexes}.
 */
export async function selectImage(
  store: Store,
  roots: readonly Descriptor[],
  platform: Platform,
  path: string,
): Promise<Selection> {
  const listed = await flattenIndexes(store, roots);
  const leaves = await heldOf(store, listed);
  const images = leaves.filter(isImage);
  const [only] = images;
  const alone = only !== undefined && images.length === 1 && roots.includes(only);
  const absent = listed.filter((leaf) => isImage(leaf) && !leaves.includes(leaf));
  const choice = { platform, path, isOneIndex: roots.length === 1 };
  const image = alone ? only : await fitting(store, { images, absent }, choice);
  return { image, attestations: leaves.filter((leaf) => attestationSubject(leaf) === image.digest) };
}

/** A text for lists of candidates: platform, digest and the name that a layout gives it, as far as known. */
export function describeCandidate({ digest, platform, annotations }: Descriptor): string {
  const name = annotations?.[imageNameAnnotation] ?? annotations?.[refNameAnnotation];
  const parts = [platform && formatPlatform(platform), digest, name !== undefined && JSON.stringify(name)];
  return parts.filter((part) => part).join(" ");
}

/** The annotation by which an OCI layout's index names its images. */
export const refNameAnnotation = "org.opencontainers.image.ref.name";

/** The annotation by which containerd, docker and BuildKit name an image in full. */
export const imageNameAnnotation = "io.containerd.image.name";

function isImage(descriptor: Descriptor): boolean {
  const { platform, mediaType } = descriptor;
  return isManifestMediaType(mediaType) && !isAttestation(descriptor) && !(platform && isUnknownPlatform(platform));
}

async function fitting(
  store: Store,
  { images, absent }: { readonly images: readonly Descriptor[]; readonly absent: readonly Descriptor[] },
  { platform, path, isOneIndex }: { readonly platform: Platform; readonly path: string; readonly isOneIndex: boolean },
): Promise<Descriptor> {
  const candidates: (Descriptor & { platform: Platform })[] = [];
  let unreadable: unknown;
  for (const image of images) {
    const found =
      image.platform ??
      (await platformOf(store, image).catch((error: unknown) => {
        if (!hasCode(error, "ERR_CONTENT_INVALID") && !hasCode(error, "ERR_MEDIA_TYPE_UNSUPPORTED")) throw error;
        unreadable = error;
        return undefined;
      }));
    if (found !== undefined) candidates.push({ ...image, platform: found });
  }
  const possible = candidates.filter((candidate) => contradiction(platform, candidate.platform) === undefined);
  const exact = imagesFirst(
    possible.filter((candidate) => platformIdentity(candidate.platform) === platformIdentity(platform)),
  );
  const [image, ...rest] = exact.length === 0 ? possible : isOneIndex ? exact.slice(0, 1) : exact;
  const others = rest.filter(({ digest }, index) => {
    return digest !== image?.digest && rest.findIndex((one) => one.digest === digest) === index;
  });
  // One that cannot be read is no hindrance while another one fits.
  if (image === undefined && unreadable !== undefined) throw unreadable;
  if (image === undefined) throw missing(store, { candidates, absent }, platform);
  if (others.length > 0) throw ambiguous(store, [image, ...others], platform, path);
  return image;
}

/** An artifact may stand beside the image that it is about, under the same platform. */
function imagesFirst<T extends Descriptor>(entries: readonly T[]): readonly T[] {
  return [...entries.filter((entry) => !isArtifact(entry)), ...entries.filter(isArtifact)];
}

async function platformOf(store: Store, descriptor: Descriptor): Promise<Platform | undefined> {
  const { parsed } = await readParsed(store, descriptor);
  return parsed.kind === "manifest" ? readConfigPlatform(store, parsed) : undefined;
}

function missing(
  store: Store,
  { candidates, absent }: { readonly candidates: readonly Descriptor[]; readonly absent: readonly Descriptor[] },
  platform: Platform,
): ProviderError<"ERR_PLATFORM_MISSING"> {
  const wanted = formatPlatform(platform);
  const left = absent.length === 0 ? "" : ` It lists ${describeAll(absent)}, too, but does not hold what it lists.`;
  const message = `${store.name} has no image for ${wanted}. It has ${describeAll(candidates)}.${left} Declare one of these, or name another source.`;
  return new ProviderError("ERR_PLATFORM_MISSING", message, { platform: wanted });
}

/** The platforms of images, each once. */
function describeAll(images: readonly Descriptor[]): string {
  const platforms = new Set(images.flatMap(({ platform }) => (platform ? [formatPlatform(platform)] : [])));
  return platforms.size === 0 ? "no image with a platform" : [...platforms].join(", ");
}

function ambiguous(
  store: Store,
  images: readonly Descriptor[],
  platform: Platform,
  path: string,
): ProviderError<"ERR_INPUT_INVALID"> {
  const message = `${store.name} has ${images.length} images that fit ${formatPlatform(platform)}: ${images.map(describeCandidate).join("; ")}. Name one by its digest, or declare the platform more closely.`;
  return new ProviderError("ERR_INPUT_INVALID", message, { path });
}
