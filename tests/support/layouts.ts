import { createHash } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { Header } from "tar";
import type { Descriptor } from "../../provider/oci/descriptor";
import type { Platform } from "../../provider/oci/platform";

/** What an image of a layout is like; everything has a plain default. */
export interface ImageOptions {
  /** Of the config and the descriptor. */
  readonly platform: Platform;
  /** What the config says instead. */
  readonly configPlatform?: Partial<Platform>;
  /** Leave the platform out of the descriptor, as a lone image's descriptor does. */
  readonly bareDescriptor?: boolean;
  /** One layer per text, each with one file that holds the text. Default: one layer with the platform as its text. */
  readonly layers?: readonly string[];
  /** Further layers, by descriptor only: foreign ones, or ones that are not there. */
  readonly furtherLayers?: readonly Descriptor[];
  /** The digest algorithm of manifest, config and layers. */
  readonly algorithm?: "sha256" | "sha512";
  /** Of the manifest alone, instead. */
  readonly manifestAlgorithm?: "sha256" | "sha512";
  /** Docker's media types instead of OCI's. */
  readonly docker?: boolean;
  /** Of the descriptor. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An OCI layout in a temporary folder, empty at first. */
export interface Layout {
  /** The folder, absolute. */
  readonly directory: string;
  /** Writes a blob. @returns its descriptor. */
  blob(bytes: Uint8Array, mediaType: string, algorithm?: "sha256" | "sha512"): Descriptor;
  /** Writes an image: layers, config and manifest. @returns the manifest's descriptor. */
  image(options: ImageOptions): Descriptor;
  /** Writes a BuildKit attestation about an image. @returns the descriptor of its manifest, as an index lists it. */
  attestation(image: Descriptor): Descriptor;
  /** Writes an index as a blob. @returns its descriptor. */
  index(manifests: readonly Descriptor[], annotations?: Readonly<Record<string, string>>): Descriptor;
  /** Writes `index.json`. */
  publish(...manifests: readonly Descriptor[]): void;
  /** Where a blob lies, absolute. */
  path(digest: string): string;
  /** Damages a blob: takes it away, cuts its last byte, changes its last byte, or puts a symbolic link to it in its place. */
  damage(digest: string, how: "missing" | "truncated" | "altered" | "symlink"): void;
  /** Removes the folder. */
  remove(): void;
}

const oci = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
};
const docker = {
  manifest: "application/vnd.docker.distribution.manifest.v2+json",
  config: "application/vnd.docker.container.image.v1+json",
  layer: "application/vnd.docker.image.rootfs.diff.tar.gzip",
};

/** Starts a layout in a new temporary folder. Equal calls write equal bytes. */
export function makeLayout(): Layout {
  const directory = mkdtempSync(join(tmpdir(), "layout-"));
  writeFileSync(join(directory, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  const path = (digest: string) => join(directory, "blobs", ...digest.split(":"));

  const blob: Layout["blob"] = (bytes, mediaType, algorithm = "sha256") => {
    const digest = `${algorithm}:${hexDigest(bytes, algorithm)}`;
    mkdirSync(dirname(path(digest)), { recursive: true });
    writeFileSync(path(digest), bytes);
    return { mediaType, digest, size: bytes.length };
  };

  const image: Layout["image"] = ({
    platform,
    layers = [JSON.stringify(platform)],
    algorithm = "sha256",
    ...options
  }) => {
    const types = options.docker === true ? docker : oci;
    const tars = layers.map((text) => tarOf("content.txt", text));
    const own = tars.map((bytes) => blob(gzipSync(bytes), types.layer, algorithm));
    const diffIds = tars.map((bytes) => `sha256:${hexDigest(bytes, "sha256")}`);
    const config = json({
      ...platform,
      ...options.configPlatform,
      config: {},
      rootfs: { type: "layers", diff_ids: diffIds },
    });
    const manifest = json({
      schemaVersion: 2,
      mediaType: types.manifest,
      config: blob(config, types.config, algorithm),
      layers: [...own, ...(options.furtherLayers ?? [])],
    });
    return {
      ...blob(manifest, types.manifest, options.manifestAlgorithm ?? algorithm),
      ...(options.bareDescriptor !== true && { platform }),
      ...(options.annotations && { annotations: options.annotations }),
    };
  };

  const attestation: Layout["attestation"] = ({ digest }) => {
    const statement = json({ _type: "https://in-toto.io/Statement/v0.1", subject: [{ digest }] });
    const layer = {
      ...blob(statement, "application/vnd.in-toto+json"),
      annotations: { "in-toto.io/predicate-type": "https://slsa.dev/provenance/v0.2" },
    };
    const config = blob(json({ architecture: "unknown", os: "unknown", config: {}, rootfs: {} }), oci.config);
    const manifest = json({ schemaVersion: 2, mediaType: oci.manifest, config, layers: [layer] });
    return {
      ...blob(manifest, oci.manifest),
      annotations: { "vnd.docker.reference.digest": digest, "vnd.docker.reference.type": "attestation-manifest" },
      platform: { architecture: "unknown", os: "unknown" },
    };
  };

  const index: Layout["index"] = (manifests, annotations) => ({
    ...blob(json({ schemaVersion: 2, mediaType: oci.index, manifests }), oci.index),
    ...(annotations && { annotations }),
  });

  const damage: Layout["damage"] = (digest, how) => {
    const bytes = readFileSync(path(digest));
    const last = bytes.length - 1;
    if (how === "missing") unlinkSync(path(digest));
    if (how === "truncated") writeFileSync(path(digest), bytes.subarray(0, last));
    if (how === "altered") writeFileSync(path(digest), bytes.fill((bytes[last] ?? 0) ^ 1, last));
    if (how !== "symlink") return;
    renameSync(path(digest), join(directory, "elsewhere"));
    symlinkSync(join(directory, "elsewhere"), path(digest));
  };

  return {
    directory,
    blob,
    image,
    attestation,
    index,
    publish: (...manifests) =>
      writeFileSync(join(directory, "index.json"), json({ schemaVersion: 2, mediaType: oci.index, manifests })),
    path,
    damage,
    remove: () => rmSync(directory, { recursive: true }),
  };
}

function hexDigest(bytes: Uint8Array, algorithm: string): string {
  return createHash(algorithm).update(bytes).digest("hex");
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function tarOf(path: string, text: string): Buffer {
  const content = Buffer.from(text);
  const header = new Header({
    path,
    type: "File",
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: content.length,
    mtime: new Date(0),
  });
  const block = Buffer.alloc(512);
  header.encode(block);
  return Buffer.concat([block, content, Buffer.alloc(512 - (content.length % 512) + 1024)]);
}
