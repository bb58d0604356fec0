import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { Descriptor } from "../../provider/oci/descriptor";
import type { Platform } from "../../provider/oci/platform";
import { type TarEntry, writeTar } from "../../provider/sources/tar";
import type { Layout } from "./layouts";

/** What a base image is like; everything but the layers has a plain default. */
export interface BaseOptions {
  /** The tar of each layer. */
  readonly tars: readonly Uint8Array[];
  /** Default: linux/arm64. */
  readonly platform?: Platform;
  /** The config's `config`. */
  readonly parameters?: object;
  readonly history?: readonly object[];
  /** Docker's media types instead of OCI's. */
  readonly docker?: boolean;
  /** What the config says of the layers instead. */
  readonly diffIds?: readonly string[];
  /** The layers as they are stored, instead of gzip. */
  readonly stored?: readonly { readonly bytes: Uint8Array; readonly mediaType: string }[];
  /** A further layer that lies elsewhere. */
  readonly foreign?: Descriptor;
}

const types = {
  oci: {
    manifest: "application/vnd.oci.image.manifest.v1+json",
    config: "application/vnd.oci.image.config.v1+json",
    layer: "application/vnd.oci.image.layer.v1.tar+gzip",
  },
  docker: {
    manifest: "application/vnd.docker.distribution.manifest.v2+json",
    config: "application/vnd.docker.container.image.v1+json",
    layer: "application/vnd.docker.image.rootfs.diff.tar.gzip",
  },
};

/** Writes a base image into a layout. @returns its manifest's descriptor. */
export function writeBase(layout: Layout, options: BaseOptions): Descriptor {
  const { tars, platform = { architecture: "arm64", os: "linux" }, parameters = {}, history } = options;
  const { manifest, config, layer } = types[options.docker === true ? "docker" : "oci"];
  const stored = options.stored ?? tars.map((tar) => ({ bytes: gzipSync(tar), mediaType: layer }));
  const diffIds = options.diffIds ?? tars.map((tar) => `sha256:${createHash("sha256").update(tar).digest("hex")}`);
  const document = {
    ...platform,
    config: parameters,
    rootfs: { type: "layers", diff_ids: [...diffIds, ...(options.foreign ? [options.foreign.digest] : [])] },
    ...(history && { history }),
  };
  const layers = stored.map(({ bytes, mediaType }) => layout.blob(bytes, mediaType));
  const bytes = {
    schemaVersion: 2,
    mediaType: manifest,
    config: layout.blob(json(document), config),
    layers: [...layers, ...(options.foreign ? [options.foreign] : [])],
  };
  return { ...layout.blob(json(bytes), manifest), platform };
}

/**
 * A layer's tar.
 * @param entries - headers; what they leave out is 0755 for folders, 0644 for files, owner 0. A text is a file's content.
 */
export async function layerTar(
  entries: readonly (Partial<Omit<TarEntry, "content">> & { readonly name: string; readonly text?: string })[],
): Promise<Buffer> {
  const complete = entries.map(({ text, ...entry }): TarEntry => {
    const mode = text === undefined ? 0o755 : 0o644;
    const bytes = Buffer.from(text ?? "");
    return {
      mode,
      uid: 0,
      gid: 0,
      ...entry,
      ...(text !== undefined && { content: { size: bytes.length, open: () => streamOf(bytes) } }),
    };
  });
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeTar(complete, 1_000_000_000)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* streamOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
