import { createHash } from "node:crypto";
import type { ManifestItem, RepositoryItem } from "./acrContent";

interface Child {
  readonly digest: string;
  readonly platform?: { readonly architecture: string; readonly os: string };
}

interface Manifest {
  readonly config?: { readonly size: number; readonly mediaType: string };
  readonly layers?: readonly { readonly size: number }[];
  readonly manifests?: readonly Child[];
}

/** What the metadata API tells of a manifest that was pushed. */
export function describeManifest(
  bytes: Buffer,
  mediaType: string,
  repository: RepositoryItem | undefined,
): Omit<ManifestItem, "createdTime" | "lastUpdateTime" | "attributes"> {
  const manifest: Manifest = JSON.parse(bytes.toString());
  const { config, layers = [], manifests = [] } = manifest;
  const blobs = [...(config ? [config] : []), ...layers].reduce((sum, { size }) => sum + size, 0);
  const children = manifests.reduce((sum, { digest }) => sum + (repository?.manifests.get(digest)?.imageSize ?? 0), 0);
  return {
    digest: `sha256:${createHash("sha256").update(bytes).digest("hex")}`,
    mediaType,
    ...(config && { configMediaType: config.mediaType }),
    imageSize: blobs + children,
    children: manifests.map(({ digest, platform }) => ({
      digest,
      ...(platform && { architecture: platform.architecture, os: platform.os }),
    })),
  };
}
