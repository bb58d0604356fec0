import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { relative } from "node:path";
import { gzipSync } from "node:zlib";
import { type ErrorCode, hasCode, messageOf } from "../../../provider/errors";
import type { Descriptor } from "../../../provider/oci/descriptor";
import { parsePlatform } from "../../../provider/oci/platform";
import { resolveArchive } from "../../../provider/sources/archive";
import { type Layout, makeLayout } from "../../support/layouts";
import { asNobody } from "./asNobody";
import { dockerMembers } from "./dockerArchives";
import { testFolder } from "./folders";
import { bytesOf } from "./streams";
import { type Member, tarOf } from "./tars";

const amd64 = parsePlatform("linux/amd64");
const arm64 = parsePlatform("linux/arm64");

describe("resolveArchive", () => {
  const folder = testFolder();
  let layout: Layout;
  beforeEach(() => {
    layout = makeLayout();
  });
  afterEach(() => layout.remove());

  const resolveFile = (platform = amd64, reference?: string) =>
    resolveArchive({ archive: "a.tar", ...(reference !== undefined && { reference }) }, platform, {
      directory: folder.path(),
    });
  const resolve = (bytes: Uint8Array, platform = amd64, reference?: string) => {
    folder.write("a.tar", bytes);
    return resolveFile(platform, reference);
  };
  /** The layout's files as members. */
  const members = (): readonly Member[] =>
    readdirSync(layout.directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`)
      .map((path) => ({ name: relative(layout.directory, path), content: readFileSync(path) }));
  const archive = () => tarOf(...members());
  const failure = async (resolving: Promise<unknown>) =>
    resolving.then(
      () => assert.fail("it was accepted"),
      (error: unknown) => error,
    );

  describe("an OCI archive", () => {
    it("gives its image's manifest as it is, and its blobs, verified", async () => {
      const { mediaType, digest, size } = layout.image({ platform: amd64, layers: ["base", "top"] });
      layout.publish({ mediaType, digest, size });
      const { manifest, blobs } = await resolve(archive());
      assert.deepEqual(manifest.descriptor, { mediaType, digest, size });
      for (const { descriptor, open } of blobs) assert.equal((await bytesOf(await open())).length, descriptor.size);
    });

    for (const format of ["gnu", "pax", "ustar"])
      it(`may be written by GNU tar in the ${format} format, with ./ before its names`, async () => {
        const image = layout.image({ platform: amd64 });
        layout.publish(image);
        const tar = execFileSync("tar", ["-c", `--format=${format}`, "-C", layout.directory, "."]);
        assert.equal((await resolve(tar)).manifest.descriptor.digest, image.digest);
      });

    it("may have sha512 digests, whose names are too long for a plain header", async () => {
      const image = layout.image({ platform: amd64, algorithm: "sha512" });
      layout.publish(image);
      const tar = execFileSync("tar", ["-c", "--format=pax", "-C", layout.directory, "."]);
      assert.equal((await resolve(tar)).manifest.descriptor.digest, image.digest);
    });

    it("may have several images: the platform or a reference picks", async () => {
      const named = (name: string) => ({ annotations: { "org.opencontainers.image.ref.name": name } });
      const [amd, arm] = [amd64, arm64].map((platform) => layout.image({ platform, ...named(platform.architecture) }));
      layout.publish(...[amd, arm].flatMap((image) => image ?? []));
      assert.equal((await resolve(archive(), arm64)).manifest.descriptor.digest, arm?.digest);
      assert.equal((await resolve(archive(), arm64, "amd64")).manifest.descriptor.digest, amd?.digest);
    });

    it("leaves out an attestation that its index lists but the archive does not have", async () => {
      const image = layout.image({ platform: amd64 });
      const attestation = layout.attestation(image);
      layout.publish(layout.index([image, attestation]));
      assert.equal((await resolve(archive())).attestations.length, 1);
      layout.damage(attestation.digest, "missing");
      assert.equal((await resolve(archive())).attestations.length, 0);
    });
  });

  it("follows a symbolic link that is the archive's own path", async () => {
    layout.publish(layout.image({ platform: amd64 }));
    folder.write("real.tar", archive());
    symlinkSync("real.tar", folder.path("a.tar"));
    assert.deepEqual((await resolveFile()).configPlatform, amd64);
  });

  it("opens blobs from where they lie, as often as wanted, and all at once", async () => {
    layout.publish(layout.image({ platform: amd64, layers: ["x".repeat(100_000), "y".repeat(100_000)] }));
    const { blobs } = await resolve(archive());
    const twice = [...blobs, ...blobs];
    const sizes = await Promise.all(twice.map(async ({ open }) => (await bytesOf(await open())).length));
    assert.deepEqual(
      sizes,
      twice.map(({ descriptor }) => descriptor.size),
    );
  });

  it("tells when the archive has been replaced by one of another size before a blob is read", async () => {
    layout.publish(layout.image({ platform: amd64 }));
    const { blobs } = await resolve(archive());
    folder.write("a.tar", "another");
    const error = await failure(bytesOf((await blobs[0]?.open()) ?? []));
    assert.ok(hasCode(error, "ERR_SOURCE_UNAVAILABLE"));
    assert.match(error.message, /a\.tar changed while it was in use/);
  });

  describe("compressed with gzip as a whole", () => {
    it("gives the same image", async () => {
      const image = layout.image({ platform: amd64 });
      layout.publish(image);
      const { manifest, blobs } = await resolve(gzipSync(archive()));
      assert.equal(manifest.descriptor.digest, image.digest);
      for (const { descriptor, open } of blobs) assert.equal((await bytesOf(await open())).length, descriptor.size);
    });

    it("is read anew when the file has changed", async () => {
      const [first, second] = ["first", "second"].map((text) => layout.image({ platform: amd64, layers: [text] }));
      for (const image of [first, second].flatMap((descriptor) => descriptor ?? [])) {
        layout.publish(image);
        assert.equal((await resolve(gzipSync(archive()))).manifest.descriptor.digest, image.digest);
      }
    });

    it("stays as it was planned for those who opened it before it was replaced", async () => {
      layout.publish(layout.image({ platform: amd64 }));
      const { blobs } = await resolve(gzipSync(archive()));
      folder.write("a.tar", "another");
      const [layer] = blobs;
      assert.equal((await bytesOf((await layer?.open()) ?? [])).length, layer?.descriptor.size);
    });
  });

  describe("both a layout and a docker archive, as docker save writes it since version 25", () => {
    const nameAnnotations = {
      "io.containerd.image.name": "docker.io/team/server:1",
      "org.opencontainers.image.ref.name": "1",
    };
    const path = ({ digest }: Descriptor) => `blobs/${digest.replace(":", "/")}`;
    /** The archive, with a manifest.json of the image's own config and layers. */
    const save = async (image: Descriptor, listed: readonly Descriptor[]) => {
      layout.publish(image);
      const { config, layers } = JSON.parse(Buffer.from((await resolve(archive())).manifest.bytes).toString());
      layout.publish(...listed);
      const entry = { Config: path(config), RepoTags: ["team/server:1"], Layers: layers.map(path) };
      return tarOf(...members(), { name: "manifest.json", content: JSON.stringify([entry]) });
    };
    const makeImage = (layers: readonly string[] = ["base", "top"]) =>
      layout.image({ platform: amd64, layers, annotations: nameAnnotations, bareDescriptor: true });

    it("gives the layout's manifest", async () => {
      const image = makeImage();
      assert.equal((await resolve(await save(image, [image]))).manifest.descriptor.digest, image.digest);
    });

    for (const name of ["team/server:1", "docker.io/team/server:1", "1"])
      it(`finds an image by ${name}`, async () => {
        const image = makeImage();
        const tar = await save(image, [layout.image({ platform: amd64, layers: ["another"] }), image]);
        assert.equal((await resolve(tar, amd64, name)).manifest.descriptor.digest, image.digest);
      });

    it("lists its images by their full names", async () => {
      const image = makeImage();
      const error = await failure(resolve(await save(image, [image]), amd64, "nothing"));
      assert.match(messageOf(error), /It has sha256:[a-f0-9]+ "docker\.io\/team\/server:1"\./);
    });

    const flawed: readonly (readonly [string, (config: Descriptor, layers: readonly Descriptor[]) => object[]])[] = [
      ["has no layers in its manifest (25.0.0)", () => []],
      ["has its layers in another order (25.0.0)", (_, layers) => layers.toReversed()],
    ];
    for (const [title, layersOf] of flawed)
      it(`goes by manifest.json where the layout ${title}`, async () => {
        const image = makeImage();
        const { config, layers, ...rest } = JSON.parse(readFileSync(layout.path(image.digest)).toString());
        const bytes = Buffer.from(JSON.stringify({ ...rest, config, layers: layersOf(config, layers) }));
        const { manifest, layers: used } = await resolve(await save(image, [layout.blob(bytes, image.mediaType)]));
        assert.equal(manifest.descriptor.mediaType, "application/vnd.docker.distribution.manifest.v2+json");
        assert.deepEqual(
          used,
          layers.map(({ digest }: Descriptor) => digest),
        );
      });

    it("goes by manifest.json where the layout lists no image, as when one is saved by its id", async () => {
      const { configDigest } = await resolve(await save(makeImage(), []));
      assert.match(configDigest, /^sha256:/);
    });
  });

  const docker = (...further: readonly Member[]) => tarOf(...dockerMembers({}), ...further);
  const unusable: readonly (readonly [string, Uint8Array, ErrorCode, RegExp])[] = [
    [
      "an archive without an image",
      tarOf({ name: "README" }),
      "ERR_CONTENT_INVALID",
      /holds no image: neither an oci-layout/,
    ],
    ["an empty file", Buffer.alloc(0), "ERR_CONTENT_INVALID", /ends after 0 bytes/],
    ["an archive that is cut short", docker().subarray(0, 3000), "ERR_CONTENT_INVALID", /cut short/],
    [
      "security row 8: a name that leads out",
      docker({ name: "../evil" }),
      "ERR_CONTENT_INVALID",
      /"\.\.\/evil" is absolute, leads out/,
    ],
    [
      "security row 8: a name that leads out on the way",
      docker({ name: "a/../../evil" }),
      "ERR_CONTENT_INVALID",
      /leads out/,
    ],
    [
      "security row 8: an absolute name",
      docker({ name: "/etc/passwd" }),
      "ERR_CONTENT_INVALID",
      /"\/etc\/passwd" is absolute/,
    ],
    [
      "security row 8: a name with backslashes",
      docker({ name: "..\\evil" }),
      "ERR_CONTENT_INVALID",
      /unusual characters/,
    ],
    [
      "security row 8: a device",
      docker({ name: "a", type: "BlockDevice" }),
      "ERR_CONTENT_INVALID",
      /is a block device/,
    ],
    [
      "security row 6: a manifest.json of over 4 MiB",
      tarOf({ name: "manifest.json", content: Buffer.alloc(4 * 2 ** 20 + 1) }),
      "ERR_CONTENT_TOO_LARGE",
      /"manifest\.json" has 4194305 bytes/,
    ],
    ["gzip that is cut short", gzipSync(docker()).subarray(0, -20), "ERR_CONTENT_INVALID", /damaged or cut short/],
    [
      "security row 7: a gzip bomb",
      gzipSync(Buffer.alloc(80 * 2 ** 20)),
      "ERR_CONTENT_TOO_LARGE",
      /more than 1000 times/,
    ],
    [
      "an archive compressed with xz",
      Buffer.from("fd377a585a000000", "hex"),
      "ERR_MEDIA_TYPE_UNSUPPORTED",
      /compressed with xz/,
    ],
  ];
  for (const [title, bytes, code, message] of unusable)
    it(`${title} is refused, naming the archive`, async () => {
      const error = await failure(resolve(bytes));
      assert.ok(hasCode(error, code), messageOf(error));
      assert.match(error.message, message);
      assert.ok(error.message.startsWith(folder.path("a.tar")), error.message);
    });

  it("security row 9: a blob of other bytes than its digest fails as it is read, naming archive and member", async () => {
    layout.publish(layout.image({ platform: amd64 }));
    const digest = (await resolve(archive())).layers[0] ?? "";
    layout.damage(digest, "altered");
    const [layer] = (await resolve(archive())).blobs;
    const error = await failure(bytesOf((await layer?.open()) ?? []));
    assert.ok(hasCode(error, "ERR_DIGEST_MISMATCH"));
    assert.ok(error.message.startsWith(`${folder.path("a.tar")}: member "blobs/sha256/`), error.message);
  });

  it("security row 8: a symbolic link in a layout's blobs is proved by the digest of what it leads to", async () => {
    layout.publish(layout.image({ platform: amd64 }));
    const name = `blobs/${(await resolve(archive())).layers[0]?.replace(":", "/")}`;
    const rest = members().filter((member) => member.name !== name);
    const layer = members().find((member) => member.name === name);
    const linked = (content: Member["content"]) =>
      tarOf(
        ...rest,
        { name, type: "SymbolicLink", target: "../../elsewhere" },
        { name: "elsewhere", ...(content !== undefined && { content }) },
      );
    const [blob] = (await resolve(linked(layer?.content))).blobs;
    assert.equal((await bytesOf((await blob?.open()) ?? [])).length, blob?.descriptor.size);
    const foreign = Buffer.alloc(Buffer.from(layer?.content ?? "").length, "x");
    const [other] = (await resolve(linked(foreign))).blobs;
    assert.ok(hasCode(await failure(bytesOf((await other?.open()) ?? [])), "ERR_DIGEST_MISMATCH"));
  });

  describe("when there is no file to read", () => {
    it("says that there is none, and what to do", async () => {
      const error = await failure(resolveFile());
      assert.ok(hasCode(error, "ERR_SOURCE_UNAVAILABLE"));
      assert.match(error.message, /a\.tar cannot be opened: there is no such file\. Write the archive first/);
    });

    it("says that it is a folder, and what folders are for", async () => {
      mkdirSync(folder.path("a.tar"));
      assert.match(messageOf(await failure(resolveFile())), /a\.tar is a folder\. .*source\.ociLayout/);
    });

    it("says that this user may not read it", async () => {
      folder.write("a.tar", docker());
      chmodSync(folder.path("a.tar"), 0);
      chmodSync(folder.path(), 0o755);
      const error = await asNobody(() => failure(resolveFile()));
      assert.match(messageOf(error), /a\.tar cannot be opened: this user may not read it/);
    });
  });
});
