import type { ProviderError } from "../errors";
import type { Descriptor } from "../oci/descriptor";
import { encodeDescriptor } from "../oci/indexEncode";
import { invalidContent } from "../oci/json";
import { descriptorLimit } from "../oci/manifest";
import { isIndexMediaType } from "../oci/mediaTypes";
import { readParsed, type Store } from "./store";

const deepestNesting = 4;

/**
 * The contents that indexes lead to, down to four levels, and they themselves; nothing but indexes is read, and none that the store
 * does not hold.
 * @param roots - manifests and indexes.
 * @returns a descriptor for each digest, in the order in which it is met, and each index after all that it lists.
 * @throws ERR_CONTENT_INVALID for deeper nesting and over 1,000 descriptors; as {@link readParsed}.
 */
export async function indexTree(store: Store, roots: readonly Descriptor[]): Promise<readonly Descriptor[]> {
  const contents = new Map<string, Descriptor>();
  for (const entry of await entriesUnder(store, roots, 1))
    if (!contents.has(entry.digest)) contents.set(entry.digest, entry);
  return [...contents.values()];
}

/**
 * Replaces indexes by what they list, down to four levels, in the order in which it is met. An index may list one manifest for several
 * platforms: these are several entries. An entry that says the same as an earlier one is left out.
 * @param roots - manifests and indexes.
 * @returns descriptors of which none is an index, attestations among them.
 * @throws as {@link indexTree}.
 */
export async function flattenIndexes(store: Store, roots: readonly Descriptor[]): Promise<readonly Descriptor[]> {
  const entries = (await entriesUnder(store, roots, 1)).filter(({ mediaType }) => !isIndexMediaType(mediaType));
  return [...new Map(entries.map((entry) => [encodeDescriptor(entry), entry])).values()];
}

/** @returns all entries of all indexes, each index behind its entries; an index that is met again has none. */
async function entriesUnder(
  store: Store,
  descriptors: readonly Descriptor[],
  depth: number,
  visited = new Set<string>(),
): Promise<readonly Descriptor[]> {
  const entries: Descriptor[] = [];
  for (const descriptor of descriptors) {
    const isNewIndex = isIndexMediaType(descriptor.mediaType) && !visited.has(descriptor.digest);
    visited.add(descriptor.digest);
    if (visited.size > descriptorLimit) throw tooMany(store);
    if (isNewIndex) {
      const listed = await readEntries(store, descriptor, depth);
      for (const entry of await entriesUnder(store, listed, depth + 1, visited)) entries.push(entry);
    }
    entries.push(descriptor);
  }
  return entries;
}

async function readEntries(store: Store, index: Descriptor, depth: number): Promise<readonly Descriptor[]> {
  if (depth > deepestNesting)
    throw invalidContent(`index ${index.digest} of ${store.name}`, `lies more than ${deepestNesting} levels deep`);
  if (store.holds !== undefined && !(await store.holds(index))) return [];
  const { parsed } = await readParsed(store, index);
  return parsed.kind === "index" ? parsed.manifests : [];
}

function tooMany(store: Store): ProviderError<"ERR_CONTENT_INVALID"> {
  const problem = `leads to more than ${descriptorLimit} descriptors; name the image by its digest`;
  return invalidContent(store.name, problem);
}
