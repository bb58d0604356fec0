import assert from "node:assert/strict";
import { closeSync, openSync, readSync } from "node:fs";
import { formatPlatform, parsePlatform } from "../../../provider/oci/platform";
import { executableHeadSize, readExecutable } from "../../../provider/sources/executable";
import { executablePlatforms, lookAtImageFiles } from "../../../provider/sources/imageFiles";
import { binaryFor, platforms } from "../../support/images";

const none = { architecture: "none", os: "none" };

function headOf(path: string): Uint8Array {
  const file = openSync(path, "r");
  try {
    const head = new Uint8Array(executableHeadSize);
    return head.subarray(0, readSync(file, head));
  } finally {
    closeSync(file);
  }
}

describe("the programs that npm's esbuild ships", () => {
  for (const platform of platforms)
    it(`say in their first bytes that they are for ${platform}`, () => {
      const { variant: _, ...expected } = parsePlatform(platform);
      assert.equal(
        formatPlatform(readExecutable(headOf(binaryFor(platform)))?.platform ?? none),
        formatPlatform(expected),
      );
    });

  it("get the mode 0755 in an image, for Windows too", async () => {
    const [file] = await lookAtImageFiles({ "/server.exe": binaryFor("windows/amd64") }, "/");
    assert.equal(file?.entry.mode, 0o755);
  });

  it("are listed with their platforms, sorted by their paths in the image; other files are not", async () => {
    const files = await lookAtImageFiles(
      { "/text": __filename, "/b": binaryFor("linux/arm64"), "/a": binaryFor("windows/amd64") },
      "/",
    );
    assert.deepEqual(executablePlatforms(files), [
      { path: "/a", file: binaryFor("windows/amd64"), platform: { architecture: "amd64", os: "windows" } },
      { path: "/b", file: binaryFor("linux/arm64"), platform: { architecture: "arm64", os: "linux" } },
    ]);
  });
});
