import assert from "node:assert/strict";
import { renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type ErrorCode, hasCode, messageOf } from "../../../provider/errors";
import { digestOf, isDigest } from "../../../provider/oci/digest";
import { type Platform, parsePlatform } from "../../../provider/oci/platform";
import { resolveOciLayout } from "../../../provider/sources/ociLayout";
import { type ImageOptions, type Layout, makeLayout } from "../../support/layouts";
import { bytesOf } from "./streams";

const amd64 = parsePlatform("linux/amd64");
const arm64 = parsePlatform("linux/arm64");

describe("resolveOciLayout", () => {
  let layout: Layout;
  beforeEach(() => {
    layout = makeLayout();
  });
  afterEach(() => layout.remove());

  const resolve = (platform: Platform = amd64, reference?: string) =>
    resolveOciLayout({ ociLayout: layout.directory, ...(reference !== undefined && { reference }) }, platform, {
      directory: "/nowhere",
    });
  const failure = async (resolving: Promise<unknown>) =>
    resolving.then(
      () => assert.fail("it was accepted"),
      (error: unknown) => error,
    );

  it("gives the only image's manifest as it is, its layers and config in the order of pushing", async () => {
    const image = layout.image({ platform: amd64, layers: ["base", "top"] });
    layout.publish(image);
    const resolved = await resolve();
    const { config, layers } = JSON.parse(Buffer.from(resolved.manifest.bytes).toString());
    const { mediaType, digest, size } = image;
    assert.deepEqual(resolved.manifest.descriptor, { mediaType, digest, size });
    assert.equal(digestOf(resolved.manifest.bytes), digest);
    assert.deepEqual(
      resolved.blobs.map((blob) => blob.descriptor),
      [...layers, config],
    );
    assert.equal(resolved.configDigest, config.digest);
    assert.deepEqual(
      resolved.layers,
      layers.map((layer: { digest: string }) => layer.digest),
    );
  });

  const kinds: readonly (readonly [string, ImageOptions])[] = [
    ["of OCI media types", { platform: arm64 }],
    ["of Docker's media types", { platform: arm64, docker: true }],
    ["with sha512 digests", { platform: arm64, algorithm: "sha512" }],
    ["for a version of Windows", { platform: parsePlatform("windows(10.0.20348.1)/amd64") }],
    ["without a platform in its descriptor", { platform: arm64, bareDescriptor: true }],
  ];
  for (const [title, options] of kinds)
    it(`reads an image ${title} and opens its blobs, verified`, async () => {
      layout.publish(layout.image(options));
      const resolved = await resolve(options.platform);
      assert.deepEqual(resolved.configPlatform, options.platform);
      for (const { descriptor, open } of resolved.blobs)
        assert.equal((await bytesOf(await open())).length, descriptor.size);
    });

  it("resolves a relative folder against the program's", async () => {
    layout.publish(layout.image({ platform: amd64 }));
    const source = { ociLayout: basename(layout.directory) };
    const resolved = await resolveOciLayout(source, amd64, { directory: dirname(layout.directory) });
    assert.deepEqual(resolved.configPlatform, amd64);
  });

  it("takes an image that stands alone even if it is for another platform, and says which", async () => {
    layout.publish(layout.image({ platform: arm64 }));
    assert.deepEqual((await resolve(amd64)).configPlatform, arm64);
  });

  it("names no platform for an artifact that has none", async () => {
    const config = layout.blob(Buffer.from("{}"), "application/vnd.oci.empty.v1+json");
    const manifest = { schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", config, layers: [] };
    layout.publish(layout.blob(Buffer.from(JSON.stringify(manifest)), manifest.mediaType));
    assert.equal("configPlatform" in (await resolve()), false);
  });

  it("lists a layer that an image has twice only once among its blobs", async () => {
    layout.publish(layout.image({ platform: amd64, layers: ["same", "same"] }));
    const { blobs, layers } = await resolve();
    assert.deepEqual([blobs.length, layers.length], [2, 2]);
  });

  describe("when it is asked for one image by reference", () => {
    it("finds it by its ref.name annotation", async () => {
      const named = (name: string) => ({ annotations: { "org.opencontainers.image.ref.name": name } });
      const wanted = layout.image({ platform: amd64, layers: ["wanted"], ...named("v2") });
      layout.publish(layout.image({ platform: amd64, ...named("v1") }), wanted);
      assert.equal((await resolve(amd64, "v2")).manifest.descriptor.digest, wanted.digest);
    });

    it("finds it by its digest, also inside an index, with its attestations", async () => {
      const wanted = layout.image({ platform: amd64, layers: ["wanted"] });
      const attestation = layout.attestation(wanted);
      layout.publish(layout.index([layout.image({ platform: amd64 }), wanted, attestation]));
      const resolved = await resolve(amd64, wanted.digest);
      assert.equal(resolved.manifest.descriptor.digest, wanted.digest);
      assert.deepEqual(
        resolved.attestations.map((manifest) => manifest.manifest.descriptor.digest),
        [attestation.digest],
      );
    });

    it("says what there is when nothing is called that", async () => {
      const annotations = { "org.opencontainers.image.ref.name": "v1" };
      const image = layout.image({ platform: amd64, annotations });
      layout.publish(image);
      const error = await failure(resolve(amd64, "v2"));
      assert.ok(hasCode(error, "ERR_INPUT_INVALID"));
      assert.equal(error.details.path, "source.reference");
      assert.ok(error.message.includes(`nothing that is called "v2". It has linux/amd64 ${image.digest} "v1".`));
    });
  });

  describe("when a blob is not as it should be", () => {
    const firstLayer = async () => {
      layout.publish(layout.image({ platform: amd64 }));
      const { blobs } = await resolve();
      return blobs[0]?.descriptor.digest ?? "";
    };
    const cases: readonly (readonly [Parameters<Layout["damage"]>[1], string, ErrorCode, RegExp])[] = [
      [
        "missing",
        "a missing layer",
        "ERR_SOURCE_UNAVAILABLE",
        /no such file\. Export the image as an OCI layout again/,
      ],
      ["truncated", "a layer of another size", "ERR_CONTENT_INVALID", /has \d+ bytes, but its descriptor says \d+/],
    ];
    for (const [how, title, code, message] of cases)
      it(`${title} fails before anything is opened, naming its path`, async () => {
        const digest = await firstLayer();
        layout.damage(digest, how);
        const error = await failure(resolve());
        assert.ok(hasCode(error, code), messageOf(error));
        assert.ok(error.message.startsWith(layout.path(digest)));
        assert.match(error.message, message);
      });

    it("security row 9: a layer of other bytes fails as it is read", async () => {
      const digest = await firstLayer();
      layout.damage(digest, "altered");
      const [layer] = (await resolve()).blobs;
      const error = await failure(bytesOf((await layer?.open()) ?? []));
      assert.ok(hasCode(error, "ERR_DIGEST_MISMATCH"));
      assert.ok(error.message.includes(layout.path(digest)));
    });

    for (const kind of ["manifest", "config"] as const)
      it(`security row 9: a ${kind} of other bytes fails at once`, async () => {
        const image = layout.image({ platform: amd64 });
        layout.publish(image);
        const { configDigest } = await resolve();
        layout.damage(kind === "manifest" ? image.digest : configDigest, "altered");
        assert.ok(hasCode(await failure(resolve()), "ERR_DIGEST_MISMATCH"));
      });

    it("security row 8: a symbolic link in a blob's place is proved by the digest of what it leads to", async () => {
      const digest = await firstLayer();
      layout.damage(digest, "symlink");
      const [linked] = (await resolve()).blobs;
      assert.equal((await bytesOf((await linked?.open()) ?? [])).length, linked?.descriptor.size);
      layout.damage(digest, "altered");
      const [foreign] = (await resolve()).blobs;
      assert.ok(hasCode(await failure(bytesOf((await foreign?.open()) ?? [])), "ERR_DIGEST_MISMATCH"));
    });

    it("security row 8: a link to a file of this machine is refused, and nothing of it is told", async () => {
      const image = layout.image({ platform: amd64 });
      layout.publish(image);
      rmSync(layout.path(image.digest));
      symlinkSync("/etc/passwd", layout.path(image.digest));
      const error = await failure(resolve());
      assert.ok(hasCode(error, "ERR_DIGEST_MISMATCH") || hasCode(error, "ERR_CONTENT_INVALID"), messageOf(error));
      assert.doesNotMatch(messageOf(error), /root:/);
    });

    for (const name of ["oci-layout", "index.json"])
      it(`security row 8: a symbolic link in place of ${name} is not followed`, async () => {
        await firstLayer();
        const path = join(layout.directory, name);
        renameSync(path, `${path}.moved`);
        symlinkSync(`${path}.moved`, path);
        assert.match(messageOf(await failure(resolve())), /is a symbolic link, which is not followed/);
      });
  });

  describe("when an index lists more than the folder holds, as exports of Docker's containerd store do", () => {
    const publish = () => {
      const images = [layout.image({ platform: amd64 }), layout.image({ platform: arm64 })] as const;
      layout.publish(layout.index([...images, ...images.map((image) => layout.attestation(image))]));
      return images;
    };

    it("takes what is there, without the attestations that are not", async () => {
      const [image] = publish();
      const [attestation] = (await resolve()).attestations;
      layout.damage(attestation?.manifest.descriptor.digest ?? "", "missing");
      const { manifest, attestations } = await resolve();
      assert.deepEqual([manifest.descriptor.digest, attestations.length], [image.digest, 0]);
    });

    it("says that a platform is listed but not there, and which ones are", async () => {
      const [, arm] = publish();
      layout.damage(arm.digest, "missing");
      const error = await failure(resolve(arm64));
      assert.ok(hasCode(error, "ERR_PLATFORM_MISSING"), messageOf(error));
      assert.match(
        error.message,
        /no image for linux\/arm64\. It has linux\/amd64\. It lists linux\/arm64.*, too, but does not hold/,
      );
    });

    it("passes over an index that is listed but not there", async () => {
      const [image, nested] = [layout.image({ platform: amd64 }), layout.index([layout.image({ platform: arm64 })])];
      layout.publish(layout.index([nested, image]));
      layout.damage(nested.digest, "missing");
      assert.equal((await resolve()).manifest.descriptor.digest, image.digest);
    });
  });

  for (const digest of ["sha256:../../../../etc/passwd", "sha256:ABC", `md5:${"a".repeat(32)}`, "../oci-layout"])
    it(`security row 9: never makes a path of the digest ${digest}`, async () => {
      assert.equal(isDigest(digest), false);
      layout.publish({ mediaType: "application/vnd.oci.image.manifest.v1+json", digest, size: 10 });
      const error = await failure(resolve());
      assert.ok(hasCode(error, "ERR_CONTENT_INVALID") || hasCode(error, "ERR_DIGEST_INVALID"), messageOf(error));
    });

  it("security row 4: keeps a foreign layer in the manifest, and neither looks for it nor fetches it", async () => {
    const digest = `sha256:${"f".repeat(64)}`;
    const mediaType = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
    const foreign = { mediaType, digest, size: 99, urls: ["http://169.254.169.254/latest/meta-data"] };
    const image = layout.image({ platform: amd64, furtherLayers: [foreign] });
    layout.publish(image);
    const resolved = await resolve();
    assert.equal(resolved.manifest.descriptor.digest, image.digest);
    assert.equal(resolved.layers.at(-1), digest);
    assert.ok(!resolved.blobs.some((blob) => blob.descriptor.digest === digest));
  });

  describe("when the folder is not a usable layout", () => {
    const broken: readonly (readonly [string, (directory: string) => void, ErrorCode, RegExp])[] = [
      [
        "no oci-layout",
        (at) => rmSync(join(at, "oci-layout")),
        "ERR_SOURCE_UNAVAILABLE",
        /oci-layout cannot be opened/,
      ],
      [
        "no index.json",
        (at) => rmSync(join(at, "index.json")),
        "ERR_SOURCE_UNAVAILABLE",
        /index\.json cannot be opened/,
      ],
      [
        "a layout of another version",
        (at) => writeFileSync(join(at, "oci-layout"), '{"imageLayoutVersion":"2.0.0"}'),
        "ERR_CONTENT_INVALID",
        /imageLayoutVersion is "2\.0\.0"; only 1\.0\.0/,
      ],
      [
        "an index.json that is not JSON",
        (at) => writeFileSync(join(at, "index.json"), "x"),
        "ERR_CONTENT_INVALID",
        /JSON/,
      ],
      [
        "security row 6: an index.json over 4 MiB",
        (at) => truncateSync(join(at, "index.json"), 4 * 2 ** 20 + 1),
        "ERR_CONTENT_TOO_LARGE",
        /4194305 bytes; at most 4194304/,
      ],
      [
        "security row 8: a symbolic link as its index.json",
        (at) => {
          rmSync(join(at, "index.json"));
          symlinkSync("/etc/passwd", join(at, "index.json"));
        },
        "ERR_SOURCE_UNAVAILABLE",
        /index\.json is a symbolic link/,
      ],
    ];
    for (const [title, spoil, code, message] of broken)
      it(`${title} is refused, naming the file`, async () => {
        layout.publish(layout.image({ platform: amd64 }));
        spoil(layout.directory);
        const error = await failure(resolve());
        assert.ok(hasCode(error, code), messageOf(error));
        assert.match(error.message, message);
        assert.ok(error.message.includes(layout.directory));
      });
  });
});
