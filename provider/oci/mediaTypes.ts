/**
 * The media types that this package writes or tells apart.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/media-types.md
 * @see https://github.com/distribution/distribution/blob/v2.8.3/docs/spec/manifest-v2-2.md#media-types
 */
export const mediaTypes = {
  ociIndex: "application/vnd.oci.image.index.v1+json",
  ociManifest: "application/vnd.oci.image.manifest.v1+json",
  ociConfig: "application/vnd.oci.image.config.v1+json",
  ociLayer: "application/vnd.oci.image.layer.v1.tar",
  ociLayerGzip: "application/vnd.oci.image.layer.v1.tar+gzip",
  ociLayerZstd: "application/vnd.oci.image.layer.v1.tar+zstd",
  ociNondistributableLayer: "application/vnd.oci.image.layer.nondistributable.v1.tar",
  ociNondistributableLayerGzip: "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
  ociNondistributableLayerZstd: "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
  ociEmpty: "application/vnd.oci.empty.v1+json",
  dockerManifestList: "application/vnd.docker.distribution.manifest.list.v2+json",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
  dockerConfig: "application/vnd.docker.container.image.v1+json",
  dockerLayer: "application/vnd.docker.image.rootfs.diff.tar",
  dockerLayerGzip: "application/vnd.docker.image.rootfs.diff.tar.gzip",
  dockerForeignLayer: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
  inToto: "application/vnd.in-toto+json",
} as const;

const indexes: readonly string[] = [mediaTypes.ociIndex, mediaTypes.dockerManifestList];
const manifests: readonly string[] = [mediaTypes.ociManifest, mediaTypes.dockerManifest];
const foreignLayers: readonly string[] = [
  mediaTypes.ociNondistributableLayer,
  mediaTypes.ociNondistributableLayerGzip,
  mediaTypes.ociNondistributableLayerZstd,
  mediaTypes.dockerForeignLayer,
];

/** The Accept header's value for a manifest of any kind: all four media types, the OCI index first. */
export const manifestAccept: string = [
  mediaTypes.ociIndex,
  mediaTypes.dockerManifestList,
  mediaTypes.ociManifest,
  mediaTypes.dockerManifest,
].join(", ");

/** Whether content of this media type is an index, in OCI or Docker format. */
export function isIndexMediaType(mediaType: string): boolean {
  return indexes.includes(mediaType);
}

/** Whether content of this media type is an image manifest, in OCI or Docker format. */
export function isManifestMediaType(mediaType: string): boolean {
  return manifests.includes(mediaType);
}

/** Whether content of this media type is an image's config, which tells a platform. */
export function isImageConfigMediaType(mediaType: string): boolean {
  return mediaType === mediaTypes.ociConfig || mediaType === mediaTypes.dockerConfig;
}

/** Whether a layer of this media type may lie outside the registry and is not to be pushed: only its descriptor is copied. */
export function isForeignLayerMediaType(mediaType: string): boolean {
  return foreignLayers.includes(mediaType);
}
