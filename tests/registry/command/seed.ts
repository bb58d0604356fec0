import { ok } from "node:assert/strict";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { Descriptor } from "../../../provider/oci/descriptor";
import { mediaTypes } from "../../../provider/oci/mediaTypes";
import type { Platform } from "../../../provider/oci/platform";

/** A registry, and the Authorization header that it wants, if any. */
export interface Access {
  readonly url: string;
  readonly authorization?: string;
}

/** An index of two platforms and an attestation, as it lies on a registry. */
export interface SeededIndex {
  readonly index: Descriptor;
  /** The bytes of the index. */
  readonly bytes: Buffer;
  readonly linux: Descriptor;
  readonly windows: Descriptor;
  readonly attestation: Descriptor;
}

/**
 * Puts an index over a linux/amd64 and a Windows image and an attestation of the first under the tag `latest`, and the first
 * image under `amd64`.
 */
export async function seedIndex(access: Access, repository: string): Promise<SeededIndex> {
  const windowsPlatform = { architecture: "amd64", os: "windows", "os.version": "10.0.20348.1" };
  const linux = await putImage(access, repository, { architecture: "amd64", os: "linux" }, "amd64");
  const windows = await putImage(access, repository, windowsPlatform, "windows");
  const unknown = { architecture: "unknown", os: "unknown" };
  const attestation = {
    ...(await putImage(access, repository, unknown, "attestation")),
    annotations: { "vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": linux.digest },
  };
  const bytes = bytesOf({
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    manifests: [linux, windows, attestation],
    annotations: { "org.opencontainers.image.title": "Zwölf \u001b[31mBoxkämpfer" },
  });
  const index = descriptorOf(mediaTypes.ociIndex, bytes);
  await putManifest(access, repository, "latest", index, bytes);
  return { index, bytes, linux, windows, attestation };
}

async function putImage(access: Access, repository: string, platform: Platform, tag: string): Promise<Descriptor> {
  const layerBytes = gzipSync(Buffer.alloc(1024));
  const configBytes = bytesOf({ ...platform, rootfs: { type: "layers", diff_ids: [] } });
  const layer = descriptorOf(mediaTypes.ociLayerGzip, layerBytes);
  const config = descriptorOf(mediaTypes.ociConfig, configBytes);
  await putBlob(access, repository, layer, layerBytes);
  await putBlob(access, repository, config, configBytes);
  const bytes = bytesOf({ schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: [layer] });
  const manifest = descriptorOf(mediaTypes.ociManifest, bytes);
  await putManifest(access, repository, tag, manifest, bytes);
  return { ...manifest, platform };
}

async function putBlob(access: Access, repository: string, { digest }: Descriptor, bytes: Buffer): Promise<void> {
  const session = await send(access, "POST", `/v2/${repository}/blobs/uploads/`);
  const location = new URL(session.headers.get("location") ?? "", access.url);
  location.searchParams.set("digest", digest);
  await send(access, "PUT", location.href, "application/octet-stream", bytes);
}

async function putManifest(
  access: Access,
  repository: string,
  tag: string,
  { mediaType }: Descriptor,
  bytes: Buffer,
): Promise<void> {
  await send(access, "PUT", `/v2/${repository}/manifests/${tag}`, mediaType, bytes);
}

async function send({ url, authorization }: Access, method: string, path: string, type?: string, body?: Buffer) {
  const headers = { ...(authorization && { authorization }), ...(type && { "content-type": type }) };
  const response = await fetch(new URL(path, url), { method, headers, ...(body && { body: new Uint8Array(body) }) });
  ok(response.ok, `${method} ${path}: ${response.status}`);
  await response.arrayBuffer();
  return response;
}

function bytesOf(document: object): Buffer {
  return Buffer.from(JSON.stringify(document));
}

function descriptorOf(mediaType: string, bytes: Buffer): Descriptor {
  return { mediaType, digest: `sha256:${createHash("sha256").update(bytes).digest("hex")}`, size: bytes.length };
}
