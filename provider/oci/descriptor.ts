import { isDigest } from "./digest";
import {
  arrayOf,
  asObject,
  asSize,
  asString,
  field,
  invalidContent,
  type JsonObject,
  optionalField,
  optionalString,
  recordOf,
  stringField,
} from "./json";
import type { Platform } from "./platform";
import { readPlatform } from "./platformFields";
import { quote } from "./quote";

/**
 * A content descriptor.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md
 */
export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:…` or `sha512:…` of the content's bytes. */
  readonly digest: string;
  /** The content's size in bytes. */
  readonly size: number;
  readonly urls?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  /** Base64 of the content. */
  readonly data?: string;
  readonly platform?: Platform;
  readonly artifactType?: string;
}

const mediaTypePattern = /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$/;

/**
 * Whether a text has the form of a media type, without parameters.
 * @see https://www.rfc-editor.org/rfc/rfc6838#section-4.2
 */
export function isMediaType(text: string): boolean {
  return mediaTypePattern.test(text);
}

/**
 * Reads a descriptor out of unknown JSON. Fields that it does not know are left out, and so are empty optional ones and a
 * platform with neither os nor architecture.
 * @param value - what should be a descriptor.
 * @param path - where it stands, for messages: `images[1].descriptor`.
 * @returns a descriptor whose digest is of a supported algorithm, whose size is a whole number not below 0, and whose
 * platform is literally the given one.
 * @throws ERR_CONTENT_INVALID naming the wrong field's path.
 */
export function parseDescriptor(value: unknown, path: string): Descriptor {
  const object = asObject(value, path);
  const urls = optionalField(object, "urls", arrayOf(asString));
  const annotations = optionalField(object, "annotations", recordOf(asString));
  const data = optionalString(object, "data");
  const platform = optionalField(object, "platform", asPlatform);
  const artifactType = optionalArtifactType(object);
  return {
    mediaType: field(object, "mediaType", asMediaType),
    digest: field(object, "digest", asDigest),
    size: field(object, "size", asSize),
    ...(urls && urls.length > 0 && { urls }),
    ...(annotations && Object.keys(annotations).length > 0 && { annotations }),
    ...(data && { data }),
    ...(platform && { platform }),
    ...(artifactType && { artifactType }),
  };
}

/** Reads a text that must have the form of a media type. @throws ERR_CONTENT_INVALID naming `path`. */
function asMediaType(value: unknown, path: string): string {
  const text = asString(value, path);
  if (!isMediaType(text)) throw invalidContent(path, `is ${quote(text)}, which is not a media type`);
  return text;
}

/** Reads a digest of a supported algorithm. @throws ERR_CONTENT_INVALID naming `path`. */
export function asDigest(value: unknown, path: string): string {
  const text = asString(value, path);
  if (!isDigest(text)) throw invalidContent(path, `is ${quote(text)}, which is not a sha256 or sha512 digest`);
  return text;
}

/** Reads the media type of an artifact, out of a field that may be missing or empty. @throws ERR_CONTENT_INVALID naming its path. */
export function optionalArtifactType(object: JsonObject): string | undefined {
  return optionalString(object, "artifactType") === "" ? undefined : optionalField(object, "artifactType", asMediaType);
}

function asPlatform(value: unknown, path: string): Platform | undefined {
  const object = asObject(value, path);
  // Both must be there, though they may be empty.
  stringField(object, "os");
  stringField(object, "architecture");
  return readPlatform(object);
}
