import assert from "node:assert/strict";
import { startProcess } from "../../support/context";
import { forEachMake } from "../../support/makes";
import { startReferrersRegistry } from "../../support/olareg";
import type { Server } from "../../support/server";
import { newRepository, signIn } from "../distribution/content";
import { importedImage, multiArchImage, platformImage } from "./engine";
import { newImportPlace } from "./importPlace";
import { newTestRepository, type TestRepository } from "./repository";
import { scripts } from "./scripts";
import { seedReferrer } from "./seedReferrer";

forEachMake("lifecycles", (registry, make) => {
  const files = scripts();
  let elsewhere: Server;
  let repository: TestRepository;
  before(async () => {
    signIn(registry());
    elsewhere = await startReferrersRegistry();
  });
  after(() => elsewhere.stop());
  beforeEach(() => {
    repository = newTestRepository(registry());
  });

  const fromFiles = (platform: string) => ({
    ...repository.target,
    platform,
    source: files.source(),
  });

  async function existing(more = {}) {
    const images = [await repository.image("linux/amd64"), await repository.image("linux/arm64")];
    const references = images.map(({ digest }) => `@${digest}`);
    const program = { ...repository.target, tags: ["1.0", "latest"], images: references, ...more };
    const index = multiArchImage();
    const { digest } = await index.up(program);
    return { index, program, digest: String(digest), images };
  }

  it("push an image of files and give the digest of its preview, the same on every make", async () => {
    const image = platformImage();
    const program = { ...fromFiles("linux/amd64"), tag: "amd64" };
    const { inputs } = await image.preview(program);
    const { digest } = await image.up(program);
    assert.equal(digest, inputs["digest"]);
    assert.equal(await repository.digestAt("amd64"), digest);
    assert.equal((await image.preview(program)).changes, false);
  });

  it("put an index under each of its tags, and find nothing to do afterwards, also after a refresh", async () => {
    const { index, program, digest } = await existing();
    assert.deepEqual([await repository.digestAt("1.0"), await repository.digestAt("latest")], [digest, digest]);
    assert.equal((await index.preview(program)).changes, false);
    await index.refresh();
    assert.equal((await index.preview(program)).changes, false);
  });

  it("put back a tag that was moved, and keep all that the index lists", async () => {
    const { index, program, digest, images } = await existing();
    const other = await repository.image("linux/amd64");
    await repository.tag("latest", other.digest);
    assert.equal((await index.preview(program)).changes, true);
    await index.up(program);
    assert.equal(await repository.digestAt("latest"), digest);
    for (const image of images) assert.equal(await repository.digestAt(image.digest), image.digest);
  });

  it("refuse a tag of others in preview", async () => {
    const other = await repository.image("linux/amd64", { tag: "1.0" });
    await assert.rejects(existing(), /not ours/);
    assert.equal(await repository.digestAt("1.0"), other.digest);
  });

  it("remove their tags at destroy, and keep index and images for those who pin their digests", async () => {
    const { index, digest, images } = await existing();
    await index.destroy();
    assert.deepEqual(await repository.tags(), []);
    for (const one of [digest, ...images.map((image) => image.digest)])
      assert.equal(await repository.digestAt(one), one);
  });

  const children = make.keepsChildren
    ? "keep the images of others"
    : "lose its untagged images, which the registry deletes, too";
  it(`leave nothing of their own at destroy with onDelete: "delete", and ${children}`, async () => {
    const { index, digest, images } = await existing({ onDelete: "delete" });
    await index.destroy();
    assert.deepEqual(await repository.tags(), []);
    assert.equal(await repository.digestAt(digest), undefined);
    const kept = (one: string) => (make.keepsChildren ? one : undefined);
    for (const image of images) assert.equal(await repository.digestAt(image.digest), kept(image.digest));
  });

  it("leave nothing of an image with one tag", async () => {
    const image = platformImage();
    const { digest } = await image.up({ ...fromFiles("linux/amd64"), tag: "amd64", onDelete: "delete" });
    const process = startProcess();
    await image.destroy(process);
    assert.deepEqual([process.warnings, await repository.tags()], [[], []]);
    assert.equal(await repository.digestAt(String(digest)), undefined);
  });

  it("copy an index with its attestations from another registry, byte for byte", async () => {
    const place = newImportPlace(registry(), elsewhere);
    const { index, all } = await place.seed();
    const copy = importedImage();
    const { digest } = await copy.up(place.program());
    assert.equal(digest, index.digest);
    await place.assertThere(all);
    assert.equal((await copy.preview(place.program())).changes, false);
  });

  it("copy within the registry", async () => {
    const place = newImportPlace(registry());
    const { index, all } = await place.seed();
    const { digest } = await importedImage().up(place.program({ sourceRegistries: [repository.target["registry"]] }));
    assert.equal(digest, index.digest);
    await place.assertThere(all);
  });

  it(`copy referrers, and list them ${make.hasReferrersApi ? "by the API" : "under the fallback tag"}`, async () => {
    const place = newImportPlace(registry(), elsewhere);
    const subject = await place.theirs.image("linux/amd64", { tag: "built" });
    const referrer = await seedReferrer(elsewhere.address, place.theirs.name, subject, { fallback: false });
    await importedImage().up(place.program({ copyReferrers: "direct" }));
    const listed = await newRepository(registry().address, place.ours.name).listReferrers(subject.digest);
    assert.deepEqual(
      [listed.source, listed.descriptors.map(({ digest }) => digest)],
      [make.hasReferrersApi ? "api" : "fallbackTag", [referrer.digest]],
    );
  });

  it("say in preview when the account is refused, where there are accounts", async () => {
    const image = await repository.image("linux/amd64");
    const credentials = { username: "ada", password: "wrong-password" };
    const connection = { address: registry().address, credentials };
    const program = { registry: connection, repository: repository.name, tags: ["1.0"], images: [`@${image.digest}`] };
    const preview = multiArchImage().preview(program);
    if (registry().account) await assert.rejects(preview, /refused? .*"?ada"?|refuses .*ada/);
    else assert.equal((await preview).changes, true);
  });
});
