import { digestOf } from "../../provider/oci/digest";
import type { Member } from "../unit/sources/tars";

/** What {@link dockerSaveMembers} writes down. */
export interface SavedImage {
  /** As `docker save` is given it, with its tag: `team/server:1`. */
  readonly name: string;
  readonly config: Buffer;
  /** Uncompressed, base first. */
  readonly layers: readonly Buffer[];
}

/**
 * The members of an archive as `docker save` writes it since version 26, in its order and spelling: an OCI layout in which the
 * layers are plain tars, with what versions before 25 and before 1.9 want beside it. No engine of these versions can run here;
 * this follows the writer's source. Version 25 differs in its manifests, see `layoutCoverage`.
 * @see https://github.com/moby/moby/blob/v28.1.1/image/tarexport/save.go
 */
export function dockerSaveMembers({ name, config, layers }: SavedImage): readonly Member[] {
  const fullName = name.includes(".") ? name : `docker.io/${name}`;
  const [repository = "", tag = ""] = name.split(":");
  const layerDescriptors = layers.map((layer) => descriptorOf("application/vnd.oci.image.layer.v1.tar", layer));
  const configDescriptor = descriptorOf("application/vnd.oci.image.config.v1+json", config);
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = json({ schemaVersion: 2, mediaType, config: configDescriptor, layers: layerDescriptors });
  const annotations = { "io.containerd.image.name": fullName, "org.opencontainers.image.ref.name": tag };
  const index = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [{ ...descriptorOf(mediaType, manifest), annotations }],
  };
  const sources = Object.fromEntries(layerDescriptors.map((descriptor) => [descriptor.digest, descriptor]));
  const entry = {
    Config: pathOf(config),
    RepoTags: [name],
    Layers: layers.map(pathOf),
    LayerSources: sources,
  };
  const lastLayer = digestOf(layers.at(-1) ?? Buffer.alloc(0)).slice("sha256:".length);
  const blobs = [...legacyConfigs(layers.length), ...layers, config, manifest];
  return [
    { name: "blobs/", type: "Directory" },
    { name: "blobs/sha256/", type: "Directory" },
    ...blobs.map((content) => ({ name: pathOf(content), content })).sort((a, b) => (a.name < b.name ? -1 : 1)),
    { name: "index.json", content: json(index) },
    { name: "manifest.json", content: `${json([entry])}\n` },
    { name: "oci-layout", content: '{"imageLayoutVersion": "1.0.0"}' },
    { name: "repositories", content: `${json({ [repository]: { [tag]: lastLayer } })}\n` },
  ];
}

/** What tells versions before 1.9 of each layer; nothing refers to it any more. */
function legacyConfigs(count: number): readonly Buffer[] {
  return Array.from({ length: count }, (_, layer) =>
    json({ id: String(layer).repeat(64).slice(0, 64), created: "1970-01-01T00:00:00Z", os: "linux" }),
  );
}

function pathOf(content: Buffer): string {
  return `blobs/${digestOf(content).replace(":", "/")}`;
}

function descriptorOf(mediaType: string, content: Buffer) {
  return { mediaType, digest: digestOf(content), size: content.length };
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
