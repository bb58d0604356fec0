import { createHash } from "node:crypto";
import type { ManifestContent, Repository } from "../../../provider/distribution/repository";
import type { Descriptor } from "../../../provider/oci/descriptor";
import { mediaTypes } from "../../../provider/oci/mediaTypes";

/** A document's bytes, under the descriptor that they have. */
export function contentOf(mediaType: string, document: object): ManifestContent {
  const bytes = Buffer.from(JSON.stringify(document));
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  return { descriptor: { mediaType, digest, size: bytes.length }, bytes };
}

/** An image's config, and a manifest over it with layers of these sizes in bytes. */
export function imageOf(config: object, layerSizes: readonly number[]) {
  const configContent = contentOf(mediaTypes.ociConfig, config);
  const layers = layerSizes.map((size, index) => ({
    mediaType: mediaTypes.ociLayerGzip,
    digest: `sha256:${String(index).repeat(64)}`,
    size,
  }));
  const manifest = contentOf(mediaTypes.ociManifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: configContent.descriptor,
    layers,
  });
  return { config: configContent, layers, manifest };
}

/** An index of these descriptors. */
export function indexOf(manifests: readonly Descriptor[], annotations?: Readonly<Record<string, string>>) {
  return contentOf(mediaTypes.ociIndex, { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests, annotations });
}

/** A repository that holds these manifests by tag and digest and these configs, and keeps account of what is asked. */
export function repositoryOf(
  manifests: Readonly<Record<string, ManifestContent>>,
  configs: readonly ManifestContent[] = [],
): { readonly repository: Repository; readonly asked: readonly string[] } {
  const asked: string[] = [];
  const refuse = () => Promise.reject(new Error("It must not be asked."));
  const repository: Repository = {
    address: "r.example",
    name: "team/server",
    async getManifest(tagOrDigest) {
      asked.push(tagOrDigest);
      const contents = Object.values(manifests);
      return manifests[tagOrDigest] ?? contents.find(({ descriptor }) => descriptor.digest === tagOrDigest);
    },
    async getBlobBytes({ digest }) {
      asked.push(digest);
      return configs.find(({ descriptor }) => descriptor.digest === digest)?.bytes ?? refuse();
    },
    headManifest: refuse,
    lookForManifest: refuse,
    putManifest: refuse,
    expectManifest: refuse,
    deleteManifest: refuse,
    removeTag: refuse,
    openUpload: refuse,
    knowsUpload: refuse,
    finishRemovals: refuse,
    hasBlob: refuse,
    getBlob: refuse,
    getBlobChunks: refuse,
    pushBlob: refuse,
    listTags: refuse,
    listReferrers: refuse,
  };
  return { repository, asked };
}
