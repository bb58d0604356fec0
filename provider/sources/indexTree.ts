import type { Descriptor } from "../oci/descriptor";
import { invalidContent } from "../oci/json";
import { descriptorLimit } from "../oci/manifest";
import { isIndexMediaType } from "../oci/mediaTypes";
import { readParsed, type Store } from "./store";

const deepestNesting = 4;

/**
 * Everything that indexes lead to, down to four levels, and they themselves; nothing but indexes is read, and none that the store
 * does not hold.
 * @param roots - manifests and indexes.
 * @returns each descriptor once, in the order in which it is met, and each index after all that it lists.
 * @throws ERR_CONTENT_INVALID for deeper nesting and over 1,000 descriptors; as {@link readParsed}.
 */
export async function indexTree(store: Store, roots: readonly Descriptor[]): Promise<readonly Descriptor[]> {
  const visited = new Set<string>();
  const settled: Descriptor[] = [];
  const visit = async (descriptors: readonly Descriptor[], depth: number): Promise<void> => {
    for (const descriptor of descriptors) {
      if (visited.has(descriptor.digest)) continue;
      visited.add(descriptor.digest);
      if (visited.size > descriptorLimit)
        throw invalidContent(
          store.name,
          `leads to more than ${descriptorLimit} descriptors; name the image by its digest`,
        );
      if (isIndexMediaType(descriptor.mediaType)) await visitIndex(descriptor, depth);
      settled.push(descriptor);
    }
  };
  const visitIndex = async (descriptor: Descriptor, depth: number): Promise<void> => {
    if (depth > deepestNesting)
      throw invalidContent(
        `index ${descriptor.digest} of ${store.name}`,
        `lies more than ${deepestNesting} levels deep`,
      );
    if (store.holds !== undefined && !(await store.holds(descriptor))) return;
    const { parsed } = await readParsed(store, descriptor);
    if (parsed.kind === "index") await visit(parsed.manifests, depth + 1);
  };
  await visit(roots, 1);
  return settled;
}

/**
 * Replaces indexes by what they hold, down to four levels; each manifest comes once, in the order in which it is met.
 * @param roots - manifests and indexes.
 * @returns descriptors of which none is an index, attestations among them.
 * @throws as {@link indexTree}.
 */
export async function flattenIndexes(store: Store, roots: readonly Descriptor[]): Promise<readonly Descriptor[]> {
  return (await indexTree(store, roots)).filter((descriptor) => !isIndexMediaType(descriptor.mediaType));
}
