/** What may be done with a tag, a manifest or a repository; all of it where nothing is locked. */
export interface Attributes {
  deleteEnabled: boolean;
  writeEnabled: boolean;
  readEnabled: boolean;
  listEnabled: boolean;
}

/** A thing with times and locks. */
export interface Item {
  readonly createdTime: string;
  lastUpdateTime: string;
  readonly attributes: Attributes;
}

/** A manifest as the metadata API tells of it. */
export interface ManifestItem extends Item {
  readonly digest: string;
  readonly mediaType: string;
  readonly configMediaType?: string;
  /** Bytes of config and layers; of an index, of its children. */
  readonly imageSize: number;
  readonly platform?: { readonly architecture: string; readonly os: string };
  readonly children: readonly { readonly digest: string; readonly architecture?: string; readonly os?: string }[];
}

/** A tag and what it names. */
export interface TagItem extends Item {
  digest: string;
}

/** One repository. */
export interface RepositoryItem extends Item {
  readonly manifests: Map<string, ManifestItem>;
  readonly tags: Map<string, TagItem>;
  /** Digests that were deleted and are kept for a while. */
  readonly softDeleted: Set<string>;
}

/** Everything that is not locked may be written and deleted. */
export function unlocked(): Attributes {
  return { deleteEnabled: true, writeEnabled: true, readEnabled: true, listEnabled: true };
}

/** A thing that was made just now. */
export function newItem(): Item {
  const now = new Date().toISOString();
  return { createdTime: now, lastUpdateTime: now, attributes: unlocked() };
}

/** A repository without anything in it. */
export function newRepository(): RepositoryItem {
  return { ...newItem(), manifests: new Map(), tags: new Map(), softDeleted: new Set() };
}

/** The tags on a manifest. */
export function tagsOf(repository: RepositoryItem, digest: string): readonly string[] {
  return [...repository.tags].filter(([, tag]) => tag.digest === digest).map(([name]) => name);
}

/** Whether a write of a thing is refused: Azure/acr issue 561 tells the two locks apart. */
export function isWriteLocked(item: Item | undefined): boolean {
  return item?.attributes.writeEnabled === false;
}

/** Whether its deletion is refused. */
export function isDeleteLocked(item: Item | undefined): boolean {
  return item !== undefined && !(item.attributes.deleteEnabled && item.attributes.writeEnabled);
}
