import { ProviderError } from "../errors";
import { attestationSubject } from "../oci/attestation";
import type { Descriptor } from "../oci/descriptor";
import type { Platform } from "../oci/platform";
import { formatReference, parseReference } from "../oci/reference";
import { flattenIndexes } from "./indexTree";
import { describeCandidate, imageNameAnnotation, refNameAnnotation, selectImage } from "./selection";
import type { ResolvedImage } from "./source";
import { resolveStored, type Store } from "./store";

/** The images of a local place: a layout, or an archive. */
export interface Collection {
  readonly store: Store;
  /** Its images and indexes, in its own order. */
  readonly roots: readonly Descriptor[];
}

/** Which of a collection's images is wanted. */
export interface Wanted {
  /** The declared platform: picks the image where several are left. */
  readonly platform: Platform;
  /** A name or digest; absent: any. */
  readonly reference?: string | undefined;
  /** The input to blame when the choice is ambiguous. */
  readonly path: string;
}

/**
 * Resolves one image of a collection, with its attestations as far as they are there.
 * @throws ERR_INPUT_INVALID when nothing is called so or several images fit, listing what there is; ERR_PLATFORM_MISSING; as
 * `resolveStored`.
 */
export async function resolveCollected(
  { store, roots }: Collection,
  { platform, reference, path }: Wanted,
): Promise<ResolvedImage> {
  const chosen = reference === undefined ? roots : await named(store, roots, reference);
  const { image, attestations } = await selectImage(store, chosen, platform, path);
  return resolveStored(store, image, attestations);
}

/** What a reference names: entries of the collection, or a manifest further down by its digest, with its attestations. */
async function named(store: Store, roots: readonly Descriptor[], reference: string): Promise<readonly Descriptor[]> {
  const isNamed = (descriptor: Descriptor) => isCalled(descriptor, reference);
  const entries = roots.some(isNamed) ? roots : await flattenIndexes(store, roots);
  const found = entries.filter((entry) => isNamed(entry) || attestationSubject(entry) === reference);
  if (found.some(isNamed)) return found;
  const there = roots.length === 0 ? "no image" : roots.map(describeCandidate).join("; ");
  const message = `${store.name} has nothing that is called ${JSON.stringify(reference)}. It has ${there}. Name one of these, by name or digest.`;
  throw new ProviderError("ERR_INPUT_INVALID", message, { path: "source.reference" });
}

function isCalled({ digest, annotations }: Descriptor, reference: string): boolean {
  const [name, fullName] = [annotations?.[refNameAnnotation], annotations?.[imageNameAnnotation]];
  if ([digest, name, fullName].includes(reference)) return true;
  return fullName !== undefined && canonical(fullName) === canonical(reference);
}

/** Docker writes `server:1` where podman writes `docker.io/library/server:1`. What is no reference is only equal to itself. */
function canonical(name: string): string {
  try {
    return formatReference({ tag: "latest", ...parseReference(name) });
  } catch {
    return name;
  }
}
