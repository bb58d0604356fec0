import assert from "node:assert/strict";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import { onOneRegistry } from "../../support/registries";
import { multiArchImage, platformImage, type Resource } from "./engine";
import { newTestRepository, type TestRepository } from "./repository";
import { scripts } from "./scripts";

// docs/benchmarks.md shows these figures; change both together.

const platforms = ["linux/amd64", "linux/arm64", "linux/arm/v7", "linux/s390x"];

onOneRegistry("what a resource adds to the state, as compact JSON", (registry) => {
  const files = scripts();
  let repository: TestRepository;
  let paths: string[];
  beforeEach(() => {
    repository = newTestRepository(registry());
    paths = [];
  });

  function programOf(platform: string): PropertyBag {
    const path = files.write();
    paths.push(path);
    const source = { files: { "/usr/bin/server": path }, config: { entrypoint: ["/usr/bin/server"] } };
    return { ...repository.target, platform, source };
  }

  /** Inputs and outputs in bytes; names of this machine count as those of a usual program. */
  function sizeOf({ kept }: Resource): number {
    const stored = JSON.stringify([kept?.inputs, kept?.outputs]);
    const named = stored.replaceAll(repository.name, "team/server").replaceAll(registry().address, "localhost:5000");
    return paths.reduce((text, path) => text.replaceAll(path, "out/amd64/server"), named).length;
  }

  it("is 1,350 bytes for a PlatformImage", async () => {
    const image = platformImage();
    await image.up(programOf("linux/amd64"));
    assert.equal(sizeOf(image), 1350);
  });

  it("is 5,035 bytes for an index over four PlatformImages, with two tags", async () => {
    const flattened = platforms.map(async (platform) => {
      const { descriptor, attestationManifests } = await platformImage(platform).up(programOf(platform));
      return { descriptor, attestationManifests, address: registry().address, repository: repository.name };
    });
    const index = multiArchImage();
    await index.up({ ...repository.target, tags: ["1.4.0", "latest"], images: await Promise.all(flattened) });
    assert.equal(sizeOf(index), 5035);
  });
});
