import { type Descriptor, parseDescriptor, parseSubject } from "./descriptor";
import { arrayField, asObject, asTexts, optionalField, optionalString, parseJson } from "./json";
import { manifestLimit } from "./manifest";
import { isForeignLayerMediaType, isIndexMediaType } from "./mediaTypes";

/** The parts of a manifest of whichever media type, as far as it has them. */
export interface ManifestParts {
  /** Config, layers, and an artifact manifest's blobs, each digest once; without foreign layers, which stay where their urls say. */
  readonly blobs: readonly Descriptor[];
  /** The entries of an index. */
  readonly manifests: readonly Descriptor[];
  readonly subject?: Pick<Descriptor, "digest">;
  readonly artifactType?: string;
  readonly configMediaType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * Reads what copying and watching a manifest needs, whatever its kind: which content it refers to. Unlike `parseManifest` it does not
 * decide what the document is, and takes media types that it does not know.
 * @param mediaType - of the manifest.
 * @param what - names the content in messages.
 * @throws ERR_CONTENT_TOO_LARGE over 4 MiB; ERR_CONTENT_INVALID for what is no JSON object, and for a descriptor that cannot be read.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md ("mediaType that is unknown to the implementation")
 */
export function manifestParts(bytes: Uint8Array, mediaType: string, what: string): ManifestParts {
  const document = asObject(parseJson(bytes, what, manifestLimit), `${what}:`);
  const subject = optionalField(document, "subject", parseSubject);
  const artifactType = optionalString(document, "artifactType");
  const annotations = optionalField(document, "annotations", asTexts);
  const common = {
    ...(subject && { subject }),
    ...(artifactType && { artifactType }),
    ...(annotations && { annotations }),
  };
  if (isIndexMediaType(mediaType))
    return { blobs: [], manifests: arrayField(document, "manifests", parseDescriptor), ...common };
  const config = optionalField(document, "config", parseDescriptor);
  const layers = ["layers", "blobs"].flatMap((key) => arrayField(document, key, parseDescriptor));
  const own = layers.filter((layer) => !isForeignLayerMediaType(layer.mediaType));
  const byDigest = new Map([...(config ? [config] : []), ...own].map((blob) => [blob.digest, blob]));
  const configMediaType = config?.mediaType;
  return { blobs: [...byDigest.values()], manifests: [], ...common, ...(configMediaType && { configMediaType }) };
}
