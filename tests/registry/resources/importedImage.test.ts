import assert from "node:assert/strict";
import type { Descriptor } from "../../../provider/oci/descriptor";
import { mediaTypes } from "../../../provider/oci/mediaTypes";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import { forEachRegistry } from "../../support/registries";
import { blobOf, manifestOf, newRepository } from "../distribution/content";
import { importedImage } from "./engine";
import { type ImportPlace, newImportPlace } from "./importPlace";
import { contentAt, seedIndex } from "./seed";

forEachRegistry("an imported image", (registry) => {
  let place: ImportPlace;
  beforeEach(() => {
    place = newImportPlace(registry());
  });

  it("is the source's index byte for byte, with everything that it lists", async () => {
    const { index, all } = await place.seed();
    const { digest } = await importedImage().up(place.program());
    assert.equal(digest, index.digest);
    const [copy, source] = await Promise.all([
      contentAt(registry().address, place.ours.name, "1.0"),
      contentAt(registry().address, place.theirs.name, "built"),
    ]);
    assert.deepEqual(copy?.bytes, source?.bytes);
    await place.assertThere(all);
  });

  it("has its digest and platforms in preview", async () => {
    const { index, images, attestations } = await place.seed();
    const { inputs } = await importedImage().preview(place.program());
    assert.equal(inputs["digest"], index.digest);
    assert.deepEqual(inputs["platforms"], { "linux/amd64": images[0], "linux/arm64": images[1] });
    assert.deepEqual(inputs["otherManifests"], {
      [String(attestations[0])]: "attestation of linux/amd64",
      [String(attestations[1])]: "attestation of linux/arm64",
    });
  });

  it("has the blobs of its images", async () => {
    const { images } = await place.seed();
    await importedImage().up(place.program());
    const document = await place.ours.documentAt(String(images[0]));
    const blobs: Descriptor[] = [document["config"], document["layers"]].flat().map((blob) => Object(blob));
    for (const blob of blobs) assert.ok(await newRepository(registry().address, place.ours.name).hasBlob(blob));
  });

  it("stays as it is when nothing changed", async () => {
    await place.seed();
    const copy = importedImage();
    await copy.up(place.program());
    assert.equal((await copy.preview(place.program())).changes, false);
  });

  it("may be a single image", async () => {
    const { digest } = await place.theirs.image("linux/arm64", { tag: "built" });
    const outputs = await importedImage().up(place.program());
    assert.deepEqual([outputs["digest"], await place.ours.digestAt("1.0")], [digest, digest]);
    assert.deepEqual(outputs["platforms"], { "linux/arm64": digest });
  });

  it("may be another artifact than an image", async () => {
    const repository = newRepository(registry().address, place.theirs.name);
    const [config, layer] = [blobOf(Buffer.from("{}")), blobOf(Buffer.from(place.theirs.name))];
    await Promise.all([config, layer].map((blob) => repository.pushBlob(blob)));
    const artifact = manifestOf(
      {
        artifactType: "application/vnd.example.sbom",
        config: { ...config.descriptor, mediaType: mediaTypes.ociEmpty },
        layers: [{ ...layer.descriptor, mediaType: "text/plain" }],
      },
      mediaTypes.ociManifest,
    );
    await repository.putManifest("built", artifact);
    const outputs = await importedImage().up(place.program());
    assert.deepEqual([outputs["digest"], outputs["platforms"]], [artifact.descriptor.digest, {}]);
    assert.equal(await place.ours.digestAt("1.0"), artifact.descriptor.digest);
  });

  it("is in Docker's format when its source is", async () => {
    const { digest: amd64, ...image } = await place.theirs.image("linux/amd64", { docker: true });
    const list = manifestOf({ manifests: [{ digest: amd64, ...image }] }, mediaTypes.dockerManifestList);
    await newRepository(registry().address, place.theirs.name).putManifest("built", list);
    await importedImage().up(place.program());
    assert.equal(await place.ours.digestAt("1.0"), list.descriptor.digest);
    assert.equal((await place.ours.documentAt(amd64))["mediaType"], mediaTypes.dockerManifest);
  });

  it("has nested indexes as they are", async () => {
    const { address } = registry();
    const { name } = place.theirs;
    const images = await Promise.all(["linux/amd64", "linux/arm64"].map((platform) => place.theirs.image(platform)));
    const inner = await Promise.all(images.map((image) => seedIndex(address, name, [image])));
    const outer = await seedIndex(address, name, inner, "built");
    const { digest, platforms } = await importedImage().up(place.program());
    assert.equal(digest, outer.digest);
    assert.deepEqual(Object.keys(Object(platforms)), ["linux/amd64", "linux/arm64"]);
    await place.assertThere([...images, ...inner].map((manifest) => manifest.digest));
  });

  it("gets further tags in the repository of its source, without anything else being written", async () => {
    const { index } = await place.seed();
    await importedImage().up(place.program({ ...place.theirs.target, tags: ["released"] }));
    assert.equal(await place.theirs.digestAt("released"), index.digest);
  });

  it("without tags is there under its digest, and found by it", async () => {
    const { index } = await place.seed();
    const copy = importedImage();
    await copy.up(place.program({ tags: [] }));
    assert.equal(copy.kept?.id, `${registry().address}/${place.ours.name}@${index.digest}`);
    assert.equal(await place.ours.digestAt(index.digest), index.digest);
    assert.equal((await copy.preview(place.program({ tags: [] }))).changes, false);
  });

  it("is refused in preview when its source is not there", async () => {
    await assert.rejects(importedImage().preview(place.program()), {
      code: "ERR_NOT_FOUND",
      message: new RegExp(`^source\\.image: .*${place.theirs.name}:built is not there`),
    });
  });

  it("is refused without a required platform, telling what the source has", async () => {
    await place.seed();
    const program = place.program({ requiredPlatforms: ["linux/amd64", "linux/s390x"] });
    await assert.rejects(importedImage().preview(program), {
      code: "ERR_PLATFORM_MISSING",
      message:
        /^source\.image: .* has no image for linux\/s390x, which requiredPlatforms asks for; it has linux\/amd64, /,
    });
  });

  it("is refused when it is not what was approved", async () => {
    await place.seed();
    const program = place.program({ expectedDigest: `sha256:${"0".repeat(64)}` });
    await assert.rejects(importedImage().preview(program), /^ProviderError: expectedDigest: sha256:0+ was approved/);
  });

  it("is refused in preview when somebody else holds the tag", async () => {
    await place.seed();
    await place.ours.moveTag("1.0");
    await assert.rejects(importedImage().preview(place.program()), { code: "ERR_TAG_CONFLICT" });
  });

  it("is adopted where the tag names it already, and then left by a destroy", async () => {
    const { index } = await place.seed();
    await importedImage("first").up(place.program());
    const second = importedImage("second");
    const { adoptedTags } = await second.up(place.program());
    await second.destroy();
    assert.deepEqual([adoptedTags, await place.ours.digestAt("1.0")], [["1.0"], index.digest]);
  });

  for (const [onDelete, tagLeft, manifestsLeft] of [
    ["untag", false, true],
    ["delete", false, false],
    ["retain", true, true],
  ] as const) {
    const left = `${tagLeft ? "its tag" : "no tag"} and ${manifestsLeft ? "its manifests" : "no manifest"}`;
    it(`leaves ${left} with onDelete: "${onDelete}"`, async () => {
      const { index, all } = await place.seed();
      const copy = importedImage();
      await copy.up(place.program({ onDelete }));
      await copy.destroy();
      assert.equal(await place.ours.digestAt("1.0"), tagLeft ? index.digest : undefined);
      for (const digest of [index.digest, ...all])
        assert.equal(await place.ours.digestAt(digest), manifestsLeft ? digest : undefined);
    });
  }

  it('spares with onDelete: "delete" what another tag leads to, however deep', async () => {
    const { index, all } = await place.seed();
    const copy = importedImage();
    await copy.up(place.program({ onDelete: "delete" }));
    await seedIndex(registry().address, place.ours.name, [index], "foreign");
    await copy.destroy();
    await place.assertThere([index.digest, ...all]);
  });

  describe("of a tag that moves", () => {
    it("follows it, and leaves what was there before", async () => {
      const first = await place.seed();
      const copy = importedImage();
      await copy.up(place.program());
      const second = await place.seed();
      const { changes, inputs } = await copy.preview(place.program());
      assert.deepEqual([changes, inputs["digest"]], [true, second.index.digest]);
      await copy.up(place.program());
      assert.equal(await place.ours.digestAt("1.0"), second.index.digest);
      assert.equal((await copy.preview(place.program())).changes, false);
      assert.equal(await place.ours.digestAt(first.index.digest), first.index.digest);
    });

    it("stays with follow: false, until another source is named", async () => {
      const first = await place.seed();
      const copy = importedImage();
      await copy.up(place.program({ follow: false }));
      const second = await place.seed();
      assert.equal((await copy.preview(place.program({ follow: false }))).changes, false);
      assert.equal(await place.ours.digestAt("1.0"), first.index.digest);
      const other = place.program({ follow: false, source: place.sourceAt(second.index.digest) });
      assert.equal((await copy.preview(other)).inputs["digest"], second.index.digest);
    });

    it("stays when the source was named by its digest", async () => {
      const { index } = await place.seed();
      const pinned = place.program({ source: place.sourceAt(index.digest) });
      const copy = importedImage();
      await copy.up(pinned);
      await place.seed();
      assert.equal((await copy.preview(pinned)).changes, false);
    });
  });

  describe("of some platforms", () => {
    const some = (selectedPlatforms: readonly string[], more: PropertyBag = {}) =>
      place.program({ selectedPlatforms, ...more });
    const entriesOf = async () =>
      [(await place.ours.documentAt("1.0"))["manifests"]].flat().map((entry) => Object(entry));
    const digestsOf = async () => (await entriesOf()).map(({ digest }) => digest);

    it("is a new index over them and their attestations, and nothing else comes", async () => {
      const { images, attestations, index } = await place.seed();
      const { digest, platforms } = await importedImage().up(some(["linux/arm64"]));
      assert.notEqual(digest, index.digest);
      assert.deepEqual(await digestsOf(), [images[1], attestations[1]]);
      assert.deepEqual(platforms, { "linux/arm64": images[1] });
      assert.equal(await place.ours.digestAt(String(images[0])), undefined);
    });

    it('lists them in the declared order, and leaves the attestations with attestations: "drop"', async () => {
      const { images } = await place.seed();
      await importedImage().up(some(["linux/arm64", "linux/amd64"], { attestations: "drop" }));
      assert.deepEqual(await digestsOf(), [images[1], images[0]]);
    });

    it("has in preview the digest that it gets", async () => {
      await place.seed();
      const copy = importedImage();
      const { inputs } = await copy.preview(some(["linux/arm64"]));
      const { digest } = await copy.up(some(["linux/arm64"]));
      assert.deepEqual([inputs["digest"], await place.ours.digestAt("1.0")], [digest, digest]);
    });

    it("is an index also over the only image of a source", async () => {
      const { digest } = await place.theirs.image("linux/arm64", { tag: "built" });
      const { mediaType } = await importedImage().up(some(["linux/arm64"]));
      assert.equal(mediaType, mediaTypes.ociIndex);
      const listed = (await entriesOf()).map((entry) => [entry.digest, entry.platform]);
      assert.deepEqual(listed, [[digest, { architecture: "arm64", os: "linux" }]]);
    });

    it("stays as it is when nothing changed", async () => {
      await place.seed();
      const copy = importedImage();
      await copy.up(some(["linux/arm64"]));
      assert.equal((await copy.preview(some(["linux/arm64"]))).changes, false);
    });

    it("is refused when the source lacks one, telling what it has", async () => {
      await place.seed();
      await assert.rejects(importedImage().preview(some(["linux/s390x"])), {
        code: "ERR_PLATFORM_MISSING",
        message: /^source\.image: .* has no image for linux\/s390x, which platforms asks for; it has linux\/amd64, /,
      });
    });

    it("is refused when the source lists an image under a platform that its config contradicts", async () => {
      const image = await place.theirs.image("linux/amd64");
      const lie = { ...image, platform: { architecture: "arm64", os: "linux" } };
      await seedIndex(registry().address, place.theirs.name, [lie], "built");
      await assert.rejects(importedImage().preview(some(["linux/arm64"])), { code: "ERR_PLATFORM_MISMATCH" });
    });
  });
});
