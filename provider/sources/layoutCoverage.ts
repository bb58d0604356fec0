import { isManifestMediaType } from "../oci/mediaTypes";
import type { Collection } from "./collection";
import type { DockerEntry } from "./dockerEntries";
import { flattenIndexes } from "./indexTree";
import { blobPath } from "./layout";
import { heldOf, readParsed } from "./store";

/**
 * Whether an archive's layout has every image that its manifest.json lists, with the same config and layers. What some versions
 * of Docker write has not: manifests without layers or in another order, and images missing when they are saved by their ids.
 * @param layout - the archive's OCI layout.
 * @param entries - its manifest.json; without any, everything is there.
 * @throws as `flattenIndexes` and `readParsed`.
 * @see https://github.com/moby/moby/issues/47065
 * @see https://github.com/moby/moby/issues/47150
 * @see https://github.com/moby/moby/issues/47210
 */
export async function coversEntries(layout: Collection, entries: readonly DockerEntry[]): Promise<boolean> {
  if (entries.length === 0) return true;
  const contents = await imageContents(layout);
  return entries.every(({ config, layers }) => contents.has([config, ...layers].join()));
}

/** The members that each image of the layout is made of: its config, then its layers. */
async function imageContents({ store, roots }: Collection): Promise<ReadonlySet<string>> {
  const contents = new Set<string>();
  for (const descriptor of await heldOf(store, await flattenIndexes(store, roots))) {
    if (!isManifestMediaType(descriptor.mediaType)) continue;
    const { parsed } = await readParsed(store, descriptor);
    if (parsed.kind === "manifest") contents.add([parsed.config, ...parsed.layers].map(blobPath).join());
  }
  return contents;
}
