import assert from "node:assert/strict";
import { type AnyProviderError, isProviderError, messageOf } from "../../../provider/errors";
import { buildIndex } from "../../../provider/oci/indexBuild";
import { parseManifest } from "../../../provider/oci/manifest";
import { formatPlatform, parsePlatform } from "../../../provider/oci/platform";
import { matchesPlatform } from "../../../provider/oci/platformComparison";
import { resolveArchive } from "../../../provider/sources/archive";
import type { ResolvedImage } from "../../../provider/sources/source";
import { shapes } from "./corpusShapes";
import { testFolder } from "./folders";
import { bytesOf } from "./streams";

describe("archives as other tools write them", () => {
  const folder = testFolder();
  const resolve = (bytes: Buffer, platform: string) =>
    resolveArchive({ archive: folder.write("a.tar", bytes) }, parsePlatform(platform), { directory: "/" });

  for (const { title, source, bytes, picks, isIndexable = true } of shapes)
    for (const [platform, expected] of Object.entries(picks)) {
      if (typeof expected === "string") {
        it(`${title} (${source}): ${platform} is refused with ${expected}`, async () => {
          const error = await refusal(resolve(bytes, platform));
          assert.equal(error.code, expected, messageOf(error));
        });
        continue;
      }
      it(`${title} (${source}): ${platform} is picked, and each of its blobs is what its digest says`, async () => {
        const image = await resolve(bytes, platform);
        assert.deepEqual([image.layers.length, image.attestations.length], expected);
        for (const { blobs } of [image, ...image.attestations])
          for (const blob of blobs) assert.equal((await bytesOf(await blob.open())).length, blob.descriptor.size);
      });
      if (isIndexable)
        it(`${title}: ${platform} becomes an index's entry`, async () => {
          const image = await resolve(bytes, platform);
          const [entry] = indexOf(image, platform);
          assert.equal(entry?.digest, image.manifest.descriptor.digest);
          const found = entry?.platform;
          assert.ok(found && matchesPlatform(parsePlatform(platform), found), found && formatPlatform(found));
        });
    }
});

async function refusal(resolving: Promise<unknown>): Promise<AnyProviderError> {
  const error = await resolving.then(
    () => assert.fail("it was taken"),
    (thrown: unknown) => thrown,
  );
  return isProviderError(error) ? error : assert.fail(String(error));
}

/** The manifests of an index over the image, read back from its bytes. */
function indexOf({ manifest, configPlatform }: ResolvedImage, platform: string) {
  const descriptor = { ...manifest.descriptor, platform: configPlatform ?? parsePlatform(platform) };
  const { bytes } = buildIndex({ entries: [{ descriptor, path: "images[0]" }], format: "auto" });
  const index = parseManifest(bytes, { what: "the index" });
  return index.kind === "index" ? index.manifests : assert.fail("it is no index");
}
