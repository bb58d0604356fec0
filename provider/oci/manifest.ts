import { type Descriptor, parseDescriptor, parseSubject } from "./descriptor";
import {
  arrayField,
  asObject,
  asTexts,
  field,
  invalidContent,
  type JsonObject,
  optionalField,
  optionalString,
  parseJson,
} from "./json";
import { mediaTypeOf } from "./manifestShape";
import { isIndexMediaType } from "./mediaTypes";

/** The largest manifest or index that is read or written, in bytes: what every registry accepts. */
export const manifestLimit = 4 * 1024 * 1024;

/** How many descriptors one index, or the layers of one manifest, may have. */
export const descriptorLimit = 1000;

/**
 * An image manifest, in OCI or Docker format.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md#image-manifest-property-descriptions
 */
export interface ImageManifest {
  readonly kind: "manifest";
  readonly mediaType: string;
  readonly artifactType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  /** Its digest: the other fields of the descriptor may be missing. */
  readonly subject?: Pick<Descriptor, "digest">;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * An image index, in OCI or Docker format.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md#image-index-property-descriptions
 */
export interface ImageIndex {
  readonly kind: "index";
  readonly mediaType: string;
  readonly artifactType?: string;
  readonly manifests: readonly Descriptor[];
  /** Its digest: the other fields of the descriptor may be missing. */
  readonly subject?: Pick<Descriptor, "digest">;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * Parses a manifest or an index, whichever the bytes are beyond doubt. The bytes are not verified: that is the digest's matter.
 * @param bytes - as received.
 * @param expected - `mediaType`: what the descriptor or the Content-Type header says, where either is known; parameters
 * such as `charset` are ignored. `what` names the content in messages: `manifest localhost:5000/team/server:1.4.0`.
 * @returns its media type is the one that the bytes say, else the expected one, else the OCI one of their shape.
 * @throws ERR_CONTENT_TOO_LARGE over 4 MiB.
 * @throws ERR_CONTENT_INVALID for malformed or ambiguous content (two kinds at once, a key twice or in another case), for a
 * media type other than the expected one, and for more than 1,000 descriptors.
 * @throws ERR_MEDIA_TYPE_UNSUPPORTED for Docker's schema 1 and for what is neither a manifest nor an index.
 */
export function parseManifest(
  bytes: Uint8Array,
  expected: { readonly mediaType?: string; readonly what: string },
): ImageManifest | ImageIndex {
  const document = asObject(parseJson(bytes, expected.what, manifestLimit), `${expected.what}:`);
  const mediaType = mediaTypeOf(document, expected.mediaType);
  const artifactType = optionalString(document, "artifactType");
  const subject = optionalField(document, "subject", parseSubject);
  const annotations = optionalField(document, "annotations", asTexts);
  const common = {
    mediaType,
    ...(artifactType && { artifactType }),
    ...(subject && { subject }),
    ...(annotations && { annotations }),
  };
  if (isIndexMediaType(mediaType)) return { kind: "index", manifests: descriptors(document, "manifests"), ...common };
  const config = field(document, "config", parseDescriptor);
  return { kind: "manifest", config, layers: descriptors(document, "layers"), ...common };
}

function descriptors(document: JsonObject, key: string): readonly Descriptor[] {
  const found = arrayField(document, key, parseDescriptor);
  if (found.length > descriptorLimit) {
    throw invalidContent(`${document.path} ${key}`, `has ${found.length} entries; at most ${descriptorLimit} are read`);
  }
  return found;
}
