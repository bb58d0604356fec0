import { digestOf } from "../../provider/oci/digest";
import type { ModelRequest } from "./message";
import type { ModelRegistry } from "./registry";

/** The media types of what strangers push. */
export const types = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar",
  statement: "application/vnd.in-toto+json",
} as const;

/** A request of a stranger's. @param name - `repository:tag` or `repository@digest`. */
export function strangerRequest(method: "PUT" | "DELETE", name: string): ModelRequest {
  const url = new URL(`https://stranger.example/v2/${name.replace(/[:@]/, "/manifests/")}`);
  return { by: "stranger", process: 0, call: "", method, url, headers: {}, body: Buffer.alloc(0) };
}

/** Puts bytes as a manifest, unless the registry refuses. */
export function putBytes(registry: ModelRegistry, name: string, body: Buffer, mediaType: string): void {
  registry.answer({ ...strangerRequest("PUT", name), headers: { "content-type": mediaType }, body });
}

/** Puts an index with these fields. */
export function putIndex(registry: ModelRegistry, name: string, fields: object): void {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: types.index, ...fields }));
  putBytes(registry, name, bytes, types.index);
}

/** Pushes an index over one image for linux/amd64, and an attestation of it if that is wanted. */
export function pushImage(registry: ModelRegistry, tag: string, text: string, attested: boolean): void {
  const platform = { os: "linux", architecture: "amd64" };
  const rootfs = { type: "layers", diff_ids: [digestOf(Buffer.from(text))] };
  const image = pushManifest(registry, tag, { ...platform, rootfs }, text, types.layer);
  const unknown = { os: "unknown", architecture: "unknown" };
  const annotations = {
    "vnd.docker.reference.digest": image.digest,
    "vnd.docker.reference.type": "attestation-manifest",
  };
  const statement = () => pushManifest(registry, tag, unknown, JSON.stringify({ about: text }), types.statement);
  const attestations = attested ? [{ ...statement(), annotations, platform: unknown }] : [];
  putIndex(registry, tag, { manifests: [{ ...image, platform }, ...attestations] });
}

function pushManifest(registry: ModelRegistry, tag: string, config: object, layer: string, layerType: string) {
  const [repository = ""] = tag.split(":");
  const blob = (content: string, mediaType: string) => {
    const bytes = Buffer.from(content);
    const digest = digestOf(bytes);
    registry.storage.blobs.set(`${repository}@${digest}`, bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const fields = { config: blob(JSON.stringify(config), types.config), layers: [blob(layer, layerType)] };
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: types.manifest, ...fields }));
  const digest = digestOf(bytes);
  putBytes(registry, `${repository}@${digest}`, bytes, types.manifest);
  return { mediaType: types.manifest, digest, size: bytes.length };
}
