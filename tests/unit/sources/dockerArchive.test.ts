import assert from "node:assert/strict";
import { type ErrorCode, hasCode, messageOf } from "../../../provider/errors";
import { digestOf } from "../../../provider/oci/digest";
import { parsePlatform } from "../../../provider/oci/platform";
import { resolveArchive } from "../../../provider/sources/archive";
import { type ArchivedImage, dockerArchive, dockerMembers } from "./dockerArchives";
import { testFolder } from "./folders";
import { bytesOf } from "./streams";
import { type Member, tarOf } from "./tars";

const amd64 = parsePlatform("linux/amd64");
const arm64 = parsePlatform("linux/arm64");

describe("resolveArchive, of what docker save writes before version 25", () => {
  const folder = testFolder();
  const resolve = (tar: Uint8Array, platform = amd64, reference?: string) => {
    folder.write("a.tar", tar);
    const source = { archive: "a.tar", ...(reference !== undefined && { reference }) };
    return resolveArchive(source, platform, { directory: folder.path() });
  };
  const manifestOf = async (tar: Uint8Array) => JSON.parse(Buffer.from((await resolve(tar)).manifest.bytes).toString());

  it("makes a manifest in Docker's format, whose bytes are known for good", async () => {
    const { manifest } = await resolve(dockerArchive({ layers: ["base", "top"] }));
    const layer = (digest: string) =>
      `{"mediaType":"application/vnd.docker.image.rootfs.diff.tar","size":2048,"digest":"${digest}"}`;
    const layers = ["base", "top"].map((content) => layer(digestOf(tarOf({ name: "content.txt", content })))).join();
    const { config } = JSON.parse(Buffer.from(manifest.bytes).toString());
    assert.equal(
      Buffer.from(manifest.bytes).toString(),
      `{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":${config.size},"digest":"${config.digest}"},"layers":[${layers}]}`,
    );
    assert.equal(manifest.descriptor.digest, digestOf(manifest.bytes));
  });

  it("keeps the config's bytes, and with them the image's id", async () => {
    const members = dockerMembers({ config: { docker_version: "24.0.9", created: "2024-01-01T00:00:00Z" } });
    const resolved = await resolve(tarOf(...members));
    const config = members.find(({ name }) => name === `${resolved.configDigest.slice(7)}.json`);
    const blob = resolved.blobs.find(({ descriptor }) => descriptor.digest === resolved.configDigest);
    assert.equal((await bytesOf((await blob?.open()) ?? [])).toString(), config?.content);
  });

  it("gives the same manifest whatever the archive calls its members", async () => {
    const renamed = dockerMembers({}).map((member) => ({
      ...member,
      name: member.name.replace("0-0/layer.tar", "other.tar"),
      content: String(member.content).replace("0-0/layer.tar", "other.tar"),
    }));
    const one = await resolve(dockerArchive({ names: ["server:1"] }));
    const other = await resolve(tarOf(...renamed.toReversed()));
    assert.equal(one.manifest.descriptor.digest, other.manifest.descriptor.digest);
  });

  it("reads no layer but one that is compressed, which keeps its bytes", async () => {
    const { layers } = await manifestOf(dockerArchive({ stored: "gzip" }));
    const { blobs } = await resolve(dockerArchive({ stored: "gzip" }));
    assert.equal(layers[0].mediaType, "application/vnd.docker.image.rootfs.diff.tar.gzip");
    assert.equal(digestOf(await bytesOf((await blobs[0]?.open()) ?? [])), layers[0].digest);
  });

  it("follows a link from a layer to an equal one, as docker and podman write it", async () => {
    const image: ArchivedImage = { layers: ["same", "same"] };
    const linked = await resolve(dockerArchive({ ...image, stored: "linked" }));
    assert.equal(linked.manifest.descriptor.digest, (await resolve(dockerArchive(image))).manifest.descriptor.digest);
    assert.equal(linked.blobs.length, 2);
  });

  describe("when it has several images", () => {
    const server: ArchivedImage = { names: ["team/server:1", "team/server:latest"], layers: ["server"] };
    const client: ArchivedImage = { names: ["docker.io/team/client:1"], layers: ["client"] };
    const arm: ArchivedImage = { names: ["team/server:arm"], config: { architecture: "arm64" } };
    const idOf = async (image: ArchivedImage) => (await resolve(dockerArchive(image))).configDigest;

    const names: readonly (readonly [string, ArchivedImage])[] = [
      ["team/server:1", server],
      ["team/server", server],
      ["docker.io/team/server:1", server],
      ["team/client:1", client],
    ];
    for (const [name, image] of names)
      it(`finds ${name}`, async () => {
        const wanted = await idOf(image);
        assert.equal((await resolve(dockerArchive(client, server, arm), amd64, name)).configDigest, wanted);
      });

    it("finds one by the digest that it lists", async () => {
      const { digest } = (await resolve(dockerArchive(server))).manifest.descriptor;
      const found = await resolve(dockerArchive(client, server), amd64, digest);
      assert.equal(found.manifest.descriptor.digest, digest);
    });

    it("picks the platform's one", async () => {
      assert.deepEqual((await resolve(dockerArchive(server, arm), arm64)).configPlatform?.architecture, "arm64");
    });

    it("lists those between which it cannot decide", async () => {
      const error = await resolve(dockerArchive(server, client)).catch((thrown: unknown) => thrown);
      assert.ok(hasCode(error, "ERR_INPUT_INVALID"));
      assert.equal(error.details.path, "source.reference");
      assert.match(error.message, /a\.tar has 2 images that fit linux\/amd64: .*"team\/server:1".*client:1"/);
    });

    it("says what there is when it has none for the platform", async () => {
      const error = await resolve(dockerArchive(server, arm), parsePlatform("linux/s390x")).catch((thrown) => thrown);
      assert.ok(hasCode(error, "ERR_PLATFORM_MISSING"));
      assert.match(error.message, /It has linux\/amd64, linux\/arm64/);
    });
  });

  const without = (pattern: RegExp) => dockerMembers({}).filter(({ name }) => !pattern.test(name));
  const altered = (pattern: RegExp, content: string | Uint8Array): readonly Member[] =>
    dockerMembers({}).map((member) => (pattern.test(member.name) ? { ...member, content } : member));
  const link = (target: string): readonly Member[] => [
    ...without(/layer/),
    { name: "0-0/layer.tar", type: "SymbolicLink", target },
  ];
  const broken: readonly (readonly [string, readonly Member[], ErrorCode, RegExp])[] = [
    ["a layer that is not there", without(/layer/), "ERR_SOURCE_UNAVAILABLE", /has no file "0-0\/layer\.tar"/],
    ["a config that is not there", without(/[a-f0-9]{64}\.json/), "ERR_SOURCE_UNAVAILABLE", /has no file ".*\.json"/],
    ["a manifest.json that is not JSON", altered(/manifest/, "x"), "ERR_CONTENT_INVALID", /"manifest\.json".*JSON/],
    ["a manifest.json without images", altered(/manifest/, "[]"), "ERR_CONTENT_INVALID", /holds no image/],
    [
      "security row 9: a config of other bytes",
      altered(/[a-f0-9]{64}/, "{}"),
      "ERR_DIGEST_MISMATCH",
      /\.json": expected/,
    ],
    ["a layer in a compression of no format", altered(/layer/, Buffer.from("BZh9")), "ERR_CONTENT_INVALID", /bzip2/],
    ["security row 8: a link out of the archive", link("../../etc/passwd"), "ERR_SOURCE_UNAVAILABLE", /no file/],
    ["security row 8: an absolute link", link("/etc/passwd"), "ERR_SOURCE_UNAVAILABLE", /no file/],
    ["security row 8: a link to itself", link("layer.tar"), "ERR_SOURCE_UNAVAILABLE", /no file "0-0\/layer\.tar"/],
  ];
  for (const [title, members, code, message] of broken)
    it(`${title} is refused, naming the archive`, async () => {
      const error = await resolve(tarOf(...members)).then(
        () => assert.fail("it was accepted"),
        (thrown: unknown) => thrown,
      );
      assert.ok(hasCode(error, code), messageOf(error));
      assert.match(error.message, message);
      assert.ok(error.message.startsWith(folder.path("a.tar")), error.message);
    });

  it("refuses an image with another number of layers than its config lists", async () => {
    const [entry] = JSON.parse(String(dockerMembers({}).find(({ name }) => name === "manifest.json")?.content));
    const members = altered(/manifest/, JSON.stringify([{ ...entry, Layers: [] }]));
    await assert.rejects(resolve(tarOf(...members)), /has 0 layers, but the image's config lists 1/);
  });

  it("security row 9: a layer of other bytes fails as it is read", async () => {
    const { blobs } = await resolve(tarOf(...altered(/layer/, tarOf({ name: "content.txt", content: "other!!" }))));
    const error = await bytesOf((await blobs[0]?.open()) ?? []).catch((thrown: unknown) => thrown);
    assert.ok(hasCode(error, "ERR_DIGEST_MISMATCH"));
    assert.ok(error.message.startsWith(folder.path("a.tar")), error.message);
  });
});
