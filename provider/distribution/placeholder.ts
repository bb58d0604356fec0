import { randomUUID } from "node:crypto";
import type { Descriptor } from "../oci/descriptor";
import { digestOf, isDigest } from "../oci/digest";
import { arrayField, asObject, asString, field, parseJson, recordOf } from "../oci/json";
import { mediaTypes } from "../oci/mediaTypes";
import type { ManifestContent } from "./repository";

/**
 * Purpose of an index without entries that stands under a tag for a moment. `removal`: the tag is being removed, on a registry
 * that deletes manifests only. `probe`: the tag was made to learn how the registry deletes tags.
 */
export interface Placeholder {
  readonly operation: "removal" | "probe";
  /** Name of the repository. */
  readonly repository: string;
  /** Tag under which it stands; of a probe, the beginning of its tags. */
  readonly tag: string;
  /** Digest that the tag named before; absent for a probe. */
  readonly digest?: string;
}

const prefix = "pulumi-multiarch.placeholder";

const purposes = {
  removal: "Stands for a tag that pulumi-multiarch is removing.",
  probe: "Made by pulumi-multiarch to learn how this registry deletes tags.",
} as const;

/** Every placeholder has exactly this many bytes, so that a HEAD rules out nearly everything else. */
const placeholderSize = 1283;

/** Encodes a placeholder, different from every other one. */
export function encodePlaceholder({ operation, repository, tag, digest }: Placeholder): ManifestContent {
  const mediaType = mediaTypes.ociIndex;
  const annotations = {
    "org.opencontainers.image.description": `${purposes[operation]} Safe to delete.`,
    [`${prefix}.operation`]: operation,
    [`${prefix}.repository`]: repository,
    [`${prefix}.tag`]: tag,
    ...(digest !== undefined && { [`${prefix}.digest`]: digest }),
    [`${prefix}.id`]: randomUUID(),
  };
  const encode = (padding: string) =>
    Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType,
        manifests: [],
        annotations: { ...annotations, [`${prefix}.padding`]: padding },
      }),
    );
  const bytes = encode(".".repeat(Math.max(0, placeholderSize - encode("").length)));
  return { descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length }, bytes };
}

/** Whether a descriptor can be a placeholder's; the bytes decide. */
export function mayBePlaceholder({ mediaType, size }: Descriptor): boolean {
  return mediaType === mediaTypes.ociIndex && size === placeholderSize;
}

/**
 * Reads a placeholder from the manifest that a tag names.
 * @returns `undefined` for everything else: a placeholder of another tag or repository, which was copied here, included.
 */
export function decodePlaceholder(
  { descriptor, bytes }: ManifestContent,
  repository: string,
  tag: string,
): Placeholder | undefined {
  if (!mayBePlaceholder(descriptor)) return undefined;
  const annotations = annotationsOfEmptyIndex(bytes);
  const read = (name: string) => annotations?.[`${prefix}.${name}`];
  const [operation, ownTag, digest] = [read("operation"), read("tag"), read("digest")];
  if (read("repository") !== repository || ownTag === undefined) return undefined;
  if (operation === "probe" && tag.startsWith(ownTag)) return { operation, repository, tag };
  if (operation !== "removal" || ownTag !== tag) return undefined;
  return digest !== undefined && isDigest(digest) ? { operation, repository, tag, digest } : undefined;
}

function annotationsOfEmptyIndex(bytes: Uint8Array): Readonly<Record<string, string>> | undefined {
  try {
    const index = asObject(parseJson(bytes, "placeholder", placeholderSize), "placeholder:");
    const isEmpty = arrayField(index, "manifests", (entry) => entry).length === 0;
    return isEmpty ? field(index, "annotations", recordOf(asString)) : undefined;
  } catch {
    return undefined;
  }
}
