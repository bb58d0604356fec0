import { arrayOf, asString, type JsonObject, optionalField, optionalString } from "./json";
import type { Platform } from "./platform";

/**
 * Reads the platform's fields of a JSON object, literally: a descriptor's `platform`, or an image config, which has the same
 * fields at its top.
 * @returns `undefined` when the object has neither os nor architecture. Where it has one of the two, the other is the empty
 * text, which says nothing about the platform. Other empty fields are left out.
 * @throws ERR_CONTENT_INVALID naming the field that is of another type.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md#properties
 */
export function readPlatform(object: JsonObject): Platform | undefined {
  const architecture = optionalString(object, "architecture") ?? "";
  const os = optionalString(object, "os") ?? "";
  const version = optionalString(object, "os.version");
  const features = optionalField(object, "os.features", arrayOf(asString));
  const variant = optionalString(object, "variant");
  if (architecture === "" && os === "") return undefined;
  return {
    architecture,
    os,
    ...(version && { "os.version": version }),
    ...(features && features.length > 0 && { "os.features": features }),
    ...(variant && { variant }),
  };
}
