import { gzipSync } from "node:zlib";
import type { ErrorCode } from "../../../provider/errors";
import { digestOf } from "../../../provider/oci/digest";
import { mediaTypes } from "../../../provider/oci/mediaTypes";
import { layerOf, type Parts, startParts } from "./corpusParts";
import { type Member, paxRecord, tarOf } from "./tars";

/** An archive as a tool writes it, made by hand after the source. */
export interface Shape {
  readonly title: string;
  /** The specification, the tool's documents or the report that it follows. */
  readonly source: string;
  readonly bytes: Buffer;
  /** The result for each wanted platform: the number of layers and attestations, or an error. */
  readonly picks: Readonly<Record<string, readonly [layers: number, attestations: number] | ErrorCode>>;
  /** Whether what is picked can be an index's entry for the platform; default: yes. */
  readonly isIndexable?: boolean;
}

const spec = "https://github.com/opencontainers/image-spec/blob/v1.1.1";
const amd = "linux/amd64";
const arm = "linux/arm64";
const one = { [amd]: [1, 0] } as const;
const refName = (name: string) => ({ annotations: { "org.opencontainers.image.ref.name": name } });

function layout(
  title: string,
  source: string,
  picks: Shape["picks"],
  make: (parts: Parts) => Buffer,
  isIndexable = true,
): Shape {
  return { title, source, picks, bytes: make(startParts()), isIndexable };
}

/** Archives of the OCI layout. */
const layouts: readonly Shape[] = [
  layout("skopeo copy oci-archive:", `${spec}/image-layout.md`, one, (parts) =>
    parts.layout([parts.image(amd, { isBare: true })]),
  ),
  layout("umoci, with a name and no media types", "https://github.com/opencontainers/umoci", one, (parts) =>
    parts.layout([parts.image(amd, { isBare: true, isUntyped: true, descriptor: refName("latest") })]),
  ),
  layout(
    "podman save --format oci-archive",
    "https://docs.podman.io/en/latest/markdown/podman-save.1.html",
    one,
    (parts) => parts.layout([parts.image(amd, { isBare: true, descriptor: refName("docker.io/library/server:1") })]),
  ),
  layout("buildah push oci-archive: with zstd layers", `${spec}/layer.md#zstd-media-types`, one, (parts) =>
    parts.layout([parts.image(amd, { isBare: true, layerType: "application/vnd.oci.image.layer.v1.tar+zstd" })]),
  ),
  layout(
    "BuildKit type=oci, one platform with provenance",
    "https://docs.docker.com/build/metadata/attestations/attestation-storage/",
    { [amd]: [1, 1], [arm]: "ERR_PLATFORM_MISSING" },
    (parts) => {
      const image = parts.image(amd);
      return parts.layout([parts.index([image, parts.attestation(image)])]);
    },
  ),
  layout(
    "BuildKit type=oci, two platforms with provenance",
    "https://docs.docker.com/build/exporters/oci-docker/",
    { [amd]: [1, 1], [arm]: [1, 1] },
    (parts) => {
      const images = [parts.image(amd), parts.image(arm)];
      return parts.layout([parts.index([...images, ...images.map((image) => parts.attestation(image))])]);
    },
  ),
  layout(
    "BuildKit type=oci,oci-mediatypes=false",
    "https://docs.docker.com/build/exporters/oci-docker/",
    { [amd]: [1, 0], [arm]: [1, 0] },
    (parts) => parts.layout([parts.image(amd, { isDocker: true }), parts.image(arm, { isDocker: true })]),
  ),
  layout(
    "docker save of the containerd store, without the other platforms",
    "https://github.com/kubernetes-sigs/kind/issues/3795",
    { [amd]: [1, 0], [arm]: "ERR_PLATFORM_MISSING" },
    (parts) => {
      const image = parts.image(amd);
      const listed = [
        image,
        parts.absent(arm),
        {
          ...parts.absent("unknown/unknown"),
          annotations: {
            "vnd.docker.reference.type": "attestation-manifest",
            "vnd.docker.reference.digest": image.digest,
          },
        },
      ];
      return parts.layout([parts.index(listed)]);
    },
  ),
  layout(
    "docker save of the containerd store, without a nested index",
    "https://github.com/docker/cli/issues/5476",
    one,
    (parts) => {
      const nested = { ...parts.absent(arm), mediaType: mediaTypes.ociIndex, platform: undefined };
      return parts.layout([parts.index([parts.image(amd), nested])]);
    },
  ),
  layout(
    "ko --oci-layout-path",
    "https://ko.build/features/multi-platform/",
    { [amd]: [2, 0], [arm]: [2, 0] },
    (parts) =>
      parts.layout([parts.index([amd, arm].map((platform) => parts.image(platform, { layers: ["base", platform] })))]),
  ),
  layout(
    "crane pull --format=oci",
    "https://github.com/google/go-containerregistry/blob/main/cmd/crane/doc/crane_pull.md",
    { [arm]: [1, 0] },
    (parts) => parts.layout([parts.image(arm, { isBare: true })], { mediaType: mediaTypes.ociIndex }),
  ),
  layout(
    "rules_oci, with blobs that are links",
    "https://github.com/bazel-contrib/rules_oci/issues/505",
    one,
    (parts) => {
      const index = parts.layout([parts.image(amd)]);
      const moved = parts.members.map(({ name, content = "" }): readonly Member[] => [
        { name: `bazel-out/${name}`, content },
        { name, type: "SymbolicLink", target: `../../bazel-out/${name}` },
      ]);
      return Buffer.concat([tarOf(...moved.flat()).subarray(0, -1024), index.subarray(0)]);
    },
  ),
  layout(
    "image-spec 1.0: neither index nor manifest says its media type",
    "https://github.com/opencontainers/image-spec/blob/v1.0.2/manifest.md",
    one,
    (parts) => parts.layout([parts.image(amd, { isUntyped: true })]),
  ),
  layout("layers that are not compressed", `${spec}/layer.md`, one, (parts) =>
    parts.layout([parts.image(amd, { layerType: mediaTypes.ociLayer })]),
  ),
  layout("digests of sha512", `${spec}/descriptor.md#sha-512`, one, (parts) =>
    parts.layout([parts.image(amd, { algorithm: "sha512" })]),
  ),
  layout("an index in an index in an index", `${spec}/image-index.md`, { [amd]: [1, 0], [arm]: [1, 0] }, (parts) =>
    parts.layout([parts.index([parts.image(amd), parts.index([parts.index([parts.image(arm)])])])]),
  ),
  layout(
    "arm in two variants",
    `${spec}/image-index.md#platform-variants`,
    { "linux/arm/v6": [1, 0], "linux/arm/v7": [1, 0], "linux/arm/v5": "ERR_PLATFORM_MISSING" },
    (parts) => parts.layout([parts.index([parts.image("linux/arm/v6"), parts.image("linux/arm/v7")])]),
  ),
  layout(
    "arm64 with its variant",
    "https://github.com/containerd/platforms",
    { [arm]: [1, 0], "linux/arm64/v8": [1, 0] },
    (parts) => parts.layout([parts.image("linux/arm64/v8"), parts.image(amd)]),
  ),
  layout(
    "two versions of Windows, with foreign layers",
    `${spec}/layer.md#non-distributable-layers`,
    { "windows(10.0.20348.1)/amd64": [2, 0], "windows(10.0.17763.1)/amd64": [2, 0] },
    (parts) => {
      const foreign = {
        mediaType: mediaTypes.ociNondistributableLayerGzip,
        digest: digestOf(Buffer.from("foreign")),
        size: 9,
        urls: ["https://mcr.microsoft.com/x"],
      };
      const versions = ["windows(10.0.20348.1)/amd64", "windows(10.0.17763.1)/amd64"];
      return parts.layout([
        parts.index(versions.map((platform) => parts.image(platform, { absentLayers: [foreign] }))),
      ]);
    },
  ),
  layout("one image under two names", "https://docs.docker.com/reference/cli/docker/image/save/", one, (parts) => {
    const image = parts.image(amd);
    return parts.layout(["1", "2"].map((name) => ({ ...image, ...refName(name) })));
  }),
  layout(
    "two images for one platform under two names",
    `${spec}/annotations.md`,
    { [amd]: "ERR_INPUT_INVALID" },
    (parts) => parts.layout(["1", "2"].map((name) => parts.image(amd, { layers: [name], descriptor: refName(name) }))),
  ),
  layout("an index without manifests", `${spec}/image-index.md`, { [amd]: "ERR_PLATFORM_MISSING" }, (parts) =>
    parts.layout([parts.index([])]),
  ),
  layout("a layout without images", `${spec}/image-layout.md`, { [amd]: "ERR_PLATFORM_MISSING" }, (parts) =>
    parts.layout([]),
  ),
  layout("an image with a subject and annotations", `${spec}/manifest.md`, one, (parts) => {
    const subject = parts.image(arm);
    return parts.layout([parts.image(amd, { manifest: { subject, annotations: { a: "b" } } })]);
  }),
  layout(
    "a signature of cosign beside an image, as ORAS copies it",
    "https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md",
    one,
    (parts) => {
      const image = parts.image(amd);
      const signature = parts.image(amd, {
        isBare: true,
        config: {},
        configType: "application/vnd.oci.empty.v1+json",
        layerType: "application/vnd.dev.sigstore.bundle.v0.3+json",
        manifest: { subject: image, artifactType: "application/vnd.dev.sigstore.bundle.v0.3+json" },
      });
      return parts.layout([image, signature]);
    },
  ),
  layout(
    "a chart of Helm alone",
    "https://helm.sh/docs/topics/registries/",
    one,
    (parts) =>
      parts.layout([
        parts.image(amd, {
          isBare: true,
          config: { name: "chart" },
          configType: "application/vnd.cncf.helm.config.v1+json",
          layerType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
        }),
      ]),
    false,
  ),
  layout("a descriptor with data and URLs", `${spec}/descriptor.md#embedded-content`, one, (parts) =>
    parts.layout([parts.image(amd, { descriptor: { urls: ["https://example.com/a"] } })]),
  ),
  layout(
    "a config without a platform, listed with one",
    "https://github.com/opencontainers/image-spec/issues/1025",
    one,
    (parts) =>
      parts.layout([
        parts.index([parts.image(amd, { config: { rootfs: { type: "layers", diff_ids: [digestOf(layerOf(amd))] } } })]),
      ]),
  ),
];

/** The members of a docker archive. @param nameOf - a layer's member. */
function dockerArchive(how: {
  readonly layers?: readonly string[];
  readonly nameOf?: (tar: Buffer, index: number) => string;
  readonly configName?: (config: Buffer) => string;
  readonly isPacked?: boolean;
  readonly tags?: readonly string[] | null;
  /** Other members in place of equal layers. */
  readonly linkType?: "Link" | "SymbolicLink";
}): readonly Member[] {
  const tars = (how.layers ?? ["a"]).map(layerOf);
  const nameOf = how.nameOf ?? ((tar) => `${digestOf(tar).slice(7)}.tar`);
  const config = Buffer.from(
    JSON.stringify({
      architecture: "amd64",
      os: "linux",
      rootfs: { type: "layers", diff_ids: tars.map((tar) => digestOf(tar)) },
    }),
  );
  const configName = how.configName?.(config) ?? `${digestOf(config).slice(7)}.json`;
  const names = tars.map(nameOf);
  const members = tars.map((tar, index): Member => {
    const [name = "", first = ""] = [names[index], names[tars.findIndex((other) => other.equals(tar))]];
    if (how.linkType !== undefined && first !== name)
      return { name, type: how.linkType, target: how.linkType === "Link" ? first : `../${first}` };
    return { name, content: how.isPacked ? gzipSync(tar) : tar };
  });
  const manifest = [{ Config: configName, RepoTags: how.tags ?? null, Layers: names }];
  return [
    ...members,
    { name: configName, content: config },
    { name: "manifest.json", content: JSON.stringify(manifest) },
  ];
}

const dockerSpec = "https://github.com/moby/moby/blob/v24.0.9/image/spec/v1.2.md";
const folderOf = (_: Buffer, index: number) => `${index.toString(16).padStart(64, "0")}/layer.tar`;

/** The form that `docker save` wrote before version 25, and other tools after it. */
const dockerArchives: readonly Shape[] = [
  {
    title: "docker save before 25, with legacy files",
    source: dockerSpec,
    picks: one,
    bytes: tarOf(
      { name: "repositories", content: "{}" },
      { name: `${"0".repeat(64)}/`, type: "Directory" },
      { name: `${"0".repeat(64)}/VERSION`, content: "1.0" },
      ...dockerArchive({ nameOf: folderOf, tags: ["server:1"] }),
    ),
  },
  {
    title: "docker save before 25, equal layers as symbolic links",
    source: dockerSpec,
    picks: { [amd]: [3, 0] },
    bytes: tarOf(...dockerArchive({ layers: ["a", "b", "a"], nameOf: folderOf, linkType: "SymbolicLink" })),
  },
  {
    title: "podman save --format docker-archive",
    source: "https://docs.podman.io/en/latest/markdown/podman-save.1.html",
    picks: { [amd]: [2, 0] },
    bytes: tarOf(...dockerArchive({ layers: ["a", "b"], tags: ["docker.io/library/server:1"] })),
  },
  {
    title: "crane pull, with packed layers",
    source: "https://github.com/google/go-containerregistry/tree/main/pkg/v1/tarball",
    picks: { [amd]: [2, 0] },
    bytes: tarOf(
      ...dockerArchive({
        layers: ["a", "b"],
        isPacked: true,
        nameOf: (tar) => `${digestOf(gzipSync(tar)).slice(7)}.tar.gz`,
        configName: (config) => digestOf(config),
      }),
    ),
  },
  {
    title: "jib's buildTar, with config.json",
    source: "https://github.com/GoogleContainerTools/jib",
    picks: one,
    bytes: tarOf(
      ...dockerArchive({
        isPacked: true,
        nameOf: (tar) => `${digestOf(tar).slice(7)}.tar.gz`,
        configName: () => "config.json",
      }),
    ),
  },
  {
    title: "nixpkgs' dockerTools, equal layers as hard links",
    source: "https://github.com/NixOS/nixpkgs/issues/36906",
    picks: { [amd]: [3, 0] },
    bytes: tarOf(
      { name: "./", type: "Directory" },
      ...dockerArchive({ layers: ["a", "b", "a"], nameOf: folderOf, linkType: "Link" }).map((member) => ({
        ...member,
        name: `./${member.name}`,
      })),
    ),
  },
  {
    title: "a layer that is written twice",
    source: "https://github.com/google/go-containerregistry/issues/265",
    picks: one,
    bytes: tarOf(...dockerArchive({}), ...dockerArchive({}).slice(0, 1)),
  },
  {
    title: "a manifest.json that was appended anew",
    source: "https://www.gnu.org/software/tar/manual/html_node/appending-files.html",
    picks: one,
    bytes: tarOf({ name: "manifest.json", content: "[]" }, ...dockerArchive({})),
  },
  {
    title: "members named with ./ in manifest.json",
    source: dockerSpec,
    picks: one,
    bytes: tarOf(...dockerArchive({ nameOf: () => "./layer.tar", configName: () => "./config.json" })),
  },
  {
    title: "a docker archive that is packed as a whole",
    source: "https://docs.docker.com/reference/cli/docker/image/save/",
    picks: one,
    bytes: gzipSync(tarOf(...dockerArchive({}))),
  },
  {
    title: "names in PAX headers",
    source: "https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html",
    picks: one,
    bytes: tarOf(
      ...dockerArchive({}).flatMap((member): readonly Member[] => [
        { name: "PaxHeader", type: "ExtendedHeader", content: paxRecord("path", member.name) },
        { ...member, name: "x" },
      ]),
    ),
  },
  {
    title: "a config that the manifest.json names but that is not there",
    source: "https://github.com/moby/moby/issues/47065",
    picks: { [amd]: "ERR_SOURCE_UNAVAILABLE" },
    bytes: tarOf(...dockerArchive({}).filter(({ name }) => !name.endsWith(".json") || name === "manifest.json")),
  },
  {
    title: "an archive without an image",
    source: dockerSpec,
    picks: { [amd]: "ERR_CONTENT_INVALID" },
    bytes: tarOf({ name: "file", content: "x" }),
  },
  {
    title: "a file system, as docker export writes it",
    source: "https://docs.docker.com/reference/cli/docker/container/export/",
    picks: { [amd]: "ERR_CONTENT_INVALID" },
    bytes: tarOf({ name: "bin", type: "SymbolicLink", target: "usr/bin" }, { name: "usr/bin/", type: "Directory" }),
  },
];

/** Every shape. */
export const shapes: readonly Shape[] = [...layouts, ...dockerArchives];
