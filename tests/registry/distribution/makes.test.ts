import assert from "node:assert/strict";
import type { ManifestContent } from "../../../provider/distribution/repository";
import { hasCode } from "../../../provider/errors";
import { digestOf } from "../../../provider/oci/digest";
import { mediaTypes } from "../../../provider/oci/mediaTypes";
import { forEachMake } from "../../support/makes";
import { manifestOf, newRepository, randomBlob, signIn, uniqueName } from "./content";

forEachMake("a repository", (registry, make) => {
  before(() => signIn(registry()));
  const open = (name: string) => newRepository(registry().address, name);

  /** Pushes an image unlike any other. */
  async function image(name: string, ...tags: readonly string[]): Promise<ManifestContent> {
    const [config, layer] = [randomBlob(), randomBlob()];
    for (const blob of [config, layer]) assert.equal(await open(name).pushBlob(blob), "uploaded");
    const document = {
      config: { ...config.descriptor, mediaType: mediaTypes.ociConfig },
      layers: [layer.descriptor],
    };
    const manifest = manifestOf(document, mediaTypes.ociManifest);
    for (const tag of [manifest.descriptor.digest, ...tags]) await open(name).putManifest(tag, manifest);
    return manifest;
  }

  const listing = (manifests: readonly ManifestContent[], mediaType: string = mediaTypes.ociIndex) =>
    manifestOf({ manifests: manifests.map(({ descriptor }) => descriptor) }, mediaType);

  it("gives back what was pushed, by tag and by digest", async () => {
    const name = uniqueName();
    const { descriptor, bytes } = await image(name, "1.0");
    for (const reference of ["1.0", descriptor.digest]) {
      const content = await open(name).getManifest(reference);
      assert.deepEqual(content && [Buffer.from(content.bytes), content.descriptor.digest], [
        Buffer.from(bytes),
        descriptor.digest,
      ]);
      assert.equal((await open(name).headManifest(reference))?.digest, descriptor.digest);
    }
  });

  it("says of what is not there that it is not", async () => {
    const name = uniqueName();
    await image(name, "1.0");
    const absent = digestOf(Buffer.from(name));
    assert.equal(await open(name).headManifest("2.0"), undefined);
    assert.equal(await open(name).lookForManifest("2.0"), undefined);
    assert.equal(await open(name).headManifest(absent), undefined);
    assert.equal(await open(name).hasBlob({ digest: absent }), false);
    assert.equal(await open(uniqueName()).headManifest("1.0"), undefined);
  });

  it("takes a blob in chunks, and a second time without its bytes or with them", async () => {
    const name = uniqueName();
    const blob = randomBlob(30_000);
    assert.equal(await open(name).pushBlob(blob, { chunkBytes: 10_000 }), "uploaded");
    assert.ok(["known", "uploaded"].includes(await open(name).pushBlob(blob)));
    assert.equal(await open(name).hasBlob(blob.descriptor), true);
  });

  it("gets a blob from another repository, mounted or sent", async () => {
    const [theirs, ours] = [uniqueName(), uniqueName()];
    const blob = randomBlob();
    await open(theirs).pushBlob(blob);
    await open(ours).pushBlob(blob, { mountFrom: theirs });
    assert.equal(await open(ours).hasBlob(blob.descriptor), true);
  });

  it("takes an upload from an absent repository that it was to be mounted from", async () => {
    const ours = uniqueName();
    const blob = randomBlob();
    assert.equal(await open(ours).pushBlob(blob, { mountFrom: uniqueName() }), "uploaded");
    assert.equal(await open(ours).hasBlob(blob.descriptor), true);
  });

  it("lists all its tags", async () => {
    const name = uniqueName();
    await image(name, "1.0", "1", "latest");
    assert.deepEqual([...((await open(name).listTags()) ?? [])].sort(), ["1", "1.0", "latest"]);
  });

  it(`${make.nestsIndexes ? "takes" : "refuses"} an index in an index`, async () => {
    const name = uniqueName();
    const inner = listing([await image(name)]);
    await open(name).putManifest(inner.descriptor.digest, inner);
    const put = open(name).putManifest("outer", listing([inner]));
    if (make.nestsIndexes) await put;
    else await assert.rejects(put, (error) => hasCode(error, "ERR_REGISTRY"));
  });

  it(`${make.takesSha512 ? "takes" : "refuses, with advice,"} a manifest by a sha512 digest`, async () => {
    const name = uniqueName();
    const { bytes, descriptor } = await image(name);
    const digest = digestOf(bytes, "sha512");
    const put = open(name).putManifest(digest, { bytes, descriptor: { ...descriptor, digest } });
    if (make.takesSha512) await put;
    else await assert.rejects(put, (error) => hasCode(error, "ERR_DIGEST_INVALID"));
  });

  it(`lists what refers to a manifest ${make.hasReferrersApi ? "itself" : "nowhere"}`, async () => {
    const name = uniqueName();
    const subject = (await image(name, "1.0")).descriptor;
    const index = manifestOf({ manifests: [(await image(name)).descriptor], subject }, mediaTypes.ociIndex);
    await open(name).putManifest(index.descriptor.digest, index);
    const { source, descriptors } = await open(name).listReferrers(subject.digest);
    assert.deepEqual(
      [source, descriptors.map(({ digest }) => digest)],
      make.hasReferrersApi ? ["api", [index.descriptor.digest]] : ["fallbackTag", []],
    );
  });

  it("lets a tag go, and keeps its manifest and other tags", async () => {
    const name = uniqueName();
    const { digest } = (await image(name, "1.0", "latest")).descriptor;
    const repository = open(name);
    assert.equal(await repository.removeTag("1.0", digest, ["latest"]), "untagged");
    assert.equal(await repository.removeTag("latest", digest, []), "untagged");
    assert.equal((await open(name).headManifest(digest))?.digest, digest);
    assert.deepEqual((await open(name).listTags()) ?? [], []);
  });

  it(`${make.keepsMovedManifest ? "keeps" : "drops"} a manifest that only a tag named, when the tag moves`, async () => {
    const name = uniqueName();
    const [child, other] = [await image(name), await image(name)];
    const [old, now] = [listing([child]), listing([other])];
    await open(name).putManifest("1.0", old);
    await open(name).putManifest("1.0", now);
    const found = await open(name).headManifest(old.descriptor.digest);
    assert.equal(found !== undefined, make.keepsMovedManifest);
  });

  it(`deletes a manifest by its digest, ${make.deletesTagsWithManifest ? "and its tags" : "but not its tags"}`, async () => {
    const name = uniqueName();
    const { digest } = (await image(name, "1.0")).descriptor;
    await open(name).deleteManifest(digest);
    assert.equal(await open(name).headManifest(digest), undefined);
    assert.equal(await open(name).deleteManifest(digest), undefined);
    assert.equal((await open(name).headManifest("1.0")) === undefined, make.deletesTagsWithManifest);
  });
});
