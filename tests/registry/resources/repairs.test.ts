import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import { forEachRegistry } from "../../support/registries";
import { multiArchImage, platformImage, type Resource } from "./engine";
import { newTestRepository, type TestRepository } from "./repository";
import { scripts } from "./scripts";
import { seedArtifact, seedAttestation, seedIndex } from "./seed";

forEachRegistry("what was lost", (registry) => {
  const files = scripts();
  let ours: TestRepository;
  let theirs: TestRepository;
  /** What `built` of theirs lists: an image, its attestation, and something for no platform. */
  let image: string;
  let attestation: string;
  let artifact: string;
  beforeEach(async () => {
    const { address } = registry();
    [ours, theirs] = [newTestRepository(registry()), newTestRepository(registry())];
    const seeded = await theirs.image("linux/amd64", { tag: "amd64" });
    const others = [await seedAttestation(address, theirs.name, seeded), await seedArtifact(address, theirs.name)];
    await seedIndex(address, theirs.name, [seeded, ...others], "built");
    [image = "", attestation = "", artifact = ""] = [seeded, ...others].map(({ digest }) => digest);
  });

  const reference = (tagOrDigest: string) => `${registry().address}/${theirs.name}${tagOrDigest}`;
  const indexOver = (of: string): [Resource, PropertyBag] => [
    multiArchImage(),
    { ...ours.target, tags: ["1.0"], images: [reference(of)] },
  ];
  const imageFrom = (of: string): [Resource, PropertyBag] => [
    platformImage(),
    { ...ours.target, platform: "linux/amd64", source: { image: reference(of) } },
  ];

  const rows: readonly (readonly [
    title: string,
    declare: () => [Resource, PropertyBag],
    label: string,
    lost: () => string,
  ])[] = [
    ["the copy of an image given by its digest", () => indexOver(`@${image}`), "linux/amd64", () => image],
    ["the copy of an image given by a tag", () => indexOver(":amd64"), "linux/amd64", () => image],
    ["the copy of an attestation", () => indexOver(":built"), "attestation of linux/amd64", () => attestation],
    ["the copy of a manifest for no platform", () => indexOver(":built"), "no platform", () => artifact],
    ["a PlatformImage's attestation", () => imageFrom(":built"), "attestation of linux/amd64", () => attestation],
  ];
  for (const [title, declare, label, lost] of rows) {
    it(`is shown in preview and brought again: ${title}`, async () => {
      const [resource, program] = declare();
      await resource.up(program);
      await ours.deleteManifest(lost());
      assert.deepEqual((await resource.preview(program)).inputs["drift"], { [`${label} (${lost()})`]: "gone" });
      await resource.up(program);
      assert.equal(await ours.digestAt(lost()), lost());
      assert.equal((await resource.preview(program)).changes, false);
    });
  }

  it("is shown in preview and brought again: the copy of a PlatformImage of another repository", async () => {
    const { descriptor, digest } = await platformImage().up({
      ...theirs.target,
      platform: "linux/amd64",
      source: files.source(),
    });
    const home = { address: registry().address, repository: theirs.name };
    const images = [{ descriptor, attestationManifests: [], ...home }];
    const [index, program] = [multiArchImage(), { ...ours.target, tags: ["1.0"], images }];
    await index.up(program);
    await ours.deleteManifest(String(digest));
    assert.deepEqual((await index.preview(program)).inputs["drift"], { [`linux/amd64 (${digest})`]: "gone" });
    await index.up(program);
    assert.equal(await ours.digestAt(String(digest)), digest);
  });

  it("is shown in preview and brought again: the whole repository", async () => {
    const [built, index] = [platformImage(), multiArchImage()];
    const declared = { ...ours.target, tag: "amd64", platform: "linux/amd64", source: files.source() };
    const { descriptor, digest } = await built.up(declared);
    const home = { address: registry().address, repository: ours.name };
    const images = [{ descriptor, attestationManifests: [], ...home }];
    const program = { ...ours.target, tags: ["1.0"], images };
    const { digest: indexDigest } = await index.up(program);
    await removeAll([String(digest), String(indexDigest)]);
    assert.deepEqual((await built.preview(declared)).inputs["drift"], { amd64: "gone" });
    assert.deepEqual((await index.preview(program)).inputs["drift"], { "1.0": "gone" });
    await built.up(declared);
    await index.up(program);
    assert.deepEqual([await ours.digestAt("amd64"), await ours.digestAt("1.0")], [digest, indexDigest]);
  });

  /** Takes everything of ours away, from the disk where that can be reached. */
  async function removeAll(manifests: readonly string[]): Promise<void> {
    const { directory } = registry();
    if (directory !== undefined) {
      await rm(join(directory, "data/docker/registry/v2/repositories", ours.name), { recursive: true });
      return;
    }
    for (const digest of manifests) await ours.deleteManifest(digest);
  }

  it("is an error, before anything is written, when it is gone where it came from, too", async () => {
    const { digest: other } = await theirs.image("linux/arm64");
    const images = [reference(`@${other}`), reference(`@${image}`)];
    const [index, program] = [multiArchImage(), { ...ours.target, tags: ["1.0"], images }];
    await index.up(program);
    await Promise.all([ours.deleteManifest(other), ours.deleteManifest(image), theirs.deleteManifest(image)]);
    const lost = { code: "ERR_NOT_FOUND", message: new RegExp(`^images\\[1\\]: .*${image}`) };
    await assert.rejects(index.preview(program), lost);
    await assert.rejects(index.up(program), lost);
    assert.equal(await ours.digestAt(other), undefined);
  });
});
