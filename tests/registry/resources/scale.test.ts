import assert from "node:assert/strict";
import { startProcess } from "../../support/context";
import { type CountingProxy, countingProxy } from "../../support/countingProxy";
import { forEachRegistry } from "../../support/registries";
import { uniqueName } from "../distribution/content";
import { multiArchImage } from "./engine";
import { seedImage } from "./seed";

const platforms = [
  "386",
  "amd64",
  "arm64",
  "loong64",
  "mips64le",
  "ppc64",
  "ppc64le",
  "riscv64",
  "s390x",
  "arm/v7",
].flatMap((architecture) => [`linux/${architecture}`, `freebsd/${architecture}`]);

forEachRegistry("the requests of much work in one provider process", (registry) => {
  let proxy: CountingProxy;
  before(async () => {
    proxy = await countingProxy(registry().address);
  });
  beforeEach(() => proxy.reset());
  after(() => proxy.stop());

  /** Images of a repository, by digest. */
  async function seeded(repository: string, count: number): Promise<readonly string[]> {
    const seeds = platforms.slice(0, count).map((platform) => seedImage(registry().address, repository, platform));
    return (await Promise.all(seeds)).map(({ digest }) => `${proxy.address}/${repository}@${digest}`);
  }

  const programOf = (repository: string, tags: readonly string[], images: readonly string[]) => ({
    registry: { address: proxy.address },
    repository,
    tags,
    images,
  });

  it("an index over 20 references with two tags: 2n + 3T", async () => {
    const repository = uniqueName();
    const images = await seeded(repository, platforms.length);
    await multiArchImage().up(programOf(repository, ["1.0", "latest"], images));
    assert.equal(proxy.requests.length, 2 * platforms.length + 3 * 2);
  });

  it("ten indexes at once over images of their own: ten times 2n + 3T", async () => {
    const process = startProcess();
    const repositories = Array.from({ length: 10 }, uniqueName);
    const programs = await Promise.all(
      repositories.map(async (repository) => programOf(repository, ["1.0"], await seeded(repository, 3))),
    );
    await Promise.all(programs.map((program, index) => multiArchImage(`index-${index}`).up(program, process)));
    assert.equal(proxy.requests.length, 10 * (2 * 3 + 3));
  });

  it("ten indexes at once over the same images: 2n once, and 3T each", async () => {
    const process = startProcess();
    const repository = uniqueName();
    const images = await seeded(repository, 3);
    // Each with bytes of its own: distribution 2.8 sometimes fails when the same manifest comes many times at once.
    const indexes = Array.from({ length: 10 }, (_, index) => ({
      ...programOf(repository, [`1.${index}`], images),
      annotations: { number: String(index) },
    }));
    await Promise.all(indexes.map((program, index) => multiArchImage(`index-${index}`).up(program, process)));
    assert.equal(proxy.requests.length, 2 * 3 + 10 * 3);
  });
});
