import { createHash } from "node:crypto";
import type { ManifestItem, RepositoryItem } from "./acrContent";

interface Child {
  readonly digest: string;
  readonly platform?: { readonly architecture: string; readonly os: string };
}

interface Config {
  readonly architecture?: string;
  readonly os?: string;
}

interface Manifest {
  readonly config?: { readonly size: number; readonly mediaType: string; readonly digest: string };
  readonly layers?: readonly { readonly size: number }[];
  readonly manifests?: readonly Child[];
}

const imageConfig = /^application\/vnd\.(oci\.image\.config|docker\.container\.image)\.v1\+json$/;

/**
 * What the metadata API tells of a manifest that was pushed.
 * @param readBlob - gives a blob's JSON: the architecture and os in an image's config are told, its variant is not.
 */
export async function summarizeManifest(
  bytes: Buffer,
  mediaType: string,
  repository: RepositoryItem | undefined,
  readBlob: (digest: string) => Promise<Config>,
): Promise<Omit<ManifestItem, "createdTime" | "lastUpdateTime" | "attributes">> {
  const manifest: Manifest = JSON.parse(bytes.toString());
  const { config, layers = [], manifests = [] } = manifest;
  const blobs = [...(config ? [config] : []), ...layers].reduce((sum, { size }) => sum + size, 0);
  const children = manifests.reduce((sum, { digest }) => sum + (repository?.manifests.get(digest)?.imageSize ?? 0), 0);
  const { architecture, os }: Config =
    config !== undefined && imageConfig.test(config.mediaType) ? await readBlob(config.digest).catch(() => ({})) : {};
  return {
    digest: `sha256:${createHash("sha256").update(bytes).digest("hex")}`,
    mediaType,
    ...(config && { configMediaType: config.mediaType }),
    ...(architecture !== undefined && os !== undefined && { platform: { architecture, os } }),
    imageSize: blobs + children,
    children: manifests.map(({ digest, platform }) => ({
      digest,
      ...(platform && { architecture: platform.architecture, os: platform.os }),
    })),
  };
}
