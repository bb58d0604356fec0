import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { type ErrorCode, hasCode, messageOf } from "../../../provider/errors";
import type { Descriptor } from "../../../provider/oci/descriptor";
import type { Platform } from "../../../provider/oci/platform";
import { resolveBase } from "../../../provider/sources/base";
import { createDiskCache } from "../../../provider/sources/diskCache";
import type { BaseSource } from "../../../provider/sources/source";
import { type BaseOptions, layerTar, writeBase } from "../../support/bases";
import { type Layout, makeLayout } from "../../support/layouts";
import { fakeRegistry } from "./fakeRegistry";
import { testFolder } from "./folders";

const arm64: Platform = { architecture: "arm64", os: "linux" };
const address = "r.example.com";

describe("resolveBase", () => {
  const folder = testFolder();
  let layout: Layout;
  let tar: Buffer;
  beforeEach(async () => {
    layout = makeLayout();
    tar = await layerTar([
      { name: "usr/bin", mode: 0o711 },
      { name: "bin", linkpath: "usr/bin" },
    ]);
  });
  afterEach(() => layout.remove());

  const serve = (tags: Readonly<Record<string, Descriptor>>) => fakeRegistry(address, "base", layout, tags);
  const resolve = (source: BaseSource, served = serve({}), platform = arm64, cached = false) => {
    const world = { environment: {}, directory: folder.path(), registry: () => served.client };
    const cache = cached ? createDiskCache(folder.path("cache"), 1_000_000) : undefined;
    return resolveBase(source, platform, world, cache);
  };
  const write = (options: Partial<BaseOptions> = {}) => writeBase(layout, { tars: [tar], ...options });

  it("reads config and files of a base on a registry, whose layers need not leave it", async () => {
    const base = await resolve(`${address}/base:1`, serve({ 1: write({ parameters: { User: "app" } }) }));
    assert.equal(base.config.parameters.User, "app");
    assert.equal(base.tree.folderAt("bin"), "usr/bin");
    assert.deepEqual(
      base.blobs.map(({ location }) => location),
      [{ address, repository: "base" }],
    );
  });

  it("reads a base out of an OCI layout, by name too", async () => {
    const annotations = { "org.opencontainers.image.ref.name": "wanted" };
    layout.publish(layout.image({ platform: arm64 }), { ...write(), annotations });
    const base = await resolve({ ociLayout: layout.directory, reference: "wanted" });
    assert.equal(base.tree.entryAt("usr/bin")?.mode, 0o711);
    assert.deepEqual(
      base.layers.map(({ digest }) => digest),
      base.blobs.map(({ descriptor }) => descriptor.digest),
    );
  });

  it("picks the platform out of an index", async () => {
    const index = layout.index([write({ platform: { architecture: "amd64", os: "linux" } }), write()]);
    const base = await resolve({ image: `${address}/base:1` }, serve({ 1: index }));
    assert.deepEqual(base.config.platform, arm64);
  });

  it("calls Docker's layers by the names of OCI, their bytes being the same", async () => {
    const base = await resolve(`${address}/base:1`, serve({ 1: write({ docker: true }) }));
    assert.deepEqual(
      base.layers.map(({ mediaType }) => mediaType),
      ["application/vnd.oci.image.layer.v1.tar+gzip"],
    );
  });

  it("takes layers that are not compressed", async () => {
    const stored = [{ bytes: tar, mediaType: "application/vnd.oci.image.layer.v1.tar" }];
    const base = await resolve(`${address}/base:1`, serve({ 1: write({ stored }) }));
    assert.equal(base.tree.folderAt("bin"), "usr/bin");
  });

  it("security row 4: keeps a foreign layer in the manifest, and neither reads nor brings it", async () => {
    const foreign = {
      mediaType: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
      digest: `sha256:${"f".repeat(64)}`,
      size: 9,
      urls: ["http://169.254.169.254/layer"],
    };
    const base = await resolve(`${address}/base:1`, serve({ 1: write({ foreign }) }));
    const mediaType = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip";
    assert.deepEqual(base.layers.at(-1), { ...foreign, mediaType });
    assert.equal(base.blobs.length, 1);
  });

  it("streams a layer once, and then knows its headers by its diff_id, however it is compressed", async () => {
    const first = serve({ 1: write() });
    await resolve(`${address}/base:1`, first, arm64, true);
    const stored = [{ bytes: gzipSync(tar, { level: 1 }), mediaType: "application/vnd.oci.image.layer.v1.tar+gzip" }];
    const later = serve({ 1: write({ stored }) });
    const base = await resolve(`${address}/base:1`, later, arm64, true);
    assert.equal(base.tree.folderAt("bin"), "usr/bin");
    const layersOf = ({ requests }: typeof first, digests: readonly Descriptor[]) =>
      requests.filter((request) => digests.some(({ digest }) => request === `blob ${digest}`)).length;
    assert.equal(layersOf(later, base.layers), 0);
    assert.equal(first.requests.filter((request) => request.startsWith("blob")).length, 2);
  });

  describe("leads with source.base when", () => {
    const cases: readonly (readonly [string, () => Promise<unknown>, ErrorCode, RegExp])[] = [
      [
        "the base is not there",
        () => resolve(`${address}/base:2`),
        "ERR_NOT_FOUND",
        /^source\.base: r\.example\.com\/base:2: the registry has no such manifest/,
      ],
      ["its reference is none", () => resolve("UPPER/case"), "ERR_INPUT_INVALID", /^source\.base: /],
      [
        "its registry is another one than its reference's",
        () => resolve({ image: `${address}/base:1`, registry: { address: "other.example.com" } }),
        "ERR_INPUT_INVALID",
        /^source\.base\.image is on r\.example\.com, but source\.base\.registry is other/,
      ],
      [
        "the layout is not there",
        () => resolve({ ociLayout: "nowhere" }),
        "ERR_SOURCE_UNAVAILABLE",
        /^source\.base: .*nowhere.*oci-layout.*correct source\.base\.ociLayout/,
      ],
      [
        "the base is for another platform",
        () => resolve(`${address}/base:1`, serve({ 1: write() }), { architecture: "amd64", os: "linux" }),
        "ERR_PLATFORM_MISMATCH",
        /^source\.base: the base image is for linux\/arm64, but linux\/amd64 is declared/,
      ],
      [
        "an index has no base for the platform",
        () => {
          const index = layout.index([write(), write({ platform: { architecture: "s390x", os: "linux" } })]);
          return resolve(`${address}/base:1`, serve({ 1: index }), { architecture: "amd64", os: "linux" });
        },
        "ERR_PLATFORM_MISSING",
        /^source\.base: .*has no image for linux\/amd64/,
      ],
      [
        "security row 7: a layer is a gzip bomb",
        () => resolve(`${address}/base:1`, serve({ 1: write({ stored: [bomb()] }) })),
        "ERR_CONTENT_TOO_LARGE",
        /^source\.base: layer sha256:\w+ of the base image unpacks to more than 1000 times/,
      ],
      [
        "security row 9: a layer is not what the config says",
        () => resolve(`${address}/base:1`, serve({ 1: write({ diffIds: [`sha256:${"0".repeat(64)}`] }) })),
        "ERR_DIGEST_MISMATCH",
        /^source\.base: layer sha256:\w+ of the base image unpacks to sha256:\w+, but the image's config says sha256:0000/,
      ],
      [
        "the config lists fewer layers than the manifest has",
        () => resolve(`${address}/base:1`, serve({ 1: write({ diffIds: [] }) })),
        "ERR_CONTENT_INVALID",
        /^source\.base: config sha256:\w+ of the base image lists 0 layers, but the manifest has 1/,
      ],
      [
        "it is no image but an artifact",
        () => resolve(`${address}/base:1`, serve({ 1: write({ stored: [{ bytes: tar, mediaType: "text/plain" }] }) })),
        "ERR_MEDIA_TYPE_UNSUPPORTED",
        /^source\.base: layer sha256:\w+ of the base image is of the media type text\/plain/,
      ],
    ];
    for (const [title, attempt, code, message] of cases)
      it(title, async () => {
        const error = await attempt().then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        assert.ok(hasCode(error, code), messageOf(error));
        assert.match(error.message, message);
      });
  });

  it("blames the text itself when the base is one", async () => {
    await assert.rejects(
      resolve("UPPER/case"),
      (error: unknown) => hasCode(error, "ERR_INPUT_INVALID") && error.details.path === "source.base",
    );
  });
});

/** 128 MiB of zeros. */
function bomb() {
  const quarter = gzipSync(Buffer.alloc(2 ** 25), { level: 9 });
  const bytes = Buffer.concat([quarter, quarter, quarter, quarter]);
  return { bytes, mediaType: "application/vnd.oci.image.layer.v1.tar+gzip" };
}
