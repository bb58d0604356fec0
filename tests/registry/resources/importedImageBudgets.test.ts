import assert from "node:assert/strict";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import { type CountingProxy, countingProxy, longestChain, roundsOf } from "../../support/countingProxy";
import { startReferrersRegistry } from "../../support/olareg";
import { forEachRegistry, type Registry } from "../../support/registries";
import { importedImage } from "./engine";
import { newTestRepository, type TestRepository } from "./repository";
import { seedIndex } from "./seed";
import { seedReferrer } from "./seedReferrer";

// docs/benchmarks.md shows these figures; change both together.

const platforms = ["linux/amd64", "linux/arm64", "linux/arm/v7", "linux/s390x", "linux/ppc64le"];
/** Blobs of every image here: a layer and the config. */
const L = 2;

/** Without a name to look up, so that connections opened at once are there at once. */
function addressOf({ address }: CountingProxy): string {
  return address.replace("localhost", "127.0.0.1");
}

/** Gives the enclosing suite two addresses of one registry, which are two registries to every client, and counts at both. */
function counted(registry: () => Registry) {
  let proxies: readonly CountingProxy[] = [];
  before(async () => {
    const admitted = roundsOf(25);
    proxies = await Promise.all([0, 1].map(() => countingProxy(registry().address, admitted)));
  });
  after(() => Promise.all(proxies.map((proxy) => proxy.stop())));
  const address = (which: 0 | 1) => {
    const proxy = proxies[which];
    if (!proxy) throw new Error("It is there inside hooks and tests only.");
    return addressOf(proxy);
  };
  return {
    target: () => address(0),
    elsewhere: () => address(1),
    forget: () => {
      for (const proxy of proxies) proxy.reset();
    },
    assertBudget(requests: number, chain?: number): void {
      const all = proxies.flatMap((proxy) => proxy.requests);
      const lines = all.map(({ method, path }) => `${method} ${path}`).join("\n");
      assert.equal(all.length, requests, lines);
      if (chain !== undefined) assert.equal(longestChain(all), chain, lines);
    },
  };
}

/** An index of n images, under the tag `built`. */
async function seedSource(registry: Registry, n: number): Promise<TestRepository> {
  const source = newTestRepository(registry);
  const images = await Promise.all(platforms.slice(0, n).map((platform) => source.image(platform)));
  await seedIndex(registry.address, source.name, images, "built");
  return source;
}

forEachRegistry("the requests for an imported image", (registry) => {
  const { target, elsewhere, forget, assertBudget } = counted(registry);
  let program: (from: string, source: TestRepository, T: number, more?: PropertyBag) => PropertyBag;
  beforeEach(() => {
    const { name } = newTestRepository(registry());
    program = (from, source, T, more = {}) => ({
      registry: { address: target() },
      repository: name,
      tags: Array.from({ length: T }, (_, index) => `1.${index}`),
      source: { image: `${from}/${source.name}:built` },
      ...more,
    });
  });

  for (const [n, T] of [
    [2, 1],
    [5, 2],
  ] as const) {
    it(`${n} images of another repository, ${T} tags: (2 + L)n + 3T + 1 in 6`, async () => {
      const source = await seedSource(registry(), n);
      forget();
      await importedImage().up(program(target(), source, T));
      assertBudget((2 + L) * n + 3 * T + 1, 6);
    });

    it(`${n} images of another registry, ${T} tags: (2 + 3L)n + 3T + 1 in 8`, async () => {
      const source = await seedSource(registry(), n);
      forget();
      await importedImage().up(program(elsewhere(), source, T));
      assertBudget((2 + 3 * L) * n + 3 * T + 1, 8);
    });

    it(`nothing changed, ${n} images, ${T} tags: n + T + 1 in 1, and without the last when it does not follow`, async () => {
      const source = await seedSource(registry(), n);
      for (const follow of [true, false]) {
        const copy = importedImage();
        const declared = program(elsewhere(), source, T, { follow });
        await copy.up(declared);
        forget();
        await copy.up(declared);
        assertBudget(n + T + (follow ? 1 : 0), 1);
      }
    });

    it(`nothing changed with copyReferrers, ${n} images without any, ${T} tags: n + T + 4`, async () => {
      const source = await seedSource(registry(), n);
      const copy = importedImage();
      const declared = program(elsewhere(), source, T, { copyReferrers: "direct" });
      await copy.up(declared);
      forget();
      await copy.up(declared);
      assertBudget(n + T + 4);
    });
  }

  it("a tag is added: the looks, the source's index, and 3 for the tag", async () => {
    const source = await seedSource(registry(), 2);
    const copy = importedImage();
    await copy.up(program(elsewhere(), source, 1));
    forget();
    await copy.up(program(elsewhere(), source, 2));
    assertBudget(2 + 1 + 1 + 1 + 3);
  });
});

describe("the requests for an imported image, from a registry with the referrers API", () => {
  let olareg: Awaited<ReturnType<typeof startReferrersRegistry>>;
  before(async () => {
    olareg = await startReferrersRegistry();
  });
  const { target, elsewhere, forget, assertBudget } = counted(() => olareg);
  after(() => olareg.stop());

  it("nothing changed with copyReferrers: n + T + 1, a list of tags, and one for each manifest", async () => {
    const source = await seedSource(olareg, 5);
    const index = await source.digestAt("built");
    const subject = { mediaType: "application/vnd.oci.image.index.v1+json", digest: String(index), size: 1 };
    await seedReferrer(olareg.address, source.name, subject, { fallback: false });
    const copy = importedImage();
    const declared = {
      registry: { address: target() },
      repository: newTestRepository(olareg).name,
      tags: ["1.0"],
      source: { image: `${elsewhere()}/${source.name}:built` },
      copyReferrers: "direct",
    };
    await copy.up(declared);
    forget();
    await copy.up(declared);
    assertBudget(5 + 1 + 1 + 1 + 6);
  });
});
