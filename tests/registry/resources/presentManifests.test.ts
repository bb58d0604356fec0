import assert from "node:assert/strict";
import { type CountingProxy, countingProxy } from "../../support/countingProxy";
import { forEachRegistry } from "../../support/registries";
import { newRepository, uniqueName } from "../distribution/content";
import { multiArchImage, platformImage } from "./engine";
import { scripts } from "./scripts";
import { digestAt, seedImage } from "./seed";

forEachRegistry("manifests that are in the repository", (registry) => {
  const files = scripts();
  let proxy: CountingProxy;
  let repository: string;
  before(async () => {
    proxy = await countingProxy(registry().address);
  });
  beforeEach(() => {
    repository = uniqueName();
    proxy.reset();
  });
  after(() => proxy.stop());

  const target = () => ({ registry: { address: proxy.address }, repository });
  const written = () =>
    proxy.requests.filter(({ method }) => method === "PUT").map(({ path }) => path.slice(path.lastIndexOf("/") + 1));

  async function images(): Promise<readonly string[]> {
    const from = uniqueName();
    const seeds = ["linux/amd64", "linux/arm64"].map((platform) => seedImage(registry().address, from, platform));
    return (await Promise.all(seeds)).map(({ digest }) => `${proxy.address}/${from}@${digest}`);
  }

  it("are not written again as children that the recorded index lists", async () => {
    const program = { ...target(), tags: ["1.4.0"], images: await images() };
    const image = multiArchImage();
    await image.up(program);
    proxy.reset();
    await image.up({ ...program, annotations: { build: "2" } });
    assert.deepEqual(written(), ["1.4.0"]);
  });

  it("are not written again as children of an index that the tag names already", async () => {
    const program = { ...target(), tags: ["1.4.0"], images: await images() };
    await multiArchImage().up(program);
    proxy.reset();
    await multiArchImage().up(program);
    assert.deepEqual(written(), []);
  });

  it("are written again where the recorded index lists a child that is gone", async () => {
    const [gone = "", other = ""] = await images();
    const digest = gone.slice(gone.indexOf("@") + 1);
    const program = { ...target(), tags: ["1.4.0"], images: [gone, other] };
    const image = multiArchImage();
    await image.up(program);
    await newRepository(registry().address, repository).deleteManifest(digest);
    await image.up({ ...program, annotations: { build: "2" } });
    assert.equal(await digestAt(registry().address, repository, digest), digest);
  });

  it("are not written again when a PlatformImage goes back to what it was", async () => {
    const source = (path: string) => ({ ...target(), platform: "linux/amd64", source: { files: { "/server": path } } });
    const [first, second] = [source(files.write()), source(files.write())];
    const image = platformImage();
    await image.up(first);
    await image.up(second);
    proxy.reset();
    await image.up(first);
    assert.deepEqual(written(), []);
  });

  it("are written when a PlatformImage's blobs are there and its manifest is not", async () => {
    const program = { ...target(), platform: "linux/amd64", source: files.source() };
    const image = platformImage();
    const { digest } = await image.up(program);
    await newRepository(registry().address, repository).deleteManifest(String(digest));
    await image.up(program);
    assert.equal(await digestAt(registry().address, repository, String(digest)), digest);
  });
});
