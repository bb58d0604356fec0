import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Descriptor } from "../../../provider/oci/descriptor";
import type { Platform } from "../../../provider/oci/platform";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import { layerTar, writeBase } from "../../support/bases";
import { dockerSaveMembers } from "../../support/dockerSave";
import { makeLayout } from "../../support/layouts";
import { tarOf } from "../../unit/sources/tars";
import { uniqueName } from "../distribution/content";
import type { Podman } from "./podman";
import { skopeo } from "./readers";

/** What a place for an image is made with. */
export interface Ingredients {
  readonly platform: Platform;
  /** An OCI layout of three images, one for each platform. */
  readonly layout: string;
  /** The name in it of the image for this platform. */
  readonly reference: string;
  /** A Podman that has this image under {@link engineName}. */
  readonly podman: Podman;
  /** A path for a file of this place. */
  file(name: string): string;
  /** The registry that registry images and bases are on. */
  readonly address: string;
}

/** An image in a place that a source can name. */
export interface Place {
  readonly source: PropertyBag;
  /** The image there, as skopeo names it; absent when there is none before it is pushed. */
  readonly image?: string;
  /** Whether the image has a manifest there, whose digest is to be kept. */
  readonly hasManifest: boolean;
}

/** The name of the image in the engine. */
export const engineName = "docker.io/team/server:1";

const imageIn = ({ layout, reference }: Ingredients) => `oci:${layout}:${reference}`;
const copy = (...args: readonly string[]) => skopeo("copy", "--quiet", ...args);

function archived(type: "oci-archive" | "docker-archive", archive: string): Place {
  return { source: { archive }, image: `${type}:${archive}`, hasManifest: type === "oci-archive" };
}

function zipped({ source, ...place }: Place): Place {
  const archive = String(source["archive"]);
  execFileSync("gzip", ["--keep", archive]);
  return { ...place, source: { archive: `${archive}.gz` } };
}

function skopeosArchive(at: Ingredients, type: "oci-archive" | "docker-archive"): Place {
  copy(imageIn(at), `${type}:${at.file("image.tar")}:${engineName}`);
  return archived(type, at.file("image.tar"));
}

/** Skopeo compresses plain layers anew. */
function zstdLayout(at: Ingredients): Place {
  const [plain, ociLayout] = [at.file("plain.tar"), at.file("layout")];
  copy(imageIn(at), `docker-archive:${plain}`);
  copy("--dest-compress", "--dest-compress-format=zstd", `docker-archive:${plain}`, `oci:${ociLayout}`);
  return layoutOf(ociLayout, "application/vnd.oci.image.layer.v1.tar+zstd");
}

async function plainLayout({ platform, file }: Ingredients): Promise<Place> {
  const mediaType = "application/vnd.oci.image.layer.v1.tar";
  const layout = makeLayout();
  const tars = [await layerTar([{ name: "a.txt", text: "a" }]), await layerTar([{ name: "b.txt", text: "b" }])];
  const stored = tars.map((bytes) => ({ bytes, mediaType }));
  layout.publish(writeBase(layout, { tars, platform, stored }));
  renameSync(layout.directory, file("layout"));
  return layoutOf(file("layout"), mediaType);
}

function layoutOf(ociLayout: string, layerMediaType: string): Place {
  const { layers } = JSON.parse(skopeo("inspect", "--raw", `oci:${ociLayout}`).toString());
  for (const { mediaType } of layers) assert.equal(mediaType, layerMediaType);
  return { source: { ociLayout }, image: `oci:${ociLayout}`, hasManifest: true };
}

function onRegistry({ address, layout }: Ingredients, image: string, ...options: readonly string[]): string {
  const repository = `${address}/${uniqueName()}`;
  copy("--dest-tls-verify=false", ...options, `oci:${layout}${image}`, `docker://${repository}:1`);
  return repository;
}

/** The archive of docker's own form, out of the layout's image. */
function dockerArchive(at: Ingredients): Place {
  const blob = ({ digest }: Descriptor) => readFileSync(join(at.layout, "blobs", digest.replace(":", "/")));
  const { config, layers } = JSON.parse(skopeo("inspect", "--raw", imageIn(at)).toString());
  const tars = layers.map((layer: Descriptor) => gunzipSync(blob(layer)));
  const members = dockerSaveMembers({ name: "team/server:1", config: blob(config), layers: tars });
  writeFileSync(at.file("image.tar"), tarOf(...members));
  return archived("oci-archive", at.file("image.tar"));
}

function filesAlone({ file }: Ingredients): Place {
  writeFileSync(file("content"), "content");
  return { source: { files: { "/srv/content": file("content") } }, hasManifest: false };
}

/** @param publish - puts the base, which it is given as skopeo names it, where the source's `base` says. */
async function filesOnBase(at: Ingredients, publish: (image: string) => unknown): Promise<Place> {
  const { platform } = at;
  const below = platform.os === "windows" ? "Files/" : "";
  const folders = platform.os === "windows" ? [{ name: "Files" }, { name: "Hives" }] : [];
  const layout = makeLayout();
  const tars = [await layerTar([...folders, { name: `${below}srv` }, { name: `${below}srv/base.txt`, text: "base" }])];
  layout.publish(writeBase(layout, { tars, platform }));
  const base = publish(`oci:${layout.directory}`);
  layout.remove();
  const { source, ...place } = filesAlone(at);
  return { ...place, source: { ...source, base } };
}

function pushedBase(image: string, address: string): string {
  const base = `${address}/${uniqueName()}:1`;
  copy("--dest-tls-verify=false", image, `docker://${base}`);
  return base;
}

function copiedBase(image: string, ociLayout: string): object {
  copy(image, `oci:${ociLayout}`);
  return { ociLayout };
}

/** A place that Windows cannot have an image from: without a base it does not know for which version it is. */
export const withoutWindows = "files on nothing";

/** Every place, and how an image gets there; archives by those who write them in real life. */
export const places: Readonly<Record<string, (at: Ingredients) => Place | Promise<Place>>> = {
  "an OCI layout of several images": (at) => ({
    source: { ociLayout: at.layout, reference: at.reference },
    image: imageIn(at),
    hasManifest: true,
  }),
  "an OCI layout with zstd layers": zstdLayout,
  "an OCI layout with uncompressed layers": plainLayout,
  "skopeo's OCI archive": (at) => skopeosArchive(at, "oci-archive"),
  "skopeo's OCI archive, in gzip": (at) => zipped(skopeosArchive(at, "oci-archive")),
  "skopeo's docker archive": (at) => skopeosArchive(at, "docker-archive"),
  "skopeo's docker archive, in gzip": (at) => zipped(skopeosArchive(at, "docker-archive")),
  "podman's OCI archive": ({ podman, file }) => {
    podman.podman("save", "--quiet", "--format=oci-archive", "-o", file("image.tar"), engineName);
    return archived("oci-archive", file("image.tar"));
  },
  "podman's docker archive": ({ podman, file }) => {
    podman.podman("save", "--quiet", "-o", file("image.tar"), engineName);
    return archived("docker-archive", file("image.tar"));
  },
  "buildah's OCI archive": ({ podman, file }) => {
    podman.buildah("push", "--quiet", engineName, `oci-archive:${file("image.tar")}`);
    return archived("oci-archive", file("image.tar"));
  },
  "buildah's docker archive": ({ podman, file }) => {
    podman.buildah("push", "--quiet", engineName, `docker-archive:${file("image.tar")}:${engineName}`);
    return archived("docker-archive", file("image.tar"));
  },
  "docker's own archive since version 26": dockerArchive,
  "docker's own archive since version 26, in gzip": (at) => zipped(dockerArchive(at)),
  "a Podman engine": ({ podman, file }) => {
    podman.podman("save", "--quiet", "-o", file("image.tar"), engineName);
    return { ...archived("docker-archive", file("image.tar")), source: { daemon: engineName } };
  },
  "files on nothing": filesAlone,
  "files on a registry's base": (at) => filesOnBase(at, (image) => pushedBase(image, at.address)),
  "files on an OCI layout's base": (at) => filesOnBase(at, (image) => copiedBase(image, at.file("base"))),
  "a registry, by tag": (at) => {
    const image = `${onRegistry(at, `:${at.reference}`)}:1`;
    return { source: { image }, image: `docker://${image}`, hasManifest: true };
  },
  "a registry, by digest": (at) => {
    const repository = onRegistry(at, `:${at.reference}`);
    const digest = JSON.parse(skopeo("inspect", "--tls-verify=false", `docker://${repository}:1`).toString()).Digest;
    const image = `${repository}@${digest}`;
    return { source: { image }, image: `docker://${image}`, hasManifest: true };
  },
  "a registry's index": (at) => {
    const repository = onRegistry(at, ":all", "--all");
    return { source: { image: `${repository}:1` }, image: imageIn(at), hasManifest: true };
  },
};
