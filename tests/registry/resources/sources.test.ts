import assert from "node:assert/strict";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import { startProcess } from "../../support/context";
import { forEachRegistry } from "../../support/registries";
import { newRepository } from "../distribution/content";
import { multiArchImage, platformImage } from "./engine";
import { newTestRepository, type TestRepository } from "./repository";
import { scripts } from "./scripts";
import { seedAttestation, seedImage, seedIndex } from "./seed";

forEachRegistry("an index over", (registry) => {
  const files = scripts();
  let repository: TestRepository;
  beforeEach(() => {
    repository = newTestRepository(registry());
  });

  const program = (images: readonly unknown[], more: PropertyBag = {}): PropertyBag => ({
    ...repository.target,
    tags: ["1.0"],
    images,
    ...more,
  });

  async function entries(tag = "1.0"): Promise<readonly PropertyBag[]> {
    return [(await repository.documentAt(tag))["manifests"]].flat().map((entry) => Object(entry));
  }

  async function digests(tag?: string): Promise<readonly unknown[]> {
    return (await entries(tag)).map(({ digest }) => digest);
  }

  async function attested() {
    const images = [await repository.image("linux/amd64"), await repository.image("linux/arm64")];
    const attestations = await Promise.all(
      images.map((image) => seedAttestation(registry().address, repository.name, image)),
    );
    await seedIndex(registry().address, repository.name, [...images, ...attestations], "built");
    return { images: images.map(({ digest }) => digest), attestations: attestations.map(({ digest }) => digest) };
  }

  it("an index lists that index's images one by one, then their attestations", async () => {
    const { images, attestations } = await attested();
    await multiArchImage().up(program([":built"]));
    assert.deepEqual(await digests(), [...images, ...attestations]);
  });

  it('an index leaves its attestations with attestations: "drop"', async () => {
    const { images } = await attested();
    await multiArchImage().up(program([":built"], { attestations: "drop" }));
    assert.deepEqual(await digests(), images);
  });

  it("an index takes one platform of it, with the attestation of that one alone", async () => {
    const { images, attestations } = await attested();
    await multiArchImage().up(program([{ image: ":built", platform: "linux/arm64" }]));
    assert.deepEqual(await digests(), [images[1], attestations[1]]);
  });

  it("an index without the wanted platform is refused, naming the image", async () => {
    await attested();
    await assert.rejects(multiArchImage().preview(program([{ image: ":built", platform: "linux/s390x" }])), {
      code: "ERR_PLATFORM_MISSING",
      message: /^images\[0\]: the index :built has no image for linux\/s390x/,
    });
  });

  it("security row 23: an index of indexes lists images only", async () => {
    const images = [await repository.image("linux/amd64"), await repository.image("linux/arm64")];
    const inner = await Promise.all(images.map((image) => seedIndex(registry().address, repository.name, [image])));
    await seedIndex(registry().address, repository.name, inner, "outer");
    await multiArchImage().up(program([":outer"]));
    assert.deepEqual(
      await digests(),
      images.map(({ digest }) => digest),
    );
  });

  it("references takes their platforms from their configs, with what only the program says of them", async () => {
    const { digest } = await repository.image("windows/amd64");
    const image = { image: `@${digest}`, platform: "windows(10.0.20348.1)/amd64", annotations: { a: "b" } };
    await multiArchImage().up(program([image]));
    const [entry] = await entries();
    assert.deepEqual(entry?.["platform"], { architecture: "amd64", os: "windows", "os.version": "10.0.20348.1" });
    assert.deepEqual(entry?.["annotations"], { a: "b" });
  });

  it("an image of another platform than declared is refused, naming both", async () => {
    await repository.image("linux/amd64", { tag: "built" });
    await assert.rejects(multiArchImage().preview(program([{ image: ":built", platform: "linux/arm64" }])), {
      code: "ERR_PLATFORM_MISMATCH",
      message: /^images\[0\]\.platform: linux\/arm64 is declared, but the image says linux\/amd64/,
    });
  });

  it("several that are not there names the program's first, whichever answer comes first", async () => {
    await attested();
    const images = [{ image: ":built", platform: "linux/s390x" }, ":absent"];
    await assert.rejects(multiArchImage().preview(program(images)), { message: /^images\[0\]: / });
  });

  it("an index that lies about an image's platform is refused, naming both", async () => {
    const image = await repository.image("linux/amd64");
    const lie = { ...image, platform: { architecture: "arm64", os: "linux" } };
    await seedIndex(registry().address, repository.name, [lie], "lying");
    await assert.rejects(multiArchImage().preview(program([":lying"])), {
      code: "ERR_PLATFORM_MISMATCH",
      message: /images\[0\]: .*linux\/arm64.*linux\/amd64/,
    });
  });

  it("two sources of one platform is refused", async () => {
    const images = [await repository.image("linux/amd64"), await repository.image("linux/amd64")];
    const preview = multiArchImage().preview(program(images.map(({ digest }) => `@${digest}`)));
    await assert.rejects(preview, { code: "ERR_PLATFORM_DUPLICATE", message: /^images\[0\] and images\[1\]/ });
  });

  it("something that is not there is refused, naming the image", async () => {
    const { image } = { image: `${registry().address}/${repository.name}:absent` };
    const preview = multiArchImage().preview(program([image]));
    await assert.rejects(preview, { code: "ERR_NOT_FOUND", message: /^images\[0\]: .*:absent is not there/ });
  });

  it("Docker images is a manifest list, which holds their digests unchanged", async () => {
    const { digest } = await repository.image("linux/amd64", { docker: true });
    await multiArchImage().up(program([`@${digest}`]));
    const { mediaType } = await repository.documentAt("1.0");
    assert.equal(mediaType, "application/vnd.docker.distribution.manifest.list.v2+json");
    assert.deepEqual(await digests(), [digest]);
  });

  it("images of other repositories brings them along, with their attestations, unchanged", async () => {
    const source = newTestRepository(registry());
    const image = await source.image("linux/amd64");
    const attestation = await seedAttestation(registry().address, source.name, image);
    await seedIndex(registry().address, source.name, [image, attestation], "built");
    await multiArchImage().up(program([`${registry().address}/${source.name}:built`]));
    assert.equal(await repository.digestAt(image.digest), image.digest);
    assert.equal(await repository.digestAt(attestation.digest), attestation.digest);
  });

  it("a PlatformImage of another repository brings it along", async () => {
    const source = newTestRepository(registry());
    const declared = { ...source.target, platform: "linux/amd64", source: files.source() };
    const { descriptor, digest } = await platformImage().up(declared);
    const flat = { descriptor, attestationManifests: [], address: registry().address, repository: source.name };
    await multiArchImage().up(program([flat]));
    assert.equal(await repository.digestAt(String(digest)), digest);
  });

  it("PlatformImages is exact on the very first preview, before anything is pushed", async () => {
    const declared = { ...repository.target, platform: "linux/amd64", source: files.source() };
    const image = platformImage();
    const flatten = ({ descriptor, attestationManifests }: PropertyBag) => ({
      descriptor,
      attestationManifests,
      address: registry().address,
      repository: repository.name,
    });
    const planned = await image.preview(declared);
    const { inputs } = await multiArchImage().preview(program([flatten(planned.inputs)]));
    const pushed = await image.up(declared);
    const { digest } = await multiArchImage().up(program([flatten(pushed)]));
    assert.equal(digest, inputs["digest"]);
  });

  it("a PlatformImage from an index brings the attestation of its platform along", async () => {
    const source = newTestRepository(registry());
    const amd64 = await seedImage(registry().address, source.name, "linux/amd64");
    const arm64 = await seedImage(registry().address, source.name, "linux/arm64");
    const attestation = await seedAttestation(registry().address, source.name, arm64);
    await seedIndex(registry().address, source.name, [amd64, arm64, attestation], "built");
    const declared = {
      ...repository.target,
      platform: "linux/arm64",
      source: { image: `${registry().address}/${source.name}:built` },
    };
    const { descriptor, attestationManifests, digest } = await platformImage().up(declared);
    assert.equal(digest, arm64.digest);
    await multiArchImage().up(
      program([{ descriptor, attestationManifests, address: registry().address, repository: repository.name }]),
    );
    assert.deepEqual(await digests(), [arm64.digest, attestation.digest]);
  });

  it("the same things is written once, whoever writes it: equal inputs give equal bytes", async () => {
    const images = [await repository.image("linux/amd64"), await repository.image("linux/arm64")];
    const declared = program(images.map(({ digest }) => `@${digest}`));
    const first = await multiArchImage("first").preview(declared, startProcess());
    const second = await multiArchImage("second").preview(declared, startProcess());
    assert.equal(first.inputs["digest"], second.inputs["digest"]);
  });

  it("images by tag where sources are pinned is refused, by digest it is not", async () => {
    const { digest } = await repository.image("linux/amd64", { tag: "built" });
    await assert.rejects(
      multiArchImage().preview(program([":built"], { pinSources: true })),
      /^.*images\[0\]: :built is a tag/,
    );
    await assert.doesNotReject(multiArchImage().preview(program([`@${digest}`], { pinSources: true })));
    assert.equal(await newRepository(registry().address, repository.name).headManifest("1.0"), undefined);
  });
});
