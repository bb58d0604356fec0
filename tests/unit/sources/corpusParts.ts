import { gzipSync } from "node:zlib";
import type { Descriptor } from "../../../provider/oci/descriptor";
import { type DigestAlgorithm, digestOf } from "../../../provider/oci/digest";
import { mediaTypes } from "../../../provider/oci/mediaTypes";
import { parsePlatform } from "../../../provider/oci/platform";
import { type Member, paxRecord, tarOf } from "./tars";

/** How a writer writes an image; everything has a plain default. */
export interface Written {
  readonly layers?: readonly string[];
  readonly layerType?: string;
  readonly isDocker?: boolean;
  /** The platform of the config; default: the declared one. */
  readonly config?: object;
  readonly configType?: string;
  /** Leave the media type out of the manifest, as before image-spec 1.1. */
  readonly isUntyped?: boolean;
  readonly algorithm?: DigestAlgorithm;
  /** Further fields of the descriptor, and of the manifest. */
  readonly descriptor?: Partial<Descriptor>;
  readonly manifest?: object;
  /** Leave the platform out of the descriptor. */
  readonly isBare?: boolean;
  /** Further layers, which are not in the archive. */
  readonly absentLayers?: readonly Descriptor[];
}

/** An archive in the making, member by member. */
export interface Parts {
  readonly members: Member[];
  blob(content: Uint8Array, mediaType: string, algorithm?: DigestAlgorithm): Descriptor;
  image(platform: string, how?: Written): Descriptor;
  index(manifests: readonly object[], more?: object): Descriptor;
  /** A descriptor of something that is listed but not there. */
  absent(platform: string): Descriptor;
  attestation(image: Descriptor): Descriptor;
  /** An OCI layout whose index lists these. */
  layout(manifests: readonly object[], more?: object): Buffer;
}

/** A layer with one file. */
export function layerOf(text: string): Buffer {
  return tarOf({ name: "file", content: text });
}

/** A name of more than 100 bytes stands in a PAX header. */
function withLongName(member: Member): readonly Member[] {
  if (member.name.length <= 100) return [member];
  const content = paxRecord("path", member.name);
  return [
    { name: "PaxHeader", type: "ExtendedHeader", content },
    { ...member, name: "long" },
  ];
}

/** Starts an archive. */
export function startParts(): Parts {
  const members: Member[] = [];
  const blob: Parts["blob"] = (content, mediaType, algorithm = "sha256") => {
    const digest = digestOf(content, algorithm);
    const name = `blobs/${digest.replace(":", "/")}`;
    if (!members.some((member) => member.name === name)) members.push({ name, content });
    return { mediaType, digest, size: content.length };
  };
  const document = (value: object, mediaType: string, algorithm?: DigestAlgorithm) =>
    blob(Buffer.from(JSON.stringify(value)), mediaType, algorithm);
  const image: Parts["image"] = (platform, how = {}) => {
    const { layers = [platform], isDocker = false, algorithm } = how;
    const tars = layers.map(layerOf);
    const { layerType = isDocker ? mediaTypes.dockerLayerGzip : mediaTypes.ociLayerGzip } = how;
    const stored = tars.map((tar) => blob(layerType.endsWith("gzip") ? gzipSync(tar) : tar, layerType, algorithm));
    const own = parsePlatform(platform);
    const config = how.config ?? {
      ...own,
      rootfs: { type: "layers", diff_ids: tars.map((tar) => digestOf(tar)) },
    };
    const configType = how.configType ?? (isDocker ? mediaTypes.dockerConfig : mediaTypes.ociConfig);
    const mediaType = isDocker ? mediaTypes.dockerManifest : mediaTypes.ociManifest;
    const manifest = {
      schemaVersion: 2,
      ...(!how.isUntyped && { mediaType }),
      config: document(config, configType, algorithm),
      layers: [...stored, ...(how.absentLayers ?? [])],
      ...how.manifest,
    };
    return { ...document(manifest, mediaType, algorithm), ...(!how.isBare && { platform: own }), ...how.descriptor };
  };
  return {
    members,
    blob,
    image,
    index: (manifests, more) =>
      document({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests, ...more }, mediaTypes.ociIndex),
    absent: (platform) => ({
      mediaType: mediaTypes.ociManifest,
      digest: digestOf(Buffer.from(platform)),
      size: 100,
      platform: parsePlatform(platform),
    }),
    attestation: (subject) => ({
      ...document(
        {
          schemaVersion: 2,
          mediaType: mediaTypes.ociManifest,
          config: document({ of: subject.digest }, mediaTypes.ociConfig),
          layers: [],
        },
        mediaTypes.ociManifest,
      ),
      platform: { os: "unknown", architecture: "unknown" },
      annotations: {
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": subject.digest,
      },
    }),
    layout: (manifests, more) =>
      tarOf({ name: "oci-layout", content: '{"imageLayoutVersion":"1.0.0"}' }, ...members.flatMap(withLongName), {
        name: "index.json",
        content: JSON.stringify({ schemaVersion: 2, manifests, ...more }),
      }),
  };
}
