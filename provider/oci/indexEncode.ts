import type { Descriptor } from "./descriptor";
import type { ImageIndex } from "./manifest";
import type { Platform } from "./platform";

type Field = readonly [key: string, encoded: string | undefined];

/**
 * Encodes an index. The same index always gives the same bytes: compact JSON in UTF-8 without a newline at the end, keys in
 * the order of image-spec's Go types, annotations sorted by the bytes of their keys, empty fields left out, and nothing
 * escaped that JSON does not require. `JSON.stringify` cannot do it: it moves keys that look like integers to the front.
 * @param index - in OCI or Docker format; all fields of its descriptors are encoded.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/specs-go/v1/index.go
 */
export function encodeIndex(
  index: Omit<ImageIndex, "kind" | "subject"> & { readonly subject?: Descriptor },
): Uint8Array {
  const text = encodeObject([
    ["schemaVersion", "2"],
    ["mediaType", JSON.stringify(index.mediaType)],
    ["artifactType", encodeText(index.artifactType)],
    ["manifests", encodeArray(index.manifests.map(encodeDescriptor))],
    ["subject", index.subject && encodeDescriptor(index.subject)],
    ["annotations", encodeAnnotations(index.annotations)],
  ]);
  return new TextEncoder().encode(text);
}

/**
 * Encodes a descriptor as {@link encodeIndex} does. Two descriptors have the same text exactly when they say the same.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/specs-go/v1/descriptor.go
 */
export function encodeDescriptor(descriptor: Descriptor): string {
  return encodeObject([
    ["mediaType", JSON.stringify(descriptor.mediaType)],
    ["digest", JSON.stringify(descriptor.digest)],
    ["size", String(descriptor.size)],
    ["urls", encodeTexts(descriptor.urls)],
    ["annotations", encodeAnnotations(descriptor.annotations)],
    ["data", encodeText(descriptor.data)],
    ["platform", descriptor.platform && encodePlatform(descriptor.platform)],
    ["artifactType", encodeText(descriptor.artifactType)],
  ]);
}

function encodePlatform(platform: Platform): string {
  return encodeObject([
    ["architecture", JSON.stringify(platform.architecture)],
    ["os", JSON.stringify(platform.os)],
    ["os.version", encodeText(platform["os.version"])],
    ["os.features", encodeTexts(platform["os.features"])],
    ["variant", encodeText(platform.variant)],
  ]);
}

function encodeAnnotations(annotations: Readonly<Record<string, string>> = {}): string | undefined {
  const entries = Object.entries(annotations).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return entries.length === 0 ? undefined : encodeObject(entries.map(([key, value]) => [key, JSON.stringify(value)]));
}

function encodeText(text: string | undefined): string | undefined {
  return text ? JSON.stringify(text) : undefined;
}

function encodeTexts(texts: readonly string[] = []): string | undefined {
  return texts.length === 0 ? undefined : encodeArray(texts.map((text) => JSON.stringify(text)));
}

function encodeArray(encoded: readonly string[]): string {
  return `[${encoded.join(",")}]`;
}

function encodeObject(fields: readonly Field[]): string {
  const present = fields.filter(([, encoded]) => encoded !== undefined);
  return `{${present.map(([key, encoded]) => `${JSON.stringify(key)}:${encoded}`).join(",")}}`;
}
