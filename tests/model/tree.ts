import type { Storage, StoredManifest } from "./storage";

/** What a manifest says of others; read leniently, because strangers write what they like. */
export interface ReadManifest {
  readonly manifests?: readonly { readonly digest: string; readonly platform?: object }[];
  readonly config?: { readonly digest: string };
  readonly layers?: readonly { readonly digest: string }[];
  readonly subject?: { readonly digest: string };
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Reads a manifest. */
export function readManifest({ bytes }: StoredManifest): ReadManifest {
  return JSON.parse(bytes.toString());
}

/** The digests of what a manifest needs to be whole: children of an index, config and layers of an image. */
export function neededBy(manifest: StoredManifest): {
  readonly manifests: readonly string[];
  readonly blobs: readonly string[];
} {
  const { manifests = [], config, layers = [] } = readManifest(manifest);
  return {
    manifests: manifests.map(({ digest }) => digest),
    blobs: [...(config ? [config] : []), ...layers].map(({ digest }) => digest),
  };
}

/** What is missing of a manifest and all that it leads to, as `repository@digest`; nothing when it is whole. */
export function missingUnder(storage: Storage, repository: string, digest: string): readonly string[] {
  const manifest = storage.manifests.get(`${repository}@${digest}`);
  if (manifest === undefined) return [`${repository}@${digest}`];
  const { manifests, blobs } = neededBy(manifest);
  return [
    ...manifests.flatMap((child) => missingUnder(storage, repository, child)),
    ...blobs.map((blob) => `${repository}@${blob}`).filter((name) => !storage.blobs.has(name)),
  ];
}

/** The digests of a manifest and of all manifests that it leads to, as far as they are there. */
export function manifestsUnder(storage: Storage, repository: string, digest: string): readonly string[] {
  const manifest = storage.manifests.get(`${repository}@${digest}`);
  if (manifest === undefined) return [];
  return [digest, ...neededBy(manifest).manifests.flatMap((child) => manifestsUnder(storage, repository, child))];
}

/** Whether `repository:tag` is the one under which a list of referrers stands where there is no referrers API. */
export function isListTag(name: string): boolean {
  return /:sha256-[0-9a-f]{64}$/.test(name);
}
