import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { hasCode } from "../../../provider/errors";
import type { Descriptor } from "../../../provider/oci/descriptor";
import { parsePlatform } from "../../../provider/oci/platform";
import { flattenIndexes, indexTree } from "../../../provider/sources/indexTree";
import type { Store } from "../../../provider/sources/store";
import { type Layout, makeLayout } from "../../support/layouts";

describe("what indexes lead to", () => {
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

  const image = (platform: string) => layout.image({ platform: parsePlatform(platform), layers: [platform] });

  describe("indexTree", () => {
    it("gives every manifest and index once, each index after all that it lists", async () => {
      const [amd64, arm64] = [image("linux/amd64"), image("linux/arm64")];
      const inner = layout.index([arm64]);
      const middle = layout.index([inner, amd64]);
      const outer = layout.index([amd64, middle, inner]);
      const digests = (await indexTree(store, [outer])).map(({ digest }) => digest);
      assert.deepEqual(
        digests,
        [amd64, arm64, inner, middle, outer].map(({ digest }) => digest),
      );
    });

    it("reads indexes alone", async () => {
      const index = layout.index([image("linux/amd64")]);
      await indexTree(store, [index]);
      assert.deepEqual(read, [index.digest]);
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
