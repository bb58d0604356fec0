import { ProviderError } from "../errors";
import { asSize, invalidContent, type JsonObject, optionalField, optionalString } from "./json";
import { isIndexMediaType, isManifestMediaType, mediaTypes } from "./mediaTypes";
import { quote } from "./quote";

const keys = ["schemaVersion", "mediaType", "artifactType", "manifests", "config", "layers", "subject", "annotations"];
const schema1Keys = ["fsLayers", "history"];

/** The beginning of the media types of Docker's schema 1, signed or not. */
export const schema1Family = "application/vnd.docker.distribution.manifest.v1+";

/**
 * Decides what a document is, and refuses one that two readers could take for different things: then a registry, a scanner
 * and a runtime would each see another image under the same digest.
 * @param document - the outermost object.
 * @param expected - the media type that the descriptor or Content-Type says, if known; parameters are ignored.
 * @returns the media type of a manifest or an index, to which the document's fields do not object.
 * @throws ERR_CONTENT_INVALID for ambiguous documents and for contradictions, ERR_MEDIA_TYPE_UNSUPPORTED for other documents.
 * @see https://github.com/advisories/GHSA-mc8v-mgrf-8f4m
 */
export function mediaTypeOf(document: JsonObject, expected: string | undefined): string {
  refuseLookalikeKeys(document);
  refuseSchema1(document);
  const isIndex = has(document, "manifests");
  const isManifest = has(document, "config") || has(document, "layers");
  if (isIndex && isManifest) {
    throw invalidContent(document.path, "has manifests as an index and also config or layers as a manifest");
  }
  const mediaType = agreedMediaType(document, expected) ?? mediaTypeOfShape(document);
  if (!isIndexMediaType(mediaType) && !isManifestMediaType(mediaType)) throw unsupported(document, mediaType);
  if (isIndexMediaType(mediaType) ? isManifest : isIndex) {
    throw invalidContent(document.path, `is of media type ${mediaType}, but has the fields of the other kind`);
  }
  return mediaType;
}

function has(document: JsonObject, key: string): boolean {
  return Object.hasOwn(document.fields, key);
}

/** Go's decoder takes `Layers`, and even `layer\u017f`, for `layers`; others do not. */
function refuseLookalikeKeys(document: JsonObject): void {
  const exact = new Map([...keys, ...schema1Keys].map((key) => [fold(key), key]));
  for (const key of Object.keys(document.fields)) {
    const known = exact.get(fold(key));
    if (known !== undefined && known !== key) {
      throw invalidContent(document.path, `has the key ${quote(key)}, which some readers take for ${known}`);
    }
  }
}

function fold(key: string): string {
  return key.toUpperCase().toLowerCase();
}

function refuseSchema1(document: JsonObject): void {
  const version = optionalField(document, "schemaVersion", asSize);
  if (version === 1 || schema1Keys.some((key) => has(document, key)))
    throw schema1Refused(document.path.replace(/:$/, ""));
  if (version !== 2) throw invalidContent(document.path, "schemaVersion must be the number 2");
}

function agreedMediaType(document: JsonObject, expected: string | undefined): string | undefined {
  // Go's decoder takes an empty text for a missing one.
  const declared = optionalString(document, "mediaType") || undefined;
  const outside = expected?.split(";")[0]?.trim() || undefined;
  if (declared !== undefined && outside !== undefined && declared !== outside) {
    const message = `mediaType is ${quote(declared)}, but its descriptor or Content-Type says ${quote(outside)}`;
    throw invalidContent(document.path, message);
  }
  return declared ?? outside;
}

function mediaTypeOfShape(document: JsonObject): string {
  if (has(document, "manifests")) return mediaTypes.ociIndex;
  if (has(document, "config") && has(document, "layers")) return mediaTypes.ociManifest;
  throw invalidContent(
    document.path,
    "has no mediaType, and its fields do not tell whether it is a manifest or an index",
  );
}

function unsupported(document: JsonObject, mediaType: string): ProviderError<"ERR_MEDIA_TYPE_UNSUPPORTED"> {
  const message = `${document.path} is of media type ${quote(mediaType)}, which is neither an image manifest nor an index.`;
  return new ProviderError("ERR_MEDIA_TYPE_UNSUPPORTED", message, { mediaType });
}

/** The error for an image in Docker's schema 1. @param what - names it: `manifest localhost:5000/team/server:1.4.0`. */
export function schema1Refused(what: string): ProviderError<"ERR_MEDIA_TYPE_UNSUPPORTED"> {
  const message = `${what}: is a Docker schema 1 manifest, a format that registries have given up. Push the image again with a current tool.`;
  return new ProviderError("ERR_MEDIA_TYPE_UNSUPPORTED", message, { mediaType: `${schema1Family}json` });
}
