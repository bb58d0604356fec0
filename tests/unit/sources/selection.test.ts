import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { hasCode } from "../../../provider/errors";
import type { Descriptor } from "../../../provider/oci/descriptor";
import { parsePlatform } from "../../../provider/oci/platform";
import { flattenIndexes, selectImage } from "../../../provider/sources/selection";
import type { Store } from "../../../provider/sources/store";
import { type Layout, makeLayout } from "../../support/layouts";

describe("selection of images", () => {
  let layout: Layout;
  let store: Store;
  let read: string[];
  beforeEach(() => {
    layout = makeLayout();
    read = [];
    const bytes = async ({ digest }: Descriptor) => {
      read.push(digest);
      return readFileSync(layout.path(digest));
    };
    store = {
      name: "the store",
      readManifest: bytes,
      readConfig: bytes,
      blob: () => assert.fail("no blob is asked for"),
    };
  });
  afterEach(() => layout.remove());

  const image = (platform: string, text = platform) =>
    layout.image({ platform: parsePlatform(platform), layers: [text] });
  const select = (roots: readonly Descriptor[], platform: string) =>
    selectImage(store, roots, parsePlatform(platform), "source.image");

  describe("selectImage", () => {
    const table: readonly (readonly [wanted: string, there: readonly string[], chosen: string])[] = [
      ["linux/arm64", ["linux/amd64", "linux/arm64"], "linux/arm64"],
      ["linux/arm64/v8", ["linux/amd64", "linux/arm64"], "linux/arm64"],
      ["linux/arm64", ["linux/amd64", "linux/arm64/v8"], "linux/arm64/v8"],
      ["linux/amd64", ["linux/amd64/v3", "linux/amd64"], "linux/amd64"],
      ["linux/arm/v6", ["linux/arm/v7", "linux/arm/v6"], "linux/arm/v6"],
      ["linux/arm", ["linux/arm/v6", "linux/arm/v7"], "linux/arm/v7"],
      ["linux/arm", ["linux/amd64", "linux/arm/v6"], "linux/arm/v6"],
      ["windows/amd64", ["linux/amd64", "windows(10.0.20348.1)/amd64"], "windows(10.0.20348.1)/amd64"],
      [
        "windows(10.0.20348)/amd64",
        ["windows(10.0.17763.5)/amd64", "windows(10.0.20348.1)/amd64"],
        "windows(10.0.20348.1)/amd64",
      ],
    ];
    for (const [wanted, there, chosen] of table)
      it(`chooses ${chosen} for ${wanted} out of ${there.join(", ")}`, async () => {
        const index = layout.index(there.map((platform) => image(platform)));
        const selected = await select([index], wanted);
        assert.deepEqual(selected.image.platform, parsePlatform(chosen));
      });

    it("reads the config where a descriptor has no platform", async () => {
      const bare = (platform: string) => layout.image({ platform: parsePlatform(platform), bareDescriptor: true });
      const wanted = bare("linux/arm64");
      assert.equal((await select([bare("linux/amd64"), wanted], "linux/arm64")).image.digest, wanted.digest);
    });

    it("reads no image's manifest or config where the descriptors have platforms", async () => {
      const index = layout.index([image("linux/amd64"), image("linux/arm64")]);
      await select([index], "linux/arm64");
      assert.deepEqual(read, [index.digest]);
    });

    it("looks into nested indexes", async () => {
      const wanted = image("linux/arm64");
      const index = layout.index([layout.index([image("linux/amd64")]), layout.index([wanted])]);
      assert.equal((await select([index], "linux/arm64")).image.digest, wanted.digest);
    });

    it("takes along the attestations of the chosen image and no others", async () => {
      const [wanted, other] = [image("linux/arm64"), image("linux/amd64")];
      const about = layout.attestation(wanted);
      const index = layout.index([other, wanted, layout.attestation(other), about]);
      assert.deepEqual(
        (await select([index], "linux/arm64")).attestations.map((attestation) => attestation.digest),
        [about.digest],
      );
    });

    it("takes the same image listed twice for one", async () => {
      const wanted = image("linux/arm64");
      assert.equal((await select([layout.index([wanted, wanted])], "linux/arm64")).image.digest, wanted.digest);
    });

    it("lists what there is when the platform is missing, even if only one image is there", async () => {
      const index = layout.index([image("linux/amd64"), image("windows(10.0.20348.1)/amd64")]);
      await assert.rejects(
        select([index], "linux/riscv64"),
        (error: unknown) =>
          hasCode(error, "ERR_PLATFORM_MISSING") &&
          error.details.platform === "linux/riscv64" &&
          error.message.includes("It has linux/amd64, windows(10.0.20348.1)/amd64."),
      );
      await assert.rejects(select([layout.index([image("linux/amd64")])], "linux/arm64"), /It has linux\/amd64\./);
    });

    it("says that there is no image when an index has none", async () => {
      const index = layout.index([layout.attestation(image("linux/amd64"))]);
      await assert.rejects(select([index], "linux/amd64"), /It has no image with a platform\./);
    });

    it("refuses to guess between two images, listing both with digests and names", async () => {
      const one = image("linux/arm64", "one");
      const annotations = { "org.opencontainers.image.ref.name": "v2" };
      const two = { ...image("linux/arm64", "two"), annotations };
      await assert.rejects(
        select([one, two], "linux/arm64"),
        (error: unknown) =>
          hasCode(error, "ERR_INPUT_INVALID") &&
          error.details.path === "source.image" &&
          error.message.includes(`linux/arm64 ${one.digest}; linux/arm64 ${two.digest} "v2"`),
      );
    });
  });

  describe("flattenIndexes", () => {
    const nested = (levels: number): Descriptor => {
      let descriptor = image("linux/amd64");
      for (let level = 0; level < levels; level++) descriptor = layout.index([descriptor]);
      return descriptor;
    };

    it("goes down four levels", async () => {
      assert.equal((await flattenIndexes(store, [nested(4)])).length, 1);
    });

    it("security row 23: refuses to go down a fifth level", async () => {
      await assert.rejects(
        flattenIndexes(store, [nested(5)]),
        (error: unknown) => hasCode(error, "ERR_CONTENT_INVALID") && /more than 4 levels deep/.test(error.message),
      );
    });

    it("security row 23: reads an index that is listed twice only once", async () => {
      const index = layout.index([image("linux/amd64")]);
      assert.equal((await flattenIndexes(store, [layout.index([index, { ...index }]), index])).length, 1);
      assert.equal(read.filter((digest) => digest === index.digest).length, 1);
    });

    it("security row 23: refuses more than 1,000 descriptors, however they are spread", async () => {
      const one = image("linux/amd64");
      const digest = (first: number, i: number) => `sha256:${first}${String(i).padStart(63, "0")}`;
      const fake = (first: number, count: number) =>
        layout.index(Array.from({ length: count }, (_, i) => ({ ...one, digest: digest(first, i) })));
      await assert.rejects(flattenIndexes(store, [fake(1, 600), fake(2, 600)]), /more than 1000 descriptors/);
    });

    it("security row 9: refuses an index of other bytes than its digest says", async () => {
      const index = layout.index([image("linux/amd64")]);
      layout.damage(index.digest, "altered");
      await assert.rejects(flattenIndexes(store, [index]), (error: unknown) => hasCode(error, "ERR_DIGEST_MISMATCH"));
    });

    it("security row 5: refuses an index whose bytes are those of an image", async () => {
      const { digest, size } = image("linux/amd64");
      const mediaType = "application/vnd.oci.image.index.v1+json";
      await assert.rejects(flattenIndexes(store, [{ mediaType, digest, size }]), (error: unknown) =>
        hasCode(error, "ERR_CONTENT_INVALID"),
      );
    });
  });
});
