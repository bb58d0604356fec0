import assert from "node:assert/strict";
import type { Descriptor } from "../../../provider/oci/descriptor";
import { PartialFailure } from "../../../provider/resources/lifecycle";
import { startProcess } from "../../support/context";
import { forEachRegistry } from "../../support/registries";
import { newRepository } from "../distribution/content";
import { multiArchImage } from "./engine";
import { suiteFaultProxy } from "./faultProxy";
import { newTestRepository, type TestRepository } from "./repository";
import { seedIndex } from "./seed";
import { seedReferrer } from "./seedReferrer";

forEachRegistry("an index about a subject, on a registry without the referrers API", (registry) => {
  const proxy = suiteFaultProxy(registry);
  let repository: TestRepository;
  let subject: Descriptor;
  let fallbackTag: string;
  beforeEach(async () => {
    proxy.work();
    repository = newTestRepository(proxy);
    subject = await repository.image("linux/amd64", { tag: "subject" });
    fallbackTag = subject.digest.replace(":", "-");
  });

  async function program(more = {}) {
    const image = await repository.image("linux/arm64");
    const artifactType = "application/vnd.example.set";
    const images = [`@${image.digest}`];
    const annotations = { "org.example.kind": "set" };
    return { ...repository.target, tags: ["1.0"], images, annotations, subject: subject.digest, artifactType, ...more };
  }

  const listed = async () =>
    (await newRepository(registry().address, repository.name).listReferrers(subject.digest)).descriptors;

  it("names its subject", async () => {
    await multiArchImage().up(await program());
    const { mediaType, digest, size } = subject;
    assert.deepEqual((await repository.documentAt("1.0"))["subject"], { mediaType, digest, size });
  });

  it("is listed under the fallback tag, with its type and annotations", async () => {
    const { digest, manifestSize, mediaType } = await multiArchImage().up(await program());
    assert.deepEqual(await listed(), [
      {
        mediaType,
        digest,
        size: manifestSize,
        annotations: { "org.example.kind": "set" },
        artifactType: "application/vnd.example.set",
      },
    ]);
  });

  it("is added to what others have listed there", async () => {
    const other = await seedReferrer(registry().address, repository.name, subject, { fallback: true });
    const { digest } = await multiArchImage().up(await program());
    assert.deepEqual(
      (await listed()).map((one) => one.digest),
      [other.digest, digest],
    );
  });

  it("is listed also when it was there before the resource", async () => {
    const declared = await program();
    const { manifest } = await multiArchImage("first").up(declared);
    assert.ok(manifest);
    await newRepository(registry().address, repository.name).deleteManifest(
      String(await repository.digestAt(fallbackTag)),
    );
    const { digest } = await multiArchImage("second").up(declared);
    assert.deepEqual(
      (await listed()).map((one) => one.digest),
      [digest],
    );
  });

  it("is listed by the next up when the first could not", async () => {
    const declared = await program();
    const index = multiArchImage();
    proxy.fail((method, path) => (method === "PUT" && path.endsWith(fallbackTag) ? { status: 403 } : undefined));
    await assert.rejects(index.up(declared), PartialFailure);
    proxy.work();
    const { digest } = await index.up(declared);
    assert.deepEqual(
      (await listed()).map((one) => one.digest),
      [digest],
    );
    assert.equal((await index.preview(declared)).changes, false);
  });

  it("is drift when it is not listed any more, and listed again by the next up", async () => {
    const index = multiArchImage();
    const declared = await program();
    const { digest } = await index.up(declared);
    const other = await seedIndex(registry().address, repository.name, [], fallbackTag);
    const drift = { [`referrers of ${subject.digest}`]: "gone" };
    assert.deepEqual((await index.refresh())?.["drift"], drift);
    assert.deepEqual((await index.preview(declared)).inputs["drift"], drift);
    await index.up(declared);
    assert.notEqual(await repository.digestAt(fallbackTag), other.digest);
    assert.deepEqual(
      (await listed()).map((one) => one.digest),
      [digest],
    );
    assert.equal((await index.preview(declared)).changes, false);
  });

  it("is listed with eleven others that are pushed at the same time", async () => {
    const process = startProcess();
    const declared = await program();
    const made = Array.from({ length: 12 }, async (_, index) => {
      const annotations = { index: String(index) };
      return multiArchImage(`set-${index}`).up({ ...declared, tags: [`set-${index}`], annotations }, process);
    });
    const digests = (await Promise.all(made)).map(({ digest }) => digest);
    assert.deepEqual(new Set((await listed()).map(({ digest }) => digest)), new Set(digests));
  });

  const strangers: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["the subject itself", () => repository.tag(fallbackTag, subject.digest)],
    ["an image", () => repository.image("linux/s390x", { tag: fallbackTag })],
    ["an index of images", async () => seedIndex(registry().address, repository.name, [await image()], fallbackTag)],
  ];
  const image = () => repository.image("linux/s390x");
  for (const [what, seed] of strangers)
    it(`never overwrites a fallback tag that names ${what}: up says so, and destroy leaves it`, async () => {
      await seed();
      const before = await repository.digestAt(fallbackTag);
      const index = multiArchImage();
      await assert.rejects(index.up(await program({ onDelete: "delete" })), { message: /is no list of referrers/ });
      await index.destroy();
      assert.equal(await repository.digestAt(fallbackTag), before);
    });

  it("stays listed when only its tags are removed", async () => {
    const index = multiArchImage();
    const { digest } = await index.up(await program());
    await index.destroy();
    assert.deepEqual(
      (await listed()).map((one) => one.digest),
      [digest],
    );
  });

  it('is deleted and not listed any more with onDelete: "delete"; the entries of others stay', async () => {
    const other = await seedReferrer(registry().address, repository.name, subject, { fallback: true });
    const index = multiArchImage();
    const { digest } = await index.up(await program({ onDelete: "delete" }));
    await index.destroy();
    assert.equal(await repository.digestAt(String(digest)), undefined);
    assert.deepEqual(
      (await listed()).map((one) => one.digest),
      [other.digest],
    );
  });

  it('stays listed with onDelete: "delete" when another tag keeps it', async () => {
    const index = multiArchImage();
    const { digest } = await index.up(await program({ onDelete: "delete" }));
    await repository.tag("pinned", String(digest));
    await index.destroy();
    assert.deepEqual(
      (await listed()).map((one) => one.digest),
      [digest],
    );
  });

  it("is refused in Docker's format, which cannot carry it", async () => {
    const image = await repository.image("linux/amd64", { docker: true });
    const declared = { ...repository.target, tags: ["1.0"], images: [`@${image.digest}`], format: "docker" };
    await assert.rejects(multiArchImage().preview({ ...declared, subject: subject.digest }), {
      code: "ERR_INPUT_INVALID",
      message: /^subject/,
    });
  });

  it("is refused in preview when the subject is not there", async () => {
    const absent = `sha256:${"0".repeat(64)}`;
    await assert.rejects(multiArchImage().preview(await program({ subject: absent })), {
      code: "ERR_NOT_FOUND",
      message: /^subject: .* is not there/,
    });
  });
});
