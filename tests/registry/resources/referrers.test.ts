import assert from "node:assert/strict";
import { referrersTag } from "../../../provider/distribution/referrers";
import type { Descriptor } from "../../../provider/oci/descriptor";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import { startReferrersRegistry } from "../../support/olareg";
import { type Registry, startRegistry } from "../../support/registries";
import { newRepository } from "../distribution/content";
import { importedImage, platformImage } from "./engine";
import { type ImportPlace, newImportPlace } from "./importPlace";
import { seedCosign, seedReferrer } from "./seedReferrer";

interface Started extends Registry {
  stop(): Promise<void>;
}

interface Kind {
  readonly title: string;
  readonly hasApi: boolean;
  start(): Promise<Started>;
}

const distribution2: Kind = { title: "distribution 2", hasApi: false, start: () => startRegistry({ version: 2 }) };
const distribution3: Kind = { title: "distribution 3", hasApi: false, start: () => startRegistry({ version: 3 }) };
/** It has the referrers API. */
const olareg: Kind = { title: "olareg", hasApi: true, start: startReferrersRegistry };

const ways: readonly (readonly [from: Kind, to: Kind])[] = [
  [distribution2, distribution3],
  [distribution3, distribution2],
  [distribution2, olareg],
  [olareg, distribution3],
  [olareg, olareg],
];

for (const [from, to] of ways) {
  describe(`referrers, copied from ${from.title} to ${to.title},`, () => {
    let source: Started;
    let target: Started;
    let place: ImportPlace;
    before(async function () {
      this.timeout(40_000);
      [source, target] = await Promise.all([from.start(), to.start()]);
    });
    beforeEach(() => {
      place = newImportPlace(target, source);
    });
    after(() => Promise.all([source.stop(), target.stop()]));

    const refer = (subject: Descriptor) =>
      seedReferrer(source.address, place.theirs.name, subject, { fallback: !from.hasApi });
    const cosign = (subject: Descriptor, suffix: "sig" | "att" | "sbom" = "sig") =>
      seedCosign(source.address, place.theirs.name, subject, suffix);
    const describedAt = async (digest: string): Promise<Descriptor> => {
      const found = await newRepository(source.address, place.theirs.name).headManifest(digest);
      if (!found) throw new Error(`There is no ${digest}.`);
      return found;
    };
    const listed = async (subject: string) =>
      (await newRepository(target.address, place.ours.name).listReferrers(subject)).descriptors;
    const program = (copyReferrers: string, more: PropertyBag = {}) => place.program({ copyReferrers, ...more });

    it("of the index and of its images are there, and listed with their types and annotations", async () => {
      const { index, images } = await place.seed();
      const [image = ""] = images;
      const [ofIndex, ofImage] = [await refer(index), await refer(await describedAt(image))];
      const { referrers } = await importedImage().up(program("direct"));
      assert.deepEqual(await listed(index.digest), [ofIndex]);
      assert.deepEqual(await listed(image), [ofImage]);
      assert.deepEqual(referrers, { [ofIndex.digest]: index.digest, [ofImage.digest]: image });
      await place.assertThere([ofIndex.digest, ofImage.digest]);
    });

    it("of one subject are all listed", async () => {
      const { index } = await place.seed();
      const referrers = [await refer(index), await refer(index), await refer(index)];
      await importedImage().up(program("direct"));
      const digests = (list: readonly Descriptor[]) => list.map(({ digest }) => digest).sort();
      assert.deepEqual(digests(await listed(index.digest)), digests(referrers));
    });

    it("of cosign have their tags", async () => {
      const { index, images } = await place.seed();
      const image = await describedAt(String(images[1]));
      const [sig, att, sbom] = [await cosign(index), await cosign(image, "att"), await cosign(image, "sbom")];
      const { referrerTags } = await importedImage().up(program("direct"));
      const tags = {
        [`${index.digest.replace(":", "-")}.sig`]: sig.digest,
        [`${image.digest.replace(":", "-")}.att`]: att.digest,
        [`${image.digest.replace(":", "-")}.sbom`]: sbom.digest,
      };
      assert.deepEqual(referrerTags, tags);
      for (const [tag, digest] of Object.entries(tags)) assert.equal(await place.ours.digestAt(tag), digest);
    });

    it('come with "recursive" as deep as four levels, with "direct" only from the first', async () => {
      const { index } = await place.seed();
      const chain: Descriptor[] = [index];
      for (let level = 1; level <= 4; level += 1) chain.push(await refer(chain.at(-1) ?? index));
      const digests = chain.slice(1).map(({ digest }) => digest);
      const direct = await importedImage().preview(program("direct"));
      assert.deepEqual(Object.keys(Object(direct.inputs["referrers"])), digests.slice(0, 1));
      await importedImage().up(program("recursive"));
      await place.assertThere(digests);
      await refer(chain.at(-1) ?? index);
      await assert.rejects(importedImage().preview(program("recursive")), /more than 4 levels deep/);
    });

    it("stay where they are by default", async () => {
      const { index } = await place.seed();
      await refer(index);
      await importedImage().up(place.program());
      assert.deepEqual(await listed(index.digest), []);
    });

    it("that are new are named by the next preview, brought by the next up, and then nothing is left to do", async () => {
      const { index } = await place.seed();
      const copy = importedImage();
      const first = await refer(index);
      await copy.up(program("direct"));
      assert.equal((await copy.preview(program("direct"))).changes, false);
      const second = await refer(index);
      const { changes, inputs } = await copy.preview(program("direct"));
      assert.equal(changes, true);
      assert.deepEqual(Object.keys(Object(inputs["referrers"])).sort(), [first.digest, second.digest].sort());
      await copy.up(program("direct"));
      await place.assertThere([second.digest]);
      assert.equal((await copy.preview(program("direct"))).changes, false);
    });

    it("of some platforms are those of their images alone", async () => {
      const { index, images } = await place.seed();
      const [amd64, arm64] = [await describedAt(String(images[0])), await describedAt(String(images[1]))];
      const wanted = await refer(arm64);
      await refer(index);
      await refer(amd64);
      const some = program("direct", { selectedPlatforms: ["linux/arm64"] });
      const { referrers } = await importedImage().up(some);
      assert.deepEqual(referrers, { [wanted.digest]: arm64.digest });
    });

    it("come along with a PlatformImage of a registry, those of its attestation too", async () => {
      const { images, attestations } = await place.seed();
      const [image, attestation] = [await describedAt(String(images[0])), await describedAt(String(attestations[0]))];
      const [ofImage, ofAttestation] = [await refer(image), await refer(attestation)];
      const declared = {
        ...place.ours.target,
        platform: "linux/amd64",
        source: { ...place.sourceAt("built"), copyReferrers: "direct" },
      };
      const single = platformImage();
      await single.up(declared);
      assert.deepEqual(await listed(image.digest), [ofImage]);
      await place.assertThere([ofImage.digest, ofAttestation.digest]);
      assert.equal((await single.preview(declared)).changes, false);
    });

    it("that are lost are shown by a refresh, and brought again", async () => {
      const { index } = await place.seed();
      const [referrer, signature] = [await refer(index), await cosign(index)];
      const tag = `${index.digest.replace(":", "-")}.sig`;
      const copy = importedImage();
      await copy.up(program("direct"));
      await place.ours.deleteManifest(referrer.digest);
      await place.ours.deleteManifest(signature.digest);
      const drift = { [`referrer (${referrer.digest})`]: "gone", [tag]: "gone" };
      assert.deepEqual((await copy.refresh())?.["drift"], drift);
      await copy.up(program("direct"));
      await place.assertThere([referrer.digest, signature.digest]);
      assert.equal(await place.ours.digestAt(tag), signature.digest);
    });

    it('are deleted with what they are about with onDelete: "delete"', async () => {
      const { index } = await place.seed();
      const [referrer, signature] = [await refer(index), await cosign(index)];
      const copy = importedImage();
      await copy.up(program("direct", { onDelete: "delete" }));
      await copy.destroy();
      for (const digest of [index.digest, referrer.digest, signature.digest])
        assert.equal(await place.ours.digestAt(digest), undefined);
      assert.equal(await place.ours.digestAt(referrersTag(index.digest)), undefined);
      assert.deepEqual(await place.ours.tags(), []);
    });

    it('stay with onDelete: "delete" as long as what they are about does', async () => {
      const { index } = await place.seed();
      const [referrer, signature] = [await refer(index), await cosign(index)];
      const copy = importedImage();
      await copy.up(program("direct", { onDelete: "delete" }));
      await place.ours.tag("foreign", index.digest);
      await copy.destroy();
      await place.assertThere([index.digest, referrer.digest, signature.digest]);
      assert.deepEqual(await listed(index.digest), [referrer]);
    });

    it("stay when only the tags are removed", async () => {
      const { index } = await place.seed();
      const [referrer, signature] = [await refer(index), await cosign(index)];
      const copy = importedImage();
      await copy.up(program("direct"));
      await copy.destroy();
      await place.assertThere([referrer.digest, signature.digest]);
      assert.deepEqual(await listed(index.digest), [referrer]);
    });
  });
}
