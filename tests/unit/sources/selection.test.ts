import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { hasCode } from "../../../provider/errors";
import type { Descriptor } from "../../../provider/oci/descriptor";
import { parsePlatform } from "../../../provider/oci/platform";
import { selectImage } from "../../../provider/sources/selection";
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
});
