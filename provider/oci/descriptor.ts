import { hasDigestForm } from "./digest";
import {
  arrayOf,
  asObject,
  asSize,
  asString,
  asTexts,
  field,
  invalidContent,
  optionalField,
  optionalString,
} from "./json";
import type { Platform } from "./platform";
import { readPlatform } from "./platformFields";
import { quote } from "./quote";

/**
 * A content descriptor.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md
 */
export interface Descriptor {
  /** Empty where a foreign tool left it out. */
  readonly mediaType: string;
  /** Digest of the content's bytes; one of another algorithm than sha256 and sha512 can only be passed on. */
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
 * Reads a descriptor out of unknown JSON, leniently: what other tools write is listed as it is. Fields that it does not know are left
 * out, and so are empty optional ones and a platform without os or architecture. Writers check what they write: see `checkIndex`.
 * @param value - what should be a descriptor.
 * @param path - where it stands, for messages: `images[1].descriptor`.
 * @returns a descriptor whose digest has the form of one, whose size is a whole number not below 0, and whose platform is literally
 * the given one.
 * @throws ERR_CONTENT_INVALID naming the wrong field's path.
 */
export function parseDescriptor(value: unknown, path: string): Descriptor {
  const object = asObject(value, path);
  const urls = optionalField(object, "urls", arrayOf(asString));
  const annotations = optionalField(object, "annotations", asTexts);
  const data = optionalString(object, "data");
  const platform = optionalField(object, "platform", asPlatform);
  const artifactType = optionalString(object, "artifactType");
  return {
    mediaType: optionalString(object, "mediaType") ?? "",
    digest: field(object, "digest", asDigest),
    size: field(object, "size", asSize),
    ...(urls && urls.length > 0 && { urls }),
    ...(annotations && Object.keys(annotations).length > 0 && { annotations }),
    ...(data && { data }),
    ...(platform && { platform }),
    ...(artifactType && { artifactType }),
  };
}

/** Reads the digest of a descriptor, of which the other fields may be missing. @throws ERR_CONTENT_INVALID naming its path. */
export function parseSubject(value: unknown, path: string): Pick<Descriptor, "digest"> {
  return { digest: field(asObject(value, path), "digest", asDigest) };
}

/** Reads a text that has the form of a digest. @throws ERR_CONTENT_INVALID naming `path`. */
export function asDigest(value: unknown, path: string): string {
  const text = asString(value, path);
  if (!hasDigestForm(text)) throw invalidContent(path, `is ${quote(text)}, which is not a digest`);
  return text;
}

function asPlatform(value: unknown, path: string): Platform | undefined {
  const platform = readPlatform(asObject(value, path));
  return platform === undefined || platform.os === "" || platform.architecture === "" ? undefined : platform;
}
