import assert from "node:assert/strict";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import { type CountingProxy, countingProxy } from "../../support/countingProxy";
import { forEachRegistry, type LocalRegistry, startRegistry } from "../../support/registries";
import { multiArchImage } from "./engine";
import { newTestRepository, type TestRepository } from "./repository";

const platforms = ["linux/amd64", "linux/arm64", "linux/arm64"];

/** Changes that give an index other bytes: which of the images it is over, before and after; and what else is said of it. */
const otherBytes: readonly (readonly [title: string, before: string, after: string, format?: string])[] = [
  ["a platform is added", "0", "01"],
  ["a platform is removed", "01", "0"],
  ["the platforms are reordered", "01", "10"],
  ["one platform's image is replaced", "01", "02"],
  ["the format is changed", "01", "01", "docker"],
];

forEachRegistry("an index whose program changes", (registry) => {
  /** The tested one, under a name of this machine. */
  let proxy: CountingProxy;
  let other: LocalRegistry;
  let repository: TestRepository;
  let digests: readonly string[];
  before(async () => {
    [proxy, other] = await Promise.all([countingProxy(registry().address), startRegistry({ version: 3 })]);
  });
  after(() => Promise.all([proxy.stop(), other.stop()]));
  beforeEach(async () => {
    repository = newTestRepository(proxy);
    const images = platforms.map((platform) => repository.image(platform, { docker: true }));
    digests = (await Promise.all(images)).map(({ digest }) => digest);
  });

  const over = (positions: string, more: PropertyBag = {}): PropertyBag => ({
    ...repository.target,
    tags: ["1.0"],
    images: [...positions].map((position) => `${proxy.address}/${repository.name}@${digests[Number(position)]}`),
    ...more,
  });
  const existing = async (program: PropertyBag) => {
    const index = multiArchImage();
    return { index, digest: String((await index.up(program))["digest"]) };
  };

  for (const [title, before, after, format] of otherBytes) {
    it(`gets the digest of the preview, and the index before stays: ${title}`, async () => {
      const { index, digest } = await existing(over(before, format ? { format: "oci" } : {}));
      const program = over(after, format ? { format } : {});
      const { inputs } = await index.preview(program);
      const expected = [...after].map((position) => [platforms[Number(position)], digests[Number(position)]]);
      assert.deepEqual(inputs["platforms"], Object.fromEntries(expected));
      assert.notEqual(inputs["digest"], digest);
      await index.up(program);
      assert.deepEqual(
        [await repository.digestAt("1.0"), await repository.digestAt(digest)],
        [inputs["digest"], digest],
      );
      assert.equal((await index.preview(program)).changes, false);
    });
  }

  it("is in Docker's format when that is asked for instead of OCI's", async () => {
    const { index } = await existing(over("01", { format: "oci" }));
    await index.up(over("01", { format: "docker" }));
    assert.match(String((await repository.documentAt("1.0"))["mediaType"]), /docker.*manifest\.list/);
  });

  it("gets a further tag, and the others are left alone", async () => {
    const { index, digest } = await existing(over("01"));
    proxy.reset();
    await index.up(over("01", { tags: ["1.0", "latest"] }));
    const written = proxy.requests.filter(({ method }) => method === "PUT").map(({ path }) => path.split("/").at(-1));
    assert.deepEqual(written, ["latest"]);
    assert.deepEqual([await repository.digestAt("1.0"), await repository.digestAt("latest")], [digest, digest]);
  });

  it("gets another tag for its only one, which is written before the old one is removed, and keeps its id", async () => {
    const { index, digest } = await existing(over("01"));
    const id = index.kept?.id;
    proxy.reset();
    await index.up(over("01", { tags: ["1.1"], onUnlist: "untag" }));
    const [first] = proxy.requests.filter(({ method }) => !["GET", "HEAD"].includes(method));
    assert.equal(`${first?.method} ${first?.path}`, `PUT /v2/${repository.name}/manifests/1.1`);
    assert.deepEqual([await repository.tags(), await repository.digestAt("1.1")], [["1.1"], digest]);
    assert.equal(index.kept?.id, id);
  });

  it('is replaced on another registry: it is there, and the tags here are removed with onUnlist: "untag"', async () => {
    const { index, digest } = await existing(over("01", { onUnlist: "untag" }));
    const program = over("01", { registry: { address: other.address }, onUnlist: "untag" });
    assert.deepEqual((await index.preview(program)).replaces, ["registry"]);
    await index.up(program);
    assert.equal(await newTestRepository(other, repository.name).digestAt("1.0"), digest);
    assert.deepEqual([await repository.tags(), await repository.digestAt(digest)], [[], digest]);
  });

  it("is replaced under another name of the same registry: the new one adopts the tags, and the old one leaves them", async () => {
    const { index, digest } = await existing(over("01"));
    const program = over("01", { registry: { address: proxy.address.replace("localhost", "127.0.0.1") } });
    assert.deepEqual((await index.preview(program)).replaces, ["registry"]);
    const { adoptedTags } = await index.up(program);
    assert.deepEqual([adoptedTags, await repository.digestAt("1.0")], [["1.0"], digest]);
  });

  it("asks once, and not for each tag, whether another address is the same registry", async () => {
    const tags = ["1.0", "1", "latest"];
    const { index } = await existing(over("01", { tags, onUnlist: "untag" }));
    const earlier = proxy.requests.length;
    await index.up(over("01", { tags, onUnlist: "untag", registry: { address: registry().address } }));
    const probes = proxy.requests.slice(earlier).filter(({ path }) => path.includes("/blobs/uploads/"));
    assert.deepEqual(
      [await repository.tags(), probes.map(({ method }) => method)],
      [
        ["1", "1.0", "latest"],
        ["POST", "DELETE"],
      ],
    );
  });
});
