import assert from "node:assert/strict";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import { startProcess } from "../../support/context";
import { forEachRegistry } from "../../support/registries";
import { importedImage } from "./engine";
import { type ImportPlace, newImportPlace } from "./importPlace";

forEachRegistry("an imported image that was harmed", (registry) => {
  let place: ImportPlace;
  beforeEach(() => {
    place = newImportPlace(registry());
  });

  async function imported(more: PropertyBag = {}) {
    const seeded = await place.seed();
    const copy = importedImage();
    await copy.up(place.program(more));
    return { ...seeded, copy };
  }

  it("has its lost child shown and brought again", async () => {
    const { copy, images } = await imported();
    const gone = String(images[0]);
    await place.ours.deleteManifest(gone);
    const { drift } = (await copy.preview(place.program())).inputs;
    assert.deepEqual(drift, { [`linux/amd64 (${gone})`]: "gone" });
    await copy.up(place.program());
    await place.assertThere([gone]);
    assert.equal((await copy.preview(place.program())).changes, false);
  });

  it("has its lost attestation shown and brought again", async () => {
    const { copy, attestations } = await imported();
    const gone = String(attestations[1]);
    await place.ours.deleteManifest(gone);
    assert.deepEqual((await copy.preview(place.program())).inputs["drift"], {
      [`attestation of linux/arm64 (${gone})`]: "gone",
    });
    await copy.up(place.program());
    await place.assertThere([gone]);
  });

  it("has its moved tag shown and moved back", async () => {
    const { copy, index } = await imported();
    const moved = await place.ours.moveTag("1.0");
    assert.deepEqual((await copy.preview(place.program())).inputs["drift"], { "1.0": moved });
    await copy.up(place.program());
    assert.equal(await place.ours.digestAt("1.0"), index.digest);
  });

  it("has its index written again when that was deleted", async () => {
    const { copy, index } = await imported();
    await place.ours.deleteManifest(index.digest);
    assert.deepEqual((await copy.preview(place.program())).inputs["drift"], { "1.0": "gone" });
    await copy.up(place.program());
    assert.equal(await place.ours.digestAt("1.0"), index.digest);
  });

  it("has a lost child of the only platform that was asked for brought again", async () => {
    const some = { selectedPlatforms: ["linux/arm64"] };
    const { copy, images } = await imported(some);
    await place.ours.deleteManifest(String(images[1]));
    await copy.up(place.program(some));
    await place.assertThere([String(images[1])]);
  });

  it("has what is wrong with it shown by a refresh, and the next up repairs it", async () => {
    const { copy, index, images } = await imported();
    const gone = String(images[1]);
    await place.ours.deleteManifest(gone);
    const moved = await place.ours.moveTag("1.0");
    assert.deepEqual((await copy.refresh())?.["drift"], { "1.0": moved, [`linux/arm64 (${gone})`]: "gone" });
    await copy.up(place.program());
    await place.assertThere([gone]);
    assert.equal(await place.ours.digestAt("1.0"), index.digest);
    assert.equal((await copy.preview(place.program())).changes, false);
  });

  it("has its lost blobs shown by a refresh, and the next up sends them again", async () => {
    const { copy, images } = await imported();
    const [image = ""] = images;
    const blobs = await place.deleteBlobs(image);
    const name = `linux/amd64 (${image})`;
    const drift = Object.fromEntries(blobs.map((blob) => [`blob ${blob} of ${name}`, "gone"]));
    assert.deepEqual((await copy.refresh())?.["drift"], drift);
    await copy.up(place.program());
    assert.equal((await copy.refresh())?.["drift"], undefined);
  });

  it("is gone for a refresh when its tags and its manifest are", async () => {
    const { copy, index } = await imported();
    await place.ours.deleteManifest(index.digest);
    assert.equal(await copy.refresh(), undefined);
  });

  describe("after its source was deleted", () => {
    async function orphaned(more: PropertyBag = {}) {
      const seeded = await imported(more);
      for (const digest of [seeded.index.digest, ...seeded.all]) await place.theirs.deleteManifest(digest);
      return seeded;
    }

    it("stays, with a warning", async () => {
      const { copy } = await orphaned();
      const process = startProcess();
      assert.equal((await copy.preview(place.program(), process)).changes, false);
      assert.match(process.warnings.join(), /^source\.image: .*:built is not there\. .*The copy stays\.$/);
    });

    it("stays without a word when it does not follow", async () => {
      const { copy } = await orphaned({ follow: false });
      const process = startProcess();
      assert.equal((await copy.preview(place.program({ follow: false }), process)).changes, false);
      assert.deepEqual(process.warnings, []);
    });

    it("gets its moved tag back, and further ones", async () => {
      const { copy, index } = await orphaned();
      await place.ours.moveTag("1.0");
      await copy.up(place.program({ tags: ["1.0", "latest"] }));
      const named = [await place.ours.digestAt("1.0"), await place.ours.digestAt("latest")];
      assert.deepEqual(named, [index.digest, index.digest]);
    });

    it("is an error in preview when a child must be copied again", async () => {
      const { copy, images } = await orphaned();
      const gone = String(images[0]);
      await place.ours.deleteManifest(gone);
      await assert.rejects(copy.preview(place.program()), {
        code: "ERR_NOT_FOUND",
        message: new RegExp(`^source\\.image: ${gone} is gone from .*${place.ours.name}, and so it is from`),
      });
    });

    it("is an error when everything must be copied again, before anything is written", async () => {
      const { copy, index } = await orphaned();
      await place.ours.deleteManifest(index.digest);
      await assert.rejects(copy.up(place.program()), { code: "ERR_NOT_FOUND", message: /^source\.image: / });
      assert.equal(await place.ours.digestAt("1.0"), undefined);
    });
  });
});
